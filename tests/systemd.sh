#!/usr/bin/env bash
# Fails when systemd finds fault with a unit. The program and user of a real host are stood in for.
set -euo pipefail
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for unit in deploy/systemd/*.service; do
  sed -e 's#/usr/local/bin/neurocards#/bin/true#' -e "s/^User=.*/User=$(id -un)/" -e "s/^Group=.*/Group=$(id -gn)/" \
    "$unit" >"$work/$(basename "$unit")"
done
cp "$work/neurocards-worker@.service" "$work/neurocards-worker@1.service"
said=$(systemd-analyze verify --man=no "$work/neurocards-bot.service" "$work/neurocards-worker@1.service" 2>&1) || true
# Other units of this machine may have faults of their own.
if grep neurocards <<<"$said"; then
  exit 1
fi
