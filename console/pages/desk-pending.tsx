/** Who must act, and what is due next: over all open episodes of an area. */
import type { ComponentChildren } from 'preact';
import type { ObligationKind } from '../../domain/plan.js';
import type { ShownObligation } from '../../usecases/obligations.js';
import type { NextAction, OpenEpisode } from '../../usecases/situation.js';
import { dutyHref, limitOf, Title } from '../parts/owed.js';
import { Clause, Time, usePage } from '../parts/say.js';
import type { Page } from '../web/page.js';
import { spanText } from '../web/time.js';

/** Shown as the decision that fulfils them. */
const DECIDED_ABOVE: readonly ObligationKind[] = ['evaluation', 'relay-signature'];

export function actionPath(episodeId: string, { what, ref }: NextAction): string {
  const id = encodeURIComponent(episodeId);
  switch (what) {
    case 'consult':
      return `/office/${id}/consultation`;
    case 'submit-proposal':
      return `/office/${id}/proposal`;
    case 'decide':
      return `/approvals/${id}/${encodeURIComponent(ref ?? '')}`;
    case 'evaluate':
      return `/office/${id}/evaluation`;
  }
}

export function Todo({ episodes }: { episodes: readonly OpenEpisode[] }) {
  const page = usePage();
  const { t, nowMs, lang } = page;
  const [first, ...rest] = episodes.flatMap((whole) => pendingOf(page, whole)).sort((a, b) => a.rank - b.rank || a.sinceMs - b.sinceMs);
  return (
    <section class="card todo" aria-labelledby="todo">
      <h2 id="todo">{t.desk.todo}</h2>
      {first ? (
        <>
          <p class="big">
            {first.owner}
            {t.common.colon}
            {first.what}
          </p>
          <p>
            {t.desk.waiting(spanText(nowMs - first.sinceMs, lang))} · <Time at={first.sinceMs} /> · <Clause of={first.clause} />
          </p>
          <p class="row">
            <a class="button primary" href={first.href}>
              {t.desk.act}
            </a>
            {rest.length > 0 && <a href={first.all}>{t.desk.alsoWaiting(rest.length)}</a>}
          </p>
        </>
      ) : (
        <p>{t.desk.noTodo}</p>
      )}
    </section>
  );
}

interface Pending {
  readonly owner: string;
  readonly what: ComponentChildren;
  readonly sinceMs: number;
  readonly clause: string;
  readonly href: string;
  /** Where all of the episode's are. */
  readonly all: string;
  /** The city waits for a decision; a report past the plan's due time comes next, then other papers. */
  readonly rank: 0 | 1 | 2;
}

/** Decisions whose turn it is; and what a role owes that is nearly due, or past its target. */
function pendingOf(page: Page, { now, state, owed }: OpenEpisode): Pending[] {
  const { t, nowMs } = page;
  const all = `/office/${encodeURIComponent(state.id)}`;
  const decisions = now.nextActions.map((action) => ({
    owner: t.role[action.role],
    what: t.desk.what[action.what],
    sinceMs: action.sinceMs,
    clause: action.clause,
    href: actionPath(state.id, action),
    all,
    rank: 0 as const,
  }));
  const isPrompted = now.nextActions.some((action) => action.what === 'consult');
  const papers = owed.filter(
    (o) =>
      (o.ownerId in t.role || o.ownerId.startsWith('account:')) &&
      o.submittedAtMs === null &&
      o.opensAtMs <= nowMs &&
      (o.status !== 'not-due' || o.missedTarget) &&
      !DECIDED_ABOVE.includes(o.kind) &&
      !(isPrompted && o.kind === 'consultation'),
  );
  return [...decisions, ...papers.map((o) => ({ owner: page.tell(o.ownerName), what: <Title of={o} />, sinceMs: o.opensAtMs, clause: o.clause, href: dutyHref(o), all, rank: o.status === 'overdue' ? (1 as const) : (2 as const) }))];
}

export function DueNext({ episodes }: { episodes: readonly OpenEpisode[] }) {
  const page = usePage();
  const { t, nowMs } = page;
  const next = nextLimits(
    episodes.flatMap((e) => e.owed),
    nowMs,
  ).slice(0, 5);
  return (
    <section class="card" aria-labelledby="next">
      <h2 id="next">{t.desk.next}</h2>
      {next.length === 0 ? (
        <p>{t.desk.noNext}</p>
      ) : (
        <ul class="lines">
          {next.map(({ first, atMs, kind, open }) => (
            <li key={`${first.episodeId}/${first.groupId}`}>
              <span class="when">
                <Time at={atMs} relative="left" />
              </span>{' '}
              <span class="meta">{t.common[kind]}</span>
              <br />
              <Title of={first} />
              {' · '}
              {open === 1 ? page.tell(first.ownerName) : t.desk.open(open)} <Clause of={first.clause} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface NextLimit {
  readonly first: ShownObligation;
  readonly atMs: number;
  readonly kind: 'target' | 'due';
  readonly open: number;
}

/** One per group of those still owed whose limit lies ahead, the nearest first. */
function nextLimits(owed: readonly ShownObligation[], nowMs: number): NextLimit[] {
  const groups = new Map<string, NextLimit>();
  for (const o of owed) {
    const limit = o.submittedAtMs === null ? limitOf(o, nowMs) : null;
    if (!limit || limit.atMs < nowMs) continue;
    const key = `${o.episodeId}/${o.groupId}`;
    const known = groups.get(key);
    groups.set(key, known ? { ...known, open: known.open + 1 } : { first: o, ...limit, open: 1 });
  }
  return [...groups.values()].sort((a, b) => a.atMs - b.atMs);
}
