import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { HistorySize } from './contestant.js';

const { History } = proto.temporal.api.history.v1;

/** Of the latest runs of these workflows together. */
export async function historySizeOf(client: Client, workflowIds: readonly string[]): Promise<HistorySize> {
  let size = { events: 0, bytes: 0 };
  for (const workflowId of workflowIds) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    size = { events: size.events + (history.events?.length ?? 0), bytes: size.bytes + History.encode(history).finish().length };
  }
  return size;
}
