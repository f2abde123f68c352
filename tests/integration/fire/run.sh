#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A town on fire: crashes of all kinds, at random, under a supervisor, among
# others that are not to notice. `make fire` does FIRE_CRASHES=100000 of them
# in release mode; FIRE_SEED says which.
set -u
here=$(cd "$(dirname "$0")" && pwd)
seed=${FIRE_SEED:-$RANDOM}
cost=
case $MODE in
release) crashes=20000 cost=1000 ;;
*tsan) crashes=3000 ;;
*) crashes=10000 ;;
esac
crashes=${FIRE_CRASHES:-$crashes}

# What is wrong on purpose must not be found by UBSan first.
# shellcheck disable=SC2086 # flags are words
if ! "$OTPC" "$here/fire.otp" -o "$WORK" || ! (cd "$WORK" &&
	$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS -fno-sanitize=undefined \
		$OTP_CFLAGS -D_GNU_SOURCE= $SRC_CFLAGS -I. \
		-c "$here"/*.c fire.otp.c &&
	$CC $CFLAGS -o fire ./*.o $OTP_LIBS); then
	echo "FAIL fire builds"
	exit
fi
echo "ok fire builds"
if [[ $MODE = *tsan ]]; then
	echo "skip fire endless loops # ThreadSanitizer holds back the signal"
fi

burn() { # NAME CRASHES [VARIABLE=VALUE...]
	local name=$1 crashes=$2 status
	shift 2
	env "$@" timeout 280 "$WORK/fire" "$crashes" "$seed" $cost \
		> "$WORK/out" 2> "$WORK/err"
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok fire $name: $crashes crashes, seed $seed"
		sed 's/^/  /' "$WORK/out"
	else
		echo "FAIL fire $name: exit status $status"
		cat "$WORK/out"
		grep -v 'Assertion .* failed' "$WORK/err" | head -n 200
	fi
}
burn 'in a town' "$crashes"
cost=
burn 'with one worker' $((crashes / 4)) OTP_WORKERS=1
burn 'with four workers' $((crashes / 4)) OTP_WORKERS=4

# Reports by the logger, which drops what is more than it may write.
burn 'with the logger' $((crashes / 4)) FIRE_LOGGER=1
if grep -q '^=CRASH REPORT' "$WORK/err" &&
	grep -q '^=SUPERVISOR REPORT' "$WORK/err"; then
	echo "ok fire is reported by the logger"
else
	echo "FAIL fire is reported by the logger"
	head -n 50 "$WORK/err"
fi
