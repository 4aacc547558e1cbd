#!/bin/bash
# Process 1 of the database's container: makes the database at the first start, then is the server. Understands what the
# image postgres:15 does of POSTGRES_USER, POSTGRES_DB and POSTGRES_PASSWORD.
set -euo pipefail
data=/var/lib/postgresql/data
user=${POSTGRES_USER:-neurocards}
export PATH=/usr/lib/postgresql/15/bin:$PATH
if [ ! -e "$data/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?must be set}"
  initdb -D "$data" -U "$user" --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") -A scram-sha-256 -E UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  echo "CREATE DATABASE \"${POSTGRES_DB:-neurocards}\"" | postgres --single -D "$data" postgres >/dev/null
fi
unset POSTGRES_PASSWORD
exec postgres -D "$data" -c listen_addresses='*' "$@"
