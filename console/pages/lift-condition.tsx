/** The condition of a lift (3.3.6, R8) beside the forecast: since when it holds, or how far off it is. */
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Plan } from '../../domain/plan.js';
import type { AirStrip } from '../../usecases/air-strip.js';
import { Phrase, Time, usePage } from '../parts/say.js';

export function LiftCondition({ plan, state, strip }: { plan: Plan; state: EpisodeState; strip: AirStrip }) {
  const { t } = usePage();
  const able = state.assessment?.lift ?? null;
  const { aqiBelow, holdHours } = plan.settings.lift;
  const longest = longestBelow(strip, aqiBelow, plan.settings.promptOn === 'low' ? 'low' : 'high');
  return (
    <section class="card" aria-labelledby="condition">
      <h2 id="condition">{t.office.condition}</h2>
      <p>{t.office.conditionText({ below: aqiBelow, hours: holdHours })}</p>
      <p class={able ? 'ok' : 'overdue'}>
        {able ? (
          <Phrase of={(from = '') => t.office.conditionHolds({ from, hours: able.holdsHours, max: able.maxAqi })}>
            <Time at={able.fromMs} />
          </Phrase>
        ) : longest === null || longest.hours >= holdHours ? (
          t.office.conditionFails
        ) : (
          <Phrase of={(from = '') => t.office.conditionMisses({ below: aqiBelow, from, hours: longest.hours, short: holdHours - longest.hours })}>
            <Time at={longest.fromMs} />
          </Phrase>
        )}
      </p>
    </section>
  );
}

interface Stretch {
  readonly fromMs: number;
  readonly hours: number;
}

function longer(stretch: Stretch | null, atMs: number): Stretch {
  return stretch ? { ...stretch, hours: stretch.hours + 1 } : { fromMs: atMs, hours: 1 };
}

/** The longest stretch still to come below a line; null where there is none. */
function longestBelow({ hours, nowMs }: AirStrip, line: number, end: 'low' | 'high'): Stretch | null {
  let longest: Stretch | null = null;
  let current: Stretch | null = null;
  for (const hour of hours) {
    const value = hour[end];
    current = hour.atMs > nowMs && value !== null && value < line ? longer(current, hour.atMs) : null;
    if (current && current.hours > (longest?.hours ?? 0)) longest = current;
  }
  return longest;
}
