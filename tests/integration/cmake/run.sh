#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An installed otpc from CMake: find_package(otp) and otp_generate() build a
# program of two specs, with Make and with Ninja, in a path with a space; an
# edit of an imported spec makes what depends on it anew, and nothing else does.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# check NAME COMMAND...: one line of result; the rest is of no use without it.
check() {
	local name=$1
	shift
	if "$@" > "$WORK/log" 2>&1; then
		echo "ok cmake $name"
	else
		echo "FAIL cmake $name"
		sed 's/^/  /' "$WORK/log"
		exit 1
	fi
}

if ! command -v cmake > /dev/null; then
	echo 'skip cmake # there is no cmake'
	exit 0
fi
# Put elsewhere than it was installed for: what CMake is told is relative.
check 'is installed' make --no-print-directory "MODE=$MODE" "BUILD=$BUILD" \
	"CC=$CC" "DESTDIR=$WORK/root" PREFIX=/opt/otp install
mv "$WORK/root/opt/otp" "$WORK/moved"
unset OTPC OTP_CFLAGS OTP_LIBS LIBOTP CFLAGS MAKEFLAGS MFLAGS MAKELEVEL

# Builds and runs, and leaves the log of the build in $WORK/log.
build() { # NAME
	check "$1" bash -c 'cmake --build "$1" --verbose && "$1/harbour"' _ \
		"$tree/build"
}

for generator in 'Unix Makefiles' Ninja; do
	tree="$WORK/a tree for ${generator% *}"
	mkdir -p "$tree"
	cp -r "$here"/project/. "$tree"
	check "$generator: configures" cmake -S "$tree" -B "$tree/build" \
		-G "$generator" "-DCMAKE_C_COMPILER=$CC" \
		"-DCMAKE_PREFIX_PATH=$WORK/moved"
	build "$generator: builds, and the program runs"
	build "$generator: does nothing the second time"
	grep -q 'otpc -o' "$WORK/log"
	check "$generator: which is nothing" [ $? -ne 0 ]
	sed -i 's/cents: int64/cents: int32/' "$tree/types/money.otp"
	cmake --build "$tree/build" --verbose > "$WORK/log" 2>&1
	grep -q 'harbour.otp.c' "$WORK/log"
	check "$generator: an import that changed is noticed" [ $? -eq 0 ]
	grep -q 'int32_t cents' "$tree/build/otp/money/money.otp.h"
	check "$generator: and its header is new" [ $? -eq 0 ]
done

wrong() { # VERSION: that one must not be found
	mkdir -p "$WORK/wrong"
	printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\n%s\n' \
		"find_package(otp $1 REQUIRED)" > "$WORK/wrong/CMakeLists.txt"
	! cmake -S "$WORK/wrong" -B "$WORK/wrong/build" \
		"-DCMAKE_PREFIX_PATH=$WORK/moved"
}
check 'refuses a later version' wrong 9.0
check 'refuses an earlier one' wrong 0.0.1
