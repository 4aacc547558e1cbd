#!/usr/bin/env bash
# Fails when script/demo brings no cluster up, an order does not survive the death of the worker that holds it, or
# anything is left running. Usage: demo.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need curl setsid flock env pgrep ps /usr/lib/postgresql/15/bin/initdb
. script/lib/common.sh
. script/lib/postgres.sh
. script/lib/order.sh
work=$(mktemp -d)
chmod 755 "$work" # the database server is another user
demo=
trap '[ -z "$demo" ] || { kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; }; rm -rf "$work"' EXIT
fail() { echo "failed: $*"; tail -n 20 "$work/said" "$work"/demo/*.log 2>/dev/null; exit 1; }
order_stopped() { fail "the order stopped before: $*"; }
run() { exec script/demo --programs="$programs" --folder="$work/demo" "$@"; } # in a subshell: it becomes the script

for wrong in --nodes=0 --nodes=three --nodes= --what; do
  code=0
  (run $wrong) >"$work/said" 2>&1 || code=$?
  [ "$code" = 2 ] || fail "$wrong ended with $code, not 2"
done

# Everything that runs in this folder: the nodes' and the server's command lines name it.
left() { pgrep -f -- "$work/" | grep -vx $$ || true; }

video=$(run --once --nodes=2 2>"$work/said") || fail "--once --nodes=2 ended with $?"
[ -s "$video" ] || fail "there is no video $video"
[ -z "$(left)" ] || fail "left running after --once: $(ps -o pid,args -p "$(left | paste -sd,)")"

(run --nodes=3) >"$work/said" 2>&1 &
demo=$!
wait_for 120 grep -q 'everything runs' "$work/said" || fail "the cluster did not come up"
world=$(sed -nE 's|^ *Chat +(http://[0-9.:]+)/.*|\1|p' "$work/said")
declare -A pid_of=()
while read -r name address pid; do
  pid_of[$name]=$pid
  curl -fs "${address}readyz" >/dev/null || fail "$name is not ready at $address"
done < <(sed -nE 's|^ *([a-z0-9-]+) +(http://[0-9.:]+/) +process ([0-9]+)$|\1 \2 \3|p' "$work/said")
[ "$(printf '%s\n' "${!pid_of[@]}" | sort | xargs)" = "gateway worker-1 worker-2" ] || fail "other nodes than asked for: ${!pid_of[*]}"

pg_url=$(sed -nE 's/.*DATABASE_URL="([^"]*)".*/\1/p' "$work/demo/neurocards")
sql() { "$pg_bin/psql" "$pg_url" -Atc "$1"; }
# The worker that holds a job which KIE is at: such a job has something to lose.
holder() { sql "SELECT n.name FROM jobs j JOIN nodes n ON n.incarnation = j.claimed_by WHERE j.kie_task_id IS NOT NULL AND j.status = 'processing'"; }
holds() { victim=$(holder) && [ -n "$victim" ]; }
play_order >"$work/order" 2>&1 &
order=$!
wait_for 60 holds || fail "no worker took the order"
kill -9 "${pid_of[$victim]}"
wait "$order" || fail "the order was not delivered after the death of $victim: $(cat "$work/order")"
heir=$(sql "SELECT claimed_on FROM jobs")
[[ $heir = worker-* && $heir != "$victim" ]] || fail "the job of $victim ended on \"$heir\""
[ "$(sql "SELECT string_agg(status || ' ' || attempts, ',') FROM jobs")" = "completed 1" ] || fail "not one job with one attempt: $(sql 'SELECT * FROM jobs')"
grep -q "$victim has ended" "$work/said" || fail "the death of $victim is not told"
kill -0 "$demo" || fail "the demo ended with $victim"
"$work/demo/neurocards" audit >"$work/audit" 2>&1 || { cat "$work/audit"; fail "audit"; }

kill "$demo"
code=0
wait "$demo" || code=$?
demo=
[ "$code" = 0 ] || fail "the demo ended with $code"
[ -z "$(left)" ] || fail "left running: $(ps -o pid,args -p "$(left | paste -sd,)")"
passed "a demonstration of three nodes delivers while one is killed, and leaves nothing running"
