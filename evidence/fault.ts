/** What is wrong, and where: one line for a person, the same as data. */
export interface Fault {
  /** Which check found it. */
  readonly check: string;
  /** A file of the bundle, with the row or item. */
  readonly where: string;
  readonly what: string;
}

export type Tell = (where: string, what: string) => void;

export class Report {
  readonly faults: Fault[] = [];
  /** What is no fault and should be known all the same. */
  readonly notes: string[] = [];
  readonly note = (text: string): void => void this.notes.push(text);

  teller(check: string): Tell {
    return (where, what) => void this.faults.push({ check, where, what });
  }

  /** Runs a check; one that breaks down on what it finds is a fault too. */
  run(check: string, where: string, work: (tell: Tell) => void): void {
    try {
      work(this.teller(check));
    } catch (error) {
      this.faults.push({ check, where, what: `cannot be recomputed: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
}

/** The first place where two JSON values part, for a person; null where they don't. */
export function difference(expected: unknown, found: unknown, path = ''): string | null {
  if (isObject(expected) && isObject(found)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const inside = difference(expected[key], found[key], path === '' ? key : `${path}.${key}`);
      if (inside !== null) return inside;
    }
    return null;
  }
  if (Array.isArray(expected) && Array.isArray(found)) {
    for (let i = 0; i < Math.max(expected.length, found.length); i++) {
      const inside = difference(expected[i], found[i], `${path}[${i}]`);
      if (inside !== null) return inside;
    }
    return null;
  }
  return Object.is(expected, found) ? null : `${path === '' ? 'value' : path} should be ${brief(expected)}, is ${brief(found)}`;
}

function brief(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
