/** How exactly times on record can be held against each other. */
import { MINUTE_MS } from '../../domain/time.js';

/** How far a clock may step back, or two machines' clocks part: their network sets them right now and then. */
export const CLOCK_STEP_MS = MINUTE_MS;

/** How long a person's decision is good for: afterwards it is refused, and whoever asked was told so. */
export const DECISION_VALID_MS = 15_000;

/** An engine that runs hears of a row of its area within seconds; what was not taken in for this long was passed over. */
export const NEWS_WITHIN_MS = 5 * MINUTE_MS;
