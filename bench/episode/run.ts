/** Bench (a): the workload by every contestant, interleaved, at one episode and at many at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { loadPlan } from '../../plans/load.js';
import { bareContestant } from '../bare/contestant.js';
import { cpuSecondsOf, ownCpuSeconds } from '../measure/cpu.js';
import { median, quantile, rounded } from '../measure/numbers.js';
import { DAY_MS } from '../../domain/time.js';
import { startStand, type Stand } from '../stand.js';
import { tablesContestant } from '../tables/contestant.js';
import type { Contestant } from './contestant.js';
import { oursContestant } from './ours.js';
import { workloadPlan } from './plan.js';
import type { Sample, SampleKind } from './workload.js';

export interface Size {
  readonly episodes: number;
  /** Real length of a plan day: long enough that nobody falls behind. */
  readonly dayMs: number;
  readonly rounds: number;
  readonly names: readonly Contestant['name'][];
}

const OUR_TASK_QUEUE = 'qingkong';
const LEAD_MS = 300;
const SETTLE_MS = 1_000;
/** The period of the worker's look; the middle one of several counts, since one may fall on a vacuum of PostgreSQL's. */
const IDLE_MS = 5_000;
const IDLE_LOOKS = 3;
/** The first episodes of a process compile its code as they go. */
const WARM: Pick<Size, 'episodes' | 'dayMs'> = { episodes: 10, dayMs: 6_000 };
/** Cities do not act at once: the last is so much of plan time behind the first. A hundred warnings within three hours were more than one machine decides in the time that a decision is waited for. */
const SPREAD_MS = DAY_MS;

interface Round {
  readonly cpuS: number;
  readonly cpuByPart: Cpu;
  readonly samples: readonly Sample[];
  readonly events: number;
  readonly bytes: number;
}

export interface Figures {
  /** Medians of so many. */
  readonly rounds: number;
  /** CPU seconds per episode, net of what the same processes spend idling. */
  readonly cpuS: number;
  readonly cpuByPart: Cpu;
  readonly events: number;
  readonly historyKb: number;
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly submissionMs: { readonly p50: number; readonly p99: number };
  readonly forecastMs: { readonly p50: number; readonly p99: number };
}

export type EpisodeResults = Readonly<Record<string, Readonly<Record<string, Figures>>>>;

/** Figures by contestant and by how many episodes ran at once. */
export async function benchEpisodes(sizes: readonly Size[], say: (line: string) => void): Promise<EpisodeResults> {
  const stand = await startStand();
  try {
    const contestants = await contestantsOn(stand);
    for (const contestant of contestants.filter((c) => sizes.some((size) => size.names.includes(c.name)))) await roundOf(stand, contestant, WARM, 'warm');
    const results: Record<string, Record<string, Figures>> = Object.fromEntries(contestants.map((c) => [c.name, {}]));
    for (const size of sizes) {
      const measuring = contestants.filter((c) => size.names.includes(c.name));
      const rounds = new Map<string, Round[]>(measuring.map((c) => [c.name, []]));
      for (let round = 1; round <= size.rounds; round++) {
        for (const contestant of measuring) {
          const measured = await roundOf(stand, contestant, size, `n${size.episodes}r${round}`);
          rounds.get(contestant.name)?.push(measured);
          const parts = PARTS.map((part) => `${part} ${rounded(measured.cpuByPart[part])}`).join(', ');
          say(`${contestant.name} × ${size.episodes}, round ${round}: ${rounded(measured.cpuS)} CPU s per episode (${parts}), ${measured.events} events`);
        }
      }
      for (const { name } of measuring) results[name]![size.episodes] = figuresOf(rounds.get(name) ?? []);
    }
    return results;
  } finally {
    await stand.stop();
  }
}

async function contestantsOn(stand: Stand): Promise<Contestant[]> {
  const worker = await stand.run('worker', 'workers/main.ts', [], stand.workerEnv(OUR_TASK_QUEUE));
  await stand.untilPolled(OUR_TASK_QUEUE);
  const ours = await oursContestant(stand, workloadPlan(), [worker.pid], OUR_TASK_QUEUE);
  const whole = await oursContestant(stand, loadPlan('kuitun-2023'), [worker.pid], OUR_TASK_QUEUE, 'whole');
  return [ours, whole, await bareContestant(stand), await tablesContestant(stand)];
}

async function roundOf(stand: Stand, contestant: Contestant, { episodes, dayMs }: Pick<Size, 'episodes' | 'dayMs'>, label: string): Promise<Round> {
  const ids = Array.from({ length: episodes }, (_, i) => `${contestant.name}-${label}-${i + 1}`);
  const parts = partsOf(stand, contestant);
  const idlePerS = await idleCpu(parts);
  const startsMs = Date.now() + LEAD_MS;
  const played = ids.map((id, i) => ({ id, pace: { startedAtMs: startsMs + (i / episodes) * (SPREAD_MS / DAY_MS) * dayMs, dayMs } }));
  for (const { id, pace } of played) await contestant.prepare(id, pace);
  const [startedAt, before] = [performance.now(), cpuOf(parts)];
  const samples = (await Promise.all(played.map(({ id, pace }) => contestant.play(id, pace)))).flat();
  const [after, seconds] = [cpuOf(parts), (performance.now() - startedAt) / 1000];
  const spent = PARTS.map((part) => (after[part] - before[part] - idlePerS[part] * seconds) / episodes);
  const history = await contestant.historyOf(ids[0]!);
  return { cpuS: spent.reduce((a, b) => a + b, 0), cpuByPart: cpuByPart(spent), samples, events: history.events, bytes: history.bytes };
}

const PARTS = ['api', 'worker', 'postgres', 'temporal'] as const;
type Cpu = Readonly<Record<(typeof PARTS)[number], number>>;

/** What a contestant makes work: who has no worker has no engine either. */
function partsOf({ postgresPid, temporalPid }: Stand, { pids }: Contestant): Readonly<Record<keyof Cpu, readonly number[]>> {
  return { api: [process.pid], worker: pids, postgres: [postgresPid], temporal: pids.length === 0 ? [] : [temporalPid] };
}

function cpuByPart(seconds: readonly number[]): Cpu {
  const [api = 0, worker = 0, postgres = 0, temporal = 0] = seconds;
  return { api, worker, postgres, temporal };
}

/** CPU seconds so far. This process's children are the other parts. */
function cpuOf(parts: Readonly<Record<keyof Cpu, readonly number[]>>): Cpu {
  return cpuByPart(PARTS.map((part) => (part === 'api' ? ownCpuSeconds() : cpuSecondsOf(parts[part]))));
}

/** What the same processes spend in a second when nobody asks them anything. */
async function idleCpu(parts: Readonly<Record<keyof Cpu, readonly number[]>>): Promise<Cpu> {
  await pause(SETTLE_MS);
  const looks = [cpuOf(parts)];
  for (let look = 1; look <= IDLE_LOOKS; look++) {
    await pause(IDLE_MS);
    looks.push(cpuOf(parts));
  }
  const perS = (part: keyof Cpu) => median(looks.slice(1).map((after, i) => ((after[part] - looks[i]![part]) / IDLE_MS) * 1000));
  return cpuByPart(PARTS.map(perS));
}

function figuresOf(rounds: readonly Round[]): Figures {
  const of = (pick: (round: Round) => number) => rounded(median(rounds.map(pick)));
  const latency = (kind: SampleKind) => {
    const ms = (round: Round, share: number) => quantile(round.samples.filter((s) => s.kind === kind).map((s) => s.ms), share);
    return { p50: of((r) => ms(r, 0.5)), p99: of((r) => ms(r, 0.99)) };
  };
  return {
    rounds: rounds.length,
    cpuS: of((r) => r.cpuS),
    cpuByPart: cpuByPart(PARTS.map((part) => of((r) => r.cpuByPart[part]))),
    events: of((r) => r.events),
    historyKb: of((r) => r.bytes / 1024),
    decisionMs: latency('decision'),
    submissionMs: latency('submission'),
    forecastMs: latency('forecast'),
  };
}
