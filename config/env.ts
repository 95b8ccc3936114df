import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Text } from '../domain/text.js';
import { ConfigProblem } from './problem.js';
import { withFiles } from './secret-files.js';

export interface TemporalTls {
  readonly serverRootCaCertificate?: Buffer;
  readonly serverNameOverride?: string;
  /** PEM, both for mutual TLS. */
  readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
}

export interface Config {
  /** `trustProxy`: whose `X-Forwarded-*` headers count, e.g. `loopback`; unset: nobody's. */
  readonly http: { readonly port: number; readonly bind: string; readonly trustProxy?: string };
  /** Absolute. */
  readonly dataDir: string;
  /** Set where PostgreSQL is not ours to run. */
  readonly databaseUrl?: string;
  /** With what the migrations run, where that is another role; the same otherwise. */
  readonly databaseOwnerUrl?: string;
  /** The migrations give it to the application's role. */
  readonly appDatabasePassword?: string;
  /** A port the embedded PostgreSQL must use. */
  readonly postgresPort?: number;
  readonly temporal: {
    /** `host:port`; set where Temporal is not ours to run. */
    readonly address?: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly tls?: TemporalTls;
    readonly apiKey?: string;
    /** How long the embedded server keeps the history of closed workflows. */
    readonly retentionDays: number;
  };
  /** A plan's id in `plans/`, or the path of a plan file. */
  readonly plan: string;
  readonly area: string;
  readonly logLevel: LogLevel;
  readonly binaries: {
    readonly given: { readonly TEMPORAL_CLI_PATH?: string; readonly TEMPORAL_TEST_SERVER_PATH?: string };
    readonly searchPath: string;
    readonly cacheDir: string;
    readonly environment: NodeJS.ProcessEnv;
  };
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const setting = <S extends z.ZodType>(schema: S, zh: string, en: string) => ({ schema, wanted: { zh, en } satisfies Text });
const text = z.string().min(1);
const port = z.coerce.number().int().min(1).max(65_535);
const name = text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
const isDatabaseUrl = (value: string) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);

/** Every variable we read, with its form, its default and what to tell the operator. */
const SETTINGS = {
  PORT: setting(port.default(8080), '应为 1 到 65535 的整数', 'give a whole number from 1 to 65535'),
  BIND: setting(text.default('127.0.0.1'), '应为本机的一个 IP 地址', "give one of this machine's IP addresses"),
  TRUST_PROXY: setting(text.optional(), '应为代理的地址或网段，如 loopback', 'give the addresses of the proxies, like loopback'),
  DATA_DIR: setting(text.default('.qingkong'), '应为文件夹路径', 'give the path of a folder'),
  DATABASE_URL: setting(
    text.refine(isDatabaseUrl).optional(),
    '应形如 postgres://用户@主机:5432/数据库',
    'give a URL like postgres://user@host:5432/database',
  ),
  DATABASE_PASSWORD: setting(text.optional(), '应为 DATABASE_URL 中用户的密码', "give the password of DATABASE_URL's user"),
  DATABASE_OWNER_URL: setting(
    text.refine(isDatabaseUrl).optional(),
    '应形如 postgres://所有者@主机:5432/数据库',
    'give a URL like postgres://owner@host:5432/database',
  ),
  APP_DATABASE_PASSWORD: setting(text.optional(), '应为数据库角色 qingkong_app 的密码', 'give the password of the database role qingkong_app'),
  POSTGRES_PORT: setting(port.optional(), '应为 1 到 65535 的整数', 'give a whole number from 1 to 65535'),
  TEMPORAL_ADDRESS: setting(text.regex(/^[^\s/]+:\d+$/).optional(), '应形如 主机:7233', 'give host:port, like temporal:7233'),
  TEMPORAL_NAMESPACE: setting(name.default('qingkong'), '应为字母、数字、点、横线', 'use letters, digits, dots and dashes'),
  TEMPORAL_TLS: setting(z.stringbool().default(false), '应为 true 或 false', 'give true or false'),
  TEMPORAL_TLS_CA: setting(text.optional(), '应为 PEM 证书', 'give a PEM certificate'),
  TEMPORAL_TLS_CERT: setting(text.optional(), '应为 PEM 证书', 'give a PEM certificate'),
  TEMPORAL_TLS_KEY: setting(text.optional(), '应为 PEM 私钥', 'give a PEM private key'),
  TEMPORAL_TLS_SERVER_NAME: setting(text.optional(), '应为服务器证书上的名称', "give the name on the server's certificate"),
  TEMPORAL_API_KEY: setting(text.optional(), '应为 Temporal 的 API 密钥', 'give the API key of Temporal'),
  TEMPORAL_RETENTION_DAYS: setting(z.coerce.number().int().min(1).max(3_650).default(30), '应为 1 到 3650 的整数', 'give whole days from 1 to 3650'),
  TASK_QUEUE: setting(name.default('qingkong'), '应为字母、数字、点、横线', 'use letters, digits, dots and dashes'),
  PLAN: setting(text.default('kuitun-2023'), '应为预案编号或预案文件路径', 'give the id of a plan or the path of a plan file'),
  AREA: setting(name.default('kuitun'), '应为字母、数字、点、横线', 'use letters, digits, dots and dashes'),
  LOG_LEVEL: setting(z.enum(LOG_LEVELS).default('info'), `应为 ${LOG_LEVELS.join('、')} 之一`, `give one of ${LOG_LEVELS.join(', ')}`),
  TEMPORAL_CLI_PATH: setting(text.optional(), '应为 temporal 程序的路径', 'give the path of the temporal program'),
  TEMPORAL_TEST_SERVER_PATH: setting(text.optional(), '应为 temporal-test-server 程序的路径', 'give the path of the temporal-test-server program'),
  QINGKONG_CACHE_DIR: setting(text.optional(), '应为文件夹路径', 'give the path of a folder'),
  XDG_CACHE_HOME: setting(text.optional(), '应为文件夹路径', 'give the path of a folder'),
  PATH: setting(text.default(''), '应为文件夹列表', 'give a list of folders'),
} as const;

type Settings = { [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['schema']> };

/**
 * Our settings from the environment, the only place that reads it. `NAME_FILE`
 * gives a value by a file (secrets). Throws a ConfigProblem that names the
 * variable and what it should be.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const settings = parse(withFiles(environment, Object.keys(SETTINGS)));
  const tls = temporalTls(settings);
  return {
    http: { port: settings.PORT, bind: settings.BIND, ...defined('trustProxy', settings.TRUST_PROXY) },
    dataDir: resolve(settings.DATA_DIR),
    ...defined('databaseUrl', databaseUrl(settings)),
    ...defined('databaseOwnerUrl', settings.DATABASE_OWNER_URL),
    ...defined('appDatabasePassword', settings.APP_DATABASE_PASSWORD),
    ...defined('postgresPort', settings.POSTGRES_PORT),
    temporal: {
      ...defined('address', settings.TEMPORAL_ADDRESS),
      namespace: settings.TEMPORAL_NAMESPACE,
      taskQueue: settings.TASK_QUEUE,
      ...defined('tls', tls),
      ...defined('apiKey', settings.TEMPORAL_API_KEY),
      retentionDays: settings.TEMPORAL_RETENTION_DAYS,
    },
    plan: settings.PLAN,
    area: settings.AREA,
    logLevel: settings.LOG_LEVEL,
    binaries: {
      given: {
        ...defined('TEMPORAL_CLI_PATH', settings.TEMPORAL_CLI_PATH),
        ...defined('TEMPORAL_TEST_SERVER_PATH', settings.TEMPORAL_TEST_SERVER_PATH),
      },
      searchPath: settings.PATH,
      cacheDir: resolve(settings.QINGKONG_CACHE_DIR ?? join(settings.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qingkong')),
      environment,
    },
  };
}

/** The environment of a child process: ours, with these variables set. */
export function childEnvironment(variables: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...environment, ...variables };
}

function parse(environment: NodeJS.ProcessEnv): Settings {
  const entries = Object.entries(SETTINGS).map(([variable, { schema, wanted }]) => {
    // An empty variable is how a shell or a compose file says "not set".
    const result = schema.safeParse(environment[variable] === '' ? undefined : environment[variable]);
    if (!result.success) throw new ConfigProblem(variable, { zh: '的值不可用', en: 'has a value we cannot use' }, wanted);
    return [variable, result.data] as const;
  });
  return Object.fromEntries(entries) as Settings;
}

function databaseUrl({ DATABASE_URL, DATABASE_PASSWORD }: Settings): string | undefined {
  if (DATABASE_URL === undefined || DATABASE_PASSWORD === undefined) return DATABASE_URL;
  const url = new URL(DATABASE_URL);
  url.password = encodeURIComponent(DATABASE_PASSWORD);
  return url.toString();
}

function temporalTls(settings: Settings): TemporalTls | undefined {
  const { TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_CERT: crt, TEMPORAL_TLS_KEY: key, TEMPORAL_TLS_SERVER_NAME: serverName } = settings;
  if ((crt === undefined) !== (key === undefined)) {
    throw new ConfigProblem(
      crt === undefined ? 'TEMPORAL_TLS_CERT' : 'TEMPORAL_TLS_KEY',
      { zh: '缺失', en: 'is missing' },
      { zh: 'TEMPORAL_TLS_CERT 与 TEMPORAL_TLS_KEY 须同时给出', en: 'give TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY together' },
    );
  }
  if (!settings.TEMPORAL_TLS && [ca, crt, serverName].every((value) => value === undefined)) return undefined;
  return {
    ...defined('serverRootCaCertificate', ca === undefined ? undefined : Buffer.from(ca)),
    ...defined('serverNameOverride', serverName),
    ...defined('clientCertPair', crt === undefined || key === undefined ? undefined : { crt: Buffer.from(crt), key: Buffer.from(key) }),
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
