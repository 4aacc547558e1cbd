#!/usr/bin/env bash
# Fails when script/cluster-certs does not do what its help says.
set -euo pipefail
cd "$1"
. tests/tools.sh
need openssl sha256sum stat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
certs() { script/cluster-certs "$@" >"$work/said" 2>&1; }
fail() { echo "$*"; cat "$work/said"; exit 1; }
sum() { cat "$@" | sha256sum; }
d=$work/pki

certs --help || fail "help does not end with 0"
cat >"$work/cluster.conf" <<'TXT'
cluster {
  # nodes = [ { name = "ghost", host = "x" } ]
  nodes = [
    { name = "bot", host = "10.9.0.1", port = 1, roles = ["gateway", "notifier"] }, # the first
    { name = "worker-1", host = "w1.example",
      port = 1, roles = ["worker"] },
  ]
}
kie { models = [ { slug = "m", name = "Model" } ] }
TXT
certs --config="$work/cluster.conf" "$d" || fail "making certificates failed"
[ "$(cd "$d" && echo *)" = "bot.key bot.pem ca.key ca.pem worker-1.key worker-1.pem" ] || fail "other files than expected: $(ls "$d")"
for key in "$d"/*.key; do
  [ "$(stat -c %a "$key")" = 600 ] || fail "$key is open to others"
done
for node in bot worker-1; do
  openssl verify -purpose sslserver -CAfile "$d/ca.pem" "$d/$node.pem" >/dev/null || fail "$node is no server of this authority"
  openssl verify -purpose sslclient -CAfile "$d/ca.pem" "$d/$node.pem" >/dev/null || fail "$node is no client of this authority"
done
names() { openssl x509 -in "$1" -noout -ext subjectAltName | sed -n '2s/^ *//p'; }
[ "$(names "$d/bot.pem")" = "DNS:bot, IP Address:10.9.0.1" ] || fail "names of bot: $(names "$d/bot.pem")"
[ "$(names "$d/worker-1.pem")" = "DNS:worker-1, DNS:w1.example" ] || fail "names of worker-1: $(names "$d/worker-1.pem")"

before=$(sum "$d"/*)
certs --config="$work/cluster.conf" "$d" || fail "a second run failed"
[ "$(sum "$d"/*)" = "$before" ] || fail "a second run changed something"

authority=$(sum "$d"/ca.*)
key=$(sum "$d/bot.key")
pem=$(sum "$d/bot.pem")
other=$(sum "$d"/worker-1.*)
certs "$d" bot=10.9.0.7 || fail "another host failed"
[ "$(names "$d/bot.pem")" = "DNS:bot, IP Address:10.9.0.7" ] || fail "the certificate does not follow the host"
[ "$(sum "$d/bot.key")" = "$key" ] || fail "a renewal changed the key"

certs --days=20 "$d" short=10.9.0.9 || fail "a short certificate failed"
short=$(sum "$d/short.pem")
certs "$d" short=10.9.0.9 || fail "renewing what expires failed"
[ "$(sum "$d/short.pem")" != "$short" ] || fail "what expires soon was not renewed"

certs --rotate bot "$d" bot=10.9.0.1 worker-1=w1.example || fail "rotating failed"
[ "$(sum "$d/bot.key")" != "$key" ] || fail "rotation kept the key"
[ "$(sum "$d/bot.pem")" != "$pem" ] || fail "rotation kept the certificate"
openssl verify -CAfile "$d/ca.pem" "$d/bot.pem" >/dev/null || fail "the rotated certificate is not from the authority"
[ "$(sum "$d"/worker-1.*)" = "$other" ] || fail "rotation touched another node"

cp "$d/bot.key" "$d/worker-1.key"
certs "$d" worker-1=w1.example || fail "mending a wrong key failed"
grep -q "does not belong to its key" "$work/said" || fail "a key that does not belong was not noticed"

rm "$d/worker-1.key"
certs "$d" worker-1=w1.example || fail "making a lost key anew failed"
[ "$(sum "$d"/ca.*)" = "$authority" ] || fail "the authority was touched"
[ -z "$(find "$d" -name '.making*')" ] || fail "temporary files were left behind"

for wrong in "--rotate=ghost $d bot=x" "--days=never $d" "--config=$work/none.conf $d" "$d ca=x" "$d ../x=y" "--what $d" ""; do
  code=0
  # shellcheck disable=SC2086
  certs $wrong || code=$?
  [ "$code" = 2 ] || fail "'$wrong' ended with $code, not 2"
done
rm "$d/ca.key"
if certs "$d" new=x; then
  fail "an authority without its key was replaced"
fi
passed "certificates are made, renewed, rotated and mended"
