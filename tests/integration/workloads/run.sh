#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The workloads of tests/sim: some seeds in the deterministic mode, then on real
# threads for a while, with one, two and four workers and on one core. `make
# sim` runs more seeds. Each that fails is printed with what replays it.
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
tsan) seeds=14 ;;
*san) seeds=70 ;;
*) seeds=500 ;;
esac

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
workloads "from seeds" LOAD_SEEDS="$seeds" LOAD_JOBS=2
threads="LOAD_THREADS=1 LOAD_SEEDS=7"
# shellcheck disable=SC2086 # words
{
	workloads "with one worker" $threads OTP_WORKERS=1
	workloads "with two workers" $threads OTP_WORKERS=2
	workloads "with four workers" $threads OTP_WORKERS=4 \
		LOAD_FIRST="$RANDOM"
	if command -v taskset > /dev/null; then
		workloads "on one core" $threads OTP_WORKERS=4 taskset -c 0
	else
		echo "skip workloads on one core # taskset is not installed"
	fi
}
