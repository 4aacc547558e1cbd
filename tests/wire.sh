#!/usr/bin/env bash
# Fails when a type that messages may carry has another number than it had: the block in protocol/fwd.hpp is append-only, because
# a type's place in it is its number between nodes. Usage: wire.sh SOURCE_FOLDER [--record]   (writes what was appended)
set -u
cd "$1" || exit 2
. tests/tools.sh
need sed diff head tr wc
known=tests/lint/wire_types.txt

# One line a type: clang-format breaks long ones, comments may follow.
types=$(sed -nE '/^CAF_BEGIN_TYPE_ID_BLOCK/,/^CAF_END_TYPE_ID_BLOCK/{s/ *\/\/.*//;s/^ +//;p}' protocol/fwd.hpp | tr -d '\n' \
  | sed -E 's/(NEUROCARDS|CAF)_(ADD|END)_/\n&/g' | sed -nE 's/^NEUROCARDS_ADD_STORE_TYPE\((.*)\)$/(neurocards::store::\1)/p
    s/^CAF_ADD_(TYPE_ID|ATOM)\(neurocards, *(.*)\)$/\2/p')
[ "$(wc -l <<<"$types")" -gt 50 ] || { echo "hardly a type was found in protocol/fwd.hpp: this test no longer reads it"; exit 1; }
if ! moved=$(diff "$known" <(head -n "$(wc -l <"$known")" <<<"$types")); then
  echo "$moved"
  echo "types in protocol/fwd.hpp have moved or gone; new ones belong at the end of the block"
  exit 1
fi
[ "${2:-}" != --record ] || printf '%s\n' "$types" >"$known"
passed "$(wc -l <"$known") types have the numbers they had"
