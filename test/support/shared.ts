/** The published data beside the repository; tests that read it skip by name where it is missing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from '@jest/globals';

const root = process.env['SHARED_DIR'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));

export const hasShared = existsSync(root);

export function sharedPath(...parts: string[]): string {
  return path.join(root, ...parts);
}

/** `describe`; where the shared data is missing one skipped test that says so, and `fn` (which may read the data) is not run. */
export function describeShared(name: string, fn: () => void): void {
  if (hasShared) describe(name, fn);
  else describe(name, () => test.skip(`skipped: no shared data at ${root}`, () => undefined));
}
