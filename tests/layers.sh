#!/usr/bin/env bash
# Fails on an include against the directions drawn in docs/architecture.md.
set -u
cd "$1" || exit 2
. tests/tools.sh
need grep

# folder: what it may include besides itself
declare -A allowed=(
  [base]=""
  [protocol]="base"
  [domain]="protocol base"
  [clients]="domain protocol base"
  [db]="domain protocol base"
  [actors]="clients db domain protocol base"
  [node]="actors clients db domain protocol base"
  [sandbox]="base"
)

bad=0
includes=0
for folder in "${!allowed[@]}"; do
  [ -d "$folder" ] || continue
  ok="$folder ${allowed[$folder]}"
  while IFS=: read -r file line text; do
    includes=$((includes + 1))
    [[ $text =~ \#include\ \"([a-z_]+)/ ]]
    target=${BASH_REMATCH[1]}
    case " $ok " in
      *" $target "*) ;;
      *) printf '%s:%s: %s/ may not include %s/\n' "$file" "$line" "$folder" "$target"; bad=1 ;;
    esac
  done < <(grep -rnE '#include "[a-z_]+/' --include='*.hpp' --include='*.cpp' "$folder")
done

# The rooms of node/: config/ stands alone, http/ and cli/ do not know each other.
rooms() {
  if grep -rnE "#include \"node/$2" --include='*.hpp' --include='*.cpp' "node/$1"; then
    echo "node/$1/ may not include that"
    bad=1
  fi
}
rooms config '(http/|cli/|[a-z_]+\.hpp)'
rooms http 'cli/'
rooms cli 'http/'

# domain/ takes actor interfaces from nobody, and nothing below node/ includes all of CAF.
if grep -rnE '#include "protocol/(actors|fwd)\.hpp"|#include <caf/' --include='*.hpp' --include='*.cpp' domain; then
  echo "domain/ may include only the values of protocol/"
  bad=1
fi
if grep -rn '#include <caf/all.hpp>' --include='*.hpp' --include='*.cpp' protocol db clients actors; then
  echo "include the CAF headers that are needed, not caf/all.hpp"
  bad=1
fi
[ "$includes" -gt 500 ] || { echo "only $includes includes were found: this test no longer reads the sources"; bad=1; }
[ $bad != 0 ] || passed "$includes includes follow the layers"
exit $bad
