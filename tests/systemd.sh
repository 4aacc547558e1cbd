#!/usr/bin/env bash
# Fails when systemd finds fault with a unit, or a unit does not start the node of its name. The program and user of a
# real host are stood in for.
set -euo pipefail
cd "$1"
. tests/tools.sh
need systemd-analyze sed grep
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }

# The names that the owner types: `systemctl start neurocards-bot`, `systemctl start neurocards-worker@1`.
for unit in neurocards-bot neurocards-worker@; do
  [ -e "deploy/systemd/$unit.service" ] || fail "deploy/systemd/$unit.service does not exist"
done
# Without comments, as one who has asked for the owner's log files would have it.
starts() { sed -n 's/^ExecStart=//p' "deploy/systemd/$1"; }
grep -qE '^/[^ ]*/neurocards run --node=bot ' <<<"$(starts neurocards-bot.service)" || fail "neurocards-bot does not start the node bot"
grep -qE '^/[^ ]*/neurocards run --node=worker-%i ' <<<"$(starts neurocards-worker@.service)" || fail "neurocards-worker@1 does not start the node worker-1"
grep -qxF '# Environment=NEUROCARDS_OPTIONS=--log.file=/var/neurocards/neurocards-bot/bot.log' deploy/systemd/neurocards-bot.service \
  || fail "neurocards-bot does not show how to log to the owner's file"
grep -qxF '# Environment=NEUROCARDS_OPTIONS=--log.file=/var/neurocards/neurocards-bot/worker-%i.log' deploy/systemd/neurocards-worker@.service \
  || fail "neurocards-worker@ does not show how to log to the owner's file"

for unit in deploy/systemd/*.service; do
  sed -e 's#/usr/bin/neurocards#/bin/true#' -e "s/^User=.*/User=$(id -un)/" -e "s/^Group=.*/Group=$(id -gn)/" \
    "$unit" >"$work/$(basename "$unit")"
done
cp "$work/neurocards-worker@.service" "$work/neurocards-worker@1.service"
# faults UNIT...: what systemd says of them; other units of this machine may have faults of their own.
faults() { systemd-analyze verify --man=no "$@" 2>&1 | grep neurocards || true; }

found=$(faults "$work/neurocards-bot.service" "$work/neurocards-worker@1.service")
[ -z "$found" ] || fail "$found"

# A verdict that finds nothing must be able to find something.
sed 's/^\[Service\]$/&\nNoSuchSetting=yes\nExecStartPre=\/no\/such\/program/' "$work/neurocards-bot.service" >"$work/neurocards-wrong.service"
found=$(faults "$work/neurocards-wrong.service")
grep -q NoSuchSetting <<<"$found" || fail "systemd-analyze found no fault with a unit that has one: $found"
passed "both units start their nodes, and systemd finds no fault with them"
