#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks, prints their rows and writes results.json and
# results.svg beside BUILD: see README.md here.
#   run.sh NAME/run.sh...
#   run.sh --report ROWS FOLDER    only that, of rows that are there
set -u
here=$(dirname "$0")
report() { # ROWS FOLDER
	local picture=$2/results.svg
	awk -f "$here/picture.awk" "$1" > "$picture" || rm -f "$picture"
	awk -v json="$2/results.json" -f "$here/report.awk" "$1"
}
if [ "${1:-}" = --report ]; then
	report "$2" "$3"
	exit
fi

out=$(dirname "$BUILD")/bench
status=0
mkdir -p "$out"
: > "$out/rows"
for script; do
	name=$(basename "$(dirname "$script")")
	export WORK=$out/$name
	rm -rf "$WORK"
	mkdir -p "$WORK"
	if ! "$script" >> "$out/rows"; then
		printf 'note\t%s failed\n' "$name" >> "$out/rows"
		status=1
	fi
done
report "$out/rows" "$out" || status=1
if [ -n "${UPDATE:-}" ]; then
	if [ -n "${BENCH_ROWS:-}${BENCH_QUICK:-}" ] || [ $status -ne 0 ] ||
		! grep -q '^about' "$out/rows"; then
		echo "results.svg of the tree is as it was: not all was run"
		exit 1
	fi
	cp "$out/results.svg" "$here/results.svg"
fi
exit $status
