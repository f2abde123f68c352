#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/stress for a while, with one, two and four workers and on one core. The
# seed of a run that failed is in its output:
#   OTP_STRESS_SEED=... OTP_STRESS_STEPS=... OTP_WORKERS=...
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)

# shellcheck disable=SC2086 # flags are words
if ! $CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS -D_GNU_SOURCE= \
	-o "$WORK/stress" "$top"/tests/stress/*.c $OTP_LIBS; then
	echo "FAIL stress builds"
	exit
fi
echo "ok stress builds"
export OTP_STRESS_STEPS=${OTP_STRESS_STEPS:-30000}

stress() {
	local name=$1
	shift
	if env "$@" "$WORK/stress" > "$WORK/out" 2>&1; then
		echo "ok stress $name: $(tail -n 1 "$WORK/out")"
	else
		echo "FAIL stress $name: exit status $?"
		cat "$WORK/out"
	fi
}
stress "with one worker" OTP_WORKERS=1
stress "with two workers" OTP_WORKERS=2
stress "with four workers" OTP_WORKERS=4
stress "with a seed" OTP_WORKERS=2 OTP_STRESS_SEED=1
if command -v taskset > /dev/null; then
	stress "on one core" OTP_WORKERS=4 taskset -c 0
else
	echo "skip stress on one core # taskset is not installed"
fi
