# Nodes, the simulated services and servers of PostgreSQL as processes of a test that is a script, in its folder `work`; all of
# it is gone at the end. Wants `programs` (their folder); sets `world`. Sourced, never run, behind `need`.

. script/lib/common.sh
. script/lib/postgres.sh
. script/lib/order.sh

work=$(mktemp -d)
chmod 755 "$work" # the database servers are another user
fail() { echo "failed: $*"; exit 1; }
order_stopped() { tail -n 20 "$work/node.log"; fail "the order of $customer stopped before: $*"; }
end_others() { :; } # for a test with processes of another kind
trap 'end_others; end_children; stop_servers; rm -rf "$work"' EXIT
children=()
node_secrets=() # more variables of a node's environment

start_sandbox() {
  "$programs/neurocards-sandbox" --listen=127.0.0.1:0 --no-render "$@" >"$work/sandbox.address" 2>"$work/sandbox.log" &
  children+=($!)
  wait_for 20 grep -q '^http' "$work/sandbox.address" || { cat "$work/sandbox.log"; fail "the simulated services did not start"; }
  world=$(head -n 1 "$work/sandbox.address")
}

# neurocards URL WORD…: the program on that database, in a folder without settings and an environment of its own. Becomes
# the program: to be called in a subshell.
neurocards() {
  mkdir -p "$work/at"
  cd "$work/at"
  exec env -i PATH="$PATH" HOME="$work" DATABASE_URL="$1" BOT_TOKEN=100200300:scripted-0123456789-abcdefghijklmno \
    KIE_API_KEY=scripted-key OPENAI_API_KEY=scripted-key \
    TELEGRAM_API_URL="$world" KIE_API_URL="$world" KIE_UPLOAD_URL="$world" OPENAI_API_URL="$world/v1" \
    "${node_secrets[@]}" "$programs/neurocards" "${@:2}" --http.listen=127.0.0.1:0 --storage.path="$work/files" --kie.poll-interval=500ms \
    --kie.private-downloads=true --notifier.rate=1000
}

# verb URL WORD…: what it says; what it says when it fails ends the test.
verb() {
  (neurocards "$@") >"$work/verb" 2>&1 || { cat "$work/verb" >&2; fail "neurocards ${*:2}" >&2; }
  cat "$work/verb"
}

# start_node URL [option…]: sets `node` to its process and waits until it is ready.
start_node() {
  rm -f "$work/node.log"
  (neurocards "$1" run --db.lease=6s "${@:2}") >"$work/node.log" 2>&1 &
  node=$!
  children+=($!)
  wait_for 60 grep -q http.listens "$work/node.log" || { tail -n 20 "$work/node.log"; fail "the node did not start"; }
  local port
  port=$(sed -nE 's/.*http.listens.*port=([0-9]+).*/\1/p' "$work/node.log" | tail -n 1)
  wait_for 60 curl -fs "http://127.0.0.1:$port/readyz" || { tail -n 20 "$work/node.log"; fail "the node is not ready"; }
}

# kill_node: as when its host loses power.
kill_node() {
  kill -9 "$node"
  wait "$node" 2>/dev/null || true
}

end_children() {
  local child
  for child in "${children[@]}"; do kill -9 "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
}

stop_servers() {
  for pg_data in "$work"/pg "$work"/*/pg; do
    [ ! -d "$pg_data" ] || pg_stop immediate
  done
}

# servers_folder NAME: one below `work` that the servers may write to.
servers_folder() {
  mkdir "$work/$1"
  [ "$(id -u)" != 0 ] || chown postgres "$work/$1"
}

# base_backup URL NAME [option…]: into that new folder, where pg_start finds it.
base_backup() {
  servers_folder "$2"
  as_pg_user "$pg_bin/pg_basebackup" -d "$1" -D "$work/$2/pg" --checkpoint=fast --no-sync "${@:3}" 2>"$work/said" \
    || { cat "$work/said"; fail "pg_basebackup"; }
}

# sql URL TEXT
sql() { "$pg_bin/psql" "$1" -v ON_ERROR_STOP=1 -Atqc "$2"; }

# How many tasks KIE was ever paid for.
tasks_made() { curl -fsS "$world/control/tasks?last=0" | sed -E 's/.*"count":([0-9]+).*/\1/'; }
is() { [ "$2" = "$3" ] || fail "$1: \"$2\" instead of \"$3\""; }
