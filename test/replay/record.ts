/**
 * `npx tsx test/replay/record.ts NAME [FOLDER]`: plays an episode on the real
 * engine and keeps its finished history; `all` plays those not kept yet.
 */
import { testEngine } from '../support/engine.js';
import { loadPlan } from '../../plans/load.js';
import { recordContinued } from './continued.js';
import { EPISODES } from './episodes.js';
import { FOLDER, keep, namesIn } from './histories.js';
import { Stage } from './stage.js';
import { existsSync } from 'node:fs';

const [wanted = 'all', folder = FOLDER] = process.argv.slice(2);
const CONTINUED = 'continued-as-new';
const known = [...Object.keys(EPISODES), CONTINUED];
const kept = existsSync(folder) ? namesIn(folder) : [];
const names = wanted === 'all' ? known.filter((name) => !kept.includes(name)) : [wanted];

for (const name of names) {
  const startedAt = performance.now();
  const history = name === CONTINUED ? await recordContinued() : await recordOnTestServer(name);
  keep(name, history, folder);
  const runs = JSON.parse(history) as { events: unknown[] }[];
  process.stdout.write(`${name}: ${runs.length} run(s), ${runs.reduce((sum, r) => sum + r.events.length, 0)} events, ${Math.round(performance.now() - startedAt)} ms\n`);
}
// The test servers are of this process and end with it.
process.exit(0);

async function recordOnTestServer(name: string): Promise<string> {
  const play = EPISODES[name];
  if (!play) throw new Error(`no such episode; there are: ${known.join(', ')}`);
  const engine = await testEngine(loadPlan('kuitun-2023'));
  try {
    const { env, clock, taskQueue } = engine;
    const stage = await play(new Stage({ env, pool: engine.db.pool, clock, taskQueue }));
    return await stage.history();
  } finally {
    await engine.close();
  }
}
