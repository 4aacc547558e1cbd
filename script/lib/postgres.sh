# A private PostgreSQL server on loopback, started and stopped by the script that sources this.
# PostgreSQL refuses to run as root: then it runs as the system user `postgres`.

pg_bin=/usr/lib/postgresql/15/bin

# Runs a PostgreSQL program as a user it accepts.
as_pg_user() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

# pg_start FOLDER [setting=value …]: makes the cluster if need be, starts it on a free port, sets
# pg_url. Durable as PostgreSQL is by default; tests pass fsync=off.
pg_start() {
  local folder=$1 setting options=()
  shift
  mkdir -p "$folder"
  pg_data=$folder/pg
  if [ "$(id -u)" -eq 0 ]; then
    mkdir -p "$pg_data"
    chown postgres "$pg_data"
    chmod 700 "$pg_data"
  fi
  if [ ! -e "$pg_data/PG_VERSION" ]; then
    as_pg_user "$pg_bin/initdb" -D "$pg_data" -U neurocards -A trust -E UTF8 --locale=C.UTF-8 \
      --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; return 1; }
  fi
  for setting in "$@"; do options+=(-c "$setting"); done
  local try
  for try in 1 2 3 4 5; do
    pg_port=$((20000 + RANDOM % 20000))
    if as_pg_user "$pg_bin/pg_ctl" -D "$pg_data" -l "$pg_data/server.log" -w -t 60 -s \
      -o "-c listen_addresses=127.0.0.1 -c port=$pg_port -c unix_socket_directories='' -c max_connections=200 ${options[*]}" \
      start >/dev/null 2>&1; then
      pg_url="postgresql://neurocards@127.0.0.1:$pg_port/postgres"
      return 0
    fi
  done
  tail -n 20 "$pg_data/server.log" >&2
  return 1
}

pg_stop() {
  [ -n "${pg_data:-}" ] || return 0
  as_pg_user "$pg_bin/pg_ctl" -D "$pg_data" -m "${1:-fast}" -w -s stop >/dev/null 2>&1 || true
}

# The options that the server of pg_data was started with.
pg_options() {
  sed -E 's/^[^ ]+ "-D" "[^"]*" ?//; s/"//g' "$pg_data/postmaster.opts"
}

# Until the last child of a killed server has gone, the memory they share refuses a new one.
pg_start_again() {
  local try
  for try in $(seq 1 100); do
    if as_pg_user "$pg_bin/pg_ctl" -D "$pg_data" -l "$pg_data/server.log" -w -t 60 -s -o "$1" start >/dev/null 2>&1; then
      return 0
    fi
    sleep 0.1
  done
  tail -n 20 "$pg_data/server.log" >&2
  return 1
}

# pg_crash: kills the server of pg_data like a power cut of its process, and starts it again as it was.
pg_crash() {
  local options
  options=$(pg_options)
  kill -9 "$(head -n 1 "$pg_data/postmaster.pid")"
  pg_start_again "$options"
}

# pg_become_standby: the server of pg_data comes back as a standby that nobody feeds: it can be read, not
# written. pg_promote makes it a primary again.
pg_become_standby() {
  local options
  options=$(pg_options)
  as_pg_user "$pg_bin/pg_ctl" -D "$pg_data" -m immediate -w -s stop >/dev/null 2>&1
  as_pg_user touch "$pg_data/standby.signal"
  pg_start_again "$options"
}

pg_promote() {
  as_pg_user "$pg_bin/pg_ctl" -D "$pg_data" -w -t 60 -s promote >/dev/null
}
