#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The random trees of tests/trees: some seeds in the deterministic mode, some on
# real threads; and, in debug, whether they find anything: mutants. `make trees`
# runs more seeds.
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
trees=$BUILD/tests/trees/trees

# shellcheck disable=SC1091 # found by its place
. "$top/tests/trees/build.sh"
if ! build_trees "$trees"; then
	echo "FAIL trees build"
	exit
fi
echo "ok trees build"

# A sanitizer makes a seed ten times slower, ThreadSanitizer a hundred.
case $MODE in
*tsan) seeds=20 threads=8 ;;
*san) seeds=80 threads=20 ;;
*) seeds=300 threads=30 ;;
esac
[ -n "${BRIEF:-}" ] && seeds=100 threads=10

# trees NAME VARIABLE=VALUE...
trees() {
	local name=$1
	shift
	if env "$@" "$trees" > "$WORK/out" 2>&1; then
		echo "ok trees $name: $(tail -n 1 "$WORK/out")"
	else
		echo "FAIL trees $name: exit status $?"
		cat "$WORK/out"
	fi
}
trees "from seeds" TREES_SEEDS="$seeds" TREES_JOBS=2 \
	TREES_SMALLEST="$WORK/smallest"
for workers in 1 2 4; do
	trees "on threads, workers: $workers" TREES_THREADS=1 \
		TREES_SEEDS="$threads" TREES_JOBS=2 OTP_WORKERS="$workers"
done

# A case that is none is refused, with its line.
refused() {
	local name=$1 wanted=$2 status
	cat > "$WORK/case"
	TREES_CASE=$WORK/case "$trees" > "$WORK/out" 2>&1
	status=$?
	if [ "$status" = 2 ] && grep -q "$wanted" "$WORK/out"; then
		echo "ok trees refuse $name"
	else
		echo "FAIL trees refuse $name: exit status $status"
		cat "$WORK/out"
	fi
}
echo 'kill node=0' | refused "an event without a tree" 'line 1 is not'
printf '%s\n' 'sup 0 parent=-1 strategy=one_for_one' 'worker 1 parent=2' |
	refused "a child without a parent" 'line 2 is not'
printf '%s\n' 'sup 0 parent=-1 strategy=all' |
	refused "an unknown strategy" 'line 1 is not'
printf '%s\n' 'sup 0 parent=-1 strategy=simple_one_for_one' |
	refused "a simple_one_for_one without a child" 'no tree'
refused "an empty file" 'no tree' < /dev/null

if [ "$MODE" = debug ]; then
	"$top/tests/trees/mutants.sh"
fi
