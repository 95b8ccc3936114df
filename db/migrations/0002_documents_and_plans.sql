-- Up Migration
-- Report bodies, attachments, forecasts, archived histories: unchanged under their SHA-256.
create table documents (
  digest text primary key check (digest = encode(sha256(body), 'hex')),
  kind text not null,
  media_type text not null,
  title text not null,
  body bytea not null,
  created_at_ms bigint not null
);
create trigger documents_are_immutable before update or delete or truncate on documents for each statement execute function refuse_change();
alter table documents enable always trigger documents_are_immutable;

-- Whole plans by their digest; what an episode refers to stays.
create table plans (
  digest text primary key,
  plan_id text not null,
  revision text not null,
  content jsonb not null,
  saved_at_ms bigint not null
);
create trigger plans_are_immutable before update or delete or truncate on plans for each statement execute function refuse_change();
alter table plans enable always trigger plans_are_immutable;

create table areas (
  area_id text primary key,
  -- The plan that the next episode is opened under.
  plan_digest text not null references plans,
  -- A drill (8.3) runs in an area of its own beside the one it drills, on its own clock.
  drills_area text references areas,
  clock jsonb not null default '{"realOriginMs": 0, "planOriginMs": 0, "rate": 1}'
);

grant select, insert on documents, plans to qingkong_app;
grant select, insert, update on areas to qingkong_app;
