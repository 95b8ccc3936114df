-- Up Migration
-- The application's role; several databases of one server share it.
do $$
begin
  create role qingkong_app login;
exception
  when duplicate_object or unique_violation then null;
end
$$;

-- Where each stream stands; its row is the lock under which sequences are given.
create table streams (
  stream text primary key,
  seq bigint not null,
  head_hash text not null,
  decision_no bigint not null
);

create table ledger (
  stream text not null,
  seq bigint not null,
  event_id text not null,
  command_id text not null,
  kind text not null check (kind in ('decision', 'submission', 'input', 'audit')),
  decision_no bigint check ((kind = 'decision') = (decision_no is not null)),
  type text not null generated always as (event ->> 'type') stored,
  clause text generated always as (event ->> 'clause') stored,
  plan_at_ms bigint not null,
  recorded_at_ms bigint not null,
  rules_version text not null,
  plan_digest text not null,
  event jsonb not null,
  prev_hash text not null,
  hash text not null,
  primary key (stream, seq),
  unique (stream, event_id),
  unique (stream, decision_no)
);
create index ledger_by_command on ledger (stream, command_id);

-- Whoever writes: rows only ever follow on the row before.
create function follow_on_the_chain() returns trigger language plpgsql as $$
declare
  last record;
begin
  if new.seq = 1 then
    if new.prev_hash <> repeat('0', 64) then
      raise exception 'the first row of "%" does not begin a chain', new.stream using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  select hash into last from ledger where stream = new.stream and seq = new.seq - 1;
  if not found or last.hash <> new.prev_hash then
    raise exception 'row % of "%" does not follow on the row before', new.seq, new.stream using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;
create trigger ledger_follows before insert on ledger for each row execute function follow_on_the_chain();
alter table ledger enable always trigger ledger_follows;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end
$$;
create trigger ledger_is_append_only before update or delete or truncate on ledger for each statement execute function refuse_change();
alter table ledger enable always trigger ledger_is_append_only;

grant select on migrations to qingkong_app;
grant select, insert, update on streams to qingkong_app;
grant select, insert on ledger to qingkong_app;
