/**
 * The plan as data: what `plans/*.yaml` holds once it is read, checked and
 * resolved. A running episode carries its own copy, so that a later edition
 * changes nothing for it. Every item names the clause it rests on.
 */
import type { Text } from './text.js';
import type { Day } from './time.js';

/** A clause number of the plan, e.g. `3.3.2(2)`, `附件1 三.17`; `8.6` where the text is silent. */
export type Clause = string;
/** `yellow`, `orange`, `red` in Kuitun; another plan may have others. Their order is that of `Plan.levels`. */
export type LevelId = string;
export type UnitId = string;

export type Role =
  | 'technical' // 技术组
  | 'management' // 管理组
  | 'director' // 办公室主任
  | 'commander' // 指挥长
  | 'unit' // 成员单位
  | 'prefecture' // 自治州指挥部（办公室）
  | 'zone' // 经开区管委会
  | 'auditor'
  | 'administrator'
  | 'integration'; // a machine feed

/** Who signs for the city: reviews and approves (3.3.4). */
export const SIGNING_ROLES = ['director', 'commander'] as const satisfies readonly Role[];
/** Of these a plan names who proposes a lift and who issues it (3.3.6, R13). */
export const LIFTING_ROLES = ['technical', 'management', 'director', 'commander'] as const satisfies readonly Role[];

/** The two groups of the headquarters' office (annex 1 two). */
export const OFFICE_GROUPS = ['technical', 'management'] as const satisfies readonly Role[];

// ---------------------------------------------------------------- levels

/** A spell: consecutive hours whose 24 h mean AQI exceeds a line, and how long it lasts (R5). */
export interface Spell {
  readonly aqiAbove: number;
  /** Shortest duration, hours; inclusive (R2). 24 is a single window. */
  readonly forHours: number;
}

/** One way to satisfy a level: a spell, which may have to contain a worse one (red, 3.3.2(3)). */
export interface Predicate {
  readonly id: string;
  readonly clause: Clause;
  readonly text: Text;
  readonly spell: Spell;
  readonly containing?: Spell;
}

export interface Level {
  readonly id: LevelId;
  readonly name: Text;
  /** The emergency response a warning of this level starts: `III`, `II`, `I` (4.1). */
  readonly response: { readonly id: string; readonly name: Text; readonly clause: Clause };
  readonly clause: Clause;
  /** The level is reached when any of them holds. */
  readonly predicates: readonly Predicate[];
  /** Least share of the whole city's emissions to be cut, percent (4.3.1). */
  readonly reductionSharePercent: number;
  /** Background colour and pattern of a band; words always go with it. */
  readonly colour: string;
  readonly pattern: 'diagonal' | 'grid' | 'solid' | 'dots';
}

// ---------------------------------------------------------------- settings: the readings R1-R38 where the text is silent

export interface Settings {
  /** R1 and the durations of R2 are the predicates' own numbers. R2: must the worse spell of a predicate lie inside the longer one? */
  readonly containedPeak: 'inside-run' | 'anywhere';
  /** R3: within a run that satisfies a level, one window must exceed one of these. `null`: no gate. */
  readonly basicCondition: { readonly aqiAbove: number; readonly pm25UgM3Above: number } | null;
  /** R4. */
  readonly dailyAqi: 'mean-concentrations' | 'mean-of-hourly-aqi';
  /** R5. */
  readonly windows: 'running' | 'natural-day';
  /** R6: which end of a forecast's range prompts a consultation. */
  readonly promptOn: 'low' | 'middle' | 'high';
  /** R7: when a warning takes effect where nobody says otherwise; never before the next whole hour. Plans of before have none: with the run. */
  readonly effectiveAt?: 'run-start' | 'next-hour';
  /** R8, R9: when a warning may be lifted. */
  readonly lift: {
    readonly aqiBelow: number;
    readonly holdHours: number;
    /** R9: may a lift be issued on the forecast, to take effect later; and at most how many hours ahead. 0: never ahead. */
    readonly aheadHours: number;
  };
  /** R8: when a level may be lowered. */
  readonly lower: { readonly holdHours: number };
  /** R11, R34: what a raise is graded on. */
  readonly raise: { readonly basis: 'observed-and-next-hours' | 'outlook'; readonly nextHours: number };
  /** R12: whose chain approves a lowering. */
  readonly lowerChain: 'target-level' | 'current-level';
  /** R12: from which levels the commander is told when the level is lowered. */
  readonly tellCommanderWhenLoweredFrom: readonly LevelId[];
  /** R13. */
  readonly liftRoles: { readonly proposes: Role; readonly issues: Role };
  /** R14: may one person take two steps of one chain? */
  readonly onePersonTwoSteps: boolean;
  /** R15: does an order bind of itself, or once its relay is signed; who signs is `chains.relay`. */
  readonly orders: { readonly bindWithoutApproval: boolean; readonly liftNamingTheCityLifts: boolean };
  /** R16. */
  readonly mergeAcrossGaps: boolean;
  /** R17: how hours flagged as sand-dust are graded. */
  readonly dust: 'without-pm10' | 'missing' | 'as-measured';
  /** R19: how "within n days after" is counted. */
  readonly counting: 'calendar-day' | 'elapsed';
  /** R21: may the response stand above the warning's level? */
  readonly responseMayExceedWarning: boolean;
  /** R23: measures of lower levels persist (the stricter holds). */
  readonly measuresAddUp: boolean;
  /** R25: how the city's value is made of its stations. */
  readonly cityValue: 'mean-concentrations' | 'worst-station';
  readonly stations: readonly string[];
  /** R26: id of the file of AQI tables with effective dates. */
  readonly aqiTables: string;
  /** R27: least valid hours of a 24 h mean. */
  readonly validHours: number;
  /** R28: hours before a run from which a grading prompts a consultation; earlier it is an outlook. */
  readonly consultLeadHours: number;
  /** R28: a graded forecast stands for the consultation and the submission. */
  readonly autoPropose: boolean;
  /** R29: withdraw by itself an episode whose outlook has gone before any request. */
  readonly withdrawWhenOutlookGone: boolean;
  /** R30: people needed to record an act by phone. */
  readonly phonePeople: 1 | 2;
  /** R35: does the day of the lift owe its report? */
  readonly liftDayOwesReport: boolean;
  /** R36: consultations while an episode is open; hours divide the day, and count from 00:00. */
  readonly consultEvery: 'day' | 'never' | { readonly everyHours: 1 | 2 | 3 | 4 | 6 | 8 | 12 | 24 };
  /** R37. */
  readonly dailyFileAqi: 'reported' | 'computed';
  /** R38: hours of the day at which a forecast is looked for, for people to know when the next is due; absent: not told. */
  readonly forecastHours?: readonly number[];
}

/** A reading, for people: what the text leaves open and which setting decides it. */
export interface Reading {
  readonly id: string; // 'R1' ... 'R38'
  readonly clause: Clause;
  readonly question: Text;
  readonly answer: Text;
  /** Dotted paths into the plan of the values that decide it. */
  readonly decidedBy: readonly string[];
}

// ---------------------------------------------------------------- approval

export type ChainedAction =
  | 'publish' // 发布
  | 'raise' // 升级
  | 'lower' // 降级
  | 'lift' // 解除
  | 'relay' // 转发上级命令的通知
  | 'correct' // 更正、撤销（误发）
  | 'evaluate'; // 总结评估

export interface ChainStep {
  readonly role: Role;
  /** 审核 or 批准; the last step of a chain approves. */
  readonly act: 'review' | 'approve';
}

export interface Chain {
  readonly clause: Clause;
  /** None: the management group issues at once (lift, 3.3.6). */
  readonly steps: readonly ChainStep[];
}

/** What is told, at this many minutes after a step opened unanswered, and to whom (R14). */
export interface Escalation {
  readonly afterMinutes: number;
  readonly tell: readonly Role[];
}

// ---------------------------------------------------------------- obligations

export type ObligationKind =
  | 'consultation' // 会商
  | 'consultation-advice' // 会商建议报自治州
  | 'zone-notice' // 通知经开区
  | 'prefecture-filing' // 向自治州报备
  | 'site-publication' // 官网公开
  | 'acknowledgement' // 签收
  | 'startup-report' // 启动情况
  | 'daily-report' // 单位日报
  | 'bulletin' // 通报
  | 'office-daily-report' // 办公室日报
  | 'zone-lift-instruction' // 解除指令送经开区
  | 'summary-report' // 单位总结
  | 'office-final-report' // 办公室总报告
  | 'process-analysis' // 过程分析报告
  | 'evaluation' // 总结评估
  | 'countersignature' // 补签
  | 'order-check' // 上级命令复核
  | 'relay-signature' // 转发通知签发
  | 'task'; // 督查调度

/** What makes an obligation come into being; its instant is the origin of the time rules. */
export type Trigger =
  | 'published'
  | 'raised'
  | 'lowered'
  | 'lift-issued' // the instruction goes out
  | 'lift-postponed'
  | 'lift-rescinded'
  | 'lift-corrected' // a notice of a lift, which was filed with nobody (R33)
  | 'corrected' // any other notice
  | 'consulted'
  | 'open-day' // each natural day an episode is open before its lift
  | 'response-day' // each natural day the response was in force for any time (R35)
  | 'lifted' // the lift took effect
  | 'approved-by-phone'
  | 'order-received'
  | 'task-assigned';

/**
 * When, from a trigger's instant t on its natural day D (for day triggers D is
 * the day and t its 24:00, or the lift if that is earlier):
 * `minutesAfter` t + n; `dayOffset` hour h of D + n (h may be 24);
 * `withinDays` 24:00 of D + n, or t + n * 24 h, by `Settings.counting`.
 */
export type TimeRule =
  | { readonly minutesAfter: number }
  | { readonly dayOffset: number; readonly hour: number }
  | { readonly withinDays: number };

export type OwnerRule =
  /** `acknowledging`: every unit; the others by the unit's own duties. */
  | { readonly units: 'acknowledging' | 'starting' | 'daily' | 'summary' }
  | { readonly role: Role };

export interface ObligationRule {
  readonly kind: ObligationKind;
  readonly clause: Clause;
  readonly title: Text;
  readonly triggers: readonly Trigger[];
  readonly owner: OwnerRule;
  /** The office's own target (内部要求); a breach of it is no breach of the plan. */
  readonly target: TimeRule | null;
  /** The plan's due time; null where the plan sets none. */
  readonly due: TimeRule | null;
  /** Minutes before the target (the due time where there is no target) at which those who have not submitted are reminded. */
  readonly remindMinutesBefore: readonly number[];
  /** Besides the owner, who is told of what is open when the target, and the due time, pass. */
  readonly tellAtTarget: readonly Role[];
  readonly tellAtDue: readonly Role[];
}

/** When an open obligation counts as 临期. */
export interface DueSoon {
  readonly shareLeft: number;
  readonly minutesLeft: number;
}

// ---------------------------------------------------------------- units, measures

export interface FormField {
  readonly id: string;
  readonly label: Text;
  readonly type: 'integer' | 'decimal' | 'text';
  /** Unit of a number: `次`, `家`, `人`. */
  readonly unit?: Text;
  readonly required: boolean;
}

export interface Unit {
  readonly id: UnitId;
  readonly name: Text;
  readonly shortName: Text;
  readonly listedIn: readonly ('body' | 'annex1')[];
  readonly clause: Clause;
  readonly duties: readonly Text[];
  /** False where annex 1 lists no duty (R20). */
  readonly dutyListed: boolean;
  readonly reports: { readonly startup: boolean; readonly daily: boolean; readonly summary: boolean };
  readonly form: readonly FormField[];
  /** The impact section that annex 1 asks of some units; null otherwise. */
  readonly impact: { readonly clause: Clause; readonly fields: readonly FormField[] } | null;
}

export interface Measure {
  readonly id: string;
  readonly clause: Clause;
  readonly level: LevelId;
  readonly kind: 'health' | 'advisory' | 'mandatory';
  readonly text: Text;
  readonly units: readonly UnitId[];
  /** The measure of a lower level that this one makes stricter or relaxes (R23). */
  readonly over?: string;
}

export interface Advice {
  readonly audience: 'everyone' | 'child' | 'elderly' | 'outdoor-worker' | 'driver' | 'school' | 'firm';
  readonly level: LevelId;
  readonly clause: Clause;
  readonly text: Text;
}

// ---------------------------------------------------------------- notices

export type NoticeAction = 'publish' | 'raise' | 'lower' | 'lift' | 'postpone' | 'rescind' | 'correct';

export interface NoticeRule {
  readonly clause: Clause;
  /** `units` is every member unit. */
  readonly recipients: readonly ('units' | 'zone' | 'prefecture' | 'commander' | 'director')[];
}

// ---------------------------------------------------------------- the plan

export interface Plan {
  readonly id: string;
  readonly revision: string;
  /** First natural day in force, and the first no longer; null: until a later edition of the area replaces it. */
  readonly effectiveFrom: Day;
  readonly effectiveUntil: Day | null;
  readonly title: Text;
  readonly city: Text;
  readonly areaId: string;
  /** First part of an episode's number, `KT` in `KT-2026-003`. */
  readonly numberPrefix: string;
  /** Clause number to title. */
  readonly clauses: Readonly<Record<Clause, Text>>;
  /** Lowest first. */
  readonly levels: readonly Level[];
  readonly settings: Settings;
  readonly readings: readonly Reading[];
  /** For the level the action leads to (for `lift`, `evaluate`: the level in force or the peak). */
  readonly chains: Readonly<Record<ChainedAction, Readonly<Record<LevelId, Chain>>>>;
  readonly escalations: readonly Escalation[];
  readonly notices: Readonly<Record<NoticeAction, NoticeRule>>;
  readonly obligations: readonly ObligationRule[];
  readonly dueSoon: DueSoon;
  readonly units: readonly Unit[];
  readonly measures: readonly Measure[];
  readonly advice: readonly Advice[];
}

/** Anything that knows the plan's levels in order. */
export interface Levels {
  readonly levels: readonly { readonly id: LevelId }[];
}

/** Position of a level, 1 for the lowest; 0 for no level. An unknown level is a programming error. */
export function rankOf(plan: Levels, level: LevelId | null): number {
  if (level === null) return 0;
  const index = plan.levels.findIndex((l) => l.id === level);
  if (index < 0) throw new Error(`no level "${level}" in this plan`);
  return index + 1;
}

/** The higher of two levels; null is below every level. */
export function higherLevel(plan: Levels, a: LevelId | null, b: LevelId | null): LevelId | null {
  return rankOf(plan, a) >= rankOf(plan, b) ? a : b;
}

export function levelOf<L extends { readonly id: LevelId }>(plan: { readonly levels: readonly L[] }, level: LevelId): L {
  const found = plan.levels[rankOf(plan, level) - 1];
  if (!found) throw new Error(`no level "${level}" in this plan`);
  return found;
}
