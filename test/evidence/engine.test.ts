/** Bundles of episodes that the real engine ran to each ending. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildBundle } from '../../evidence/build.js';
import { readEpisodeRecord } from '../../evidence/read.js';
import { signerOf } from '../../evidence/signature.js';
import { verifyBundle } from '../../evidence/verify.js';
import { locallyDecided, ordered, outlookGone, sandDust } from './support/endings.js';
import { Office } from './support/office.js';

const PEM = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SIGNER = signerOf(PEM);
let office: Office;
beforeAll(async () => {
  office = await Office.open();
}, 120_000);
afterAll(() => office.close());

describe('an episode that has ended, and its bundle checked offline', () => {
  test.each([
    ['completed, decided locally', locallyDecided, 'completed'],
    ['withdrawn, its outlook gone', outlookGone, 'withdrawn'],
    ['completed, on superior orders', ordered, 'completed'],
    ['not applicable, sand-dust', sandDust, 'not-applicable'],
  ])('%s', async (name, make, ending) => {
    const episodeId = await make(office);
    expect(await office.state(episodeId)).toMatchObject({ phase: 'closed', ending });
    const record = await readEpisodeRecord(office.deps.pool, episodeId);
    const bytes = buildBundle(record!, SIGNER);
    if (process.env['SAVE_BUNDLES']) {
      mkdirSync(process.env['SAVE_BUNDLES'], { recursive: true });
      writeFileSync(`${process.env['SAVE_BUNDLES']}/${name.replace(/\W+/g, '-')}.zip`, bytes);
    }
    const startedMs = performance.now();
    const verdict = verifyBundle(bytes, { fingerprints: [SIGNER.fingerprint], episodeId });
    console.info(`${name}: ${bytes.length} bytes, ${JSON.stringify(verdict.counts)}, checked in ${Math.round(performance.now() - startedMs)} ms`);
    expect(verdict.faults).toEqual([]);
    expect(verdict).toMatchObject({ intact: true, keyCompared: true, notes: [] });
    expect(Buffer.compare(buildBundle(record!, SIGNER), bytes)).toBe(0);
  }, 180_000);
});
