import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concentrationsOf, type HourValues } from '../../../domain/air/concentrations.js';
import { KnownHours } from '../../../domain/air/known-hours.js';
import { HOUR_MS } from '../../../domain/time.js';

const hour = fc.record({ atMs: fc.integer({ min: -300, max: 300 }).map((h) => h * HOUR_MS), pm25: fc.option(fc.integer({ min: 0, max: 500 })), co: fc.option(fc.integer({ min: 0, max: 9 })) });

describe('hours as they become known', () => {
  test('in any order, with holes and corrections, since any hour: what all of them at once make', () => {
    fc.assert(
      fc.property(fc.array(hour, { maxLength: 30 }), fc.integer({ min: -320, max: 320 }), (hours: HourValues[], since) => {
        const known = new KnownHours();
        for (const one of hours) known.set(one);
        const sinceMs = since * HOUR_MS;
        expect(known.since(sinceMs)).toEqual(concentrationsOf(hours.filter((h) => h.atMs >= sinceMs)));
      }),
      { numRuns: 60 },
    );
  });
});
