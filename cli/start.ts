/** `npm start`: everything on this machine, in one command, until Ctrl-C. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnvironment, type Config, readConfig } from '../config/env.js';
import { ConfigProblem } from '../config/problem.js';
import { passwordOf } from '../db/accounts/accounts.js';
import { databaseClock } from '../db/clock.js';
import { migrate } from '../db/migrate.js';
import { savePlan, setAreaPlan } from '../db/plans.js';
import { createPool } from '../db/pool.js';
import { stopRecorded } from '../embedded/daemon.js';
import { ensureWritableFolder, writeFileAtomically } from '../embedded/folders.js';
import { requireFreePort } from '../embedded/ports.js';
import { SetupProblem } from '../embedded/problem.js';
import { step } from '../embedded/progress.js';
import { stopSignal } from '../embedded/signals.js';
import { type Stack, startEmbedded } from '../embedded/stack.js';
import { loadPlan } from '../plans/load.js';
import { type DemoAccount, seedDemo } from '../usecases/demo.js';

const STOP_WITHIN_MS = 15_000;
const READY_LIMIT_MS = 120_000;
const ACCOUNTS_FILE = 'demo-accounts.json';

const say = (line: string): void => console.log(line);

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupProblem || error instanceof ConfigProblem)) throw error;
  console.error(`\n无法启动：${error.message}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const config = readConfig();
  const { bind, port } = config.http;
  const stop = stopSignal(say);
  const stack = await startEmbedded({ config, log: say });
  try {
    // Only now: an API left over by a killed start would hold the port, and the lock says that no other start is alive.
    await stopRecorded(join(config.dataDir, 'run', 'api.pid'), [{ signal: 'SIGTERM', waitMs: STOP_WITHIN_MS }]);
    await requireFreePort(port, bind, 'PORT');
    await step(say, '准备数据库表', () => migrate(stack.ownerUrl, () => undefined, stack.appPassword === undefined ? {} : { appPassword: stack.appPassword }));
    const baseUrl = `http://${bind === '0.0.0.0' ? '127.0.0.1' : bind}:${port}`;
    const isDemo = config.databaseUrl === undefined;
    const accounts = await step(say, '载入预案', () => prepare(config, stack, isDemo ? baseUrl : null));
    const env = childEnvironment({
      DATABASE_URL: stack.databaseUrl,
      DATABASE_PASSWORD: '',
      TEMPORAL_ADDRESS: stack.temporalAddress,
      DATA_DIR: config.dataDir,
    });
    await stack.run({ name: 'worker', entry: 'workers/main.ts', env, stopWithinMs: STOP_WITHIN_MS });
    await stack.run({ name: 'api', entry: 'api/main.ts', env, stopWithinMs: STOP_WITHIN_MS });
    await step(say, '等待就绪', () => untilReady(baseUrl, stack));
    announce(config, stack, baseUrl, accounts);
    const problem = await Promise.race([stop.then(() => null), stack.failed]);
    if (problem) throw problem;
    say('\n正在停止 …');
  } finally {
    await stack.stop();
  }
  say('已停止；数据保留，再次 npm start 即可继续。');
}

/** The plan that the area's next episode begins under (a running one keeps its own); and, on a new embedded database, the demonstration's accounts. */
async function prepare(config: Config, stack: Stack, baseUrl: string | null): Promise<readonly DemoAccount[]> {
  const pool = createPool(stack.databaseUrl, { max: 2 });
  try {
    const plan = loadPlan(config.plan);
    await setAreaPlan(pool, config.area, await savePlan(pool, plan, Date.now()));
    if (baseUrl === null) return [];
    const file = join(config.dataDir, ACCOUNTS_FILE);
    const made = existingAccounts(file);
    const areStillThere = made !== null && made[0] !== undefined && (await passwordOf(pool, made[0].login)) !== null;
    const accounts = areStillThere ? made : await seedDemo({ pool, clock: databaseClock }, plan, config.area);
    ensureWritableFolder(config.dataDir);
    writeFileAtomically(file, `${JSON.stringify({ baseUrl, accounts }, null, 2)}\n`, 0o600);
    return accounts;
  } finally {
    await pool.end();
  }
}

/** The accounts of an earlier start; null when there are none to be read. */
function existingAccounts(file: string): DemoAccount[] | null {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { accounts: DemoAccount[] }).accounts;
  } catch {
    return null;
  }
}

async function untilReady(baseUrl: string, stack: Stack): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  let failed: SetupProblem | null = null;
  void stack.failed.then((problem) => (failed = problem));
  while (performance.now() < deadline) {
    if (failed) throw failed as SetupProblem;
    const answer = await fetch(`${baseUrl}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(200);
  }
  throw new SetupProblem(
    { zh: '两分钟内未就绪', en: 'it did not become ready within two minutes' },
    { zh: '请看数据目录 logs/ 中的 worker.log 与 api.log', en: 'see worker.log and api.log in logs/ of the data folder' },
  );
}

function announce(config: Config, stack: Stack, baseUrl: string, accounts: readonly DemoAccount[]): void {
  say('');
  say(`晴空 Qingkong 已就绪：   ${baseUrl}/`);
  say(`接口文档（OpenAPI）：     ${baseUrl}/api/docs`);
  if (stack.temporalUiUrl) say(`Temporal 页面：           ${stack.temporalUiUrl}`);
  say(`数据与日志：              ${config.dataDir}`);
  if (accounts.length > 0) announceAccounts(accounts, join(config.dataDir, ACCOUNTS_FILE));
  say('按 Ctrl-C 停止。');
}

/** Those of the offices, each with the password it was made with; one unit's for the rest. */
function announceAccounts(accounts: readonly DemoAccount[], file: string): void {
  const [unit] = accounts.filter((a) => a.login.startsWith('unit-'));
  const shown = accounts.filter((a) => a === unit || !a.login.startsWith('unit-'));
  const width = Math.max(...shown.map((a) => a.login.length));
  say(`演示账号（账号、初始口令、身份；其余单位与令牌见 ${file}）：`);
  for (const { login, password, name } of shown) say(`  ${login.padEnd(width)}  ${password}  ${name}`);
}
