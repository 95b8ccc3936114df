-- Up Migration
-- What changed in a running response, for those who have to act on it.
alter table inbox drop constraint inbox_kind_check;
alter table inbox add constraint inbox_kind_check check (kind in ('notice', 'reminder', 'overdue', 'escalation', 'prompt', 'request', 'change'));
