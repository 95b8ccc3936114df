/** Levels and settings of Kuitun as tests of the air's rules want them, small and written out; the whole plan is `plans/kuitun-2023.yaml`. */
import type { Level, Plan, Predicate, Settings } from '../../domain/plan.js';

const text = (zh: string) => ({ zh, en: zh });

const level = (id: string, clause: string, predicates: readonly Predicate[]): Level => ({
  id,
  name: text(id),
  response: { id, name: text(id), clause: '4.1' },
  clause,
  predicates,
  reductionSharePercent: 10,
  colour: '#fff',
  pattern: 'solid',
});

export const KUITUN_LEVELS: readonly Level[] = [
  level('yellow', '3.3.2(1)', [
    { id: 'yellow-200', clause: '3.3.2(1)', text: text('> 200'), spell: { aqiAbove: 200, forHours: 24 } },
    { id: 'yellow-150', clause: '3.3.2(1)', text: text('> 150, 48 h'), spell: { aqiAbove: 150, forHours: 48 } },
  ]),
  level('orange', '3.3.2(2)', [
    { id: 'orange-200', clause: '3.3.2(2)', text: text('> 200, 48 h'), spell: { aqiAbove: 200, forHours: 48 } },
    { id: 'orange-150', clause: '3.3.2(2)', text: text('> 150, 72 h'), spell: { aqiAbove: 150, forHours: 72 } },
  ]),
  level('red', '3.3.2(3)', [
    {
      id: 'red',
      clause: '3.3.2(3)',
      text: text('> 200, 72 h with > 300, 24 h'),
      spell: { aqiAbove: 200, forHours: 72 },
      containing: { aqiAbove: 300, forHours: 24 },
    },
  ]),
];

export const DEFAULT_SETTINGS: Settings = {
  containedPeak: 'inside-run',
  basicCondition: { aqiAbove: 200, pm25UgM3Above: 115 },
  dailyAqi: 'mean-concentrations',
  windows: 'running',
  promptOn: 'high',
  lift: { aqiBelow: 150, holdHours: 36, aheadHours: 48 },
  lower: { holdHours: 36 },
  raise: { basis: 'observed-and-next-hours', nextHours: 24 },
  lowerChain: 'target-level',
  tellCommanderWhenLoweredFrom: ['orange', 'red'],
  liftRoles: { proposes: 'technical', issues: 'management' },
  onePersonTwoSteps: false,
  orders: { bindWithoutApproval: true, liftNamingTheCityLifts: true },
  mergeAcrossGaps: true,
  dust: 'without-pm10',
  counting: 'calendar-day',
  responseMayExceedWarning: true,
  measuresAddUp: true,
  cityValue: 'mean-concentrations',
  stations: [],
  aqiTables: 'hj633',
  validHours: 20,
  consultLeadHours: 48,
  autoPropose: false,
  withdrawWhenOutlookGone: true,
  phonePeople: 2,
  liftDayOwesReport: true,
  consultEvery: 'day',
  dailyFileAqi: 'reported',
};

/** Kuitun's levels with the default readings, some of them changed. */
export function kuitun(changed: Partial<Settings> = {}): Pick<Plan, 'levels' | 'settings'> {
  return { levels: KUITUN_LEVELS, settings: { ...DEFAULT_SETTINGS, ...changed } };
}
