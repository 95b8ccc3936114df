/** A bundle changed in one place, one after the other; and what a verifier made of it. */
import { type Entry, readArchive } from '../../../evidence/archive.js';
import { PATHS } from '../../../evidence/format.js';
import { canonicalJson } from '../../../domain/digest.js';
import type { Loose } from './forge.js';

/** `fault`: told in words. `refused`: not read at all, which is said too. `broke`: an accident, which proves nothing. */
export type Outcome = 'fault' | 'refused' | 'missed' | 'broke';

export interface Tally {
  readonly tried: number;
  readonly fault: number;
  readonly refused: number;
  /** Names of what passed, and of what broke the verifier. */
  readonly wrong: readonly string[];
}

export function tallied(outcomes: Iterable<readonly [name: string, outcome: Outcome]>): Tally {
  const of = { tried: 0, fault: 0, refused: 0, wrong: [] as string[] };
  for (const [name, outcome] of outcomes) {
    of.tried++;
    if (outcome === 'fault' || outcome === 'refused') of[outcome]++;
    else of.wrong.push(`${name}: ${outcome}`);
  }
  return of;
}

/** Every value of every row, of the manifest and of the signature; and each of these texts in another form. */
export function* valueChanges(entries: readonly Entry[]): Generator<readonly [name: string, changed: Entry[]]> {
  for (const path of [PATHS.episodeRows, PATHS.areaRows, PATHS.manifest, PATHS.signature]) {
    const isLines = path.endsWith('.jsonl');
    const lines = textIn(entries, path).split('\n').slice(0, isLines ? -1 : 1);
    const file = (i: number, line: string) => withFile(entries, path, isLines ? lines.with(i, line).map((l) => `${l}\n`).join('') : line);
    for (const [i, line] of lines.entries()) {
      const value: unknown = JSON.parse(line);
      for (const at of leafChanges(value)) yield [`${path} ${i + 1} ${at.join('.')}`, file(i, canonicalJson(changed(value, at)))];
      yield [`${path} ${i + 1} spaced`, file(i, JSON.stringify(value).replace('{', '{ '))];
    }
  }
}

/** Every file: a byte of it, its end cut off, left out, another added, exchanged with the next; the rows exchanged, and cut off after each. */
export function* fileChanges(entries: readonly Entry[]): Generator<readonly [name: string, changed: Entry[]]> {
  for (const [i, { path, body }] of entries.entries()) {
    const flipped = Buffer.from(body);
    flipped[flipped.length >> 1]! ^= 1;
    yield [`${path} flipped`, withFile(entries, path, flipped)];
    yield [`${path} cut`, withFile(entries, path, body.subarray(0, -1))];
    yield [`${path} left out`, entries.toSpliced(i, 1)];
    yield [`${path} added to`, entries.toSpliced(i, 0, { path: `documents/added-${i}`, body })];
    const next = entries[i + 1];
    if (next) yield [`${path} after ${next.path}`, entries.with(i, next).with(i + 1, entries[i]!)];
  }
  for (const path of [PATHS.episodeRows, PATHS.areaRows]) {
    const lines = textIn(entries, path).split('\n').slice(0, -1);
    const file = (some: readonly string[]) => withFile(entries, path, some.map((l) => `${l}\n`).join(''));
    for (let i = 0; i + 1 < lines.length; i++) {
      yield [`${path} ${i + 1} after ${i + 2}`, file(lines.with(i, lines[i + 1]!).with(i + 1, lines[i]!))];
      yield [`${path} cut after ${i + 1}`, file(lines.slice(0, i + 1))];
    }
  }
}

/** Another episode's files in this one's place. */
export function* swaps(entries: readonly Entry[], other: readonly Entry[]): Generator<readonly [name: string, changed: Entry[]]> {
  for (const { path, body } of entries) {
    const theirs = other.find((e) => e.path === path);
    if (theirs && Buffer.compare(theirs.body, body) !== 0) yield [`${path} of another`, withFile(entries, path, theirs.body)];
  }
}

/** Where in an archive bytes lie that are no file's: headers, directory, end. */
export function* bytesBetween(bytes: Uint8Array): Generator<number> {
  let at = 0;
  for (const { path, body } of readArchive(bytes)) {
    for (const end = at + 30 + path.length; at < end; at++) yield at;
    at += body.length;
  }
  for (; at < bytes.length; at++) yield at;
}

/** Every change of one value inside a JSON value, as functions from a fresh copy. */
export function* leafChanges(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* leafChanges(item, [...path, i]);
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* leafChanges(item, [...path, key]);
  else yield path;
}

export function changed(value: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(value);
  const holder = path.slice(0, -1).reduce((at, key) => (at)[key] as Loose, copy as Loose);
  const key = path.at(-1)!;
  holder[key] = another(holder[key]);
  return copy;
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'was null';
  const last = value.at(-1) ?? '';
  return `${value.slice(0, -1)}${last === '0' ? '1' : '0'}`;
}

export function withFile(entries: readonly Entry[], path: string, body: string | Uint8Array): Entry[] {
  return entries.map((e) => (e.path === path ? { path, body: typeof body === 'string' ? Buffer.from(body) : body } : e));
}

export function textIn(entries: readonly Entry[], path: string): string {
  return Buffer.from(entries.find((e) => e.path === path)!.body).toString('utf8');
}
