/** A transaction's last writes and its commit are asked in one turn: whatever a projection asked later would be outside of it. */
import { expect, test } from '@jest/globals';
import type { LedgerRow } from '../../domain/ledger.js';
import type { Tx } from '../../db/pool.js';
import { projectAreaInput } from '../../db/projections/area.js';
import { projectAudit } from '../../db/projections/audit.js';
import { projectSubmission } from '../../db/projections/submissions.js';

/** Statements that were asked before any was answered. */
function askedAtOnce(project: (tx: Tx) => unknown): string[] {
  const asked: string[] = [];
  const tx = { query: (text: string) => (asked.push([...text.matchAll(/(?<!do )(?:insert into|update) (\w+)/g)].at(-1)![1]!), new Promise(() => undefined)) } as unknown as Tx;
  void project(tx);
  return asked;
}

const row = (event: object) => ({ seq: 1, recordedAtMs: 0, planAtMs: 0, event }) as unknown as LedgerRow;
const assessment = { id: 'A1', atMs: 0 };
const episode = { id: 'e', areaId: 'a' };

test.each([
  ['a forecast and its assessment', (tx: Tx) => projectAreaInput(tx, 'a', row({ type: 'forecast-recorded', assessment })), ['forecasts', 'assessments']],
  ['observations and their assessment', (tx: Tx) => projectAreaInput(tx, 'a', row({ type: 'observations-recorded', assessment })), ['observations', 'assessments']],
  ['a dust flag and its assessment', (tx: Tx) => projectAreaInput(tx, 'a', row({ type: 'dust-flagged', spans: [], assessment })), ['dust_flags', 'assessments']],
  ['a delivery and its inbox', (tx: Tx) => projectAudit(tx, episode, row({ type: 'notice-delivered', noticeId: 'N1', channel: 'inbox', recipients: ['zone'] })), ['deliveries', 'inbox']],
  ['an acknowledgement and its receipt', (tx: Tx) => projectSubmission(tx, 'e', row({ type: 'submitted', kind: 'acknowledgement', obligationId: 'acknowledgement:N1:x', ownerId: 'x', version: 1, act: {} })), ['obligations', 'deliveries']],
])('%s', (_what, project, tables) => {
  expect(askedAtOnce(project).sort()).toEqual([...tables].sort());
});
