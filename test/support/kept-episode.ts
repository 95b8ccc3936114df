/** An episode that the real engine finished, out of its bundle into a test's database: rows, documents, plans; the read models made from them. */
import { rebuild } from '../../db/rebuild.js';
import { setAreaPlan } from '../../db/plans.js';
import { digestOf } from '../../domain/digest.js';
import { checkChain, type LedgerRow } from '../../domain/ledger.js';
import type { EpisodeRecord } from '../../evidence/format.js';
import type { TestApi } from './api.js';

/** The area's part of a bundle begins somewhere: rows before it are not there, and the guard that asks for them is off meanwhile. */
export async function keepEpisode(api: TestApi, record: EpisodeRecord, areaId: string): Promise<void> {
  const { owner, pool } = api.db;
  for (const [digest, plan] of record.plans) {
    await owner.query('insert into plans (digest, plan_id, revision, content, saved_at_ms) values ($1, $2, $3, $4, 0) on conflict do nothing', [digest, plan.id, plan.revision, JSON.stringify(plan)]);
    if (digestOf(plan) !== digest) throw new Error('not the plan that the bundle names');
    await setAreaPlan(pool, areaId, digest);
  }
  for (const { digest, kind, mediaType, title, body } of record.documents)
    await owner.query('insert into documents (digest, kind, media_type, title, body, created_at_ms) values ($1, $2, $3, $4, $5, 0) on conflict do nothing', [digest, kind, mediaType, title, Buffer.from(body)]);
  await owner.query('alter table ledger disable trigger ledger_follows');
  for (const rows of [record.areaRows, record.episodeRows]) await keepRows(api, rows);
  await owner.query('alter table ledger enable always trigger ledger_follows');
  await rebuild(pool, api.deps.clock);
}

async function keepRows({ db: { owner } }: TestApi, rows: readonly LedgerRow[]): Promise<void> {
  const last = rows.at(-1);
  if (!last) throw new Error('no rows');
  await owner.query(
    `insert into ledger (stream, seq, event_id, command_id, kind, decision_no, plan_at_ms, recorded_at_ms, rules_version, plan_digest, event, prev_hash, hash)
     select r.* from json_to_recordset($1) as r (stream text, seq bigint, "eventId" text, "commandId" text, kind text, "decisionNo" bigint, "planAtMs" bigint, "recordedAtMs" bigint,
       "rulesVersion" text, "planDigest" text, event jsonb, "prevHash" text, hash text)`,
    [JSON.stringify(rows)],
  );
  await owner.query('insert into streams (stream, seq, head_hash, decision_no) values ($1, $2, $3, $4) on conflict (stream) do update set seq = excluded.seq, head_hash = excluded.head_hash', [
    last.stream,
    last.seq,
    last.hash,
    checkChain(rows).head.decisionNo,
  ]);
}
