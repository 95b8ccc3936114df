/** The evidence bundle: everything needed to check an episode's record without us (ZIP, signed). */
import { evidenceOf } from '../evidence/index.js';
import { viewerDigest, viewerPage } from '../evidence/viewer/page.js';
import { recordAccess } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { notFound } from './failure.js';
import { admitReader } from './reading.js';

/** Who took it is itself on record. */
export async function evidenceBundle(deps: Deps, caller: Caller, episodeId: string): Promise<{ readonly name: string; readonly body: Uint8Array }> {
  const { state, rightsAreaId } = await episodeOf(deps, episodeId);
  await admitReader(deps, caller, { episodeId, rightsAreaId }, 'read-record');
  await recordAccess(deps, caller, state.areaId, 'evidence', episodeId);
  const body = await evidenceOf(deps.pool, episodeId, deps.signer);
  if (!body) throw notFound('episode');
  return { name: `${state.number}.zip`, body };
}

const VIEWER = { name: 'qingkong-viewer.html', body: viewerPage(), digest: viewerDigest() };

/** The offline viewer of bundles, one HTML page; by its digest anybody can see that it is ours. */
export function evidenceViewer(): { readonly name: string; readonly body: string; readonly digest: string } {
  return VIEWER;
}
