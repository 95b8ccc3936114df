/** Who may do what (2.1, annex 1): one table, asked in one place. Reads that name no area are open to whoever is signed in. */
import { type Clause, LIFTING_ROLES, type Role, SIGNING_ROLES } from '../domain/plan.js';

interface Right {
  readonly roles: readonly Role[];
  readonly clause: Clause;
}

const OFFICE = ['management', 'director', 'commander'] as const;
const READERS = ['technical', 'management', 'director', 'commander', 'unit', 'prefecture', 'zone', 'auditor', 'administrator', 'integration'] as const;

export const RIGHTS = {
  'record-forecast': { roles: ['technical'], clause: '3.1' },
  'record-observations': { roles: ['technical', 'integration'], clause: '3.1' },
  'flag-dust': { roles: ['technical'], clause: '1.4' },
  'record-order': { roles: ['management'], clause: '3.3.3' },
  'check-order': { roles: ['management', 'director'], clause: '3.3.3' },
  'start-drill': { roles: ['management'], clause: '8.3' },

  'record-consultation': { roles: ['technical'], clause: '附件1 二（一）1' },
  'submit-proposal': { roles: ['management'], clause: '附件1 二（二）5' },
  'consult-on-lift': { roles: LIFTING_ROLES, clause: '3.3.6' },
  'submit-lift': { roles: LIFTING_ROLES, clause: '3.3.6' },
  'withdraw-request': { roles: ['management'], clause: '附件1 二（二）5' },
  'decide-step': { roles: SIGNING_ROLES, clause: '3.3.4' },
  countersign: { roles: SIGNING_ROLES, clause: '8.6' },
  'change-lift': { roles: LIFTING_ROLES, clause: '3.3.6' },
  'adjust-response': { roles: ['director', 'commander'], clause: '4.2' },
  'adjust-measures': { roles: OFFICE, clause: '4.2' },
  'propose-correction': { roles: ['management'], clause: '3.3.4' },
  'assign-task': { roles: OFFICE, clause: '附件1 二（二）1' },
  'declare-not-applicable': { roles: ['technical', 'management'], clause: '1.4' },
  'withdraw-episode': { roles: ['management'], clause: '附件1 二（二）10' },
  'submit-evaluation': { roles: ['management'], clause: '附件1 二（二）4' },

  acknowledge: { roles: ['unit'], clause: '4.2' },
  report: { roles: ['unit'], clause: '5.1(1)' },
  'give-task-feedback': { roles: ['unit', 'technical', 'management'], clause: '1.4(3)' },
  'office-report': { roles: ['management'], clause: '5.1(3)' },
  bulletin: { roles: ['management'], clause: '5.1(2)' },
  publication: { roles: ['management'], clause: '3.3.5' },
  'technical-report': { roles: ['technical'], clause: '附件1 二(一).2' },
  'confirm-receipt': { roles: ['unit', 'prefecture', 'zone', 'director', 'commander'], clause: '3.3.4' },
  /** Entering what somebody else did (代录): by phone, on paper, after an outage. */
  'record-for-another': { roles: ['management', 'technical'], clause: '8.6' },

  /** Drafts and attachments; whoever only reads leaves nothing here. */
  prepare: { roles: ['technical', 'management', 'director', 'commander', 'unit', 'prefecture', 'zone', 'administrator'], clause: '5.1' },

  read: { roles: READERS, clause: '5.2' },
  'read-record': { roles: ['auditor', 'management', 'director', 'commander'], clause: '5.2' },
  /** Today's code carries out an archived history again. */
  'replay-history': { roles: ['auditor', 'administrator', 'management', 'director', 'commander'], clause: '5.2' },
  'manage-accounts': { roles: ['administrator'], clause: '6.2' },
  delegate: { roles: ['administrator', 'director', 'commander', 'management', 'technical', 'unit'], clause: '2.1' },
} as const satisfies Record<string, Right>;

export type UseCase = keyof typeof RIGHTS;

export function mayDo(useCase: UseCase, role: Role): boolean {
  return (RIGHTS[useCase].roles as readonly Role[]).includes(role);
}
