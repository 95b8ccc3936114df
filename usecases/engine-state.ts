/** Whether the engine works, as every page and every read may ask without waiting for it each time. */
import type { Engine, EngineHealth } from './engine.js';

/** `away`: the Temporal server is out of reach; `no-worker`: nobody works for it. */
export type EngineState = 'working' | 'away' | 'no-worker';

/** What is known serves that long as it is, and is looked up behind the one who asks. */
const FRESH_MS = 2_000;
/** Older, and whoever asks waits for the answer. With the worker's heartbeat it bounds how late its death is told: some 15 s. */
const OLD_MS = 4_000;

type Asked = Pick<Engine, 'health'>;

const watches = new WeakMap<Asked, () => Promise<EngineState>>();

/** Reads answer from the ledger's read models whether or not the engine runs; while it does not, they say so: what fell due meanwhile may not be decided yet. */
export function engineState(engine: Asked): Promise<EngineState> {
  let look = watches.get(engine);
  if (!look) watches.set(engine, (look = watching(engine)));
  return look();
}

function watching(engine: Asked): () => Promise<EngineState> {
  let known: { readonly state: EngineState; readonly atMs: number } | null = null;
  let asking: Promise<EngineState> | null = null;

  function ask(): Promise<EngineState> {
    asking ??= engine
      .health()
      .then((health) => {
        const state = stateOf(health);
        known = { state, atMs: performance.now() };
        return state;
      })
      .finally(() => (asking = null));
    return asking;
  }

  return async () => {
    const ageMs = known ? performance.now() - known.atMs : Infinity;
    if (known && ageMs < FRESH_MS) return known.state;
    const answer = ask();
    return known && ageMs < OLD_MS ? known.state : answer;
  };
}

function stateOf({ reachable, worker }: EngineHealth): EngineState {
  if (!reachable) return 'away';
  return worker ? 'working' : 'no-worker';
}
