import type { EpisodeEvent, EventOf } from '../../domain/episode/events.js';
import type { Tx } from '../pool.js';

/** What an event does to the requests for approval and to the evidence they showed. */
export async function projectRequests(tx: Tx, episodeId: string, event: EpisodeEvent): Promise<void> {
  switch (event.type) {
    case 'request-opened':
      await Promise.all([
        tx.query(
          `insert into requests (episode_id, id, action, evidence, evidence_digest, status, submitted_by, opened_at_ms, decisions)
           values ($1, $2, $3, $4, $5, 'open', $6, $7, '[]')`,
          [episodeId, event.requestId, event.evidence.action, JSON.stringify(event.evidence), event.evidenceDigest, JSON.stringify(event.act.actor), event.atMs],
        ),
        keepEvidence(tx, episodeId, event),
      ]);
      return;
    case 'request-renewed':
      await Promise.all([
        tx.query('update requests set evidence = $3, evidence_digest = $4, basis_changed_at_ms = null where episode_id = $1 and id = $2', [
          episodeId,
          event.requestId,
          JSON.stringify(event.evidence),
          event.evidenceDigest,
        ]),
        keepEvidence(tx, episodeId, event),
      ]);
      return;
    case 'request-basis-changed':
      await tx.query('update requests set basis_changed_at_ms = $3 where episode_id = $1 and id = $2', [episodeId, event.requestId, event.atMs]);
      return;
    case 'request-withdrawn':
      return close(tx, episodeId, event.requestId, 'withdrawn', event.atMs);
    case 'approval-decided': {
      const { step, decision, act, atMs, reason, evidenceDigest } = event;
      const status = decision === 'approve' ? 'approved' : decision === 'return' ? 'returned' : 'refused';
      await Promise.all([
        addDecision(tx, episodeId, event.requestId, { step, decision, by: act.actor, atMs, channel: act.channel, reason, evidenceDigest, act }),
        decision !== 'approve' || event.last ? close(tx, episodeId, event.requestId, status, atMs) : null,
      ]);
      return;
    }
    case 'approval-countersigned': {
      const { step, act, atMs } = event;
      return addDecision(tx, episodeId, event.requestId, { step, decision: 'countersign', by: act.actor, atMs, channel: act.channel, reason: null, act });
    }
    case 'warning-published':
    case 'warning-raised':
    case 'warning-lowered':
    case 'lift-issued':
    case 'part-lifted':
      // A chain without a step (the lift, 3.3.6) is approved by being issued.
      return event.requestId === null ? undefined : close(tx, episodeId, event.requestId, 'approved', event.atMs);
    case 'episode-closed':
      await tx.query(`update requests set status = 'withdrawn', closed_at_ms = $2 where episode_id = $1 and status = 'open'`, [episodeId, event.atMs]);
      return;
    case 'episode-opened':
    case 'assessment-noted':
    case 'consultation-prompted':
    case 'prompt-cleared':
    case 'consultation-recorded':
    case 'approval-escalated':
    case 'response-began':
    case 'response-adjusted':
    case 'order-received':
    case 'order-left':
    case 'order-taken-up':
    case 'order-transmission-added':
    case 'order-checked':
    case 'order-took-effect':
    case 'relay-signed':
    case 'lift-postponed':
    case 'lift-rescinded':
    case 'response-ended':
    case 'measures-adjusted':
    case 'notice-corrected':
    case 'task-assigned':
    case 'task-closed':
    case 'deadlines-settled':
    case 'evaluation-opened':
      return;
  }
}

async function keepEvidence(tx: Tx, episodeId: string, event: EventOf<'request-opened' | 'request-renewed'>): Promise<void> {
  await tx.query('insert into request_evidence (episode_id, request_id, evidence_digest, evidence, shown_from_ms) values ($1, $2, $3, $4, $5) on conflict do nothing', [
    episodeId,
    event.requestId,
    event.evidenceDigest,
    JSON.stringify(event.evidence),
    event.atMs,
  ]);
}

async function addDecision(tx: Tx, episodeId: string, requestId: string, decision: object): Promise<void> {
  await tx.query('update requests set decisions = decisions || $3::jsonb where episode_id = $1 and id = $2', [episodeId, requestId, JSON.stringify([decision])]);
}

async function close(tx: Tx, episodeId: string, requestId: string, status: string, atMs: number): Promise<void> {
  await tx.query(`update requests set status = $3, closed_at_ms = $4 where episode_id = $1 and id = $2 and status = 'open'`, [episodeId, requestId, status, atMs]);
}
