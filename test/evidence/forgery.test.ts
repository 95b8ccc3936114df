/** What is wrong and yet honestly hashed, chained and signed with the office's own key: only recomputing shows it. */
import { describe, expect, test } from '@jest/globals';
import { PATHS, type EpisodeRecord } from '../../evidence/format.js';
import { regraded } from '../../evidence/recompute/air.js';
import { verifyBundle } from '../../evidence/verify.js';
import { frameOf } from '../../evidence/walk.js';
import type { SettledGroup } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { digestOf } from '../../domain/digest.js';
import { HOUR_MS } from '../../domain/time.js';
import { bundle, ENDINGS, recordIn } from './support/bundles.js';
import { type Loose, signedAgain, withArea, withDocument, withEvents, withOthers, withRows, withView, type Writable } from './support/forge.js';
import { OFFICE } from './support/key.js';

const completed = recordIn('completed');
const ordered = recordIn('ordered');
const withdrawn = recordIn('withdrawn');

type Approval = { step: number; decision: string; act: { actor: Loose; channel: string; witness: Loose | null } };
const events = (rows: readonly LedgerRow[]) => rows.map((r) => r.event as unknown as Loose);
const isType = (type: string) => (row: LedgerRow) => row.event.type === type;
const without = (record: EpisodeRecord, isGone: (row: LedgerRow) => boolean) => withRows(record, (rows) => rows.filter((r) => !isGone(r)));
const isApprovalOf = (requestId: string) => (row: LedgerRow) => row.event.type === 'approval-decided' && (row.event as unknown as Loose)['requestId'] === requestId;
const firstApprovals = (change: (event: Approval) => void) => withEvents(completed, 'approval-decided', (e) => e.requestId === 'R1' && change(e as unknown as Approval));

const groups = (record: EpisodeRecord, change: (group: Writable<SettledGroup>) => void) => withEvents(record, 'deadlines-settled', (e) => e.groups.forEach((g) => change(g)));

/** The air of the lift shorter than the hold time, graded honestly. */
function shortLift(): EpisodeRecord {
  const forecast = completed.areaRows.filter(isType('forecast-recorded')).at(-1)!.event as unknown as { digest: string };
  const body = completed.documents.find((d) => d.digest === forecast.digest)!.body;
  const { values } = JSON.parse(Buffer.from(body).toString('utf8')) as { values: Loose[] };
  const worse = values.map((day, i) => (i < 1 ? day : { ...day, aqiLow: 240, aqiHigh: 240, pm25: 240 }));
  const forged = withDocument(completed, forecast.digest, { kind: 'daily', values: worse });
  const anew = new Map([...regraded(frameOf(forged), () => undefined)].map(({ row, anew: assessment }) => [row.seq, assessment]));
  const last = [...anew.keys()].at(-1);
  return withArea(forged, (r) => r.seq === last, (e) => (e['assessment'] = anew.get(last!)));
}

const FORGERIES: readonly (readonly [name: string, forged: () => Uint8Array, check: string, what: RegExp])[] = [
  ['3.3.4: published with neither director nor commander', () => signedAgain(without(completed, isApprovalOf('R1'))), 'approvals', /without the approval of the director and the commander/],
  ['3.3.4: published without the commander', () => signedAgain(without(completed, (r) => isApprovalOf('R1')(r) && (r.event as unknown as Approval).step === 1)), 'approvals', /without the approval of the commander/],
  ['3.3.4: the publication says it rests on an order that never came', () => signedAgain(withEvents(without(completed, isApprovalOf('R1')), 'warning-published', (e) => ((e.requestId = null), (e.orderId = 'O-none')))), 'approvals', /neither an approved request nor a superior order/],
  ['R14: one person takes both steps', () => signedAgain(firstApprovals((e) => e.step === 1 && (e.act.actor['accountId'] = 'demo-director'))), 'approvals', /takes two steps/],
  ['3.3.4: the commander’s step taken as director', () => signedAgain(firstApprovals((e) => e.step === 1 && (e.act.actor['role'] = 'director'))), 'approvals', /is for the commander/],
  ['R29: the evidence changed after the director had signed', () => signedAgain(withEvents(completed, 'request-opened', (e) => e.requestId === 'R1' && ((e.evidence.level = 'red'), (e.evidenceDigest = digestOf(e.evidence))))), 'approvals', /other evidence than was put up/],
  ['R30: an approval by phone with one person', () => signedAgain(firstApprovals((e) => e.step === 0 && (e.act.witness = null))), 'approvals', /recorded by one person/],
  ['R30: an approval by phone never countersigned, and nothing says so', () => signedAgain(groups(ordered, (g) => g.groupId.startsWith('countersignature') && (g.open = []))), 'countersignatures', /never signed/],
  ['R30: the countersignature taken out', () => signedAgain(without(completed, isType('approval-countersigned'))), 'countersignatures', /never signed/],
  ['R30: countersigned by another', () => signedAgain(withEvents(completed, 'approval-countersigned', (e) => (e.act.actor.accountId = 'demo-deputy'))), 'countersignatures', /signs what/],
  ['3.3.2: a grade too low', () => signedAgain(withArea(completed, isType('forecast-recorded'), (e) => ((e['assessment'] as { grades: { high: Loose } }).grades.high['level'] = 'yellow'))), 'gradings', /graded yellow; the hours and the forecast on record give orange/],
  ['3.3.2: a process put off by an hour', () => signedAgain(withArea(completed, isType('forecast-recorded'), (e) => ((e['assessment'] as { processes: Loose[] }).processes[0]!['fromMs'] = 0))), 'gradings', /processes\[0\]\.fromMs/],
  ['3.1: the forecast exchanged for a milder one', () => signedAgain(milderForecast()), 'gradings', /forecast on record give/],
  ['R28: a forecast that nobody was told of', () => signedAgain(silenced()), 'gradings', /nobody was told/],
  ['3.3.6: a lift with less than 36 h of clean air ahead', () => signedAgain(shortLift()), 'lifts', /not yet below AQI 150/],
  ['3.3.6: a local lift at 30 h', () => signedAgain(withArea(completed, (r) => r.seq === lastForecast(), (e) => ((e['assessment'] as { lift: Loose }).lift['holdsHours'] = 30))), 'lifts', /30 h of clean air ahead; 36 h are needed/],
  ['R7: a lift that took effect before it was issued', () => signedAgain(withEvents(completed, 'lift-issued', (e) => (e.lift.effectiveAtMs -= 48 * HOUR_MS))), 'lifts', /before it was issued|not yet below/],
  ['5.1: a due time an hour late', () => withView(completed, PATHS.obligations, (items) => ((items.find((o) => o['kind'] === 'daily-report')!['dueAtMs'] as number) += HOUR_MS)), 'rebuilt', /dueAtMs should be/],
  ['5.1: an open obligation shown as handed in', () => withView(completed, PATHS.obligations, (items) => (items.find((o) => o['status'] === 'overdue')!['status'] = 'submitted')), 'rebuilt', /status should be "overdue"/],
  ['5.1: late reports counted as in time', () => signedAgain(groups(completed, (g) => g.moment === 'due' && g.open.length > 0 && ((g.inTime += g.open.length), (g.open = [])))), 'decisions', /groups\[\d+\]\.(inTime|open)/],
  ['5.1: a settlement left out', () => signedAgain(without(completed, (r) => r.seq === completed.episodeRows.filter(isType('deadlines-settled'))[2]!.seq)), 'decisions', /groups|deadlines-settled/],
  ['5.1, R30: a report dated back', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission' && (r.event as unknown as Loose)['kind'] === 'daily-report', (e) => ((e['countsAtMs'] as number) -= 12 * HOUR_MS))), 'submissions', /countsAtMs/],
  ['5.1: a receipt moved to an earlier hour', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission' && (r.event as unknown as Loose)['kind'] === 'daily-report', (e, row) => ((row.recordedAtMs -= 2 * HOUR_MS), (row.planAtMs -= 2 * HOUR_MS), (e['atMs'] = row.planAtMs), (e['countsAtMs'] = row.planAtMs)))), 'rows', /before the row before it/],
  ['5.1: a report handed in by another unit', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission' && (r.event as unknown as Loose)['kind'] === 'daily-report', (e) => ((e['act'] as Approval['act']).actor['unitId'] = 'health'))), 'submissions', /not-owner/],
  ['3.3.3: the floor of an order recorded lower', () => signedAgain(withEvents(ordered, 'order-took-effect', (e) => (e.floor = 'yellow'))), 'floors', /the floor is/],
  ['3.3.3: an order passed over', () => signedAgain(without(ordered, (r) => r.commandId === orderCommand())), 'decisions', /passed over|not recorded|should be/],
  ['3.3.4: the prefecture left out of a notice', () => signedAgain(withEvents(completed, 'warning-published', (e) => (e.notice.recipients = e.notice.recipients.filter((r) => r !== 'prefecture')))), 'decisions', /notice\.recipients/],
  ['4.1: the response below the warning', () => signedAgain(withEvents(completed, 'warning-published', (e) => (e.notice.responseLevel = 'yellow'))), 'floors', /below the warning/],
  ['5.2: closed without the evaluation’s approval', () => signedAgain(without(completed, (r) => isApprovalOf(evaluationRequest())(r))), 'approvals', /without the approval of the director|without an evaluation/],
  ['R29: an episode withdrawn while its outlook stood', () => signedAgain(without(withdrawn, (r) => r.event.type === 'assessment-noted' && r.seq > 3)), 'decisions', /no rule brings this about|brings? about/],
  ['3.3.4: delivered to somebody the notice does not name', () => signedAgain(withOthers(completed, isType('notice-delivered'), (e) => (e['recipients'] as string[]).push('unit:nobody'))), 'deliveries', /not addressed to unit:nobody/],
  ['8.3: a real episode made out to be a drill', () => signedAgain(withEvents(completed, 'episode-opened', (e) => (e.drill = true))), 'rows', /contradict each other/],
  ['R7: an approval dated before it was asked for', () => signedAgain(withEvents(completed, 'approval-decided', (e, row) => e.requestId === 'R1' && e.step === 0 && ((e.atMs -= 5 * HOUR_MS), (row.planAtMs = e.atMs)))), 'rows', /before the decision before it/],
  ['the plan exchanged for one with other due times', () => signedAgain(otherPlan()), 'decisions', /./],
];

function lastForecast(): number {
  return completed.areaRows.filter(isType('forecast-recorded')).at(-1)!.seq;
}

function orderCommand(): string {
  return ordered.episodeRows.filter(isType('order-received')).at(1)!.commandId;
}

function evaluationRequest(): string {
  const opened = events(completed.episodeRows).find((e) => e['type'] === 'request-opened' && (e['evidence'] as Loose)['action'] === 'evaluate');
  return opened!['requestId'] as string;
}

function milderForecast(): EpisodeRecord {
  const { digest } = completed.areaRows.find(isType('forecast-recorded'))!.event as unknown as { digest: string };
  return withDocument(completed, digest, { kind: 'daily', values: [{ date: '2020-01-01', aqiLow: 50, aqiHigh: 60 }] });
}

/** A forecast stripped of its assessment, and the episode as if it had never noted it. */
function silenced(): EpisodeRecord {
  const last = withdrawn.areaRows.filter(isType('forecast-recorded')).at(-1)!;
  return withArea(withdrawn, (r) => r.seq === last.seq, (e) => (e['assessment'] = null));
}

function otherPlan(): EpisodeRecord {
  const [[was, plan]] = [...completed.plans] as [[string, Writable<(typeof completed.plans extends ReadonlyMap<string, infer P> ? P : never)>]];
  const changed = structuredClone(plan);
  for (const rule of changed.obligations) if (rule.kind === 'acknowledgement' && rule.target) rule.target = { minutesAfter: 120 };
  const is = digestOf(changed);
  const renamed = (rows: readonly LedgerRow[]) => JSON.parse(JSON.stringify(rows).replaceAll(was, is)) as LedgerRow[];
  return { ...completed, plans: new Map([[is, changed]]), episodeRows: renamed(completed.episodeRows), areaRows: renamed(completed.areaRows) };
}

describe('a forgery with the office’s own key is found by recomputing', () => {
  test.each(FORGERIES)('%s', (_name, forged, check, what) => {
    const verdict = verifyBundle(forged(), { fingerprints: [OFFICE.fingerprint] });
    expect(verdict.intact).toBe(false);
    const found = verdict.faults.filter((f) => f.check === check).map((f) => f.what);
    expect(found.join('\n')).toMatch(what);
    // Honestly made: nothing but the decisions themselves gives it away.
    expect(verdict.faults.filter((f) => ['archive', 'chain', 'signature', 'form'].includes(f.check))).toEqual([]);
  });

  test('a plan that this program did not come with is told of', () => {
    expect(verifyBundle(signedAgain(otherPlan())).notes.join('\n')).toMatch(/plan kuitun-2023.*is not one this program came with/);
  });

  test.each(ENDINGS)('%s: rehashed and signed again without a change it passes', (name) => {
    expect(verifyBundle(signedAgain(recordIn(name)), { fingerprints: [OFFICE.fingerprint] }).faults).toEqual([]);
  });
});

describe('what looks wrong and is lawful passes', () => {
  test.each([
    ['3.3.3: a start on a superior order, without local approval', ordered, (e: Loose) => e['type'] === 'warning-published' && e['requestId'] === null],
    ['3.3.6: a lift on a superior order', ordered, (e: Loose) => e['type'] === 'lift-issued' && (e['lift'] as Loose)['cause'] === 'order'],
    ['R30: a phone approval never signed, recorded as missing', ordered, (e: Loose) => e['type'] === 'deadlines-settled' && (e['groups'] as SettledGroup[]).some((g) => g.moment === 'close' && g.groupId.startsWith('countersignature') && g.open.length > 0)],
    ['R30: a phone approval signed later', completed, (e: Loose) => e['type'] === 'approval-countersigned'],
    ['R30: an acknowledgement entered on a unit’s behalf', completed, (e: Loose) => e['type'] === 'submitted' && (e['act'] as Loose)['entry'] === 'proxy'],
    ['R32: a corrected notice', completed, (e: Loose) => e['type'] === 'notice-corrected'],
    ['5.1: a corrected report', completed, (e: Loose) => e['type'] === 'submitted' && e['version'] === 2],
    ['R9: a lift postponed', completed, (e: Loose) => e['type'] === 'lift-postponed'],
    ['5.1: reports that never came', completed, (e: Loose) => e['type'] === 'deadlines-settled' && (e['groups'] as SettledGroup[]).some((g) => g.moment === 'due' && g.open.length > 0)],
  ])('%s', (_name, record, isIt) => {
    expect(events(record.episodeRows).some(isIt)).toBe(true);
    const name = record === ordered ? 'ordered' : 'completed';
    expect(verifyBundle(bundle(name), { fingerprints: [OFFICE.fingerprint] }).faults).toEqual([]);
  });
});
