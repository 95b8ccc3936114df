/** Who is told what inside the system. Everything here follows from a ledger row, so a rebuild makes the same. */
import type { EpisodeAudit } from '../../domain/delivery.js';
import { chainOf } from '../../domain/episode/decide/chains.js';
import type { EpisodeEvent, EventOf, SettledGroup } from '../../domain/episode/events.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Clause } from '../../domain/plan.js';
import type { Tx } from '../pool.js';
import { recipientOf } from './episodes.js';

export type InboxKind = 'notice' | 'reminder' | 'overdue' | 'escalation' | 'prompt' | 'request' | 'change';

export interface InboxItem {
  readonly recipient: string;
  readonly kind: InboxKind;
  readonly ref: string;
  readonly clause: Clause;
  /** The facts; the page makes the words. */
  readonly body: object;
}

/** Whom a decision concerns; `state` is the one after the event. */
export function itemsOfEvent(plan: EpisodePlan, state: EpisodeState, event: EpisodeEvent): InboxItem[] {
  switch (event.type) {
    case 'consultation-prompted':
      return toRole(consultingRole(plan), 'prompt', event.prompt.reason, event, event.prompt);
    case 'request-opened':
    case 'request-renewed':
      return nextStep(plan, state, event.requestId, event);
    case 'request-basis-changed':
      return toRole(consultingRole(plan), 'prompt', event.requestId, event, { was: event.was, is: event.is });
    case 'approval-decided': {
      const { requestId, decision, last, reason } = event;
      if (decision === 'approve' && !last) return nextStep(plan, state, requestId, event);
      return toRole('management', 'request', requestId, event, { decision, reason });
    }
    case 'approval-escalated':
      return event.tell.flatMap((role) => toRole(role, 'escalation', event.requestId, event, { step: event.step, count: event.count }));
    case 'task-assigned':
      return [{ recipient: recipientOf(plan, event.ownerId), kind: 'request', ref: event.taskId, clause: event.clause, body: { content: event.content, basis: event.basis, targetAtMs: event.targetAtMs, dueAtMs: event.dueAtMs } }];
    case 'deadlines-settled':
      return event.groups.flatMap((group) => ofSettled(plan, group));
    case 'response-adjusted':
      return [...plan.units.map((u) => `unit:${u.id}`), 'role:management'].map((recipient) => toldOfChange(recipient, event, event.responseLevel, { responseLevel: event.responseLevel, reason: event.reason }));
    case 'order-received': {
      // R15: it binds without him, and he is told.
      const { id, issuer, kind, level, effectiveAtMs } = event.order;
      return [toldOfChange('role:commander', event, id, { order: { issuer, kind, level, effectiveAtMs } })];
    }
    // A measure adjusted is told of by `tellOfMeasure`: the whole plan alone knows its units.
    case 'episode-opened':
    case 'assessment-noted':
    case 'prompt-cleared':
    case 'consultation-recorded':
    case 'request-withdrawn':
    case 'approval-countersigned':
    case 'warning-published':
    case 'warning-raised':
    case 'warning-lowered':
    case 'response-began':
    case 'order-left':
    case 'order-taken-up':
    case 'order-transmission-added':
    case 'order-checked':
    case 'order-took-effect':
    case 'relay-signed':
    case 'lift-issued':
    case 'part-lifted':
    case 'lift-postponed':
    case 'lift-rescinded':
    case 'response-ended':
    case 'measures-adjusted':
    case 'notice-corrected':
    case 'task-closed':
    case 'evaluation-opened':
    case 'episode-closed':
      return [];
  }
}

function toldOfChange(recipient: string, { clause }: { readonly clause: Clause }, ref: string, body: object): InboxItem {
  return { recipient, kind: 'change', ref, clause, body };
}

export function itemsOfDelivery({ noticeId, recipients, clause }: Extract<EpisodeAudit, { type: 'notice-delivered' }>): InboxItem[] {
  return recipients.map((r) => ({ recipient: r.includes(':') ? r : `role:${r}`, kind: 'notice', ref: noticeId, clause, body: {} }));
}

function toRole(role: string, kind: InboxKind, ref: string, { clause }: { readonly clause: Clause }, body: object): InboxItem[] {
  return [{ recipient: `role:${role}`, kind, ref, clause, body }];
}

/** Who consults: the owner of the consultation (annex 1). */
function consultingRole(plan: EpisodePlan): string {
  const owner = plan.obligations.find((o) => o.kind === 'consultation')?.owner;
  return owner && 'role' in owner ? owner.role : 'technical';
}

/** The one whose step a request waits for now; nobody's when it has been issued in the same breath. */
function nextStep(plan: EpisodePlan, state: EpisodeState, requestId: string, event: { readonly clause: Clause }): InboxItem[] {
  const request = state.requests.find((r) => r.id === requestId);
  const step = request && chainOf(plan, request.evidence).steps[request.decisions.length];
  if (!step) return [];
  const { action, level, part } = request.evidence;
  return toRole(step.role, 'request', requestId, event, { action, level, step: request.decisions.length, ...(part && { part }) });
}

/** Owners of what is open are reminded, and told when it is overdue; others are told of it at its target and due time. */
function ofSettled(plan: EpisodePlan, { groupId, moment, clause, open, tell, inTime, late }: SettledGroup): InboxItem[] {
  if (moment === 'close' || open.length === 0) return [];
  const kind = moment === 'due' ? 'overdue' : 'reminder';
  const owners = open.map((id) => ({ recipient: recipientOf(plan, id.slice(groupId.length + 1)), kind, ref: id, clause, body: { moment } }) satisfies InboxItem);
  const told = tell.map((role) => ({ recipient: `role:${role}`, kind, ref: groupId, clause, body: { moment, open, inTime, late } }) satisfies InboxItem);
  return [...owners, ...told];
}

/** Writes the items a row gives rise to; twice is once. */
export async function writeInbox(tx: Tx, episode: { readonly id: string; readonly areaId: string }, items: readonly { readonly row: LedgerRow; readonly item: InboxItem }[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map(({ row, item: { recipient, kind, ref, clause, body } }) => ({
    id: `${episode.id}/${row.seq}/${recipient}/${kind}/${ref}`,
    recipient,
    kind,
    ref,
    clause,
    body,
    created_at_ms: row.planAtMs,
    recorded_at_ms: row.recordedAtMs,
    seq: row.seq,
  }));
  await tx.query(
    `insert into inbox (id, recipient, area_id, episode_id, kind, ref, clause, body, created_at_ms, recorded_at_ms, seq)
     select id, recipient, $1, $2, kind, ref, clause, body, created_at_ms, recorded_at_ms, seq
     from json_to_recordset($3) as r (id text, recipient text, kind text, ref text, clause text, body jsonb, created_at_ms bigint, recorded_at_ms bigint, seq bigint)
     on conflict do nothing`,
    [episode.areaId, episode.id, JSON.stringify(rows)],
  );
}

/** Whoever carries a measure out, and the duty desk, learn that it was added, suspended, exempted or restored (4.2): in one statement, as the others are. */
export async function tellOfMeasure(tx: Tx, { id: episodeId, areaId, planDigest }: EpisodeState, row: LedgerRow, { change, clause }: EventOf<'measures-adjusted'>): Promise<void> {
  const { id: ref, ...facts } = change;
  await tx.query(
    `insert into inbox (id, recipient, area_id, episode_id, kind, ref, clause, body, created_at_ms, recorded_at_ms, seq)
     select concat_ws('/', $1::text, $2::bigint, told.recipient, 'change', $3::text), told.recipient, $4, $1, 'change', $3, $5, $6::jsonb || jsonb_build_object('text', m -> 'text'), $7, $8, $2
     from plans cross join lateral jsonb_array_elements(content -> 'measures') m
     cross join lateral (select 'unit:' || unit from jsonb_array_elements_text(m -> 'units') unit union all select 'role:management') told (recipient)
     where digest = $9 and m ->> 'id' = $10
     on conflict do nothing`,
    [episodeId, row.seq, ref, areaId, clause, JSON.stringify(facts), row.planAtMs, row.recordedAtMs, planDigest, change.measureId],
  );
}
