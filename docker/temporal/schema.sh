#!/bin/sh
# Brings Temporal's own two schemas up to the server's version; run before every start of the server.
set -eu
SQL_PASSWORD=$(cat /run/secrets/temporal_password)
export SQL_PASSWORD
sql() { temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal "$@"; }
for database in temporal visibility; do
  case $database in temporal) name=temporal ;; *) name=temporal_visibility ;; esac
  sql --db "$name" setup-schema -v 0.0
  sql --db "$name" update-schema -d "/etc/temporal/schema/postgresql/v12/$database/versioned"
done
