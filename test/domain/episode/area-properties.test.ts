/**
 * Random years of an area: its rows go to every episode that is not closed, as
 * the engine's pokes have them do, and open another when none is running
 * (`workflows/watch.ts`). `SEED=` plays those of an earlier run again.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AreaInput } from '../../../domain/episode/commands.js';
import { isActive } from '../../../domain/episode/state.js';
import { nextWakeUp } from '../../../domain/episode/wake.js';
import { opensEpisode } from '../../../domain/watch.js';
import { DAY, MINUTE, note, opened, planWith, smog, type Story, T0, WAKE } from '../../support/episode.js';
import { commandOf, type Throw } from '../../support/random-episode.js';
import { throws } from '../../support/random-life.js';

const RUNS = Number(process.env['RUNS'] ?? 150);
const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const plan = planWith();
/** What a row is made for while there is no episode. */
const NOBODY = opened(note(smog(T0, 'orange', T0 + DAY, T0 + 3 * DAY)), T0, plan);
const isInput = (command: object): command is AreaInput => 'areaSeq' in command;

class Area {
  readonly episodes: Story[] = [];
  private seq = 0;
  private at = T0;

  get active(): number {
    return this.episodes.filter(({ state }) => isActive(state)).length;
  }

  live(thrown: Throw): void {
    this.at += thrown.afterMinutes * MINUTE;
    this.episodes.forEach((_, i) => this.wake(i));
    const open = this.episodes.flatMap(({ state }, i) => (state.phase === 'closed' ? [] : [i]));
    const i = open[(thrown.dice[11] ?? 0) % Math.max(1, open.length)] ?? this.episodes.length - 1;
    const command = commandOf(this.episodes[i] ?? NOBODY, thrown, this.at);
    if (command === null) return;
    if (isInput(command)) this.take(this.row(command));
    else if (i >= 0) this.episodes[i] = this.episodes[i]!.decided(command, this.at).story;
  }

  /** The area's next row; an order that comes in has a name nobody else has in the area. */
  private row(input: AreaInput): AreaInput {
    const areaSeq = ++this.seq;
    return input.type === 'receive-order' ? { ...input, areaSeq, order: { ...input.order, id: `O-${areaSeq}` } } : { ...input, areaSeq };
  }

  private take(input: AreaInput): void {
    const wasActive = this.active > 0;
    const before = this.episodes.map((e) => e.events.length);
    this.episodes.forEach((episode, i) => (this.episodes[i] = episode.decided(input, this.at).story));
    const tookIn = this.episodes.filter((e, i) => e.events.length > before[i]!);
    expect(tookIn.length).toBeLessThanOrEqual(1);
    if (!wasActive && opensEpisode(input)) this.episodes.push(opened({ ...input, areaSeq: this.seq }, this.at, plan));
  }

  private wake(i: number): void {
    for (let next = this.nextOf(i); next !== null && next <= this.at; next = this.nextOf(i)) {
      const episode = this.episodes[i]!;
      this.episodes[i] = episode.decided(WAKE, Math.max(next, episode.state.asOfMs)).story;
    }
  }

  private nextOf(i: number): number | null {
    const { state } = this.episodes[i]!;
    return nextWakeUp(plan, state);
  }
}

test('3.3.3: an area has one open response at most, and each of its rows is taken in by one episode at most', () => {
  let most = 0;
  const years = fc.array(throws, { minLength: 20, maxLength: 60 });
  const property = fc.property(years, (year) => {
    const area = new Area();
    for (const thrown of year) {
      area.live(thrown);
      expect(area.active).toBeLessThanOrEqual(1);
    }
    most = Math.max(most, area.episodes.length);
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
  process.stdout.write(`SEED=${SEED}: ${RUNS} areas, up to ${most} episodes in one\n`);
  expect(most).toBeGreaterThan(1);
}, 300_000);
