/**
 * The commands: their arguments and options. Each one's work is in `commands/`;
 * what needs a server's libraries is loaded when it is asked for.
 */
import { Command, CommanderError, Option } from 'commander';
import { ConfigProblem } from '../config/problem.js';
import { readConfig } from '../config/env.js';
import { SetupProblem } from '../embedded/problem.js';
import { PlanRefused } from '../plans/faults.js';
import { aqiCheck, aqiCheckText } from './commands/aqi-check.js';
import { backtestText, runBacktest } from './commands/backtest.js';
import { planCheck, planCheckText } from './commands/plan-check.js';
import type { VerifyOptions } from './commands/verify.js';
import { EXIT, Failure } from './failure.js';
import { type OutputOptions, present, withProgress } from './output.js';
import type { People } from './people/handing-in.js';
import { Refused } from './people/office.js';
import { addPastOptions, pastOptions, type RawPastOptions, wholeNumber, wholeNumberWithin } from './past-options.js';

const JSON_OPTION = ['--json', 'one JSON document on standard output and nothing else there'] as const;

/** Runs one command line (without the program's name) and gives its exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let found: number = 0;
  try {
    await programOf((code) => (found = code)).parseAsync(args, { from: 'user' });
    return found;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** `end` takes the exit code of a command that has done its work and found something wrong. */
function programOf(end: (code: number) => void): Command {
  const program = new Command('qingkong')
    .description("Runs a city's heavy-pollution-weather emergency plan: tools around the system.")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', `\nExit codes: 0 done; ${EXIT.foundWrong} a check found something wrong; ${EXIT.badInput} the command line or a file is not right; ${EXIT.unavailable} the database or a server is not there.`);

  program
    .command('administrator')
    .description('the first account of a new installation')
    .command('add')
    .description('adds an administrator; the password is read from standard input')
    .argument('<login>', 'what to sign in with')
    .option('--name <name>', 'the name shown', '系统管理员')
    .option(...JSON_OPTION)
    .action(async (login: string, options: OutputOptions & { name: string }) => {
      const { addAdministrator } = await import('./commands/administrator.js');
      const added = await addAdministrator(readConfig(), login, options.name);
      present(options, added, () => `administrator ${added.login} added`);
    });

  const aqi = program.command('aqi').description('the air quality index by HJ 633');
  aqi
    .command('check')
    .description('recomputes AQI and primary pollutants of a file that reports them')
    .argument('<file>', 'CSV with time (or date), pm25, pm10, so2, no2, co, o3 (or o3_8h), aqi, primary')
    .option(...JSON_OPTION)
    .action(async (file: string, options: OutputOptions) => {
      const report = await withProgress('reading', (progress) => aqiCheck(file, progress));
      present(options, report, () => aqiCheckText(report));
      if (report.mismatches.length > 0) end(EXIT.foundWrong);
    });

  addPastOptions(program.command('backtest').description('what the plan would have done over past data: forecasts made from the data every day at 16:00, people who act at once'))
    .argument('<file>', 'CSV, hourly by station (time, ...) or daily (date, ...)')
    .option('--compare <plan>', 'beside another plan: its name or the path of its file; shows wherein its season differs')
    .option('--compare-table <id>', 'beside the same air graded by one AQI table alone: HJ633-2012, HJ633-2026')
    .option(...JSON_OPTION)
    .action(async (file: string, { compare, compareTable, ...options }: RawPastOptions & OutputOptions & { compare?: string; compareTable?: string }) => {
      if (compare !== undefined || compareTable !== undefined) {
        const { compareText, runComparison } = await import('./commands/backtest-compare.js');
        const report = await withProgress('back-test', (progress) => runComparison(file, pastOptions(options), { plan: compare ?? null, table: compareTable ?? null }, progress));
        return present(options, report, () => compareText(report));
      }
      const report = await withProgress('back-test', (progress) => runBacktest(file, pastOptions(options), progress));
      present(options, report, () => backtestText(report));
    });

  addPastOptions(program.command('season').description('the same past data through the real workflows, database and API on the time-skipping server, with scripted people'))
    .argument('<file>', 'CSV, as of the back-test')
    .addOption(new Option('--people <how>', 'how they hand in what they owe: at once, after the due time, never, or mixed by the seed').choices(['prompt', 'late', 'absent', 'mixed']).default('prompt'))
    .option(...JSON_OPTION)
    .action(async (file: string, options: RawPastOptions & OutputOptions & { people: People }) => {
      const { runSeason, seasonText } = await import('./commands/season.js');
      const report = await withProgress('season', (progress) => runSeason(readConfig(), file, { ...pastOptions(options), people: options.people }, console.error, progress));
      present(options, report, () => seasonText(report));
    });

  program
    .command('drill')
    .description('a drill (8.3) on the running system: an area and a clock of its own, a scripted forecast, and people if wanted')
    .option('--rate <factor>', 'how many times faster than real time, 1 to 1440', wholeNumberWithin(1, 1440), 1440)
    .addOption(new Option('--people <how>', 'plays the people, too; without it the forecast is issued and people play themselves').choices(['prompt', 'late', 'absent', 'mixed']))
    .option('--seed <number>', 'seed of mixed people', wholeNumber, 1)
    .option(...JSON_OPTION)
    .action(async ({ rate, people, seed, ...options }: { rate: number; people?: People; seed: number } & OutputOptions) => {
      const { drillText, runDrill } = await import('./commands/drill.js');
      const report = await runDrill(readConfig(), { rate, people: people ?? null, seed }, console.error);
      present(options, report, () => drillText(report));
    });

  const plan = program.command('plan').description('plans as data');
  plan
    .command('check')
    .description('reads a plan file and lists every fault with its place; changes nothing')
    .argument('<file>', 'plan file (YAML)')
    .option(...JSON_OPTION)
    .action(async (file: string, options: OutputOptions) => {
      const report = await planCheck(file);
      present(options, report, () => planCheckText(report));
      if (!report.ok) end(EXIT.foundWrong);
    });

  const ledger = program.command('ledger').description('the record of all decisions');
  ledger
    .command('check')
    .description('recomputes every hash and compares the read models with the ledger')
    .option('--head <file>', 'a chain head kept elsewhere: checks that the ledger still extends it')
    .option(...JSON_OPTION)
    .action(async (options: OutputOptions & { head?: string }) => {
      const { ledgerCheck, ledgerCheckText } = await import('./commands/ledger.js');
      const { headCheckText, ledgerCheckHead } = await import('./commands/ledger-heads.js');
      const report = await withProgress('checking', (progress) => ledgerCheck(readConfig(), progress));
      const head = options.head === undefined ? null : await ledgerCheckHead(readConfig(), options.head);
      present(options, { ...report, head }, () => [ledgerCheckText(report), ...(head ? [headCheckText(head)] : [])].join('\n'));
      if (report.faults.length > 0 || (head?.faults.length ?? 0) > 0) end(EXIT.foundWrong);
    });
  ledger
    .command('head')
    .description("writes today's signed chain head to a file, to be kept elsewhere")
    .argument('<file>', 'where to write it')
    .option(...JSON_OPTION)
    .action(async (file: string, options: OutputOptions) => {
      const { ledgerHead } = await import('./commands/ledger-heads.js');
      const written = await ledgerHead(readConfig(), file);
      present(options, written, () => `head of ${written.areaId}, ${written.day}: ${written.file}, signed by ${written.fingerprint}`);
    });
  ledger
    .command('rebuild')
    .description('makes the read models again from the ledger')
    .option(...JSON_OPTION)
    .action(async (options: OutputOptions) => {
      const { ledgerRebuild, ledgerRebuildText } = await import('./commands/ledger.js');
      const report = await withProgress('rebuilding', (progress) => ledgerRebuild(readConfig(), progress));
      present(options, report, () => ledgerRebuildText(report));
    });

  const repeated = (value: string, before: readonly string[] = []) => [...before, value];
  program
    .command('verify')
    .description('checks an evidence bundle offline: whole, unchanged, signed, and every decision recomputed')
    .argument('<bundle>', 'the bundle (ZIP)')
    .option('--key <file>', "the office's public key, to compare with; may be given again", repeated)
    .option('--fingerprint <hex>', 'the fingerprint of its public key; may be given again', repeated)
    .option('--episode <id>', 'the episode it should be of, by id or number')
    .option('--plan <digest|file>', 'the plan that was adopted, by its digest or its file; may be given again for another edition', repeated)
    .option('--head <file>', 'a chain head kept elsewhere: checks that the bundle extends it')
    .option('--viewer <file>', 'the HTML viewer that came with it: checks that it is the one of this program, or of an earlier version')
    .option(...JSON_OPTION)
    .action(async (file: string, options: VerifyOptions & OutputOptions) => {
      const { verify, verifyText } = await import('./commands/verify.js');
      const verdict = verify(file, options);
      present(options, verdict, () => verifyText(verdict));
      if (!verdict.intact) end(EXIT.foundWrong);
    });

  program
    .command('replay')
    .description("carries archived engine histories out again by today's code: the same commands, the same decisions, or where they part")
    .argument('[what]', 'a closed episode by its id or number, or an evidence bundle (ZIP); every archived episode where nothing is named')
    .option(...JSON_OPTION)
    .action(async (what: string | undefined, options: OutputOptions) => {
      const { replay, replayText } = await import('./commands/replay.js');
      const verdicts = await withProgress('replaying', (progress) => replay(readConfig(), what, progress));
      present(options, verdicts, () => replayText(verdicts));
      if (verdicts.some((v) => !v.deterministic)) end(EXIT.foundWrong);
    });

  program
    .command('viewer')
    .description('writes the offline viewer of evidence bundles, one HTML page')
    .argument('<file>', 'where to write it')
    .action(async (file: string) => {
      const { writeViewer } = await import('./commands/verify.js');
      writeViewer(file);
    });

  const key = program.command('key').description('the key that signs bundles and chain heads');
  key
    .command('show')
    .description('its fingerprint and public half')
    .option(...JSON_OPTION)
    .action(async (options: OutputOptions) => {
      const { keyShow, keyText } = await import('./commands/ledger-heads.js');
      const shown = keyShow(readConfig());
      present(options, shown, () => keyText(shown));
    });
  key
    .command('rotate')
    .description('a new key; the old one signs the change on the record')
    .option(...JSON_OPTION)
    .action(async (options: OutputOptions) => {
      const { keyRotate, keyText } = await import('./commands/ledger-heads.js');
      const shown = await keyRotate(readConfig());
      present(options, shown, () => keyText(shown));
    });

  program
    .command('doctor')
    .description('everything the system needs, one sentence each, and what to do about what is not there')
    .option(...JSON_OPTION)
    .action(async (options: OutputOptions) => {
      const { doctorText, runDoctor } = await import('./commands/doctor.js');
      const report = await runDoctor(readConfig());
      present(options, report, () => doctorText(report));
      if (!report.healthy) end(EXIT.foundWrong);
    });
  return program;
}

/** Says what is wrong in one line; what nobody foresaw keeps its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.badInput;
  if (error instanceof Failure) return said(error.message, error.exitCode);
  if (error instanceof Refused) return said(error.message, EXIT.unavailable);
  if (error instanceof PlanRefused || error instanceof ConfigProblem) return said(error.message, EXIT.badInput);
  if (error instanceof SetupProblem) return said(error.message, EXIT.unavailable);
  console.error(error);
  return 70;
}

function said(message: string, code: number): number {
  console.error(message);
  return code;
}
