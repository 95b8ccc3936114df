/**
 * One episode as people live it, over HTTP and in plan time: an orange warning
 * with both approvals, a day in force, the lift, the reports of 25 units, the
 * evaluation. Each act has a day's room, so that a system that was away
 * for some hours of plan time ends as one that never was.
 */
import type { ObligationRule, Plan } from '../../../domain/plan.js';
import { addDays, DAY_MS, HOUR_MS, MINUTE_MS, startOfDayMs, toBeijingIso } from '../../../domain/time.js';
import { loadPlan } from '../../../plans/load.js';
import type { Desk } from './desk.js';

export const FIRST_DAY = '2026-01-05';
/** 06:00 of the first day: the first forecast. */
export const BEGINS_MS = startOfDayMs(FIRST_DAY) + 6 * HOUR_MS;

export interface Stage {
  readonly desk: Desk;
  readonly areaId: string;
  /** Resolves at an instant of plan time. */
  readonly until: (planMs: number) => Promise<void>;
  /** The area's episode, as soon as there is one. */
  readonly episodeId: () => Promise<string>;
  /** Something may happen to the system while the next acts are under way. */
  readonly strike: (point: Point) => void;
  /** Nobody acts and nothing is due for half a day. */
  readonly quiet: (episodeId: string) => Promise<void>;
}

export const POINTS = [
  'consulting',
  'awaiting-approval',
  'approval-pending',
  'between-approvals',
  'deadline',
  'responding',
  'forecast',
  'lift',
  'lift-pending',
  'daily-reports',
  'lift-announced',
  'response-ending',
  'reporting',
  'late-report',
  'evaluating',
  'closing',
] as const;
export type Point = (typeof POINTS)[number];

/**
 * Kuitun's plan with room for an outage: nobody is reminded or escalated, and
 * the office's own targets lie some hours after an act or are the plan's due
 * time; a system that comes back within them has then missed nothing.
 */
export function planWithRoom(hours = 24): Plan {
  const plan = loadPlan('kuitun-2023');
  const roomy = ({ target, due }: ObligationRule): ObligationRule['target'] => {
    if (target && 'minutesAfter' in target) return { minutesAfter: Math.max(target.minutesAfter, (hours * HOUR_MS) / MINUTE_MS) };
    return due === null ? target : null;
  };
  return { ...plan, escalations: [], obligations: plan.obligations.map((rule) => ({ ...rule, remindMinutesBefore: [], target: roomy(rule) })) };
}

const dayAt = (day: number, hour: number): number => startOfDayMs(FIRST_DAY) + day * DAY_MS + hour * HOUR_MS;
const date = (day: number): string => addDays(FIRST_DAY, day);

/** Never hands in its summary: recorded as missing. */
export const SILENT_UNIT = 0;
/** Hands in the first day's report half a day after its due time. */
export const LATE_UNIT = 1;

/** Plays it to the end; gives the sequence of every receipt and decision that was answered, by key. */
export async function playEpisode(plan: Plan, { desk, areaId, until, episodeId, strike, quiet }: Stage): Promise<ReadonlyMap<string, number>> {
  const answered = new Map<string, number>();
  let episode = '';

  const post = async (login: string, path: string, body: object, key: string): Promise<void> => {
    const { body: answer } = await desk.post(login, path, body, `${areaId}.${key}`);
    answered.set(key, Number(answer['seq']));
  };
  const decide = (login: string, path: string, body: object, key: string) => post(login, `/episodes/${episode}/${path}`, body, key);
  const approve = async (login: string, step: number, key: string): Promise<void> => {
    const request = await desk.find(login, `/episodes/${episode}/approvals`, (body) => (body['requests'] as { id: string; step: number | null; evidenceDigest: string }[]).find((r) => r.step === step));
    await decide(login, `approvals/${request.id}/decision`, { step, decision: 'approve', evidenceDigest: request.evidenceDigest }, key);
  };
  const forecast = (days: readonly number[], issuedMs: number, key: string) =>
    post('technical', `/areas/${areaId}/forecasts`, { issuedAt: toBeijingIso(issuedMs), source: 'faults', days: days.map((aqi, i) => ({ date: date(i), aqiLow: aqi, aqiHigh: aqi, pm25: Math.round(aqi * 0.75), primary: ['PM2.5'] })) }, key);
  const everyUnit = (does: (unitId: string, index: number) => Promise<void>) => Promise.all(plan.units.map(({ id }, i) => does(id, i)));
  const acknowledge = (noticeId: string) => everyUnit((unitId) => decide(`unit-${unitId}`, 'acknowledgements', { noticeId }, `ack-${noticeId}-${unitId}`));
  const report = (kind: string, ref: string, unitId: string) => decide(`unit-${unitId}`, 'reports', { obligationId: `${kind}:${ref}:${unitId}`, nil: true, note: '无变化' }, `${kind}-${ref}-${unitId}`);
  const paper = (login: string, owner: string, kind: string, ref: string) => decide(login, 'reports', { obligationId: `${kind}:${ref}:${owner}`, text: '已办理' }, `${kind}-${ref}`);
  const reportsDaily = (unitId: string) => plan.units.find((u) => u.id === unitId)!.reports.daily;

  await until(dayAt(0, 6));
  await forecast([80, 260, 260, 260, 90, 80, 80], dayAt(0, 6), 'forecast-1');
  episode = await episodeId();
  strike('consulting');
  await decide('technical', 'consultations', { advice: 'publish', level: 'orange', text: '建议发布橙色预警' }, 'consult-publish');
  await decide('management', 'proposals', { action: 'publish', level: 'orange', effectiveAt: toBeijingIso(dayAt(0, 22)), text: '呈报' }, 'propose');
  strike('awaiting-approval');
  await approve('director', 0, 'approve-0');
  // Nobody acts for some hours: what is before an approver is there afterwards, without anybody's asking.
  strike('approval-pending');
  await until(dayAt(0, 10));
  strike('between-approvals');
  await approve('commander', 1, 'approve-1');
  strike('deadline');
  await Promise.all([acknowledge('N1'), paper('management', 'management', 'prefecture-filing', 'N1'), everyUnit((unitId) => report('startup-report', 'N1', unitId))]);

  await until(dayAt(0, 21));
  strike('responding');
  await until(dayAt(0, 23));
  strike('forecast');
  // The same on its first days: an outage may carry its receipt past midnight.
  await forecast([60, 60, 60, 60, 60, 60, 60], dayAt(0, 23), 'forecast-2');
  await desk.find('technical', `/episodes/${episode}`, (body) => (JSON.stringify(body).includes('"reason":"lift"') ? true : undefined));
  strike('lift');
  await decide('technical', 'consultations', { advice: 'lift', text: '符合解除条件' }, 'consult-lift');
  await decide('management', 'lift', { effectiveAt: toBeijingIso(dayAt(1, 20)), text: '解除' }, 'lift');
  await until(dayAt(1, 1));
  strike('lift-pending');
  await decide('technical', 'consultations', { advice: 'keep', text: '维持' }, 'consult-keep');
  strike('daily-reports');
  await Promise.all([
    acknowledge('N2'),
    paper('management', 'management', 'office-daily-report', date(0)),
    everyUnit(async (unitId, i) => (reportsDaily(unitId) && i !== LATE_UNIT ? report('daily-report', date(0), unitId) : undefined)),
  ]);

  // Nor does a lift wait for anybody.
  await until(dayAt(1, 11));
  strike('lift-announced');
  await until(dayAt(1, 19));
  strike('response-ending');
  await until(dayAt(1, 22));
  await desk.find('management', `/episodes/${episode}`, (body) => (JSON.stringify(body).includes('"reporting"') ? true : undefined));
  strike('reporting');
  await Promise.all([
    everyUnit(async (unitId, i) => (i === SILENT_UNIT ? undefined : report('summary-report', 'L1', unitId))),
    everyUnit(async (unitId) => (reportsDaily(unitId) ? report('daily-report', date(1), unitId) : undefined)),
  ]);
  await until(dayAt(2, 12));
  strike('late-report');
  await report('daily-report', date(0), plan.units[LATE_UNIT]!.id);
  await paper('management', 'management', 'office-final-report', 'L1');

  await until(dayAt(3, 6));
  await quiet(episode);
  await until(dayAt(4, 1));
  await desk.find('management', `/episodes/${episode}`, (body) => (JSON.stringify(body).includes('"evaluating"') ? true : undefined));
  strike('evaluating');
  await decide('management', 'evaluation', { summary: '措施落实，效果明显' }, 'evaluation');
  strike('closing');
  await approve('director', 0, 'approve-evaluation');
  await desk.find('management', `/episodes/${episode}`, (body) => (JSON.stringify(body).includes('"closed"') ? true : undefined));
  return answered;
}
