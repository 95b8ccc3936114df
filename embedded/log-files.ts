import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The part of a log written since it had `from` bytes (its last 64 KiB at most). */
export function readLogSince(file: string, from: number): string {
  const handle = openSync(file, 'r');
  try {
    const size = fstatSync(handle).size;
    const start = Math.max(from > size ? 0 : from, size - 65_536);
    const buffer = Buffer.alloc(size - start);
    readSync(handle, buffer, 0, buffer.length, start);
    return buffer.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
