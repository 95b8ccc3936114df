import { accessSync, constants, mkdirSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { SetupProblem, systemCode } from './problem.js';

/** Makes the folder (and its parents) and checks that we may write there. */
export function ensureWritableFolder(folder: string, mode = 0o755): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderProblem(folder, error);
  }
}

/** A failed write as a sentence that says what to do. */
export function folderProblem(folder: string, cause: unknown): SetupProblem {
  if (systemCode(cause) === 'ENOSPC') return noSpace(folder);
  return new SetupProblem(
    { zh: `无法写入 ${folder}（${systemCode(cause) ?? String(cause)}）`, en: `cannot write to ${folder}` },
    {
      zh: '请用 DATA_DIR 指定一个可写的文件夹，或更正它的所有者和权限',
      en: 'set DATA_DIR to a folder you may write to, or correct its owner and permissions',
    },
    { cause },
  );
}

/** Bytes free to us on the file system that holds the folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function requireFreeSpace(folder: string, neededBytes: number): void {
  if (freeBytes(folder) < neededBytes) throw noSpace(folder, neededBytes);
}

export function noSpace(folder: string, neededBytes?: number): SetupProblem {
  const needed = neededBytes === undefined ? '' : ` ${Math.ceil(neededBytes / 2 ** 20)} MB`;
  return new SetupProblem(
    { zh: `${folder} 所在磁盘空间不足${needed && `（需要${needed}）`}`, en: `no disk space left for ${folder}${needed && ` (needs${needed})`}` },
    { zh: '请清理磁盘，或用 DATA_DIR 指定另一块磁盘上的文件夹', en: 'free some, or set DATA_DIR to a folder on another disk' },
  );
}

/** Replaces a file as a whole, so that a crash leaves the old one or the new one. */
export function writeFileAtomically(file: string, content: string, mode: number): void {
  const next = `${file}.${process.pid}.tmp`;
  writeFileSync(next, content, { mode, flush: true });
  renameSync(next, file);
}
