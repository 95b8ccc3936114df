import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupProblem, systemCode } from './problem.js';
import { processIdentity } from './process-identity.js';

interface Holder {
  readonly pid: number;
  readonly identity: string;
}

const FREE = '{}';

/**
 * Makes this process the only one that runs on `dataDir`; returns the release.
 * Throws a SetupProblem while another one lives. A holder that was killed
 * holds nothing.
 *
 * Each taking makes the lock file of the next number, by a hard link that
 * only one process can make; a number is never given twice, so two processes
 * that both saw the last holder dead cannot both follow it.
 */
export function takeLock(dataDir: string): () => void {
  const folder = join(dataDir, 'run');
  mkdirSync(folder, { recursive: true });
  const mine: Holder = { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  const draft = join(folder, `lock-draft.${process.pid}`);
  writeFileSync(draft, JSON.stringify(mine));
  try {
    for (;;) {
      const last = lastNumber(folder);
      const holder = last === 0 ? null : readHolder(fileOf(folder, last));
      if (holder !== null && processIdentity(holder.pid) === holder.identity) throw inUse(dataDir, holder.pid);
      const file = fileOf(folder, last + 1);
      if (!link(draft, file)) continue;
      if (last > 0) rmSync(fileOf(folder, last), { force: true });
      return () => writeFileSync(file, FREE);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whether a living process runs on `dataDir`. */
export function isLocked(dataDir: string): boolean {
  const folder = join(dataDir, 'run');
  if (!existsSync(folder)) return false;
  const last = lastNumber(folder);
  const holder = last === 0 ? null : readHolder(fileOf(folder, last));
  return holder !== null && processIdentity(holder.pid) === holder.identity;
}

function inUse(dataDir: string, pid: number): SetupProblem {
  return new SetupProblem(
    { zh: `${dataDir} 正由另一个晴空使用（进程 ${pid}）`, en: `${dataDir} is in use by another Qingkong (process ${pid})` },
    { zh: '请先停止它，或用 DATA_DIR 指定另一个文件夹', en: 'stop that one first, or set DATA_DIR to another folder' },
  );
}

function lastNumber(folder: string): number {
  const numbers = readdirSync(folder).flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []);
  return Math.max(0, ...numbers.map(Number));
}

function fileOf(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

function readHolder(file: string): Holder | null {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return pid === undefined || identity === undefined ? null : { pid, identity };
  } catch {
    // Its successor removed it meanwhile: the next look finds that one.
    return null;
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
