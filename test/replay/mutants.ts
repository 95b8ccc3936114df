/** Workflow bundles of changed code: a copy of the sources in a folder of its own, each change one line of it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { tmpdir } from 'node:os';
import { CURRENT_RULES } from '../../domain/rules.js';
import { bundleWorkflows } from '../../workers/bundle.js';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['domain', 'workflows', 'activities', 'package.json'];

export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const NEXT_RULES = String(Number(CURRENT_RULES) + 1);

/** One more version of the rules, under which new episodes begin: the present one with something decided `otherwise`. */
export function oneMoreVersion(otherwise: string): readonly Change[] {
  const file = 'domain/rules.ts';
  return [
    { file, from: `CURRENT_RULES = '${CURRENT_RULES}'`, to: `CURRENT_RULES = '${NEXT_RULES}'` },
    { file, from: '/** What an area', to: `Object.assign(VERSIONS, { '${NEXT_RULES}': { ...VERSIONS['${CURRENT_RULES}'], ${otherwise} } });\n\n/** What an area` },
  ];
}

/** A copy of these sources, changed. Throws when a line to be changed is not there exactly once: the change would test nothing. */
export function changedSources(sources: readonly string[], changes: readonly Change[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'qingkong-mutant-'));
  for (const name of sources) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, from, to } of changes) {
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2) throw new Error(`"${from}" stands ${source.split(from).length - 1} times in ${file}`);
    writeFileSync(path, source.replace(from, to));
  }
  return folder;
}

export async function bundleWith(changes: readonly Change[]): Promise<WorkflowBundleWithSourceMap> {
  const folder = changedSources(COPIED, changes);
  try {
    return await bundleWorkflows(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
