import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SYSTEM } from '../../domain/act.js';
import { areaStream, checkChain, episodeStream } from '../../domain/ledger.js';
import { digestOf } from '../../domain/digest.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { checkLedger } from '../../db/check.js';
import { databaseClock } from '../../db/clock.js';
import { appendAreaAudit, appendInput, readInputs } from '../../db/ledger/area.js';
import { appendDecision } from '../../db/ledger/decisions.js';
import { readStream, rowsOfCommand } from '../../db/ledger/rows.js';
import { transaction } from '../../db/pool.js';
import { addDrillArea } from '../../db/plans.js';
import { rebuild } from '../../db/rebuild.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { act, Episode, person, START_MS, type World, world } from './support/world.js';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.database.close());

const cleared = (atMs: number): EpisodeEvent => ({ type: 'prompt-cleared', clause: '3.2', atMs });
let areas = 0;

/** Each test in an area of its own: an area has one active episode. */
async function opened(): Promise<Episode> {
  const areaId = `drill-${++areas}`;
  await addDrillArea(w.database.pool, { areaId, drillsArea: w.plan.areaId, clock: { realOriginMs: 0, planOriginMs: 0, rate: 1 } });
  const episode = new Episode(w, `e${areas}`, undefined, areaId);
  await episode.open();
  return episode;
}

const streamOf = (episode: Episode) => readStream(w.database.pool, episodeStream(episode.id));

describe('appending decisions', () => {
  test('gives sequences and decision numbers without a gap, chains the rows and projects the state', async () => {
    const e = await opened();
    const outcome = await e.append([cleared(START_MS), cleared(START_MS)], 'twice');
    const rows = await streamOf(e);
    expect(outcome).toEqual({ status: 'appended', rows: [], decisionNo: rows.length, seq: rows.length, digest: digestOf([cleared(START_MS), cleared(START_MS)]) });
    expect(checkChain(rows).faults).toEqual([]);
    expect(rows.slice(-2).map((r) => r.eventId)).toEqual(['twice#0', 'twice#1']);
    const { rows: [projected] } = await w.database.pool.query<{ state: unknown; updated_seq: number }>('select state, updated_seq from episodes where id = $1', [e.id]);
    expect(projected).toEqual({ state: JSON.parse(JSON.stringify(e.state)) as unknown, updated_seq: rows.length });
  });

  test('the same command again changes nothing and answers with what it does not know', async () => {
    const e = await opened();
    const known = e.decisions;
    const first = await e.append([cleared(START_MS)], 'again');
    const events = [cleared(START_MS)];
    const same = await e.append(events, 'again', known);
    expect(same).toEqual({ status: 'already', rows: [{ decisionNo: first.decisionNo, seq: first.seq, commandId: 'again', event: events[0] }], decisionNo: first.decisionNo, seq: first.seq, digest: first.digest });
    const other = await e.append([cleared(START_MS + 5)], 'again', known);
    expect(other.digest).toBe(first.digest);
    expect((await e.append(events, 'again', first.decisionNo)).rows).toEqual([]);
    expect(await streamOf(e)).toHaveLength(first.seq);
  });

  test('a command decided on an old state learns of the decisions it missed, and nothing is written', async () => {
    const e = await opened();
    const known = e.decisions;
    await e.append([cleared(START_MS)], 'one');
    await e.append([cleared(START_MS + 1), cleared(START_MS + 2)], 'two');
    const outcome = await e.append([cleared(START_MS + 3)], 'late', known);
    expect(outcome.status).toBe('behind');
    expect(outcome.rows.map((r) => [r.decisionNo, r.event])).toEqual([
      [known + 1, cleared(START_MS)],
      [known + 2, cleared(START_MS + 1)],
      [known + 3, cleared(START_MS + 2)],
    ]);
    expect(await rowsOfCommand(w.database.pool, episodeStream(e.id), 'late')).toEqual([]);
  });

  test('a failure in the projection leaves no row behind', async () => {
    const e = await opened();
    const before = await streamOf(e);
    const bad = { type: 'lift-rescinded', clause: '3.3.6', atMs: START_MS } as EpisodeEvent;
    await expect(e.append([bad])).rejects.toThrow('without a lift to come');
    expect(await streamOf(e)).toEqual(before);
    await expect(e.append([])).rejects.toThrow('decided nothing');
  });

  test('one area has one active episode', async () => {
    const e = await opened();
    const second = new Episode(w, 'second', undefined, e.areaId);
    await expect(second.open()).rejects.toThrow('one_active_episode');
    expect(await streamOf(second)).toEqual([]);
  });

  test('belongs to the transaction it is given', async () => {
    const e = await opened();
    const events = [cleared(START_MS)];
    const { episodePlan: plan, planDigest, clock } = w;
    const command = { episodeId: e.id, commandId: 'undone', knownDecisions: e.decisions, rulesVersion: CURRENT_RULES, planDigest, plan, clock, events };
    const undone = transaction(w.database.pool, async (tx) => {
      expect((await appendDecision(tx, command)).status).toBe('appended');
      throw new Error('never mind');
    });
    await expect(undone).rejects.toThrow('never mind');
    expect(await rowsOfCommand(w.database.pool, episodeStream(e.id), 'undone')).toEqual([]);
  });
});

describe('appenders at the same time', () => {
  test('two workers with the same knowledge: one appends, the other is behind', async () => {
    const e = await opened();
    const known = e.decisions;
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => e.append([cleared(START_MS)], `race-${i}`, known)));
    expect(outcomes.filter((o) => o.status === 'appended')).toHaveLength(1);
    expect(outcomes.filter((o) => o.status === 'behind')).toHaveLength(7);
  });

  test('the same command eight times at once is one row', async () => {
    const e = await opened();
    const known = e.decisions;
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => e.append([cleared(START_MS)], 'same', known)));
    expect(new Set(outcomes.map((o) => o.seq)).size).toBe(1);
    expect(await rowsOfCommand(w.database.pool, episodeStream(e.id), 'same')).toHaveLength(1);
  });

  test('decisions and submissions in fast loops keep the sequence without a gap', async () => {
    const e = await opened();
    w.nowMs = START_MS + 3 * 3_600_000;
    await e.do({ type: 'wake' });
    const notice = e.state!.notices[0]!.id;
    const decisions = (async () => {
      for (let i = 0; i < 40; i++) expect((await e.append([cleared(w.nowMs)])).status).toBe('appended');
    })();
    const submissions = w.plan.units.map((unit) => e.submit({ obligationId: `acknowledgement:${notice}:${unit.id}`, act: act(person('unit', unit.id), w.nowMs) }, `ack-${unit.id}`));
    const outcomes = await Promise.all(submissions);
    await decisions;
    expect(new Set(outcomes.map((o) => o.status))).toEqual(new Set(['appended']));
    const rows = await streamOf(e);
    expect(rows.map((r) => r.seq)).toEqual(rows.map((_, i) => i + 1));
    const decided = rows.filter((r) => r.kind === 'decision');
    expect(decided.map((r) => r.decisionNo)).toEqual(decided.map((_, i) => i + 1));
    expect(rows.filter((r) => r.kind === 'submission')).toHaveLength(w.plan.units.length);
    expect((await checkLedger(w.database.pool)).faults).toEqual([]);
  });
});

describe('the check and the rebuild beside running appenders', () => {
  test('find no fault, and miss nothing', async () => {
    const e = await opened();
    const appending = (async () => {
      for (let i = 0; i < 60; i++) await e.append([cleared(w.nowMs)]);
    })();
    for (let i = 0; i < 4; i++) {
      expect((await checkLedger(w.database.pool)).faults).toEqual([]);
      await rebuild(w.database.pool, w.clock);
    }
    await appending;
    expect((await checkLedger(w.database.pool)).faults).toEqual([]);
  });
});

describe('what is recorded is what was given', () => {
  test('any JSON comes back with the same hash', async () => {
    let n = 0;
    // PostgreSQL's jsonb has no U+0000 and no lone surrogates: the API refuses them.
    const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\u0000'));
    const json = fc.jsonValue({ stringUnit: 'grapheme' }).filter((v) => !JSON.stringify(v).includes('\\u0000'));
    await fc.assert(
      fc.asyncProperty(json, text, async (value, words) => {
        const event = { type: 'noted', clause: '8.6', value, words };
        const basis = { areaId: w.plan.areaId, commandId: `any-${++n}`, rulesVersion: CURRENT_RULES, planDigest: w.planDigest, clock: w.clock };
        expect((await appendAreaAudit(w.database.pool, basis, event)).status).toBe('appended');
      }),
      { numRuns: 150 },
    );
    const rows = await readStream(w.database.pool, areaStream(w.plan.areaId), 0, 1_000);
    expect(rows).toHaveLength(n);
    expect(checkChain(rows).faults).toEqual([]);
  });

  test('inputs are read past any number of rows that say nothing to an episode', async () => {
    const basis = { areaId: w.plan.areaId, rulesVersion: CURRENT_RULES, planDigest: w.planDigest, clock: w.clock };
    const order = { id: 'O-late', issuer: 'prefecture', kind: 'start', level: 'yellow', namesCity: true, scope: { zh: '奎屯市', en: 'Kuitun' }, basedOn: null, ends: [], documentNumber: null, issuedAtMs: null, receivedAtMs: 0, announcedAtMs: null, effectiveAtMs: null, primaryPollutants: [], transmissions: [] } as const;
    const act = { occurredAtMs: 0, channel: 'phone', actor: SYSTEM, recordedBy: SYSTEM, witness: null, entry: 'direct', evidence: [] } as const;
    for (let i = 0; i < 5; i++) await appendAreaAudit(w.database.pool, { ...basis, commandId: `noise-${i}` }, { type: 'noted', clause: '8.6' });
    const outcome = await appendInput(w.database.pool, { ...basis, commandId: 'order' }, () => ({ type: 'order-received', atMs: 0, clause: '3.3.3', order, act }));
    const read = await readInputs(w.database.pool, w.plan.areaId, 0, 1);
    expect(read.map((r) => r.event.type)).toEqual(['order-received']);
    expect(read[0]?.seq).toBe(outcome.status === 'nothing' ? -1 : outcome.seq);
  });

  test("the production clock is the database's, in milliseconds", async () => {
    const before = Date.now();
    const at = await databaseClock(w.database.pool);
    expect(Number.isInteger(at)).toBe(true);
    expect(Math.abs(at - before)).toBeLessThan(5_000);
  });
});
