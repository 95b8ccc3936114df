/**
 * What an area has on record, played again under a plan and AQI tables of
 * choice: each forecast, observation and sand-dust flag is graded when it was
 * recorded, on what was known then; orders come in as they came.
 */
import { assess } from '../air/assess.js';
import type { Assessment } from '../air/assessment.js';
import { KnownAir } from '../air/known.js';
import type { AqiTable } from '../air/tables.js';
import { type AreaEvent, areaInputOf, type ForecastDocument, type ObservationsDocument } from '../area.js';
import type { SuperiorOrder } from '../order.js';
import type { Plan } from '../plan.js';
import { isToBeTold } from '../watch.js';
import { type EpisodeRecord, Play } from './play.js';

/** A row of an area's stream with the document it names. */
export interface RecordedInput {
  readonly seq: number;
  readonly atMs: number;
  readonly event: AreaEvent;
  /** Null where the row names none, or it is not there. */
  readonly document: ForecastDocument | ObservationsDocument | null;
}

export interface RecordedPlay {
  readonly plan: Plan;
  readonly tables: readonly AqiTable[];
  readonly inputs: readonly RecordedInput[];
  /** The first input that may do anything; those before it only tell what was known. */
  readonly fromSeq: number;
  /** Where the inputs end. */
  readonly untilMs: number;
}

export interface Played {
  readonly records: readonly EpisodeRecord[];
  /** Orders for a level that the plan does not have: left out. */
  readonly ordersLeftOut: readonly SuperiorOrder[];
}

/** Yields after each input, so that whoever plays a long record can let others go on; returns what came of it. */
export function* playRecorded({ plan, tables, inputs, fromSeq, untilMs }: RecordedPlay): Generator<void, Played> {
  const known = new KnownAir();
  const play = new Play(plan);
  const leftOut = new Map<string, SuperiorOrder>();
  let last: Assessment | null = null;
  for (const { seq, atMs, event, document } of inputs) {
    const isGraded = known.takeIn(event, document);
    if (seq < fromSeq) continue;
    play.wakeUntil(atMs);
    if ('order' in event && event.order.level !== null && !plan.levels.some((l) => l.id === event.order.level)) {
      leftOut.set(event.order.id, event.order);
    } else if ('assessment' in event) {
      if (isGraded) {
        const assessment = assess(forStations(plan, known.stations()), tables, known.inputAt(`A${seq}`, atMs), atMs);
        if (event.type !== 'observations-recorded' || isToBeTold(plan, last, assessment, play.running)) {
          last = assessment;
          play.take({ type: 'note-assessment', areaSeq: seq, assessment }, atMs);
        }
      }
    } else {
      const input = areaInputOf(event, seq);
      if (input) play.take(input, atMs);
    }
    yield;
  }
  play.wakeUntil(untilMs);
  play.windUp(untilMs);
  return { records: play.records, ordersLeftOut: [...leftOut.values()] };
}

/** Where none of the plan's stations is in the data, all of the data's stations make the city (R25). */
export function forStations(plan: Plan, named: readonly string[]): Plan {
  if (named.length === 0 || plan.settings.stations.some((station) => named.includes(station))) return plan;
  return { ...plan, settings: { ...plan.settings, stations: [] } };
}
