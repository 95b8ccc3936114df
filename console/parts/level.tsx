/** A level is a filled swatch with its pattern, and always its word; a state is glyph, word and colour. */
import type { ComponentChildren } from 'preact';
import type { ObligationStatus } from '../../domain/obligation.js';
import type { LevelId, Plan } from '../../domain/plan.js';
import { Say, usePage } from './say.js';

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

export function Chip({ plan, level }: { plan: Pick<Plan, 'levels'>; level: LevelId | null }) {
  const { t } = usePage();
  const found = plan.levels.find((l) => l.id === level);
  return (
    <span class={`chip ${levelClass(level)}`}>
      <span class="swatch" aria-hidden="true" />
      {found ? <Say text={found.name} /> : (level ?? t.common.noLevel)}
    </span>
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
