/** What the rows come to, for people: derived when a bundle is made, derived again when it is checked. */
import { obligations } from '../domain/episode/deadlines.js';
import type { EpisodeEvent, EventOf, NoticeFacts } from '../domain/episode/events.js';
import type { EpisodeState } from '../domain/episode/state.js';
import type { EpisodeAudit } from '../domain/delivery.js';
import { attestedAtMs, type Act, type Signatory } from '../domain/act.js';
import type { LedgerRow } from '../domain/ledger.js';
import { type Obligation, obligationStatus, type ObligationStatus } from '../domain/obligation.js';
import type { Filed, SubmissionEvent } from '../domain/submission.js';
import { type Frame, handle, type Handlers, walk } from './walk.js';

export interface ObligationView extends Obligation {
  /** When it counts as handed in or done; null while it is open. */
  readonly submittedAtMs: number | null;
  readonly versions: number;
  readonly status: ObligationStatus;
}

export interface NoticeView extends NoticeFacts {
  readonly clause: string;
  readonly issuedAtMs: number;
  readonly seq: number;
  readonly deliveries: readonly { readonly recipient: string; readonly channel: string; readonly atMs: number }[];
  readonly receipts: readonly { readonly recipient: string; readonly atMs: number; readonly by: Signatory }[];
}

export interface ApprovalView {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly requestId: string;
  readonly step: number | null;
  readonly decision: string | null;
  readonly act: Act | null;
}

export interface RefusalView {
  readonly seq: number;
  readonly atMs: number;
  readonly clause: string;
  readonly accountId: string;
  readonly what: string;
  readonly code: string;
}

export interface Views {
  readonly obligations: readonly ObligationView[];
  readonly notices: readonly NoticeView[];
  readonly approvals: readonly ApprovalView[];
  readonly refusals: readonly RefusalView[];
}

/** Everything as of the recording of the last row. */
export function viewsOf(frame: Frame): Views {
  const { episodeRows } = frame.record;
  let owed: ObligationView[] = [];
  walk(frame, [{ end: ({ state, filed }) => (owed = state ? obligationViews(frame, state, filed, asOfPlanMs(episodeRows)) : []) }]);
  return { obligations: owed, notices: noticeViews(episodeRows), approvals: episodeRows.flatMap(approvalView), refusals: episodeRows.flatMap(refusalView) };
}

/** Plan time of a record's end: rows are recorded in order, but a decision is dated when it was made. */
export function asOfPlanMs(rows: readonly LedgerRow[]): number {
  return rows.reduce((latest, row) => Math.max(latest, row.planAtMs), 0);
}

function obligationViews({ plan }: Frame, state: EpisodeState, filed: ReadonlyMap<string, Filed>, nowMs: number): ObligationView[] {
  return obligations(plan, state, nowMs).map((o) => {
    const found = filed.get(o.id);
    const submittedAtMs = found?.submittedAtMs ?? state.discharged[o.groupId] ?? null;
    return { ...o, submittedAtMs, versions: found?.version ?? 0, status: obligationStatus(o, submittedAtMs, nowMs, plan.dueSoon) };
  });
}

function noticeViews(rows: readonly LedgerRow[]): NoticeView[] {
  return rows.flatMap((row) => {
    const event = row.event as EpisodeEvent;
    if (row.kind !== 'decision' || !('notice' in event)) return [];
    const { notice, clause, atMs } = event;
    const told = rows.filter((r) => r.kind === 'audit').map((r) => r.event as EpisodeAudit);
    const deliveries = told.flatMap((e) => (e.type === 'notice-delivered' && e.noticeId === notice.id ? e.recipients.map((recipient) => ({ recipient, channel: e.channel, atMs: e.atMs })) : []));
    const receipts = told.flatMap((e) => (e.type === 'notice-receipted' && e.noticeId === notice.id ? [{ recipient: e.recipient, atMs: attestedAtMs(e.act, e.atMs), by: e.act.actor }] : []));
    return [{ ...notice, clause, issuedAtMs: atMs, seq: row.seq, deliveries, receipts: [...receipts, ...acknowledgements(rows, notice.id)] }];
  });
}

/** A unit's acknowledgement (签收) is its receipt. */
function acknowledgements(rows: readonly LedgerRow[], noticeId: string): NoticeView['receipts'] {
  return rows.flatMap((row) => {
    const event = row.event as SubmissionEvent;
    const isIts = row.kind === 'submission' && event.kind === 'acknowledgement' && event.version === 1 && event.obligationId === `acknowledgement:${noticeId}:${event.ownerId}`;
    return isIts ? [{ recipient: `unit:${event.ownerId}`, atMs: event.countsAtMs, by: event.act.actor }] : [];
  });
}

function approvalView({ kind, seq, event }: LedgerRow): ApprovalView[] {
  const view = kind === 'decision' ? handle(event as EpisodeEvent, APPROVALS) : undefined;
  return view ? [{ seq, ...view }] : [];
}

type ApprovalEvent = EventOf<'request-opened' | 'request-renewed' | 'request-withdrawn' | 'approval-decided' | 'approval-countersigned'>;

function approvalOf(event: ApprovalEvent): Omit<ApprovalView, 'seq'> {
  const { type, atMs, requestId, act } = event;
  return { atMs, type, requestId, step: 'step' in event ? event.step : null, decision: 'decision' in event ? event.decision : null, act };
}

const APPROVALS: Handlers<Omit<ApprovalView, 'seq'>> = {
  'request-opened': approvalOf,
  'request-renewed': approvalOf,
  'request-withdrawn': approvalOf,
  'approval-decided': approvalOf,
  'approval-countersigned': approvalOf,
};

function refusalView({ kind, seq, event: recorded }: LedgerRow): RefusalView[] {
  const event = recorded as EpisodeAudit;
  if (kind !== 'audit' || event.type !== 'refused') return [];
  const { atMs, clause, accountId, what, code } = event;
  return [{ seq, atMs, clause, accountId, what, code }];
}
