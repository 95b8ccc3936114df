/** Keeps a closed episode's engine history with its record: the server deletes its own after the retention time. */
import type { ArchiveInput } from './messages.js';
import { archive as steps } from './retry.js';

export async function archive({ episodeId }: ArchiveInput): Promise<void> {
  await steps.archiveHistory({ episodeId });
}
