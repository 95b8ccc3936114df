/** Random lives of an episode: numbers turned into commands that fit, or nearly fit, its state. */
import type { Assessment } from '../../domain/air/assessment.js';
import type { EpisodeCommand } from '../../domain/episode/commands.js';
import { chainOf } from '../../domain/episode/decide/chains.js';
import type { Conclusion } from '../../domain/episode/state.js';
import type { Obligation } from '../../domain/obligation.js';
import type { SuperiorOrder } from '../../domain/order.js';
import type { LevelId, Role } from '../../domain/plan.js';
import { BY_DECISION } from '../../domain/submission.js';
import { act, air, byPhone, check, clear, DAY, EAST, HOUR, MINUTE, note, order, person, receive, type Story, transmit, WEST } from './episode.js';

/** One step of a random life: what, with which choices, after how long. */
export interface Throw {
  readonly what: number;
  readonly dice: readonly number[];
  readonly afterMinutes: number;
  /** In place of that: so many milliseconds beside the next instant at which something is due. */
  readonly besideMs: number | null;
}

const KINDS = [
  'air',
  'air',
  'air',
  'order',
  'order',
  'check',
  'transmission',
  'consult',
  'consult',
  'consult',
  'submit',
  'submit',
  'submit',
  'step',
  'step',
  'step',
  'step',
  'step',
  'step',
  'withdraw',
  'postpone',
  'rescind',
  'adjust',
  'measure',
  'correct',
  'task',
  'close-task',
  'dust',
  'stop',
  'evaluate',
  'evaluate',
  'countersign',
  'wake',
  'hand-in',
  'hand-in',
  'hand-in',
  'hand-in',
] as const;
export const KIND_COUNT = KINDS.length;

/** A command for the story; null where the dice ask for something that cannot even be written down. */
export function commandOf(story: Story, { what, dice }: Throw, at: number): EpisodeCommand | null {
  const { state, plan } = story;
  let used = 0;
  const roll = (sides: number) => (dice[used++ % dice.length] ?? 0) % sides;
  const pick = <T>(items: readonly T[]): T | undefined => items[roll(Math.max(1, items.length))];
  const level = (): LevelId => pick(plan.levels)?.id ?? '';
  const who = (role: Role) => act(person(role, `${role}-${roll(3)}`), at);
  const mostly = <T>(right: T, other: T): T => (roll(10) < 8 ? right : other);
  const kind = KINDS[what % KINDS.length] ?? 'wake';
  switch (kind) {
    case 'air':
      return note(randomAir(at, roll, level));
    case 'order':
      return receive(randomOrder(story, at, roll, level));
    case 'check': {
      const held = pick(state.orders);
      return held ? check(held.order.id, roll(3) > 0, at, person('management', `desk-${roll(3)}`)) : null;
    }
    case 'transmission': {
      const held = pick(state.orders);
      return held ? transmit({ ...held.order, documentNumber: '〔2026〕1号' }) : null;
    }
    case 'consult': {
      const wanted = state.prompt?.reason;
      const asked: Conclusion['advice'] | null =
        wanted === 'start' || wanted === 'basic-condition-unknown'
          ? 'publish'
          : wanted === 'raise' || wanted === 'second-process'
            ? 'raise'
            : wanted === 'lower' || wanted === 'lift'
              ? wanted
              : null;
      const advice = (asked && roll(5) > 0 ? asked : pick(['publish', 'raise', 'lower', 'lift', 'keep', 'stand-down', 'not-applicable'] as const)) ?? 'keep';
      const to = ['publish', 'raise', 'lower'].includes(advice) ? mostly(state.prompt?.level ?? level(), level()) : null;
      const noClearImprovement = advice === 'raise' ? roll(4) > 0 : null;
      const chair = advice === 'lift' ? plan.settings.liftRoles.proposes : 'technical';
      return { type: 'record-consultation', conclusion: { advice, level: to, noClearImprovement, text: '', dissent: [] }, act: who(mostly(chair, 'unit')) };
    }
    case 'submit': {
      const concluded = state.consultation?.conclusion;
      const advised = concluded && ['publish', 'raise', 'lower', 'lift'].includes(concluded.advice) ? (concluded.advice as 'publish') : 'publish';
      const action = mostly(advised, 'lower' as 'publish');
      const effectiveAtMs = roll(2) > 0 ? null : at + (roll(40) - 4) * HOUR;
      const issuer = (action as string) === 'lift' ? plan.settings.liftRoles.issues : 'management';
      const part = (action as string) === 'lift' && roll(2) === 0 ? { part: pick([EAST, WEST])! } : {};
      return { type: 'submit-proposal', action, level: concluded?.level ?? null, effectiveAtMs, expectedEndMs: null, text: '', ...part, act: who(issuer) };
    }
    case 'step': {
      const request = pick(state.requests);
      if (!request) return null;
      const index = request.decisions.length;
      const role = mostly(chainOf(plan, request.evidence).steps[index]?.role ?? 'director', 'commander');
      const signer = person(role, `${roll(8) === 0 ? 'both-hats' : role}-${roll(2)}`);
      const signed = roll(4) > 0 ? act(signer, at) : byPhone(signer, at - roll(90) * MINUTE);
      const decision = roll(8) > 1 ? 'approve' : (pick(['return', 'refuse'] as const) ?? 'return');
      const evidenceDigest = mostly(request.evidenceDigest, 'stale');
      return {
        type: 'decide-step',
        requestId: request.id,
        step: mostly(index, 0),
        decision,
        reason: mostly<string | null>('x', null),
        evidenceDigest,
        act: signed,
      };
    }
    case 'withdraw': {
      const request = pick(state.requests);
      return request && roll(3) === 0 ? { type: 'withdraw-request', requestId: request.id, reason: '有误', act: who('management') } : null;
    }
    case 'postpone':
      return { type: 'postpone-lift', toMs: at + roll(72) * HOUR, reason: '反弹', act: who('management') };
    case 'rescind':
      return { type: 'rescind-lift', reason: '反弹', act: who('management') };
    case 'adjust':
      return { type: 'adjust-response', responseLevel: level(), reason: '加严', act: who('commander') };
    case 'measure': {
      const change = { kind: 'exempt', measureId: 'm', scope: { zh: '甲厂', en: 'A' }, fromMs: at, toMs: null, basis: '保障' } as const;
      return { type: 'adjust-measures', change, act: who('management') };
    }
    case 'correct': {
      const notice = pick(state.notices);
      return notice
        ? { type: 'propose-correction', noticeId: notice.id, kind: roll(3) > 0 ? 'correction' : 'recall', text: '更正', act: who('management') }
        : null;
    }
    case 'task': {
      const text = { zh: '督查', en: 'inspect' };
      const ownerId = pick(plan.units)?.id ?? '';
      return { type: 'assign-task', ownerId, basis: text, content: text, targetAtMs: null, dueAtMs: at + (roll(60) - 3) * HOUR, act: who('management') };
    }
    case 'close-task':
      return { type: 'close-task', taskId: `T${1 + roll(3)}`, act: who('management') };
    case 'dust':
      return roll(8) === 0 ? { type: 'declare-not-applicable', reason: '沙尘', act: who('technical') } : null;
    case 'stop':
      return roll(8) === 0 ? { type: 'withdraw-episode', reason: '误报', act: who('management') } : null;
    case 'evaluate':
      return { type: 'submit-evaluation', documentDigest: 'd', summary: '', missing: [], act: who('management') };
    case 'countersign': {
      const owed = pick(state.triggers.filter((t) => t.trigger === 'approved-by-phone'));
      if (!owed) return null;
      const [requestId = '', number] = owed.ref.split('.');
      const signer = person('director', (owed.ownerId ?? '').replace('account:a-', ''));
      return { type: 'countersign', requestId, step: Number(number), act: act(signer, at) };
    }
    case 'wake':
      return { type: 'wake' };
    case 'hand-in':
      return null;
  }
}

export function isHandingIn({ what }: Throw): boolean {
  return KINDS[what % KINDS.length] === 'hand-in';
}

/** What is owed and has not been handed in; of a closed episode nothing. */
export function waiting(story: Story, at: number): readonly Obligation[] {
  return story.state.phase === 'closed' ? [] : story.owed(at).filter((o) => !BY_DECISION.includes(o.kind) && !story.filed[o.id]);
}

/** One of those who owe something hands it in, or all of them do: whatever is owed is taken. */
export function handIn(story: Story, { dice }: Throw, at: number): Story {
  const [which = 0, all = 0] = dice;
  const owed = waiting(story, at);
  // Who comes at the last millisecond, or the first too late, does so on purpose.
  const chosen = owed.find((o) => o.dueAtMs !== null && Math.abs(at - o.dueAtMs) <= 1) ?? owed[which % Math.max(1, owed.length)];
  const handing = owed.filter((o) => (all % 3 === 0 ? o.groupId === chosen?.groupId : o === chosen));
  return handing.reduce((told, { id }) => told.files(id, at), story);
}

function randomAir(at: number, roll: (sides: number) => number, level: () => LevelId): Assessment {
  const calm = roll(5);
  if (calm === 0) return clear(at);
  if (calm === 1) return clear(at, at + roll(40) * HOUR);
  const from = at + (roll(100) - 40) * HOUR;
  const to = Math.max(from, at) + (1 + roll(90)) * HOUR;
  const worst = level();
  const parts =
    roll(3) === 0
      ? [
          { level: level(), from, to: from + HOUR },
          { level: worst, from: from + 30 * HOUR, to },
        ]
      : [{ level: worst, from, to }];
  return air(at, {
    processes: roll(6) === 0 ? [] : [{ level: worst, from, to, parts }],
    ...(roll(3) === 0 ? { raise: level() } : {}),
    lower: roll(3) === 0 ? [{ from: level(), to: roll(2) === 0 ? null : level(), at: at + roll(30) * HOUR }] : [],
    ...(roll(5) === 0 ? { lift: { from: at + roll(48) * HOUR, hours: 36 + roll(60) } } : {}),
    unknown: roll(8) === 0,
    dust: roll(6) === 0 ? [{ fromMs: at, toMs: at + DAY }] : [],
  });
}

function randomOrder(story: Story, at: number, roll: (sides: number) => number, level: () => LevelId): SuperiorOrder {
  const kind = (['start', 'raise', 'lower', 'lift'] as const)[roll(4)] ?? 'start';
  const some = story.state.orders.filter(() => roll(3) === 0).map((o) => o.order.id);
  return order(`O${story.state.orders.length + 1}`, kind, {
    issuer: roll(2) === 0 ? 'region' : 'prefecture',
    level: kind === 'lift' ? null : level(),
    namesCity: roll(4) > 0,
    ends: roll(3) === 0 ? some : [],
    receivedAtMs: at - roll(180) * MINUTE,
    effectiveAtMs: roll(4) === 0 ? null : at + (roll(100) - 40) * HOUR,
  });
}
