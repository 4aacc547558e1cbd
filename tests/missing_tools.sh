#!/usr/bin/env bash
# Fails when a test that is a script passes although a tool it names is missing.
# Usage: missing_tools.sh SOURCE_FOLDER NEUROCARDS
set -euo pipefail
source=$1
program=$2
cd "$source"
. tests/tools.sh
need cp rm sed
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$work/bin
mkdir "$bin"
# Every program of this machine by its name, so that one can be taken away.
IFS=: read -ra folders <<<"$PATH:/usr/sbin:/sbin"
for folder in "${folders[@]}"; do
  [ -d "$folder" ] && cp -sn "$folder"/* "$bin" 2>/dev/null || true
done

tried=0
for test in tests/*.sh; do
  case "$test" in tests/tools.sh|tests/nodes.sh|tests/debian_root.sh|tests/missing_tools.sh) continue ;; esac
  grep -q 'passed "' "$test" || { echo "$test has no closing line"; exit 1; }
  for tool in $(sed -n 's/^need //p' "$test"); do
    [ -e "$bin/$tool" ] || continue
    mv "$bin/$tool" "$work/away"
    code=0
    said=$(PATH=$bin "$BASH" "$test" "$source" "$program" 2>&1) || code=$?
    mv "$work/away" "$bin/$tool"
    [ "$code" = 77 ] || { echo "$test ended with $code without $tool: $said"; exit 1; }
    tried=$((tried + 1))
  done
done
[ "$tried" -gt 15 ] || { echo "only $tried tools were taken away"; exit 1; }
passed "no test passes without one of $tried tools"
