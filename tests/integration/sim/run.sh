#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A user's program with a mistake that shows in some orders only: some seeds of
# OTP_SIM find it, and one that has found it finds it again, message for
# message; so it does where nothing lies at the same address as before.
set -u
here=$(cd "$(dirname "$0")" && pwd)

"$OTPC" -o "$WORK" "$here/purse.otp" || echo "FAIL sim: otpc"
# shellcheck disable=SC2086 # flags are words
if ! $CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS -I"$WORK" \
	-o "$WORK/purse" "$here/main.c" "$WORK/purse.otp.c" $OTP_LIBS; then
	echo "FAIL sim builds"
	exit
fi
cd "$WORK" || exit

# run SEED LOG
run() {
	OTP_SIM=$1 OTP_SIM_LOG=$2 ./purse > "$2.out" 2>&1
}
well=0 found=0 odd=0 seed=
for i in $(seq 40); do
	run "$i" log
	case $? in
	0) well=$((well + 1)) ;;
	1) found=$((found + 1)) seed=$i ;;
	*) odd=$((odd + 1)) ;;
	esac
done
if [ $odd -eq 0 ] && [ $well -gt 0 ] && [ $found -gt 0 ]; then
	echo "ok sim: $found of 40 seeds find the mistake"
else
	echo "FAIL sim: $found seeds find the mistake, $well do not, $odd end"
	cat log.out
fi

if run "$seed" first; [ $? -eq 1 ] && grep -q "^OTP_SIM=$seed: " first.out &&
	run "$seed" second; [ $? -eq 1 ] && cmp first second; then
	echo "ok sim: the seed that failed says so, and is the same run again"
else
	echo "FAIL sim: the seed that failed is the same run again"
fi
lines=$(grep -c '^get .* purse\.\|^get .* shop_purse\.' first)
if [ "$lines" -ge 12 ] && grep -q '^run ' first &&
	grep -q '^end [0-9a-f]\{16\}$' first; then
	echo "ok sim: the log has choices and messages"
else
	echo "FAIL sim: the log has choices and messages"
	head -n 20 first
fi
if command -v setarch > /dev/null && setarch -R true 2> /dev/null; then
	OTP_SIM=$seed OTP_SIM_LOG=fixed setarch -R ./purse > /dev/null 2>&1
	if cmp first fixed; then
		echo "ok sim: where things lie makes no difference"
	else
		echo "FAIL sim: where things lie makes no difference"
	fi
else
	echo "skip sim: where things lie # setarch -R does not work here"
fi
if OTP_SIM=often ./purse > out 2>&1; [ $? -eq 2 ] &&
	grep -q '^libotp: OTP_SIM=often is no number' out; then
	echo "ok sim: what is no seed is said"
else
	echo "FAIL sim: what is no seed is said"
	cat out
fi
