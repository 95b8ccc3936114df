/**
 * Every grading anew (3.3.1, 3.3.2, 3.3.6): the observed hours and the forecast
 * on record when a row of the area was written, graded by the plan it names,
 * must give the assessment it carries; and a row without one must have said
 * nothing new.
 */
import type { Assessment } from '../../domain/air/assessment.js';
import { KnownAir } from '../../domain/air/known.js';
import type { AreaEvent, ForecastDocument, ObservationsDocument } from '../../domain/area.js';
import type { LedgerRow } from '../../domain/ledger.js';
import { difference, type Tell } from '../fault.js';
import type { EpisodeRecord } from '../format.js';
import { type Frame, knownRules } from '../walk.js';
import { areaRowName } from './names.js';

/** A row that is graded: what it carries, and what it should. */
export interface Regraded {
  readonly row: LedgerRow;
  readonly recorded: Assessment | null;
  /** Null where what it was graded by is not in the bundle. */
  readonly anew: Assessment | null;
  readonly promptOn: 'low' | 'middle' | 'high';
  /** Whether it may go without an assessment: an observation that says nothing new. */
  readonly isNews: boolean;
}

export function gradingsAnew(frame: Frame, tell: Tell): void {
  for (const { row, recorded, anew, promptOn, isNews } of regraded(frame, tell)) {
    const what = faultIn(recorded, anew, promptOn, isNews);
    if (what !== null) tell(areaRowName(row), what);
  }
}

function faultIn(recorded: Assessment | null, anew: Assessment | null, promptOn: Regraded['promptOn'], isNews: boolean): string | null {
  if (anew === null) return 'the plan, or the AQI tables, that it was graded by are not in the bundle';
  if (recorded === null) return isNews ? 'it said something new and carries no assessment: nobody was told' : null;
  const [was, level] = [recorded.grades[promptOn].level, anew.grades[promptOn].level];
  if (level !== was) return `graded ${was ?? 'none'}; the hours and the forecast on record give ${level ?? 'none'} (3.3.2)`;
  const what = difference(anew, recorded);
  return what === null ? null : `assessment: ${what}`;
}

/** The rows from the one that opened the episode on; those before it only tell what was known. */
export function* regraded(frame: Frame, tell: Tell): Generator<Regraded> {
  const { record, opened } = frame;
  const known = new KnownAir();
  let newest: Assessment | null = null;
  for (const row of record.areaRows) {
    if (row.kind !== 'input') continue;
    const isChecked = row.seq > opened.areaSeq;
    const event = row.event as AreaEvent;
    const isGraded = takeIn(frame, known, event, (what) => isChecked && tell(areaRowName(row), what));
    if (!isGraded || !('assessment' in event)) continue;
    if (isChecked) yield regrade(record, known, newest, row, event.assessment);
    newest = event.assessment ?? newest;
  }
}

/** Adds what a row tells to what is known; false where the row is not graded. */
function takeIn(frame: Frame, known: KnownAir, event: AreaEvent, tell: (what: string) => void): boolean {
  const document = 'digest' in event ? documentOf(frame, event.digest) : null;
  if (event.type === 'forecast-recorded') {
    const { issuedAtMs, late, assessment } = event;
    const isLate = known.forecast !== null && known.forecast.issuedAtMs > issuedAtMs;
    if (isLate !== late) tell(`it should be marked ${isLate ? 'late' : 'current'}, is marked ${late ? 'late' : 'current'}`);
    if (late && assessment) tell('an older forecast than the current one carries an assessment');
  }
  const isTaken = known.takeIn(event, document);
  const isLateForecast = event.type === 'forecast-recorded' && event.late;
  if ('digest' in event && (!document || (!isTaken && !isLateForecast))) tell(`its values (${event.digest}) are not in the bundle`);
  return isTaken;
}

function regrade({ plans, aqiTables }: EpisodeRecord, known: KnownAir, newest: Assessment | null, row: LedgerRow, recorded: Assessment | null): Regraded {
  const plan = plans.get(row.planDigest);
  const tables = plan && aqiTables.get(plan.settings.aqiTables);
  if (!plan || !tables) return { row, recorded, anew: null, promptOn: 'high', isNews: false };
  const { assess, saysSomethingNew } = knownRules(row.rulesVersion);
  const anew = assess(plan, tables, known.inputAt(`A${row.seq}`, row.planAtMs), row.planAtMs);
  const isNews = row.event.type !== 'observations-recorded' || saysSomethingNew(plan, newest, anew);
  return { row, recorded, anew, promptOn: plan.settings.promptOn, isNews };
}

function documentOf({ documents }: Frame, digest: string): ForecastDocument | ObservationsDocument | null {
  const body = documents.get(digest);
  return body ? (JSON.parse(Buffer.from(body).toString('utf8')) as ForecastDocument | ObservationsDocument) : null;
}
