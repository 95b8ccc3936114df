/** One event in words. */
import type { Act, EvidenceRef } from '../../domain/act.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { SuperiorOrder, Transmission } from '../../domain/order.js';
import type { LevelId, Plan } from '../../domain/plan.js';
import type { Text } from '../../domain/text.js';
import { levelName, responseName } from '../parts/plan-words.js';
import type { Page } from '../web/page.js';
import { instantText } from '../web/time.js';

/** Words, and the instants among them. */
export type Detail = readonly (string | number)[];

export interface Told {
  readonly kind: 'decisions' | 'reports' | 'notices' | 'orders' | 'technical';
  readonly detail: Detail;
  readonly act?: Act | null;
  readonly late?: boolean;
  /** To the request, or to the receipt of what was decided. */
  readonly href?: string;
  /** Of what was signed. */
  readonly digest?: string;
  readonly evidence?: readonly EvidenceRef[];
}

export function nameOf(page: Page, plan: Plan, ownerId: string): string {
  const unit = plan.units.find((u) => u.id === ownerId);
  return unit ? page.tell(unit.shortName) : (page.t.role[ownerId as keyof Page['t']['role']] ?? ownerId);
}

/** A detail as plain text. */
export function detailText({ nowMs, lang }: Page, detail: Detail): string {
  return detail.map((piece) => (typeof piece === 'number' ? instantText(piece, nowMs, lang) : piece)).join('');
}

/** `rows` are those of the event's episode, among which stands what it refers to. */
export function tell(page: Page, plan: Plan, event: EpisodeEvent, rows: readonly LedgerRow[]): Told {
  const { t } = page;
  const name = (level: LevelId | null) => levelName(page, plan, level);
  const where = (part: Text | undefined) => (part ? page.tell(part) : '');
  const joined = (...parts: readonly string[]) => [parts.filter((x) => x !== '').join(' · ')];
  const episodeId = (rows[0]?.stream ?? '').replace(/^episode\//, '');
  const request = (requestId: string) => `/approvals/${encodeURIComponent(episodeId)}/${encodeURIComponent(requestId)}`;
  const receipt = (requestId: string, step: number) => `${request(requestId)}/receipt?step=${step}`;
  switch (event.type) {
    case 'episode-opened':
      return { kind: 'decisions', detail: [event.number] };
    case 'consultation-prompted':
      return { kind: 'decisions', detail: joined(t.episodes.prompts[event.prompt.reason], event.prompt.level === null ? '' : name(event.prompt.level)) };
    case 'consultation-recorded': {
      const { advice, level, text, dissent } = event.conclusion;
      return { kind: 'decisions', act: event.act, detail: joined(`${t.approval.advice[advice] ?? advice}${level === null ? '' : name(level)}`, text, ...dissent.map((d) => t.approval.dissent(d.by, d.opinion))) };
    }
    case 'request-opened':
    case 'request-renewed':
      return { kind: 'decisions', act: event.act, href: request(event.requestId), detail: joined(`${t.action[event.evidence.action]} ${event.evidence.level === null ? '' : name(event.evidence.level)}`, where(event.evidence.part)) };
    case 'request-basis-changed':
      return { kind: 'decisions', detail: [`${name(event.was)} → ${name(event.is)}`] };
    case 'request-withdrawn':
      return { kind: 'decisions', act: event.act, detail: [t.cause[event.reason] ?? event.reason] };
    case 'approval-decided':
      return { kind: 'decisions', act: event.act, href: receipt(event.requestId, event.step), digest: event.evidenceDigest, detail: joined(t.approval.decision[event.decision] ?? event.decision, event.reason ?? '') };
    case 'approval-escalated':
      return { kind: 'decisions', late: true, href: request(event.requestId), detail: [event.tell.map((r) => t.role[r]).join(t.common.comma)] };
    case 'approval-countersigned':
      return { kind: 'decisions', act: event.act, href: receipt(event.requestId, event.step), detail: [] };
    case 'warning-published':
    case 'warning-raised':
    case 'warning-lowered':
    case 'notice-corrected':
      return { kind: 'notices', detail: [...joined(name(event.notice.level), where(event.notice.part)), ` · ${t.forecasts.dustFrom} `, event.notice.effectiveAtMs] };
    case 'response-began':
      return { kind: 'decisions', detail: [`${name(event.level)} · `, event.effectiveAtMs] };
    case 'response-adjusted':
      return { kind: 'decisions', act: event.act, detail: joined(responseName(page, plan, event.responseLevel), event.reason) };
    case 'order-received':
    case 'order-transmission-added': {
      const sent = event.type === 'order-received' ? event.order.transmissions[0] : event.order.transmissions.at(-1);
      const said = orderWords(page, plan, event.order);
      return { kind: 'orders', detail: sent ? [`${said} · `, ...transmissionWords(page, sent)] : [said], evidence: sent?.documentDigest ? [{ digest: sent.documentDigest, title: t.office.file }] : [] };
    }
    case 'order-checked':
      return { kind: 'orders', act: event.act, detail: joined(orderNamed(page, plan, rows, event.orderId), event.confirmed ? t.office.confirmed : t.office.voided, event.reason ?? '') };
    case 'order-took-effect':
      return { kind: 'orders', detail: joined(orderNamed(page, plan, rows, event.orderId), event.floor === null ? '' : name(event.floor)) };
    case 'relay-signed':
    case 'order-left':
    case 'order-taken-up':
      return { kind: 'orders', detail: [orderNamed(page, plan, rows, event.orderId)] };
    case 'lift-issued':
      return { kind: 'notices', detail: [event.lift.effectiveAtMs] };
    case 'part-lifted':
      return { kind: 'notices', detail: [`${where(event.part)} · `, event.effectiveAtMs] };
    case 'lift-postponed':
      return { kind: 'notices', act: event.act, detail: [event.toMs, ` · ${event.reason}`] };
    case 'lift-rescinded':
      return { kind: 'notices', act: event.act, detail: joined(where(event.notice.part), t.cause[event.reason] ?? event.reason) };
    case 'response-ended':
      return { kind: 'decisions', detail: [event.effectiveAtMs, ...observedWords(page, event)] };
    case 'measures-adjusted':
      return { kind: 'decisions', act: event.act, detail: joined(t.unit.change[event.change.kind] ?? event.change.kind, page.tell(event.change.scope), event.change.basis) };
    case 'task-assigned':
      return { kind: 'decisions', act: event.act, detail: joined(nameOf(page, plan, event.ownerId), page.tell(event.content)) };
    case 'task-closed': {
      const assigned = rows.map((r) => r.event as EpisodeEvent).find((e) => e.type === 'task-assigned' && e.taskId === event.taskId);
      return { kind: 'decisions', act: event.act, detail: assigned?.type === 'task-assigned' ? joined(nameOf(page, plan, assigned.ownerId), page.tell(assigned.content)) : [] };
    }
    case 'deadlines-settled': {
      const breached = event.groups.filter((g) => g.moment === 'due' && g.open.length > 0);
      const detail = breached.map((g) => `${page.tell(plan.obligations.find((o) => g.groupId.startsWith(`${o.kind}:`))?.title ?? { zh: g.groupId, en: g.groupId })} ${t.desk.open(g.open.length)}`).join(t.common.comma);
      return { kind: breached.length > 0 ? 'reports' : 'technical', late: breached.length > 0, detail: [detail] };
    }
    case 'evaluation-opened':
      return { kind: 'decisions', detail: [] };
    case 'episode-closed':
      return { kind: 'decisions', act: event.act, detail: [t.episodes.ending[event.ending] ?? event.ending] };
    case 'assessment-noted':
      return { kind: 'technical', detail: [event.assessment.processes[0] ? name(event.assessment.processes[0].level) : t.common.noLevel] };
    case 'prompt-cleared':
      return { kind: 'technical', detail: [] };
  }
}

/** R9: the observation at the hour of the lift; rules of version 1 name no hour. */
function observedWords({ t, nowMs, lang }: Page, { observedAqi, observedAtMs, belowLine }: EventOf<'response-ended'>): Detail {
  if (observedAtMs === undefined) return observedAqi === null ? [] : [` · AQI ${observedAqi}`];
  if (observedAqi === null || observedAtMs === null) return [` · ${t.episodes.notObservedAtLift}`];
  return [` · ${t.episodes.observedAtLift({ at: instantText(observedAtMs, nowMs, lang), aqi: observedAqi, below: belowLine === true })}`];
}

function orderWords(page: Page, plan: Plan, { issuer, kind, level, documentNumber }: SuperiorOrder): string {
  const { t } = page;
  return [t.desk.issuers[issuer] ?? issuer, t.office.orderKind[kind] ?? kind, level === null ? '' : levelName(page, plan, level), documentNumber ?? ''].filter((x) => x !== '').join(' · ');
}

/** An order by what it was when it came in. */
function orderNamed(page: Page, plan: Plan, rows: readonly LedgerRow[], orderId: string): string {
  const received = rows.map((r) => r.event as EpisodeEvent).find((e) => e.type === 'order-received' && e.order.id === orderId);
  return received?.type === 'order-received' ? orderWords(page, plan, received.order) : '';
}

/** How it came, from whom, and who took it. */
function transmissionWords({ t }: Page, { channel, atMs, from, takenBy }: Transmission): Detail {
  return [`${t.channel[channel]} `, atMs, `${t.common.comma}${t.office.from}${t.common.colon}${from}${t.common.comma}${t.office.takenBy}${t.common.colon}${takenBy.name}（${t.role[takenBy.role]}）`];
}
