#!/usr/bin/env bash
# Fails when docs/requirements.md or docs/reliability.md names a test that does not exist, or
# docs/operations.md an event of the log that nobody writes.
set -u
cd "$1" || exit 2
. tests/tools.sh
need grep sed find

# Names may be split over adjacent string literals.
names=$(printf '%s\n' systemd package two_hosts images demo backup standby nginx additive layers cluster_certs container secrets docs requirements missing_tools format glossary names sizes links wire; cat $(find tests -name '*.cpp') | tr '\n' ' ' | sed -E 's/" +"//g' \
  | grep -oE 'TEST_CASE(_FIXTURE)?\( *([A-Za-z_:]+, *)?"[^"]*"' | sed -E 's/^[^"]*"//; s/"$//')
bad=0
named=0
while IFS= read -r name; do
  named=$((named + 1))
  if ! grep -qxF -- "$name" <<<"$names"; then
    echo "docs name no test: $name"
    bad=1
  fi
done < <(grep -hE '^\| [A-LPW][0-9]+ ' docs/requirements.md docs/reliability.md | sed -E 's/.*\|([^|]*)\|$/\1/' | grep -oE '`[^`]*`' | tr -d '`' | sort -u)

# Events of the log that docs/operations.md speaks of.
while IFS= read -r event; do
  if ! grep -rqF "\"$event\"" --include='*.cpp' --include='*.hpp' actors node db clients base; then
    echo "docs/operations.md names no event of the log: $event"
    bad=1
  fi
done < <(grep -oE '`[a-z_]+\.[a-z_]+`' docs/operations.md | tr -d '`' | grep -vE '^(db|kie|storage|cluster|http|drain)\.[a-z]+$|\.(pem|key|conf|md)$' | sort -u)
[ "$named" -gt 100 ] || { echo "only $named names were found: this test no longer reads the tables"; bad=1; }
[ $bad != 0 ] || passed "$named tests that docs name exist"
exit $bad
