/**
 * Every decision anew: the command behind each batch, carried out by the rules
 * of the episode's own version on the state that stood before it, must bring
 * about exactly what is recorded.
 */
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Facts } from '../../domain/episode/settle.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Moment } from '../../domain/episode/deadlines.js';
import { toPlanMs } from '../../domain/clock.js';
import { difference, type Tell } from '../fault.js';
import { areaInput, type Batch, type Frame, type Standing, type Visitor } from '../walk.js';
import { commandOf } from './commands.js';
import { rowName, rowsName } from './names.js';

type Decided = { readonly events: readonly EpisodeEvent[] } | { readonly fault: string };

export function decisionsAnew(frame: Frame, tell: Tell): Visitor {
  return {
    batch(batch, before) {
      const decided = before.state === null ? openAnew(frame, batch) : decideAnew(frame, batch, before.state, before);
      if ('fault' in decided) tell(rowsName(batch.rows), decided.fault);
      else compare(batch.rows, decided.events, tell);
    },
  };
}

function openAnew(frame: Frame, { events }: Batch): Decided {
  const { opened, plan, rules } = frame;
  const { episodeId, number, areaId, drill, clock, planDigest, rulesVersion, areaSeq, atMs } = opened;
  if (events[0] !== opened) return { fault: 'the episode does not begin with its opening' };
  const input = areaInput(frame, areaSeq + 1);
  if (!input) return { fault: `row ${areaSeq + 1} of the area, which opened the episode, is not in the bundle or is no input` };
  return { events: rules.open(plan, { type: 'open', episodeId, number, areaId, drill, clock, planDigest, rulesVersion, input }, atMs) };
}

function decideAnew(frame: Frame, batch: Batch, state: EpisodeState, { filed }: Standing): Decided {
  const { plan, rules } = frame;
  const told = commandOf(frame, batch);
  if ('unknown' in told) return { fault: `no rule brings this about: ${told.unknown}` };
  const nowMs = batch.events[0]?.atMs ?? 0;
  const decided = rules.decide(plan, state, told.command, nowMs);
  if (!decided.ok) return { fault: `the rules refuse this (${decided.refusal.code}, clause ${decided.refusal.clause}): ${decided.refusal.text.en}` };
  const { events, moments } = decided.value;
  if (moments.length === 0) return { events };
  const early = batch.rows.find((r) => toPlanMs(state.clock, r.recordedAtMs) < nowMs);
  if (early) return { fault: `deadlines settled at ${nowMs}, before the receipt clock had reached it (row ${early.seq})` };
  const after = events.reduce<EpisodeState>((s, event) => rules.evolve(s, event), state);
  return { events: [...events, rules.settledEvent(plan, after, moments, factsOf(moments, filed), nowMs)] };
}

/** What counted as handed in when the deadlines were settled. */
function factsOf(moments: readonly Moment[], filed: Standing['filed']): Facts {
  const groups = [...new Set(moments.map((m) => `${m.groupId}:`))];
  return Object.fromEntries([...filed].filter(([id]) => groups.some((group) => id.startsWith(group))));
}

function compare(rows: readonly LedgerRow[], events: readonly EpisodeEvent[], tell: Tell): void {
  for (const [i, row] of rows.entries()) {
    const wanted = events[i];
    const what = wanted === undefined ? 'no rule brings this about' : wanted.type !== row.event.type ? `the rules bring about "${wanted.type}" here` : difference(wanted, row.event);
    if (what === null) continue;
    tell(rowName(row), what);
    return;
  }
  const missing = events[rows.length];
  const last = rows.at(-1);
  if (missing && last) tell(rowName(last), `the rules also bring about "${missing.type}", which is not recorded`);
}
