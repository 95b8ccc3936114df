/** A row of an episode in words, whatever its kind: what the replay's steps are called. */
import type { Act } from '../../domain/act.js';
import type { EpisodeAudit } from '../../domain/delivery.js';
import type { EpisodeEvent } from '../../domain/episode/events.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Plan } from '../../domain/plan.js';
import type { SubmissionEvent } from '../../domain/submission.js';
import { levelName } from '../parts/plan-words.js';
import type { Page } from '../web/page.js';
import { shortDay } from '../web/time.js';
import { detailText, nameOf, tell } from './timeline-words.js';

export interface RowWords {
  readonly what: string;
  readonly detail: string;
  readonly act: Act | null;
}

export function rowWords(page: Page, plan: Plan, { kind, event }: LedgerRow, rows: readonly LedgerRow[]): RowWords {
  const named = page.t.event[event.type] ?? event.type;
  const act = (event as { act?: Act | null }).act ?? null;
  switch (kind) {
    case 'decision':
      return { what: named, detail: decisionWords(page, plan, event as EpisodeEvent, rows), act };
    case 'submission': {
      const { obligationId, kind: of, ownerId, version } = event as SubmissionEvent;
      const title = plan.obligations.find((o) => o.kind === of)?.title ?? { zh: of, en: of };
      const again = version > 1 ? ` ${page.t.report.version(version)}` : '';
      return { what: `${page.tell(title)}${refWords(obligationId.slice(of.length + 1, -ownerId.length - 1))}`, detail: `${nameOf(page, plan, ownerId)}${again}`, act };
    }
    case 'audit':
      return { what: named, detail: auditWords(page, plan, event as EpisodeAudit), act };
    case 'input':
      return { what: named, detail: '', act };
  }
}

/** ` 1-5` where what it is about is a day. */
export function refWords(ref: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(ref) ? ` ${shortDay(ref)}` : '';
}

/** What the timeline leaves to its technical events is told in full here. */
function decisionWords(page: Page, plan: Plan, event: EpisodeEvent, rows: readonly LedgerRow[]): string {
  if (event.type !== 'deadlines-settled') return detailText(page, tell(page, plan, event, rows).detail);
  return event.groups
    .map(({ groupId, moment, open, inTime, late }) => {
      const rule = plan.obligations.find((o) => groupId.startsWith(`${o.kind}:`));
      const title = rule ? `${page.tell(rule.title)}${refWords(groupId.slice(rule.kind.length + 1))}` : groupId;
      return `${title}${page.t.common.colon}${page.t.replay.settled({ moment: page.t.replay.moments[moment] ?? moment, inTime, late, open: open.length })}`;
    })
    .join('\n');
}

function auditWords(page: Page, plan: Plan, event: EpisodeAudit): string {
  const { t } = page;
  switch (event.type) {
    case 'notice-delivered':
      return t.replay.delivered({ notice: event.noticeId, n: event.recipients.length, channel: t.replay.deliveryChannel[event.channel] ?? event.channel });
    case 'notice-receipted':
      return t.replay.receipted({ notice: event.noticeId, by: nameOf(page, plan, event.recipient.replace(/^unit:/, '')) });
    case 'history-archived':
      return event.digest.slice(0, 12);
    case 'refused':
      return t.replay.refusedTo({ what: event.what, code: event.code });
  }
}

/** A level by its name, or that there is none. */
export function levelWords(page: Page, plan: Plan, level: string | null): string {
  return level === null ? page.t.common.noLevel : levelName(page, plan, level);
}
