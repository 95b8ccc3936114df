/**
 * A second, naive reading of the plan, for comparison only: 3.3.1, 3.3.2, 3.3.6
 * with R1-R5, R7-R9, R16, R17, R27, R28 and R34, hour by hour and by brute
 * force, sharing no code with `domain/`. It knows the default settings only.
 *
 * People are prompt: whatever the air asks is decided at the very look that
 * shows it, one thing a look, and takes effect at the next whole hour or later.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The air as seen at one look: one value an hour, from `fromMs` on. */
export interface View {
  readonly fromMs: number;
  /** AQI of the 24 hours that end with the hour, or of the natural day the hour lies in; null where not known. */
  readonly aqi: readonly (number | null)[];
  /** 3.3.1 / R3: the same 24 hours have AQI > 200 or PM2.5 > 115. */
  readonly basic: readonly boolean[];
  /** Natural days: an hour's value stands for that hour; otherwise for the 24 hours that end with it. */
  readonly daily: boolean;
}

export interface NaiveEpisode {
  readonly startedAtMs: number;
  readonly effectiveAtMs: number | null;
  readonly liftedAtMs: number | null;
  readonly levels: readonly { readonly level: string; readonly fromMs: number; readonly toMs: number | null }[];
}

const LEVELS = ['none', 'yellow', 'orange', 'red'] as const;

/** A run of hours that makes a level, and the time its windows cover. */
interface Run {
  level: number;
  first: number;
  last: number;
  fromMs: number;
  toMs: number;
}

function runsAbove(view: View, line: number): Run[] {
  const runs: Run[] = [];
  let first = -1;
  for (let h = 0; h <= view.aqi.length; h++) {
    const above = h < view.aqi.length && view.aqi[h] !== null && view.aqi[h]! > line;
    if (above && first < 0) first = h;
    if (!above && first >= 0) {
      const toMs = view.fromMs + h * HOUR;
      const fromMs = view.daily ? view.fromMs + first * HOUR : view.fromMs + (first - 23) * HOUR;
      runs.push({ level: 0, first, last: h - 1, fromMs, toMs });
      first = -1;
    }
  }
  return runs;
}

const lasts = (run: Run) => (run.toMs - run.fromMs) / HOUR;

/** 3.3.2: every run that makes a level, each once for the highest level it makes. */
export function levelRuns(view: View): Run[] {
  const found: Run[] = [];
  const over300 = runsAbove(view, 300);
  for (const run of runsAbove(view, 200)) {
    const holds300 = over300.some((peak) => peak.first >= run.first && peak.last <= run.last && lasts(peak) >= 24);
    if (lasts(run) >= 72 && holds300) found.push({ ...run, level: 3 });
    else if (lasts(run) >= 48) found.push({ ...run, level: 2 });
    else if (lasts(run) >= 24) found.push({ ...run, level: 1 });
  }
  for (const run of runsAbove(view, 150)) {
    if (lasts(run) >= 72) found.push({ ...run, level: 2 });
    else if (lasts(run) >= 48) found.push({ ...run, level: 1 });
  }
  return found.filter((run) => {
    for (let h = run.first; h <= run.last; h++) if (view.basic[h]) return true;
    return false;
  });
}

const isClean = (view: View, h: number) => h >= 0 && h < view.aqi.length && view.aqi[h] !== null && view.aqi[h]! < 150;

/** 36 hours below 150 from an hour on (R8). */
function cleanFor36(view: View, h: number): boolean {
  for (let i = h; i < h + 36; i++) if (!isClean(view, i)) return false;
  return true;
}

/** R16: runs that share hours are one part; parts with no room to lift between them are one process. */
export function processes(view: View, nowMs: number): Run[][] {
  const runs = levelRuns(view).filter((run) => run.toMs > lookedBackMs(view, nowMs));
  const parts: Run[] = [];
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const same = parts.find((part) => run.first <= part.last && run.last >= part.first);
    if (!same) parts.push({ ...run });
    else {
      same.level = Math.max(same.level, run.level);
      same.fromMs = Math.min(same.fromMs, run.fromMs);
      same.toMs = Math.max(same.toMs, run.toMs);
      same.last = Math.max(same.last, run.last);
    }
  }
  const result: Run[][] = [];
  for (const part of parts) {
    const before = result.at(-1)?.at(-1);
    let roomToLift = before === undefined;
    if (before) for (let h = before.last + 1; h + 36 <= part.first; h++) if (cleanFor36(view, h)) roomToLift = true;
    if (roomToLift) result.push([part]);
    else result.at(-1)!.push(part);
  }
  return result;
}

/** Runs count that reach beyond now; where the last hours are not known, those that reach the last known one. */
function lookedBackMs(view: View, nowMs: number): number {
  let known = view.aqi.length;
  while (known > 0 && view.aqi[known - 1] === null) known--;
  return Math.min(nowMs, view.fromMs + known * HOUR - 1);
}

const processLevel = (process: readonly Run[]) => Math.max(...process.map((part) => part.level));
const nextHour = (ms: number) => (Math.floor(ms / HOUR) + 1) * HOUR;

/** R34: the level that what was observed and the next 24 hours make, with the end of the run. */
function reachedNow(view: View, nowMs: number): { level: number; toMs: number } {
  const seen = Math.max(0, Math.floor((nowMs + DAY - view.fromMs) / HOUR));
  const cut: View = { ...view, aqi: view.aqi.slice(0, seen), basic: view.basic.slice(0, seen) };
  const back = lookedBackMs(cut, nowMs);
  let reached = { level: 0, toMs: nowMs };
  for (const run of levelRuns(cut)) if (run.fromMs <= nowMs && run.toMs > back && run.level > reached.level) reached = { level: run.level, toMs: run.toMs };
  return reached;
}

/** R8: the first hour from which a level does not come back in all that is forecast, 36 known hours long; and what remains then. */
function lowering(view: View, nowMs: number, level: number): { fromMs: number; to: number } | null {
  const standing = view.aqi.map(() => 0);
  for (const run of levelRuns(view).filter((r) => r.toMs > lookedBackMs(view, nowMs))) {
    for (let ms = run.fromMs; ms < run.toMs; ms += HOUR) {
      const h = (ms - view.fromMs) / HOUR;
      if (h >= 0) standing[h] = Math.max(standing[h]!, run.level);
    }
  }
  const now = Math.max(0, Math.ceil((nowMs - view.fromMs) / HOUR));
  const gone = Math.max(now, standing.findLastIndex((rank) => rank >= level) + 1);
  for (let h = gone; h + 36 <= view.aqi.length; h++) {
    if (view.aqi.slice(h, h + 36).every((aqi) => aqi !== null)) return { fromMs: view.fromMs + h * HOUR, to: Math.max(0, ...standing.slice(h)) };
  }
  return null;
}

/** One episode while it runs. */
interface Running {
  readonly startedAtMs: number;
  levels: { level: number; fromMs: number }[];
  liftMs: number | null;
  asked: string;
}

/** Plays the looks in order; `viewAt` shows the air as known and forecast then, `missing` that after heavy air the last observed hours cannot be told (R27: a person is asked). */
export function playNaive(looks: Iterable<{ readonly atMs: number; readonly viewAt: View; readonly missing?: boolean }>): NaiveEpisode[] {
  const done: NaiveEpisode[] = [];
  let running: Running | null = null;
  const finish = (episode: Running) => {
    if (episode.levels.length > 0) done.push(recordOf(episode));
  };
  for (const { atMs, viewAt, missing = false } of looks) {
    if (running && running.liftMs !== null && running.liftMs <= atMs) {
      finish(running);
      running = null;
    }
    const seen = processes(viewAt, atMs);
    if (!running && (seen.length > 0 || missing)) running = { startedAtMs: atMs, levels: [], liftMs: null, asked: '' };
    if (!running) continue;
    if (running.levels.length > 0) respond(running, viewAt, seen, atMs);
    else if (seen.length > 0) start(running, seen, atMs);
    else if (!missing) running = null;
  }
  if (running) finish(running);
  return done;
}

/** 3.3.3, R7, R28: published once the run is 48 hours away, for its beginning. */
function start(episode: Running, seen: readonly Run[][], nowMs: number): void {
  const fromMs = Math.min(...seen[0]!.map((part) => part.fromMs));
  if (fromMs - nowMs <= 48 * HOUR) episode.levels = [{ level: processLevel(seen[0]!), fromMs: Math.max(nextHour(nowMs), fromMs) }];
}

/** 3.3.6, in the order: raise, a worse process to come, a lift that no longer holds, lift, lower. */
function respond(episode: Running, view: View, seen: readonly Run[][], nowMs: number): void {
  const decided = episode.levels.at(-1)!.level;
  const begun = episode.levels[0]!.fromMs <= nowMs;
  const firstMs = seen[0] ? Math.min(...seen[0].map((part) => part.fromMs)) : nowMs;
  const raise = (level: number) => {
    const fromMs = Math.max(nextHour(nowMs), firstMs);
    episode.levels = [...episode.levels.filter((s) => s.fromMs < fromMs), { level, fromMs }];
    episode.liftMs = null;
  };

  const reached = reachedNow(view, nowMs);
  if (reached.level > lowestUntil(episode, nowMs, reached.toMs)) return once(episode, nowMs, `raise ${reached.level}`, () => raise(reached.level));

  const liftableFromMs = firstCleanMs(view, nowMs);
  const coming = (seen[0] ?? []).filter((part) => part.fromMs > nowMs && part.fromMs <= nowMs + 48 * HOUR && part.level > decided);
  const worse = coming.filter((part) => !begun || liftableFromMs === null || part.fromMs <= liftableFromMs).map((part) => part.level);
  if (worse.length > 0) return once(episode, nowMs, `second ${Math.max(...worse)}`, () => raise(Math.max(...worse)));

  if (episode.liftMs !== null) {
    if (!cleanFor36(view, (episode.liftMs - view.fromMs) / HOUR)) episode.liftMs = null;
    return;
  }
  const isToCome = !begun && seen.length > 0;
  for (let ms = nextHour(nowMs); !isToCome && ms <= Math.max(nowMs + DAY, nextHour(nowMs)); ms += HOUR) {
    if (cleanFor36(view, Math.round((ms - view.fromMs) / HOUR))) return once(episode, nowMs, 'lift', () => (episode.liftMs = ms));
  }
  const down = lowering(view, nowMs, decided);
  const to = Math.max(1, down?.to ?? 0);
  if (down && to < decided && down.fromMs <= nowMs + DAY) {
    const fromMs = Math.max(nextHour(nowMs), down.fromMs, episode.levels[0]!.fromMs);
    once(episode, nowMs, `lower ${to}`, () => (episode.levels = [...episode.levels.filter((s) => s.fromMs < fromMs), { level: to, fromMs }]));
  }
}

/** R36: the same question is not put to the same people twice running on one day. */
function once(episode: Running, nowMs: number, question: string, act: () => void): void {
  const asked = `${question} ${Math.floor((nowMs + 8 * HOUR) / DAY)}`;
  if (episode.asked !== asked) act();
  episode.asked = asked;
}

function firstCleanMs(view: View, nowMs: number): number | null {
  for (let h = Math.max(0, Math.ceil((nowMs - view.fromMs) / HOUR)); h + 36 <= view.aqi.length; h++) if (cleanFor36(view, h)) return view.fromMs + h * HOUR;
  return null;
}

/** The lowest level that stands, as decided, at any hour from now until an instant. */
function lowestUntil(episode: Running, nowMs: number, untilMs: number): number {
  const levelAt = (ms: number) => episode.levels.filter((s) => s.fromMs <= ms).at(-1)?.level;
  const found: number[] = [];
  for (let ms = nowMs; ms < untilMs; ms += HOUR) {
    const level = levelAt(ms);
    if (level !== undefined) found.push(level);
  }
  return found.length === 0 ? episode.levels.at(-1)!.level : Math.min(...found);
}

function recordOf({ startedAtMs, levels, liftMs }: Running): NaiveEpisode {
  const inForce = levels.filter((s) => liftMs === null || s.fromMs < liftMs);
  const changes = inForce.filter((s, i) => i === 0 || s.level !== inForce[i - 1]!.level);
  return {
    startedAtMs,
    effectiveAtMs: changes[0]?.fromMs ?? null,
    liftedAtMs: liftMs,
    levels: changes.map((s, i) => ({ level: LEVELS[s.level]!, fromMs: s.fromMs, toMs: changes[i + 1]?.fromMs ?? liftMs })),
  };
}
