/** Differences between two courses in words: "orange 2 days earlier", "3 fewer warning days". */
import type { LevelId, ObligationKind, Plan, Role } from '../plan.js';
import type { Text } from '../text.js';
import { toBeijingIso } from '../time.js';
import type { Difference, Side } from './compare.js';

export type Plans = Readonly<Record<Side, Plan>>;

const ROLE: Partial<Record<Role, Text>> = {
  technical: { zh: '技术组', en: 'the technical group' },
  management: { zh: '管理组', en: 'the management group' },
  director: { zh: '办公室主任', en: 'the office director' },
  commander: { zh: '指挥长', en: 'the commander' },
};

const SIDE: Readonly<Record<Side, Text>> = { first: { zh: '原方案', en: 'the first' }, second: { zh: '对照方案', en: 'the second' } };

/** What the second is, seen from the first. */
export function sayDifference(d: Difference, plans: Plans): Text {
  switch (d.what) {
    case 'only': {
      const { zh, en } = levelName(plans, d.level);
      return { zh: `只有${SIDE[d.side].zh}发布预警：${zh}，${at(d.fromMs)}起`, en: `a warning only under ${SIDE[d.side].en}: ${en} from ${at(d.fromMs)}` };
    }
    case 'level-only': {
      const { zh, en } = levelName(plans, d.level);
      return { zh: `只有${SIDE[d.side].zh}达到${zh}，${at(d.fromMs)}起`, en: `${en} only under ${SIDE[d.side].en}, from ${at(d.fromMs)}` };
    }
    case 'starts': {
      const { zh, en } = orHigher(plans, d.level);
      const by = span(d.byMinutes);
      return d.byMinutes < 0 ? { zh: `${zh}提前${by.zh}`, en: `${en} ${by.en} earlier` } : { zh: `${zh}推迟${by.zh}`, en: `${en} ${by.en} later` };
    }
    case 'lifted': {
      const by = span(d.byMinutes);
      return d.byMinutes < 0 ? { zh: `解除提前${by.zh}`, en: `lifted ${by.en} earlier` } : { zh: `解除推迟${by.zh}`, en: `lifted ${by.en} later` };
    }
    case 'still-stands':
      return { zh: `只有${SIDE[d.side].zh}到数据结束时仍未解除`, en: `only under ${SIDE[d.side].en} does it still stand when the data end` };
    case 'warning-hours': {
      const { zh, en } = hours(d.by);
      return { zh: `预警${moreZh(d.by)}${zh}`, en: d.by % 24 === 0 ? `${size(d.by / 24)} ${moreEn(d.by)} warning ${Math.abs(d.by) === 24 ? 'day' : 'days'}` : `${en} ${d.by < 0 ? 'less' : 'more'} under warning` };
    }
    case 'hours-at-level': {
      const { zh, en } = levelName(plans, d.level);
      const by = hours(d.by);
      return { zh: `${zh}${moreZh(d.by)}${by.zh}`, en: `${by.en} ${d.by < 0 ? 'less' : 'more'} of ${en}` };
    }
    case 'warnings':
      return { zh: `预警${moreZh(d.by)}${size(d.by)}次`, en: `${size(d.by)} ${moreEn(d.by)} ${Math.abs(d.by) === 1 ? 'warning' : 'warnings'}` };
    case 'asked': {
      const role = ROLE[d.role] ?? { zh: d.role, en: d.role };
      return { zh: `${role.zh}被请示${moreZh(d.by)}${size(d.by)}次`, en: `${role.en} asked ${size(d.by)} ${Math.abs(d.by) === 1 ? 'time' : 'times'} ${d.by < 0 ? 'fewer' : 'more'}` };
    }
    case 'owed': {
      const { zh, en } = kindName(plans, d.kind);
      return { zh: `${zh}${moreZh(d.by)}${size(d.by)}份`, en: `${size(d.by)} ${moreEn(d.by)} of "${en}"` };
    }
  }
}

/** As either plan calls it; an id that neither has stays one. */
export function levelName({ first, second }: Plans, level: LevelId): Text {
  return (first.levels.find((l) => l.id === level) ?? second.levels.find((l) => l.id === level))?.name ?? { zh: level, en: level };
}

/** The name of a level, and that higher ones count, too, where there are any. */
function orHigher(plans: Plans, level: LevelId): Text {
  const { zh, en } = levelName(plans, level);
  const isHighest = plans.first.levels.at(-1)?.id === level;
  return isHighest ? { zh, en } : { zh: `${zh}（及以上）`, en: `${en} or higher` };
}

export function kindName({ first, second }: Plans, kind: ObligationKind): Text {
  return (first.obligations.find((o) => o.kind === kind) ?? second.obligations.find((o) => o.kind === kind))?.title ?? { zh: kind, en: kind };
}

/** `2025-01-06 12:00`, Beijing time. */
function at(ms: number): string {
  return toBeijingIso(ms).slice(0, 16).replace('T', ' ');
}

/** Its size in days and hours; to the minute where it is no whole hour. */
function span(byMinutes: number): Text {
  const minutes = Math.round(Math.abs(byMinutes));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const parts = ([[days, '天', 'day'], [hours, '小时', 'hour'], [rest, '分钟', 'minute']] as const).filter(([n]) => n > 0);
  return { zh: parts.map(([n, zh]) => `${n}${zh}`).join(''), en: parts.map(([n, , en]) => `${n} ${en}${n === 1 ? '' : 's'}`).join(' ') };
}

const size = (by: number) => String(Math.abs(by));
const moreZh = (by: number) => (by < 0 ? '少' : '多');
const moreEn = (by: number) => (by < 0 ? 'fewer' : 'more');
const hours = (by: number) => span(by * 60);
