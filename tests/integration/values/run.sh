#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A value of every type through start, call, cast, reply, refusal and state,
# across two modules.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
"$OTPC" -I "$here" "$here/shared.otp" "$here/values.otp" || {
	echo "FAIL compile the specs"
	exit 1
}
# shellcheck disable=SC2086
$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
	$CFLAGS $OTP_CFLAGS -I. -o values shared.otp.c values.otp.c \
	"$here/handlers.c" "$here/main.c" $OTP_LIBS || {
	echo "FAIL build the program"
	exit 1
}
./values
