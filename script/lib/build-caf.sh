#!/usr/bin/env bash
# Builds CAF 0.18.7 with the project's patches, once per patch set, and prints nothing but progress.
# `build-caf.sh --prefix` only prints where CMake finds it (empty: a CAF is installed already).
set -euo pipefail
cd "$(dirname "$0")/../.."
. script/lib/common.sh

caf_version=0.18.7
caf_sha256=d5c3abe8fd67a729aab1baeece10367637d903ba335f4c79378bcadfbcd34552
sanitizer=${CAF_SANITIZER:-}

build_options=(
  -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DCAF_ENABLE_EXAMPLES=OFF -DCAF_ENABLE_TESTING=OFF
  -DCAF_ENABLE_TOOLS=OFF -DCAF_ENABLE_OPENSSL_MODULE=ON "-DCAF_SANITIZERS=$sanitizer"
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 # a third of the time: its headers are most of its work
)

# The cache is keyed by everything that shapes the result.
caf_key() {
  { echo "$caf_sha256 ${build_options[*]}"; cat script/caf-patches/*.patch; } | sha256sum | cut -c1-12
}
prefix="$(cache_dir)/caf-$caf_version${sanitizer:+-$sanitizer}-$(caf_key)"

complete() { [ -e "$prefix/.complete" ] && [ -e "$prefix/include/caf/config.hpp" ]; }

# Patches that touch no header leave the headers of an older build as they are; with these in the same
# place as before (cmake/dependencies.cmake) nothing of ours need be compiled again.
share_headers() {
  local other
  for other in "$(cache_dir)/caf-$caf_version${sanitizer:+-$sanitizer}"-*; do
    [ -e "$other/.complete" ] && [ "$other" != "$prefix" ] && [ ! -L "$other/include" ] || continue
    diff -rq "$other/include" "$prefix/include" >/dev/null || continue
    rm -rf "$prefix/include"
    ln -s "$other/include" "$prefix/include"
    return
  done
}

# A CAF >= 0.18 that CMake already finds is taken as it is; the build warns that it lacks our patches.
system_caf() {
  [ -z "$sanitizer" ] || return 1
  local probe found=1
  probe=$(mktemp -d)
  printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(probe CXX)' 'find_package(OpenSSL REQUIRED)' \
    'find_package(CAF REQUIRED)' 'if(CAF_VERSION VERSION_LESS 0.18 OR NOT TARGET CAF::openssl)' \
    'message(FATAL_ERROR "unusable")' 'endif()' >"$probe/CMakeLists.txt"
  cmake -S "$probe" -B "$probe/b" >/dev/null 2>&1 && found=0
  rm -rf "$probe"
  return $found
}

if [ "${1:-}" = --prefix ]; then
  if complete || ! system_caf; then echo "$prefix"; fi
  exit 0
fi

if complete; then
  say "CAF: cached in $prefix"
  exit 0
fi
if system_caf; then
  say "CAF: using the one CMake finds (without the project's patches)"
  exit 0
fi

# The mirror is the one this machine's apt already uses for Debian itself.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 'Component: main' \
    | awk '$2 == "Debian" { print $1; exit }'
}

fetch_tarball() {
  local apt=$1/apt mirror
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || die "CAF: no Debian mirror among apt's sources; run 'apt-get update' once, then script/bootstrap again"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$1/source"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror experimental main" >"$apt/sources.list"
  : >"$apt/status"
  local options=(
    -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
  )
  quietly apt-get "${options[@]}" update
  (cd "$1/source" && quietly apt-get "${options[@]}" source --download-only --tar-only actor-framework)
  local tarball
  tarball=$(find "$1/source" -name 'actor-framework_*.orig.tar.*' | head -n 1)
  [ -n "$tarball" ] || die "CAF: the mirror offers no actor-framework source; check that it carries the suite 'experimental'"
  echo "$caf_sha256  $tarball" | sha256sum --check --quiet >/dev/null 2>&1 \
    || die "CAF: $(basename "$tarball") is not the tarball this project was built with (SHA-256 differs)"
  echo "$tarball"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "CAF: fetching the source of $caf_version"
tarball=$(fetch_tarball "$work")
mkdir "$work/caf"
tar -xf "$tarball" -C "$work/caf" --strip-components=1
for patch in script/caf-patches/*.patch; do
  quietly patch -d "$work/caf" -p1 --fuzz=0 -i "$PWD/$patch"
done
say "CAF: building (a minute or two on two cores)"
quietly cmake -S "$work/caf" -B "$work/build" -G Ninja "${build_options[@]}" -DCMAKE_INSTALL_PREFIX="$prefix"
quietly cmake --build "$work/build"
rm -rf "$prefix"
quietly cmake --install "$work/build"
share_headers
touch "$prefix/.complete"
say "CAF: installed in $prefix"
