#!/usr/bin/env bash
# Fails when docs/operations.md, "Two hosts, step by step", followed word for word, does not lead from empty hosts to a cluster
# that makes a video. Its lines are run as they stand there; what this machine has no systemd for is stood in for.
# Usage: two_hosts.sh SOURCE_FOLDER NEUROCARDS     (neurocards-sandbox stands beside it)
# Hosts are root folders with an empty Debian, each in a network of its own. Where the machine allows none, it is skipped.
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

# The page's block of that number, as an operator with these names would copy it.
block() {
  awk -v want="$1" '
    /^### / { inside = /^### Two hosts, step by step/ }
    inside && /^ *```/ { if (open = !open) count++; next }
    inside && open && count == want { sub(/^   /, ""); print }' docs/operations.md \
    | sed "s/SECRET/$password/; s/neurocards_VERSION_ARCH.deb/$(basename "$work"/neurocards_*.deb)/"
}
# The same of the two nodes.
nodes_block() { sed -n '/^\*\*Two\.\*\*/,/^- Storage/p' docs/operations.md | sed -n '/^```/,/^```/{/^```/d;/^storage/d;p}'; }

# on HOST WORD…: there, in a shell's environment.
on() { ip netns exec "$1" chroot "$work/$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "${@:2}"; }
# follow HOST [SED]: the lines that come in; what they say is told when one fails.
follow() { sed -E "${2:-}" >"$work/$1/root/lines" && on "$1" bash -ec 'cd /root && . ./lines' >"$work/said" 2>&1 || { cat "$work/said"; fail "$1: $(cat "$work/$1/root/lines")"; }; }

# One network for all; the database and the simulated services are at the bridge's own addresses.
connect() {
  local number=0 host
  ip link set lo up
  mkdir -p /run/netns
  mount -t tmpfs none /run/netns
  ip link add name cable type bridge
  ip addr add 10.0.0.3/24 dev cable
  ip addr add 10.0.0.4/24 dev cable
  ip link set cable up
  for host in bot worker; do
    number=$((number + 1))
    ip netns add "$host"
    ip link add "$host" type veth peer name eth0 netns "$host"
    ip link set "$host" master cable up
    ip -n "$host" addr add "10.0.0.$number/24" dev eth0
    ip -n "$host" link set eth0 up
    ip -n "$host" link set lo up
    open_debian "$work/$host"
    cp "$work"/neurocards_*.deb "$work/$host/root/"
  done
}

# Step 1. Debian's server has its settings elsewhere, and is restarted by systemd.
database() {
  mkdir -m 0700 "$work/pg"
  chown postgres "$work/pg"
  as_pg_user "$pg_bin/initdb" -D "$work/pg" -A peer -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  chmod a+rwX "$work"
  as_pg_user "$pg_bin/pg_ctl" -D "$work/pg" -w -s -l "$work/pg/log" -o "-c unix_socket_directories=$work -c fsync=off" start >/dev/null
  systemctl() { as_pg_user "$pg_bin/pg_ctl" -D "$work/pg" -w -s -l "$work/pg/log" restart >/dev/null; }
  export PGHOST=$work
  # shellcheck disable=SC1090
  . <(block 1 | sed -e '/^apt /d' -e "s|/etc/postgresql/15/main|$work/pg|") >"$work/said" 2>&1 || { cat "$work/said"; fail "the database's lines"; }
}

install_package() { # steps 2 to 4
  local host=$1
  block 2 | follow "$host" 's/^apt install/apt-get -y -qq install --no-install-recommends/'
  sed -i "s|^DATABASE_URL=.*|$(block 3)|; s|^BOT_TOKEN=.*|BOT_TOKEN=100200300:packaged-0123456789-abcdefghijklmno|; s|^(KIE\|OPENAI)_API_KEY=.*|\1_API_KEY=packaged|" -E "$work/$host/etc/neurocards/env"
  printf '%s=http://10.0.0.4:8081\n' TELEGRAM_API_URL KIE_API_URL KIE_UPLOAD_URL >>"$work/$host/etc/neurocards/env"
  echo OPENAI_API_URL=http://10.0.0.4:8081/v1 >>"$work/$host/etc/neurocards/env"
  { nodes_block; sed -n '/^storage/,/^}/p' deploy/cluster.conf; echo 'kie { private-downloads = true, poll-interval = 500ms }'; } \
    >"$work/$host/etc/neurocards/cluster.conf"
  mount --bind "$work/shared" "$work/$host/var/neurocards/data"
}

# The units that step 7 begins with, in its order.
units() { sed -n '/^7\. /,/^   ```/p' docs/operations.md | grep -oE 'systemctl enable --now [^`]+' | sed 's/.* //'; }
# start HOST UNIT: enables it, and stands in for systemd, as the unit says.
start() {
  local line vars unit=$2 instance=
  [ "$unit" = "${unit%@*}" ] || { instance=${unit#*@} unit=${unit%@*}@; }
  on "$1" systemctl enable -q "$2" || fail "$1: systemctl enable $2"
  line=$(sed -n 's/^ExecStart=//p' "$work/$1/lib/systemd/system/$unit.service" | sed "s/%i/$instance/; s/\$NEUROCARDS_OPTIONS//")
  mapfile -t vars < <(grep -E '^[A-Z_]+=.' "$work/$1/etc/neurocards/env")
  on "$1" runuser -u neurocards -- env -C /var/neurocards "${vars[@]}" $line </dev/null >"$work/$1.log" 2>&1 &
}
at_work() { block 7 | follow "$1" && [ "$(grep -cE '^(bot|worker-1) +alive +connected ' "$work/said")" = 2 ]; }

[ $# -ge 3 ] || { prepare; exit; }
work=$3
password=$(openssl rand -hex 24)
trap 'pg_data=$work/pg; pg_stop immediate' EXIT
mkdir "$work/shared"
connect
database
for host in bot worker; do install_package "$host"; done
chown "$(on bot id -u neurocards)" "$work/shared"
"$sandbox" --listen=10.0.0.4:8081 --kie-time=1s --no-render >"$work/sandbox.log" 2>&1 &
world=http://10.0.0.4:8081
wait_for 20 curl -fs "$world/control/settings" || { cat "$work/sandbox.log"; fail "the simulated services did not start"; }
mkdir "$work/bot/root/by-hand"
block 4 | follow bot 's|^scp (.*) 10\.0\.0\.2:/root/|cp \1 /root/by-hand/|'
cp "$work"/bot/root/by-hand/* "$work/worker/root/"
block 5 | follow worker
block 6 | follow bot
block 6 | follow worker '/migrate/d; s/--node=bot/--node=worker-1/' # as its text says
mapfile -t unit_of < <(units)
[ "${#unit_of[@]}" = 2 ] || fail "step 7 starts ${#unit_of[@]} units"
start bot "${unit_of[0]}"
start worker "${unit_of[1]}"
wait_for 60 at_work bot || { cat "$work/said" "$work"/*.log; fail "status does not show two nodes that are connected"; }
at_work worker || { cat "$work/said"; fail "status says something else at the worker"; }
order_stopped() { tail -n 20 "$work"/*.log; fail "the order stopped before: $*"; }
play_order
passed "the page leads from empty hosts to a cluster of two that makes a video"
