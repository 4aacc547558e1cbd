#!/usr/bin/env bash
# Fails when docs/requirements.md or docs/reliability.md names a test that does not exist.
set -u
cd "$1" || exit 2

# Names may be split over adjacent string literals.
names=$(printf 'systemd\nlayers\ncluster_certs\ncontainer\n'; cat $(find tests -name '*.cpp') | tr '\n' ' ' | sed -E 's/" +"//g' \
  | grep -oE 'TEST_CASE(_FIXTURE)?\( *([A-Za-z_:]+, *)?"[^"]*"' | sed -E 's/^[^"]*"//; s/"$//')
bad=0
while IFS= read -r name; do
  if ! grep -qxF -- "$name" <<<"$names"; then
    echo "docs name no test: $name"
    bad=1
  fi
done < <(grep -hE '^\| [A-LP][0-9]+ ' docs/requirements.md docs/reliability.md | sed -E 's/.*\|([^|]*)\|$/\1/' | grep -oE '`[^`]*`' | tr -d '`' | sort -u)
exit $bad
