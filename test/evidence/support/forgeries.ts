/** Forged records for `forgery.test.ts`: each wrong in one respect, everything else made to fit. */
import type { SettledGroup } from '../../../domain/episode/events.js';
import type { LedgerRow } from '../../../domain/ledger.js';
import { digestOf } from '../../../domain/digest.js';
import { HOUR_MS } from '../../../domain/time.js';
import type { EpisodeRecord } from '../../../evidence/format.js';
import { regraded } from '../../../evidence/recompute/air.js';
import { frameOf } from '../../../evidence/walk.js';
import { loadAqiTables } from '../../../plans/aqi-tables.js';
import { loadPlan } from '../../../plans/load.js';
import { recordIn } from './bundles.js';
import { type Loose, withArea, withDocument, withEvents, withRows, type Writable } from './forge.js';

export const completed = recordIn('completed');
export const ordered = recordIn('ordered');
export const withdrawn = recordIn('withdrawn');
export const dust = recordIn('not-applicable');

export const events = (rows: readonly LedgerRow[]) => rows.map((r) => r.event as unknown as Loose);
export const isType = (type: string) => (row: LedgerRow) => row.event.type === type;
export const without = (record: EpisodeRecord, isGone: (row: LedgerRow) => boolean) => withRows(record, (rows) => rows.filter((r) => !isGone(r)));
export const isApprovalOf = (requestId: string) => (row: LedgerRow) => row.event.type === 'approval-decided' && (row.event as unknown as Loose)['requestId'] === requestId;
export const firstApprovals = (change: (event: Approval) => void) => withEvents(completed, 'approval-decided', (e) => e.requestId === 'R1' && change(e as unknown as Approval));

export const groups = (record: EpisodeRecord, change: (group: Writable<SettledGroup>) => void) => withEvents(record, 'deadlines-settled', (e) => e.groups.forEach((g) => change(g)));

/** The air of the lift shorter than the hold time, graded honestly. */
export function shortLift(): EpisodeRecord {
  const forecast = completed.areaRows.filter(isType('forecast-recorded')).at(-1)!.event as unknown as { digest: string };
  const body = completed.documents.find((d) => d.digest === forecast.digest)!.body;
  const { values } = JSON.parse(Buffer.from(body).toString('utf8')) as { values: Loose[] };
  const worse = values.map((day, i) => (i < 1 ? day : { ...day, aqiLow: 240, aqiHigh: 240, pm25: 240 }));
  const forged = withDocument(completed, forecast.digest, { kind: 'daily', values: worse });
  const anew = new Map([...regraded(frameOf(forged), () => undefined)].map(({ row, anew: assessment }) => [row.seq, assessment]));
  const last = [...anew.keys()].at(-1);
  return withArea(forged, (r) => r.seq === last, (e) => (e['assessment'] = anew.get(last!)));
}

export type Approval = { step: number; decision: string; act: { actor: Loose; recordedBy: Loose; channel: string; witness: Loose | null; evidence: unknown[] } };

export const areaRows = (record: EpisodeRecord, change: (row: LedgerRow, i: number) => LedgerRow): EpisodeRecord => ({ ...record, areaRows: record.areaRows.map(change) });
export const later = (row: LedgerRow, ms: number): LedgerRow => ({ ...row, recordedAtMs: row.recordedAtMs + ms, planAtMs: row.planAtMs + ms, event: { ...row.event, atMs: row.planAtMs + ms } as LedgerRow['event'] });
export const firstOf = (type: string) => completed.episodeRows.find(isType(type))!.seq;
export const openedBy = () => (withdrawn.episodeRows[0]!.event as unknown as { areaSeq: number }).areaSeq;
export const isSecondOrder = (row: LedgerRow) => row.seq === ordered.areaRows.filter(isType('order-received'))[1]!.seq;

/** The director's word on the phone, which nobody ever signed, under another name. */
export function spokenAs(channel: string): EpisodeRecord {
  const unsigned = without(completed, isType('approval-countersigned'));
  return withEvents(unsigned, 'approval-decided', (event) => {
    const { act } = event as unknown as Approval;
    if (act.channel === 'phone') Object.assign(act, { channel, ...(channel === 'online' && { witness: null, entry: 'direct' }) });
  });
}

/** What was put up was a yellow, and nobody approved it. */
export function yellowByNobody(): EpisodeRecord {
  const asked = withEvents(without(completed, isApprovalOf('R1')), 'request-opened', (e) => e.requestId === 'R1' && ((e.evidence.level = 'yellow'), (e.evidenceDigest = digestOf(e.evidence))));
  return withEvents(asked, 'warning-published', (e) => (e.notice.level = e.notice.responseLevel = 'yellow'));
}

export function ignoredOrder(): EpisodeRecord {
  const [last, raise] = [completed.areaRows.at(-1)!, ordered.areaRows.find(isSecondOrder)!];
  const event = structuredClone(raise.event) as unknown as { order: Loose; act: Loose };
  event.order['id'] = 'O-99';
  event.act['occurredAtMs'] = last.planAtMs;
  const row = { ...raise, seq: last.seq + 1, commandId: 'order:O-99', recordedAtMs: last.recordedAtMs, planAtMs: last.planAtMs, planDigest: last.planDigest, event: { ...event, atMs: last.planAtMs } as unknown as LedgerRow['event'] };
  return { ...completed, areaRows: [...completed.areaRows, row] };
}

export function slowClock(): EpisodeRecord {
  const rows = withRows(completed, (all) => all.map((r) => ({ ...r, recordedAtMs: r.recordedAtMs + 2 * HOUR_MS })));
  return withEvents(areaRows(rows, (r) => ({ ...r, recordedAtMs: r.recordedAtMs + 2 * HOUR_MS })), 'episode-opened', (e) => (e.clock = { ...e.clock, realOriginMs: 2 * HOUR_MS }));
}

/** The last forecast graded honestly, by another plan that this program came with. */
export function gradedBy(id: string): EpisodeRecord {
  const plan = loadPlan(id);
  const last = withdrawn.areaRows.at(-1)!.seq;
  const known = { ...withdrawn, plans: new Map([...withdrawn.plans, [digestOf(plan), plan] as const].sort()), aqiTables: new Map([...withdrawn.aqiTables, [plan.settings.aqiTables, loadAqiTables(plan.settings.aqiTables)]]) };
  const renamed = areaRows(known, (r) => (r.seq === last ? { ...r, planDigest: digestOf(plan) } : r));
  const anew = [...regraded(frameOf(renamed), () => undefined)].find((g) => g.row.seq === last)!.anew;
  return withArea(renamed, (r) => r.seq === last, (e) => (e['assessment'] = anew));
}

export function hidingEvaluation(): EpisodeRecord {
  let [was, is] = ['', ''];
  const hidden = withEvents(completed, 'request-opened', (e) => {
    if (e.evidence.action !== 'evaluate') return;
    was = e.evidenceDigest;
    e.evidence.missing = [];
    is = e.evidenceDigest = digestOf(e.evidence);
  });
  return withEvents(hidden, 'approval-decided', (e) => e.evidenceDigest === was && (e.evidenceDigest = is));
}

/** The commander's step taken by a deputy, with a delegation on record that is not as it should be. */
export function delegated(detail: object, from = 'demo-commander'): EpisodeRecord {
  const [first] = completed.areaRows;
  const delegation = { id: 'G-1', by: from === 'demo-commander' ? '演示·指挥长' : '演示·办公室主任' };
  const { recordedAtMs } = first!;
  const event = { type: 'access-changed', clause: '6.2', change: 'delegated', subject: 'demo-deputy2', detail: { delegationId: 'G-1', role: 'commander', from, areaIds: null, useCases: null, fromMs: recordedAtMs, untilMs: recordedAtMs + 240 * HOUR_MS, ...detail } };
  const row = { ...first!, seq: 2, commandId: 'access:1', kind: 'audit', event } as unknown as LedgerRow;
  const signed = firstApprovals((e) => e.step === 1 && (e.act.recordedBy = e.act.actor = { ...e.act.actor, accountId: 'demo-deputy2', name: '演示·办公室副主任（二）', delegation }));
  const moved = (r: LedgerRow) => ({ ...r, seq: r.seq + 1 });
  const at = (seq: unknown) => (typeof seq === 'number' && seq > 1 ? seq + 1 : seq);
  const episodeRows = signed.episodeRows.map((r) => ({ ...r, commandId: r.commandId.replace(/^area:(\d+)$/, (_, n: string) => `area:${Number(n) + 1}`), event: 'areaSeq' in r.event ? { ...r.event, areaSeq: r.seq === 1 ? (r.event.areaSeq as number) + 1 : at(r.event.areaSeq) } as LedgerRow['event'] : r.event }));
  return { ...signed, episodeRows, areaRows: [first!, row, ...completed.areaRows.slice(1).map(moved)] };
}

export function otherHistory(): EpisodeRecord {
  const archived = (record: EpisodeRecord) => (record.episodeRows.find(isType('history-archived'))!.event as unknown as { digest: string }).digest;
  const theirs = ordered.documents.find((d) => d.digest === archived(ordered))!;
  return withDocument(completed, archived(completed), JSON.parse(Buffer.from(theirs.body).toString('utf8')) as object);
}

export function lastForecast(): number {
  return completed.areaRows.filter(isType('forecast-recorded')).at(-1)!.seq;
}

export function orderCommand(): string {
  return ordered.episodeRows.filter(isType('order-received')).at(1)!.commandId;
}

export function evaluationRequest(): string {
  const opened = events(completed.episodeRows).find((e) => e['type'] === 'request-opened' && (e['evidence'] as Loose)['action'] === 'evaluate');
  return opened!['requestId'] as string;
}

export function milderForecast(): EpisodeRecord {
  const { digest } = completed.areaRows.find(isType('forecast-recorded'))!.event as unknown as { digest: string };
  return withDocument(completed, digest, { kind: 'daily', values: [{ date: '2020-01-01', aqiLow: 50, aqiHigh: 60 }] });
}

/** A forecast stripped of its assessment, and the episode as if it had never noted it. */
export function silenced(): EpisodeRecord {
  const last = withdrawn.areaRows.filter(isType('forecast-recorded')).at(-1)!;
  return withArea(withdrawn, (r) => r.seq === last.seq, (e) => (e['assessment'] = null));
}

export function otherPlan(): EpisodeRecord {
  const [[was, plan]] = [...completed.plans] as [[string, Writable<(typeof completed.plans extends ReadonlyMap<string, infer P> ? P : never)>]];
  const changed = structuredClone(plan);
  for (const rule of changed.obligations) if (rule.kind === 'acknowledgement' && rule.target) rule.target = { minutesAfter: 120 };
  const is = digestOf(changed);
  const renamed = (rows: readonly LedgerRow[]) => JSON.parse(JSON.stringify(rows).replaceAll(was, is)) as LedgerRow[];
  return { ...completed, plans: new Map([[is, changed]]), episodeRows: renamed(completed.episodeRows), areaRows: renamed(completed.areaRows) };
}
