/** The kept histories: each file is what the archive stored, a JSON list of runs in Temporal's own form; large ones are packed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

export const FOLDER = join(import.meta.dirname, 'histories');
const PACKED_ABOVE_BYTES = 300 * 1024;
const ENDING = /\.json(\.gz)?$/;

export function namesIn(folder = FOLDER): string[] {
  return readdirSync(folder)
    .filter((file) => ENDING.test(file))
    .map((file) => file.replace(ENDING, ''))
    .sort();
}

/** Oldest run first. */
export function runsOf(name: string, folder = FOLDER): History[] {
  const plain = join(folder, `${name}.json`);
  const text = existsSync(plain) ? readFileSync(plain, 'utf8') : gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8');
  return (JSON.parse(text) as unknown[]).map((run) => historyFromJSON(run));
}

/** A history is recorded once: the code is made to replay it, never the other way round. */
export function keep(name: string, history: string, folder = FOLDER): void {
  if (existsSync(folder) && namesIn(folder).includes(name)) throw new Error(`${name} is recorded already; a history is never made again`);
  mkdirSync(folder, { recursive: true });
  const compact = JSON.stringify(JSON.parse(history));
  if (compact.length > PACKED_ABOVE_BYTES) writeFileSync(join(folder, `${name}.json.gz`), gzipSync(compact, { level: 9 }), { flag: 'wx' });
  else writeFileSync(join(folder, `${name}.json`), compact, { flag: 'wx' });
}
