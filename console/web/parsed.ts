/** What a form sent, by the use case's own shape. */
import type { z } from 'zod';
import { fail } from '../../usecases/failure.js';

/** Throws `invalid` with the path of each fault. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fail({ kind: 'invalid', faults: result.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: chinese(issue) })) });
}

/** Our own messages are Chinese; of the schema library's only the kind is told. */
function chinese(issue: z.core.$ZodIssue): string {
  if (/[\u4e00-\u9fff]/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return '应填写这一项，或数值过小';
    case 'too_big':
      return '内容过长，或数值过大';
    default:
      return '填写有误，或没有填写';
  }
}
