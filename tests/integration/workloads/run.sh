#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The workloads of tests/sim: some seeds in the deterministic mode, then on real
# threads, with one, two and four workers and on one core: other seeds and as
# long with STRESS_SECONDS (`make stress`). `make sim` runs more seeds of the
# deterministic mode. Each that fails is printed with what replays it.
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
load=$BUILD/tests/sim/load

# shellcheck disable=SC1091 # found by its place
. "$top/tests/sim/build.sh"
if ! build_load "$load"; then
	echo "FAIL workloads build"
	exit
fi
echo "ok workloads build"

# A sanitizer makes a seed ten times slower, ThreadSanitizer a hundred.
case $MODE in
*tsan) seeds=14 ;;
*san) seeds=70 ;;
*) seeds=500 ;;
esac
steps=20000
[ -n "${BRIEF:-}" ] && seeds=100 steps=4000

# workloads NAME VARIABLE=VALUE... [COMMAND...]
workloads() {
	local name=$1
	shift
	if env "$@" "$load" > "$WORK/out" 2>&1; then
		echo "ok workloads $name: $(tail -n 1 "$WORK/out")"
	else
		echo "FAIL workloads $name: exit status $?"
		cat "$WORK/out"
	fi
}

threads=(LOAD_THREADS=1 LOAD_STEPS="$steps" LOAD_SEEDS=7)
if [ -n "${STRESS_SECONDS:-}" ]; then
	threads=(LOAD_THREADS=1 LOAD_SEEDS=1000000 LOAD_FIRST="$RANDOM"
		LOAD_SECONDS=$((STRESS_SECONDS / 4 + 1)))
else
	workloads "from seeds" LOAD_SEEDS="$seeds" LOAD_JOBS=2
fi
workloads "with one worker" "${threads[@]}" OTP_WORKERS=1
workloads "with two workers" "${threads[@]}" OTP_WORKERS=2
workloads "with four workers" LOAD_FIRST="$RANDOM" "${threads[@]}" \
	OTP_WORKERS=4
if command -v taskset > /dev/null; then
	workloads "on one core" "${threads[@]}" OTP_WORKERS=4 taskset -c 0
else
	echo "skip workloads on one core # taskset is not installed"
fi
