/** The sweep at a worker's start: one episode that cannot be reached holds up no other, and is tried again alone. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { unreadInputs } from '../../db/ledger/area.js';
import { sweepOf } from '../../workers/sweep.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { AREA, type TestApi, testApi } from '../support/api.js';
import { twoCities } from '../api/support/two-cities.js';
import type { Place } from '../api/support/rights-table.js';

let api: TestApi;
let places: { readonly here: Place; readonly elsewhere: Place };
let told: string[] = [];
let failing: Record<string, Error> = {};

/** Of Temporal's client what a sweep uses. */
const client = {
  workflow: {
    getHandle: (id: string) => ({ signal: () => hear(id) }),
    signalWithStart: (_: unknown, { workflowId }: { workflowId: string }) => hear(workflowId),
  },
} as unknown as Client;

function hear(id: string): Promise<void> {
  const error = failing[id];
  if (error) return Promise.reject(error);
  told.push(id);
  return Promise.resolve();
}

beforeAll(async () => {
  api = await testApi();
  places = await twoCities(api);
}, 60_000);
afterAll(() => api.close());
beforeEach(() => {
  told = [];
  failing = {};
});

const sweep = () => sweepOf({ pool: api.db.pool, client, taskQueue: 'q', log: { warn: () => undefined } });

test('the others are told, the one that failed is named, and only it is tried again', async () => {
  const broken = episodeWorkflowId(places.here.episodeId);
  failing = { [broken]: new Error('history size exceeds the limit') };
  const failed = await sweep()(null);
  expect([...failed]).toEqual([`episode/${places.here.episodeId}`]);
  expect(told).toContain(episodeWorkflowId(places.elsewhere.episodeId));
  expect(told.length).toBeGreaterThan(2);
  told = [];
  failing = {};
  expect([...(await sweep()(failed))]).toEqual([]);
  expect(told).toEqual([broken]);
});

test('an engine that is away fails it at once', async () => {
  const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
  failing = { [episodeWorkflowId(places.here.episodeId)]: away, [episodeWorkflowId(places.elsewhere.episodeId)]: away };
  await expect(sweep()(null)).rejects.toThrow('UNAVAILABLE');
  expect(told).toEqual([]);
});

test('what nobody has read is found without unpacking a state, by an index over the rows that say something', async () => {
  expect(await unreadInputs(api.db.pool)).toEqual([]);
  await api.db.owner.query('update episodes set area_seq = 0 where area_id = $1', [AREA]);
  expect((await unreadInputs(api.db.pool)).map((u) => u.areaId)).toEqual([AREA]);
  await api.db.owner.query(`update episodes set area_seq = (state ->> 'areaSeq')::bigint`);
  await api.db.owner.query('set enable_seqscan = off');
  const { rows } = await api.db.owner.query<{ 'QUERY PLAN': string }>(
    `explain select seq from ledger where stream = 'area/kuitun' and kind = 'input' and (event -> 'assessment') is distinct from 'null'::jsonb order by seq desc limit 1`,
  );
  expect(rows.map((r) => r['QUERY PLAN']).join('\n')).toContain('ledger_inputs');
});
