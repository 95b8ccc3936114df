import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, DAY_MS, dayOf, daysTouched, dayStartMs, endOfDayMs, HOUR_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';

const instants = fc.integer({ min: startOfDayMs('1992-01-01'), max: startOfDayMs('2092-01-01') });

describe('natural days of Beijing', () => {
  test('a day begins at 16:00 UTC of the day before; 24:00 belongs to the next', () => {
    expect(new Date(startOfDayMs('2026-01-05')).toISOString()).toBe('2026-01-04T16:00:00.000Z');
    expect(dayOf(endOfDayMs('2026-01-05'))).toBe('2026-01-06');
    expect(dayOf(endOfDayMs('2026-01-05') - 1)).toBe('2026-01-05');
    expect(toBeijingIso(startOfDayMs('2026-01-05') + 12 * HOUR_MS)).toBe('2026-01-05T12:00:00+08:00');
  });

  test('leap days are, days that are not are not', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(startOfDayMs('2026-02-29')).toBeNaN();
    expect(startOfDayMs('2026-13-01')).toBeNaN();
  });

  test('whatever the instant, its day is the one whose beginning is the last before it', () => {
    fc.assert(
      fc.property(instants, (atMs) => {
        const startMs = dayStartMs(atMs);
        expect(startMs).toBe(startOfDayMs(dayOf(atMs)));
        expect(startMs <= atMs && atMs < startMs + DAY_MS).toBe(true);
      }),
    );
  });

  test('R35: an interval that ends at 00:00 leaves that day out; an empty one touches none', () => {
    const noon = startOfDayMs('2026-01-05') + 12 * HOUR_MS;
    expect(daysTouched(noon, startOfDayMs('2026-01-07'))).toEqual(['2026-01-05', '2026-01-06']);
    expect(daysTouched(noon, startOfDayMs('2026-01-07') + 1)).toEqual(['2026-01-05', '2026-01-06', '2026-01-07']);
    expect(daysTouched(noon, noon)).toEqual([]);
  });
});
