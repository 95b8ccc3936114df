/** Chain heads and the signing key, from the command line. */
import { writeFileSync } from 'node:fs';
import type { Config } from '../../config/env.js';
import { databaseClock } from '../../db/clock.js';
import { openKey, recordKey, rotateKey } from '../../evidence/keys.js';
import { checkHead, type HeadCheck, signHead } from '../../evidence/take-head.js';
import { EXIT, Failure } from '../failure.js';
import { withDatabase } from './ledger.js';
import { readHead } from './verify.js';

/** `ledger check --head FILE`. */
export function ledgerCheckHead(config: Config, file: string): Promise<HeadCheck> {
  const head = readHead(file);
  return withDatabase(config, (pool) => checkHead(pool, head));
}

export function headCheckText({ areaId, day, streams, fingerprint, faults }: HeadCheck): string {
  const head = `head of ${areaId}, ${day}, ${streams} streams, signed by ${fingerprint}: ${faults.length === 0 ? 'the ledger extends it' : `${faults.length} faults`}`;
  return [head, ...faults.map((f) => `  ${f.stream} ${f.seq}: ${f.what}`)].join('\n');
}

export interface HeadWritten {
  readonly file: string;
  readonly areaId: string;
  readonly day: string;
  readonly fingerprint: string;
}

/** `ledger head FILE`: today's signed head of the configured area, to be kept elsewhere. */
export function ledgerHead(config: Config, file: string): Promise<HeadWritten> {
  return withDatabase(config, async (pool) => {
    const signer = openKey(config.dataDir);
    await recordKey(pool, databaseClock, signer);
    const taken = await signHead(pool, config.area, signer, databaseClock);
    if (!taken) throw new Failure(EXIT.badInput, `nothing is on record for area "${config.area}"`, 'Take the head once there is');
    writeFileSync(file, taken.text);
    return { file, areaId: taken.head.areaId, day: taken.head.day, fingerprint: signer.fingerprint };
  });
}

export interface KeyShown {
  readonly fingerprint: string;
  readonly publicKey: string;
}

/** `key show`: the public half only. */
export function keyShow({ dataDir }: Config): KeyShown {
  const { fingerprint, publicKey } = openKey(dataDir);
  return { fingerprint, publicKey };
}

/** `key rotate`: a new key, endorsed by the old one on the record of every area. */
export function keyRotate(config: Config): Promise<KeyShown> {
  return withDatabase(config, async (pool) => {
    const { fingerprint, publicKey } = await rotateKey(config.dataDir, pool, databaseClock);
    return { fingerprint, publicKey };
  });
}

export function keyText({ fingerprint, publicKey }: KeyShown): string {
  return `fingerprint ${fingerprint}\npublic key  ${publicKey}`;
}
