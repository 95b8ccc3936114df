/** Deliveries and receipts belong to notices, and to those the notices name (3.3.4). */
import { attestedAtMs } from '../../domain/act.js';
import type { EpisodeAudit } from '../../domain/delivery.js';
import { toBeijingIso } from '../../domain/time.js';
import type { Tell } from '../fault.js';
import type { Frame, Visitor } from '../walk.js';
import { rowName } from './names.js';

export function deliveriesOfNotices(_frame: Frame, tell: Tell): Visitor {
  const recipients = new Map<string, readonly string[]>();
  const issuedAtMs = new Map<string, number>();
  const delivered = new Set<string>();
  /** A receipt is given by whoever was told (回执), once it could be. */
  function receipted(where: string, { recipient, act, noticeId, atMs }: Extract<EpisodeAudit, { type: 'notice-receipted' }>, noticeAtMs: number): void {
    const { name, role, unitId } = act.actor;
    const is = role === 'unit' ? `unit:${unitId ?? ''}` : role;
    if (is !== recipient) tell(where, `${name} (${is}) gives the receipt of ${recipient} (3.3.4)`);
    const givenMs = attestedAtMs(act, atMs);
    if (givenMs < noticeAtMs) tell(where, `receipt of ${noticeId} at ${toBeijingIso(givenMs)}, before it was issued at ${toBeijingIso(noticeAtMs)} (3.3.4)`);
  }

  return {
    batch({ events }) {
      for (const event of events) {
        if (!('notice' in event)) continue;
        recipients.set(event.notice.id, event.notice.recipients);
        issuedAtMs.set(event.notice.id, event.atMs);
      }
    },
    audit(row) {
      const event = row.event as EpisodeAudit;
      if (event.type !== 'notice-delivered' && event.type !== 'notice-receipted') return;
      const named = recipients.get(event.noticeId);
      if (!named) return tell(rowName(row), `there is no notice ${event.noticeId}`);
      const told = event.type === 'notice-delivered' ? event.recipients : [event.recipient];
      const strangers = told.filter((r) => !named.includes(r));
      if (strangers.length > 0) tell(rowName(row), `notice ${event.noticeId} is not addressed to ${strangers.join(', ')}`);
      if (event.type === 'notice-receipted') return receipted(rowName(row), event, issuedAtMs.get(event.noticeId) ?? 0);
      for (const recipient of told) {
        const once = `${event.noticeId} ${event.channel} ${recipient}`;
        if (delivered.has(once)) tell(rowName(row), `delivered twice: ${once}`);
        delivered.add(once);
      }
    },
  };
}
