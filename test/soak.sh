#!/bin/sh
# The long proofs: every test at its full length (XINZHANG_SOAK=1: kills, wrong
# PINs, mutations) and ten minutes of fuzzing for each target. The last output
# stays in docs/proofs/, with the commit, the machine and the time it took. Fuzzing
# takes five hours: what was done is left out when a run that was cut is started
# again. FUZZTIME and LANES (targets side by side) change it, PART=fuzz leaves out
# the tests and PART=tests the fuzzing; SOAK and TARGETS are expressions for the
# tests and the targets that are meant. What SOAK chose is kept in a file of its own.
set -eu
cd "$(dirname "$0")/.."
proofs=docs/proofs
mkdir -p "$proofs"

# keep FILE COMMAND… shows what COMMAND prints and keeps it; a failure ends the run.
keep() {
	file=$proofs/$1
	shift
	{
		echo "commit $(git rev-parse --short HEAD), $(go version), $(getconf _NPROCESSORS_ONLN) processors"
		echo "began $(date -u +%Y-%m-%dT%H:%M:%SZ): $*"
		status=0
		"$@" || status=$?
		echo "ended $(date -u +%Y-%m-%dT%H:%M:%SZ) with status $status"
	} 2>&1 | tee "$file"
	tail -n 1 "$file" | grep -q 'with status 0$'
}

export XINZHANG_SOAK=1
[ "${PART:-}" = fuzz ] || keep "soak${SOAK:+-$SOAK}.txt" go test -count=1 -timeout 6h -v -run "${SOAK:-.}" ./...
[ "${PART:-}" = tests ] || nice -n 19 go run ./test/fuzz -time "${FUZZTIME:-10m}" -lanes "${LANES:-1}" -run "${TARGETS:-.}" -keep "$proofs/fuzz"
