/** Ours beside the others, in numbers and as a table on the terminal. */
import { rounded } from '../measure/numbers.js';
import type { EpisodeResults, Figures } from './run.js';

export interface Ratio {
  /** How many times less than the bare workflow. */
  readonly cpu: number;
  readonly events: number;
  /** Of the bare workflow's and of the plain tables' latency. */
  readonly decisionP99: number;
  readonly submissionP50: number;
}

/** By how many episodes ran at once. */
export function ratiosOf({ ours = {}, bare = {}, tables = {} }: EpisodeResults): Readonly<Record<string, Ratio>> {
  return Object.fromEntries(
    Object.entries(ours).flatMap(([size, our]) => {
      const [workflow, plain] = [bare[size], tables[size]];
      if (!workflow || !plain) return [];
      const ratio: Ratio = {
        cpu: rounded(workflow.cpuS / our.cpuS),
        events: rounded(workflow.events / our.events),
        decisionP99: rounded(our.decisionMs.p99 / workflow.decisionMs.p99),
        submissionP50: rounded(our.submissionMs.p50 / plain.submissionMs.p50),
      };
      return [[size, ratio]];
    }),
  );
}

const HEADINGS = ['', 'at once', 'CPU s', 'api', 'worker', 'postgres', 'temporal', 'events', 'KB', 'decision p50/p99', 'submission p50/p99'];

export function tableOf(results: EpisodeResults, ratio: Readonly<Record<string, Ratio>>): string {
  const rows = Object.entries(results).flatMap(([name, bySize]) => Object.entries(bySize).map(([size, figures]) => rowOf(name, size, figures)));
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((r) => r[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  const compared = Object.entries(ratio).map(
    ([size, r]) => `× ${size}: ${r.cpu} times less CPU and ${r.events} times fewer events than bare; decision p99 ${r.decisionP99} × bare, submission p50 ${r.submissionP50} × tables`,
  );
  return [line(HEADINGS), ...rows.map(line), ...compared].join('\n');
}

function rowOf(name: string, size: string, { cpuS, cpuByPart, events, historyKb, decisionMs, submissionMs }: Figures): string[] {
  const { api, worker, postgres, temporal } = cpuByPart;
  return [name, size, ...[cpuS, api, worker, postgres, temporal, events, historyKb].map(String), `${decisionMs.p50}/${decisionMs.p99}`, `${submissionMs.p50}/${submissionMs.p99}`];
}
