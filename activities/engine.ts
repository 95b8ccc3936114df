/** Starts and pokes workflows. Each is keyed by its id, so that doing it twice is doing it once. */
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes, type WorkflowIdReusePolicy } from '@temporalio/common';
import type { Pool } from '../db/pool.js';
import { readEpisodePlan } from '../db/plans.js';
import { episodesHoldingOrder } from '../db/read/episodes.js';
import {
  archiveWorkflowId,
  disseminationWorkflowId,
  type ArchiveInput,
  type DisseminationInput,
  type EpisodeInput,
  episodeWorkflowId,
  pokeSignal,
  SEARCH_ATTRIBUTES,
  type WatchInput,
  watchWorkflowId,
} from '../workflows/messages.js';
import { CHANNELS } from './channels.js';
import type { EngineActivities } from './contract.js';

export interface EngineDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
}

/** A completed one is never run again; a running one is left alone; a terminated one goes on from the ledger. */
const ONCE: WorkflowIdReusePolicy = 'ALLOW_DUPLICATE_FAILED_ONLY';
/** Short, so that the work of a worker that died is soon given to another. */
const WORKFLOW_TASK_TIMEOUT = '2 s';

const AREA = defineSearchAttributeKey(SEARCH_ATTRIBUTES.area, SearchAttributeType.KEYWORD);
const DRILL = defineSearchAttributeKey(SEARCH_ATTRIBUTES.drill, SearchAttributeType.BOOL);

export function createEngineActivities({ pool, client, taskQueue }: EngineDeps): EngineActivities {
  const { workflow } = client;

  async function startOnce(type: string, workflowId: string, arg: unknown, of: { summary: string; areaId?: string; drill?: boolean }): Promise<void> {
    try {
      await workflow.start(type, {
        workflowId,
        taskQueue,
        args: [arg],
        workflowIdReusePolicy: ONCE,
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        staticSummary: of.summary,
        memo: { summary: of.summary },
        ...(of.areaId === undefined
          ? {}
          : { typedSearchAttributes: new TypedSearchAttributes([{ key: AREA, value: of.areaId }, { key: DRILL, value: of.drill ?? false }]) }),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  async function poke(episodeId: string): Promise<void> {
    try {
      await workflow.getHandle(episodeWorkflowId(episodeId)).signal(pokeSignal);
    } catch (error) {
      // It has ended meanwhile: the watch reads on from where it was.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  return {
    startEpisode: async ({ episode, from }) => {
      const { episodeId, number, areaId, drill, planDigest } = episode;
      const input: EpisodeInput = { episode, plan: await readEpisodePlan(pool, planDigest), from };
      await startOnce('episode', episodeWorkflowId(episodeId), input, { summary: `${drill ? '【演练】' : ''}重污染天气过程 ${number}`, areaId, drill });
    },
    pokeEpisode: ({ episodeId }) => poke(episodeId),
    pokeEpisodesHoldingOrder: async ({ areaId, orderId }) => {
      for (const episodeId of await episodesHoldingOrder(pool, areaId, orderId)) await poke(episodeId);
    },
    pokeWatch: async ({ areaId }) => {
      await signalWatch(client, taskQueue, areaId);
    },
    startDisseminations: async ({ episodeId, noticeIds }) => {
      const channels = CHANNELS.map(({ id, isWithin }) => ({ id, isWithin }));
      for (const noticeId of noticeIds) {
        const input: DisseminationInput = { episodeId, noticeId, channels };
        await startOnce('dissemination', disseminationWorkflowId(episodeId, noticeId), input, { summary: `${episodeId} 通知 ${noticeId} 送达` });
      }
    },
    startArchive: ({ episodeId }) => {
      const input: ArchiveInput = { episodeId };
      return startOnce('archive', archiveWorkflowId(episodeId), input, { summary: `${episodeId} 引擎历史归档` });
    },
  };
}

/** Pokes the watch of an area, starting it when it is not running. */
export async function signalWatch(client: Client, taskQueue: string, areaId: string): Promise<void> {
  const input: WatchInput = { areaId, resumed: null };
  await client.workflow.signalWithStart('watch', {
    workflowId: watchWorkflowId(areaId),
    taskQueue,
    args: [input],
    signal: pokeSignal,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    staticSummary: `监视 ${areaId}`,
  });
}
