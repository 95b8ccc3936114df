/**
 * Episodes told as given / when / then. A story is an episode and the
 * submissions to it; `given(story).when(command, at).then(...)` decides, checks
 * and goes on. Nothing is faked: the rules decide, time wakes, deadlines settle.
 */
import { expect } from '@jest/globals';
import type { Act, Signatory } from '../../domain/act.js';
import { IDENTITY_CLOCK } from '../../domain/clock.js';
import type { AreaInput, EpisodeCommand, PersonCommand } from '../../domain/episode/commands.js';
import { type Moment, obligations } from '../../domain/episode/deadlines.js';
import { chainOf } from '../../domain/episode/decide/chains.js';
import { decide, open } from '../../domain/episode/decide.js';
import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import { evolve, evolveAll } from '../../domain/episode/evolve.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import { settledEvent } from '../../domain/episode/settle.js';
import type { Conclusion, EpisodeState, Evidence } from '../../domain/episode/state.js';
import { nextWakeUp } from '../../domain/episode/wake.js';
import type { Obligation } from '../../domain/obligation.js';
import type { LevelId, ObligationKind, Role } from '../../domain/plan.js';
import type { RefusalCode, Result } from '../../domain/refusal.js';
import { CURRENT_RULES } from '../../domain/rules.js';
import { decideSubmission, type Filed, type Submission, type SubmissionEvent } from '../../domain/submission.js';
import { act, clear, D0, DAY, HOUR, MINUTE, note, person, planWith, smog, T0, unit } from './episode-world.js';

export * from './episode-world.js';

// ---------------------------------------------------------------- commands

type Told = EpisodeCommand | ((story: Story, at: number) => EpisodeCommand);
type Of<T extends PersonCommand['type']> = Partial<Omit<Extract<PersonCommand, { type: T }>, 'type'>>;

export function consult(advice: Conclusion['advice'], level: LevelId | null = null, of: Partial<Conclusion> & { readonly act?: Act } = {}): Told {
  const { act: given, ...more } = of;
  return (_, at) => ({
    type: 'record-consultation',
    conclusion: { advice, level, noClearImprovement: advice === 'raise' ? true : null, text: '会商一致', dissent: [], ...more },
    act: given ?? act('technical', at),
  });
}

export function submit(action: 'publish' | 'raise' | 'lower' | 'lift', level: LevelId | null = null, of: Of<'submit-proposal'> = {}): Told {
  return (_, at) => ({ type: 'submit-proposal', action, level, effectiveAtMs: null, expectedEndMs: null, text: '呈报', act: act('management', at), ...of });
}

/** The next step of the only open request of an action, taken by the role whose step it is unless told otherwise. */
export function step(decision: 'approve' | 'return' | 'refuse' = 'approve', of: Of<'decide-step'> & { readonly action?: Evidence['action'] } = {}): Told {
  const { action, ...more } = of;
  return (story, at) => {
    const request = story.request(action);
    const next = chainOf(story.plan, request.evidence).steps[request.decisions.length];
    return {
      type: 'decide-step',
      requestId: request.id,
      step: request.decisions.length,
      decision,
      reason: decision === 'approve' ? null : '请补充依据',
      evidenceDigest: request.evidenceDigest,
      act: act(next?.role ?? 'auditor', at),
      ...more,
    };
  };
}

export const WAKE: EpisodeCommand = { type: 'wake' };

/** A command that is all in its own words, e.g. `by('management', { type: 'rescind-lift', reason: '…' })`. */
export function by(actor: Signatory | Role, words: PersonCommand extends infer C ? (C extends { type: string } ? Omit<C, 'act'> : never) : never): Told {
  return (_, at) => ({ ...words, act: act(actor, at) });
}

// ---------------------------------------------------------------- stories

export class Story {
  constructor(
    readonly plan: EpisodePlan,
    readonly state: EpisodeState,
    readonly events: readonly EpisodeEvent[],
    readonly filed: Readonly<Record<string, Filed>> = {},
    readonly submissions: readonly SubmissionEvent[] = [],
  ) {}

  /** The only open request (of an action). */
  request(action?: Evidence['action']): EpisodeState['requests'][number] {
    const open = this.state.requests.filter((r) => action === undefined || r.evidence.action === action);
    if (open.length !== 1 || !open[0]) throw new Error(`${open.length} open requests${action ? ` to ${action}` : ''}`);
    return open[0];
  }

  of<T extends EpisodeEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((e): e is EventOf<T> => e.type === type);
  }

  last<T extends EpisodeEvent['type']>(type: T): EventOf<T> {
    const found = this.of(type).at(-1);
    if (!found) throw new Error(`no "${type}" among ${this.events.map((e) => e.type).join(', ')}`);
    return found;
  }

  /** What is owed by now, of a kind. */
  owed(at: number, kind?: ObligationKind): Obligation[] {
    return obligations(this.plan, this.state, at).filter((o) => kind === undefined || o.kind === kind);
  }

  /** Goes on to an instant, waking whenever the episode asks to be woken. */
  until(at: number): Story {
    let story = this.woken(at);
    for (let next = story.woken(at); next !== story; next = story.woken(at)) story = next;
    return story;
  }

  /** Woken once, if it asks to be by then. */
  private woken(at: number): Story {
    const next = nextWakeUp(this.plan, this.state);
    if (next === null || next > at) return this;
    const { story } = this.decided(WAKE, Math.max(next, this.state.asOfMs));
    if (story.events.length === this.events.length && nextWakeUp(story.plan, story.state) === next) throw new Error(`woken for ${next} to no end`);
    return story;
  }

  decided(told: Told, at: number): { story: Story; result: Result<readonly EpisodeEvent[]> } {
    const said = typeof told === 'function' ? told(this, at) : told;
    const command = 'areaSeq' in said && said.areaSeq === 0 ? { ...said, areaSeq: this.state.areaSeq + 1 } : said;
    const result = decide(this.plan, this.state, command, at);
    if (!result.ok) return { story: this, result };
    const events = [...result.value.events];
    let state = evolveAll(this.state, events) ?? this.state;
    if (result.value.moments.length > 0) {
      const settled = settledEvent(this.plan, state, result.value.moments, this.facts(result.value.moments), at);
      events.push(settled);
      state = evolve(state, settled);
    }
    return { story: new Story(this.plan, state, [...this.events, ...events], this.filed, this.submissions), result: { ok: true, value: events } };
  }

  /** Hands something in, direct unless the act says otherwise. */
  submit(obligationId: string, at: number, of: Partial<Submission> = {}): Result<SubmissionEvent> {
    const ownerId = obligationId.split(':').at(-1) ?? '';
    const owner = this.plan.units.some((u) => u.id === ownerId) ? unit(ownerId) : person(ownerId as Role);
    const submission: Submission = { obligationId, documentDigest: 'd', nil: false, act: act(owner, at), reviewedBy: null, correctionReason: null, ...of };
    return decideSubmission(this.plan, this.state, this.filed[obligationId] ?? null, submission, at);
  }

  files(obligationId: string, at: number, of: Partial<Submission> = {}): Story {
    const result = this.submit(obligationId, at, of);
    if (!result.ok) throw new Error(`${obligationId}: ${result.refusal.code} ${result.refusal.text.en}`);
    const { version, countsAtMs: submittedAtMs } = result.value;
    return new Story(this.plan, this.state, this.events, { ...this.filed, [obligationId]: { version, submittedAtMs } }, [...this.submissions, result.value]);
  }

  /** Everything of a kind that is open now, by every owner but these. */
  filesAll(kind: ObligationKind, at: number, but: readonly string[] = []): Story {
    return this.owed(at, kind)
      .filter((o) => !but.includes(o.ownerId) && !this.filed[o.id])
      .reduce<Story>((story, o) => story.files(o.id, at), this);
  }

  private facts(moments: readonly Moment[]): Record<string, { submittedAtMs: number }> {
    const groups = new Set(moments.map((m) => m.groupId));
    return Object.fromEntries(
      Object.entries(this.filed)
        .filter(([id]) => groups.has(id.slice(0, id.lastIndexOf(':'))))
        .map(([id, { submittedAtMs }]) => [id, { submittedAtMs }]),
    );
  }
}

/** The same story under an earlier version of the rules. */
export function underRules(rulesVersion: '1' | '2', { plan, state, events, filed, submissions }: Story): Story {
  return new Story(plan, { ...state, rulesVersion }, events, filed, submissions);
}

export function underFirstRules(story: Story): Story {
  return underRules('1', story);
}

/** A new episode, opened by what came over the area's stream. */
export function opened(input: AreaInput, at: number, plan: EpisodePlan = planWith()): Story {
  const events = open(
    plan,
    {
      type: 'open',
      episodeId: 'e1',
      number: 'KT-2026-001',
      areaId: plan.areaId,
      drill: false,
      clock: IDENTITY_CLOCK,
      planDigest: 'p',
      rulesVersion: CURRENT_RULES,
      input: { ...input, areaSeq: 1 },
    },
    at,
  );
  const state = evolveAll(null, events);
  if (!state) throw new Error('nothing opened');
  return new Story(plan, state, events);
}

type Expected = EpisodeEvent['type'] | (Partial<Record<string, unknown>> & { readonly type: EpisodeEvent['type'] });

export interface Outcome {
  /** What was decided, in order and nothing else; deadlines settled on the way are not counted. */
  then(...expected: readonly Expected[]): Story;
  refused(code: RefusalCode, clause?: string): Story;
  /** Whatever is decided. */
  story(): Story;
}

export function given(story: Story): { when(told: Told, at: number): Outcome } {
  return {
    when: (told, at) => {
      const { story: after, result } = story.decided(told, at);
      const value = () => {
        if (!result.ok) throw new Error(`refused: ${result.refusal.code} ${result.refusal.clause} ${result.refusal.text.en}`);
        return result.value.filter((e) => e.type !== 'deadlines-settled');
      };
      return {
        then: (...expected) => {
          expect(value().map((e) => e.type)).toEqual(expected.map((e) => (typeof e === 'string' ? e : e.type)));
          expect(value()).toMatchObject(expected.map((e) => (typeof e === 'string' ? { type: e } : e)));
          return after;
        },
        refused: (code, clause) => {
          if (result.ok) throw new Error(`not refused: ${result.value.map((e) => e.type).join(', ')}`);
          expect(result.refusal).toMatchObject(clause === undefined ? { code } : { code, clause });
          return after;
        },
        story: () => {
          value();
          return after;
        },
      };
    },
  };
}

// ---------------------------------------------------------------- phases

/** A process at a level, from T0 + 24 h for four days; the consultation prompted at T0. */
export function consulting(level: LevelId = 'orange', plan = planWith()): Story {
  return opened(note(smog(T0, level, T0 + DAY, T0 + 5 * DAY)), T0, plan);
}

/** Consulted at T0 + 1 h, submitted at T0 + 2 h. */
export function awaiting(level: LevelId = 'orange', plan = planWith()): Story {
  const held = given(consulting(level, plan))
    .when(consult('publish', level), T0 + HOUR)
    .story();
  return given(held)
    .when(submit('publish', level), T0 + 2 * HOUR)
    .story();
}

/** Approved at T0 + 3 h; in force from T0 + 24 h, 10:00 of the second day. */
export function published(level: LevelId = 'orange', plan = planWith()): Story {
  let story = awaiting(level, plan);
  while (story.state.requests.length > 0)
    story = given(story)
      .when(step(), T0 + 3 * HOUR)
      .story();
  return story;
}

export const IN_FORCE = T0 + DAY;

export function responding(level: LevelId = 'orange', plan = planWith()): Story {
  return published(level, plan).until(IN_FORCE);
}

/** A clear sky at T0 + 3 d, the lift issued an hour later for that day's 12:00. */
export const CLEAR = T0 + 3 * DAY;
export const LIFT = D0 + 3 * DAY + 12 * HOUR;

export function liftAdvised(level: LevelId = 'orange', plan = planWith()): Story {
  const cleared = given(responding(level, plan).until(CLEAR))
    .when(note(clear(CLEAR)), CLEAR)
    .story();
  return given(cleared)
    .when(consult('lift'), CLEAR + 30 * MINUTE)
    .story();
}

export function liftIssued(level: LevelId = 'orange', plan = planWith()): Story {
  return given(liftAdvised(level, plan))
    .when(submit('lift', null, { effectiveAtMs: LIFT }), CLEAR + HOUR)
    .story();
}

/** R21: the same for one of the parts that random lives know. */
export function partLifted(level: LevelId = 'orange', plan = planWith()): Story {
  return given(liftAdvised(level, plan))
    .when(submit('lift', null, { effectiveAtMs: LIFT, part: WEST }), CLEAR + HOUR)
    .story();
}
export const WEST = { zh: '城西片区', en: 'the west of the city' };
export const EAST = { zh: '城东片区', en: 'the east of the city' };

export function reporting(level: LevelId = 'orange', plan = planWith()): Story {
  return liftIssued(level, plan).until(LIFT);
}

/** The third midnight after the lift's day has passed. */
export function evaluating(level: LevelId = 'orange', plan = planWith()): Story {
  return reporting(level, plan).until(D0 + 6 * DAY + HOUR);
}

export const evaluation: Told = by('management', { type: 'submit-evaluation', documentDigest: 'evaluation-1', summary: '措施落实，效果明显', missing: [] });
