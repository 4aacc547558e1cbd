#!/usr/bin/env bash
# Fails when Prometheus would refuse the alerts, when one of them does not fire where it must or fires where it must
# not, or when one has no number in the runbook.
set -u
cd "$1" || exit 2
. tests/tools.sh
need promtool grep sed sort comm
rules=deploy/prometheus/alerts.yml
cases=tests/prometheus/alerts_test.yml
bad=0
promtool check rules "$rules" >/dev/null || bad=1
promtool test rules "$cases" || bad=1

alerts=$(sed -n 's/^ *- alert: //p' "$rules" | sort)
for way in 'fires' 'is quiet'; do
  tested=$(sed -n "s/^ *- name: \"\([A-Za-z]*\) $way.*/\1/p" "$cases" | sort -u)
  missing=$(comm -23 <(echo "$alerts") <(echo "$tested"))
  [ -z "$missing" ] || { echo "no case in $cases in which it $way:" $missing; bad=1; }
done

while read -r summary; do
  number=$(grep -oE '\([0-9]+\)"?$' <<<"$summary" | grep -oE '[0-9]+')
  [ -n "$number" ] && grep -q "^\*\*$number\. " docs/operations.md \
    || { echo "no number of the runbook in docs/operations.md: $summary"; bad=1; }
done < <(sed -n 's/^ *summary: //p' "$rules")
[ $bad != 0 ] || passed "$(wc -l <<<"$alerts") alerts fire where they must, and only there"
exit $bad
