# Root folders with an empty Debian, for tests that install the package. Wants `self`, the test's own path, and `program`. Sourced,
# never run, behind script/lib/common.sh.
. script/lib/memory.sh

sandbox=$(dirname "$program")/neurocards-sandbox

skip() { echo "skipped: $*"; exit 77; }

allows_roots() {
  [ "$(id -u)" = 0 ] || skip "only root can make another root folder"
  unshare --net --mount --pid --fork --mount-proc true 2>/dev/null || skip "this machine allows no name spaces"
}

# An empty Debian with what the package depends on, from this machine's own sources of Debian; made once.
make_base() {
  local depends sources=$work/sources.list new
  depends=$(dpkg-deb -f "$work"/neurocards_*.deb Depends | sed 's/|[^,]*//g; s/([^)]*)//g; s/ //g'),logrotate
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(LABEL)' 'Created-By: Packages' 'Component: main' \
    | awk '$3 ~ /^Debian/ { print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", $1, $2, "main" }' >"$sources"
  [ -s "$sources" ] || skip "apt of this machine knows no source of Debian (apt-get update?)"
  base=$(cache_dir)/debian-$( (. /etc/os-release && echo "$VERSION_CODENAME"; echo "$depends"; cat "$sources") | sha256sum | cut -c1-12).tar
  [ ! -e "$base" ] || { ln -s "$base" "$work/base.tar"; return; }
  mkdir -p "$(cache_dir)"
  new=$(mktemp -p "$(cache_dir)" debian-XXXXXX.tar)
  mmdebstrap --mode=root --variant=minbase --quiet --aptopt='Acquire::Languages "none"' --include="$depends" \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$new" "$sources" >"$work/base.log" 2>&1 \
    || { rm -f "$new"; tail -n 3 "$work/base.log"; skip "no Debian root could be made"; }
  mv "$new" "$base"
  rm -f $(ls -t "$(cache_dir)"/debian-*.tar | tail -n +3)
  ln -s "$base" "$work/base.tar"
}

# open_debian FOLDER: unpacks that Debian there.
open_debian() {
  mkdir "$1"
  tar -xf "$work/base.tar" -C "$1" --exclude=./dev/*
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
}

# The first start of such a test: what needs the network. Its second start is in name spaces of its own, with `work`, which holds
# the package and that Debian, as the third word.
prepare() {
  allows_roots
  [ -x "$sandbox" ] || skip "$sandbox is not built"
  work=$(fast_folder 3)
  trap 'rm -rf --one-file-system "$work"' EXIT
  chmod 755 "$work" # the database server is another user
  script/package --program="$program" --output="$work" --fast >/dev/null
  make_base
  unshare --net --mount --pid --fork --mount-proc --kill-child "$BASH" "$self" "$PWD" "$program" "$work"
}
