#!/bin/sh
# Runs every fuzz target of the module, one after the other, for the time given
# ("5s", "10m"). A new target is found by its name: nothing is listed here.
set -eu
cd "$(dirname "$0")/.."
time=${1:-5s}

list=$(go test -list '^Fuzz' ./...) || { echo "$list"; exit 1; }
targets=$(printf '%s\n' "$list" | awk '
	/^Fuzz/ { name[++n] = $1 }
	$1 == "ok" { for (i = 1; i <= n; i++) print $2, name[i]; n = 0 }')
[ -n "$targets" ] || { echo "fuzz: no fuzz target found" >&2; exit 1; }

printf '%s\n' "$targets" | while read -r package target; do
	echo "== fuzz $package $target for $time"
	go test -run '^$' -fuzz "^$target\$" -fuzzminimizetime 10x -fuzztime "$time" "$package" </dev/null || exit 1
done
