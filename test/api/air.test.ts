import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addDays, dayOf } from '../../domain/time.js';
import { AREA, DAY_MS, forecast, HOUR_MS, iso, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const post = (login: string, path: string, body: object) => api.as(login).post(`/areas/${AREA}${path}`, body);
const rowsOf = async (type: string) => (await api.db.owner.query<{ event: { assessment: unknown }; seq: number }>('select event, seq from ledger where stream = $1 and type = $2 order by seq', [`area/${AREA}`, type])).rows;

describe('forecasts (3.1)', () => {
  test('the same again is the one on record; an older one is kept as late and not graded; a newer one is current', async () => {
    const today = forecast(START_MS, [90, 90, 90]);
    const first = (await post('technical', '/forecasts', today)).body;
    const again = (await post('technical', '/forecasts', today)).body;
    expect([again.forecastId, again.seq]).toEqual([first.forecastId, first.seq]);
    const older = (await post('technical', '/forecasts', forecast(START_MS - DAY_MS, [300, 300, 300], dayOf(START_MS)))).body;
    expect(older).toMatchObject({ late: true, assessment: null });
    await api.at(START_MS + HOUR_MS);
    const newer = (await post('technical', '/forecasts', forecast(START_MS + HOUR_MS, [95, 95, 95]))).body;
    expect(newer).toMatchObject({ late: false, assessment: { basis: { forecastId: newer.forecastId } } });
    expect(await rowsOf('forecast-recorded')).toHaveLength(3);
    expect((await api.as('zone').get(`/areas/${AREA}`)).body.episodes).toEqual([]);
  });

  test('is hourly, too', async () => {
    const hours = Array.from({ length: 72 }, (_, i) => ({ at: iso(START_MS + (i + 1) * HOUR_MS), pm25: 40, pm10: 60, so2: 5, no2: 10, co: 0.5, o3: 20 }));
    const { status, body } = await post('technical', '/forecasts', { issuedAt: iso(api.now()), source: '逐时模式', hours });
    expect([status, body.assessment.grades.high.level]).toEqual([201, null]);
  });

  const refused: [string, object, string][] = [
    ['a date that does not exist', { days: [{ date: '2026-02-30', aqiLow: 1, aqiHigh: 2 }] }, 'days.0.date'],
    ['an AQI beyond 500', { days: [{ date: '2026-01-06', aqiLow: 1, aqiHigh: 501 }] }, 'days.0.aqiHigh'],
    ['an AQI below 0', { days: [{ date: '2026-01-06', aqiLow: -1, aqiHigh: 5 }] }, 'days.0.aqiLow'],
    ['half an AQI', { days: [{ date: '2026-01-06', aqiLow: 1.5, aqiHigh: 5 }] }, 'days.0.aqiLow'],
    ['a range upside down', { days: [{ date: '2026-01-06', aqiLow: 200, aqiHigh: 100 }] }, 'days.0.aqiHigh'],
    ['days with a hole', { days: [{ date: '2026-01-06', aqiLow: 1, aqiHigh: 2 }, { date: '2026-01-08', aqiLow: 1, aqiHigh: 2 }] }, 'days.1.date'],
    ['a day twice', { days: [{ date: '2026-01-06', aqiLow: 1, aqiHigh: 2 }, { date: '2026-01-06', aqiLow: 1, aqiHigh: 2 }] }, 'days.1.date'],
    ['an issue in the far future', { issuedAt: iso(START_MS + 30 * DAY_MS) }, 'issuedAt'],
    ['an issue without a zone', { issuedAt: '2026-01-05T10:00:00' }, 'issuedAt'],
    ['days long gone', { days: [{ date: '2025-12-01', aqiLow: 1, aqiHigh: 2 }] }, 'days.0.date'],
    ['a pollutant there is not', { days: [{ date: '2026-01-06', aqiLow: 1, aqiHigh: 2, primary: ['XX'] }] }, 'days.0.primary.0'],
    ['what no forecast has', { colour: 'red' }, 'colour'],
    ['no source', { source: ' ' }, 'source'],
  ];
  test.each(refused)('%s is refused with its path', async (_name, more, path) => {
    const { status, body } = await post('technical', '/forecasts', { ...forecast(START_MS, [90]), ...more });
    expect([status, body.code]).toEqual([400, 'invalid']);
    expect(body.errors.map((e: { path: string }) => e.path)).toContain(path);
  });
});

describe('observations (3.1)', () => {
  const hours = (fromMs: number, count: number, pm25: number) => ({ hours: Array.from({ length: count }, (_, i) => ({ station: '市监测站', at: iso(fromMs + i * HOUR_MS), pm25, pm10: pm25 + 20, so2: 5, no2: 20, co: 0.8, o3: 20 })) });

  test('a row carries an assessment only where it says something new, and only then wakes anybody', async () => {
    const { stations } = (await api.as('technical').get(`/areas/${AREA}/plan`)).body.plan.settings;
    const of = (fromMs: number, count: number, pm25: number) => ({ hours: hours(fromMs, count, pm25).hours.map((h) => ({ ...h, station: stations[0] })) });
    await api.at(START_MS + 2 * HOUR_MS);
    expect((await post('integration', '/observations', of(START_MS - 60 * HOUR_MS, 60, 60))).body.rows).toBe(60);
    const quiet = await post('integration', '/observations', of(START_MS, 1, 61));
    expect(quiet.body).toMatchObject({ rows: 1, assessment: null });
    await api.at(START_MS + 3 * HOUR_MS);
    // A correction: sixty hours were far worse than first told.
    const worse = await post('integration', '/observations', of(START_MS - 60 * HOUR_MS, 60, 260));
    expect(worse.body.assessment).toMatchObject({ raise: { level: expect.any(String) } });
    expect((await api.as('zone').get(`/areas/${AREA}`)).body.episodes).toHaveLength(1);
    const { rows } = await api.db.owner.query(`select count(*)::int as n from observations where at_ms = $1`, [START_MS - 60 * HOUR_MS]);
    expect(rows).toEqual([{ n: 2 }]);
  });

  test('R25: an hour of a station that the plan does not list is refused with its path, and the days go on', async () => {
    const at = iso(START_MS - HOUR_MS);
    const listed = (await api.as('technical').get(`/areas/${AREA}/plan`)).body.plan.settings.stations[0] as string;
    const { status, body } = await post('integration', '/observations', { hours: [{ station: listed, at, pm25: 30 }, { station: '别处的站', at, pm25: 30 }] });
    expect([status, body.code, body.errors]).toEqual([400, 'invalid', [{ path: 'hours.1.station', message: '预案所列站点中没有该站' }]]);
    const { rows } = await api.db.owner.query(`select 1 from observations where station = '别处的站'`);
    expect(rows).toEqual([]);
  });

  test('an hour that is not over, not whole, or of nonsense is refused with its path', async () => {
    const errorsOf = async (body: object) => (await post('integration', '/observations', body)).body.errors?.[0]?.path as string;
    expect(await errorsOf(hours(api.now() + HOUR_MS, 1, 50))).toBe('hours.0.at');
    expect(await errorsOf({ hours: [{ station: 's', at: iso(START_MS + 60_000) }] })).toBe('hours.0.at');
    expect(await errorsOf({ hours: [{ station: 's', at: iso(START_MS - HOUR_MS), pm25: -1 }] })).toBe('hours.0.pm25');
    expect(await errorsOf({ days: [{ date: dayOf(START_MS), aqi: 100 }] })).toBe('days.0.date');
    expect((await post('technical', '/observations', { days: [{ date: addDays(dayOf(START_MS), -1), aqi: 100, primary: ['PM10'] }] })).status).toBe(201);
    expect((await post('management', '/observations', hours(START_MS - HOUR_MS, 1, 50))).status).toBe(403);
  });
});

describe('sand-dust (1.4, R17)', () => {
  test('flagged spans are graded anew and can be taken back; what stood before publication may end as not applicable', async () => {
    const other = await testApi();
    try {
      await other.as('technical').post(`/areas/${AREA}/forecasts`, { issuedAt: iso(START_MS), source: '沙尘', days: [1, 2, 3].map((n) => ({ date: addDays(dayOf(START_MS), n), aqiLow: 400, aqiHigh: 400, primary: ['PM10'] })) });
      const { episodeId } = (await other.as('zone').get(`/areas/${AREA}`)).body.episodes[0];
      expect((await other.as('technical').post(`/episodes/${episodeId}/not-applicable`, { reason: '沙尘' })).body.code).toBe('not-sand-dust');
      const spans = [{ from: iso(START_MS), to: iso(START_MS + 4 * DAY_MS) }];
      const evidence = (await other.request('POST', '/api/v1/documents?title=' + encodeURIComponent('卫星云图'), { body: 'png', headers: { Authorization: `Bearer ${other.as('technical').account.token}`, 'Idempotency-Key': 'upload-1', 'Content-Type': 'image/png' } })).body;
      const flagged = await other.as('technical').post(`/episodes/${episodeId}/dust-flags`, { spans: [], reason: '先记一笔', evidence: [{ digest: evidence.digest, title: '卫星云图' }] });
      expect(flagged.status).toBe(201);
      const missing = await other.as('technical').post(`/episodes/${episodeId}/dust-flags`, { spans, reason: '沙尘暴', evidence: [{ digest: '0'.repeat(64), title: '没有' }] });
      expect([missing.status, missing.body.errors[0].path]).toEqual([400, 'evidence.0']);
      const { body } = await other.as('technical').post(`/areas/${AREA}/dust-flags`, { spans, reason: '沙尘暴', flagId: flagged.body.flagId });
      expect(body.assessment).toMatchObject({ processes: [], basis: { dustSpans: [{}] } });
      // The whole of its outlook was sand-dust: the plan does not apply (1.4).
      expect((await other.as('zone').get(`/episodes/${episodeId}`)).body.state).toMatchObject({ phase: 'closed', ending: 'not-applicable' });
      expect((await other.as('management').post(`/areas/${AREA}/dust-flags`, { spans, reason: '越权' })).status).toBe(403);
    } finally {
      await other.close();
    }
  });
});

describe('superior orders (3.3.3, R15)', () => {
  let city: TestApi;
  let orderId = '';
  const order = (more: object = {}) => ({
    issuer: 'prefecture',
    kind: 'start',
    level: 'orange',
    namesCity: true,
    scope: { zh: '奎屯市', en: 'Kuitun' },
    issuedAt: iso(START_MS - HOUR_MS),
    effectiveAt: iso(START_MS + 2 * HOUR_MS),
    transmission: { channel: 'phone', at: iso(START_MS), from: '州指挥部办公室' },
    ...more,
  });
  const send = (login: string, path: string, body: object) => city.as(login).post(`/areas/${AREA}${path}`, body);
  beforeEach(async () => {
    city ??= await testApi();
  });
  afterAll(() => city.close());

  test('an order on the phone opens the episode without local approval, and is a floor', async () => {
    const { status, body } = await send('management', '/orders', order());
    expect(status).toBe(201);
    orderId = body.orderId;
    const { episodes } = (await city.as('zone').get(`/areas/${AREA}`)).body;
    expect(episodes[0]).toMatchObject({ phase: 'responding', announced: [{ level: 'orange', from: iso(START_MS + 2 * HOUR_MS) }] });
  });

  test('a mistyped year is told by its place: of another century, or of long ago', async () => {
    const long = iso(START_MS - 32 * 24 * HOUR_MS);
    const phone = { channel: 'phone', at: long, from: '州指挥部办公室' };
    for (const [more, path] of [
      [{ effectiveAt: '0026-01-05T12:00:00+08:00' }, 'effectiveAt'],
      [{ effectiveAt: '2206-01-05T12:00:00+08:00' }, 'effectiveAt'],
      [{ effectiveAt: long }, 'effectiveAt'],
      [{ effectiveAt: null, receivedAt: long }, 'receivedAt'],
      [{ effectiveAt: null, transmission: phone }, 'transmission.at'],
    ] as const) {
      const { status, body } = await send('management', '/orders', order(more));
      expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid', path]);
    }
  });

  test('a second person checks it: not who took it down, not twice', async () => {
    const own = await send('management', `/orders/${orderId}/check`, { confirmed: true });
    expect([own.status, own.body.code, own.body.clause]).toEqual([403, 'same-person-twice', '3.3.3']);
    expect((await send('management2', `/orders/${orderId}/check`, { confirmed: false })).body.errors).toEqual([expect.objectContaining({ path: 'reason' })]);
    expect((await send('management2', `/orders/${orderId}/check`, { confirmed: true })).status).toBe(201);
    expect((await send('director', `/orders/${orderId}/check`, { confirmed: true })).body.code).toBe('already-done');
    expect((await send('management2', '/orders/O-none/check', { confirmed: true })).status).toBe(404);
    const { episodeId } = (await city.as('zone').get(`/areas/${AREA}`)).body.episodes[0];
    const owed = (await city.as('zone').get(`/episodes/${episodeId}/obligations`)).body.obligations;
    expect(owed.find((o: { kind: string }) => o.kind === 'order-check')).toMatchObject({ status: 'submitted' });
  });

  test('the paper follows the phone: one order, two transmissions, its number', async () => {
    const paper = { channel: 'paper', at: iso(START_MS), from: '州指挥部办公室', documentNumber: '伊州环应〔2026〕3号' };
    expect((await send('management', `/orders/${orderId}/transmissions`, paper)).status).toBe(201);
    const [held] = (await city.as('zone').get(`/areas/${AREA}/orders`)).body.orders;
    expect(held).toMatchObject({ documentNumber: '伊州环应〔2026〕3号', confirmed: true, transmissions: [{ channel: 'phone' }, { channel: 'paper' }] });
    const { episodeId } = (await city.as('zone').get(`/areas/${AREA}`)).body.episodes[0];
    expect((await city.as('zone').get(`/episodes/${episodeId}`)).body.state.orders[0].order.transmissions).toHaveLength(2);
  });

  test('a faulty order is refused with its path', async () => {
    const pathOf = async (more: object) => (await send('management', '/orders', order(more))).body.errors?.[0]?.path as string;
    expect(await pathOf({ level: null })).toBe('level');
    expect(await pathOf({ kind: 'lift' })).toBe('level');
    expect(await pathOf({ level: 'purple' })).toBe('level');
    expect(await pathOf({ ends: ['O-none'] })).toBe('ends.0');
    expect(await pathOf({ receivedAt: iso(START_MS + DAY_MS) })).toBe('receivedAt');
    expect(await pathOf({ transmission: { channel: 'pigeon', at: iso(START_MS), from: 'x' } })).toBe('transmission.channel');
    expect((await send('unit-health', '/orders', order())).status).toBe(403);
  });
});

test('an area that is not there is 404', async () => {
  expect((await api.as('technical').post('/areas/nowhere/forecasts', forecast(START_MS, [80]))).status).toBe(404);
});
