/** Finished episodes, one of each ending, made by the office. */
import { recordConsultation, newConsultation, submitProposal, newProposal, submitLift, newLift, postponeLift, liftPostponement, proposeCorrection, noticeCorrection, assignTask, newTask, declareNotApplicable, withReason, adjustMeasures, measureChange } from '../../../usecases/decisions.js';
import { countersign, countersignature } from '../../../usecases/approvals.js';
import { acknowledge, newAcknowledgement, newReport, report } from '../../../usecases/submissions.js';
import { flagDust, newDustFlag } from '../../../usecases/dust.js';
import { newObservations, recordObservations } from '../../../usecases/observations.js';
import { checkOrder, newOrder, orderCheck, recordOrder } from '../../../usecases/orders.js';
import { newEvaluation, submitEvaluation } from '../../../usecases/evaluation.js';
import { confirmReceipt, newReceipt } from '../../../usecases/receipts.js';
import { keepDocument } from '../../../usecases/documents.js';
import { dayOf } from '../../../domain/time.js';
import { AREA, DAY_MS, HOUR_MS, iso, type Office } from './office.js';

/** Somebody's word on the phone, written down by the duty desk with a second person beside. */
const byPhone = (login: string, role: 'director' | 'commander') => ({ channel: 'phone' as const, actor: { accountId: `demo-${login}`, role }, witness: 'demo-technical' });

/** Orange on a local decision, with a phone approval signed later, proxies, corrections, a task, a lift ahead and postponed. */
export async function locallyDecided(office: Office): Promise<string> {
  const { deps } = office;
  const startMs = await office.now();
  const hour = (n: number) => Math.floor(startMs / HOUR_MS) * HOUR_MS + n * HOUR_MS;
  await office.does('technical', recordObservations, newObservations, AREA, {
    hours: Array.from({ length: 72 }, (_, i) => ({ station: '奎屯市环境监测站', at: iso(hour(i - 72)), pm25: 60 + i, pm10: 90 + i, so2: 12, no2: 40, co: 1.2, o3: 60 })),
  });
  await office.forecasts([230, 230, 230, 80, 70, 60]);
  const id = await office.episode();
  await office.does('technical', recordConsultation, newConsultation, id, { advice: 'publish', level: 'orange', text: '建议发布橙色预警' });
  await office.does('management', submitProposal, newProposal, id, { action: 'publish', level: 'orange', effectiveAt: iso(hour(3)), text: '呈请发布' });
  await office.approves('commander', id).catch(() => undefined);
  await office.approves('management', id, byPhone('director', 'director'));
  await office.approves('commander', id);
  await office.does('director', (d, c, e, i) => countersign(d, c, e, 'R1', i), countersignature, id, { step: 0 });

  await office.does('management', confirmedBy('N1'), newReceipt, id, { unitId: 'power-supply' }).catch(() => undefined);
  await office.does('prefecture', confirmedBy('N1'), newReceipt, id, {});
  for (const unit of ['ecology', 'housing', 'health']) await office.does(`unit-${unit}`, acknowledge, newAcknowledgement, id, { noticeId: 'N1' });
  await office.does('management', acknowledge, newAcknowledgement, id, { noticeId: 'N1', unitId: 'education', actor: { name: '演示·值班员', unitId: 'education' }, channel: 'phone' });
  await office.passes(4 * HOUR_MS, id);
  await office.does('technical', recordObservations, newObservations, AREA, {
    hours: [0, 1, 2, 3].map((i) => ({ station: '奎屯市环境监测站', at: iso(hour(i)), pm25: 170, pm10: 210, so2: 12, no2: 40, co: 1.2, o3: 60 })),
  });
  const { digest } = await keepDocument(deps, await office.caller('unit-housing'), { body: Buffer.from('巡查照片'), title: '巡查照片', mediaType: 'image/png' });
  const startup = { obligationId: 'startup-report:N1:housing', nil: true, note: '已启动', attachments: [digest] };
  await office.does('unit-housing', report, newReport, id, startup);
  await office.does('unit-housing', report, newReport, id, { ...startup, note: '已启动，更正', correctionReason: '数字有误' });
  await office.does('management', adjustMeasures, measureChange, id, { kind: 'exempt', measureId: (await office.anyMeasure()).id, scope: { zh: '保障类', en: 'essential' }, basis: '指办〔2026〕1号' });
  await office.does('management', assignTask, newTask, id, { ownerId: 'housing', basis: { zh: '督办单', en: 'order' }, content: { zh: '复查工地', en: 'inspect sites' }, dueAt: iso((await office.now()) + DAY_MS) });
  await office.does('management', proposeCorrection, noticeCorrection, id, { noticeId: 'N1', kind: 'correction', text: '首要污染物更正' });
  await office.approves('director', id);
  await office.approves('commander', id);

  await office.passes(DAY_MS, id);
  await office.does('unit-ecology', report, newReport, id, { obligationId: `daily-report:${dayOf(startMs)}:ecology`, nil: true, note: '无' });
  await office.passes(2 * DAY_MS, id);
  await office.forecasts([80, 70, 60, 50], { firstDay: dayOf(await office.now()) });
  await office.does('technical', recordConsultation, newConsultation, id, { advice: 'lift', text: '明日起好转' });
  await office.does('management', submitLift, newLift, id, { text: '解除' });
  const { lift } = await office.state(id);
  await office.does('management', postponeLift, liftPostponement, id, { to: iso(lift!.effectiveAtMs + 3 * HOUR_MS), reason: '扩散偏慢' });
  await office.untilPlanTime(lift!.effectiveAtMs + 3 * HOUR_MS, id);
  await office.does('unit-ecology', report, newReport, id, { obligationId: 'summary-report:L1:ecology', nil: true, note: '总结' });
  return evaluated(office, id);
}

/** Started, raised and lifted by superior orders; the director approves a correction by phone and never signs. */
export async function ordered(office: Office): Promise<string> {
  const order = async (of: { kind: 'start' | 'raise' | 'lift'; level: string | null; ends?: string[] }, effectiveInMs: number) => {
    const nowMs = await office.now();
    const { orderId } = await office.does('management', recordOrder, newOrder, AREA, {
      issuer: 'prefecture', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, issuedAt: iso(nowMs), effectiveAt: iso(nowMs + effectiveInMs), primaryPollutants: ['PM2.5'],
      transmission: { channel: 'phone', at: iso(nowMs), from: '自治州指挥部办公室' }, ...of,
    });
    await office.does('management2', (d, c, a, i) => checkOrder(d, c, a, orderId, i), orderCheck, AREA, { confirmed: true });
    return orderId;
  };
  await order({ kind: 'start', level: 'orange' }, 2 * HOUR_MS);
  const id = await office.episode();
  await office.until('the order to be checked', async () => ((await office.state(id)).orders[0]?.checkedBy ? true : null));
  await office.approves('director', id);
  await office.passes(6 * HOUR_MS, id);
  await order({ kind: 'raise', level: 'red' }, 0);
  await office.until('the raise', async () => ((await office.state(id)).levels.at(-1)?.level === 'red' ? true : null));
  await office.approves('director', id);
  await office.does('management', proposeCorrection, noticeCorrection, id, { noticeId: 'N1', kind: 'correction', text: '文号更正' });
  await office.approves('management', id, byPhone('director', 'director'));
  await office.approves('commander', id);
  await office.passes(DAY_MS, id);
  await order({ kind: 'lift', level: null }, HOUR_MS);
  await office.until('the lift', async () => ((await office.state(id)).lift ? true : null));
  await office.approves('director', id);
  await office.passes(2 * HOUR_MS, id);
  return evaluated(office, id);
}

/** An outlook that passes before anybody asked for anything. */
export async function outlookGone(office: Office): Promise<string> {
  await office.forecasts([230, 230, 60, 60]);
  const id = await office.episode();
  await office.passes(3 * HOUR_MS, id);
  await office.forecasts([60, 60, 60, 60]);
  await office.until('the end', async () => ((await office.state(id)).phase === 'closed' ? true : null));
  await office.archived(id);
  return id;
}

/** Sand-dust: none of the plan's business (1.4). */
export async function sandDust(office: Office): Promise<string> {
  await office.forecasts([320, 320, 320, 60], { primary: ['PM10'], pm25: 80 });
  const id = await office.episode();
  const nowMs = await office.now();
  await office.does('technical', flagDust, newDustFlag, AREA, { spans: [{ from: iso(nowMs), to: iso(nowMs + DAY_MS) }], reason: 'PM2.5 与 PM10 之比低' });
  await office.until('the flag', async () => ((await office.state(id)).assessment?.basis.dustSpans.length ? true : null));
  await office.does('management', declareNotApplicable, withReason, id, { reason: '沙尘' });
  await office.archived(id);
  return id;
}

async function evaluated(office: Office, id: string): Promise<string> {
  await office.passes(4 * DAY_MS, id);
  await office.does('management', submitEvaluation, newEvaluation, id, { summary: '措施基本落实' });
  await office.approves('director', id);
  await office.archived(id);
  return id;
}

const confirmedBy =
  (noticeId: string): ((...args: [Parameters<typeof confirmReceipt>[0], Parameters<typeof confirmReceipt>[1], string, Parameters<typeof confirmReceipt>[4]]) => ReturnType<typeof confirmReceipt>) =>
  (deps, caller, episodeId, input) =>
    confirmReceipt(deps, caller, episodeId, noticeId, input);
