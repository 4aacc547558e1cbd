#!/usr/bin/env bash
# Fails when a source file grows beyond 400 lines, a function or a header of actors/ beyond 60, or a line of SQL beyond
# 100 characters. What was longer when the limits came, or has to be, is listed in tests/lint/*.txt and may only shrink.
# Usage: sizes.sh SOURCE_FOLDER [--lower|--record]   (see tests/tools.sh)
set -u
cd "$1" || exit 2
. tests/tools.sh
need git awk grep mktemp wc
mode=${2:-}
bad=0
complain() { echo "$*"; bad=1; }

mapfile -t cpp < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp' '*.inc')
mapfile -t sql < <(git ls-files --cached --others --exclude-standard '*.sql')
mapfile -t others < <(git ls-files --cached --others --exclude-standard script 'tests/*.sh' 'tests/*.mjs' web cmake | grep -vE '\.(svg|patch)$')
[ ${#cpp[@]} -gt 300 ] && [ ${#sql[@]} -gt 50 ] || complain "only ${#cpp[@]} C++ and ${#sql[@]} SQL files were found: is this a git checkout?"

awk '{ lines[FILENAME]++ } END { for (file in lines) if (lines[file] > 400) print lines[file] "\t" file }' \
  "${cpp[@]}" "${sql[@]}" "${others[@]}" | LC_ALL=C sort -k2 | ratchet tests/lint/long_files.txt "$mode" || complain "a file has at most 400 lines"

functions=$(awk -f tests/lint/functions.awk "${cpp[@]}")
[ "$(wc -l <<<"$functions")" -gt 2000 ] || complain "hardly a function was found: does clang-format write them otherwise now?"
awk -F'\t' '$1 > 60' <<<"$functions" | ratchet tests/lint/long_functions.txt "$mode" || complain "a function has at most 60 lines"

# Each with the reason that the list gives for it; one without a reason is not in it.
headers=tests/lint/long_headers.txt
awk -F'\t' 'FNR == NR { reason[$2] = $3; next } { lines[FILENAME]++ }
  END { for (file in lines) if (lines[file] > 60) print lines[file] "\t" file "\t" reason[file] }' \
  "$headers" actors/*.hpp | LC_ALL=C sort -k2 | ratchet "$headers" "$mode" \
  || complain "a header of actors has at most 60 lines: divide it by its subjects, or say in $headers why the class does not allow it"
bare=$(grep -v '^#' "$headers" | grep -vP '^\d+\t[^\t]+\t\S') && complain "$bare: without a reason in $headers"

LC_ALL=C.UTF-8 grep -cE '^.{101}' "${sql[@]}" | awk -F: '$2 > 0 { print $2 "\t" $1 }' \
  | ratchet tests/lint/wide_sql.txt "$mode" || complain "a line of SQL has at most 100 characters (the number is that of wider lines)"

[ $bad != 0 ] || passed "${#cpp[@]} C++ and ${#sql[@]} SQL files are as short as they should be"
exit $bad
