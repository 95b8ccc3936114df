/** What a unit's report must hold, by the plan's own form for it (5.1(1), annex 1). */
import { z } from 'zod';
import type { FormField, ObligationKind, Plan, Unit } from '../domain/plan.js';
import { type Fault, fail } from './failure.js';
import { digest, id, words } from './schemas.js';

const values = z.record(z.string().max(80), z.union([z.number(), z.string().max(2000)]));

export const reportContent = {
  nil: z.boolean().default(false),
  values: values.default({}),
  measures: z
    .array(z.strictObject({ measureId: id, done: z.enum(['done', 'partly', 'not']), note: words(1000).optional() }))
    .max(200)
    .default([]),
  /** Where annex 1 asks for what the episode did to the unit's field. */
  impact: values.optional(),
  note: words(4000).optional(),
  attachments: z.array(digest).max(20).default([]),
};
export const reportContentSchema = z.strictObject(reportContent);
export type ReportContent = z.output<typeof reportContentSchema>;
/** What a draft of one holds: besides, the filler's reason where it corrects, and the form as it was typed. */
export const reportDraft = z.strictObject({ ...reportContent, correctionReason: words(1000).optional(), form: z.record(z.string(), z.array(z.string())).optional() });

/** Throws `invalid` with every fault. A nil report (零报告) asks only for its note. */
export function checkReport(plan: Plan, unit: Unit, kind: ObligationKind, content: ReportContent): void {
  const faults = [
    ...(content.nil ? nilFaults(content) : fieldFaults(unit.form, content.values, 'values')),
    ...measureFaults(plan, unit, content),
    ...impactFaults(unit, kind, content),
  ];
  if (faults.length > 0) throw fail({ kind: 'invalid', faults });
}

function nilFaults({ note, values: given }: ReportContent): Fault[] {
  return [
    ...(note === undefined ? [{ path: 'note', message: '零报告应写情况说明' }] : []),
    ...(Object.keys(given).length > 0 ? [{ path: 'values', message: '零报告不填数字' }] : []),
  ];
}

function fieldFaults(form: readonly FormField[], given: ReportContent['values'], path: string): Fault[] {
  const unknown = Object.keys(given).filter((key) => !form.some((f) => f.id === key));
  return [
    ...unknown.map((key) => ({ path: `${path}.${key}`, message: '表单没有这一项' })),
    ...form.flatMap((field) => {
      const message = faultOf(field, given[field.id]);
      return message === null ? [] : [{ path: `${path}.${field.id}`, message }];
    }),
  ];
}

function faultOf(field: FormField, value: number | string | undefined): string | null {
  if (value === undefined || value === '') return field.required ? `应填写：${field.label.zh}` : null;
  switch (field.type) {
    case 'text':
      return typeof value === 'string' ? null : '应为文字';
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= 0 ? null : '应为不小于 0 的整数';
    case 'decimal':
      return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? null : '应为不小于 0 的数';
  }
}

function measureFaults(plan: Plan, unit: Unit, { measures }: ReportContent): Fault[] {
  return measures.flatMap(({ measureId, done, note }, i) => [
    ...(plan.measures.some((m) => m.id === measureId && m.units.includes(unit.id)) ? [] : [{ path: `measures.${i}.measureId`, message: '不是本单位的措施' }]),
    ...(measures.findIndex((m) => m.measureId === measureId) < i ? [{ path: `measures.${i}.measureId`, message: '同一措施只填一次' }] : []),
    ...(done !== 'done' && note === undefined ? [{ path: `measures.${i}.note`, message: '部分落实或未落实应写明原因' }] : []),
  ]);
}

/** Asked with the summary, allowed before. */
function impactFaults(unit: Unit, kind: ObligationKind, { impact, nil }: ReportContent): Fault[] {
  if (unit.impact === null) return impact === undefined ? [] : [{ path: 'impact', message: '本单位不填影响评估' }];
  if (impact !== undefined) return fieldFaults(unit.impact.fields, impact, 'impact');
  return kind === 'summary-report' && !nil ? fieldFaults(unit.impact.fields, {}, 'impact') : [];
}
