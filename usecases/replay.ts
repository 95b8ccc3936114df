/**
 * The replay of reasons: an episode at any of its rows, as it was known then.
 * Everything here follows from the ledger's rows and the rules alone.
 */
import type { Assessment } from '../domain/air/assessment.js';
import type { EpisodeState, Phase } from '../domain/episode/state.js';
import type { ChainFault, LedgerRow } from '../domain/ledger.js';
import type { AreaFact } from '../db/read/replay.js';
import { recordAccessOnce } from './audit.js';
import type { Caller } from './caller.js';
import type { Deps } from './deps.js';
import { notFound } from './failure.js';
import { areaOf, type LoadedPlan, loadedPlan } from './plans.js';
import { admitReader } from './reading.js';
import { type Change, changesOf, levelInForce } from './replay-changes.js';
import { type Asked, askedIn, filedBy, openedBy, type Owed, owedOf } from './replay-expected.js';
import { type LaterFact, laterFacts } from './replay-later.js';
import { replayRecord, type ReplayRecord } from './replay-record.js';

/** What the state's grading rested on, as far as it was then recorded. */
export interface StepBasis {
  readonly assessment: Assessment;
  /** The row of the area's stream that carries the grading. */
  readonly areaSeq: number;
  readonly forecast: AreaFact | null;
  /** The newest entry of observations by then. */
  readonly observations: AreaFact | null;
}

export interface ReplayStep {
  readonly episodeId: string;
  readonly loaded: LoadedPlan;
  readonly row: LedgerRow;
  /** The rows beside it, for the way on and back; `decisionBefore` and `decisionAfter` pass over what decides nothing. */
  readonly way: { readonly last: number; readonly decisionBefore: number | null; readonly decisionAfter: number | null };
  /** The last row of the same act: what lies between its rows nobody ever saw. */
  readonly actEnds: number;
  readonly state: EpisodeState;
  /** As anybody could see it: within an act that before the act. */
  readonly phase: Phase;
  readonly inForce: ReturnType<typeof levelInForce>;
  readonly changes: readonly Change[];
  readonly asked: readonly Asked[];
  readonly owed: readonly Owed[];
  readonly basis: StepBasis | null;
  readonly later: readonly LaterFact[];
  readonly chainFaults: readonly ChainFault[];
  readonly record: ReplayRecord;
}

/** Who may read the whole record may replay it; that they did is on record, once a day. */
export async function replayStep(deps: Deps, caller: Caller, episodeId: string, seq: number): Promise<ReplayStep> {
  const record = await readableRecord(deps, caller, episodeId);
  await recordAccessOnce(deps, caller, record.opened.areaId, 'replay', episodeId);
  return stepOf(await loadedPlan(deps, record.opened.planDigest), record, seq);
}

/** The state after a row, and what stood around it then: for the API. */
export async function stateAt(deps: Deps, caller: Caller, episodeId: string, seq: number) {
  const step = await replayStep(deps, caller, episodeId, seq);
  const { row, state, changes, asked, owed, basis, later, record } = step;
  const submitted = record.rows.slice(0, row.seq).filter((r) => r.kind === 'submission').map((r) => r.event);
  return { episodeId, seq: row.seq, recordedAtMs: row.recordedAtMs, event: row.event, clause: row.event.clause ?? null, state, submitted, changes, asked, owed, forecast: basis?.forecast ?? null, observations: basis?.observations ?? null, later };
}

/** Throws `not-found` and `forbidden`; a refusal is put on record. */
export async function readableRecord(deps: Deps, caller: Caller, episodeId: string): Promise<ReplayRecord> {
  const record = await replayRecord(deps, episodeId);
  if (!record) throw notFound('episode');
  const { rightsAreaId } = await areaOf(deps, record.opened.areaId);
  await admitReader(deps, caller, { episodeId, rightsAreaId }, 'read-record');
  return record;
}

export function stepOf(loaded: LoadedPlan, record: ReplayRecord, seq: number): ReplayStep {
  const { rows, states, opened } = record;
  const row = rows[seq - 1];
  const state = states[seq - 1];
  if (!row || !state) throw notFound('row');
  const atMs = row.planAtMs;
  const act = actOf(rows, row);
  const seen = row.seq < act.ends ? act.begins - 1 : act.ends;
  const asked = askedAt(loaded, states, seen);
  const phase = states[seen - 1]?.phase ?? state.phase;
  const now = { state, phase, atMs, opened: openedBy(loaded, state, atMs), asked };
  const [rowBefore, stateBefore] = [rows[seq - 2], states[seq - 2]];
  const before = rowBefore && stateBefore ? { state: stateBefore, phase: states[act.begins - 2]?.phase ?? stateBefore.phase, atMs: rowBefore.planAtMs, opened: openedBy(loaded, stateBefore, rowBefore.planAtMs), asked: askedAt(loaded, states, act.begins - 1) } : null;
  const isDecision = (r: LedgerRow) => r.kind === 'decision';
  return {
    episodeId: opened.episodeId,
    loaded,
    row,
    way: { last: rows.length, decisionBefore: rows.slice(0, seq - 1).findLast(isDecision)?.seq ?? null, decisionAfter: rows.slice(seq).find(isDecision)?.seq ?? null },
    actEnds: act.ends,
    state,
    phase,
    inForce: levelInForce(now),
    changes: changesOf(loaded, before, now, row),
    asked,
    owed: owedOf(loaded, state, now.opened, filedBy(rows.slice(0, seq)), atMs),
    basis: basisOf(record, row, state),
    later: laterFacts(record, row),
    chainFaults: record.chainFaults,
    record,
  };
}

/** The rows that one command brought about together. */
function actOf(rows: readonly LedgerRow[], { seq, commandId, kind }: LedgerRow): { readonly begins: number; readonly ends: number } {
  const isOther = (r: LedgerRow | undefined) => r?.commandId !== commandId || r.kind !== kind;
  let [begins, ends] = [seq, seq];
  while (!isOther(rows[begins - 2])) begins--;
  while (!isOther(rows[ends])) ends++;
  return { begins, ends };
}

function askedAt(loaded: LoadedPlan, states: ReplayRecord['states'], seq: number): readonly Asked[] {
  const state = states[seq - 1];
  return state ? askedIn(loaded, state) : [];
}

/** An assessment is called after the row that carries it. */
function basisOf({ area }: ReplayRecord, row: LedgerRow, { assessment }: EpisodeState): StepBasis | null {
  if (!assessment) return null;
  const areaSeq = Number(assessment.id.slice(1));
  const upTo = area.filter((fact) => fact.seq <= areaSeq && fact.recordedAtMs <= row.recordedAtMs);
  return {
    assessment,
    areaSeq,
    forecast: upTo.findLast(({ event }) => event.type === 'forecast-recorded' && event.forecastId === assessment.basis.forecastId) ?? null,
    observations: upTo.findLast(({ event }) => event.type === 'observations-recorded') ?? null,
  };
}
