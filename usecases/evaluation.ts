/** The evaluation (5.2): what was owed and handed in is counted by the system; the office adds what it makes of it. */
import { z } from 'zod';
import { canonicalJson, sha256Hex } from '../domain/digest.js';
import type { EpisodeState } from '../domain/episode/state.js';
import { saveDocument } from '../db/documents.js';
import { ensureObligations } from '../db/ledger/submissions.js';
import { type ObligationRow, obligationsOf } from '../db/read/obligations.js';
import { requireDocuments } from './acts.js';
import type { Caller } from './caller.js';
import { decide, type Decided } from './decide.js';
import type { Deps } from './deps.js';
import { fail } from './failure.js';
import { type AirRecord, airRecord } from './forecast-history.js';
import { envelope, words } from './schemas.js';
import { reportContent } from './report-form.js';
import { knownRules } from './rules.js';

export const newEvaluation = z.strictObject({
  summary: words(4000),
  /** How far the measures were carried out, and what they did. */
  implementation: words(20_000).optional(),
  lessons: words(20_000).optional(),
  attachments: reportContent.attachments,
  ...envelope,
});

/** What the evaluation rests on, counted by the system. */
export interface EvaluationNumbers extends AirRecord {
  readonly all: Counted;
  readonly byKind: Readonly<Record<string, Counted>>;
  /** Of each unit and role that owed something. */
  readonly byOwner: Readonly<Record<string, Counted>>;
  /** From the first level's taking effect to the lift's; null where none took effect. */
  readonly durationMs: number | null;
}

export interface Counted {
  readonly owed: number;
  readonly onTime: number;
  readonly late: number;
  readonly missing: number;
}

export function submitEvaluation(deps: Deps, caller: Caller, episodeId: string, input: z.output<typeof newEvaluation>): Promise<Decided> {
  const { summary, implementation, lessons, attachments } = input;
  return decide(deps, caller, episodeId, {
    useCase: 'submit-evaluation',
    envelope: input,
    command: async ({ state, episodePlan, nowMs }, act) => {
      await requireDocuments(deps, caller, attachments, 'attachments');
      await ensureObligations(deps.pool, episodeId, deps.clock);
      const owed = (await obligationsOf(deps.pool, episodeId)).filter((o) => o.kind !== 'evaluation');
      const missing = owed.filter((o) => o.submittedAtMs === null).map((o) => o.id);
      const numbers = await evaluationNumbers(deps, state, owed);
      const content = {
        episodeId,
        number: state.number,
        summary,
        implementation: implementation ?? null,
        lessons: lessons ?? null,
        attachments,
        levels: state.levels,
        lift: state.lift,
        numbers,
        missing,
      };
      const body = canonicalJson(content);
      const command = { type: 'submit-evaluation' as const, documentDigest: sha256Hex(Buffer.from(body)), summary, missing };
      // The document must be there before the decision that names it, and no document for one that is refused.
      const foreseen = knownRules(state.rulesVersion).decide(episodePlan, state, { ...command, act }, nowMs);
      if (!foreseen.ok) throw fail({ kind: 'refused', refusal: foreseen.refusal });
      await saveDocument(deps.pool, { kind: 'evaluation', mediaType: 'application/json', title: `${state.number} 总结评估`, body, attachments, createdAtMs: await deps.clock(deps.pool) });
      return command;
    },
  });
}

type Countable = Pick<ObligationRow, 'kind' | 'ownerId' | 'submittedAtMs' | 'dueAtMs'>;

export async function evaluationNumbers(deps: Deps, state: EpisodeState, owed: readonly Countable[]): Promise<EvaluationNumbers> {
  const [first] = state.levels;
  return {
    all: counted(owed),
    byKind: countedBy(owed, (o) => o.kind),
    byOwner: countedBy(owed, (o) => o.ownerId),
    durationMs: first && state.lift ? state.lift.effectiveAtMs - first.fromMs : null,
    ...(await airRecord(deps, state.areaId, state.openedAtMs, state.lift?.effectiveAtMs ?? state.asOfMs)),
  };
}

function countedBy(owed: readonly Countable[], keyOf: (o: Countable) => string): Record<string, Counted> {
  return Object.fromEntries([...new Set(owed.map(keyOf))].map((key) => [key, counted(owed.filter((o) => keyOf(o) === key))]));
}

/** Only the plan's due time makes late (5.1); what has neither limit is in time whenever it comes. */
export function counted(owed: readonly Pick<ObligationRow, 'submittedAtMs' | 'dueAtMs'>[]): Counted {
  const missing = owed.filter((o) => o.submittedAtMs === null).length;
  const late = owed.filter((o) => o.submittedAtMs !== null && o.dueAtMs !== null && o.submittedAtMs > o.dueAtMs).length;
  return { owed: owed.length, onTime: owed.length - missing - late, late, missing };
}
