/** What units and offices of the script hand in, and when. */
import { deadlineGroups } from '../../domain/episode/deadlines.js';
import type { EpisodePlan } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import { normalOf } from '../../domain/backtest/noise.js';
import { sha256Hex } from '../../domain/digest.js';
import type { FormField, Plan } from '../../domain/plan.js';
import { BY_DECISION } from '../../domain/submission.js';
import { dayOf, HOUR_MS, MINUTE_MS, toBeijingIso } from '../../domain/time.js';
import { type Office, Refused } from './office.js';

export type People = 'prompt' | 'late' | 'absent' | 'mixed';

export interface Planned {
  readonly episodeId: string;
  readonly obligationId: string;
  readonly ownerId: string;
  readonly kind: string;
  readonly ref: string;
  readonly atMs: number;
}

const PROMPT_AFTER_MS = 5 * MINUTE_MS;
const LATE_BY_MS = 3 * HOUR_MS;

/** What becomes possible to hand in by `untilMs` and was not planned before, each with its instant; those who are absent plan nothing. */
export function plansOf(plan: EpisodePlan, state: EpisodeState, people: People, seed: number, untilMs: number, known: ReadonlySet<string>): Planned[] {
  return deadlineGroups(plan, state, untilMs)
    .filter((g) => !BY_DECISION.includes(g.rule.kind))
    .flatMap((g) =>
      g.owners.flatMap((ownerId): Planned[] => {
        const obligationId = `${g.id}:${ownerId}`;
        if (known.has(`${state.id}/${obligationId}`)) return [];
        const habit = people === 'mixed' ? habitOf(seed, `${state.number}/${obligationId}`) : people;
        const limitMs = g.dueAtMs ?? g.targetAtMs;
        if (habit === 'absent' || (habit === 'late' && limitMs === null)) return [];
        const atMs = habit === 'late' ? (limitMs ?? 0) + LATE_BY_MS : g.opensAtMs + PROMPT_AFTER_MS;
        return [{ episodeId: state.id, obligationId, ownerId, kind: g.rule.kind, ref: g.ref, atMs }];
      }),
    );
}

/** Seven in ten in time, two late, one never; the same for the same seed. */
function habitOf(seed: number, what: string): Exclude<People, 'mixed'> {
  const draw = normalOf(seed, parseInt(sha256Hex(what).slice(0, 8), 16), 0);
  return draw < 0.524 ? 'prompt' : draw < 1.282 ? 'late' : 'absent';
}

/** How many hand in at the same moment. */
const AT_ONCE = 8;

/** Hands in all that is due, over the API, each as its owner. */
export async function handInAll(office: Office, plan: Plan, due: readonly Planned[], nowMs: number): Promise<void> {
  const one = async (planned: Planned): Promise<void> => {
    try {
      await handIn(office, plan, planned, nowMs);
    } catch (error) {
      // Meanwhile the episode has closed, or the day is not owed after all.
      if (!(error instanceof Refused) || !['wrong-phase', 'not-owed'].includes(error.code)) throw error;
    }
  };
  for (let i = 0; i < due.length; i += AT_ONCE) await Promise.all(due.slice(i, i + AT_ONCE).map(one));
}

async function handIn(office: Office, plan: Plan, { episodeId, obligationId, ownerId, kind, ref }: Planned, nowMs: number): Promise<void> {
  const unit = plan.units.find((u) => u.id === ownerId);
  const login = unit ? `unit-${unit.id}` : ownerId;
  const base = `/episodes/${episodeId}`;
  switch (kind) {
    case 'acknowledgement':
      await office.post(login, `${base}/acknowledgements`, { noticeId: ref });
      return;
    case 'bulletin':
      await office.post(login, `${base}/bulletins`, { day: ref, text: `${ref} 响应情况通报（演示）` });
      return;
    case 'site-publication':
      await office.post(login, `${base}/publications`, { noticeId: ref, url: `https://example.invalid/${episodeId}/${ref}`, publishedAt: toBeijingIso(nowMs) });
      return;
    case 'task':
      await office.post(login, `${base}/tasks/${ref}/feedback`, { text: '已办理（演示）' });
      return;
    default:
      await office.post(login, `${base}/reports`, unit ? { obligationId, ...formOf(unit, kind) } : { obligationId, text: `${kind} ${dayOf(nowMs)}（演示）` });
  }
}

function formOf(unit: Plan['units'][number], kind: string): object {
  const filled = (fields: readonly FormField[]) => Object.fromEntries(fields.map((f) => [f.id, f.type === 'text' ? '已落实（演示）' : 1]));
  const impact = kind === 'summary-report' && unit.impact ? { impact: filled(unit.impact.fields) } : {};
  return { values: filled(unit.form), ...impact };
}
