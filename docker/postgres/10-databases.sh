#!/bin/sh
# Runs once, when the cluster is made: two systems, each owner of its own databases and shut out of the other's.
set -eu
temporal=$(cat /run/secrets/temporal_password)
owner=$(cat /run/secrets/database_owner_password)
psql -v ON_ERROR_STOP=1 -v temporal="$temporal" -v owner="$owner" --username postgres --dbname postgres <<'SQL'
create role temporal login password :'temporal';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create role qingkong login createrole password :'owner';
alter role qingkong set createrole_self_grant = 'set, inherit';
create database qingkong owner qingkong;
create role qingkong_app login;
grant qingkong_app to qingkong with admin true, inherit true, set true;
revoke connect on database temporal, temporal_visibility, qingkong from public;
grant connect on database qingkong to qingkong_app;
SQL
