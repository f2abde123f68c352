#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_trees FILE [OBJECT]: the random trees as one program, with what the
# Makefile gives to scripts. OBJECT stands in the place of one of the runtime's.
build_trees() {
	local here objects source
	here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	objects=$BUILD/tests/trees/objects
	mkdir -p "$(dirname "$1")" "$objects"
	for source in "$here"/*.c; do
		[ -n "${2:-}" ] && break
		# shellcheck disable=SC2086 # flags are words
		$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS \
			$SRC_CFLAGS -D_GNU_SOURCE= -c "$source" \
			-o "$objects/$(basename "$source" .c).o" || return
	done
	# shellcheck disable=SC2086 # flags are words
	$CC $CFLAGS -o "$1" "$objects"/*.o ${2:-} $OTP_LIBS
}
