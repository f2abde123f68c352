#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_trees FILE: the random trees as one program, with what the Makefile
# gives to scripts.
build_trees() {
	local here
	here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	mkdir -p "$(dirname "$1")"
	# shellcheck disable=SC2086 # flags are words
	$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS \
		$SRC_CFLAGS -D_GNU_SOURCE= -o "$1" "$here"/*.c $OTP_LIBS
}
