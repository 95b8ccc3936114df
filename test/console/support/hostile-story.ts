/** Episodes in which everybody writes nothing but hostile strings: one under way, one closed, one withdrawn, one that was sand-dust. */
import { activeEpisode } from '../../../db/read/episodes.js';
import { addDays, dayOf } from '../../../domain/time.js';
import { AREA, DAY_MS, HOUR_MS, iso, START_MS, type TestApi } from '../../support/api.js';
import type { HostileClient } from './hostile-texts.js';

const EPISODE = '/episodes/{episodeId}';
const MINUTE_MS = 60_000;
/** Plan days in a real minute. */
const RATE = 1440;

export interface HostileEpisodes {
  readonly underWay: string;
  readonly closed: string;
}

export async function hostileEpisodes(api: TestApi, client: HostileClient): Promise<HostileEpisodes> {
  const digest = await client.upload('management');
  const evidence = [{ digest }];
  await access(api, client);
  const underWay = await published(api, client, AREA, evidence);
  await client.post('integration', '/areas/{areaId}/observations', { hours: [{ station: '奎屯市环境监测站', at: iso(START_MS - 3 * HOUR_MS), pm25: 80 }] }, { params: { areaId: AREA }, leave: ['hours.*.station'] });
  await api.at(START_MS + 3 * HOUR_MS);
  await response(client, underWay, evidence);
  await orders(client, evidence);
  const closed = await wholeDrill(api, client, evidence);
  await endedDrills(api, client, evidence);
  return { underWay, closed };
}

/** Forecast, consultation, submission, and the decisions of both steps. */
async function published(api: TestApi, client: HostileClient, areaId: string, evidence: object[], byPhone = false): Promise<string> {
  const startMs = areaId === AREA ? START_MS : planNowMs(api);
  const days = [230, 230, 230, 80, 70].map((aqi, i) => ({ date: addDays(dayOf(startMs), i + 1), aqiLow: aqi, aqiHigh: aqi, pm25: aqi, primary: ['PM2.5'] }));
  await client.post('technical', '/areas/{areaId}/forecasts', { issuedAt: iso(startMs), days }, { params: { areaId } });
  const episodeId = (await activeEpisode(api.db.pool, areaId))!;
  const params = { episodeId };
  await client.post('technical', `${EPISODE}/consultations`, { advice: 'publish', level: 'orange', dissent: [{}], evidence }, { params });
  await client.post('management', `${EPISODE}/proposals`, { action: 'publish', level: 'orange', effectiveAt: iso(startMs + 2 * HOUR_MS), evidence }, { params });
  for (const [step, login] of ['director', 'commander'].entries()) {
    const { requests } = (await api.as(login).get(`/episodes/${episodeId}/approvals`)).body as { requests: { id: string; evidenceDigest: string }[] };
    const { id: requestId, evidenceDigest } = requests[0]!;
    const spoken = byPhone && step === 1;
    const proxy = { channel: 'phone', actor: { accountId: 'demo-commander' }, witness: 'demo-management2' };
    await client.post(spoken ? 'management' : login, `${EPISODE}/approvals/{requestId}/decision`, { step, decision: 'approve', evidenceDigest, evidence, ...(spoken && proxy) }, { params: { ...params, requestId } });
    if (spoken) await client.post(login, `${EPISODE}/approvals/{requestId}/countersignature`, { step, evidence }, { params: { ...params, requestId } });
  }
  return episodeId;
}

async function response(client: HostileClient, episodeId: string, evidence: object[]): Promise<void> {
  const params = { episodeId };
  const act = (login: string, path: string, base: object, leave: readonly string[] = [], more = {}) => client.post(login, `${EPISODE}${path}`, { evidence, ...base }, { params: { ...params, ...more }, leave });
  const first = ['correctionReason'];
  for (const ownerId of ['health', 'housing']) await act('management', '/tasks', { ownerId, basis: {}, content: {}, dueAt: iso(START_MS + DAY_MS) });
  await act('unit-health', '/tasks/{taskId}/feedback', {}, first, { taskId: 'T1' });
  await act('management', '/tasks/{taskId}/feedback', { channel: 'phone', actor: { unitId: 'health' } }, [], { taskId: 'T1' });
  await act('management', '/tasks/{taskId}/closure', {}, [], { taskId: 'T2' });
  await act('management', '/measures', { kind: 'exempt', measureId: 'y-health-schools', scope: {} });
  await act('director', '/adjustments', { responseLevel: 'red' });
  await act('unit-education', '/acknowledgements', { noticeId: 'N1' });
  await act('management', '/acknowledgements', { noticeId: 'N1', unitId: 'housing', channel: 'phone', actor: { unitId: 'housing' } });
  const values = { 'institutions-ready': 1, 'guidance-given': 2, note: '' };
  const impact = { 'respiratory-visits': 1, 'cardiovascular-visits': 1, 'impact-note': '' };
  const form = { obligationId: 'startup-report:N1:health', values, impact, measures: [{ measureId: 'y-health-knowledge', done: 'partly' }] };
  const notes = ['text', 'documentNumber'];
  await act('unit-health', '/reports', form, [...notes, ...first]);
  await act('unit-health', '/reports', form, notes);
  await act('management', '/reports', { obligationId: 'startup-report:N1:education', nil: true, channel: 'phone', actor: { unitId: 'education' } }, [...notes, ...first]);
  await act('management', '/reports', { obligationId: 'zone-notice:N1:management' }, ['note', ...first]);
  for (const leave of [first, []]) {
    await act('management', '/bulletins', { day: dayOf(START_MS) }, leave);
    await act('management', '/publications', { noticeId: 'N1', url: 'https://example.org/', publishedAt: iso(START_MS + HOUR_MS) }, leave);
  }
  await client.post('prefecture', '/notices/{id}/receipts', { evidence }, { params: { id: `${episodeId}.N1` } });
  await client.post('management', '/notices/{id}/receipts', { unitId: 'power-supply', channel: 'phone', actor: { unitId: 'power-supply' }, evidence }, { params: { id: `${episodeId}.N1` } });
  await act('technical', '/dust-flags', { spans: [{ from: iso(START_MS - 9 * DAY_MS), to: iso(START_MS - 8 * DAY_MS) }] });
  await act('management', '/corrections', { noticeId: 'N1', kind: 'correction' });
  await act('management', '/approvals/{requestId}/withdrawal', {}, [], { requestId: 'R2' });
  await act('technical', '/consultations', { advice: 'raise', level: 'red', noClearImprovement: true, dissent: [{}] });
  await act('management', '/adjustments', { action: 'raise', level: 'red' });
  await act('management', '/approvals/{requestId}/withdrawal', {}, [], { requestId: 'R3' });
  await act('management', '/corrections', { noticeId: 'N1', kind: 'correction' });
  const draft = { nil: true, values: { note: client.next() }, measures: [], note: client.next(), attachments: [] };
  await client.post('unit-transport', '/drafts', { kind: 'report', ref: `${episodeId}:startup-report:N1:transport`, unitId: 'transport' }, { secrets: { content: draft as never } });
}

async function orders(client: HostileClient, evidence: object[]): Promise<void> {
  const params = { areaId: AREA };
  const transmission = { channel: 'phone', at: iso(START_MS + 2 * HOUR_MS) };
  const order = { issuer: 'prefecture', kind: 'start', level: 'yellow', namesCity: true, scope: {}, primaryPollutants: [''], transmission, evidence };
  const { orderId } = (await client.post('management', '/areas/{areaId}/orders', order, { params })) as { orderId: string };
  await client.post('management', '/areas/{areaId}/orders/{orderId}/transmissions', { ...transmission, channel: 'paper', evidence }, { params: { ...params, orderId } });
  await client.post('management2', '/areas/{areaId}/orders/{orderId}/check', { confirmed: true, evidence }, { params: { ...params, orderId } });
  await client.post('technical', '/areas/{areaId}/dust-flags', { spans: [{ from: iso(START_MS - 9 * DAY_MS), to: iso(START_MS - 8 * DAY_MS) }], evidence }, { params });
}

async function access(api: TestApi, client: HostileClient): Promise<void> {
  await client.post('administrator', '/accounts', { hats: [] }, { secrets: { login: 'hostile', password: 'a long password' } });
  await client.post('management', '/tokens', {});
  const hatId = (await api.as('director').get('/me')).body.hats[0].id as string;
  await client.post('director', '/delegations', { hatId, toAccountId: 'demo-zone', until: iso(START_MS + DAY_MS) });
}

/** A drill from its forecast to its closed evaluation. */
async function wholeDrill(api: TestApi, client: HostileClient, evidence: object[]): Promise<string> {
  const areaId = await drill(client);
  const episodeId = await published(api, client, areaId, evidence, true);
  const params = { episodeId };
  const state = async () => (await api.as('auditor').get(`/episodes/${episodeId}`)).body.state as { phase: string; lift: { effectiveAt: string } };
  await api.at(api.now() + 3 * MINUTE_MS);
  const days = [80, 70, 60, 50].map((aqi, i) => ({ date: addDays(dayOf(planNowMs(api)), i + 1), aqiLow: aqi, aqiHigh: aqi }));
  await client.post('technical', '/areas/{areaId}/forecasts', { issuedAt: iso(planNowMs(api)), days }, { params: { areaId } });
  for (const lifted of ['a part', 'the whole, taken back', 'the whole'] as const) {
    await client.post('technical', `${EPISODE}/consultations`, { advice: 'lift', evidence }, { params });
    await client.post('management', `${EPISODE}/lift`, { evidence }, { params, leave: lifted === 'a part' ? [] : ['part'] });
    if (lifted !== 'the whole, taken back') continue;
    const { lift } = await state();
    await client.post('management', `${EPISODE}/lift/postponement`, { to: iso(Date.parse(lift.effectiveAt) + 6 * HOUR_MS), evidence }, { params });
    await client.post('management', `${EPISODE}/lift/rescission`, { evidence }, { params });
  }
  await api.at(api.now() + 6 * MINUTE_MS);
  await client.post('management', `${EPISODE}/evaluation`, { evidence }, { params });
  const { requests } = (await api.as('director').get(`/episodes/${episodeId}/approvals`)).body as { requests: { id: string; evidenceDigest: string }[] };
  const { id: requestId, evidenceDigest } = requests[0]!;
  await client.post('director', `${EPISODE}/approvals/{requestId}/decision`, { step: 0, decision: 'approve', evidenceDigest, evidence }, { params: { ...params, requestId } });
  if ((await state()).phase !== 'closed') throw new Error('the drill has not closed');
  return episodeId;
}

async function endedDrills(api: TestApi, client: HostileClient, evidence: object[]): Promise<void> {
  for (const [end, dust] of [
    ['withdrawal', false],
    ['not-applicable', true],
  ] as const) {
    const areaId = await drill(client);
    const days = [230, 230, 230, 80].map((aqi, i) => ({ date: addDays(dayOf(planNowMs(api)), i + 1), aqiLow: aqi, aqiHigh: aqi, pm25: aqi, primary: ['PM2.5'], ...(dust && i === 0 && { dust }) }));
    await client.post('technical', '/areas/{areaId}/forecasts', { issuedAt: iso(planNowMs(api)), days }, { params: { areaId } });
    await client.post('management', `${EPISODE}/${end}`, { evidence }, { params: { episodeId: (await activeEpisode(api.db.pool, areaId))! } });
  }
}

let drillStartedMs = START_MS;

async function drill(client: HostileClient): Promise<string> {
  const { areaId, clock } = (await client.post('management', '/areas/{areaId}/drills', { rate: RATE, startsAt: iso(START_MS) }, { params: { areaId: AREA } })) as { areaId: string; clock: { realOrigin: string } };
  drillStartedMs = Date.parse(clock.realOrigin);
  return areaId;
}

/** Of the drill that was begun last. */
function planNowMs(api: TestApi): number {
  return START_MS + (api.now() - drillStartedMs) * RATE;
}
