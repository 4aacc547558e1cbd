#!/usr/bin/env bash
# Builds the program of the release before this one (deploy/previous-release), once, in the user's cache. Five to ten
# minutes on two cores; NEUROCARDS_PREVIOUS_PRESET=clang takes half, and needs clang.
set -euo pipefail
cd "$(dirname "$0")/../.."
. script/lib/common.sh
. script/lib/previous.sh

if [ -x "$(previous_program)" ]; then
  say "the release before: cached in $(previous_folder)"
  exit 0
fi
previous_is_known || die "the release before: commit $(previous_commit) is not in this clone; git fetch --unshallow"
preset=${NEUROCARDS_PREVIOUS_PRESET:-release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
previous_files "$work"
say "the release before: building $(previous_commit | cut -c1-12) (some minutes)"
(cd "$work" && quietly script/lib/build-caf.sh && quietly cmake --preset "$preset" \
  && quietly cmake --build --preset "$preset" --target neurocards)
program=$(find "$work" -maxdepth 2 -path '*/build*/neurocards')
mkdir -p "$(previous_folder)/bin"
cp -r "$work/sql" "$work/web" "$(previous_folder)"
cp "$program" "$(previous_program).new"
mv "$(previous_program).new" "$(previous_program)"
say "the release before: $(previous_program)"
