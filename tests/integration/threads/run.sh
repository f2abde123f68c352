#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Threads that are not the runtime's own: calls from many at once, starts and
# stops around them, forks, and stops with a limit.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)

# shellcheck disable=SC2086 # flags are words
if ! "$OTPC" "$here/threads.otp" -o "$WORK" || ! (cd "$WORK" &&
	$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS -fno-sanitize=undefined \
		$OTP_CFLAGS -D_GNU_SOURCE= -I"$top/runtime/src" -I. \
		-c "$here"/*.c threads.otp.c &&
	$CC $CFLAGS -o threads ./*.o $OTP_LIBS); then
	echo "FAIL threads build"
	exit
fi
echo "ok threads build"
export ASAN_OPTIONS=handle_segv=0
export TSAN_OPTIONS=handle_segv=0:die_after_fork=0
# Where it departs from OTP (runtime/README.md): a killed supervisor's term.
echo 'leak:otp_build_' > "$WORK/leaks"
export LSAN_OPTIONS=suppressions=$WORK/leaks:print_suppressions=0

tell() { # NAME STORY...
	local name=$1 status
	shift
	timeout 290 "$WORK/threads" "$@" > "$WORK/out" 2>&1
	status=$?
	if [ $status -eq 0 ]; then
		echo "ok threads $name"
		sed 's/^/  /' "$WORK/out"
	else
		echo "FAIL threads $name: exit status $status"
		head -n 100 "$WORK/out"
	fi
}
tell 'many call at once' calls
tell 'they live across a hundred starts and stops' restarts
tell 'the child of a fork may only execute' forks
tell 'fork and exec among crashes' exec
tell 'a stop and a loop below qsort' stop sort
tell 'a stop and a loop below qsort of a blocking server' stop sleeper_sort
tell 'a stop with hardly any time tells those who call' stop short
tell 'a stop in a handler' stop handler
tell 'stops at once' stop twice
tell 'a thread that receives' stop receive
if [[ $MODE = *tsan ]]; then
	echo "skip threads a thread in the child of a fork # ThreadSanitizer" \
		"allows none"
	echo "skip threads stops of loops and reads # ThreadSanitizer holds back the signal"
	exit
fi
tell 'a stop and read(2)' stop read
tell 'a stop and read(2) of a blocking server' stop sleeper
tell 'a stop and an endless loop' stop loop
tell 'a stop and a long computation' stop compute
tell 'a stop and a destructor that loops' stop destroy
