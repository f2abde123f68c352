#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a spec alone to a program that runs: --skeleton and --main write what a
# user would, once; it compiles as it is, starts, and stops when told to.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		exit 1
	fi
}

cp "$here/bank.otp" .
"$OTPC" --skeleton --main bank.otp
verdict "writes handlers and a main" $?

# shellcheck disable=SC2086
$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	$CFLAGS $OTP_CFLAGS -o bank bank.otp.c bank.c bank_main.c $OTP_LIBS
verdict "which compile and link as they are" $?

./bank --help > help
grep -q -- '--port' help
verdict "the program knows its options" $?

./bank 2> log &
program=$!
status=0
# Until it takes SIGTERM itself, which it does before it starts anything.
for _ in $(seq 200); do
	blocked=$(awk '/^SigBlk:/ { print $2 }' "/proc/$program/status")
	if [ $((0x$blocked & 0x4000)) -ne 0 ]; then
		break
	fi
	sleep 0.05
done
kill -TERM "$program"
wait "$program" || status=$?
[ "$status" -eq 0 ] || cat log
verdict "it starts, and ends orderly at SIGTERM" "$status"

cp bank.c before
rm bank.otp.h
"$OTPC" --skeleton bank.otp 2> err && grep -q 'note: .bank.c' err &&
	cmp bank.c before
verdict "the handlers are not written twice" $?
[ -e bank.otp.h ]
verdict "all else is" $?

# A handler that is forgotten is named by the linker.
sed '/^bank_account_handle_deposit/s/deposit/other_deposit/' before > bank.c
# shellcheck disable=SC2086
! $CC -std=c11 $CFLAGS $OTP_CFLAGS -w -o bank bank.otp.c bank.c bank_main.c \
	$OTP_LIBS 2> err && grep -q bank_account_handle_deposit err
verdict "a handler that is missing is a link error that names it" $?
