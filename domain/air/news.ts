/** Whether one more observation says anything that those who act do not know yet. */
import type { Settings } from '../plan.js';
import { HOUR_MS } from '../time.js';
import type { Assessment, Grade, Observation } from './assessment.js';

export type NewsPlan = { readonly settings: Pick<Settings, 'consultLeadHours' | 'lift' | 'raise'> };

/**
 * Whether somebody, or a rule, would act on the difference: a level, a run come
 * near enough to be consulted on, a lift or a lowering come near enough to be
 * issued. A condition that merely goes on holding is no news.
 */
export function saysSomethingNew(plan: NewsPlan, before: Assessment | null, now: Assessment): boolean {
  if (before === null) return now.processes.length > 0 || now.raise !== null || now.grades.high.level !== null || hoursMissing(now.observed) !== null;
  return gist(plan, before) !== gist(plan, now);
}

/** The same text while nothing changes: what has begun is `now`, what lies within a plan's lead is `near`. */
function gist({ settings }: NewsPlan, { atMs, grades, processes, raise, lower, lift, observed }: Assessment): string {
  const within = (hours: number) => (fromMs: number) => {
    if (fromMs <= atMs + HOUR_MS) return 'now';
    return [fromMs <= atMs + hours * HOUR_MS ? 'near' : 'far', fromMs];
  };
  const begins = within(settings.consultLeadHours);
  const allows = within(settings.lift.aheadHours);
  const grade = ({ level, basicCondition }: Grade) => [level, basicCondition];
  return JSON.stringify([
    [grades.low, grades.middle, grades.high].map(grade),
    processes.map((p) => [p.level, begins(p.fromMs), p.toMs, p.parts.map((part) => [part.level, begins(part.fromMs)])]),
    raise && [raise.level, raise.window.toMs < atMs + settings.raise.nextHours * HOUR_MS ? raise.window.toMs : 'goes on'],
    lower.map((l) => [l.from, l.to, allows(l.effectiveFromMs)]),
    lift && allows(lift.fromMs),
    hoursMissing(observed),
  ]);
}

/** R27: people are asked about hours that cannot be told. */
function hoursMissing(observed: Observation | null | undefined): string | null {
  if (!observed?.missing) return null;
  return observed.missing.nearLevel ? 'near a level' : 'far from any';
}
