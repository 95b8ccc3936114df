/** Shapes that many requests share. */
import { z } from 'zod';
import { startOfDayMs } from '../domain/time.js';

/** For `safeParse`: what a shape has no words of its own for is told in Chinese. */
export const IN_CHINESE = { error: z.locales.zhCN().localeError };

const [EARLIEST_MS, LATEST_MS] = [startOfDayMs('2000-01-01'), startOfDayMs('2100-01-01')];
/** Outside it a slip of the pen would owe a report for each day of centuries. */
const isOfOurTime = (atMs: number): boolean => atMs >= EARLIEST_MS && atMs < LATEST_MS;
const OUR_TIME = { error: '应在 2000 年至 2099 年之间' };

/** `2025-01-06T12:00:00+08:00`, read as milliseconds since the epoch. */
export const instant = z.iso
  .datetime({ offset: true, error: '应为带时区的时刻，如 2025-01-06T12:00:00+08:00' })
  .transform((iso) => Date.parse(iso))
  .refine(isOfOurTime, OUR_TIME);
/** A natural day in Beijing time that exists. */
export const day = z.iso
  .date({ error: '应为存在的日期，如 2025-01-06' })
  .refine((value) => !Number.isNaN(startOfDayMs(value)), { error: '没有这一天', abort: true })
  .refine((value) => isOfOurTime(startOfDayMs(value)), OUR_TIME);
export const words = (max: number) => z.string().trim().min(1).max(max);
export const id = z.string().regex(/^[\w.:-]{1,160}$/, '应为编号');
export const digest = z.string().regex(/^[0-9a-f]{64}$/, '应为 64 位十六进制摘要');
export const text = z.strictObject({ zh: words(2000), en: words(2000) });
export const role = z.enum(['technical', 'management', 'director', 'commander', 'unit', 'prefecture', 'zone', 'auditor', 'administrator', 'integration']);
export const channel = z.enum(['online', 'phone', 'fax', 'paper', 'meeting']);
export const evidenceRef = z.strictObject({ digest, title: words(200) });

/** Whose act it is, when it happened and how it came (R30); members of any request that is an act. */
export const envelope = {
  occurredAt: instant.optional(),
  channel: channel.default('online'),
  /** Whose act it is, when the caller enters it for somebody else (代录). Somebody without an account is named with the unit. */
  actor: z
    .union([z.strictObject({ accountId: id, role: role.optional() }), z.strictObject({ name: words(80), unitId: id })])
    .optional(),
  /** The second person at the phone. */
  witness: id.optional(),
  /** 事后补录: entered after an outage. */
  lateEntry: z.boolean().default(false),
  evidence: z.array(evidenceRef).max(20).default([]),
};
export const envelopeSchema = z.strictObject(envelope);
export type Envelope = z.output<typeof envelopeSchema>;
