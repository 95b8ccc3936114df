import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * A program of its own: `sdk-download.ts dev-server|time-skipping FOLDER` has
 * the SDK download that server into the folder (by starting it once).
 */
const [kind, downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: sdk-download.ts dev-server|time-skipping FOLDER');
const executable = { type: 'cached-download', downloadDir } as const;
const environment =
  kind === 'dev-server'
    ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
    : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
await environment.teardown();
