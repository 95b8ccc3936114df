/** Every kept history is replayed with today's code; changed code is found out. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { keptBundle } from '../support/engine.js';
import { episodeWorkflowId } from '../../workflows/messages.js';
import { EPISODES } from './episodes.js';
import { namesIn, runsOf } from './histories.js';
import { bundleWith, type Change, oneMoreVersion } from './mutants.js';

/** What went wrong in the replay of each run, by history and run; nothing where all is well. */
async function faultsOf(bundle: WorkflowBundleOption, names: readonly string[]): Promise<string[]> {
  const histories = names.flatMap((name) => runsOf(name).map((history, run) => ({ workflowId: `${episodeWorkflowId(name)}#${run}`, history })));
  const faults: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle, replayName: 'kept' }, histories))
    if (error) faults.push(`${workflowId}: ${error.message}`);
  return faults;
}

const changed = async (change: Change, name: string) => faultsOf(await bundleWith([change]), [name]);

describe('kept histories', () => {
  let bundle: WorkflowBundleOption;
  beforeAll(async () => {
    bundle = await keptBundle();
  });

  test('there is one of every recorded episode, and one that continued as new', () => {
    expect(namesIn()).toEqual([...Object.keys(EPISODES), 'continued-as-new'].sort());
    expect(runsOf('continued-as-new').length).toBeGreaterThan(1);
  });

  test.each(namesIn())('%s replays with every decided batch as recorded', async (name) => {
    expect(await faultsOf(bundle, [name])).toEqual([]);
  });
});

describe('changed code under the same rules version fails the replay', () => {
  const NAMES_DECISIONS = /the batch decided here is not the recorded one \(decisions \d+ to \d+\)/;

  test('3.3.2: another level', async () => {
    const change = { file: 'domain/episode/decide/proposal.ts', from: '    level: of.level,\n', to: "    level: of.level === 'orange' ? 'yellow' : of.level,\n" };
    expect(await changed(change, 'orange-raised-to-red')).toEqual([expect.stringMatching(NAMES_DECISIONS)]);
  });

  test('3.3.4: in force six hours later', async () => {
    const change = {
      file: 'domain/episode/decide/approval.ts',
      from: 'const effectiveAtMs = askedMs >= draft.nowMs ? askedMs :',
      to: 'const effectiveAtMs = askedMs >= draft.nowMs ? askedMs + 6 * 3_600_000 :',
    };
    expect(await changed(change, 'completed-yellow')).toEqual([expect.stringMatching(NAMES_DECISIONS)]);
  });

  test('3.3.4: a leader is waited for longer before the desk is told', async () => {
    const change = { file: 'domain/episode/decide/approval.ts', from: '.afterMinutes * MINUTE_MS', to: '.afterMinutes * 1.2 * MINUTE_MS' };
    expect(await changed(change, 'withdrawn-before-publication')).toHaveLength(1);
  });

  test('another order of commands', async () => {
    const change = {
      file: 'workflows/episode.ts',
      from: '    const state = journal.opened();\n    const noticeIds',
      to: "    const state = journal.opened();\n    upsertSearchAttributes({ [SEARCH_ATTRIBUTES.phase]: [state.phase] });\n    const noticeIds",
    };
    expect(await changed(change, 'completed-yellow')).toEqual([expect.stringMatching(/nondeterminism|TMPRL1100/i)]);
  });
});

test('one more version of the rules leaves what began under an earlier one as it was', async () => {
  const bundle = await bundleWith(oneMoreVersion('open: () => [], nextWakeUp: () => null'));
  expect(await faultsOf(bundle, namesIn())).toEqual([]);
});
