/**
 * The six pollutants of HJ 633 and the scale of all arithmetic on them.
 * Concentrations are whole thousandths of the written unit (µg/m³; CO mg/m³),
 * because binary fractions give wrong values once IAQI is rounded up.
 */
export const POLLUTANTS = ['PM2.5', 'PM10', 'SO2', 'NO2', 'CO', 'O3'] as const;
export type Pollutant = (typeof POLLUTANTS)[number];

/** Field of a pollutant in rows and columns, in the order of `POLLUTANTS`. */
export const POLLUTANT_KEYS = ['pm25', 'pm10', 'so2', 'no2', 'co', 'o3'] as const;
export type PollutantKey = (typeof POLLUTANT_KEYS)[number];

/** A concentration, whole thousandths of the written unit. */
export type Scaled = number;
export const SCALE = 1000;
/** In columns of scaled concentrations and of AQI. */
export const MISSING = -1;

/** Scales a concentration in its written unit; null, undefined and what is negative or no number are missing. */
export function scaled(value: number | null | undefined): Scaled {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? Math.round(value * SCALE) : MISSING;
}

/** A set of pollutants in one byte, bit i being `POLLUTANTS[i]`; 0 is none, or not known. */
export type PollutantMask = number;
export const PM25_BIT: PollutantMask = 1;
export const PM10_BIT: PollutantMask = 2;

export function pollutantsOf(mask: PollutantMask): Pollutant[] {
  return POLLUTANTS.filter((_, i) => (mask & (1 << i)) !== 0);
}

/** Names that are no pollutant of HJ 633 are left out. */
export function maskOf(names: readonly string[]): PollutantMask {
  return POLLUTANTS.reduce((mask, name, i) => (names.includes(name) ? mask | (1 << i) : mask), 0);
}
