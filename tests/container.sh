#!/usr/bin/env bash
# Fails when the container files name what is not there, lack a library the program needs, or bring a
# cluster.conf it refuses. It builds no image: that takes a container engine and the base image.
set -euo pipefail
cd "$1"
program=$2
. tests/tools.sh
need awk sed grep dpkg-query readelf ldd /usr/bin/python3
folder=deploy/container
fail() { echo "$*"; exit 1; }

# Sources of COPY that come from the repository.
while read -r word; do
  [ -e "$word" ] || fail "$folder/Containerfile copies $word, which does not exist"
done < <(awk '$1 == "COPY" && $2 !~ /^--from/ { for (i = 2; i < NF; i++) print $i }' $folder/Containerfile)
for path in sql/migrations web/dashboard/index.html script/bootstrap script/build; do
  [ -e "$path" ] || fail "$path does not exist"
done

# Every stage that compose.yaml and the page name exists.
for stage in $(sed -n 's/.*target: *\([a-z]*\).*/\1/p' $folder/compose.yaml); do
  grep -q "^FROM .* AS $stage\$" $folder/Containerfile || fail "compose.yaml builds the stage $stage, which does not exist"
done
script/bootstrap --help | grep -- --without-tests >/dev/null || fail "script/bootstrap knows no --without-tests"

# The packages of the image bring every library the program asks for.
libraries=0
for library in $(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
  libraries=$((libraries + 1))
  path=$(ldd "$program" | awk -v name="$library" '$1 == name { print $3 }')
  [ -n "$path" ] || continue # the loader
  owner=$(dpkg-query -S "*${path#/usr}" 2>/dev/null | sed -n '1s/:.*//p' || true)
  case "$owner" in
    libc6|libgcc-s1|"") ;; # of the base image
    *) tr -s ' \\' '\n\n' <$folder/Containerfile | grep -xF "$owner" >/dev/null || fail "the image lacks $owner, which brings $library" ;;
  esac
done
# What is loaded when it is needed is named by the program's source alone.
late=$(sed -n 's/^constexpr auto file = "\(lib.*\)";$/\1/p' clients/picture_library.cpp)
owner=$(dpkg-query -S "*/$late" 2>/dev/null | sed -n '1s/:.*//p' || true)
[ -n "$late" ] && [ -n "$owner" ] || fail "clients/picture_library.cpp loads ${late:-nothing that this test can read}, which no package has"
tr -s ' \\' '\n\n' <$folder/Containerfile | grep -xF "$owner" >/dev/null || fail "the image lacks $owner, which brings $late"
grep "^Depends:" deploy/debian/control | grep -F " $owner" >/dev/null || fail "the package does not depend on $owner, which brings $late"
[ "$libraries" -gt 5 ] || fail "only $libraries libraries were found: this test no longer reads the program"

# The nodes of its cluster.conf are those that are started; 1: accepted, but this database is not there.
export DATABASE_URL=postgresql://nobody@127.0.0.1:1/none
for node in $(sed -n 's/.*"--node=\([^"]*\)".*/\1/p' $folder/Containerfile); do
  grep -q "name = \"$node\"" $folder/cluster.conf || fail "$node is not in $folder/cluster.conf"
done
code=0
"$program" migrate --config-file=$folder/cluster.conf --db.patience=1s >/dev/null 2>&1 || code=$?
[ "$code" = 1 ] || fail "$folder/cluster.conf is refused (exit code $code)"

/usr/bin/python3 -c 'import yaml' 2>/dev/null || { echo "skipped: /usr/bin/python3 has no yaml"; exit 77; }
/usr/bin/python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' $folder/compose.yaml
passed "the container files are whole, with $libraries libraries"
