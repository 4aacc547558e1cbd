#!/usr/bin/env bash
# Fails when nobody is warned of a standby that is not synchronous, or when an order does not survive the loss of the
# primary to one that is. Usage: standby.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need curl env /usr/lib/postgresql/15/bin/pg_basebackup
. tests/nodes.sh

pg_start "$work/one" fsync=off || fail "the primary did not start"
one=$pg_url
primary=$pg_data
base_backup "$one?application_name=second" two -R -X stream
start_sandbox --kie-time=3s
verb "$one" migrate >/dev/null
warned() { verb "$one" status | grep -q 'The standby second of the database is ASYNCHRONOUS'; }
! warned || fail "status warns of a standby that does not run"
pg_start "$work/two" fsync=off || fail "the standby did not start"
two=$pg_url
both=${one%/*},${two#*@}

wait_for 30 warned || fail "status does not warn: $(verb "$one" status)"
(neurocards "$both" check) >"$work/check" 2>&1 || true # other findings are none of ours
grep -q '^note: The standby second of the database is ASYNCHRONOUS' "$work/check" || { cat "$work/check"; fail "check does not warn"; }

sql "$one" "ALTER SYSTEM SET synchronous_standby_names = '*'"
sql "$one" "SELECT pg_reload_conf()" >/dev/null
silent() { ! warned; }
wait_for 30 silent || fail "status warns of a synchronous standby: $(verb "$one" status)"

start_node "$both"
come_in
place_order
has_task() { [ "$(sql "$one" "SELECT count(*) FROM jobs WHERE status = 'processing' AND kie_task_id IS NOT NULL")" = 1 ]; }
wait_for 30 has_task || fail "the order has no task"
kill -9 "$(head -n 1 "$primary/postmaster.pid")"
pg_promote
wait_for 90 says '✅ Видео готово!' || order_stopped "the video came after the loss of the primary"
is "jobs" "$(sql "$two" "SELECT string_agg(status || ' ' || attempts, ',') FROM jobs")" "completed 1"
is "tasks KIE was paid for" "$(tasks_made)" 1
verb "$two" audit >/dev/null
passed "an asynchronous standby is told, and an order survives the loss of the primary to a synchronous one"
