/**
 * Bundles of episodes that the real engine runs to each ending. With
 * SAVE_BUNDLES set to a folder they are written there: that is how those under
 * `bundles/` were made, which later code must go on accepting. None is ever
 * written over.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { evidenceOf } from '../../evidence/index.js';
import { verifyBundle } from '../../evidence/verify.js';
import { locallyDecided, ordered, outlookGone, sandDust } from './support/endings.js';
import { OFFICE } from './support/key.js';
import { Office } from './support/office.js';

const FOLDER = process.env['SAVE_BUNDLES'];
let office: Office;
beforeAll(async () => {
  office = await Office.open();
}, 120_000);
afterAll(() => office.close());

describe('an episode that has ended, and its bundle checked offline', () => {
  test.each([
    ['completed', locallyDecided, 'completed'],
    ['withdrawn', outlookGone, 'withdrawn'],
    ['ordered', ordered, 'completed'],
    ['not-applicable', sandDust, 'not-applicable'],
  ])(
    '%s: every decision follows by the rules; the same record gives the same bytes',
    async (name, make, ending) => {
      const episodeId = await make(office);
      expect(await office.state(episodeId)).toMatchObject({ phase: 'closed', ending });
      const bytes = (await evidenceOf(office.deps.pool, episodeId, OFFICE))!;
      if (FOLDER !== undefined) writeFileSync(join(FOLDER, `${name}.zip`), bytes, { flag: 'wx' });
      const verdict = verifyBundle(bytes, { fingerprints: [OFFICE.fingerprint], episodeId });
      expect(verdict.faults).toEqual([]);
      expect(verdict).toMatchObject({ intact: true, keyCompared: true });
      // Nothing was received after an episode that ended with nothing else going on.
      expect(verdict.notes.filter((note) => !note.includes('ends before the response did'))).toEqual([]);
      expect(Buffer.compare((await evidenceOf(office.deps.pool, episodeId, OFFICE))!, bytes)).toBe(0);
    },
    180_000,
  );

  test('an episode that is not there has no bundle', async () => {
    expect(await evidenceOf(office.deps.pool, 'nobody', OFFICE)).toBeNull();
  });
});
