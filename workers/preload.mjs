/**
 * Loaded before the worker's program, in each of its threads. The SDK writes
 * down a stack trace for every promise of a workflow, so that the engine's pages
 * can show where one waits: a third of what its thread did. We have no use for
 * it, since the ledger says what an episode waits for, and errors keep theirs.
 */
import v8 from 'node:v8';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) v8.promiseHooks.createHook = () => () => undefined;
