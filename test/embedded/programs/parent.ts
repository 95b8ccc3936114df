// A program of the supervision tests: `parent.ts DATA_DIR CHILD_FILE` starts the whole stack and one child, then waits to be ended.
import { appendFileSync } from 'node:fs';
import { readConfig, childEnvironment } from '../../../config/env.js';
import { stopSignal } from '../../../embedded/signals.js';
import { startEmbedded } from '../../../embedded/stack.js';

const [dataDir, file] = process.argv.slice(2) as [string, string];
const say = (line: string) => appendFileSync(file, `${line}\n`);
try {
  const stack = await startEmbedded({ config: readConfig(childEnvironment({ DATA_DIR: dataDir })), log: (line) => say(`log ${line}`) });
  await stack.run({ name: 'child', entry: 'test/embedded/programs/child.mjs', args: [file, 'stay'], env: childEnvironment({}), stopWithinMs: 5_000 });
  say(`ready ${JSON.stringify({ pid: process.pid, databaseUrl: stack.ownerUrl, temporalAddress: stack.temporalAddress })}`);
  await stopSignal(say);
  await stack.stop();
  say('stopped');
} catch (error) {
  say(`problem ${(error as Error).message}`);
  process.exitCode = 1;
}
