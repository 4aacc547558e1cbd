#!/usr/bin/env bash
# Fails when the container images cannot be built without a registry, or a bot, a worker and a database made of them do not
# play together: over TLS, each as process 1 of its container, which drains when it is told to end and collects orphans.
# Usage: images.sh SOURCE_FOLDER NEUROCARDS     (neurocards-sandbox stands beside it)
# The containers are name spaces and folders, as a runtime makes them; where the machine allows none of it, it is skipped.
set -euo pipefail
self=$(realpath "$0")
cd "$1"
program=$(realpath "$2")
. tests/tools.sh
need mmdebstrap buildah apt-get unshare nsenter mount chroot ip curl awk pgrep ps
. script/lib/common.sh
. script/lib/order.sh
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "failed: $*"; tail -n 15 "$work"/*.log 2>/dev/null; exit 1; }
order_stopped() { fail "the order stopped before: $*"; }

# Before the second start of this file: what needs the network.
prepare() {
  [ "$(id -u)" = 0 ] || skip "only root can build images here"
  unshare --net --mount --pid --fork --mount-proc true 2>/dev/null || skip "this machine allows no name spaces"
  work=$(mktemp -d)
  trap 'rm -rf --one-file-system "$work"' EXIT
  chmod 755 "$work"
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

# run NAME USER WORD…: what the image says, and the words, as process 1; sets pid_of.
run() {
  local name=$1
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child "$BASH" -c 'mount -t proc proc "$1/proc"; shift # of its own processes alone
    exec chroot "$@"' - "${root_of[$name]}" --userspec="$2" "${root_of[$name]}" /usr/bin/env -i -C "$3" \
    PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp "${variables[@]}" ${command_of[$name]} "${@:4}" >"$work/$name.log" 2>&1 &
  runner_of[$name]=$!
  wait_for 10 pgrep -P ${runner_of[$name]} || fail "$name did not start"
  pid_of[$name]=$(pgrep -P ${runner_of[$name]})
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
passed "images are built without a registry; bot, worker and database of them deliver over TLS, drain and collect"
