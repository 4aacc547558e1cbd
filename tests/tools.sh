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
