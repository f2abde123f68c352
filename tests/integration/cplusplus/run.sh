#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program in C++11 over what otpc wrote, which is C.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
case $CC in
*clang*) cxx=clang++ ;;
*) cxx=g++ ;;
esac
"$OTPC" "$here/counter.otp" || {
	echo "FAIL compile the spec"
	exit 1
}
# shellcheck disable=SC2086
$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	$CFLAGS $OTP_CFLAGS -c -o counter.otp.o counter.otp.c &&
	$cxx -std=c++11 -Wall -Wextra -Wpedantic -Werror $CFLAGS \
		$OTP_CFLAGS -I. -o program "$here/program.cpp" counter.otp.o \
		$OTP_LIBS || {
	echo "FAIL build the program"
	exit 1
}
./program
