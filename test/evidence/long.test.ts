/** A bundle of many days, every hour observed and every report handed in: intact, and checked in time that grows with its rows. */
import { expect, test } from '@jest/globals';
import { benchVerify } from '../../bench/verify.js';

test('two days and six, every hour observed and every report handed in: intact, and no worse than in proportion', async () => {
  const { '2 days': short, '6 days': long } = await benchVerify([2, 6], 3, () => undefined);
  expect(long!.rows).toBeGreaterThan(2 * short!.rows);
  // The bench measures; here only what squares with the rows would show.
  expect(long!.verifyCpuMs / short!.verifyCpuMs).toBeLessThan((4 * long!.rows) / short!.rows);
  expect(long!.verifyCpuMs).toBeLessThan(20_000);
}, 300_000);
