import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noSpace, requireFreeSpace, writeFileAtomically } from './folders.js';
import { lastLine } from './log-files.js';
import { SHARED_HOME, type RunAs } from './postgres-binaries.js';
import { SetupProblem } from './problem.js';

/** What the next start needs to know of a cluster; written before the cluster is made. */
export interface ClusterSettings {
  /** The port used last; 0 before the first start. */
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  /** Of the role the application connects as, which the migrations make. */
  readonly appPassword: string;
  /** Set where the user PostgreSQL runs as cannot enter the data folder (root's own folders). */
  readonly outsideDir?: string;
}

const SETTINGS_FILE = 'postgres.json';
const NEW_CLUSTER_BYTES = 150 * 2 ** 20;

export function clusterDirOf(dataDir: string, settings: ClusterSettings): string {
  return settings.outsideDir ?? join(dataDir, 'cluster');
}

/** The recorded settings, or new ones with fresh passwords. */
export function clusterSettings(dataDir: string, enterable: boolean): ClusterSettings {
  const file = join(dataDir, SETTINGS_FILE);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ClusterSettings;
  if (existsSync(join(dataDir, 'cluster', 'PG_VERSION'))) {
    throw new SetupProblem(
      { zh: `${file} 不见了，数据库的密码就在其中`, en: `${file}, which holds the database's passwords, is missing` },
      { zh: '请从备份恢复它，或换一个 DATA_DIR', en: 'restore it from a backup, or set another DATA_DIR' },
    );
  }
  const secret = () => randomBytes(24).toString('hex');
  const settings: ClusterSettings = {
    port: 0,
    superuserPassword: secret(),
    ownerPassword: secret(),
    appPassword: secret(),
    ...(enterable ? {} : { outsideDir: join(SHARED_HOME, `cluster-${randomBytes(6).toString('hex')}`) }),
  };
  saveClusterSettings(dataDir, settings);
  return settings;
}

export function saveClusterSettings(dataDir: string, settings: ClusterSettings): void {
  writeFileAtomically(join(dataDir, SETTINGS_FILE), JSON.stringify(settings, null, 2), 0o600);
}

/** Makes the cluster aside and puts it into place as a whole, so that a start cut short leaves none half-made. */
export async function makeCluster(clusterDir: string, initdb: string, superuserPassword: string, runAs: RunAs | undefined): Promise<void> {
  mkdirSync(dirname(clusterDir), { recursive: true, mode: 0o755 });
  requireFreeSpace(dirname(clusterDir), NEW_CLUSTER_BYTES);
  const making = `${clusterDir}.making`;
  const passwordFile = `${clusterDir}.password`;
  rmSync(making, { recursive: true, force: true });
  try {
    mkdirSync(making, { mode: 0o700 });
    writeFileSync(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
    if (runAs !== undefined) for (const path of [making, passwordFile]) chownSync(path, runAs.uid, runAs.gid);
    await runInitdb(
      initdb,
      [
        `--pgdata=${making}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      runAs,
      clusterDir,
    );
    renameSync(making, clusterDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
}

async function runInitdb(initdb: string, args: string[], runAs: RunAs | undefined, clusterDir: string): Promise<void> {
  const child = spawn(initdb, args, { cwd: '/', ...runAs, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  if (complaint.includes('No space left')) throw noSpace(clusterDir);
  throw new SetupProblem(
    { zh: `无法建立 PostgreSQL 数据库（${lastLine(complaint)}）`, en: `PostgreSQL's data could not be made (${lastLine(complaint)})` },
    { zh: '请更正 DATA_DIR，或设置 DATABASE_URL', en: 'correct DATA_DIR, or set DATABASE_URL' },
  );
}
