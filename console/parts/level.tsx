/** A level is a filled swatch with its pattern, and always its word; a state is glyph, word and colour. */
import type { ComponentChildren } from 'preact';
import type { ObligationStatus } from '../../domain/obligation.js';
import type { LevelId, Plan } from '../../domain/plan.js';
import type { LevelSpan } from '../../domain/episode/state.js';
import { Phrase, Say, Time, usePage } from './say.js';

export function levelClass(level: LevelId | null): string {
  return level === null ? 'level-none' : `level-${level.replace(/[^\w-]/g, '_')}`;
}

/** A wide band: for the one sentence that says what holds. */
export function Band({ level, children }: { level: LevelId | null; children: ComponentChildren }) {
  return (
    <div class={`band ${levelClass(level)}`}>
      <span class="swatch" aria-hidden="true" />
      <div class="words">{children}</div>
    </div>
  );
}

/** `none`: the word for no level, where it stands by itself. */
export function Chip({ plan, level, none }: { plan: Pick<Plan, 'levels'>; level: LevelId | null; none?: string }) {
  const { t } = usePage();
  const found = plan.levels.find((l) => l.id === level);
  return (
    <span class={`chip ${levelClass(level)}`}>
      <span class="swatch" aria-hidden="true" />
      {found ? <Say text={found.name} /> : (level ?? none ?? t.common.noLevel)}
    </span>
  );
}

interface Levels {
  readonly plan: Pick<Plan, 'levels'>;
  readonly levels: readonly LevelSpan[];
}

/** What holds now, and what is announced to follow: beside a page's title. */
export function Standing({ plan, levels }: Levels) {
  const { t, nowMs } = usePage();
  return (
    <div>
      <Chip plan={plan} level={levels.filter((s) => s.fromMs <= nowMs).at(-1)?.level ?? null} none={t.desk.idle} />
      <Announced plan={plan} levels={levels} />
    </div>
  );
}

/** Levels published whose time has not come. */
export function Announced({ plan, levels }: Levels) {
  const { t, tell, nowMs } = usePage();
  const nameOf = (id: LevelId) => plan.levels.find((l) => l.id === id)?.name ?? { zh: id, en: id };
  const ahead = levels.filter((s) => s.fromMs > nowMs);
  return (
    <>
      {ahead.map((s) => (
        <p key={s.fromMs}>
          <Phrase of={(from = '') => t.desk.announced({ warning: tell(nameOf(s.level)), from })}>
            <Time at={s.fromMs} />
          </Phrase>
        </p>
      ))}
    </>
  );
}

export function Status({ of }: { of: ObligationStatus }) {
  const { t } = usePage();
  return (
    <span class={`status ${of}`}>
      <span aria-hidden="true">{t.glyph[of]}</span> {t.status[of]}
    </span>
  );
}
