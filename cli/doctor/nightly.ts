/** How the last nightly replay of the archived histories went. */
import { withClient } from '../../embedded/databases.js';
import { DAY_MS } from '../../domain/time.js';
import type { HistoriesReplayed } from '../../usecases/replay-history.js';
import { type Check, fail, ok, warn } from './check.js';

/** A night may be missed; two are a fault of something. */
const LATE_MS = 2.5 * DAY_MS;

interface LastNight {
  readonly event: HistoriesReplayed;
  /** By the database's clock. */
  readonly agoMs: number;
}

export async function checkNightlyReplay(databaseUrl: string): Promise<Check[]> {
  const { last, archivedAgoMs } = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ event: HistoriesReplayed; agoMs: string }>(
      `select event, extract(epoch from clock_timestamp()) * 1000 - recorded_at_ms as "agoMs" from ledger where type = 'histories-replayed' order by recorded_at_ms desc limit 1`,
    );
    const oldest = await client.query<{ agoMs: string | null }>(`select extract(epoch from clock_timestamp()) * 1000 - min(recorded_at_ms) as "agoMs" from ledger where type = 'history-archived'`);
    return { last: rows[0] ? { event: rows[0].event, agoMs: Number(rows[0].agoMs) } : null, archivedAgoMs: Number(oldest.rows[0]?.agoMs ?? 0) };
  });
  return [nightlyCheck(last, archivedAgoMs)];
}

/** `archivedAgoMs`: since when there has been a history to replay; 0 where there is none. */
export function nightlyCheck(last: LastNight | null, archivedAgoMs = 0): Check {
  const name = 'nightly-replay';
  if (!last && archivedAgoMs > LATE_MS)
    return warn(name, { zh: '有归档的引擎历史，却从未有过每夜复算的记录', en: 'there are archived histories, and no nightly replay of them was ever recorded' }, { zh: '请查看 API 的日志', en: "see the API's log" });
  if (!last) return ok(name, '还没有每夜引擎复算的记录', 'no nightly replay of archived histories is on record yet');
  const { day, checked, parted } = last.event;
  if (parted.length > 0) {
    const numbers = parted.map((p) => p.number).join(', ');
    return fail(
      name,
      { zh: `${day} 复算 ${checked} 份引擎历史，${parted.length} 份不一致：${numbers}`, en: `of ${checked} histories replayed on ${day} ${parted.length} part from the record: ${numbers}` },
      { zh: '请运行 qingkong replay 查看在何处不一致；若刚升级程序，请退回原版本', en: 'run "qingkong replay" to see where; after an upgrade go back to the version before' },
    );
  }
  if (last.agoMs > LATE_MS)
    return warn(name, { zh: `最近一次引擎复算是 ${day}`, en: `the last nightly replay was on ${day}` }, { zh: '请查看 API 的日志', en: "see the API's log" });
  return ok(name, `${day} 复算 ${checked} 份引擎历史，全部一致`, `all ${checked} histories replayed on ${day} are deterministic`);
}
