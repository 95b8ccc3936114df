/** Every submission anew (5.1, R30): it was owed, open, the owner's to hand in, and counts from when it should. */
import { difference, type Tell } from '../fault.js';
import type { Frame, Visitor } from '../walk.js';
import { rowName } from './names.js';

export function submissionsAnew({ plan, rules }: Frame, tell: Tell): Visitor {
  return {
    submission(row, event, { state, filed }) {
      if (!state) return tell(rowName(row), 'handed in before the episode began');
      const { obligationId, documentDigest, nil, act, reviewedBy, correctionReason } = event;
      const submission = { obligationId, documentDigest, nil, act, reviewedBy, correctionReason };
      const decided = rules.decideSubmission(plan, state, filed.get(obligationId) ?? null, submission, row.planAtMs);
      if (!decided.ok) return tell(rowName(row), `the rules refuse this (${decided.refusal.code}, clause ${decided.refusal.clause}): ${decided.refusal.text.en}`);
      const what = difference(decided.value, event);
      if (what !== null) tell(rowName(row), what);
    },
  };
}
