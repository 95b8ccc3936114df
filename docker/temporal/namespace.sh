#!/bin/sh
# Makes the namespace and the search attributes where they are missing.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do sleep 2; done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${TEMPORAL_RETENTION_DAYS}d"
# A namespace that was just made is known everywhere only some seconds later.
for _ in $(seq 60); do
  known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" || true)
  missing=''
  for attribute in QkArea:Keyword QkLevel:Keyword QkPhase:Keyword QkDrill:Bool; do
    echo "$known" | grep -qw "${attribute%%:*}" || missing="$missing --name ${attribute%%:*} --type ${attribute##*:}"
  done
  [ -n "$missing" ] || exit 0
  # Not quoted: each word is an argument.
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" $missing || sleep 1
done
echo "search attributes could not be made:$missing" >&2
exit 1
