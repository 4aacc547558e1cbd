# An order in the simulated world of neurocards-sandbox, whose address stands in `world`. Sourced, never run.

# wait_for SECONDS COMMAND…: repeats the command until it succeeds.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.25 # each look is a program or more
  done
}

customer=7 # whose chat it is

control() { curl -fsS -X POST -H 'Content-Type: application/json' -d "$2" "$world/control/$1"; }
messages() { curl -fsS "$world/control/messages?chat=$customer&since=0"; }
says() { messages | grep -F "$1" >/dev/null; } # grep -q would break the pipe

# The newest first.
message_ids() { messages | grep -oE '"message_id":[0-9]+' | cut -d: -f2 | sort -rnu; }

# Presses the newest button of that text.
press() {
  local id
  for id in $(message_ids); do
    control press "{\"user\": $customer, \"message_id\": $id, \"text\": \"$1\"}" 2>/dev/null && return 0
  done
  return 1
}

order_stopped() { die "the order stopped before: $*"; }
step() { wait_for 20 "$@" || order_stopped "$@"; }

# Somebody who has never been here comes in.
come_in() {
  control send "{\"user\": $customer, \"text\": \"/start\"}" >/dev/null
  step press '✅ Принимаю условия'
}

# He orders one video.
place_order() {
  control send "{\"user\": $customer, \"type\": \"photo\", \"caption\": \"Керамическая кружка ручной работы, 350 мл\"}" >/dev/null
  step press '🎥 Рекламное видео'
  step says '💡 Есть пожелания'
  control send "{\"user\": $customer, \"text\": \"-\"}" >/dev/null
  step press '1️⃣ 1 видео'
  step press '🚀 Запустить 1 видео'
  step says '✅ Принял!'
}

# The user orders one video and waits for it.
play_order() {
  come_in
  place_order
  wait_for 120 says '✅ Видео готово!' || order_stopped "the video came"
}
