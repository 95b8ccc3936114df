/** How things stood when a test failed: what the ledger has, what the engine has, what each part said last. */
import type { Client } from '@temporalio/client';
import { unreadInputs } from '../../../db/ledger/area.js';
import { readStream } from '../../../db/ledger/rows.js';
import { areaStream, episodeStream } from '../../../domain/ledger.js';
import { episodeWorkflowId, watchWorkflowId } from '../../../workflows/messages.js';
import type { System } from './system.js';

const LAST_ROWS = 25;
const WITHIN_MS = 20_000;

/** Of one area. Each section stands for itself: where something cannot be read, that is what it says. */
export async function accountOf(system: System, areaId: string): Promise<string> {
  const sections: string[] = [];
  const tell = async (title: string, section: () => Promise<string>): Promise<void> => {
    sections.push(`--- ${title}\n${await withinTime(section()).catch((error: unknown) => `not to be read: ${String(error)}`)}`);
  };
  const { rows } = await withinTime(system.pool.query<{ id: string }>('select id from episodes where area_id = $1', [areaId])).catch(() => ({ rows: [] }));
  await tell('rows nobody took in', async () => JSON.stringify(await unreadInputs(system.pool)));
  await tell('the area in the ledger', () => rowsOf(system, areaStream(areaId)));
  await tell('the watch in the engine', async () => historyOf(await system.client(), watchWorkflowId(areaId)));
  for (const { id } of rows) {
    await tell(`${id} in the ledger`, () => rowsOf(system, episodeStream(id)));
    await tell(`${id} in the engine`, async () => historyOf(await system.client(), episodeWorkflowId(id)));
  }
  return [...sections, system.logTail(40)].join('\n');
}

async function rowsOf(system: System, stream: string): Promise<string> {
  const rows = await readStream(system.pool, stream, 0, 100_000);
  return rows
    .slice(-LAST_ROWS)
    .map((r) => `${r.seq} ${r.event.type} recorded ${new Date(r.recordedAtMs).toISOString()}, plan time ${new Date(r.planAtMs).toISOString()}`)
    .join('\n');
}

/** Its status, the workflow task that waits, and the last ones that failed or ran out of time. */
async function historyOf(client: Client, workflowId: string): Promise<string> {
  const handle = client.workflow.getHandle(workflowId);
  const { status, raw } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const troubles = (events ?? []).flatMap(({ eventId, workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes: late }) => {
    if (failed) return [`${String(eventId)}: a task failed: ${failed.failure?.message ?? ''}`];
    return late ? [`${String(eventId)}: a task ran out of time`] : [];
  });
  return [`${status.name}, ${events?.length ?? 0} events; waiting task: ${JSON.stringify(raw.pendingWorkflowTask ?? null)}`, ...troubles.slice(-10)].join('\n');
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout;
  const silence = new Promise<never>((_, reject) => (late = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS / 1000} s`)), WITHIN_MS)));
  return Promise.race([work, silence]).finally(() => clearTimeout(late));
}
