#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/stress under real threads: with one, two and four workers, on one core,
# with watchers that are threads of their own and, in hard mode, with failures.
# Each once, and again with other seeds while STRESS_SECONDS last. A run that
# failed shows what it takes to repeat it, as far as threads can be repeated.
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
until=$((SECONDS + ${STRESS_SECONDS:-0}))
steps=30000
[ -n "${BRIEF:-}" ] && steps=10000
export OTP_STRESS_STEPS=${OTP_STRESS_STEPS:-$steps} OTP_HARD_COUNTS=1

# shellcheck disable=SC2086 # flags are words
if ! $CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS $SRC_CFLAGS -D_GNU_SOURCE= \
	-o "$WORK/stress" "$top"/tests/stress/*.c $OTP_LIBS; then
	echo "FAIL stress builds"
	exit
fi
echo "ok stress builds"

# stress NAME [VARIABLE=VALUE...] [COMMAND...]
stress() {
	local name=$1 seed=${OTP_STRESS_SEED:-$RANDOM} status
	shift
	set -- "OTP_STRESS_SEED=$seed" "OTP_HARD_SEED=${OTP_HARD_SEED:-$seed}" \
		"$@"
	if env "$@" "$WORK/stress" > "$WORK/out" 2>&1; then
		echo "ok stress $name: $(grep '^steps' "$WORK/out")"
		grep '^# chance ' "$WORK/out" >> "$WORK/chances"
	else
		status=$?
		echo "FAIL stress $name: exit status $status of env \
OTP_STRESS_STEPS=$OTP_STRESS_STEPS $* stress"
		cat "$WORK/out"
	fi
}

round() {
	stress "with one worker" OTP_WORKERS=1
	stress "with two workers" OTP_WORKERS=2
	stress "with four workers" OTP_WORKERS=4
	stress "watched by threads" OTP_WORKERS=2 OTP_STRESS_WATCHERS=threads
	if command -v taskset > /dev/null; then
		stress "on one core" OTP_WORKERS=4 taskset -c 0
	else
		echo "skip stress on one core # taskset is not installed"
	fi
	[[ $MODE = hard* ]] || return
	# What fails may end a watcher that is a process.
	stress "with failures" OTP_WORKERS=2 OTP_STRESS_WATCHERS=threads \
		OTP_HARD_FAIL=1/1000
	stress "with many failures" OTP_WORKERS=3 OTP_STRESS_WATCHERS=threads \
		OTP_HARD_FAIL=1/50
}

# Of all runs together. They decode nothing, and may start few threads:
# core_chance does.
every_chance() {
	local never
	never=$(awk '/^# chance / { taken[$3] += $4 }
		END { for (name in taken) if (!taken[name]) print name }' \
		"$WORK/chances" | grep -Ev '^FAIL_(DECODE|THREAD)$')
	if [ -s "$WORK/chances" ] && [ -z "$never" ]; then
		echo "ok stress takes every chance"
	else
		echo "FAIL stress takes every chance: ${never//$'\n'/ }"
	fi
}

round
while [ $SECONDS -lt $until ]; do
	round
done
[[ $MODE = hard* ]] && every_chance
exit 0
