#!/bin/sh
# Makes the passwords that docker-compose.yml reads, each once; what is there stays.
set -eu
cd "$(dirname "$0")/secrets"
# The folder keeps other users of this machine out; the containers' users read the files themselves.
chmod 700 .
for name in postgres_password temporal_password database_owner_password database_app_password; do
  if [ ! -s "$name" ]; then
    (umask 333 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$name.new" && mv "$name.new" "$name")
    echo "made docker/secrets/$name"
  fi
done
