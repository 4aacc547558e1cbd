# For the tests that are scripts: a test whose tool is missing is skipped, not passed; one that passes says so.

# need TOOL...: ends the test with ctest's code for "skipped" when one of them is not here.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
  done
}

# passed WHAT...: the last line of a test.
passed() { echo "passed: $*"; }

# ratchet FILE [--lower|--record]: reads lines "NUMBER<tab>NAME…" and compares them with those of FILE, the most that is
# allowed of each. What is above, or not in FILE, is told and fails; what has fallen passes. --lower writes fallen numbers
# to FILE, --record all of today's (for whoever brings branches together).
ratchet() {
  local file=$1 mode=${2:-} fresh
  fresh=$(mktemp)
  awk -F'\t' -v mode="$mode" -v fresh="$fresh" '
    function name_of(line) { sub(/^[0-9]+\t/, "", line); return line }
    FNR == NR && /^#/ { print >fresh; next }
    FNR == NR { allowed[name_of($0)] = $1; next }
    {
      name = name_of($0)
      most = name in allowed ? allowed[name] : 0
      if ($1 + 0 <= most + 0 || mode == "--record") { print >fresh; next }
      if (most != 0) print most "\t" name >fresh
      text = name
      gsub(/\t/, ": ", text)
      print text ": " $1 (most == 0 ? " is more than is allowed" : ", and " most " was the most so far")
      bad = 1
    }
    END { exit bad }' "$file" -
  local code=$?
  case "$mode" in --lower|--record) cat "$fresh" >"$file" ;; esac
  rm -f "$fresh"
  return $code
}
