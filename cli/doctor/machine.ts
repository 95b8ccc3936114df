import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../config/env.js';
import { temporalCli } from '../../embedded/binaries.js';
import { ensureWritableFolder, freeBytes } from '../../embedded/folders.js';
import { isLocked } from '../../embedded/lock.js';
import { canEnter, postgresBinaries, postgresUser } from '../../embedded/postgres-binaries.js';
import { requireFreePort } from '../../embedded/ports.js';
import { checking, fail, ok, warn, type Check } from './check.js';

const MIN_NODE = [20, 19] as const;
const GIB = 2 ** 30;
const LOW_BYTES = 2 * GIB;
const TOO_LOW_BYTES = GIB / 4;

/** What this machine brings: Node, programs, disk, folder, port. */
export async function checkMachine(config: Config): Promise<Check[]> {
  return (
    await Promise.all([
      checking('node', () => checkNode(process.versions.node)),
      checking('data-dir', () => checkDataDir(config)),
      checking('disk', () => [diskCheck(config.dataDir, freeBytes(nearestExisting(config.dataDir)))]),
      checking('port', () => checkPort(config)),
      checking('temporal-binary', () => checkTemporalBinary(config)),
      checking('postgres-binary', () => checkPostgresBinary(config)),
    ])
  ).flat();
}

export function checkNode(version: string): Check[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return [ok('node', `Node.js ${version}`, `Node.js ${version}`)];
  return [
    fail('node', { zh: `Node.js ${version} 太旧`, en: `Node.js ${version} is too old` }, { zh: '请安装 20.19 或更新的版本', en: 'install 20.19 or newer' }),
  ];
}

function checkDataDir({ dataDir }: Config): Check[] {
  ensureWritableFolder(dataDir);
  if (!canEnter(dataDir, postgresUser())) {
    return [
      ok(
        'data-dir',
        `${dataDir} 可写；用户 postgres 进不去，数据库文件放在 /var/lib/qingkong`,
        `${dataDir} is writable; the user postgres cannot enter it, so the database's files go to /var/lib/qingkong`,
      ),
    ];
  }
  return [ok('data-dir', `${dataDir} 可写`, `${dataDir} is writable`)];
}

export function diskCheck(folder: string, bytes: number): Check {
  const free = `${(bytes / GIB).toFixed(1)} GiB`;
  const found = { zh: `${folder} 所在磁盘剩余 ${free}`, en: `${free} free on the disk of ${folder}` };
  const remedy = { zh: '请清理磁盘，或用 DATA_DIR 指定另一块磁盘', en: 'free some, or set DATA_DIR to a folder on another disk' };
  if (bytes < TOO_LOW_BYTES) return fail('disk', found, remedy);
  return bytes < LOW_BYTES ? warn('disk', found, remedy) : ok('disk', found.zh, found.en);
}

async function checkPort({ dataDir, http: { port, bind } }: Config): Promise<Check[]> {
  if (isLocked(dataDir)) return [ok('port', `系统正在运行（${dataDir}）`, `the system is running (${dataDir})`)];
  await requireFreePort(port, bind, 'PORT');
  return [ok('port', `端口 ${port} 空闲`, `port ${port} is free`)];
}

async function checkTemporalBinary(config: Config): Promise<Check[]> {
  if (config.temporal.address !== undefined) return [];
  const path = await temporalCli(config.binaries, () => undefined);
  return [ok('temporal-binary', `Temporal 程序 ${path}`, `Temporal's program is ${path}`)];
}

function checkPostgresBinary(config: Config): Check[] {
  if (config.databaseUrl !== undefined) return [];
  const { postgres } = postgresBinaries(postgresUser(), config.binaries.cacheDir);
  return [ok('postgres-binary', `PostgreSQL 程序 ${postgres}`, `PostgreSQL's program is ${postgres}`)];
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}
