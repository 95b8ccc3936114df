/**
 * From hourly concentrations to the AQI of trailing 24 h windows (3.3.1, R4,
 * R5): concentrations are averaged first (O3: the highest 8 h mean within the
 * window), then the AQI is taken from the table in force. Running sums: each
 * hour enters and leaves every window once.
 *
 * A pollutant counts in a window with at least `validHours` valid hours (R27).
 * The window's AQI is known when PM2.5 counts: it is the plan's own indicator
 * beside AQI, and an AQI without it could hide a heavy pollution.
 */
import type { Settings } from '../plan.js';
import { hourlyAqi, iaqiOfMean, PRIMARY_ABOVE } from './aqi.js';
import type { Concentrations } from './concentrations.js';
import { addOzone } from './ozone.js';
import { MISSING, PM10_BIT, PM25_BIT, POLLUTANT_KEYS, SCALE } from './pollutants.js';
import type { PollutantMask } from './pollutants.js';
import { emptySeries, forEachTable, GATE_CLOSED, GATE_PASSED, take, WINDOW_HOURS } from './series.js';
import type { MeanSeries } from './series.js';
import type { AqiItem, AqiTable } from './tables.js';

export type MeanSettings = Pick<Settings, 'validHours' | 'basicCondition' | 'dailyAqi'>;

/** Trailing 24 h means of consecutive hours. */
export function runningMeans(c: Concentrations, tables: readonly AqiTable[], settings: MeanSettings): MeanSeries {
  const series = emptySeries(c.startMs, c.hours);
  const pm25Known = new Uint8Array(c.hours);
  const pm25Above = (settings.basicCondition?.pm25UgM3Above ?? Infinity) * SCALE;
  addPollutant(series, c.columns.pm25, 'pm25_24h', PM25_BIT, tables, settings.validHours, (hour, sum, count) => {
    pm25Known[hour] = 1;
    if (sum > pm25Above * count) series.gate[hour] = GATE_PASSED;
  });
  addPollutant(series, c.columns.pm10, 'pm10_24h', PM10_BIT, tables, settings.validHours);
  addPollutant(series, c.columns.so2, 'so2_24h', 1 << 2, tables, settings.validHours);
  addPollutant(series, c.columns.no2, 'no2_24h', 1 << 3, tables, settings.validHours);
  addPollutant(series, c.columns.co, 'co_24h', 1 << 4, tables, settings.validHours);
  addOzone(series, c.columns.o3, tables, settings.validHours);
  if (settings.dailyAqi === 'mean-of-hourly-aqi') replaceByMeanOfHourlyAqi(series, c, tables, settings.validHours);
  const aqiAbove = settings.basicCondition?.aqiAbove ?? Infinity;
  for (let hour = 0; hour < c.hours; hour++) {
    if (pm25Known[hour] === 0) [series.aqi[hour], series.primary[hour], series.gate[hour]] = [MISSING, 0, GATE_CLOSED];
    else if (series.aqi[hour]! > aqiAbove) series.gate[hour] = GATE_PASSED;
    if (series.aqi[hour]! <= PRIMARY_ABOVE) series.primary[hour] = 0;
  }
  return series;
}

function addPollutant(
  series: MeanSeries,
  values: Int32Array,
  item: AqiItem,
  bit: PollutantMask,
  tables: readonly AqiTable[],
  validHours: number,
  onMean?: (hour: number, sum: number, count: number) => void,
): void {
  let sum = 0;
  let count = 0;
  forEachTable(series, tables, (table, first, end) => {
    const scale = table.scales[item];
    for (let hour = first; hour < end; hour++) {
      const entering = values[hour]!;
      if (entering >= 0) {
        sum += entering;
        count++;
      }
      const leaving = hour >= WINDOW_HOURS ? values[hour - WINDOW_HOURS]! : MISSING;
      if (leaving >= 0) {
        sum -= leaving;
        count--;
      }
      if (count < validHours) continue;
      take(series, hour, iaqiOfMean(scale, sum, count), bit);
      onMean?.(hour, sum, count);
    }
  });
}

/** The other reading of R4: the mean of the window's hourly AQI, rounded up. */
function replaceByMeanOfHourlyAqi(series: MeanSeries, c: Concentrations, tables: readonly AqiTable[], validHours: number): void {
  const hourly = new Int16Array(c.hours).fill(MISSING);
  forEachTable(c, tables, (table, first, end) => {
    for (let hour = first; hour < end; hour++) hourly[hour] = hourlyAqi(table, hourOf(c, hour))?.aqi ?? MISSING;
  });
  let [sum, count] = [0, 0];
  for (let hour = 0; hour < c.hours; hour++) {
    if (hourly[hour]! >= 0) [sum, count] = [sum + hourly[hour]!, count + 1];
    const leaving = hour >= WINDOW_HOURS ? hourly[hour - WINDOW_HOURS]! : MISSING;
    if (leaving >= 0) [sum, count] = [sum - leaving, count - 1];
    series.aqi[hour] = count >= validHours ? Math.ceil(sum / count) : MISSING;
  }
}

function hourOf(c: Concentrations, hour: number) {
  const written = (i: number) => {
    const value = c.columns[POLLUTANT_KEYS[i]!][hour]!;
    return value < 0 ? null : value / SCALE;
  };
  return { pm25: written(0), pm10: written(1), so2: written(2), no2: written(3), co: written(4), o3: written(5) };
}

/** The worst station's value at each hour (R25, `worst-station`); all of one start and length. */
export function worstOf(stations: readonly MeanSeries[]): MeanSeries {
  const [first, ...others] = stations;
  if (!first) throw new Error('no station given');
  const worst: MeanSeries = { ...first, aqi: first.aqi.slice(), primary: first.primary.slice(), gate: first.gate.slice() };
  for (const station of others) {
    for (let hour = 0; hour < worst.hours; hour++) {
      take(worst, hour, station.aqi[hour]!, station.primary[hour]!);
      if (station.gate[hour] === GATE_PASSED) worst.gate[hour] = GATE_PASSED;
    }
  }
  return worst;
}
