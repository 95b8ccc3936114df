/** From the ledger's rows to what people would tell: one line per event that matters, the rest behind. */
import type { Act } from '../../domain/act.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { LevelId, Plan } from '../../domain/plan.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import type { Page } from '../web/page.js';
import { levelName } from '../parts/plan-words.js';
import { instantText, shortDay } from '../web/time.js';

export const FILTERS = ['all', 'decisions', 'reports', 'notices', 'orders', 'late'] as const;
export type Filter = (typeof FILTERS)[number];

export interface Line {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: 'decisions' | 'reports' | 'notices' | 'orders' | 'technical';
  readonly late: boolean;
  readonly what: string;
  readonly detail: string;
  readonly act: Act | null;
  readonly clause: string | null;
  /** In force from this line on. */
  readonly level: LevelId | null;
  readonly isReport: boolean;
  /** Single acts folded into the line. */
  readonly parts: readonly string[];
}

type Told = Pick<Line, 'kind' | 'detail'> & Partial<Pick<Line, 'act' | 'late'>>;

/** Oldest first. */
export function linesOf(page: Page, plan: Plan, rows: readonly LedgerRow[]): Line[] {
  const lines: Line[] = [];
  let level: LevelId | null = null;
  for (const row of rows) {
    const event = row.event as EpisodeEvent;
    if (event.type === 'response-began') level = event.level;
    if (event.type === 'response-ended') level = null;
    const told = row.kind === 'decision' ? tell(page, plan, event) : { kind: 'technical' as const, detail: '' };
    const base = { seq: row.seq, atMs: row.planAtMs, clause: row.event.clause ?? null, level, parts: [], act: null, late: false, isReport: false };
    if (row.kind !== 'submission') lines.push({ ...base, what: page.t.event[row.event.type] ?? row.event.type, ...told });
  }
  const sorted = [...lines, ...reports(page, plan, rows)].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  let standing: LevelId | null = null;
  return sorted.map((line) => (line.isReport ? { ...line, level: standing } : { ...line, level: (standing = line.level) }));
}

/** Reports of one kind and period are one line, told when the first of them came. */
function reports(page: Page, plan: Plan, rows: readonly LedgerRow[]): Line[] {
  const { t } = page;
  const groups = new Map<string, LedgerRow[]>();
  for (const row of rows.filter((r) => r.kind === 'submission')) {
    const { kind, obligationId, ownerId } = row.event as unknown as SubmissionEvent;
    const key = `${kind}:${obligationId.slice(kind.length + 1, -ownerId.length - 1)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.entries()].map(([key, group]) => {
    const events = group.map((r) => r.event as unknown as SubmissionEvent);
    const [first] = events;
    const kind = first?.kind ?? 'daily-report';
    const ref = key.slice(kind.length + 1);
    const title = plan.obligations.find((o) => o.kind === kind)?.title ?? { zh: kind, en: kind };
    const day = /^\d{4}-\d\d-\d\d$/.test(ref) ? ` ${shortDay(ref)}` : '';
    const single = events.length === 1;
    return {
      seq: group[0]?.seq ?? 0,
      atMs: group[0]?.planAtMs ?? 0,
      kind: 'reports' as const,
      late: false,
      what: `${page.tell(title)}${day}`,
      detail: single ? '' : t.common.total(events.length),
      act: single ? (first?.act ?? null) : null,
      clause: first?.clause ?? null,
      level: null,
      isReport: true,
      parts: single ? [] : events.map((e) => `${nameOf(page, plan, e.ownerId)} ${instantText(e.countsAtMs, page.nowMs, page.lang)}${e.version > 1 ? ` ${t.report.version(e.version)}` : ''}${e.nil ? ` ${t.report.nil}` : ''}`),
    };
  });
}

export function nameOf(page: Page, plan: Plan, ownerId: string): string {
  const unit = plan.units.find((u) => u.id === ownerId);
  return unit ? page.tell(unit.shortName) : (page.t.role[ownerId as keyof Page['t']['role']] ?? ownerId);
}

/** R9: the observation at the hour of the lift; rules of version 1 name no hour. */
function observedWords({ t, nowMs, lang }: Page, { observedAqi, observedAtMs, belowLine }: EventOf<'response-ended'>): string[] {
  if (observedAtMs === undefined) return observedAqi === null ? [] : [`AQI ${observedAqi}`];
  if (observedAqi === null || observedAtMs === null) return [t.episodes.notObservedAtLift];
  return [t.episodes.observedAtLift({ at: instantText(observedAtMs, nowMs, lang), aqi: observedAqi, below: belowLine === true })];
}

/** One event in words. */
export function tell(page: Page, plan: Plan, event: EpisodeEvent): Told {
  const { t, lang, nowMs } = page;
  const at = (ms: number) => instantText(ms, nowMs, lang);
  const name = (level: LevelId | null) => levelName(page, plan, level);
  switch (event.type) {
    case 'episode-opened':
      return { kind: 'decisions', detail: event.number };
    case 'consultation-prompted':
      return { kind: 'decisions', detail: [t.episodes.prompts[event.prompt.reason], ...(event.prompt.level === null ? [] : [name(event.prompt.level)])].join(' · ') };
    case 'consultation-recorded': {
      const { advice, level, text, dissent } = event.conclusion;
      return { kind: 'decisions', act: event.act, detail: [`${t.approval.advice[advice] ?? advice}${level === null ? '' : name(level)}`, text, ...dissent.map((d) => t.approval.dissent(d.by, d.opinion))].filter((x) => x !== '').join(' · ') };
    }
    case 'request-opened':
    case 'request-renewed':
      return { kind: 'decisions', act: event.act, detail: `${t.action[event.evidence.action]} ${event.evidence.level === null ? '' : name(event.evidence.level)}` };
    case 'request-basis-changed':
      return { kind: 'decisions', detail: `${name(event.was)} → ${name(event.is)}` };
    case 'request-withdrawn':
      return { kind: 'decisions', act: event.act, detail: event.reason };
    case 'approval-decided':
      return { kind: 'decisions', act: event.act, detail: [t.approval.decision[event.decision] ?? event.decision, event.reason ?? ''].filter((x) => x !== '').join(' · ') };
    case 'approval-escalated':
      return { kind: 'decisions', late: true, detail: event.tell.map((r) => t.role[r]).join(t.common.comma) };
    case 'approval-countersigned':
      return { kind: 'decisions', act: event.act, detail: '' };
    case 'warning-published':
    case 'warning-raised':
    case 'warning-lowered':
    case 'notice-corrected':
      return { kind: 'notices', detail: `${name(event.notice.level)} · ${t.forecasts.dustFrom} ${at(event.notice.effectiveAtMs)} · ${event.notice.id}` };
    case 'response-began':
      return { kind: 'decisions', detail: `${name(event.level)} · ${at(event.effectiveAtMs)}` };
    case 'response-adjusted':
      return { kind: 'decisions', act: event.act, detail: `${event.responseLevel} · ${event.reason}` };
    case 'order-received':
    case 'order-transmission-added': {
      const { issuer, kind, level, documentNumber } = event.order;
      return { kind: 'orders', detail: [t.desk.issuers[issuer] ?? issuer, t.office.orderKind[kind] ?? kind, level === null ? '' : name(level), documentNumber ?? ''].filter((x) => x !== '').join(' · ') };
    }
    case 'order-checked':
      return { kind: 'orders', act: event.act, detail: event.confirmed ? t.office.confirmed : t.office.voided };
    case 'order-took-effect':
      return { kind: 'orders', detail: event.floor === null ? '' : name(event.floor) };
    case 'relay-signed':
    case 'order-left':
    case 'order-taken-up':
      return { kind: 'orders', detail: event.orderId };
    case 'lift-issued':
      return { kind: 'notices', detail: at(event.lift.effectiveAtMs) };
    case 'lift-postponed':
      return { kind: 'notices', act: event.act, detail: `${at(event.toMs)} · ${event.reason}` };
    case 'lift-rescinded':
      return { kind: 'notices', act: event.act, detail: event.reason };
    case 'response-ended':
      return { kind: 'decisions', detail: [at(event.effectiveAtMs), ...observedWords(page, event)].join(' · ') };
    case 'measures-adjusted':
      return { kind: 'decisions', act: event.act, detail: `${t.unit.change[event.change.kind] ?? event.change.kind} · ${page.tell(event.change.scope)} · ${event.change.basis}` };
    case 'task-assigned':
      return { kind: 'decisions', act: event.act, detail: `${nameOf(page, plan, event.ownerId)} · ${page.tell(event.content)}` };
    case 'task-closed':
      return { kind: 'decisions', act: event.act, detail: event.taskId };
    case 'deadlines-settled': {
      const breached = event.groups.filter((g) => g.moment === 'due' && g.open.length > 0);
      const detail = breached.map((g) => `${page.tell(plan.obligations.find((o) => g.groupId.startsWith(`${o.kind}:`))?.title ?? { zh: g.groupId, en: g.groupId })} ${t.desk.open(g.open.length)}`).join(t.common.comma);
      return { kind: breached.length > 0 ? 'reports' : 'technical', late: breached.length > 0, detail };
    }
    case 'evaluation-opened':
      return { kind: 'decisions', detail: '' };
    case 'episode-closed':
      return { kind: 'decisions', act: event.act, detail: t.episodes.ending[event.ending] ?? event.ending };
    case 'assessment-noted':
      return { kind: 'technical', detail: event.assessment.processes[0] ? name(event.assessment.processes[0].level) : t.common.noLevel };
    case 'prompt-cleared':
      return { kind: 'technical', detail: '' };
  }
}
