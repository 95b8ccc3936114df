/** What a form sent: names to texts, files aside. */
import { instantOf } from './time.js';

export interface Upload {
  readonly field: string;
  readonly name: string;
  readonly mediaType: string;
  /** Empty where there was too much of it. */
  readonly body: Uint8Array;
  readonly bytes: number;
}

export const DIGEST = /^[0-9a-f]{64}$/;

export class Fields {
  constructor(
    readonly values: Readonly<Record<string, readonly string[]>>,
    readonly uploads: readonly Upload[] = [],
  ) {}

  /** From a parsed body; whatever is not text is left out, and so are NULs, which no text has. */
  static of(body: unknown, uploads: readonly Upload[] = []): Fields {
    const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
    return new Fields(Object.fromEntries(entries.map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).flatMap((v) => (typeof v === 'string' ? [v.replaceAll('\0', '')] : []))])), uploads);
  }

  text(name: string): string {
    return this.values[name]?.[0]?.trim() ?? '';
  }

  /** As typed: for a password. */
  exact(name: string): string {
    return this.values[name]?.[0] ?? '';
  }

  all(name: string): readonly string[] {
    return this.values[name] ?? [];
  }

  optional(name: string): string | undefined {
    const value = this.text(name);
    return value === '' ? undefined : value;
  }

  orNull(name: string): string | null {
    return this.optional(name) ?? null;
  }

  isTicked(name: string): boolean {
    return this.text(name) !== '';
  }

  /** A number where one was typed; else the text, for the schema to refuse. */
  number(name: string): number | string | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    const number = Number(value.replace(/，/g, '').replace(/．/g, '.'));
    return Number.isFinite(number) ? number : value;
  }

  instant(name: string): string | undefined {
    const value = this.optional(name);
    return value === undefined ? undefined : instantOf(value);
  }

  /** Of files kept: what else stands there, such as a script's word for a file, is none. */
  digests(name: string): string[] {
    return this.all(name).filter((value) => DIGEST.test(value));
  }

  upload(name: string): readonly Upload[] {
    return this.uploads.filter((u) => u.field === name && u.body.length > 0);
  }

  /** Everything but the console's own fields and passwords: what outlives a lost session. */
  worthKeeping(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(Object.entries(this.values).filter(([name]) => !name.startsWith('_') && !/password/i.test(name)));
  }
}
