/** Why a use case did not happen, for whoever called it; how it is told (HTTP, a page) is theirs. */
import type { Refusal } from '../domain/refusal.js';
import type { Clause } from '../domain/plan.js';
import type { Text } from '../domain/text.js';

export interface Fault {
  /** Dotted path into what was given. */
  readonly path: string;
  readonly message: string;
}

export type Failure =
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'forbidden'; readonly clause: Clause; readonly text: Text }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly kind: 'not-found'; readonly what: string }
  /** A rule of the plan said no. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'conflict'; readonly text: Text }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** The engine gave no answer in time; the same key tells later. */
  | { readonly kind: 'outcome-unknown' }
  /** Decided by rules that only a newer build knows. */
  | { readonly kind: 'newer-rules'; readonly version: string }
  /** The read model has not come as far as was asked for. */
  | { readonly kind: 'not-yet'; readonly seq: number };

export class UseCaseFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.kind === 'refused' ? failure.refusal.code : failure.kind);
    this.name = 'UseCaseFailure';
  }
}

export const fail = (failure: Failure): UseCaseFailure => new UseCaseFailure(failure);
export const invalid = (path: string, message: string): UseCaseFailure => fail({ kind: 'invalid', faults: [{ path, message }] });
export const notFound = (what: string): UseCaseFailure => fail({ kind: 'not-found', what });
