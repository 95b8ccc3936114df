/** A recipient confirms that a notice has come (回执, 3.3.4): the prefecture, the zone, a unit, a leader. */
import { z } from 'zod';
import { appendEpisodeAudit } from '../db/ledger/audit.js';
import { noticeById } from '../db/read/notice-pages.js';
import type { Hat } from '../db/accounts/principals.js';
import { actOf } from './acts.js';
import { recorded } from './audit.js';
import { type Caller, commandIdOf, forbidden, hatFor } from './caller.js';
import type { Deps } from './deps.js';
import { episodeOf } from './episode.js';
import { fail, invalid, notFound } from './failure.js';
import { envelope, id } from './schemas.js';

export const newReceipt = z.strictObject({ unitId: id.optional(), ...envelope });

export function confirmReceipt(deps: Deps, caller: Caller, episodeId: string, noticeId: string, input: z.output<typeof newReceipt>) {
  return recorded(deps, caller, 'confirm-receipt', { episodeId }, async () => {
    const { rightsAreaId, nowMs } = await episodeOf(deps, episodeId);
    const notice = await noticeById(deps.pool, episodeId, noticeId);
    if (!notice) throw notFound('notice');
    const unit = input.unitId === undefined ? {} : { unitId: input.unitId, roles: ['unit'] as const };
    const hat = hatFor(caller.account, 'confirm-receipt', { areaId: rightsAreaId, ...unit }, caller.wears);
    const recipient = input.unitId !== undefined && hat === null ? `unit:${input.unitId}` : hat && recipientOf(hat);
    if (recipient === null) throw forbidden('confirm-receipt');
    if (!notice.facts.recipients.includes(recipient)) throw fail({ kind: 'conflict', text: { zh: '该通知没有发给这个身份', en: 'the notice was not sent to this recipient' } });
    const act = await actOf(deps, caller, 'confirm-receipt', { areaId: rightsAreaId, ...unit }, input, nowMs);
    if (recipientOf(act.actor) !== recipient) throw invalid('actor', '确认人应是该收件人的人');
    const event = { type: 'notice-receipted', clause: notice.clause, noticeId, recipient, act } as const;
    const stored = await appendEpisodeAudit(deps.pool, { episodeId, commandId: commandIdOf(caller), clock: deps.clock, event });
    return { episodeId, noticeId, recipient, seq: stored?.seq ?? 0 };
  });
}

/** As a notice names its recipients. */
function recipientOf({ role, unitId }: Pick<Hat, 'role' | 'unitId'>): string {
  return unitId === null ? role : `unit:${unitId}`;
}
