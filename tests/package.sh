#!/usr/bin/env bash
# Fails when the Debian package cannot be made or installed on an empty Debian, the owner's checklist does not work there,
# an upgrade loses what an operator wrote, or a removal leaves what it should not (or takes what it must not).
# Usage: package.sh SOURCE_FOLDER NEUROCARDS     (neurocards-sandbox stands beside it)
# Runs as root in name spaces of its own, so that the shipped ports can be used. Where the machine allows no such root, it is skipped.
set -euo pipefail
self=$(realpath "$0")
cd "$1"
program=$2
. tests/tools.sh
need mmdebstrap apt-get unshare mount chroot ip curl awk tar dpkg-deb dpkg-shlibdeps dh
. script/lib/common.sh
. script/lib/postgres.sh
. script/lib/order.sh
. tests/debian_root.sh
fail() { echo "failed: $*"; exit 1; }

within() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
# An operator's line: in the folder of the settings, as the nodes' user.
operator() { within bash -c 'cd /etc/neurocards && exec runuser -u neurocards -- "$@"' - "$@"; }
apt() { within apt-get -y -qq "$@" >"$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log"; fail "apt-get $*"; }; }
sql() { "$pg_bin/psql" "$pg_url" -Atc "$1"; }
is() { [ "$2" = "$3" ] || fail "$1: \"$2\" instead of \"$3\""; }
mode() { within stat -c '%U:%G %a' "$1"; }

declare -A node_pid=() node_port=([neurocards-bot]=8080 [neurocards-worker@1]=8081)
# setting UNIT NAME: what the installed unit says, for its instance.
setting() {
  local file=$root/lib/systemd/system/${1%@*} instance=${1#*@}
  [ "$1" = "${1%@*}" ] || file=$file@
  sed -n "s/^$2=//p" "$file.service" | sed "s/%i/$instance/g"
}
# No systemd runs here: a unit is started as it says itself, and counts as started when its node is ready.
start() {
  local unit=$1 words vars user group
  user=$(awk -F: -v name="$(setting "$unit" User)" '$1 == name { print $3 }' "$root/etc/passwd")
  group=$(awk -F: -v name="$(setting "$unit" Group)" '$1 == name { print $3 }' "$root/etc/group")
  mapfile -t vars < <(grep -E '^[A-Z_]+=.' "$root$(setting "$unit" EnvironmentFile)"; setting "$unit" Environment | grep '=.')
  read -ra words <<<"$(setting "$unit" ExecStart | sed "s|\$NEUROCARDS_OPTIONS|${options[$unit]:-}|")"
  chroot --userspec="$user:$group" --groups="$group" "$root" /usr/bin/env -i -C "$(setting "$unit" WorkingDirectory)" "${vars[@]}" "${words[@]}" \
    </dev/null >"$work/$unit.log" 2>&1 &
  node_pid[$unit]=$!
  wait_for 60 curl -fs "http://127.0.0.1:${node_port[$unit]}/readyz" || { tail -n 20 "$work/$unit.log"; fail "$unit is not ready"; }
}
systemctl() {
  case "$1" in
    start) start "$2" ;;
    status) kill -0 "${node_pid[$2]}" || fail "$2 does not run" ;;
    stop) kill "${node_pid[$2]}"; wait "${node_pid[$2]}" || fail "$2 ended with $?" ;;
  esac
}
declare -A options=(
  # As the comments of the units show it.
  [neurocards-bot]=--log.file=/var/neurocards/neurocards-bot/bot.log
  [neurocards-worker@1]=--log.file=/var/neurocards/neurocards-bot/worker-1.log
)

open_root() {
  root=$work/root
  open_debian "$root"
  ip link set lo up
  new=$(echo "$work"/neurocards_*.deb)
  cp "$new" "$root/root/neurocards.deb"
}

# The package before: lower version, another comment in cluster.conf, so that dpkg has something to ask.
make_previous() {
  dpkg-deb -R "$new" "$work/previous"
  sed -i 's/^Version: .*/Version: 0.0.1/' "$work/previous/DEBIAN/control"
  sed -i '1a # of the version before' "$work/previous/etc/neurocards/cluster.conf"
  dpkg-deb --root-owner-group -Znone -b "$work/previous" "$root/root/previous.deb" >/dev/null
}

installs() {
  apt install /root/previous.deb
  is "the home of the user" "$(within getent passwd neurocards | cut -d: -f6)" /var/neurocards
  is "the folder of files" "$(mode /var/neurocards/data)" "neurocards:neurocards 750"
  is "the folder of logs" "$(mode /var/neurocards/neurocards-bot)" "neurocards:neurocards 750"
  is "the secrets" "$(mode /etc/neurocards/env)" "root:neurocards 640"
  is "conffiles" "$(within dpkg-query -W -f='${Conffiles}' neurocards | awk 'NF { print $1 }' | sort | xargs)" \
    "/etc/logrotate.d/neurocards /etc/neurocards/cluster.conf"
  [ ! -e "$root/etc/systemd/system/multi-user.target.wants/neurocards-bot.service" ] || fail "the bot is enabled before it has secrets"
  within logrotate -d /etc/logrotate.d/neurocards >"$work/logrotate.log" 2>&1 || { cat "$work/logrotate.log"; fail "logrotate refuses its file"; }
  local found
  found=$(within systemd-analyze verify --man=no neurocards-bot.service neurocards-worker@1.service 2>&1 | grep neurocards || true)
  is "what systemd finds wrong" "$found" ""
  gzip -dc "$root/usr/share/man/man1/neurocards.1.gz" | grep -q '^\.B audit' || fail "the man page does not know the verb audit"
  completes "neurocards us" users
  completes "neurocards jobs re" "resend retry"
  completes "neurocards run --mi" --migrate
  completes "neurocards run --config-file=/etc/neurocards/cluster.conf --node=wor" "worker-1 worker-2"
}

# completes LINE WORDS: what bash offers behind the line.
completes() {
  is "completion of \"$1\"" "$(within bash -c '. /usr/share/bash-completion/completions/neurocards
    read -ra COMP_WORDS <<<"${1//=/ = }"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _neurocards neurocards; echo "${COMPREPLY[*]}"' - "$1" | tr ' ' '\n' | sort | xargs)" "$2"
}

fill_in_secrets() {
  local code=0 said
  said=$(operator neurocards migrate 2>&1) || code=$?
  is "code without secrets" "$code" 2
  grep -q DATABASE_URL <<<"$said" || fail "the missing secret is not named: $said"
  sed -i -e 's/^BOT_TOKEN=.*/BOT_TOKEN=100200300:packaged-0123456789-abcdefghijklmno/' -e "s|^DATABASE_URL=.*|DATABASE_URL=$pg_url|" \
    -e 's/^KIE_API_KEY=.*/KIE_API_KEY=packaged-key/' -e 's/^OPENAI_API_KEY=.*/OPENAI_API_KEY=packaged-key/' "$root/etc/neurocards/env"
  printf '%s\n' "TELEGRAM_API_URL=$world" "KIE_API_URL=$world" "KIE_UPLOAD_URL=$world" "OPENAI_API_URL=$world/v1" >>"$root/etc/neurocards/env"
  printf '%s\n' '# written by the operator' 'kie { private-downloads = true, poll-interval = 1s }' >>"$root/etc/neurocards/cluster.conf"
}

connected() { [ "$(operator neurocards status | grep -cE 'alive .*connected')" -ge 1 ]; }

# The owner's steps, in his words; `journalctl` has its say in tests/systemd.sh.
checklist() {
  operator neurocards migrate >/dev/null 2>"$work/migrate.log" || { cat "$work/migrate.log"; fail "neurocards migrate"; }
  systemctl start neurocards-bot
  systemctl status neurocards-bot
  systemctl start neurocards-worker@1
  systemctl status neurocards-worker@1
  is queued "$(sql "select count(*) from jobs where status='queued';")" 0
  is processing "$(sql "select count(*) from jobs where status='processing';")" 0
  wait_for 30 connected || { operator neurocards status; fail "the worker is not connected to the coordinator"; }
  tail "$root/var/neurocards/neurocards-bot/bot.log" | grep -q . || fail "bot.log is empty"
  tail "$root/var/neurocards/neurocards-bot/worker-1.log" | grep -q . || fail "worker-1.log is empty"
  play_order
  video=/var/neurocards/data/$(sql "SELECT video_url FROM jobs WHERE status = 'completed'")
  [ -s "$root$video" ] || fail "the video is not in $video"
  ! grep -q packaged- "$root"/var/neurocards/neurocards-bot/*.log || fail "a secret is in a log"
}

upgrade() {
  local bot=${node_pid[neurocards-bot]} conf=$root/etc/neurocards/cluster.conf before
  before=$(cat "$root/etc/neurocards/env")
  apt -o Dpkg::Options::=--force-confold install /root/neurocards.deb
  grep -q '^# written by the operator' "$conf" || fail "the operator's cluster.conf was overwritten"
  [ -e "$conf.dpkg-dist" ] || fail "the new cluster.conf is not beside the operator's"
  is "the secrets after an upgrade" "$(cat "$root/etc/neurocards/env")" "$before"
  is "their mode" "$(mode /etc/neurocards/env)" "root:neurocards 640"
  kill -0 "$bot" || fail "the upgrade ended a running node"
  for unit in neurocards-worker@1 neurocards-bot; do systemctl stop $unit; done
  operator neurocards migrate >/dev/null 2>&1 || fail "neurocards migrate after the upgrade"
  systemctl start neurocards-worker@1 # any order
  systemctl start neurocards-bot
  wait_for 30 connected || fail "the worker is not connected after the upgrade"
  operator neurocards audit >"$work/audit.log" 2>&1 || { cat "$work/audit.log"; fail "audit"; }
  for unit in neurocards-worker@1 neurocards-bot; do systemctl stop $unit; done
}

leaves() {
  apt remove neurocards
  [ ! -e "$root/usr/bin/neurocards" ] && [ -e "$root/etc/neurocards/env" ] || fail "a removal takes the program and leaves the settings"
  apt purge neurocards
  is "what a purge leaves" "$(cd "$root" && find etc usr lib var/log run -name '*neurocards*' ! -name neurocards.deb | sort | xargs)" ""
  [ ! -e "$root/var/neurocards/neurocards-bot" ] || fail "a purge leaves the logs"
  [ -s "$root$video" ] || fail "a purge took a video"
  apt install /root/neurocards.deb # and again, over what was left
  is "the secrets after all" "$(grep -c '^BOT_TOKEN=$' "$root/etc/neurocards/env")" 1
  find "$root/var/neurocards/data" -mindepth 1 -delete
  apt purge neurocards
  is "what a purge leaves without videos" "$(find "$root/var/neurocards" 2>/dev/null | xargs)" ""
}

[ $# -ge 3 ] || { prepare; exit; }
work=$3
trap 'pg_stop immediate' EXIT
open_root
make_previous
pg_start "$work" fsync=off || fail "PostgreSQL did not start"
"$sandbox" --listen=127.0.0.1:0 --kie-time=1s --no-render >"$work/sandbox.address" 2>"$work/sandbox.log" &
wait_for 20 grep -q '^http' "$work/sandbox.address" || { cat "$work/sandbox.log"; fail "the simulated services did not start"; }
world=$(head -n 1 "$work/sandbox.address")
installs
fill_in_secrets
checklist
upgrade
leaves
passed "the package installs, works by the owner's checklist, upgrades and goes"
