/**
 * What the rules decide otherwise than when they began, each behaviour by its
 * name with the version since which it is decided so. An episode keeps the
 * version it began under; where a behaviour differs, the rule asks here, and
 * the way it was decided before stays beside it.
 */
const SINCE = {
  /** 3.3.6, R29: a lowering rests on the level's own standard no longer being met by its time; a forecast that takes that away changes its basis. */
  'a-lowering-needs-its-ground': 2,
  /** 3.3.6, R29: a lowering or a lift is renewed only for a time at which one could ask for it now. */
  'a-renewed-request-meets-its-condition': 2,
  /** R9: the observation at the hour of a lift is one of that hour, or none, and is held against the line. */
  'a-lift-is-held-against-its-own-hour': 2,
  /** 1.4, R17: an outlook that sand-dust has taken away makes the plan not applicable; nobody has withdrawn anything. */
  'dust-over-the-outlook-is-not-applicable': 2,
  /** R27: while the mean of the latest observed hours is missing, people are asked. */
  'missing-hours-are-asked-about': 2,
  /** 3.3.6, R15: an order whose level begins only once a lift has taken effect leaves the lift as it is, and opens the next episode. */
  'an-order-after-a-lift-is-the-next-episodes': 2,
  /** 3.3.6, R15: a lift that names no order ends those of its issuer that came before it, none that came since. */
  'a-lift-ends-what-came-before-it': 2,
  /** 4.1, 4.2, R21: the response is adjusted from the moment it is decided on, for the level in force and those announced; what was before stays as it was. */
  'a-response-is-adjusted-from-now-on': 2,
  /** R33: what changes a lift (更正, 推迟, 撤销) is told to those who were told of the lift, and filed with nobody. */
  'a-changed-lift-is-told-again': 2,
  /** R31, annex 1: a task may be the office's own, of its technical or its management group. */
  'a-task-may-be-the-offices': 2,
  /** R14: a delegate and whoever delegated to them take one step of a chain between them. */
  'a-delegates-hand-is-the-delegators': 2,
  /** R30: a signature online is by one's own hand; whoever enters another's says by what channel it came. */
  'online-is-by-ones-own-hand': 2,
  /** 5.1, 5.2: the reporting after a lift ends with the reports, however long the evaluation may take. */
  'reporting-ends-with-the-reports': 2,
  /** 3.3.6, R15: an order ended before its time lowers and lifts nothing; where what ended it is found wrong, it waits for its time again. */
  'an-order-ended-before-its-time-changes-nothing': 3,
} as const;

export type Behaviour = keyof typeof SINCE;

export function decides(rulesVersion: string, behaviour: Behaviour): boolean {
  return Number(rulesVersion) >= SINCE[behaviour];
}
