/** Replays one archived history: it comes as JSON on standard input, the verdict leaves as JSON on standard output. */
import { text } from 'node:stream/consumers';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { readConfig } from '../config/env.js';
import type { HistoryToReplay } from '../usecases/engine.js';
import { cachedBundle } from './bundle.js';
import { replayHistory } from './replay.js';

// What the engine says of a history that parts is in the verdict.
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
const asked = JSON.parse(await text(process.stdin)) as HistoryToReplay;
const verdict = await replayHistory(asked, await cachedBundle(readConfig().binaries.cacheDir));
process.stdout.write(JSON.stringify(verdict), () => process.exit(0));
