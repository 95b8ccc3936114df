/** What an area's rows do to the read models; values come out of the documents that the rows name. */
import type { AreaEvent } from '../../domain/area.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { SuperiorOrder } from '../../domain/order.js';
import type { Tx } from '../pool.js';

/** Everything is asked in one turn: the commit may follow in it. */
export async function projectAreaInput(tx: Tx, areaId: string, row: LedgerRow): Promise<void> {
  const event = row.event as AreaEvent;
  await Promise.all([projectContent(tx, areaId, row), 'assessment' in event && keepAssessment(tx, areaId, row.seq, event)]);
}

async function projectContent(tx: Tx, areaId: string, row: LedgerRow): Promise<void> {
  const event = row.event as AreaEvent;
  const { seq } = row;
  switch (event.type) {
    case 'forecast-recorded':
      await tx.query(
        'insert into forecasts (area_id, id, seq, digest, issued_at_ms, source, late, recorded_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)',
        [areaId, event.forecastId, seq, event.digest, event.issuedAtMs, event.source, event.late, row.recordedAtMs],
      );
      return;
    case 'observations-recorded':
      await tx.query(
        // Of two values for one hour in one document the later stands.
        `insert into observations (area_id, kind, station, at_ms, seq, values)
         select distinct on (r.station, r.at_ms) $1, d.content ->> 'kind', r.station, r.at_ms, $2, r.values
         from (select convert_from(body, 'UTF8')::jsonb as content from documents where digest = $3) d,
           rows from (jsonb_to_recordset(d.content -> 'rows') as (station text, "atMs" bigint, values jsonb)) with ordinality as r (station, at_ms, values, place)
         order by r.station, r.at_ms, r.place desc`,
        [areaId, seq, event.digest],
      );
      return;
    case 'dust-flagged':
      await tx.query(
        `insert into dust_flags (area_id, id, seq, spans, reason, act) values ($1, $2, $3, $4, $5, $6)
         on conflict (area_id, id) do update set seq = excluded.seq, spans = excluded.spans, reason = excluded.reason, act = excluded.act`,
        [areaId, event.flagId, seq, JSON.stringify(event.spans), event.reason, JSON.stringify(event.act)],
      );
      return;
    case 'order-received':
    case 'order-transmission-added':
      return keepOrder(tx, areaId, seq, event.order);
    case 'order-checked':
      await tx.query('update orders set confirmed = $3, check_act = $4 where area_id = $1 and id = $2', [areaId, event.orderId, event.confirmed, JSON.stringify(event.act)]);
      return;
  }
}

async function keepAssessment(tx: Tx, areaId: string, seq: number, { assessment }: Extract<AreaEvent, { assessment: unknown }>): Promise<void> {
  if (!assessment) return;
  await tx.query('insert into assessments (area_id, id, seq, at_ms, content) values ($1, $2, $3, $4, $5)', [areaId, assessment.id, seq, assessment.atMs, JSON.stringify(assessment)]);
}

/** The order as its latest transmission tells it; `seq` stays that of its receipt. */
async function keepOrder(tx: Tx, areaId: string, seq: number, order: SuperiorOrder): Promise<void> {
  await tx.query(
    'insert into orders (area_id, id, seq, content, received_at_ms) values ($1, $2, $3, $4, $5) on conflict (area_id, id) do update set content = excluded.content',
    [areaId, order.id, seq, JSON.stringify(order), order.receivedAtMs],
  );
}
