#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_load FILE: the workloads as one program, with what the Makefile gives
# to scripts. It looks into the runtime, for what is left in the end.
build_load() {
	local here to
	here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	to=$(dirname "$1")
	mkdir -p "$to"
	# shellcheck disable=SC2086 # flags are words
	"$OTPC" -o "$to" "$here/load.otp" &&
		$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS \
			$SRC_CFLAGS -D_GNU_SOURCE= -I"$to" -o "$1" \
			"$here"/*.c "$to/load.otp.c" $OTP_LIBS
}
