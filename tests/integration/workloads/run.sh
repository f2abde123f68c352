#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The workloads of tests/sim: some seeds in the deterministic mode, then on real
# threads, with one, two and four workers and on one core; in hard mode also
# where things fail, and with all chances at once. Other seeds and as long with
# STRESS_SECONDS (`make stress`). `make sim` runs more seeds of the deterministic
# mode. Each that fails is printed with what replays it.
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
ways=4
[[ $MODE = hard* ]] && ways=7

# workloads NAME VARIABLE=VALUE... [COMMAND...]
workloads() {
	local name=$1
	shift
	if env "$@" "$load" > "$WORK/out" 2>&1; then
		echo "ok workloads $name: $(grep -v '^# ' "$WORK/out" |
			tail -n 1)"
		grep '^# chance ' "$WORK/out" >> "$WORK/chances"
	else
		echo "FAIL workloads $name: exit status $?"
		cat "$WORK/out"
	fi
}

threads=(LOAD_THREADS=1 LOAD_STEPS="$steps" LOAD_SEEDS=7)
if [ -n "${STRESS_SECONDS:-}" ]; then
	threads=(LOAD_THREADS=1 LOAD_SEEDS=1000000 LOAD_FIRST="$RANDOM"
		LOAD_SECONDS=$((STRESS_SECONDS / ways + 1)))
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
[[ $MODE = hard* ]] || exit 0

# Stacks, threads and what is allocated are fewer than messages and processes.
fails=(OTP_HARD_FAIL=1/200 OTP_HARD_FAIL_STACK=1/20 OTP_HARD_FAIL_ALLOC=1/8
	OTP_HARD_FAIL_THREAD=1/4 OTP_HARD_COUNTS=1)
# Each park goes on on another thread, and what can be stolen is.
all=("${fails[@]}" OTP_HARD_PASS=1 OTP_HARD_STEAL=1)
workloads "with failures" LOAD_FIRST="$RANDOM" "${threads[@]}" "${fails[@]}" \
	OTP_WORKERS=3
workloads "with everything" LOAD_FIRST="$RANDOM" "${threads[@]}" "${all[@]}" \
	OTP_WORKERS=4
workloads "with everything, one worker" LOAD_FIRST="$RANDOM" "${threads[@]}" \
	"${all[@]}" OTP_WORKERS=1

# Of all of them together, and all workloads: within some seconds there may be few.
failures_happen() {
	local never
	never=$(awk '/^# chance FAIL_/ { taken[$3] += $4 }
		END { for (name in taken) if (!taken[name]) print name }' \
		"$WORK/chances")
	if [ -s "$WORK/chances" ] && [ -z "$never" ]; then
		echo "ok workloads see every failure"
	else
		echo "FAIL workloads see every failure: not ${never//$'\n'/ }"
	fi
}
[ -n "${STRESS_SECONDS:-}" ] || failures_happen
