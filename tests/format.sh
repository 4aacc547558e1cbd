#!/usr/bin/env bash
# Fails when a C++ file is not as script/format would leave it.
set -u
cd "$1" || exit 2
. tests/tools.sh
need git clang-format grep sed sort
version=$(clang-format --version | sed -E 's/.*version ([0-9]+).*/\1/')
# Each version has a taste of its own.
[ "$version" = 14 ] || { echo "skipped: the sources are formatted with clang-format 14 (Debian 12), this is $version"; exit 77; }

# It must be able to fail.
probe=$(printf 'int  f( );\n' | clang-format --dry-run -Werror --assume-filename=probe.cpp 2>&1 | grep -c ': error: ')
[ "$probe" -gt 0 ] || { echo "clang-format finds nothing wrong with a badly formatted line"; exit 1; }

if ! script/format --check; then
  echo "run script/format"
  exit 1
fi
passed "every C++ file is formatted"
