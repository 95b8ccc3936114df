/** The evidence of an episode, ready to hand out. */
import type { Pool } from '../db/pool.js';
import { buildBundle } from './build.js';
import { readEpisodeRecord } from './read.js';
import type { Signer } from './signature.js';

/** The bundle of an episode as it now stands on record; null when there is no such episode. */
export async function evidenceOf(pool: Pool, episodeId: string, signer: Signer): Promise<Uint8Array | null> {
  const record = await readEpisodeRecord(pool, episodeId);
  return record && buildBundle(record, signer);
}
