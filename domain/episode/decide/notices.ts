import type { LevelId, NoticeAction } from '../../plan.js';
import type { NoticeFacts } from '../events.js';
import type { Draft } from './draft.js';

/** A notice to everyone the plan names for the action (3.3.4, 3.3.6). */
export function noticeOf(
  draft: Draft,
  action: NoticeAction,
  of: Pick<NoticeFacts, 'level' | 'effectiveAtMs'> &
    Partial<Pick<NoticeFacts, 'responseLevel' | 'expectedEndMs' | 'primaryPollutants' | 'supersedes' | 'text' | 'part'>>,
  alsoTell: readonly string[] = [],
  /** Whose recipients it goes to. */
  like: NoticeAction = action,
): NoticeFacts {
  const recipients = draft.plan.notices[like].recipients.flatMap((r) =>
    r === 'units' ? draft.plan.units.map((u) => `unit:${u.id}`) : [r as string],
  );
  return {
    id: draft.nextId('N', 'notice'),
    action,
    responseLevel: of.level,
    expectedEndMs: null,
    primaryPollutants: draft.state.primaryPollutants,
    supersedes: null,
    text: null,
    ...of,
    recipients: [...new Set([...recipients, ...alsoTell])],
  };
}

/** R12: the commander is told when the level falls from one of the plan's listed levels. */
export function toldWhenLowered(draft: Draft, from: LevelId): string[] {
  return draft.plan.settings.tellCommanderWhenLoweredFrom.includes(from) ? ['commander'] : [];
}
