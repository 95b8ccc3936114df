-- Up Migration
-- Accounts with many hats (role, unit, area, period), and what proves who somebody is.
create table accounts (
  id text primary key,
  login text not null unique check (login = lower(login)),
  name text not null,
  password_hash text not null,
  demonstration boolean not null default false,
  created_at_ms bigint not null,
  disabled_at_ms bigint
);

create table hats (
  id text primary key,
  account_id text not null references accounts,
  role text not null,
  unit_id text,
  -- Null: every area.
  area_id text,
  from_ms bigint not null,
  until_ms bigint,
  revoked_at_ms bigint,
  check ((role = 'unit') = (unit_id is not null)),
  check (until_ms is null or until_ms > from_ms)
);
create index hats_of_account on hats (account_id);

-- Written delegations (R14): a hat, or a part of it, for a time.
create table delegations (
  id text primary key,
  hat_id text not null references hats,
  to_account_id text not null references accounts,
  area_ids text[],
  use_cases text[],
  basis text not null,
  document_digest text,
  from_ms bigint not null,
  until_ms bigint not null check (until_ms > from_ms),
  created_by text not null references accounts,
  created_at_ms bigint not null,
  revoked_at_ms bigint
);
create index delegations_to on delegations (to_account_id);

create table sessions (
  id text primary key,
  digest text not null unique,
  account_id text not null references accounts,
  user_agent text,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  revoked_at_ms bigint
);
create index sessions_of_account on sessions (account_id);

create table tokens (
  id text primary key,
  digest text not null unique,
  account_id text not null references accounts,
  label text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  revoked_at_ms bigint
);
create index tokens_of_account on tokens (account_id);

create table sign_in_failures (
  id bigint generated always as identity primary key,
  login text not null,
  address text not null,
  at_ms bigint not null
);
create index sign_in_failures_by_login on sign_in_failures (login, at_ms);
create index sign_in_failures_by_address on sign_in_failures (address, at_ms);

-- A request's key, what was asked under it, and the answer once it is known.
create table idempotency_keys (
  account_id text not null,
  key text not null,
  request_digest text not null,
  -- Null once answered or given up; a crashed process's lease runs out.
  leased_until_ms bigint,
  status integer,
  body text,
  created_at_ms bigint not null,
  primary key (account_id, key)
);

-- What is being filled in; a unit's drafts are shared within the unit.
create table drafts (
  id text primary key,
  account_id text not null references accounts,
  unit_id text,
  kind text not null,
  ref text not null,
  content jsonb not null,
  updated_at_ms bigint not null,
  unique (account_id, kind, ref)
);
create index drafts_of_unit on drafts (unit_id, kind, ref);

grant select, insert, update on accounts, hats, delegations, sessions, tokens, idempotency_keys, drafts to qingkong_app;
grant select, insert on sign_in_failures to qingkong_app;
-- Readiness asks what has run.
grant select on migrations to qingkong_app;
grant delete on sessions, sign_in_failures, idempotency_keys, drafts to qingkong_app;
