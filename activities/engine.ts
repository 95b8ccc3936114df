/** Starts and pokes workflows. Each is keyed by its id, so that doing it twice is doing it once. */
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes, type WorkflowIdReusePolicy } from '@temporalio/common';
import { hasNewsForWatch } from '../db/ledger/area.js';
import type { Pool } from '../db/pool.js';
import { readEpisodePlan } from '../db/plans.js';
import { episodesHoldingOrder } from '../db/read/episodes.js';
import {
  BEFORE_ANY_DECISION,
  CURRENT_SHELL,
  disseminationWorkflowId,
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
const PHASE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.phase, SearchAttributeType.KEYWORD);
const LEVEL = defineSearchAttributeKey(SEARCH_ATTRIBUTES.level, SearchAttributeType.KEYWORD);

export function createEngineActivities({ pool, client, taskQueue }: EngineDeps): EngineActivities {
  const { workflow } = client;

  async function startOnce(type: string, workflowId: string, arg: unknown, of: { summary: string; searchAttributes?: TypedSearchAttributes }): Promise<void> {
    try {
      await workflow.start(type, {
        workflowId,
        taskQueue,
        args: [arg],
        workflowIdReusePolicy: ONCE,
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        staticSummary: of.summary,
        memo: { summary: of.summary },
        ...(of.searchAttributes === undefined ? {} : { typedSearchAttributes: of.searchAttributes }),
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
      const input: EpisodeInput = { shell: CURRENT_SHELL, episode, plan: await readEpisodePlan(pool, planDigest), from };
      const searchAttributes = new TypedSearchAttributes([
        { key: AREA, value: areaId },
        { key: DRILL, value: drill },
        { key: PHASE, value: BEFORE_ANY_DECISION.phase },
        { key: LEVEL, value: BEFORE_ANY_DECISION.level },
      ]);
      await startOnce('episode', episodeWorkflowId(episodeId), input, { summary: `${drill ? '【演练】' : ''}重污染天气过程 ${number}`, searchAttributes });
    },
    pokeEpisode: ({ episodeId }) => poke(episodeId),
    pokeEpisodesHoldingOrder: async ({ areaId, orderId }) => {
      for (const episodeId of await episodesHoldingOrder(pool, areaId, orderId)) await poke(episodeId);
    },
    // A row that comes from now on has its own poke.
    pokeWatch: async ({ areaId }) => {
      if (await hasNewsForWatch(pool, areaId)) await signalWatch(client, taskQueue, areaId);
    },
    startDisseminations: async ({ episodeId, noticeIds }) => {
      const channels = CHANNELS.map(({ id, isWithin }) => ({ id, isWithin }));
      for (const noticeId of noticeIds) {
        const input: DisseminationInput = { episodeId, noticeId, channels };
        await startOnce('dissemination', disseminationWorkflowId(episodeId, noticeId), input, { summary: `${episodeId} 通知 ${noticeId} 送达` });
      }
    },
    startArchive: () => Promise.resolve(),
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
