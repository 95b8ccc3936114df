/** The episodes whose histories are kept: each ending, each level, and what changes an episode's course in between. */
import { insertAccount, insertHat } from '../../db/accounts/accounts.js';
import type { Role } from '../../domain/plan.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, nextWholeHourMs, toBeijingIso } from '../../domain/time.js';
import { countersign, countersignature } from '../../usecases/approvals.js';
import * as decisions from '../../usecases/decisions.js';
import { newDrill, startDrill } from '../../usecases/drills.js';
import { obligationsOf } from '../../db/read/obligations.js';
import { checkOrder, newOrder, orderCheck, recordOrder } from '../../usecases/orders.js';
import { somebody } from '../support/city.js';
import type { Stage } from './stage.js';

/** Tomorrow's days of bad air that make a level. */
const AIR = { yellow: [60, 230], orange: [60, 230, 230], red: [60, 230, 340, 340, 230] } as const;
type Level = keyof typeof AIR;

export const EPISODES: Readonly<Record<string, (stage: Stage) => Promise<Stage>>> = {
  'completed-yellow': async (stage) => {
    await publish(stage, 'yellow');
    await stage.pass(DAY_MS + 12 * HOUR_MS);
    return liftAndClose(stage);
  },

  'orange-raised-to-red': async (stage) => {
    await publish(stage, 'orange');
    await stage.pass(DAY_MS + HOUR_MS);
    await stage.forecast([340, 340, 340, 230]);
    await stage.city.consult('raise', 'red', true);
    await stage.city.propose({ action: 'raise', level: 'red', text: '呈报升级为红色' });
    await approveAll(stage, 'red');
    await stage.pass(2 * DAY_MS);
    return liftAndClose(stage);
  },

  'completed-red': async (stage) => {
    await publish(stage, 'red');
    await stage.pass(4 * DAY_MS);
    return liftAndClose(stage, { handIn: false });
  },

  'superior-order': async (stage) => {
    const orderId = await order(stage, { kind: 'start', level: 'orange' });
    await stage.city.begun();
    await checkOrder(stage.deps, somebody('director'), stage.city.areaId, orderId, orderCheck.parse({ confirmed: true }));
    await stage.city.until((s) => s.orders.some((o) => o.checkedBy !== null), 'check of the order');
    await stage.city.approve('director');
    await stage.pass(2 * DAY_MS);
    await order(stage, { kind: 'lift', level: null, ends: [orderId] });
    await stage.city.until((s) => s.orders.length === 2, 'second order');
    await stage.pass(2 * HOUR_MS);
    return close(stage);
  },

  'merged-second-process': async (stage) => {
    await publish(stage, 'yellow');
    await stage.pass(DAY_MS + 2 * HOUR_MS);
    await stage.forecast([230, 100, 240, 240, 240]);
    await stage.city.until((s) => s.prompt?.reason === 'second-process', 'question of the second process');
    await stage.city.consult('raise', 'orange', false);
    await stage.city.propose({ action: 'raise', level: 'orange', text: '前后两次过程合并，升级为橙色' });
    await approveAll(stage, 'orange');
    await stage.pass(5 * DAY_MS);
    return liftAndClose(stage);
  },

  'withdrawn-before-publication': async (stage) => {
    await opened(stage, 'orange');
    await stage.city.consult('publish', 'orange');
    await stage.city.propose({ action: 'publish', level: 'orange', text: '呈报橙色预警' });
    await stage.pass(45 * MINUTE_MS);
    await stage.city.approve('director', { decision: 'return', reason: '请补充依据' });
    await decisions.withdrawEpisode(stage.deps, somebody('management'), stage.city.episodeId, decisions.withReason.parse({ reason: '预报已转好' }));
    return stage;
  },

  'outlook-gone': async (stage) => {
    await stage.untilHour(10);
    await stage.forecast([60, 60, 60, 60, 230, 230]);
    await stage.city.begun();
    await stage.pass(DAY_MS);
    await stage.forecast([]);
    return stage;
  },

  'not-applicable-dust': async (stage) => {
    await stage.untilHour(10);
    await stage.forecast(AIR.orange, true);
    await stage.city.begun();
    await decisions.declareNotApplicable(stage.deps, somebody('technical'), stage.city.episodeId, decisions.withReason.parse({ reason: '沙尘天气' }));
    return stage;
  },

  drill: async (stage) => {
    await stage.untilHour(10);
    const { areaId } = await startDrill(stage.deps, somebody('management'), stage.city.areaId, newDrill.parse({ rate: 1440, purpose: '年度演练' }));
    const drill = stage.in(areaId);
    await publish(drill, 'orange');
    await drill.pass(2 * DAY_MS);
    return liftAndClose(drill);
  },

  'approved-by-phone': async (stage) => {
    await people(stage);
    await opened(stage, 'yellow');
    await stage.city.consult('publish', 'yellow');
    await stage.city.propose({ action: 'publish', level: 'yellow', text: '呈报黄色预警' });
    const { requests } = await stage.city.state();
    await stage.pass(20 * MINUTE_MS);
    await stage.city.approve('management', { channel: 'phone', actor: { accountId: 'demo-director', role: 'director' }, witness: 'demo-desk-2' });
    await stage.pass(DAY_MS + 20 * HOUR_MS);
    await countersign(stage.deps, somebody('director'), stage.city.episodeId, requests[0]!.id, countersignature.parse({ step: 0 }));
    await stage.pass(6 * HOUR_MS);
    return liftAndClose(stage, { handIn: false });
  },

  'lift-postponed-and-rescinded': async (stage) => {
    await publish(stage, 'yellow');
    await stage.pass(DAY_MS + 12 * HOUR_MS);
    const liftMs = await lift(stage, 6 * HOUR_MS);
    const { deps, city } = stage;
    await decisions.postponeLift(deps, somebody('management'), city.episodeId, decisions.liftPostponement.parse({ to: toBeijingIso(liftMs + 6 * HOUR_MS), reason: '扩散条件转差' }));
    await stage.pass(2 * HOUR_MS);
    await decisions.rescindLift(deps, somebody('management'), city.episodeId, decisions.withReason.parse({ reason: '污染再次加重' }));
    await stage.pass(12 * HOUR_MS);
    return liftAndClose(stage);
  },

  'order-after-a-lift': async (stage) => {
    await publish(stage, 'yellow');
    await stage.pass(DAY_MS + 12 * HOUR_MS);
    const { deps, city } = stage;
    const liftMs = await lift(stage, 6 * HOUR_MS);
    await order(stage, { kind: 'start', level: 'orange', effectiveAt: toBeijingIso(liftMs + 9 * HOUR_MS) });
    await city.until((s) => s.orders.some((o) => o.status === 'left'), 'order of the next episode');
    await decisions.postponeLift(deps, somebody('management'), city.episodeId, decisions.liftPostponement.parse({ to: toBeijingIso(liftMs + 2 * HOUR_MS), reason: '扩散条件转差' }));
    await stage.until(liftMs + 3 * HOUR_MS);
    return close(stage);
  },

  'order-ended-before-its-time': async (stage) => {
    const { deps, city } = stage;
    await order(stage, { kind: 'start', level: 'red' });
    await city.begun();
    const lowersMs = (await stage.nowMs()) + 2 * DAY_MS;
    const lowering = await order(stage, { kind: 'lower', level: 'yellow', effectiveAt: toBeijingIso(lowersMs) });
    await stage.pass(12 * HOUR_MS);
    const ending = await order(stage, { kind: 'start', level: 'orange', ends: [lowering] });
    await city.until((s) => s.orders.some((o) => o.endedBy === ending), 'end of the order');
    await stage.pass(2 * HOUR_MS);
    await checkOrder(deps, somebody('director'), city.areaId, ending, orderCheck.parse({ confirmed: false, reason: '误录' }));
    await stage.until(lowersMs + 12 * HOUR_MS);
    await city.until((s) => s.orders[0]?.status === 'ended', 'the lowering after all');
    await order(stage, { kind: 'lift', level: null });
    return close(stage);
  },

  'recalled-notice': async (stage) => {
    await publish(stage, 'yellow');
    await stage.pass(2 * HOUR_MS);
    const { deps, city } = stage;
    const { notices } = await city.state();
    await decisions.proposeCorrection(deps, somebody('management'), city.episodeId, decisions.noticeCorrection.parse({ noticeId: notices[0]!.id, kind: 'recall', text: '误发' }));
    await city.approve('director');
    await stage.pass(HOUR_MS);
    return close(stage);
  },
};

async function opened(stage: Stage, level: Level): Promise<void> {
  await stage.untilHour(10);
  await stage.forecast(AIR[level]);
  await stage.city.begun();
}

export async function publish(stage: Stage, level: Level): Promise<void> {
  await opened(stage, level);
  await stage.city.consult('publish', level);
  await stage.city.propose({ action: 'publish', level, text: '呈报发布预警' });
  await approveAll(stage, level);
}

/** Orange and red are reviewed by the director and approved by the commander (3.3.4). */
async function approveAll({ city }: Stage, level: Level): Promise<void> {
  await city.approve('director');
  if (level !== 'yellow') await city.approve('commander');
}

/** The forecast is clear, and the lift issued for some hours from now; gives its instant. */
async function lift(stage: Stage, inMs: number): Promise<number> {
  await stage.forecast([]);
  const liftMs = nextWholeHourMs(await stage.nowMs()) + inMs;
  await stage.city.consult('lift', null);
  await stage.city.lift(liftMs);
  return liftMs;
}

export async function liftAndClose(stage: Stage, how: { readonly handIn: boolean } = { handIn: true }): Promise<Stage> {
  if (how.handIn) await handInAll(stage);
  await stage.until((await lift(stage, HOUR_MS)) + HOUR_MS);
  return close(stage, how);
}

async function close(stage: Stage, { handIn }: { readonly handIn: boolean } = { handIn: true }): Promise<Stage> {
  await stage.city.until((s) => s.phase === 'reporting', 'end of the response');
  await stage.pass(2 * HOUR_MS);
  if (handIn) await handInAll(stage);
  await stage.pass(3 * DAY_MS);
  await stage.city.until((s) => s.phase === 'evaluating', 'opening of the evaluation');
  await stage.city.evaluate();
  await stage.city.approve('director');
  return stage;
}

/** Units' reports and the office's, each of what is open now. */
export async function handInAll({ deps, city }: Stage): Promise<void> {
  const open = (await obligationsOf(deps.pool, city.episodeId)).filter((o) => o.submittedAtMs === null);
  for (const { id, kind, ownerId, ref } of open) {
    if (kind === 'startup-report' || kind === 'daily-report') await city.unitReport(id, ownerId);
    if (kind === 'bulletin') await city.bulletin(ref);
    if (kind === 'office-daily-report' || kind === 'office-final-report') await city.paper(id);
  }
}

async function order({ deps, city }: Stage, of: { readonly kind: string; readonly level: string | null; readonly ends?: readonly string[]; readonly effectiveAt?: string }): Promise<string> {
  const at = toBeijingIso(await deps.clock(deps.pool));
  const input = newOrder.parse({
    issuer: 'prefecture',
    namesCity: true,
    scope: { zh: '奎屯市', en: 'Kuitun' },
    transmission: { channel: 'phone', at, from: '州指挥部办公室（演示）' },
    ...of,
  });
  return (await recordOrder(deps, somebody('management'), city.areaId, input)).orderId;
}

/** Those named in another's entry have accounts. */
async function people({ deps }: Stage): Promise<void> {
  const account = async (id: string, role: Role) => {
    await insertAccount(deps.pool, { id, login: id, name: `演示·${id}`, passwordHash: '-', demonstration: true, createdAtMs: 0 });
    await insertHat(deps.pool, id, { id: `${id}-hat`, role, unitId: null, areaId: null, fromMs: 0, untilMs: null });
  };
  await account('demo-director', 'director');
  await account('demo-desk-2', 'management');
}
