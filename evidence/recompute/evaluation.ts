/** The evaluation says what was never handed in (5.2): the approver signs for that, too. */
import { obligations } from '../../domain/episode/deadlines.js';
import type { EventOf } from '../../domain/episode/events.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Filed } from '../../domain/submission.js';
import { difference, type Tell } from '../fault.js';
import type { Frame, Visitor } from '../walk.js';
import { rowName } from './names.js';
import { CLOCK_STEP_MS, DECISION_VALID_MS } from './tolerances.js';

interface Owed {
  readonly id: string;
  readonly kind: string;
  readonly ownerId: string;
  readonly dueAtMs: number | null;
  readonly submittedAtMs: number | null;
}

export function evaluationsWhole(frame: Frame, tell: Tell): Visitor {
  /** What was handed in, newest last: an evaluation is written in the moments before it is recorded. */
  const handedIn: { readonly id: string; readonly recordedAtMs: number; readonly before: Filed | undefined }[] = [];

  function evaluated(row: LedgerRow, { evidence, atMs }: EventOf<'request-opened'>, state: EpisodeState, filed: ReadonlyMap<string, Filed>): void {
    const known = new Map(filed);
    let fault: string | null = null;
    for (let i = handedIn.length; ; i--) {
      const found = faultOf(owedBy(frame, state, known, atMs), evidence.missing, contentOf(frame, evidence.subject), state);
      if (found === null) return;
      fault ??= found;
      const last = handedIn[i - 1];
      if (!last || row.recordedAtMs - last.recordedAtMs > DECISION_VALID_MS + CLOCK_STEP_MS) break;
      if (last.before) known.set(last.id, last.before);
      else known.delete(last.id);
    }
    tell(rowName(row), fault);
  }

  return {
    submission(row, { obligationId }, { filed }) {
      handedIn.push({ id: obligationId, recordedAtMs: row.recordedAtMs, before: filed.get(obligationId) });
    },
    batch({ rows, events }, { state, filed }) {
      events.forEach((event, i) => {
        const row = rows[i];
        if (row && state && event.type === 'request-opened' && event.evidence.action === 'evaluate') evaluated(row, event, state, filed);
      });
    },
  };
}

function owedBy({ plan }: Frame, state: EpisodeState, filed: ReadonlyMap<string, Filed>, nowMs: number): Owed[] {
  return obligations(plan, state, nowMs)
    .filter((o) => o.kind !== 'evaluation')
    .map(({ id, groupId, kind, ownerId, dueAtMs }) => ({ id, kind, ownerId, dueAtMs, submittedAtMs: filed.get(id)?.submittedAtMs ?? state.discharged[groupId] ?? null }));
}

interface Content {
  readonly missing: readonly string[];
  readonly levels: unknown;
  readonly lift: unknown;
  readonly numbers: Readonly<Record<string, unknown>>;
}

/** Null where the document is not there, of which another check tells. */
function contentOf({ documents }: Frame, digest: string | null): Content | null {
  const body = documents.get(digest ?? '');
  return body ? (JSON.parse(Buffer.from(body).toString('utf8')) as Content) : null;
}

/** How the air was, and how well it was forecast, are not counted anew here. */
function faultOf(owed: readonly Owed[], missing: readonly string[], content: Content | null, { levels, lift }: EpisodeState): string | null {
  const open = owed.filter((o) => o.submittedAtMs === null).map((o) => o.id);
  const hidden = open.filter((id) => !missing.includes(id));
  if (hidden.length > 0) return `${hidden.length} obligations never fulfilled are not before the approver (5.2): ${hidden.slice(0, 3).join(', ')}`;
  const made = missing.filter((id) => !open.includes(id));
  if (made.length > 0) return `it says that these are missing, and they are not (5.2): ${made.slice(0, 3).join(', ')}`;
  if (content === null) return null;
  const [first] = levels;
  const counts: Readonly<Record<string, unknown>> = {
    all: counted(owed),
    byKind: countedBy(owed, (o) => o.kind),
    byOwner: countedBy(owed, (o) => o.ownerId),
    durationMs: first && lift ? lift.effectiveAtMs - first.fromMs : null,
  };
  // An earlier program counted less: what a document does not give cannot be wrong, the whole it must give.
  const given = Object.keys(counts).filter((key) => key === 'all' || key in content.numbers);
  const numbersOf = (from: Readonly<Record<string, unknown>>) => Object.fromEntries(given.map((key) => [key, from[key]]));
  const what = difference({ missing, levels, lift, numbers: numbersOf(counts) }, { missing: content.missing, levels: content.levels, lift: content.lift, numbers: numbersOf(content.numbers) });
  return what === null ? null : `its document: ${what}`;
}

function countedBy(owed: readonly Owed[], keyOf: (o: Owed) => string): Record<string, ReturnType<typeof counted>> {
  return Object.fromEntries([...new Set(owed.map(keyOf))].map((key) => [key, counted(owed.filter((o) => keyOf(o) === key))]));
}

function counted(owed: readonly Owed[]) {
  const missing = owed.filter((o) => o.submittedAtMs === null).length;
  const late = owed.filter((o) => o.submittedAtMs !== null && o.dueAtMs !== null && o.submittedAtMs > o.dueAtMs).length;
  return { owed: owed.length, onTime: owed.length - missing - late, late, missing };
}
