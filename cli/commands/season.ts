/** `season FILE`: past data through the real workflows, database and API, with scripted people. */
import type { Config } from '../../config/env.js';
import { readStream } from '../../db/ledger/rows.js';
import type { Pool } from '../../db/pool.js';
import { loadEpisode } from '../../db/projections/episodes.js';
import { episodeIds } from '../../db/read/episodes.js';
import { obligationsOf } from '../../db/read/obligations.js';
import type { EpisodeRecord } from '../../domain/backtest/play.js';
import { timetable } from '../../domain/backtest/drive.js';
import { obligations } from '../../domain/episode/deadlines.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import { type EpisodePlan, episodePlanOf } from '../../domain/episode/plan.js';
import { episodeStream } from '../../domain/ledger.js';
import { HOUR_MS, toBeijingIso } from '../../domain/time.js';
import type { Progress } from '../output.js';
import { columns, shortTime } from '../output.js';
import { type City, type Say, startCity } from '../season/city.js';
import type { People } from '../people/handing-in.js';
import { play } from '../season/play.js';
import { type BacktestReport, backtestText, type PastOptions, readPlayed, reportPlayed } from './backtest.js';

export interface SeasonOptions extends PastOptions {
  readonly people: People;
}

export interface SeasonReport extends BacktestReport {
  readonly people: People;
  readonly obligations: ObligationCounts;
  readonly approvals: readonly ApprovalReport[];
}

export interface ObligationCounts {
  /** As the rules derive it from each episode's end. */
  readonly owed: number;
  /** Of the rows that were kept for it: in by its due time, in after it, never in. */
  readonly onTime: number;
  readonly late: number;
  readonly missing: number;
  /** Of the missing, by kind. */
  readonly missingByKind: Readonly<Record<string, number>>;
}

export interface ApprovalReport {
  readonly episode: string;
  readonly request: string;
  readonly action: string;
  readonly level: string | null;
  readonly submittedAt: string;
  readonly steps: readonly { readonly role: string; readonly decision: string; readonly at: string }[];
}

export async function runSeason(config: Config, file: string, options: SeasonOptions, say: Say, progress: Progress): Promise<SeasonReport> {
  const played = await readPlayed(file, options);
  const firstMs = timetable(played.past)[0]?.atMs ?? 0;
  const city = await startCity(config, played.plan, firstMs - HOUR_MS, say);
  try {
    await play(city, played, { people: options.people, seed: options.forecasting.seed }, progress);
    const records = await recordsOf(city);
    return {
      ...reportPlayed(played, records.map((r) => r.record)),
      people: options.people,
      obligations: await countObligations(city.pool, episodePlanOf(played.plan), records.map((r) => r.id)),
      approvals: records.flatMap((r) => approvalsOf(r.record)),
    };
  } finally {
    await city.close();
  }
}

/** The episodes as the ledger holds them. */
async function recordsOf({ pool, areaId }: City): Promise<{ readonly id: string; readonly record: EpisodeRecord }[]> {
  const ids = await episodeIds(pool, areaId);
  return Promise.all(
    ids.map(async ({ id, number }) => {
      const rows = await readStream(pool, episodeStream(id), 0, 100_000);
      return { id, record: { number, events: rows.filter((r) => r.kind === 'decision').map((r) => r.event as EpisodeEvent) } };
    }),
  );
}

/** What is owed comes from the rules and what became of it from the rows, so that one lost on the way shows as a difference. */
async function countObligations(pool: Pool, plan: EpisodePlan, ids: readonly string[]): Promise<ObligationCounts> {
  const episodes = await Promise.all(ids.map((id) => loadEpisode(pool, id)));
  const owed = episodes.flatMap((e) => (e ? obligations(plan, e.state, e.obligationsThroughMs) : []));
  const rows = (await Promise.all(ids.map((id) => obligationsOf(pool, id)))).flat();
  const missing = rows.filter((o) => o.submittedAtMs === null);
  const isLate = (o: (typeof rows)[number]) => o.submittedAtMs !== null && o.dueAtMs !== null && o.submittedAtMs > o.dueAtMs;
  const isOnTime = (o: (typeof rows)[number]) => o.submittedAtMs !== null && (o.dueAtMs === null || o.submittedAtMs <= o.dueAtMs);
  const missingByKind: Record<string, number> = {};
  for (const { kind } of missing) missingByKind[kind] = (missingByKind[kind] ?? 0) + 1;
  return { owed: owed.length, onTime: rows.filter(isOnTime).length, late: rows.filter(isLate).length, missing: missing.length, missingByKind };
}

function approvalsOf({ number, events }: EpisodeRecord): ApprovalReport[] {
  return events.flatMap((opened): ApprovalReport[] => {
    if (opened.type !== 'request-opened') return [];
    const steps = events.flatMap((e) =>
      e.type === 'approval-decided' && e.requestId === opened.requestId ? [{ role: e.act.actor.role, decision: e.decision, at: toBeijingIso(e.atMs) }] : [],
    );
    const { action, level } = opened.evidence;
    return [{ episode: number, request: opened.requestId, action, level, submittedAt: toBeijingIso(opened.atMs), steps }];
  });
}

export function seasonText(report: SeasonReport): string {
  const { obligations: o, approvals, people } = report;
  const rows = approvals.map((a) => [a.episode, a.request, a.action, a.level ?? '-', shortTime(a.submittedAt), a.steps.map((s) => `${s.role} ${s.decision} ${shortTime(s.at)}`).join('; ')]);
  return [
    backtestText(report),
    '',
    `obligations (people ${people}): owed ${o.owed}, in time ${o.onTime}, late ${o.late}, missing ${o.missing}`,
    '',
    columns([['episode', 'request', 'action', 'level', 'submitted', 'steps'], ...rows]),
  ].join('\n');
}
