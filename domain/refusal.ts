/** Why a command was not carried out: a value, with a stable code and the clause it rests on. */
import type { Clause } from './plan.js';
import type { Text } from './text.js';

export type RefusalCode =
  | 'wrong-phase'
  | 'expired'
  | 'unknown-reference'
  | 'invalid'
  | 'not-your-role'
  | 'no-consultation'
  | 'request-open'
  | 'request-closed'
  | 'not-your-step'
  | 'same-person-twice'
  | 'needs-two-people'
  | 'basis-changed'
  | 'evidence-changed'
  | 'reason-required'
  | 'below-floor'
  | 'not-higher'
  | 'not-lower'
  | 'lower-condition-not-met'
  | 'lift-condition-not-met'
  | 'retroactive'
  | 'too-far-ahead'
  | 'no-clear-improvement-not-stated'
  | 'not-sand-dust'
  | 'already-done'
  | 'already-filed'
  | 'not-open-yet'
  | 'not-owner'
  | 'not-owed';

export interface Refusal {
  readonly code: RefusalCode;
  readonly clause: Clause;
  readonly text: Text;
  /** Where in the command the fault is, e.g. `effectiveAtMs`. */
  readonly path?: string;
  /** What differs, for `evidence-changed`. */
  readonly difference?: Readonly<Record<string, { readonly was: unknown; readonly is: unknown }>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(
  code: RefusalCode,
  clause: Clause,
  zh: string,
  en: string,
  extra: Pick<Refusal, 'path' | 'difference'> = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, clause, text: { zh, en }, ...extra } };
}
