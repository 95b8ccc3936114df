/** What is wrong and yet honestly hashed, chained and signed with the office's own key: only recomputing shows it. */
import { describe, expect, test } from '@jest/globals';
import { PATHS } from '../../evidence/format.js';
import { verifyBundle } from '../../evidence/verify.js';
import type { SettledGroup } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { digestOf } from '../../domain/digest.js';
import { HOUR_MS } from '../../domain/time.js';
import { bundle, ENDINGS, recordIn } from './support/bundles.js';
import { type Loose, signedAgain, withArea, withEvents, withOthers, withRows, withView } from './support/forge.js';
import { type Approval, areaRows, completed, delegated, dust, evaluationRequest, events, firstApprovals, firstOf, gradedBy, groups, hidingEvaluation, ignoredOrder, isApprovalOf, isSecondOrder, isType, lastForecast, later, milderForecast, openedBy, orderCommand, ordered, otherHistory, otherPlan, shortLift, silenced, slowClock, spokenAs, withdrawn, without, yellowByNobody } from './support/forgeries.js';
import { OFFICE } from './support/key.js';

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
  ['3.3.3: an order passed over', () => signedAgain(without(ordered, (r) => r.commandId === orderCommand())), 'inputs', /passed over/],
  ['3.3.4: the prefecture left out of a notice', () => signedAgain(withEvents(completed, 'warning-published', (e) => (e.notice.recipients = e.notice.recipients.filter((r) => r !== 'prefecture')))), 'decisions', /notice\.recipients/],
  ['4.1: the response below the warning', () => signedAgain(withEvents(completed, 'warning-published', (e) => (e.notice.responseLevel = 'yellow'))), 'floors', /below the warning/],
  ['5.2: closed without the evaluation’s approval', () => signedAgain(without(completed, (r) => isApprovalOf(evaluationRequest())(r))), 'approvals', /without the approval of the director|without an evaluation/],
  ['R29: an episode withdrawn while its outlook stood', () => signedAgain(without(withdrawn, (r) => r.event.type === 'assessment-noted' && r.seq > 3)), 'decisions', /no rule brings this about|brings? about/],
  ['3.3.4: delivered to somebody the notice does not name', () => signedAgain(withOthers(completed, isType('notice-delivered'), (e) => (e['recipients'] as string[]).push('unit:nobody'))), 'deliveries', /not addressed to unit:nobody/],
  ['8.3: a real episode made out to be a drill', () => signedAgain(withEvents(completed, 'episode-opened', (e) => (e.drill = true))), 'opening', /contradict each other/],
  ['R7: an approval dated before it was asked for', () => signedAgain(withEvents(completed, 'approval-decided', (e, row) => e.requestId === 'R1' && e.step === 0 && ((e.atMs -= 5 * HOUR_MS), (row.planAtMs = e.atMs)))), 'rows', /before the decision before it/],
  ['R14, R30: a word on the phone never signed, passed off as decided online', () => signedAgain(spokenAs('online')), 'approvals', /演示·管理组值班员 entered it for 演示·办公室主任 as decided online/],
  ['R14: the clerk decides online for the commander', () => signedAgain(firstApprovals((e) => e.step === 1 && (e.act.recordedBy = { ...e.act.recordedBy, accountId: 'demo-management' }))), 'approvals', /as decided online/],
  ['R30: a word on the phone passed off as paper, with no paper', () => signedAgain(spokenAs('paper')), 'approvals', /an approval by paper without the paper/],
  ['R30: the clerk countersigns for the director', () => signedAgain(withEvents(completed, 'approval-countersigned', (e) => (e.act.recordedBy.accountId = 'demo-management'))), 'countersignatures', /entered the signature of/],
  ['3.3.4: a yellow with neither director nor order', () => signedAgain(yellowByNobody()), 'approvals', /without the approval of the director/],
  ['3.3.3: an order received and ignored, standing after the last row taken in', () => signedAgain(ignoredOrder()), 'inputs', /had to take this in and passed over it/],
  ['3.3.3: an order hidden as a row about the record', () => signedAgain(areaRows(ordered, (r) => (isSecondOrder(r) ? { ...r, kind: 'audit' } : r))), 'area', /is an input, this one is marked "audit"/],
  ['3.1: a forecast received after what follows from it', () => signedAgain(areaRows(completed, (r) => (r.seq === lastForecast() ? later(r, 100 * HOUR_MS) : r))), 'times', /follows from row 4 of the area, which was received later/],
  ['3.1: the forecast that opened the episode received five hours after', () => signedAgain(areaRows(withdrawn, (r) => (r.seq > openedBy() ? later(r, 5 * HOUR_MS) : r))), 'times', /which was received later/],
  ['the receipt times of the area jumbled', () => signedAgain(areaRows(completed, (r, i) => ({ ...r, recordedAtMs: completed.areaRows[0]!.recordedAtMs - i * HOUR_MS }))), 'area', /recorded before the row before it/],
  ['a row of the area dated by another clock', () => signedAgain(areaRows(completed, (r) => ({ ...r, recordedAtMs: r.recordedAtMs + 3_600_000 }))), 'area', /its plan time should be/],
  ['3.1: a forecast handed in by a unit', () => signedAgain(areaRows(completed, (r) => (isType('forecast-recorded')(r) ? { ...r, event: { ...r.event, by: { ...(r.event as unknown as { by: Loose }).by, role: 'unit' } } as LedgerRow['event'] } : r))), 'area', /handed it in as unit/],
  ['R7: decisions recorded three hours before they were made', () => signedAgain(withRows(completed, (rows) => rows.map((r) => (r.seq < 8 ? { ...r, recordedAtMs: r.recordedAtMs - 3 * HOUR_MS } : r)))), 'times', /was recorded before that/],
  ['R30: an approval recorded ten hours after its date', () => signedAgain(withRows(completed, (rows) => rows.map((r) => (r.seq < firstOf('approval-decided') ? r : { ...r, recordedAtMs: r.recordedAtMs + 10 * HOUR_MS })))), 'times', /a person's decision of then was void/],
  ['8.3: a real episode on a clock two hours slow', () => signedAgain(slowClock()), 'opening', /a clock of its own/],
  ['a number of another city and year', () => signedAgain(withEvents(withdrawn, 'episode-opened', (e) => (e.number = 'XX-1999-777'))), 'opening', /number XX-1999-777 is not one/],
  ['a rules version that the episode did not begin under', () => signedAgain(withRows(completed, (rows) => rows.map((r, i) => (i === 9 ? { ...r, rulesVersion: '2' } : r)))), 'rows', /rules version "2"/],
  ['1.4: a sand-dust flag ignored in the grading', () => signedAgain(withArea(dust, isType('dust-flagged'), (e) => ((e['assessment'] as { basis: { dustSpans: unknown[] } }).basis.dustSpans = []))), 'gradings', /dustSpans/],
  ['3.3.2: the area graded by another city’s plan', () => signedAgain(gradedBy('example-city-four-levels')), 'plans', /which is of area "example-city"/],
  ['5.2: an evaluation that hides what was never handed in', () => signedAgain(hidingEvaluation()), 'evaluation', /never fulfilled are not before the approver/],
  ['R14: an approval by a delegation that nobody gave', () => signedAgain(firstApprovals((e) => e.step === 1 && (e.act.recordedBy = e.act.actor = { ...e.act.actor, accountId: 'demo-deputy2', delegation: { id: 'G-none', by: 'demo-commander' } }))), 'hats', /of which the record tells nothing/],
  ['R14: a delegate takes the step after the delegator’s own', () => signedAgain(delegated({}, 'demo-director')), 'approvals', /takes two steps/],
  ['R14: a delegation of another hat', () => signedAgain(delegated({ role: 'director' })), 'hats', /is for the hat of the director/],
  ['R14: a delegation that had run out', () => signedAgain(delegated({ untilMs: completed.episodeRows[0]!.recordedAtMs - HOUR_MS })), 'hats', /which held from/],
  ['R14: a delegation for something else', () => signedAgain(delegated({ useCases: ['countersign'] })), 'hats', /which is for countersign/],
  ['R14: a delegation given by another', () => signedAgain(delegated({ from: 'demo-director' })), 'hats', /which 演示·办公室主任 gave, not 演示·指挥长/],
  ['3.3.4: a receipt given by another', () => signedAgain(withOthers(completed, isType('notice-receipted'), (e) => (e['recipient'] = 'zone'))), 'deliveries', /gives the receipt of zone/],
  ['3.3.4: a receipt dated before the notice', () => signedAgain(withOthers(completed, isType('notice-receipted'), (e) => Object.assign(e['act'] as Loose, { entry: 'late', occurredAtMs: 0 }))), 'deliveries', /before it was issued/],
  ['R30: a consultation dated back', () => signedAgain(withEvents(completed, 'consultation-recorded', (e) => (e.act.occurredAtMs -= 20 * HOUR_MS))), 'acts', /what is done online is done then/],
  ['8.6: a report of tomorrow', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission', (e) => ((e['act'] as Loose)['occurredAtMs'] = ((e['act'] as Loose)['occurredAtMs'] as number) + 48 * HOUR_MS))), 'acts', /an act lies in the past/],
  ['R30: a report typed in by the clerk as the unit’s own', () => signedAgain(withOthers(completed, (r) => r.kind === 'submission' && (r.event as unknown as { act: { entry: string } }).act.entry === 'direct', (e) => (((e['act'] as Loose)['recordedBy'] as Loose)['accountId'] = 'demo-management'))), 'acts', /not marked as entered for another/],
  ['5.2: decisions that the engine’s history does not know', () => signedAgain(withEvents(completed, 'consultation-recorded', (e) => (e.conclusion.text = '另一结论'))), 'engine', /what the engine decided then is not what the ledger holds/],
  ['5.2: another episode’s engine history', () => signedAgain(withEvents(otherHistory(), 'episode-opened', () => undefined)), 'engine', /not of this episode/],
  ['the plan exchanged for one with other due times', () => signedAgain(otherPlan()), 'decisions', /./],
];

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
