import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activeEpisode } from '../../db/read/episodes.js';
import { approve, AREA, forecast, HOUR_MS, iso, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';

let api: TestApi;
let session = '';
let areaId = '';
let episodeId = '';
beforeAll(async () => {
  api = await testApi();
  session = await api.session('management');
});
afterAll(() => api.close());

const look = (path: string, cookie = session) => api.request('GET', path, { headers: { Cookie: cookie, Accept: 'text/html' } });
const isMarked = (html: string) => html.includes('<p class="drill" role="note">') && /<title>【演练】/.test(html);
const send = (path: string, fields: Record<string, string>) =>
  api.request('POST', path, { body: new URLSearchParams(fields).toString(), headers: { Cookie: session, Origin: api.url, Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' } });

test('8.3: a drill is begun on the office’s page, once per form, and whoever began it is led into it', async () => {
  expect((await look('/office')).body).toContain('href="/office/drills/new"');
  const key = /name="_key" value="([^"]+)"/.exec(String((await look('/office/drills/new')).body))![1]!;
  const wrong = await send('/office/drills/new', { _key: key, purpose: '', rate: '60' });
  expect([wrong.status, String(wrong.body).includes('id="problem"')]).toEqual([422, true]);
  const fresh = /name="_key" value="([^"]+)"/.exec(String(wrong.body))![1]!;
  const begun = await send('/office/drills/new', { _key: fresh, purpose: '年度演练', rate: '1' });
  expect([begun.status, begun.headers.get('location')]).toEqual([303, '/']);
  areaId = /qingkong_area=([^;]+)/.exec(begun.headers.get('set-cookie') ?? '')![1]!;
  await send('/office/drills/new', { _key: fresh, purpose: '年度演练', rate: '1' });
  const { areas } = (await api.as('auditor').get('/areas')).body as { areas: { areaId: string; drill: boolean }[] };
  expect(areas.filter((a) => a.drill).map((a) => a.areaId)).toEqual([areaId]);
});

test('8.3: every page of a drill says so, reached through its area or from outside', async () => {
  await api.as('technical').post(`/areas/${areaId}/forecasts`, forecast(START_MS, [230, 230, 230, 80, 70, 60]));
  episodeId = (await activeEpisode(api.db.pool, areaId))!;
  await api.as('technical').post(`/episodes/${episodeId}/consultations`, { advice: 'publish', level: 'orange', text: '建议发布' });
  await api.as('management').post(`/episodes/${episodeId}/proposals`, { action: 'publish', level: 'orange', effectiveAt: iso(START_MS + HOUR_MS), text: '呈请发布' });
  for (const login of ['director', 'commander']) await approve(api, login, episodeId);
  await api.at(START_MS + 2 * HOUR_MS);

  const within = `${session}; qingkong_area=${areaId}`;
  const queue = ['/'];
  const seen = new Set(queue);
  const kinds = new Map<string, number>();
  const unmarked: string[] = [];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const { body, headers } = await look(path, within);
    if (!headers.get('content-type')?.startsWith('text/html') || headers.get('content-disposition')) continue;
    if (!isMarked(String(body))) unmarked.push(path);
    if (path.includes(episodeId) && !isMarked(String((await look(path)).body))) unmarked.push(`${path} from outside`);
    for (const [, href] of String(body).matchAll(/href="(\/[^"#]*)/g)) {
      const to = href!.replaceAll('&amp;', '&');
      const kind = to.replace(/(%3A|:)[^/?]+/, '').replace(/=\d+/, '=');
      if (seen.has(to) || /^\/(assets|api|public|sign|evidence)/.test(to) || (kinds.get(kind) ?? 0) >= 2) continue;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      seen.add(to);
      queue.push(to);
    }
  }
  expect(unmarked).toEqual([]);
  expect([...seen].filter((path) => path.includes(episodeId)).length).toBeGreaterThan(15);
}, 60_000);

test('8.3: the public page never shows a drill', async () => {
  const seen = String((await look('/public', '')).body);
  expect(seen).not.toMatch(/KT-D|演练|band level-orange/);
  expect((await look(`/public?area=${areaId}`, '')).status).toBe(404);
  expect((await look(`/public/air.svg?area=${areaId}`, '')).status).toBe(404);
});

test('3.3.5: with the engine stopped the public page goes on telling of the warning in force', async () => {
  await publishOrange(api);
  await api.at(START_MS + 5 * HOUR_MS);
  const stopped = () => Promise.reject(new Error('the engine is not there'));
  Object.assign(api.engine, { up: false, decide: stopped, poke: stopped, health: () => Promise.resolve({ reachable: false, worker: false }) });
  expect((await api.request('GET', '/readyz')).status).toBe(503);
  for (const [lang, words] of [
    ['zh', '橙色预警'],
    ['en', 'Orange'],
  ] as const) {
    const { status, body, headers } = await look(`/public?lang=${lang}`, '');
    expect([status, String(body).includes(words), String(body).includes('KT-D')]).toEqual([200, true, false]);
    expect(headers.get('cache-control')).toContain('public');
  }
  expect((await look(`/public/air.svg?area=${AREA}`, '')).status).toBe(200);
});
