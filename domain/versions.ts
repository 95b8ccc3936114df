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
} as const;

export type Behaviour = keyof typeof SINCE;

export function decides(rulesVersion: string, behaviour: Behaviour): boolean {
  return Number(rulesVersion) >= SINCE[behaviour];
}
