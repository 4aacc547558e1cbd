#!/usr/bin/env bash
# Fails when README.md or a page of docs/, deploy/ or sandbox/ names what is not there: a script, a verb, an option of
# either, or a page. Usage: docs.sh SOURCE_FOLDER NEUROCARDS
set -u
cd "$1" || exit 2
. tests/tools.sh
need awk grep sed sort
program=$2
bad=0
complain() { echo "$*"; bad=1; }

pages=$(git ls-files '*.md' 2>/dev/null || find README.md CHANGELOG.md docs deploy sandbox -name '*.md')
# Blocks of shell, and what stands between backticks, one command a line, without comments.
commands=$(for page in $pages; do
  awk -v page="$page" '
    /^```sh/ { block = 1; next }
    /^```/   { block = 0; next }
    block    { n = split($0, part, / && /); for (i = 1; i <= n; i++) print page "\t" part[i]; next }
             { rest = $0
               while (match(rest, /`[^`]+`/)) {
                 print page "\t" substr(rest, RSTART + 1, RLENGTH - 2)
                 rest = substr(rest, RSTART + RLENGTH)
               } }' "$page"
done | sed -E 's/[[:space:]]+#.*$//' | sort -u)

declare -A help_of
# help WORDS...: what the command says of itself, asked once.
help() {
  local key="$*"
  if [ -z "${help_of[$key]+x}" ]; then
    help_of[$key]=$("$@" --help 2>&1 </dev/null) || help_of[$key]="(--help failed)"
  fi
  printf '%s' "${help_of[$key]}"
}

checked=0
while IFS=$'\t' read -r page command; do
  read -r first second _ <<<"$command"
  case "$first" in
    script/*)
      [[ $first =~ ^script/[a-z-]+$ ]] || continue
      [ -x "$first" ] || { complain "$page: $first does not exist"; continue; }
      text=$(help "$first")
      ;;
    neurocards|build/neurocards)
      [[ ${second:-} =~ ^[a-z]+$ ]] || continue
      text=$(help "$program" "$second")
      ;;
    *) continue ;;
  esac
  checked=$((checked + 1))
  [ "$text" != "(--help failed)" ] || { complain "$page: \`$command\`: --help fails"; continue; }
  # Settings (--group.key) are checked elsewhere; the table of keys makes file and page.
  for option in $(grep -oE -- '--[a-z-]+[=a-zA-Z0-9|.]*' <<<"$command" | grep -v -- '--[a-z-]*\.' | sed -E 's/=.*//'); do
    [ "$option" = --help ] || grep -qF -- "$option" <<<"$text" || complain "$page: \`$command\`: --help does not know $option"
  done
done <<<"$commands"
[ "$checked" -gt 20 ] || complain "only $checked commands were found: this test no longer reads the pages"

# Pages that pages and sources speak of.
spoken_of=0
while IFS=: read -r file page; do
  spoken_of=$((spoken_of + 1))
  [ -e "$page" ] || complain "$file: $page does not exist"
done < <(grep -roE --include='*.md' --include='*.cpp' --include='*.hpp' --include='*.sql' --include='*.sh' \
  '(docs|deploy|sandbox)/[a-z_]+\.md' README.md CHANGELOG.md docs deploy sandbox base protocol domain db clients actors node sql \
  | sort -u)
[ "$spoken_of" -gt 20 ] || complain "only $spoken_of pages are spoken of: this test no longer finds them"
[ $bad != 0 ] || passed "$checked commands and $spoken_of pages exist"
exit $bad
