/**
 * Plan time is what the rules see; real time is what passes.
 * Production is the identity; a drill (8.3) runs at a rate of 60 or 1440; a
 * season has an offset that puts it into the data's years.
 */
export interface AffineClock {
  readonly realOriginMs: number;
  readonly planOriginMs: number;
  /** Plan milliseconds per real millisecond, > 0. */
  readonly rate: number;
}

export const IDENTITY_CLOCK: AffineClock = { realOriginMs: 0, planOriginMs: 0, rate: 1 };

export function toPlanMs(clock: AffineClock, realMs: number): number {
  return Math.floor(clock.planOriginMs + (realMs - clock.realOriginMs) * clock.rate);
}

/** The first real millisecond whose plan time is at or after `planMs`. */
export function toRealMs(clock: AffineClock, planMs: number): number {
  return Math.ceil(clock.realOriginMs + (planMs - clock.planOriginMs) / clock.rate);
}
