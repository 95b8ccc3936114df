/** Ozone of a 24 h window: its highest 8 h mean (HJ 633, R4). */
import { iaqiOfMean } from './aqi.js';
import { MISSING } from './pollutants.js';
import { forEachTable, take, WINDOW_HOURS } from './series.js';
import type { MeanSeries } from './series.js';
import type { AqiTable } from './tables.js';

const MEAN_HOURS = 8;
/** 8 h means that lie wholly within a 24 h window. */
const MEANS_IN_WINDOW = WINDOW_HOURS - MEAN_HOURS + 1;
/** Divisible by 1 to 8: makes means of differing counts comparable as whole numbers. */
const COMMON = 840;
const OZONE_BIT = 1 << 5;

/** Adds ozone's IAQI to each window with at least `validHours` valid hours and one valid 8 h mean. */
export function addOzone(series: MeanSeries, values: Int32Array, tables: readonly AqiTable[], validHours: number): void {
  const means = new Float64Array(series.hours);
  // Hours of the 8 h means that may still become the highest, their means falling from head to tail.
  const queue = new Int32Array(series.hours);
  let [head, tail, sum, count, windowCount] = [0, 0, 0, 0, 0];
  const at = (hour: number) => (hour >= 0 ? values[hour]! : MISSING);
  forEachTable(series, tables, (table, first, end) => {
    const scale = table.scales.o3_8h;
    for (let hour = first; hour < end; hour++) {
      const entering = at(hour);
      if (entering >= 0) {
        sum += entering;
        count++;
        windowCount++;
      }
      const leaving = at(hour - MEAN_HOURS);
      if (leaving >= 0) {
        sum -= leaving;
        count--;
      }
      if (at(hour - WINDOW_HOURS) >= 0) windowCount--;
      if (count >= table.o3ValidHoursOf8) {
        const mean = sum * (COMMON / count);
        while (tail > head && means[queue[tail - 1]!]! <= mean) tail--;
        means[hour] = mean;
        queue[tail++] = hour;
      }
      if (tail > head && queue[head]! <= hour - MEANS_IN_WINDOW) head++;
      if (windowCount < validHours || tail === head) continue;
      const iaqi = iaqiOfMean(scale, means[queue[head]!]!, COMMON);
      take(series, hour, iaqi === MISSING ? iaqiOfMean(table.scales.o3_1h, highestHour(values, hour), 1) : iaqi, OZONE_BIT);
    }
  });
}

/** Only where HJ 633-2012 has no 8 h value (above 800 µg/m³): the highest hour decides. */
function highestHour(values: Int32Array, hour: number): number {
  let highest = 0;
  for (let i = Math.max(0, hour - WINDOW_HOURS + 1); i <= hour; i++) highest = Math.max(highest, values[i]!);
  return highest;
}
