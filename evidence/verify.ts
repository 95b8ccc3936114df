/**
 * Checks a bundle without any database or server: that it is whole and
 * unchanged, that it is signed, and that everything decided in it follows by
 * the rules from what was known then.
 */
import { sha256Hex } from '../domain/digest.js';
import { bundleExtends, type Head } from './heads.js';
import { chainsHold, documentsWhole, plansAndTablesKnown, sameAsRebuilt } from './content.js';
import { type Fault, Report, type Tell } from './fault.js';
import { type EpisodeRecord, PATHS } from './format.js';
import { type Opened, openBundle, recordOf } from './open.js';
import { actsHonest } from './recompute/acts.js';
import { gradingsAnew } from './recompute/air.js';
import { areaRowsInOrder, plansOfTheArea } from './recompute/area-rows.js';
import { chainsComplete, oralApprovalsSigned } from './recompute/chains.js';
import { decisionsAnew } from './recompute/decisions.js';
import { deliveriesOfNotices } from './recompute/deliveries.js';
import { engineAgrees } from './recompute/engine.js';
import { evaluationsWhole } from './recompute/evaluation.js';
import { hatsDelegated } from './recompute/hats.js';
import { floorsKept, liftsAllowed } from './recompute/levels.js';
import { openedRightly } from './recompute/opening.js';
import { nothingPassedOver } from './recompute/passed-over.js';
import { decidedInTime, rowsInOrder } from './recompute/rows.js';
import { submissionsAnew } from './recompute/submissions.js';
import { fingerprintOf, isSignedBy } from './signature.js';
import { viewerDigest } from './viewer/page.js';
import { RELEASED_VIEWERS } from './viewer/released.js';
import { Unreadable } from './unreadable.js';
import { type Frame, frameOf, type Visitor, walk } from './walk.js';

/** What the one who checks knows from elsewhere; all of it may be wanting. */
export interface Expected {
  /** Fingerprints of the office's keys. */
  readonly fingerprints?: readonly string[];
  readonly episodeId?: string;
  /** Digests of the plan's editions that were adopted. */
  readonly plans?: readonly string[];
  /** A chain head kept elsewhere. */
  readonly head?: Head;
  /** Text of the viewer that came with the bundle. */
  readonly viewer?: string;
}

export interface Verdict {
  readonly intact: boolean;
  readonly episodeId: string;
  readonly number: string;
  readonly areaId: string;
  readonly drill: boolean;
  readonly asOfRealMs: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly heads: { readonly episode: string; readonly area: string };
  /** Of the key that signed; `keyCompared` says whether it was compared with one from elsewhere. */
  readonly fingerprint: string;
  readonly keyCompared: boolean;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Throws `Unreadable` on what cannot be checked at all. */
export function verifyBundle(bytes: Uint8Array, expected: Expected = {}): Verdict {
  const report = new Report();
  const opened = openBundle(bytes, report.teller('archive'));
  checkSignature(opened, expected, report);
  checkIdentity(opened, expected, report);
  checkViewer(expected, report);
  try {
    const record = recordOf(opened, report.teller('form'));
    checkContent(opened, record, expected, report);
    const frame = frameOf(record);
    report.run('rebuilt', PATHS.manifest, (tell) => sameAsRebuilt(opened, record, tell));
    recompute(frame, report);
  } catch (error) {
    // What the archive gave away as changed is a changed bundle, whatever else can no longer be read of it.
    if (!(error instanceof Unreadable) || report.faults.length === 0) throw error;
    report.teller('form')('bundle', error.message);
  }
  return verdictOf(opened, expected, report);
}

function checkViewer({ viewer }: Expected, report: Report): void {
  const digest = viewer === undefined ? viewerDigest() : sha256Hex(viewer);
  const released = RELEASED_VIEWERS[digest];
  if (digest === viewerDigest()) return;
  if (released === undefined) report.teller('viewer')('viewer', 'this is not the viewer that this program came with, nor one of an earlier version: what it shows proves nothing');
  else report.note(`the viewer is one of an earlier version, ${released}`);
}

/** The plan that the office adopted, by whoever knows it from elsewhere. */
function checkPlans({ manifest }: Opened, { plans }: EpisodeRecord, wanted: readonly string[], tell: Tell): void {
  for (const digest of new Set([manifest.planDigest, ...plans.keys()])) if (!wanted.includes(digest)) tell(PATHS.plan(digest), `this is not the plan that was given (${wanted.join(', ')})`);
}

function checkSignature({ manifestText, signature }: Opened, { fingerprints }: Expected, report: Report): void {
  const tell = report.teller('signature');
  if (!isSignedBy(signature, 'manifest', manifestText)) tell(PATHS.signature, 'the signature is not one of this manifest');
  const fingerprint = fingerprintOf(signature.publicKey);
  if (fingerprints === undefined) report.notes.push(`nobody was asked whose key this is: compare its fingerprint ${fingerprint} with the one that the office has published; a key inside a bundle proves nothing`);
  else if (!fingerprints.includes(fingerprint)) tell(PATHS.signature, `signed with the key ${fingerprint}, which is not the given one (${fingerprints.join(', ')})`);
}

function checkIdentity({ manifest }: Opened, { episodeId }: Expected, report: Report): void {
  if (episodeId === undefined || episodeId === manifest.episodeId || episodeId === manifest.number) return;
  report.teller('identity')(PATHS.manifest, `this is the bundle of ${manifest.episodeId} (${manifest.number}), not of ${episodeId}`);
}

function checkContent(opened: Opened, record: EpisodeRecord, { head, plans }: Expected, report: Report): void {
  const { episodeId, areaId } = opened.manifest;
  report.run('chain', 'ledger', (tell) => chainsHold(record, episodeId, areaId, tell));
  report.run('documents', PATHS.documentIndex, (tell) => documentsWhole(opened, record, tell));
  report.run('plans', 'plans', (tell) => plansAndTablesKnown(record, tell, report.note));
  if (plans) report.run('plans', 'plans', (tell) => checkPlans(opened, record, plans, tell));
  if (head) report.run('head', 'ledger', (tell) => bundleExtends(head, record, episodeId, areaId, tell, report.note));
}

/** Each check goes by itself, so that one that cannot go on does not silence the others. */
function recompute(frame: Frame, report: Report): void {
  for (const [check, where, work] of WHOLE) report.run(check, where, (tell) => work(frame, tell, report.note));
  for (const [check, visitor] of Object.entries(WALKING)) report.run(check, PATHS.episodeRows, (tell) => walk(frame, [visitor(frame, tell, report.note)]));
}

type Note = (text: string) => void;

/** Over all rows at once. */
const WHOLE: readonly (readonly [check: string, where: string, work: (frame: Frame, tell: Tell, note: Note) => void])[] = [
  ['rows', PATHS.episodeRows, rowsInOrder],
  ['opening', PATHS.episodeRows, openedRightly],
  ['times', PATHS.episodeRows, decidedInTime],
  ['area', PATHS.areaRows, areaRowsInOrder],
  ['plans', PATHS.areaRows, plansOfTheArea],
  ['gradings', PATHS.areaRows, gradingsAnew],
  ['acts', PATHS.episodeRows, actsHonest],
  ['hats', PATHS.episodeRows, hatsDelegated],
  ['engine', PATHS.episodeRows, engineAgrees],
];

/** Row by row, with the state that stood before. */
const WALKING: Readonly<Record<string, (frame: Frame, tell: Tell, note: Note) => Visitor>> = {
  decisions: decisionsAnew,
  inputs: nothingPassedOver,
  submissions: submissionsAnew,
  approvals: chainsComplete,
  countersignatures: oralApprovalsSigned,
  floors: floorsKept,
  lifts: liftsAllowed,
  deliveries: deliveriesOfNotices,
  evaluation: evaluationsWhole,
};

function verdictOf({ manifest, signature }: Opened, { fingerprints }: Expected, { faults, notes }: Report): Verdict {
  const { episodeId, number, areaId, drill, asOfRealMs, counts, heads } = manifest;
  return {
    intact: faults.length === 0,
    episodeId,
    number,
    areaId,
    drill,
    asOfRealMs,
    counts,
    heads: { episode: `${heads.episode.seq} ${heads.episode.hash}`, area: `${heads.area.seq} ${heads.area.hash}` },
    fingerprint: fingerprintOf(signature.publicKey),
    keyCompared: fingerprints !== undefined,
    faults,
    notes,
  };
}
