/** From the ledger's rows to what people would tell: one line per event that matters, the rest behind. */
import type { Act, EvidenceRef } from '../../domain/act.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { LevelId, Plan } from '../../domain/plan.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import type { Page } from '../web/page.js';
import type { ShownObligation } from '../../usecases/obligations.js';
import { shortDay } from '../web/time.js';
import { type Detail, nameOf, tell, type Told } from './timeline-words.js';

export const FILTERS = ['all', 'decisions', 'reports', 'notices', 'orders', 'late'] as const;
export type Filter = (typeof FILTERS)[number];

export interface Part {
  readonly href: string;
  readonly detail: Detail;
  readonly late: boolean;
}

export interface Line {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: Told['kind'];
  readonly late: boolean;
  readonly what: string;
  /** To the report, or to the request or its receipt. */
  readonly href: string | null;
  readonly detail: Detail;
  /** Of what was signed. */
  readonly digest: string | null;
  readonly evidence: readonly EvidenceRef[];
  readonly act: Act | null;
  readonly clause: string | null;
  /** In force from this line on. */
  readonly level: LevelId | null;
  readonly isFolded: boolean;
  /** Single acts folded into the line. */
  readonly parts: readonly Part[];
}

/** What was owed, for who was late. */
type Owed = Pick<ShownObligation, 'id' | 'dueAtMs'>;

const NOTHING = { parts: [], act: null, late: false, isFolded: false, href: null, digest: null, evidence: [] } as const;

/** Oldest first. */
export function linesOf(page: Page, plan: Plan, rows: readonly LedgerRow[], owed: readonly Owed[]): Line[] {
  const lines: Line[] = [];
  let level: LevelId | null = null;
  for (const row of rows) {
    const event = row.event as EpisodeEvent;
    if (event.type === 'response-began') level = event.level;
    if (event.type === 'response-ended') level = null;
    const told = row.kind === 'decision' ? tell(page, plan, event, rows) : { kind: 'technical' as const, detail: [] };
    const base = { ...NOTHING, seq: row.seq, atMs: row.planAtMs, clause: row.event.clause ?? null, level };
    if (row.kind !== 'submission' && event.type !== 'approval-escalated') lines.push({ ...base, what: page.t.event[row.event.type] ?? row.event.type, ...told });
  }
  const sorted = [...lines, ...reports(page, plan, rows, owed), ...urgings(page, plan, rows)].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  let standing: LevelId | null = null;
  return sorted.map((line) => (line.isFolded ? { ...line, level: standing } : { ...line, level: (standing = line.level) }));
}

/** Reports of one kind and period are one line, told when the first of them came. */
function reports(page: Page, plan: Plan, rows: readonly LedgerRow[], owed: readonly Owed[]): Line[] {
  const { t } = page;
  const dueAtMs = new Map(owed.map((o) => [o.id, o.dueAtMs ?? Infinity]));
  const isLate = ({ obligationId, countsAtMs }: SubmissionEvent) => countsAtMs > (dueAtMs.get(obligationId) ?? Infinity);
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
    const late = events.filter(isLate).length;
    return {
      ...NOTHING,
      seq: group[0]?.seq ?? 0,
      atMs: group[0]?.planAtMs ?? 0,
      kind: 'reports' as const,
      late: late > 0,
      what: `${page.tell(title)}${day}`,
      href: single && group[0] && first ? reportPath(group[0], first) : null,
      detail: [[single ? '' : t.common.total(events.length), late === 0 ? '' : single ? t.report.late : t.episodes.ofThemLate(late)].filter((x) => x !== '').join(t.common.comma)],
      act: single ? (first?.act ?? null) : null,
      clause: first?.clause ?? null,
      level: null,
      isFolded: true,
      parts: single
        ? []
        : group.map((row, i) => {
            const e = events[i] ?? (row.event as unknown as SubmissionEvent);
            const said = [e.version > 1 ? t.report.version(e.version) : '', isLate(e) ? t.report.late : '', e.nil ? t.report.nil : ''].filter((x) => x !== '');
            return { href: reportPath(row, e), late: isLate(e), detail: [`${nameOf(page, plan, e.ownerId)} `, e.countsAtMs, said.map((x) => ` ${x}`).join('')] };
          }),
    };
  });
}

/** Urging on one step of a request is one line, told when it began. */
function urgings(page: Page, plan: Plan, rows: readonly LedgerRow[]): Line[] {
  const steps = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const event = row.event as EpisodeEvent;
    if (event.type !== 'approval-escalated') continue;
    const key = `${event.requestId} ${event.step}`;
    steps.set(key, [...(steps.get(key) ?? []), row]);
  }
  return [...steps.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const told = tell(page, plan, first.event as EpisodeEvent, rows);
    const parts = group.map((row): Part => ({ href: told.href ?? '', late: true, detail: [row.planAtMs, ' ', ...tell(page, plan, row.event as EpisodeEvent, rows).detail] }));
    return [{ ...NOTHING, seq: first.seq, atMs: first.planAtMs, clause: first.event.clause ?? null, level: null, isFolded: true, what: page.t.event['approval-escalated'] ?? '', ...told, parts: parts.length > 1 ? parts : [] }];
  });
}

function reportPath({ stream }: LedgerRow, { obligationId }: Pick<SubmissionEvent, 'obligationId'>): string {
  return `/reports/${encodeURIComponent(stream.replace(/^episode\//, ''))}/${encodeURIComponent(obligationId)}`;
}
