import Sequencer from '@jest/test-sequencer';

const LONG = ['faults/kills', 'season/season', 'console/accessible', 'faults/outages', 'console/episode', 'evidence/viewer', 'backtest/naive', 'faults/commit-window', 'faults/deadline-kill', 'faults/clock-jump', 'console/report-draft', 'domain/episode/properties', 'console/hostile', 'replay/replay', 'replay/continue', 'embedded/stack', 'console/office', 'usecases/temporal-engine', 'usecases/idempotency'];

/**
 * On a fresh checkout nobody knows yet how long a file takes: those that take
 * minutes begin first, so that none is waited for alone at the end.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = LONG.findIndex((name) => path.endsWith(`test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
