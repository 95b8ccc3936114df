-- Up Migration
-- Projections of the episodes' streams: `ledger rebuild` makes them again. Times in
-- `_ms` are plan time, in `_real_ms` and `recorded_at_ms` real time.
create table episodes (
  id text primary key,
  -- Unique within the area: each drill has an area, and a count, of its own.
  number text not null,
  area_id text not null references areas,
  drill boolean not null,
  phase text not null,
  active boolean not null,
  ending text,
  level text,
  response_level text,
  plan_digest text not null references plans,
  rules_version text not null,
  opened_at_ms bigint not null,
  closed_at_ms bigint,
  state jsonb not null,
  -- The last decision taken in.
  updated_seq bigint not null,
  -- Up to here everything that opened is in `obligations`.
  obligations_through_ms bigint not null,
  unique (area_id, number)
);
create unique index one_active_episode on episodes (area_id) where active and not drill;
create unique index one_active_drill on episodes (area_id) where active and drill;
create index episodes_by_opening on episodes (area_id, opened_at_ms desc, id desc);

create table obligations (
  episode_id text not null,
  id text not null,
  group_id text not null,
  kind text not null,
  clause text not null,
  owner_id text not null,
  ref text not null,
  trigger text not null,
  opens_at_ms bigint not null,
  target_at_ms bigint,
  due_at_ms bigint,
  opens_real_ms bigint not null,
  target_real_ms bigint,
  due_real_ms bigint,
  -- When it counts as handed in or done; the first time counts.
  submitted_at_ms bigint,
  -- Null where a decision fulfilled it.
  submission_version integer,
  -- No longer owed: a later event took away what it rested on.
  lapsed_at_ms bigint,
  -- Never handed in when the episode closed.
  closed_missing boolean not null default false,
  primary key (episode_id, id)
);
create index obligations_of_group on obligations (episode_id, group_id);
create index open_obligations_of_owner on obligations (owner_id, due_real_ms) where submitted_at_ms is null and lapsed_at_ms is null;
create index obligations_due_next on obligations (due_real_ms) where submitted_at_ms is null and lapsed_at_ms is null;

create table submissions (
  episode_id text not null,
  obligation_id text not null,
  version integer not null,
  seq bigint not null,
  kind text not null,
  owner_id text not null,
  -- Plan time of receipt, and when it counts as handed in (R30).
  received_at_ms bigint not null,
  counts_at_ms bigint not null,
  recorded_at_ms bigint not null,
  document_digest text,
  nil boolean not null,
  act jsonb not null,
  reviewed_by jsonb,
  correction_reason text,
  primary key (episode_id, obligation_id, version)
);

create table requests (
  episode_id text not null,
  id text not null,
  action text not null,
  evidence jsonb not null,
  evidence_digest text not null,
  status text not null check (status in ('open', 'approved', 'returned', 'refused', 'withdrawn')),
  submitted_by jsonb not null,
  opened_at_ms bigint not null,
  basis_changed_at_ms bigint,
  closed_at_ms bigint,
  -- Every step taken, by which evidence; countersignatures among them.
  decisions jsonb not null,
  primary key (episode_id, id)
);
create index open_requests on requests (episode_id) where status = 'open';

-- Every version of what an approver was shown.
create table request_evidence (
  episode_id text not null,
  request_id text not null,
  evidence_digest text not null,
  evidence jsonb not null,
  shown_from_ms bigint not null,
  primary key (episode_id, request_id, evidence_digest)
);

grant select, insert, update, delete on episodes, obligations, submissions, requests, request_evidence to qingkong_app;
