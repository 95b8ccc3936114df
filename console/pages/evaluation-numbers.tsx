/** What the system counted of an episode: level, length, air, forecasts, and who reported in time. */
import type { EpisodeState } from '../../domain/episode/state.js';
import { type Plan, rankOf } from '../../domain/plan.js';
import type { Counted, EvaluationNumbers } from '../../usecases/evaluation.js';
import type { ShownObligation } from '../../usecases/obligations.js';
import { levelName } from '../parts/plan-words.js';
import { usePage } from '../parts/say.js';
import { spanText } from '../web/time.js';

export function Numbers({ plan, state, owed, numbers }: { plan: Plan; state: EpisodeState; owed: readonly ShownObligation[]; numbers: EvaluationNumbers }) {
  const page = usePage();
  const { t, lang } = page;
  const peak = state.levels.reduce<string | null>((highest, s) => (rankOf(plan, s.level) > rankOf(plan, highest) ? s.level : highest), null);
  const { durationMs, peakAqi, forecast } = numbers;
  const durations = durationsOf(plan, state);
  const kindName = (kind: string) => page.tell(owed.find((o) => o.kind === kind)?.title ?? { zh: kind, en: kind });
  const owner = (id: string) => {
    const one = owed.find((o) => o.ownerId === id);
    return one ? page.tell(one.ownerName) : id;
  };
  return (
    <section class="card" aria-labelledby="numbers">
      <h2 id="numbers">{t.office.numbers}</h2>
      <dl class="facts">
        <dt>{t.office.peak}</dt>
        <dd>{peak === null ? t.common.none : levelName(page, plan, peak)}</dd>
        <dt>{t.office.duration}</dt>
        <dd>{durationMs === null ? t.common.none : spanText(durationMs, lang)}</dd>
        {durations.length > 0 && (
          <>
            <dt>{t.office.durations}</dt>
            <dd>{durations.map(({ level, ms }) => `${levelName(page, plan, level)} ${spanText(ms, lang)}`).join(t.common.semicolon)}</dd>
          </>
        )}
        <dt>{t.office.peakAqi}</dt>
        <dd>{peakAqi ?? t.common.unknown}</dd>
        <dt>{t.nav.forecasts}</dt>
        <dd>{forecast.days === 0 ? t.forecasts.notYet : t.forecasts.hitsText({ hit: forecast.hits, of: forecast.days })}</dd>
      </dl>
      <Table head={t.plan.duty} rows={Object.entries(numbers.byKind).map(([kind, count]) => ({ name: kindName(kind), count }))} />
      <h3>{t.office.byOwner}</h3>
      <Table head={t.common.unit} rows={inPlanOrder(plan, Object.entries(numbers.byOwner)).map(([id, count]) => ({ name: owner(id), count }))} />
    </section>
  );
}

/** How long each level was in force, the lowest first; up to the lift. */
export function durationsOf(plan: Plan, { levels, lift }: Pick<EpisodeState, 'levels' | 'lift'>): { readonly level: string; readonly ms: number }[] {
  if (!lift) return [];
  const endMs = lift.effectiveAtMs;
  const spans = levels.map(({ level, fromMs }, i) => ({ level, ms: Math.max(0, Math.min(levels[i + 1]?.fromMs ?? endMs, endMs) - fromMs) }));
  return plan.levels.flatMap(({ id }) => {
    const ms = spans.filter((s) => s.level === id).reduce((sum, s) => sum + s.ms, 0);
    return ms > 0 ? [{ level: id, ms }] : [];
  });
}

/** Units as the plan lists them, roles after them. */
function inPlanOrder<T>({ units }: Plan, rows: readonly (readonly [ownerId: string, T])[]): (readonly [string, T])[] {
  const rank = (id: string) => (units.findIndex((u) => u.id === id) + units.length + 1) % (units.length + 1);
  return [...rows].sort(([a], [b]) => rank(a) - rank(b));
}

function Table({ head, rows }: { head: string; rows: readonly { readonly name: string; readonly count: Counted }[] }) {
  const { t } = usePage();
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={head}>
      <table>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {[t.office.owedCount, t.office.onTime, t.office.lateCount, t.office.missing, t.office.rate].map((title) => (
              <th scope="col" class="figure" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {[count.owed, count.onTime, count.late, count.missing, count.owed === 0 ? '—' : `${Math.round((100 * count.onTime) / count.owed)}%`].map((value, i) => (
                <td class="figure" key={i}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
