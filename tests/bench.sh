#!/usr/bin/env bash
# Fails when a measurement of script/bench does not come to its end or breaks a promise. Says nothing of speed.
# Usage: bench.sh SOURCE_FOLDER FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$1"
programs=$(realpath "$2")
. tests/tools.sh
need python3 /usr/lib/postgresql/15/bin/initdb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "failed: $*"; cat "$work/said"; exit 1; }

for wrong in --history=0 --slow nothing; do
  code=0
  script/bench --programs="$programs" $wrong >"$work/said" 2>&1 || code=$?
  [ "$code" = 2 ] || fail "$wrong ended with $code, not 2"
done

script/bench --programs="$programs" --quick --json="$work/figures.json" >"$work/said" 2>&1 || fail "--quick ended with $?"

# Every goal of docs/performance.md has a figure, and none is nonsense.
python3 - "$work/figures.json" >"$work/missing" <<'PY' || fail "$(cat "$work/missing")"
import json, math, sys
report = json.load(open(sys.argv[1]))
figures = report["figures"]
assert report["is_quick"], "these are not figures of --quick"
missing = {"P%d" % i for i in range(1, 15)} - {x["goal"] for x in figures}
print("no figure of", ", ".join(sorted(missing))) if missing else None
wrong = [x["name"] for x in figures if not math.isfinite(x["value"])]
print("no numbers:", ", ".join(wrong)) if wrong else None
sys.exit(bool(missing or wrong))
PY
passed "all measurements end and keep the promises"
