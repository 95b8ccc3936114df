import { describe, expect, test } from '@jest/globals';
import { nightlyCheck } from '../../cli/doctor/nightly.js';
import { replayText } from '../../cli/commands/replay.js';
import { archivedHistoryIn } from '../../evidence/history.js';
import { DAY_MS } from '../../domain/time.js';
import type { HistoryVerdict } from '../../usecases/engine.js';
import { bundle } from '../evidence/support/bundles.js';

const verdict: HistoryVerdict = { deterministic: true, runs: 2, events: 120, batches: 9, decisions: 14, parting: null, code: 'c0de' };

describe('replay: an archived history from a bundle', () => {
  test('the bundle carries the history and every decision it must have brought about', () => {
    const { number, history, decisions } = archivedHistoryIn(bundle('completed'));
    expect(number).toBe('KT-2026-001');
    expect(decisions[0]).toMatchObject({ type: 'episode-opened' });
    expect(decisions.at(-1)).toMatchObject({ type: 'deadlines-settled' });
    expect((JSON.parse(history) as { events: unknown[] }[])[0]!.events.length).toBeGreaterThan(100);
  });

  test('a bundle that was changed is refused, not replayed', () => {
    const forged = Buffer.from(bundle('completed'));
    forged[forged.length >> 1]! ^= 1;
    expect(() => archivedHistoryIn(forged)).toThrow(/qingkong verify/);
    expect(() => archivedHistoryIn(Buffer.from('text'))).toThrow(/not a bundle/);
  });

  test('one line says that it is the same, three where it parts', () => {
    expect(replayText([{ number: 'KT-2026-001', ...verdict }])).toBe('DETERMINISTIC  KT-2026-001: 2 runs, 120 events, 9 batches, 14 decisions');
    const parting = { run: 2, eventId: 17, eventType: 'MarkerRecorded', what: { zh: '第6项决定：不同', en: 'decision 6: another' }, detail: 'in its own words' };
    expect(replayText([{ number: 'KT-2026-002', ...verdict, deterministic: false, parting }]).split('\n')).toEqual([
      'PARTS  KT-2026-002: 2 runs, 120 events, 9 batches, 14 decisions',
      '  run 2, event 17 (MarkerRecorded): decision 6: another / 第6项决定：不同',
      '  in its own words',
    ]);
  });
});

describe('doctor tells of the nightly replay', () => {
  const event = { type: 'histories-replayed', clause: '5.2', day: '2026-01-08', checked: 3, parted: [], code: 'c0de' } as const;

  test('none yet, a good night, an old one', () => {
    expect(nightlyCheck(null)).toMatchObject({ status: 'ok' });
    expect(nightlyCheck(null, DAY_MS)).toMatchObject({ status: 'ok' });
    expect(nightlyCheck(null, 3 * DAY_MS)).toMatchObject({ status: 'warn', found: { en: expect.stringContaining('no nightly replay of them was ever recorded') } });
    expect(nightlyCheck({ event, agoMs: DAY_MS })).toMatchObject({ status: 'ok', found: { en: 'all 3 histories replayed on 2026-01-08 are deterministic' } });
    expect(nightlyCheck({ event, agoMs: 3 * DAY_MS })).toMatchObject({ status: 'warn' });
  });

  test('a history that parts fails it, by its number', () => {
    const parted = [{ episodeId: 'kuitun-kt-2026-001', number: 'KT-2026-001', what: { zh: '不同', en: 'another' } }];
    const check = nightlyCheck({ event: { ...event, parted }, agoMs: 0 });
    expect(check).toMatchObject({ status: 'fail', found: { zh: expect.stringContaining('KT-2026-001') } });
    expect(check.remedy!.en).toContain('qingkong replay');
  });
});
