-- Up Migration
-- Projections of the areas' streams; `seq` is the row's, so that what was known at any row can be asked.
create table forecasts (
  area_id text not null,
  id text not null,
  seq bigint not null,
  digest text not null references documents,
  issued_at_ms bigint not null,
  source text not null,
  late boolean not null,
  recorded_at_ms bigint not null,
  primary key (area_id, id)
);
create index forecasts_by_issue on forecasts (area_id, issued_at_ms desc, seq desc);

-- A later row for the same station and time corrects the earlier, which stays.
create table observations (
  area_id text not null,
  kind text not null check (kind in ('hourly', 'daily')),
  station text not null,
  -- Start of the hour or of the day.
  at_ms bigint not null,
  seq bigint not null,
  values jsonb not null,
  primary key (area_id, kind, station, at_ms, seq)
);
create index observations_by_time on observations (area_id, kind, at_ms);

create table dust_flags (
  area_id text not null,
  id text not null,
  seq bigint not null,
  spans jsonb not null,
  reason text not null,
  act jsonb not null,
  primary key (area_id, id)
);

create table orders (
  area_id text not null,
  id text not null,
  seq bigint not null,
  content jsonb not null,
  -- Null until the second person has looked at it.
  confirmed boolean,
  check_act jsonb,
  received_at_ms bigint not null,
  primary key (area_id, id)
);

create table assessments (
  area_id text not null,
  id text not null,
  seq bigint not null,
  at_ms bigint not null,
  content jsonb not null,
  primary key (area_id, id)
);
create index assessments_by_row on assessments (area_id, seq desc);

grant select, insert, update, delete on forecasts, observations, dust_flags, orders, assessments to qingkong_app;
