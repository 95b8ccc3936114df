import { Connection } from '@temporalio/client';
import type { Config } from '../config/env.js';
import { withClient } from './databases.js';
import { SetupProblem } from './problem.js';

/** Throws a SetupProblem when the database does not answer. */
export async function requireDatabase(url: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query('select 1'));
  } catch (cause) {
    const { hostname, port, pathname } = new URL(url);
    const place = `${hostname}:${port || 5432}${pathname}`;
    const why = reasonOf(cause);
    throw new SetupProblem(
      { zh: `无法连接数据库 ${place}（${why}）`, en: `the database ${place} cannot be reached (${why})` },
      {
        zh: '请启动它或更正 DATABASE_URL；删除 DATABASE_URL 则使用内置数据库',
        en: 'start it or correct DATABASE_URL; without DATABASE_URL the embedded one is used',
      },
      { cause },
    );
  }
}

const CONNECT_LIMIT_MS = 5_000;

/** A connection by the settings' address, TLS and key. Throws a SetupProblem when there is no answer. */
export async function connectTemporal({ address = '127.0.0.1:7233', tls, apiKey }: Config['temporal']): Promise<Connection> {
  try {
    return await Connection.connect({
      address,
      connectTimeout: CONNECT_LIMIT_MS,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
    });
  } catch (cause) {
    throw new SetupProblem(
      { zh: `无法连接 Temporal 服务器 ${address}（${reasonOf(cause)}）`, en: `the Temporal server ${address} cannot be reached (${reasonOf(cause)})` },
      {
        zh: '请启动它或更正 TEMPORAL_ADDRESS；删除 TEMPORAL_ADDRESS 则使用内置服务器',
        en: 'start it or correct TEMPORAL_ADDRESS; without TEMPORAL_ADDRESS the embedded one is used',
      },
      { cause },
    );
  }
}

/** The reason in a few words; a refused connection to several addresses has none of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
