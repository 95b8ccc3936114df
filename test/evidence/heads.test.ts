/** Chain heads and keys against a real database: what a head kept elsewhere proves, and what becomes of the key. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { areaStream, episodeStream } from '../../domain/ledger.js';
import { checkLedger } from '../../db/check.js';
import { readStream } from '../../db/ledger/rows.js';
import { buildBundle } from '../../evidence/build.js';
import { parseHead, signedHead, headText } from '../../evidence/heads.js';
import { evidenceOf } from '../../evidence/index.js';
import { checkKeys, keyChangeText, type KeyChanged, keysFolder, openKey, recordKey, rotateKey } from '../../evidence/keys.js';
import { readEpisodeRecord } from '../../evidence/read.js';
import { attachmentsOf, documentsNamedBy } from '../../evidence/references.js';
import { fingerprintOf, isSignedBy, publicKeyOf, type Signer } from '../../evidence/signature.js';
import { checkHead, signHead, type TakenHead } from '../../evidence/take-head.js';
import { Unreadable } from '../../evidence/unreadable.js';
import { verifyBundle } from '../../evidence/verify.js';
import { AREA, DAY_MS, publishOrange, type TestApi, testApi } from '../support/api.js';
import { rechained } from './support/forge.js';

let api: TestApi;
let dataDir: string;
let signer: Signer;
let episodeId: string;
let taken: TakenHead;
beforeAll(async () => {
  api = await testApi();
  dataDir = mkdtempSync(join(tmpdir(), 'qingkong-keys-'));
  signer = openKey(dataDir);
  await recordKey(api.db.pool, api.deps.clock, signer);
  episodeId = await publishOrange(api);
  taken = (await signHead(api.db.pool, AREA, signer, api.deps.clock))!;
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true });
  await api.close();
});

const keyChanges = async () => (await readStream(api.db.pool, areaStream(AREA))).map((r) => r.event as KeyChanged).filter((e) => e.type === 'signing-key-changed');

describe('a chain head', () => {
  test('names the area’s stream and its episodes’, is signed, kept as a document and on record', async () => {
    expect(taken.head.streams.map((s) => s.stream)).toEqual([areaStream(AREA), episodeStream(episodeId)].sort());
    expect(parseHead(taken.text)).toEqual(taken.head);
    expect(fingerprintOf(taken.head.signature.publicKey)).toBe(signer.fingerprint);
    const rows = await readStream(api.db.pool, areaStream(AREA));
    expect(rows.at(-1)!.event).toMatchObject({ type: 'chain-head-signed', digest: taken.digest, day: taken.head.day, fingerprint: signer.fingerprint });
  });

  test('is taken once a day: asked again it is the same', async () => {
    expect(await signHead(api.db.pool, AREA, signer, api.deps.clock)).toEqual(taken);
  });

  test('is extended by what is recorded later', async () => {
    await api.at(api.now() + DAY_MS);
    expect(await checkHead(api.db.pool, taken.head)).toMatchObject({ streams: 2, faults: [] });
    const bytes = (await evidenceOf(api.db.pool, episodeId, signer))!;
    expect(verifyBundle(bytes, { fingerprints: [signer.fingerprint], head: taken.head })).toMatchObject({ intact: true, faults: [] });
    expect((await checkLedger(api.db.pool)).faults).toEqual([]);
  });

  test('changed in any place it is refused', () => {
    for (const forged of [taken.text.replace(/"seq":(\d+)/, '"seq":1$1'), taken.text.replace(taken.head.day, '2020-01-01'), taken.text.replace('"areaId":"kuitun"', '"areaId":"other"'), '{}', 'no']) expect(() => parseHead(forged)).toThrow(Unreadable);
  });

  test('of a key that the record does not know it proves nothing', async () => {
    const { signature: _own, ...head } = taken.head;
    const stranger = openKey(mkdtempSync(join(dataDir, 'stranger-')));
    const check = await checkHead(api.db.pool, parseHead(headText(signedHead(head, stranger))));
    expect(check.faults).toMatchObject([{ what: expect.stringContaining('does not know') }]);
  });

  test('tells a bundle that was cut off and honestly signed again', async () => {
    const record = (await readEpisodeRecord(api.db.pool, episodeId))!;
    const at = record.episodeRows.findIndex((r) => r.event.type === 'warning-published');
    const command = record.episodeRows[at]!.commandId;
    const episodeRows = record.episodeRows.filter((r) => r.seq < record.episodeRows.find((o) => o.commandId === command)!.seq);
    const named = new Set([...episodeRows, ...record.areaRows].flatMap(documentsNamedBy));
    for (const d of record.documents) if (named.has(d.digest)) for (const a of attachmentsOf(d.mediaType, d.body)) named.add(a);
    const cut = buildBundle({ ...record, episodeRows, documents: record.documents.filter((d) => named.has(d.digest)) }, signer);
    expect(verifyBundle(cut, { fingerprints: [signer.fingerprint] }).faults).toEqual([]);
    const verdict = verifyBundle(cut, { fingerprints: [signer.fingerprint], head: taken.head });
    expect(verdict.faults).toMatchObject([{ check: 'head', what: expect.stringContaining('cut off') }]);
  });

  test('tells a record that was rewritten and rehashed from its first row', async () => {
    const record = (await readEpisodeRecord(api.db.pool, episodeId))!;
    const rows = record.episodeRows.map((r) => (r.seq === 1 ? { ...r, recordedAtMs: r.recordedAtMs - 1 } : r));
    const verdict = verifyBundle(buildBundle({ ...record, episodeRows: rechained(rows) }, signer), { fingerprints: [signer.fingerprint], head: taken.head });
    expect(verdict.faults).toMatchObject([{ check: 'head', what: expect.stringContaining('is not the row') }]);
  });

  test('tells a database whose owner rewrote or cut off rows', async () => {
    const head = taken.head.streams.find((s) => s.stream === episodeStream(episodeId))!;
    const { owner } = api.db;
    const guard = (state: 'disable' | 'enable') => owner.query(`alter table ledger ${state} trigger all`);
    await guard('disable');
    const { rows } = await owner.query<{ hash: string }>('select hash from ledger where stream = $1 and seq = $2', [head.stream, head.seq]);
    await owner.query('update ledger set hash = $3 where stream = $1 and seq = $2', [head.stream, head.seq, '0'.repeat(64)]);
    expect((await checkHead(api.db.pool, taken.head)).faults).toMatchObject([{ stream: head.stream, seq: head.seq, what: expect.stringContaining('rewritten') }]);
    await owner.query('update ledger set seq = seq + 1000 where stream = $1 and seq = $2', [head.stream, head.seq]);
    expect((await checkHead(api.db.pool, taken.head)).faults).toMatchObject([{ stream: head.stream, seq: head.seq, what: expect.stringContaining('cut off') }]);
    await owner.query('update ledger set seq = seq - 1000, hash = $2 where stream = $1 and seq > 1000', [head.stream, rows[0]!.hash]);
    await guard('enable');
    expect((await checkHead(api.db.pool, taken.head)).faults).toEqual([]);
  });
});

describe('the key', () => {
  test('is made once, in a folder of its own that nobody else may read', () => {
    expect(openKey(dataDir).fingerprint).toBe(signer.fingerprint);
    expect(statSync(keysFolder(dataDir)).mode & 0o777).toBe(0o700);
    expect(statSync(join(keysFolder(dataDir), 'signing.pem')).mode & 0o777).toBe(0o600);
    expect(publicKeyOf(readFileSync(join(keysFolder(dataDir), 'signing.public.pem'), 'utf8'))).toBe(signer.publicKey);
  });

  test('is refused while others may read it', () => {
    const file = join(keysFolder(dataDir), 'signing.pem');
    chmodSync(file, 0o640);
    expect(() => openKey(dataDir)).toThrow(/chmod 600/);
    chmodSync(file, 0o600);
  });

  test('a private key is never taken for a public one', () => {
    expect(publicKeyOf(readFileSync(join(keysFolder(dataDir), 'signing.pem'), 'utf8'))).toBeNull();
  });

  test('stands in every area’s record, once', async () => {
    await recordKey(api.db.pool, api.deps.clock, signer);
    expect(await keyChanges()).toMatchObject([{ from: null, to: signer.fingerprint, publicKey: signer.publicKey, endorsement: null }]);
  });

  test('its private half is in no bundle, no head, no row and no document', async () => {
    const pem = readFileSync(join(keysFolder(dataDir), 'signing.pem'), 'utf8');
    const der = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64');
    const seed = der.subarray(-32);
    const bytes = Buffer.from((await evidenceOf(api.db.pool, episodeId, signer))!);
    const { rows } = await api.db.pool.query<{ text: string }>('select event::text as text from ledger union all select convert_from(body, \'UTF8\') from documents where media_type = \'application/json\'');
    const haystacks = [bytes.toString('latin1'), taken.text, JSON.stringify(signer), ...rows.map((r) => r.text)];
    for (const secret of [seed.toString('latin1'), seed.toString('hex'), seed.toString('base64').slice(0, 40), seed.toString('base64url').slice(0, 40), 'PRIVATE KEY']) for (const text of haystacks) expect(text.includes(secret)).toBe(false);
  });

  test('changed: the old one signs for the new one on the record, and is gone', async () => {
    const { fingerprint, publicKey } = signer;
    const next = await rotateKey(dataDir, api.db.pool, api.deps.clock);
    expect(next.fingerprint).not.toBe(fingerprint);
    const last = (await keyChanges()).at(-1)!;
    expect(last).toMatchObject({ from: fingerprint, to: next.fingerprint, publicKey: next.publicKey });
    expect(last.endorsement!.publicKey).toBe(publicKey);
    expect(isSignedBy(last.endorsement!, 'key', keyChangeText(AREA, fingerprint, next.fingerprint, next.publicKey))).toBe(true);
    expect(openKey(dataDir).fingerprint).toBe(next.fingerprint);
    // A server that runs signs with the new one, too.
    expect([signer.fingerprint, signer.sign('key', 'x').publicKey]).toEqual([next.fingerprint, next.publicKey]);
    expect(await checkKeys(api.db.pool, AREA)).toEqual({ publicKeys: [publicKey, next.publicKey], faults: [] });
    expect(readdirSync(keysFolder(dataDir)).sort()).toEqual(['signing.pem', 'signing.public.pem']);
    expect((await checkHead(api.db.pool, taken.head)).faults).toEqual([]);
    const bytes = (await evidenceOf(api.db.pool, episodeId, next))!;
    expect(verifyBundle(bytes, { fingerprints: [fingerprint] }).faults).toMatchObject([{ check: 'signature' }]);
    expect(verifyBundle(bytes, { fingerprints: [fingerprint, next.fingerprint] }).intact).toBe(true);
  });

  test('exchanged in its file, with nobody to endorse it: the record names the one before, and every check tells', async () => {
    const before = signer.fingerprint;
    rmSync(join(keysFolder(dataDir), 'signing.pem'));
    const other = openKey(dataDir);
    await recordKey(api.db.pool, api.deps.clock, other);
    expect((await keyChanges()).at(-1)).toMatchObject({ from: before, to: other.fingerprint, endorsement: null });
    const told = { stream: areaStream(AREA), what: expect.stringContaining(`${before} was replaced by ${other.fingerprint} without its endorsement`) };
    expect((await checkKeys(api.db.pool, AREA)).faults).toMatchObject([told]);
    expect((await checkHead(api.db.pool, taken.head)).faults).toMatchObject([told]);
  });

  test('endorsed by another key than the one before: told', async () => {
    const { owner } = api.db;
    await owner.query('alter table ledger disable trigger all');
    await owner.query(`update ledger set event = jsonb_set(event, '{endorsement,publicKey}', to_jsonb($1::text)) where type = 'signing-key-changed' and event -> 'endorsement' <> 'null'`, ['0'.repeat(64)]);
    await owner.query('alter table ledger enable trigger all');
    expect((await checkKeys(api.db.pool, AREA)).faults[0]).toMatchObject({ what: expect.stringContaining('is not by the key before it') });
  });
});
