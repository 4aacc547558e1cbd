# Shared by the scripts: how they speak, fail, and become root. Sourced, never run.

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die "needs root for: $* (run as root, or install sudo)"
  fi
}

# Keeps the output of a long step in a file and shows it only when the step fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "failed: $* (full log: $log)"
  fi
  rm -f "$log"
}

cache_dir() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/neurocards"; }

# The second compiler, of the preset `clang`: only who asks for it gets it.
install_clang() {
  command -v clang++-16 >/dev/null 2>&1 && return
  say "installing clang 16"
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clang-16
}
