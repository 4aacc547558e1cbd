#!/usr/bin/env bash
# Fails when a backup that was made while orders came in, as docs/operations.md says, cannot be restored and worked on:
# by a base backup with WAL, and by pg_dump. What was bought since must come back, and no task of KIE's be paid twice.
# Usage: backup.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need curl env /usr/lib/postgresql/15/bin/pg_basebackup /usr/lib/postgresql/15/bin/pg_restore
. tests/nodes.sh

running() { [ "$(sql "$pg_url" "SELECT count(*) FROM jobs WHERE status = 'processing'")" != 0 ]; }
quiet() { [ "$(sql "$pg_url" "SELECT count(*) FROM jobs WHERE status IN ('queued', 'processing')")" = 0 ]; }
has_video() { [ "$(sql "$pg_url" "SELECT count(*) FROM jobs WHERE tg_user_id = $1 AND status = 'completed'")" = 1 ]; }

# Users who come in and order one after the other, until the file says stop.
orders() {
  customer=$1
  until [ -e "$work/stop" ]; do
    (come_in && place_order) >/dev/null 2>&1 || return 0 # the end comes in the middle
    customer=$((customer + 10))
  done
}

# Sets `charge`: `customer` buys the smallest pack.
buys() {
  control send "{\"user\": $customer, \"text\": \"/menu\"}" >/dev/null
  step press '💳 Купить кредиты'
  step press '5 кредитов — 250 ⭐'
  step says '"currency":"XTR"'
  charge=$(control pay "{\"user\": $customer, \"message_id\": $(message_ids | sed -n 1p)}" | sed -nE 's/.*"charge_id":"([^"]+)".*/\1/p')
  [ -n "$charge" ] || fail "$customer could not pay"
  step paid "$charge"
}
paid() { [ "$(sql "$pg_url" "SELECT count(*) FROM payments WHERE charge_id = '$1'")" = 1 ]; }

begin() {
  servers_folder wal
  pg_start "$work/first" fsync=off wal_level=replica archive_mode=on || fail "PostgreSQL did not start"
  sql "$pg_url" "ALTER SYSTEM SET archive_command = 'test ! -f $work/wal/%f && cp %p $work/wal/%f'"
  sql "$pg_url" "SELECT pg_reload_conf()" >/dev/null
  start_sandbox --kie-time=2s
  verb "$pg_url" migrate >/dev/null
  start_node "$pg_url"
  loads=()
  for first in 101 102; do orders $first & loads+=($!); done
  wait_for 60 running || fail "nothing runs under load"
}

# One order waits without a task while both backups are made: the one that a restore must not run again.
back_up() {
  verb "$pg_url" queue pause --reason=backup >/dev/null
  customer=20
  come_in
  place_order
  base_backup "$pg_url" restored -X none
  "$pg_bin/pg_dump" -Fc -d "$pg_url" -f "$work/neurocards.dump" || fail "pg_dump"
  verb "$pg_url" queue resume --reason=backed-up >/dev/null
}

nothing_pending() { curl -fsS "$world/control/updates" | grep -q '"pending":0'; }
archived() { [ -e "$work/wal/$segment" ]; }
# What happens after the backups, and then everything is lost but the archive.
disaster() {
  wait_for 60 has_video 20 || fail "the order that waited got no video"
  buys
  archived_charge=$charge
  segment=$(sql "$pg_url" "SELECT pg_walfile_name(pg_switch_wal())")
  wait_for 30 archived || fail "$segment was not archived"
  customer=21 # nobody that a backup knows
  come_in
  buys
  # Whatever is told to Telegram's bot after this would be a new order, and a task of its own.
  touch "$work/stop"
  wait "${loads[@]}"
  wait_for 30 nothing_pending || fail "updates are left over"
  kill_node
  pg_stop immediate
  tasks=$(tasks_made)
}

# work_on LOST: reconciles the restored database, in which so many purchases are lost, and lets a node go on with it.
work_on() {
  verb "$pg_url" migrate >/dev/null
  is "purchases brought back" "$(verb "$pg_url" reconcile --reason=restored --yes --json | sed -nE 's/.*"brought": ([0-9]+).*/\1/p')" "$1"
  is "brought back again" "$(verb "$pg_url" reconcile --reason=again --yes --json | sed -nE 's/.*"brought": ([0-9]+).*/\1/p')" 0
  is "charges" "$(sql "$pg_url" 'SELECT string_agg(charge_id, chr(32) ORDER BY charge_id) FROM payments')" \
    "$(printf '%s\n' "$archived_charge" "$charge" | LC_ALL=C sort | xargs)"
  is "credits bought by 21" "$(sql "$pg_url" "SELECT sum(amount) FROM credit_ledger WHERE tg_user_id = 21 AND kind = 'purchase'")" 5
  [ "$(sql "$pg_url" "SELECT count(*) FROM pauses")" = 0 ] || verb "$pg_url" queue resume --reason=restored >/dev/null
  start_node "$pg_url"
  wait_for 90 quiet || fail "jobs of the backup are stuck: $(sql "$pg_url" "SELECT id, status, kie_task_id FROM jobs WHERE status IN ('queued', 'processing')")"
  is "tasks KIE was paid for" "$(tasks_made)" "$tasks"
  verb "$pg_url" audit >"$work/audit"
  grep -q 'All promises hold' "$work/audit" || { cat "$work/audit"; fail "audit"; }
  grep -q 'restored from a backup .*only purchases are known' "$work/audit" || { cat "$work/audit"; fail "audit does not say what is unknown"; }
}

begin
back_up
disaster

# docs/operations.md, base backup and WAL
as_pg_user touch "$work/restored/pg/recovery.signal"
echo "restore_command = 'cp $work/wal/%f %p'" | as_pg_user tee -a "$work/restored/pg/postgresql.auto.conf" >/dev/null
pg_start "$work/restored" fsync=off || fail "the base backup does not start"
writes() { [ "$(sql "$pg_url" 'SELECT pg_is_in_recovery()')" = f ]; }
wait_for 60 writes || fail "the base backup does not end its recovery"
is "the purchase in the archive" "$(sql "$pg_url" "SELECT count(*) FROM payments WHERE charge_id = '$archived_charge'")" 1
work_on 1
kill_node
pg_stop immediate

# docs/operations.md, pg_dump
pg_start "$work/anew" fsync=off || fail "PostgreSQL did not start"
"$pg_bin/pg_restore" --no-owner --exit-on-error -d "$pg_url" "$work/neurocards.dump" || fail "pg_restore"
is "jobs without a task in the dump" "$(sql "$pg_url" "SELECT count(*) FROM jobs WHERE tg_user_id = 20 AND status = 'queued' AND kie_task_id IS NULL")" 1
work_on 2
is "the order that had its video" "$(sql "$pg_url" "SELECT status FROM jobs WHERE tg_user_id = 20")" failed

passed "orders go on from a base backup with WAL and from a dump; purchases come back, and nothing is paid twice"
