/** Bench (e): how long today's code takes to replay each kept history, the bundle being made; and the steps of a replay of reasons. */
import { Worker } from '@temporalio/worker';
import { namesIn, runsOf } from '../test/replay/histories.js';
import { bundleWorkflows } from '../workers/bundle.js';
import { median, rounded } from './measure/numbers.js';
import { benchReplaySteps } from './replay-steps.js';

export interface ReplayResults {
  readonly histories: Readonly<Record<string, { readonly events: number; readonly ms: number }>>;
  readonly steps: Awaited<ReturnType<typeof benchReplaySteps>>;
}

export async function benchReplay(rounds: number, say: (line: string) => void): Promise<ReplayResults> {
  const workflowBundle = await bundleWorkflows();
  const results: Record<string, { events: number; ms: number }> = {};
  for (const name of namesIn()) {
    const histories = runsOf(name).map((history, run) => ({ workflowId: `${name}#${run}`, history }));
    const replay = async (): Promise<number> => {
      const startedAt = performance.now();
      for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories)) if (error) throw error;
      return performance.now() - startedAt;
    };
    const ms: number[] = [];
    for (let round = 0; round < rounds; round++) ms.push(await replay());
    const events = histories.reduce((sum, { history }) => sum + (history.events?.length ?? 0), 0);
    results[name] = { events, ms: rounded(median(ms)) };
    say(`${name}: ${events} events replayed in ${results[name].ms} ms`);
  }
  return { histories: results, steps: await benchReplaySteps(rounds === 1 ? [3] : [10, 30], say) };
}
