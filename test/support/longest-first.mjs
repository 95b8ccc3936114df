import Sequencer from '@jest/test-sequencer';

const LONG = ['season/season', 'faults/kills', 'console/accessible', 'faults/outages', 'backtest/naive', 'api/hostile-shapes', 'console/hostile', 'replay/continue', 'console/episode', 'evidence/viewer', 'faults/deadline-kill', 'faults/clock-jump', 'domain/episode/properties', 'embedded/stack', 'console/office'];

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
