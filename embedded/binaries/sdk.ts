import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporalTool } from './tools.js';

/** Where the SDK's downloader asks; a quick look there tells whether it can work at all. */
export const SDK_DOWNLOAD_SITE = 'https://temporal.download/';
const REACH_LIMIT_MS = 3_000;
const DOWNLOAD_LIMIT_MS = 180_000;
const PROJECT = join(import.meta.dirname, '..', '..');

/**
 * Lets the SDK's own downloader bring the tool and copies it to `target`.
 * Returns why it could not. It runs as a process of its own, since a native
 * download cannot be called off.
 */
export async function fromSdk(
  tool: TemporalTool,
  target: string,
  workDir: string,
  site = SDK_DOWNLOAD_SITE,
  downloader = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'sdk-download.ts')],
): Promise<string | null> {
  try {
    await fetch(site, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) });
  } catch {
    return `${site} is out of reach`;
  }
  const folder = mkdtempSync(join(workDir, 'sdk-'));
  try {
    const complaint = await run([...downloader, tool.sdkServer, folder]);
    if (complaint !== null) return complaint;
    const file = readdirSync(folder).find((name) => name.startsWith(tool.name));
    if (file === undefined) return "the SDK's downloader left no file";
    copyFileSync(join(folder, file), target);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run([command, ...args]: string[]): Promise<string | null> {
  const child = spawn(command as string, args, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'pipe'], timeout: DOWNLOAD_LIMIT_MS, killSignal: 'SIGKILL' });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return code === 0 ? null : `the SDK's downloader: ${complaint.trim().split('\n').at(-1) || 'took too long'}`;
}
