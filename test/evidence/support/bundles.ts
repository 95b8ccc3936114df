/** Bundles of episodes that the real engine finished, kept as they were made (`engine.test.ts` says how). */
import { readFileSync } from 'node:fs';
import { openBundle, recordOf } from '../../../evidence/open.js';
import type { EpisodeRecord } from '../../../evidence/format.js';

export const ENDINGS = ['completed', 'ordered', 'withdrawn', 'not-applicable'] as const;
export type EndingName = (typeof ENDINGS)[number];

const FOLDER = new URL('../bundles/', import.meta.url);

export function bundle(name: EndingName): Buffer {
  return readFileSync(new URL(`${name}.zip`, FOLDER));
}

export function recordIn(name: EndingName): EpisodeRecord {
  return recordOf(openBundle(bundle(name), unexpected), unexpected);
}

function unexpected(where: string, what: string): void {
  throw new Error(`${where}: ${what}`);
}
