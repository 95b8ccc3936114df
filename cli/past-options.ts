/** The options that say which past data are played and how: those of `backtest` and `season`. */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DustRule } from '../domain/backtest/past.js';
import { type Day, startOfDayMs } from '../domain/time.js';
import type { PastOptions } from './commands/backtest.js';

/** As the command line gives them. */
export interface RawPastOptions {
  readonly city?: string;
  readonly plan: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly skill: 'perfect' | 'persistence' | 'noisy';
  readonly seed: number;
  readonly aqi?: 'reported' | 'computed';
  readonly dust: DustRule;
}

/** PM2.5:PM10 below which a day with PM10 as its primary pollutant counts as sand-dust. */
const DUST_RATIO = 0.3;

export function addPastOptions(command: Command): Command {
  return command
    .option('--city <name>', 'the place, where the file holds several: its name, part of it, or its Latin name (Urumqi)')
    .option('--plan <plan>', "a shipped plan's name or the path of a plan file", 'kuitun-2023')
    .option('--from <day>', 'first day played, 2015-10-01', day)
    .option('--to <day>', 'last day played', day)
    .addOption(new Option('--skill <skill>', 'forecasts made from the data: the data itself, the last known day over and over, or the data with an error that grows with the lead').choices(['perfect', 'persistence', 'noisy']).default('perfect'))
    .option('--seed <number>', 'seed of the noisy forecasts', wholeNumber, 1)
    .addOption(new Option('--aqi <which>', "AQI of daily files; without it as the plan says (R37)").choices(['reported', 'computed']))
    .addOption(
      new Option('--dust <rule>', `sand-dust days of daily files: "hint" (PM10 primary and PM2.5:PM10 < ${DUST_RATIO}), another ratio, "none", or a file with one day a line`)
        .argParser(dustRule)
        .default(dustRule('hint'), 'hint'),
    );
}

export function pastOptions(raw: RawPastOptions): PastOptions {
  const { city, plan, from, to, skill, seed, aqi, dust } = raw;
  return { city: city ?? null, plan, from: from ?? null, to: to ?? null, forecasting: { skill, seed }, aqi: aqi ?? null, dust };
}

function day(text: string): Day {
  if (Number.isNaN(startOfDayMs(text))) throw new InvalidArgumentError('Write a day like 2015-10-01.');
  return text;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number of 0 or more.');
  return Number(text);
}

/** A whole number from the least to the most. */
export function wholeNumberWithin(least: number, most: number): (text: string) => number {
  return (text) => {
    const given = wholeNumber(text);
    if (given < least || given > most) throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return given;
  };
}

function dustRule(text: string): DustRule {
  if (text === 'none') return { kind: 'none' };
  if (text === 'hint') return { kind: 'hint', pm25ToPm10Below: DUST_RATIO };
  if (/^\d*\.?\d+$/.test(text)) return { kind: 'hint', pm25ToPm10Below: Number(text) };
  let lines: string[];
  try {
    lines = readFileSync(text, 'utf8').split(/\r?\n/);
  } catch {
    throw new InvalidArgumentError('Give "hint", "none", a ratio like 0.25, or a readable file with one day a line.');
  }
  const wrong = lines.findIndex((line) => line.trim() !== '' && Number.isNaN(startOfDayMs(line.trim())));
  if (wrong >= 0) throw new InvalidArgumentError(`${text}, line ${wrong + 1}: "${lines[wrong]}" is no day; write it like 2015-10-01.`);
  return { kind: 'days', days: lines.map((line) => line.trim()).filter((line) => line !== '') };
}
