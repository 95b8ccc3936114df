-- Up Migration
-- How far an episode has read its area's stream, without unpacking its state.
alter table episodes add column area_seq bigint not null default 0;
update episodes set area_seq = coalesce((state ->> 'areaSeq')::bigint, 0);
create index episodes_by_area_seq on episodes (area_id, area_seq);

-- The rows of an area that say something to an episode or the watch.
create index ledger_inputs on ledger (stream, seq) where kind = 'input' and (event -> 'assessment') is distinct from 'null'::jsonb;

-- Each worker says every few seconds that it is there; a queue's pollers are remembered for minutes after their death.
create table workers (
  id text primary key,
  task_queue text not null,
  seen_at_ms bigint not null
);
grant select, insert, update, delete on workers to qingkong_app;

create index idempotency_keys_by_time on idempotency_keys (created_at_ms);
