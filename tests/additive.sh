#!/usr/bin/env bash
# Fails when migrations since the previous release (deploy/previous-release) take anything away that its program needs, which
# goes on on the new schema until its host is upgraded; or when they stop its work. What they may is in tests/upgrade/allowed.
# Usage: additive.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need git tar awk comm env /usr/lib/postgresql/15/bin/pgbench
. tests/nodes.sh
. script/lib/previous.sh
previous_is_known || { echo "skipped: the previous release, $(previous_commit), is not in this clone (a shallow one?)"; exit 77; }
# migrate PROGRAM
migrate() { env -C "$work" -i PATH="$PATH" HOME="$work" DATABASE_URL="$pg_url" "$1" migrate >"$work/migrate.log" 2>&1 || { cat "$work/migrate.log"; fail "migrate"; }; }
shape() { "$pg_bin/psql" "$pg_url" -v ON_ERROR_STOP=1 -v shape="$1" -Atqf tests/upgrade/shape.sql; }

# shape_of FOLDER TYPE: its members, or its words, without what is said of them. A role travels as its word
# (tests/unit/protocol/words_test.cpp reads the bytes of one as the other's).
shape_of() {
  awk -v type="$2" '$0 ~ "^(struct|enum class) " type "( : [a-z0-9_]+)? \\{" { on = 1 }
    on { print } on && (/^};/ || /^struct.*};/) { on = 0 }' "$1"/protocol/*.hpp | sed -E 's|//.*||; s/ = [^;]*;/;/; s/<node_role>/<std::string>/' | grep -v 'operator==' | tr -d ' \n'
}
protocol_of() { sed -nE 's/^constexpr int protocol_version = ([0-9]+);/\1/p' "$1/protocol/fwd.hpp"; }

# What travels between nodes (docs/protocol.md) has the shape it had, or the nodes know that they do not understand each other.
travel() {
  local types type was is
  types=$(sed -nE 's/^Only (.*) travel between nodes.*/\1/p' docs/protocol.md | grep -oE '[a-z_]{2,}' | grep -vx and)
  [ "$(wc -w <<<"$types")" -gt 5 ] || fail "docs/protocol.md no longer says what travels"
  for type in $types; do
    was=$(shape_of "$work/before" "$type")
    is=$(shape_of . "$type")
    [ -n "$is" ] || fail "protocol/ has no $type, which travels as docs/protocol.md says"
    [[ $is = "$was" || ($was = enum* && $is = "${was%\};}"*) || $(protocol_of .) -gt $(protocol_of "$work/before") ]] \
      || fail "$type has another shape than in the previous release: raise protocol_version"
  done
}

# The previous schema, as this program makes it: it takes the folder sql/ beside itself.
mkdir "$work/before"
previous_files "$work/before" sql db node protocol
travel
cp "$programs/neurocards" "$work/before/neurocards"
pg_start "$work" fsync=off || fail "PostgreSQL did not start"
migrate "$work/before/neurocards"
shape before

# Which functions the previous program calls, by named arguments or by their places.
called() { grep -rhoE "[a-z_]+$1" "$work/before/db" "$work/before/node" --include='*.cpp' --include='*.hpp' | sed 's/(.*//' | sort -u | paste -sd,; }
by_name={$(called '\(\.\.\.\)')}
by_place={$(called '\(\$[0-9]')}
[ "$(tr -cd , <<<"$by_name" | wc -c)" -gt 30 ] || fail "only these calls were found in the previous program: $by_name"

# Somebody works as it does, while its schema is brought to ours. A deadlock with migrate, which must lock tables that a
# transaction may hold one of already, is repeated, as the program repeats it.
sql "$pg_url" "INSERT INTO users (tg_user_id) SELECT generate_series(1, 50); SELECT count(grant_credits(tg_user_id, 1000000)) FROM users" >/dev/null
(cd "$work" && exec "$pg_bin/pgbench" -n -c 3 -T 8 --max-tries=5 --log --log-prefix=latency -f "$OLDPWD/tests/upgrade/orders.pgbench" "$pg_url") >"$work/load.log" 2>&1 &
load=$!
children+=("$load")
ordered() { [ "$(sql "$pg_url" "SELECT count(*) FROM jobs")" -gt "$1" ]; }
wait_for 20 ordered 200 || { cat "$work/load.log"; fail "nobody works"; }
migrate "$programs/neurocards"
shape after
{
  "$pg_bin/psql" "$pg_url" -v ON_ERROR_STOP=1 -v by_name="$by_name" -v by_place="$by_place" -Atqf tests/upgrade/differences.sql
  # What rewrites rows holds them against running nodes, and may be of any size.
  for file in sql/migrations/*.sql; do
    [ -e "$work/before/$file" ] || awk -v file="${file##*/}" '/^(UPDATE|DELETE|TRUNCATE|LOCK)/ { print file ": " $0 }' "$file"
  done
} | sort -u >"$work/found"
grep -v '^#' tests/upgrade/allowed | sort -u >"$work/allowed"
taken=$(comm -23 "$work/found" "$work/allowed")
[ -z "$taken" ] || { echo "$taken"; fail "the previous program misses this; if it does not, tests/upgrade/allowed says why"; }
stale=$(comm -13 "$work/found" "$work/allowed")
[ -z "$stale" ] || { echo "$stale"; fail "tests/upgrade/allowed allows what nobody takes"; }
jobs=$(sql "$pg_url" "SELECT count(*) FROM jobs")
# … and goes on with it.
wait_for 20 ordered $((jobs + 100)) || { cat "$work/load.log"; fail "nobody works on the new schema"; }
wait "$load" || { cat "$work/load.log"; fail "the work stopped"; }
grep -q '^number of failed transactions: 0 ' "$work/load.log" || { cat "$work/load.log"; fail "work was refused"; }
slowest=$(awk '$3 + 0 > most { most = $3 + 0 } END { print int(most / 1000) }' "$work"/latency.*)
[ "$slowest" -lt 3000 ] || fail "somebody waited $slowest ms for migrate"
sql "$pg_url" "SELECT count(*) FROM users u WHERE credits <> (SELECT sum(amount) FROM credit_ledger l WHERE l.tg_user_id = u.tg_user_id)" | grep -qx 0 \
  || fail "balances and ledger differ"

passed "$(sql "$pg_url" "SELECT count(*) FROM before.functions") functions and $(sql "$pg_url" "SELECT count(*) FROM before.tables") tables of the previous release serve its program; the slowest of its work took $slowest ms"
