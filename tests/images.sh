#!/usr/bin/env bash
# Fails when the container images cannot be built without a registry, or a bot, a worker and a database made of them do not
# play together: over TLS, each as process 1 of its container, which drains when it is told to end and collects orphans.
# Usage: images.sh SOURCE_FOLDER NEUROCARDS     (neurocards-sandbox stands beside it)
# The containers are run by crun where it works, else as name spaces and folders, as a runtime makes them; where the machine
# allows none of it, it is skipped.
set -euo pipefail
self=$(realpath "$0")
cd "$1"
program=$(realpath "$2")
. tests/tools.sh
need mmdebstrap buildah apt-get unshare nsenter mount chroot ip curl awk pgrep ps /usr/bin/python3
. script/lib/common.sh
. script/lib/order.sh
. script/lib/memory.sh
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "failed: $*"; tail -n 15 "$work"/*.log 2>/dev/null; exit 1; }
order_stopped() { fail "the order stopped before: $*"; }

# Before the second start of this file: what needs the network.
prepare() {
  [ "$(id -u)" = 0 ] || skip "only root can build images here"
  unshare --net --mount --pid --fork --mount-proc true 2>/dev/null || skip "this machine allows no name spaces"
  work=$(fast_folder 6) # of storage without layers, each image is a whole copy
  trap 'rm -rf --one-file-system "$work"' EXIT
  chmod 755 "$work"
  mkdir "$work/tmp"
  export TMPDIR=$work/tmp
  buildah --root "$work/images/graph" --runroot "$work/images/run" --storage-driver vfs from scratch >"$work/said" 2>&1 \
    || skip "buildah may not work here: $(tail -n 1 "$work/said")"
  script/images --program="$program" --storage="$work/images" >"$work/images.log" 2>&1 \
    || { grep -q mmdebstrap "$work/images.log" && skip "no base could be made: $(tail -n 1 "$work/images.log")"; fail "the images are not built"; }
  unshare --net --mount --pid --fork --mount-proc --kill-child "$BASH" "$self" "$PWD" "$program" "$work"
}

images() { buildah --root "$work/images/graph" --runroot "$work/images/run" --storage-driver vfs "$@"; }

declare -A root_of=() command_of=() pid_of=() runner_of=()
# container NAME IMAGE: a folder with the image's files, and the volumes of compose.yaml.
container() {
  local name=$1 volume
  root_of[$name]=$(images mount "$(images from "localhost/neurocards-$2")")
  command_of[$name]=$(images inspect --type image --format '{{range .OCIv1.Config.Entrypoint}}{{.}} {{end}}{{range .OCIv1.Config.Cmd}}{{.}} {{end}}' "localhost/neurocards-$2")
  printf '127.0.0.1 localhost bot worker-1 database\n' >"${root_of[$name]}/etc/hosts"
  mount --rbind /dev "${root_of[$name]}/dev"
  mount -t proc proc "${root_of[$name]}/proc"
  [ "$name" != database ] || return 0
  for volume in data pki; do mount --bind "$work/$volume" "${root_of[$name]}/var/neurocards/$volume"; done
}

# within NAME USER WORD…: one command in the container's folder.
within() {
  chroot --userspec="$2" "${root_of[$1]}" /usr/bin/env -i -C / PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp "${variables[@]}" "${@:3}"
}

by_crun=
crun() { command crun --cgroup-manager=disabled --root "$work/crun" "$@"; }

# bundle NAME USER FOLDER WORD…: the container as a runtime reads it.
bundle() {
  local name=$1 user=$2
  mkdir -p "$work/bundle-$name"
  printf '%s\n' PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp "${variables[@]}" | /usr/bin/python3 -c '
import json, sys
root, user, group, folder, *words = sys.argv[1:]
json.dump({
  "ociVersion": "1.0.0",
  "process": {"user": {"uid": int(user), "gid": int(group)}, "args": words, "cwd": folder, "noNewPrivileges": True,
              "env": sys.stdin.read().splitlines()},
  "root": {"path": root},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "linux": {"namespaces": [{"type": x} for x in ("pid", "mount", "ipc")]}}, sys.stdout)' \
    "${root_of[$name]}" "$(within "$name" root id -u "$user")" "$(within "$name" root id -g "$user")" "${@:3}" \
    >"$work/bundle-$name/config.json"
}

# Whether crun works here; it wants a hierarchy of control groups, which need not control anything.
finds_crun() {
  command -v crun >/dev/null || { echo "run by name spaces alone: crun is not here"; return; }
  bundle bot root / /bin/true
  if mount -t cgroup2 none /sys/fs/cgroup 2>"$work/said" && crun run --bundle "$work/bundle-bot" try >"$work/said" 2>&1; then
    by_crun=yes
  else
    echo "run by name spaces alone: crun does not work here: $(tail -n 1 "$work/said")"
  fi
}

# start NAME USER FOLDER WORD…: the words as process 1 of the container.
start() {
  local name=$1 user=$2 folder=$3
  if [ -n "$by_crun" ]; then
    bundle "$name" "$user" "$folder" "${@:4}"
    exec crun --cgroup-manager=disabled --root "$work/crun" run --bundle "$work/bundle-$name" "$name"
  fi
  # shellcheck disable=SC2016
  exec unshare --mount --pid --fork --kill-child "$BASH" -c 'mount -t proc proc "$1/proc"; shift # of its own processes alone
    exec chroot "$@"' - "${root_of[$name]}" --userspec="$user" "${root_of[$name]}" /usr/bin/env -i -C "$folder" \
    PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp "${variables[@]}" "${@:4}"
}

first_process() {
  if [ -n "$by_crun" ]; then crun state "$1" | sed -n 's/^ *"pid": *\([1-9][0-9]*\).*/\1/p'; else pgrep -P "${runner_of[$1]}"; fi
}
has_first_process() { [ -n "$(first_process "$1")" ]; }

# run NAME USER FOLDER WORD…: what the image says, and the words; sets pid_of.
run() {
  # shellcheck disable=SC2086
  start "$1" "$2" "$3" ${command_of[$1]} "${@:4}" >"$work/$1.log" 2>&1 &
  runner_of[$1]=$!
  wait_for 10 has_first_process "$1" || fail "$1 did not start"
  pid_of[$1]=$(first_process "$1")
}

# ends NAME: SIGTERM to process 1, which must end by itself and well.
ends() {
  local code=0
  kill -TERM "${pid_of[$1]}"
  wait "${runner_of[$1]}" || code=$?
  [ "$code" = 0 ] || fail "$1 ended with $code"
}

connected() { within bot neurocards neurocards status --config-file=/etc/neurocards/cluster.conf --node=bot 2>/dev/null | grep -qE 'worker-1 +alive +connected'; }
orphans() { ps --ppid "${pid_of[$1]}" -o pid= | wc -l; }
has_orphan() { [ "$(orphans bot)" -gt 0 ]; }
has_none() { [ "$(orphans bot)" = 0 ]; }

play() {
  ip link set lo up
  mkdir "$work/data" "$work/pki"
  chown 900:900 "$work/data" "$work/pki"
  container database database
  container bot bot
  container worker-1 worker
  variables=(POSTGRES_PASSWORD=not-a-secret POSTGRES_USER=neurocards POSTGRES_DB=neurocards)
  finds_crun
  run database postgres /var/lib/postgresql
  "$(dirname "$program")/neurocards-sandbox" --listen=127.0.0.1:0 --kie-time=1s --no-render >"$work/sandbox.address" 2>"$work/sandbox.log" &
  wait_for 20 grep -q '^http' "$work/sandbox.address" || fail "the simulated services did not start"
  world=$(head -n 1 "$work/sandbox.address")
  variables=(DATABASE_URL=postgresql://neurocards:not-a-secret@database/neurocards BOT_TOKEN=100200300:in-images-0123456789-abcdefghijklmno
    KIE_API_KEY=image-key OPENAI_API_KEY=image-key TELEGRAM_API_URL="$world" KIE_API_URL="$world" KIE_UPLOAD_URL="$world" OPENAI_API_URL="$world/v1")
  within bot neurocards /usr/local/share/neurocards/script/cluster-certs --config=/etc/neurocards/cluster.conf /var/neurocards/pki >"$work/certs.log" 2>&1 \
    || fail "no certificates"
  within bot neurocards neurocards migrate --config-file=/etc/neurocards/cluster.conf >"$work/migrate.log" 2>&1 || fail "migrate"
  run bot neurocards /var/neurocards --kie.private-downloads=true
  # One loopback for all containers: the worker's HTTP needs a port of its own here.
  run worker-1 neurocards /var/neurocards --kie.private-downloads=true --kie.poll-interval=1s --http.listen=127.0.0.1:8081
  wait_for 60 curl -fs http://127.0.0.1:8080/readyz || fail "the bot is not ready"
  wait_for 60 curl -fs http://127.0.0.1:8081/readyz || fail "the worker is not ready"
  grep -q 'cluster.listens .*tls=true' "$work/bot.log" || fail "the bot does not listen with TLS"
  wait_for 30 connected || fail "the worker is not connected to the bot"
  play_order
  grep -q job.completed "$work/worker-1.log" || fail "the worker did not make the video"
  # What a health check or a shell of an operator leaves behind.
  nsenter --target "${pid_of[bot]}" --pid --mount /bin/sh -c 'sleep 2 & :'
  wait_for 2 has_orphan || fail "the bot was left no orphan: this test no longer sees them"
  wait_for 15 has_none || fail "the bot did not collect: $(ps --ppid "${pid_of[bot]}" -o pid,stat,args)"
  ends worker-1
  ends bot
  grep -q 'run.stopped\|run.stops' "$work/bot.log" || fail "the bot did not drain"
  kill -INT "${pid_of[database]}"
  wait "${runner_of[database]}" || fail "the database ended with $?"
}

[ $# -ge 3 ] || { prepare; exit; }
work=$3
play
passed "${by_crun:+by crun: }images are built without a registry; bot, worker and database of them deliver over TLS, drain and collect"
