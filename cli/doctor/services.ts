import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/env.js';
import { withClient } from '../../embedded/databases.js';
import { connectTemporal, requireDatabase } from '../../embedded/reach.js';
import { QINGKONG_SEARCH_ATTRIBUTES } from '../../embedded/search-attributes.js';
import { checking, fail, ok, warn, type Check } from './check.js';

/** A few network hops are normal; beyond a minute a due time would be judged wrongly. */
const SKEW_WARN_MS = 2_000;
const SKEW_FAIL_MS = 60_000;

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'db', 'migrations');

export async function checkDatabase(url: string): Promise<Check[]> {
  return checking('database', async () => {
    await requireDatabase(url);
    const { host, pathname } = new URL(url);
    return [
      ok('database', `数据库 ${host}${pathname} 可连接`, `the database ${host}${pathname} answers`),
      ...(await checking('migrations', () => checkMigrations(url))),
      ...(await checking('clock', async () => [skewCheck(await clockSkewMs(url))])),
    ];
  });
}

async function checkMigrations(url: string): Promise<Check[]> {
  const wanted = readdirSync(MIGRATIONS).map((file) => file.replace(/\.[^.]+$/, ''));
  const applied = await withClient(url, async (client) => {
    const there = await client.query<{ there: boolean }>("select to_regclass('migrations') is not null as there");
    if (there.rows[0]?.there !== true) return [];
    return (await client.query<{ name: string }>('select name from migrations')).rows.map(({ name }) => name);
  });
  const missing = wanted.filter((name) => !applied.includes(name));
  if (missing.length === 0) return [ok('migrations', `数据库结构为最新（${applied.length} 步）`, `the schema is up to date (${applied.length} steps)`)];
  return [
    fail(
      'migrations',
      { zh: `数据库结构缺少 ${missing.length} 步（从 ${missing[0]} 起）`, en: `the schema lacks ${missing.length} steps (from ${missing[0]} on)` },
      { zh: '请运行 npm start，或生产环境的 migrate 步骤', en: 'run npm start, or the migrate step in production' },
    ),
  ];
}

/** The database's clock minus ours, half the round trip taken off. */
async function clockSkewMs(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const sentMs = Date.now();
    const { rows } = await client.query<{ ms: string }>('select extract(epoch from clock_timestamp()) * 1000 as ms');
    return Number(rows[0]?.ms) - (sentMs + Date.now()) / 2;
  });
}

export function skewCheck(skewMs: number): Check {
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  const found = { zh: `数据库与本机的时钟相差 ${seconds} s`, en: `the clocks of the database and of this machine differ by ${seconds} s` };
  const remedy = { zh: '请在两台机器上启用时间同步（NTP）', en: 'turn on time synchronisation (NTP) on both machines' };
  if (Math.abs(skewMs) > SKEW_FAIL_MS) return fail('clock', found, remedy);
  return Math.abs(skewMs) > SKEW_WARN_MS ? warn('clock', found, remedy) : ok('clock', found.zh, found.en);
}

export async function checkTemporal(temporal: Config['temporal']): Promise<Check[]> {
  return checking('temporal', async () => {
    const connection = await connectTemporal(temporal);
    const { namespace, address } = temporal;
    try {
      return [
        ok('temporal', `Temporal 服务器 ${address} 可连接`, `the Temporal server ${address} answers`),
        ...(await checking('namespace', async () => {
          await connection.workflowService.describeNamespace({ namespace }).catch((cause: unknown) => {
            throw new Error(`no namespace ${namespace}`, { cause });
          });
          return [ok('namespace', `命名空间 ${namespace} 已建立`, `the namespace ${namespace} is there`)];
        })),
        ...(await checking('search-attributes', async () => {
          const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
          return [searchAttributeCheck(Object.keys(customAttributes))];
        })),
      ];
    } finally {
      await connection.close();
    }
  });
}

export function searchAttributeCheck(registered: readonly string[]): Check {
  const missing = Object.entries(QINGKONG_SEARCH_ATTRIBUTES).filter(([name]) => !registered.includes(name));
  if (missing.length === 0) return ok('search-attributes', '搜索属性齐全', 'all search attributes are registered');
  const names = missing.map(([name, type]) => `${name} (${type})`).join(', ');
  const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  return fail(
    'search-attributes',
    { zh: `Temporal 缺少搜索属性 ${names}`, en: `Temporal lacks the search attributes ${names}` },
    {
      zh: `请运行 temporal operator search-attribute create ${flags}`,
      en: `run temporal operator search-attribute create ${flags}`,
    },
  );
}
