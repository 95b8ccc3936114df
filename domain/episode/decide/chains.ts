/** Who approves what (3.3.4, 3.3.6, 5.2; R12, R14). */
import type { Chain, LevelId } from '../../plan.js';
import type { EpisodePlan } from '../plan.js';
import type { Evidence } from '../state.js';

/** The chain a request goes through. A lowering takes the target level's or the current level's (R12). */
export function chainOf(plan: EpisodePlan, evidence: Pick<Evidence, 'action' | 'level' | 'fromLevel'>): Chain {
  const { action, level, fromLevel } = evidence;
  const keyed: LevelId | null = action === 'lower' && plan.settings.lowerChain === 'current-level' ? fromLevel : (level ?? fromLevel);
  const lowest = plan.levels[0]?.id;
  const chain = plan.chains[action][keyed ?? lowest ?? ''];
  if (!chain) throw new Error(`the plan has no chain for "${action}" at "${keyed ?? '-'}"`);
  return chain;
}
