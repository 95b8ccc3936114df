/** What everybody may know (3.3.5, 5.2): the warning in force or announced, and past ones. Drills never; needs no engine. */
import { type LevelSpan, type LiftedPart, spanAt } from '../domain/episode/state.js';
import { listAreas } from '../db/plans.js';
import { listEpisodes } from '../db/read/episode-pages.js';
import { type AirStrip, stripOf } from './air-strip.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { notFound } from './failure.js';
import { type AreaContext, areaOf, planNowMs } from './plans.js';

const PAST = 10;

export interface PublicWarning {
  readonly number: string;
  readonly span: LevelSpan;
  /** Highest level of the episode. */
  readonly levels: readonly LevelSpan[];
  readonly issuedAtMs: number;
  readonly expectedEndMs: number | null;
  readonly primaryPollutants: readonly string[];
  readonly liftAtMs: number | null;
  readonly liftedParts: readonly LiftedPart[];
}

export interface PublicFace {
  readonly area: AreaContext;
  readonly nowMs: number;
  readonly inForce: PublicWarning | null;
  /** Published, not yet in effect. */
  readonly announced: PublicWarning | null;
  readonly past: readonly PublicWarning[];
  readonly strip: AirStrip;
}

/** The area that is not a drill; throws `not-found` where there is none. */
export async function publicFace(deps: Deps, areaId: string | null): Promise<PublicFace> {
  const real = (await listAreas(deps.pool)).filter((a) => a.drillsArea === null);
  const chosen = areaId === null ? real[0] : real.find((a) => a.areaId === areaId);
  if (!chosen) throw notFound('area');
  const area = await areaOf(deps, chosen.areaId);
  const nowMs = await planNowMs(deps, area.clock);
  const rows = await listEpisodes(deps.pool, { areaIds: [area.areaId], phase: null, number: null, level: null, drill: false, fromMs: null, toMs: null, after: null, limit: PAST });
  const warnings: PublicWarning[] = [];
  for (const { id } of rows) warnings.push(...(await warningOf(deps, id, nowMs)));
  const isOver = (w: PublicWarning) => w.liftAtMs !== null && w.liftAtMs <= nowMs;
  return {
    area,
    nowMs,
    inForce: warnings.find((w) => !isOver(w) && w.span.fromMs <= nowMs) ?? null,
    announced: warnings.find((w) => !isOver(w) && w.span.fromMs > nowMs) ?? null,
    past: warnings.filter(isOver),
    strip: await stripOf(deps, area),
  };
}

/** None before the first publication. */
async function warningOf(deps: Deps, episodeId: string, nowMs: number): Promise<PublicWarning[]> {
  const { state } = await episodeOf(deps, episodeId);
  const [first] = state.levels;
  if (!first) return [];
  const issuedAtMs = state.notices.find((n) => n.id === first.noticeId)?.issuedAtMs ?? first.fromMs;
  const { number, levels, expectedEndMs, primaryPollutants, lift, liftedParts = [] } = state;
  return [{ number, span: spanAt(state, nowMs) ?? first, levels, issuedAtMs, expectedEndMs, primaryPollutants, liftAtMs: lift?.effectiveAtMs ?? null, liftedParts }];
}
