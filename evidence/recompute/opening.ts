/** What the episode calls itself, and the clock it says it ran on (8.3). */
import { dayOf } from '../../domain/time.js';
import { episodeNumber } from '../../domain/watch.js';
import type { Tell } from '../fault.js';
import { PATHS } from '../format.js';
import type { Frame } from '../walk.js';

export function openedRightly({ opened, wholePlan, areaRows }: Frame, tell: Tell): void {
  const where = `${PATHS.episodeRows} row 1 (episode-opened)`;
  const { planId, number, episodeId, areaId, drill, clock } = opened;
  if (planId !== wholePlan.id) tell(where, `the episode names plan "${planId}", its digest is that of "${wholePlan.id}"`);
  if (!isNumber()) tell(where, `number ${number} is not one that plan ${wholePlan.id} gives ${drill ? 'a drill' : 'an episode'} opened on ${dayOf(opened.atMs)}; it and "drill: ${drill}" contradict each other, or the year, or the prefix ${wholePlan.numberPrefix} (8.3)`);
  if (episodeId !== `${areaId}-${number}`.toLowerCase()) tell(where, `"${episodeId}" is not the id of number ${number} in area ${areaId}`);
  // A season played on past data runs on such a clock too: it is no record of anything that happened.
  if (!drill && (clock.rate !== 1 || clock.realOriginMs !== clock.planOriginMs)) tell(where, `it ran on a clock of its own (rate ${clock.rate}, ${clock.planOriginMs - clock.realOriginMs} ms apart) and is no drill: its times are not those at which anything happened (8.3)`);
  if (drill && clock.rate < 1) tell(where, `a drill's time runs at ${clock.rate} of the real one (8.3)`);

  /** Numbered when it was started, which may have been the day before its first row. */
  function isNumber(): boolean {
    const count = /\d+$/.exec(number)?.[0] ?? '0';
    const cause = areaRows.get(opened.areaSeq + 1);
    const years = [opened.atMs, ...(cause ? [cause.planAtMs] : [])].map((ms) => dayOf(ms).slice(0, 4));
    return Number(count) > 0 && years.some((year) => episodeNumber(wholePlan.numberPrefix, year, Number(count), drill) === number);
  }
}
