/** During a deployment this API stands beside a newer worker: what was begun under its rules is answered 503, and tells when to ask again. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureObligations } from '../../db/ledger/submissions.js';
import { HOUR_MS, publishOrange, START_MS, type TestApi, testApi } from '../support/api.js';
import { randomUUID } from 'node:crypto';

let api: TestApi;
let episodeId = '';
let version = '';
beforeAll(async () => {
  api = await testApi();
  episodeId = await publishOrange(api);
  await api.at(START_MS + 3 * HOUR_MS);
  await ensureObligations(api.db.pool, episodeId, api.deps.clock);
  version = (await api.db.owner.query<{ version: string }>('select rules_version as version from episodes where id = $1', [episodeId])).rows[0]!.version;
  await setRules('99');
});
afterAll(() => api.close());

/** As if a build with rules 99 had opened it. */
async function setRules(to: string): Promise<void> {
  await api.db.owner.query('alter table ledger disable trigger all');
  await api.db.owner.query('update ledger set rules_version = $2 where stream = $1', [`episode/${episodeId}`, to]);
  await api.db.owner.query('alter table ledger enable trigger all');
  await api.db.owner.query(`update episodes set rules_version = $2, state = jsonb_set(state, '{rulesVersion}', to_jsonb($2::text)) where id = $1`, [episodeId, to]);
}

test('submissions, the evaluation and the looks back: 503 newer-rules with Retry-After; under the same key once the API is new', async () => {
  const key = randomUUID();
  const acknowledge = () => api.as('unit-health').post(`/episodes/${episodeId}/acknowledgements`, { noticeId: 'N1' }, { key });
  const evaluate = () => api.as('management').post(`/episodes/${episodeId}/evaluation`, { summary: 'x' });
  const look = (path: string) => () => api.as('auditor').get(`/episodes/${episodeId}/${path}`);
  for (const ask of [acknowledge, evaluate, look('state?at=1'), look('what-if')]) {
    const { status, body, headers } = await ask();
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'newer-rules', '30']);
  }
  for (const path of ['', '/events', '/obligations', '/notices', '/approvals']) expect([path, (await api.as('auditor').get(`/episodes/${episodeId}${path}`)).status]).toEqual([path, 200]);
  const { rows } = await api.db.owner.query(`select 1 from ledger where stream = $1 and kind in ('submission', 'audit') and type <> 'record-accessed'`, [`episode/${episodeId}`]);
  expect(rows).toEqual([]);
  await setRules(version);
  expect((await acknowledge()).status).toBe(201);
});
