#!/usr/bin/env bash
# Fails when an order does not run whole through Debian's nginx, set up as deploy/nginx/neurocards.conf shows it, with
# updates and callbacks that come to it by TLS; or when nginx lets in more than it must.
# Usage: nginx.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need /usr/sbin/nginx openssl curl env md5sum awk /usr/lib/postgresql/15/bin/initdb
. tests/nodes.sh
end_others() { [ ! -e "$work/nginx.pid" ] || /usr/sbin/nginx -c "$work/nginx.conf" -e "$work/nginx.error" -s quit 2>/dev/null; }
secret=webhook-secret-of-this-test
port=$((20000 + RANDOM % 20000))
own=https://127.0.0.1:$port

# An authority, and a certificate for this address: what a real one gets for its name.
make_certificates() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=authority of a test" \
    -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=bot.example.com \
    -keyout "$work/nginx.key" -out "$work/nginx.csr" 2>/dev/null
  openssl x509 -req -in "$work/nginx.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo subjectAltName=IP:127.0.0.1) -out "$work/nginx.pem" 2>/dev/null
}

# The shipped file with this test's ports and folders: nothing else of it is changed.
start_nginx() {
  sed -e "s|127.0.0.1:8080|127.0.0.1:$1|; s|listen 443 |listen $port |; s|listen \[::\]:443 |listen [::1]:$port |" \
    -e "s|/etc/neurocards/|$work/|; s|/var/log/nginx/neurocards|$work/nginx|" deploy/nginx/neurocards.conf >"$work/site.conf"
  mkdir "$work/nginx"
  cat >"$work/nginx.conf" <<TXT
pid $work/nginx.pid;
error_log $work/nginx.error;
events {}
http {
  client_body_temp_path $work/nginx/body;
  proxy_temp_path $work/nginx/proxy;
  fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi;
  scgi_temp_path $work/nginx/scgi;
  include $work/site.conf;
}
TXT
  chmod -R a+rwX "$work/nginx"
  /usr/sbin/nginx -c "$work/nginx.conf" -e "$work/nginx.error" || { cat "$work/nginx.error"; fail "nginx does not start"; }
}

# web [option…] PATH: what is answered through nginx; PATH goes as it is.
web() { curl -sS --cacert "$work/ca.pem" --path-as-is "${@:1:$#-1}" "$own${*: -1}"; }
# code [option…] PATH
code() { web -o "$work/answer" -w '%{http_code}' "$@"; }
# brings FILE [option…]: as Telegram does.
brings() { code "${@:2}" -H "X-Telegram-Bot-Api-Secret-Token: $secret" -H 'Content-Type: application/json' --data-binary "@$1" /telegram/webhook; }
# An update whose text is so long.
update() {
  printf '{"update_id":%s,"message":{"message_id":1,"date":1,"chat":{"id":77,"type":"private"},"from":{"id":77,"is_bot":false,"first_name":"Ann"},"text":"%s"}}' \
    "$1" "$(head -c "$2" /dev/zero | tr '\0' x)"
}
nginx_processes() { xargs -n 1 <<<"$(cat "$work/nginx.pid" /proc/"$(cat "$work/nginx.pid")"/task/*/children)"; }
# How many answers of a path had that status.
answers() { awk -v route="\"$1\"" -v status="$2" '$4 == route && $5 == status' "$work/nginx.log" | wc -l; }

begin() {
  make_certificates
  pg_start "$work" fsync=off || fail "PostgreSQL did not start"
  SSL_CERT_FILE=$work/ca.pem start_sandbox --kie-time=1s
  verb "$pg_url" migrate >/dev/null
  node_secrets=(TELEGRAM_WEBHOOK_SECRET=$secret)
  # No gateway is ready before it has told Telegram where it is to bring updates, which is nginx's address.
  start_node "$pg_url" --telegram.mode=webhook --http.public-url="$own"
  node_url=$(sed -nE 's/.*http.listens.*port=([0-9]+).*/http:\/\/127.0.0.1:\1/p' "$work/node.log" | tail -n 1)
  start_nginx "${node_url##*:}"
}

# Updates, KIE's way to the photo and its callback, all through nginx.
order() {
  play_order
  [ "$(answers webhook 200)" -ge 6 ] || { cat "$work/nginx.log"; fail "the updates did not come through nginx"; }
  [ "$(answers callback 200)" -ge 1 ] || { cat "$work/nginx.log"; fail "no callback of KIE's came through nginx"; }
  [ "$(answers files 200)" -ge 1 ] || { cat "$work/nginx.log"; fail "KIE did not fetch the photo through nginx"; }
  verb "$pg_url" audit | grep -q 'All promises hold' || fail "audit"
}

updates_are_whole_and_bounded() {
  update 2000000000 1000000 >"$work/large"
  is "a large update" "$(brings "$work/large")" 200
  is "the large update as stored" "$(sql "$pg_url" "SELECT md5(body) FROM updates WHERE update_id = 2000000000")" \
    "$(md5sum <"$work/large" | cut -d' ' -f1)"
  update 2000000001 $((1 << 20)) >"$work/large"
  is "a larger update" "$(brings "$work/large")" 413
  update 2000000002 5 >"$work/small"
  is "an update without the secret" "$(code --data-binary "@$work/small" /telegram/webhook)" 401
  head -c 70000 /dev/zero >"$work/large"
  is "a large callback" "$(code --data-binary "@$work/large" /kie/callback/00000000-0000-0000-0000-000000000000)" 413
}

# Whatever is not for the world, also by a path that only looks like one that is.
nothing_else_is_let_in() {
  local path
  for path in / /dashboard/ /dashboard/app.js /metrics /healthz /readyz /api/status /api/actors /api/events /telegram /telegram/ \
    /kie/callback/ /kie/callback/x /files/ '/files/%2e%2e/metrics' '/files/../metrics' '/files/..%2fmetrics' '//metrics' \
    '/dashboard/../files/x' '/dashboard/..%2ffiles/x' '/telegram/webhook?x' '/api/keys/..%2f..%2ffiles/x'; do
    case "$(code "$path")" in 403|404) ;; *) fail "$path is answered: $(head -c 200 "$work/answer")" ;; esac
  done
  # What the node itself would take for an operator's order is none of nginx's.
  is "a lever behind dots" "$(code -d '{"reason":"x"}' /api/models/../../telegram/webhook)" 404
  is "a lever behind escapes" "$(code -d '{"reason":"x"}' /api/models/x%2f../../../telegram/webhook)" 404
  is "a webhook that is fetched" "$(code /telegram/webhook)" 403
  is "a file that is posted" "$(code -d x /files/x)" 403
  is "what operators did" "$(sql "$pg_url" "SELECT count(*) FROM operator_actions")" 0
}

files_are_streamed() {
  local link path file
  link=$(curl -fsS "$world/control/tasks" | sed -nE 's/.*"image_url":"([^"]+)".*/\1/p')
  path=${link#"$own"}
  [ "$path" != "$link" ] || fail "the photo's address is $link"
  file=$work/files/$(cut -d/ -f5- <<<"$path")
  head -c 40000000 /dev/urandom >"$file"
  is "a large file" "$(web "$path" | md5sum)" "$(md5sum <"$file")"
  is "a part of it" "$(code -r 39999000-39999999 "$path")" 206
  cmp -s "$work/answer" <(tail -c 1000 "$file") || fail "the part is another"
  is "its head" "$(web -I "$path" | tr -d '\r' | sed -nE 's/^[Cc]ontent-[Ll]ength: //p')" 40000000
  is "a link that was changed" "$(code "${path%.*}x.${path##*.}")" 403
  curl -sS --cacert "$work/ca.pem" --limit-rate 100k -o "$work/slowly" "$link" &
  children+=($!)
  some_came() { [ "$(stat -c %s "$work/slowly")" -gt 300000 ]; }
  wait_for 20 some_came || fail "a slow reader gets nothing"
  is "what nginx writes to the disk for a slow reader" "$(ls -l $(nginx_processes | sed 's|.*|/proc/&/fd|') | grep -c "$work/nginx/")" 0
  kill "${children[-1]}"
  grep -q "${path##*/}" "$work/nginx.log" && fail "nginx logs links" || true
}

# One address takes a hundred connections, and another is served meanwhile.
addresses_are_told_apart() {
  head -c 60000 /dev/zero >"$work/slow"
  local slow
  curl -sS --cacert "$work/ca.pem" -Z --parallel-max 140 --parallel-immediate --limit-rate 2k --max-time 25 --data-binary "@$work/slow" \
    -o /dev/null "$own/kie/callback/00000000-0000-0000-0000-0000000000[10-49]" "$own/kie/callback/00000000-0000-0000-0000-0000000001[10-99]" \
    >/dev/null 2>&1 &
  slow=$!
  children+=("$slow")
  crowded() { [ "$(answers callback 429)" -ge 1 ]; }
  wait_for 20 crowded || fail "one address takes as many connections as it likes"
  is "somebody else meanwhile" "$(brings "$work/small" --interface 127.0.0.2)" 200
  kill "$slow"
}

begin
order
updates_are_whole_and_bounded
nothing_else_is_let_in
files_are_streamed
addresses_are_told_apart
passed "an order runs whole through nginx as shipped, which lets in nothing but webhook, callbacks and files"
