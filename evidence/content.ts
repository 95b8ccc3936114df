/** What the manifest says of the content, and what the content rests on. */
import { CHAIN_START, checkChain, episodeStream, areaStream, type LedgerRow } from '../domain/ledger.js';
import { canonicalJson, digestOf } from '../domain/digest.js';
import { loadAqiTables } from '../plans/aqi-tables.js';
import { listPlans, loadPlan } from '../plans/load.js';
import { contentOf } from './build.js';
import { difference, type Tell } from './fault.js';
import { fileDigest } from './file-digest.js';
import { type EpisodeRecord, PATHS } from './format.js';
import type { Opened } from './open.js';
import { attachmentsOf, documentsNamedBy } from './references.js';

/** Both chains: each row's hash, and that it follows on the row before. */
export function chainsHold({ episodeRows, areaRows, areaFromSeq }: EpisodeRecord, episodeId: string, areaId: string, tell: Tell): void {
  tellChain(PATHS.episodeRows, episodeRows, episodeStream(episodeId), checkChain(episodeRows, CHAIN_START).faults, tell);
  const single = areaRows.filter((r) => r.seq < areaFromSeq);
  const following = areaRows.slice(single.length);
  const [first] = following;
  if (!first) return tell(PATHS.areaRows, 'none of the rows that the episode took in are there');
  const before = { seq: areaFromSeq - 1, hash: areaFromSeq === 1 ? CHAIN_START.hash : first.prevHash, decisionNo: 0 };
  tellChain(PATHS.areaRows, following, areaStream(areaId), checkChain(following, before).faults, tell);
  // Single rows stand alone: what lies between them is not in the bundle.
  for (const [i, row] of single.entries()) {
    const alone = checkChain([row], { seq: row.seq - 1, hash: row.prevHash, decisionNo: 0 });
    tellChain(PATHS.areaRows, [row], areaStream(areaId), alone.faults, tell);
    if (row.seq <= (single[i - 1]?.seq ?? 0)) tell(PATHS.areaRows, `row ${row.seq} is out of order`);
  }
}

function tellChain(path: string, rows: readonly LedgerRow[], stream: string, faults: ReturnType<typeof checkChain>['faults'], tell: Tell): void {
  for (const { seq, fault, expected, found } of faults) tell(`${path} row ${seq}`, `${fault}: should be ${expected}, is ${found}`);
  const stranger = rows.find((r) => r.stream !== stream);
  if (stranger) tell(`${path} row ${stranger.seq}`, `belongs to "${stranger.stream}", not to "${stream}"`);
}

/** The manifest and the views are what the rows come to; nothing is left out and nothing added. */
export function sameAsRebuilt({ manifest, files }: Opened, record: EpisodeRecord, tell: Tell): void {
  const rebuilt = contentOf(record);
  const { files: _listed, ...said } = manifest;
  const what = difference(JSON.parse(canonicalJson(rebuilt.manifest)), said);
  if (what !== null) tell(PATHS.manifest, what);
  const wanted = new Map(rebuilt.files.map((f) => [f.path, f.body]));
  for (const path of files.keys()) if (!wanted.has(path)) tell(path, 'belongs to nothing in the bundle');
  for (const [path, body] of wanted) {
    const found = files.get(path);
    if (!found) tell(path, 'is missing');
    else if (Buffer.compare(body, found) !== 0) tellView(path, body, found, tell);
  }
}

/** Where the rows come to something else than the file says, item by item. */
function tellView(path: string, wanted: Uint8Array, found: Uint8Array, tell: Tell): void {
  const [should, is] = [wanted, found].map((body) => JSON.parse(Buffer.from(body).toString('utf8')) as unknown);
  if (!Array.isArray(should) || !Array.isArray(is)) return tell(path, 'is not what the rows come to');
  if (should.length !== is.length) tell(path, `should have ${should.length} items, has ${is.length}`);
  for (const [i, item] of should.entries()) {
    const what = difference(item, is[i]);
    if (what !== null) tell(`${path} item ${i + 1} (${nameOf(item)})`, what);
  }
}

function nameOf(item: unknown): string {
  const { id, requestId, seq } = item as { id?: string; requestId?: string; seq?: number };
  return id ?? requestId ?? `row ${seq ?? '?'}`;
}

/** Documents are what their names say, all that are named are there, and nothing besides. */
export function documentsWhole({ files }: Opened, { episodeRows, areaRows, documents }: EpisodeRecord, tell: Tell): void {
  const named = new Map<string, string>();
  for (const row of [...episodeRows, ...areaRows]) for (const digest of documentsNamedBy(row)) named.set(digest, `row ${row.seq} of ${row.stream}`);
  for (const { digest, mediaType, body } of documents) for (const attached of attachmentsOf(mediaType, body)) named.set(attached, PATHS.document(digest));
  for (const { digest, body } of documents) {
    if (fileDigest(body) !== digest) tell(PATHS.document(digest), 'its content has another SHA-256 than its name');
    if (!named.has(digest)) tell(PATHS.document(digest), 'no row names this document');
  }
  for (const [digest, by] of named) if (!files.has(PATHS.document(digest))) tell(PATHS.document(digest), `is missing; ${by} names it`);
}

/** Plans are what their digests say; AQI tables are those of the standard as this program knows them (R26). */
export function plansAndTablesKnown({ episodeRows, areaRows, plans, aqiTables }: EpisodeRecord, tell: Tell, note: (text: string) => void): void {
  const wanted = new Set([...episodeRows, ...areaRows].map((r) => r.planDigest));
  for (const digest of wanted) if (!plans.has(digest)) tell(PATHS.plan(digest), 'is missing; a row names it');
  for (const [digest, plan] of plans) {
    if (digestOf(plan) !== digest) tell(PATHS.plan(digest), 'its content has another digest than its name');
    if (!wanted.has(digest)) tell(PATHS.plan(digest), 'no row names this plan');
    if (shippedDigest(plan.id) !== digest) note(`plan ${plan.id}, revision ${plan.revision}, is not one this program came with: compare its digest ${digest} with the one the office has published`);
    if (!aqiTables.has(plan.settings.aqiTables)) tell(PATHS.aqiTables(plan.settings.aqiTables), `is missing; plan ${plan.id} names it`);
  }
  for (const [id, tables] of aqiTables) {
    const ours = knownTables(id);
    if (ours === null) note(`AQI tables "${id}" are not among those this program knows; they are used as the bundle gives them`);
    else if (digestOf(ours) !== digestOf(tables)) tell(PATHS.aqiTables(id), 'are not the tables that this program knows by this name');
  }
}

const shipped = new Map<string, string | null>();

/** The digest of the plan that this program came with under a name; null when it came with none. */
function shippedDigest(id: string): string | null {
  const known = shipped.get(id) ?? (listPlans().includes(id) ? digestOf(loadPlan(id)) : null);
  shipped.set(id, known);
  return known;
}

function knownTables(id: string): unknown {
  try {
    return /^[\w-]+$/.test(id) ? loadAqiTables(id) : null;
  } catch {
    return null;
  }
}
