/** Deliveries and receipts belong to notices, and to those the notices name (3.3.4). */
import type { EpisodeAudit } from '../../domain/delivery.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import type { Frame, Visitor } from '../walk.js';
import { rowName } from './decisions.js';

export function deliveriesOfNotices({ opened, documents }: Frame, tell: Tell): Visitor {
  const recipients = new Map<string, readonly string[]>();
  const delivered = new Set<string>();
  const archived: string[] = [];
  return {
    batch({ events }) {
      for (const event of events) if ('notice' in event) recipients.set(event.notice.id, event.notice.recipients);
    },
    audit(row) {
      const event = row.event as EpisodeAudit;
      if (event.type === 'history-archived') archived.push(event.digest);
      if (event.type !== 'notice-delivered' && event.type !== 'notice-receipted') return;
      const named = recipients.get(event.noticeId);
      if (!named) return tell(rowName(row), `there is no notice ${event.noticeId}`);
      const told = event.type === 'notice-delivered' ? event.recipients : [event.recipient];
      const strangers = told.filter((r) => !named.includes(r));
      if (strangers.length > 0) tell(rowName(row), `notice ${event.noticeId} is not addressed to ${strangers.join(', ')}`);
      if (event.type !== 'notice-delivered') return;
      for (const recipient of told) {
        const once = `${event.noticeId} ${event.channel} ${recipient}`;
        if (delivered.has(once)) tell(rowName(row), `delivered twice: ${once}`);
        delivered.add(once);
      }
    },
    end() {
      for (const digest of archived) {
        const body = documents.get(digest);
        if (body && episodeOfHistory(body) !== opened.episodeId) tell(PATHS.document(digest), 'the archived engine history is not of this episode');
      }
    },
  };
}

/** The episode that an archived history began with: the input of its first run, in Temporal's own JSON. */
function episodeOfHistory(body: Uint8Array): string | null {
  const runs = JSON.parse(Buffer.from(body).toString('utf8')) as { events?: { workflowExecutionStartedEventAttributes?: { input?: { payloads?: { data?: string }[] } } }[] }[];
  const data = runs[0]?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  if (data === undefined) return null;
  const input = JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as { episode?: { episodeId?: string } };
  return input.episode?.episodeId ?? null;
}
