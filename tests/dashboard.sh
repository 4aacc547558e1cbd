#!/usr/bin/env bash
# Tests the dashboard's modules in Node.js, and that the page keeps to its content security policy: nothing inline, nothing
# from elsewhere, nothing parsed as markup, and uPlot as script/vendor fetched it.
set -u
cd "$1" || exit 2
. tests/tools.sh
need node git grep sed sort sha256sum wc
bad=0
complain() { echo "$*"; bad=1; }

page=web/dashboard
mapfile -t files < <(git ls-files --cached --others --exclude-standard "$page")
[ ${#files[@]} -gt 40 ] || complain "only ${#files[@]} files of the page were found: is this a git checkout?"

# WHAT PATTERN FILE...: complains about lines with the pattern.
none_of() {
  local what=$1 pattern=$2 hits
  shift 2
  hits=$(grep -nE -- "$pattern" "$@" | grep -vF 'http://www.w3.org/2000/svg')
  [ -z "$hits" ] || { complain "$what:"; echo "$hits"; }
}
inline='<script>|<script [^>]*>[^<]|<style|[ "]style=|[ "]on[a-z]+='
markup='(inner|outer)HTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser'
kept='localStorage|sessionStorage|document\.cookie|indexedDB'
none_of "inline script or style, which the policy refuses" "$inline" $page/index.html
none_of "an address outside of the node" 'https?://|[("'"'"'`]//[a-z]' "${files[@]}"
none_of "data parsed as markup or code" "$markup" "${files[@]}"
none_of "something kept in the browser (a token must not be)" "$kept" "${files[@]}"
# They must be able to find something.
grep -qE -- "$inline" <<<'<a onclick="x">' && grep -qE -- "$markup" <<<'x.innerHTML = y' && grep -qE -- "$kept" <<<'localStorage.a' \
  || complain "the patterns find nothing any more"

# Every file is one of a few hundred lines, and one that something loads.
mapfile -t lengths < <(for file in "${files[@]}"; do wc -l <"$file"; done | sort -n)
[ "${lengths[-1]}" -le 300 ] || complain "a file of the page has ${lengths[-1]} lines; at most 300"
[ "${lengths[${#lengths[@]} / 2]}" -le 100 ] || complain "half of the page's files have more than 100 lines"
for file in "${files[@]}"; do
  case "$file" in */index.html) continue ;; esac
  grep -rqF -- "/$(basename "$file")" $page || complain "$file is loaded by nothing"
done
while read -r path; do
  case "$path" in vendor/*) [ -e "web/$path" ] ;; *) [ -e "$page/$path" ] ;; esac || complain "index.html names /dashboard/$path, which does not exist"
done < <(grep -oE '"/dashboard/[^"]+' $page/index.html | sed 's#"/dashboard/##')

(cd web/vendor/uplot && sha256sum --check --strict --quiet SHA256SUMS) || complain "web/vendor/uplot is not as script/vendor fetched it"
[ "$(wc -l <web/vendor/uplot/SHA256SUMS)" = 3 ] || complain "web/vendor/uplot/SHA256SUMS names other files than uPlot's three"

if ! told=$(node --test tests/dashboard/ 2>&1); then
  grep -E '^ *not ok|^ *(error|message|expected|actual):|location:|Error' <<<"$told"
  complain "node --test tests/dashboard/ tells more"
fi
cases=$(sed -nE 's/^(# |ℹ )pass ([0-9]+)$/\2/p' <<<"$told")
[ "${cases:-0}" -gt 60 ] || complain "only ${cases:-0} cases passed"

[ $bad != 0 ] || passed "$cases cases of the dashboard's modules, and ${#files[@]} files that keep to the policy"
exit $bad
