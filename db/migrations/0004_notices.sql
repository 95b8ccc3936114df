-- Up Migration
create table notices (
  episode_id text not null,
  id text not null,
  action text not null,
  clause text not null,
  facts jsonb not null,
  issued_at_ms bigint not null,
  superseded_by text,
  seq bigint not null,
  primary key (episode_id, id)
);

create table deliveries (
  episode_id text not null,
  notice_id text not null,
  recipient text not null,
  channel text not null,
  delivered_at_ms bigint not null,
  receipt_at_ms bigint,
  receipt_by jsonb,
  primary key (episode_id, notice_id, recipient, channel)
);

create table inbox (
  -- Made of what caused it and for whom, so that twice is once.
  id text primary key,
  -- `unit:ID`, `role:ROLE` (of the area) or `account:ID`.
  recipient text not null,
  area_id text not null,
  episode_id text not null,
  kind text not null check (kind in ('notice', 'reminder', 'overdue', 'escalation', 'prompt', 'request')),
  ref text not null,
  clause text not null,
  body jsonb not null,
  created_at_ms bigint not null,
  recorded_at_ms bigint not null,
  seq bigint not null
);
create index inbox_of_recipient on inbox (recipient, area_id, recorded_at_ms desc, id);

-- What somebody has looked at is no fact of the episode: it is kept here and outlives a rebuild.
create table inbox_reads (
  inbox_id text not null,
  account_id text not null,
  read_at_ms bigint not null,
  primary key (inbox_id, account_id)
);

-- The workflow's history when the episode closed.
create table archives (
  episode_id text primary key,
  digest text not null references documents,
  archived_at_ms bigint not null
);

grant select, insert, update, delete on notices, deliveries, inbox, archives to qingkong_app;
grant select, insert on inbox_reads to qingkong_app;
