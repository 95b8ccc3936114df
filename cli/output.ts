/** What a command says: one document or text on standard output, all else on standard error. */
import cliProgress from 'cli-progress';

export interface OutputOptions {
  readonly json?: boolean;
}

/** With `--json` the value as one JSON document and nothing else; the text otherwise. */
export function present(options: OutputOptions, value: unknown, text: () => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : text()}\n`);
}

export interface Progress {
  /** 0 to 1. */
  (share: number): void;
}

/** Runs long work with a bar on standard error where that is a terminal. */
export async function withProgress<T>(title: string, work: (progress: Progress) => T | Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const bar = new cliProgress.SingleBar({ format: `${title} {bar} {percentage}% {duration_formatted}`, stream: process.stderr, hideCursor: true, clearOnComplete: true }, cliProgress.Presets.shades_classic);
  bar.start(1000, 0);
  try {
    return await work((share) => bar.update(Math.round(share * 1000)));
  } finally {
    bar.stop();
  }
}

/** Columns side by side; the first row is the head. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))));
  return rows.map((row) => row.map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)))).join('  ').trimEnd()).join('\n');
}

/** Cells on a terminal: a Chinese character takes two. */
function widthOf(text: string): number {
  return [...text].reduce((width, c) => width + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(c) ? 2 : 1), 0);
}

/** `2015-12-14T00:00:00+08:00` as people read it. */
export function shortTime(iso: string | null): string {
  return iso === null ? '-' : iso.slice(0, 16).replace('T', ' ');
}
