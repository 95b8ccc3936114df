/** `npm run bench [-- --only NAME --quick]`: measures and writes `bench/results.json`; what is left out keeps its last figures, and says of which commit they are. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { benchDesk } from './desk.js';
import { ratiosOf, tableOf } from './episode/report.js';
import { benchEpisodes, type Size } from './episode/run.js';
import { benchGrading } from './grading.js';
import { benchIdle } from './idle.js';
import { benchReplay } from './replay.js';
import { benchRush } from './rush.js';
import { benchSeason } from './season.js';
import { benchVerify } from './verify.js';

const NAMES = ['episode', 'grading', 'season', 'idle', 'replay', 'verify', 'desk', 'rush'] as const;
const RESULTS = join(import.meta.dirname, 'results.json');

/** The whole plan is another workload than the others': once is enough to say what it costs. */
const SAME_WORK = ['ours', 'bare', 'tables'] as const;
const FULL: readonly Size[] = [
  { episodes: 1, dayMs: 6_000, rounds: 3, names: [...SAME_WORK, 'whole'] },
  { episodes: 20, dayMs: 12_000, rounds: 3, names: SAME_WORK },
  { episodes: 100, dayMs: 30_000, rounds: 3, names: SAME_WORK },
];
const QUICK: readonly Size[] = [{ episodes: 4, dayMs: 6_000, rounds: 1, names: [...SAME_WORK, 'whole'] }];

const { only, quick, most } = new Command()
  .addOption(new Option('--only <name>').choices(NAMES))
  .option('--quick', 'few rounds of few episodes', false)
  .option('--most <episodes>', 'of the episodes at once: the larger sizes are left out (100 take half an hour)', Number, Infinity)
  .parse()
  .opts<{ only?: (typeof NAMES)[number]; quick: boolean; most: number }>();

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
const say = (line: string): void => console.log(line);
const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const results: Record<string, unknown> = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Record<string, unknown>) : {};

for (const name of NAMES.filter((n) => only === undefined || n === only)) {
  say(`\n== ${name}`);
  results[name] = { commit, quick, ...(await measured(name)) };
  Object.assign(results, { machine, commit });
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}
process.exit(0);

async function measured(name: (typeof NAMES)[number]): Promise<object> {
  switch (name) {
    case 'episode': {
      const figures = await benchEpisodes((quick ? QUICK : FULL).filter((s) => s.episodes <= most), say);
      const ratio = ratiosOf(figures);
      say(tableOf(figures, ratio));
      return { ...figures, ratio };
    }
    case 'grading':
      return benchGrading(quick ? [500_000] : [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000], say);
    case 'season':
      return benchSeason(quick ? 60 : 365, quick ? 40 : 400, say);
    case 'idle':
      return benchIdle(quick ? 100 : 1_000, say);
    case 'replay':
      return benchReplay(quick ? 1 : 5, say);
    case 'verify':
      return benchVerify(quick ? [10] : [10, 30], quick ? 1 : 5, say);
    case 'rush':
      return benchRush(quick ? 10 : 100, say);
    case 'desk':
      return benchDesk(quick ? 10 : 200, quick ? 50 : 300, say);
  }
}
