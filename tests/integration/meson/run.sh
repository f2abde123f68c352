#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An installed otpc from Meson, as the reference shows it: a program of two
# specs builds and runs; an edit of the imported one makes what depends on it
# anew, and nothing else does.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# check NAME COMMAND...: one line of result; the rest is of no use without it.
check() {
	local name=$1
	shift
	if "$@" > "$WORK/log" 2>&1; then
		echo "ok meson $name"
	else
		echo "FAIL meson $name"
		sed 's/^/  /' "$WORK/log"
		exit 1
	fi
}

for tool in meson ninja; do
	if ! command -v $tool > /dev/null; then
		echo "skip meson # there is no $tool"
		exit 0
	fi
done
check 'is installed' make --no-print-directory "MODE=$MODE" "BUILD=$BUILD" \
	"CC=$CC" "PREFIX=$WORK/root" install
export PKG_CONFIG_PATH=$WORK/root/lib/pkgconfig
unset OTPC OTP_CFLAGS OTP_LIBS LIBOTP CFLAGS MAKEFLAGS MFLAGS MAKELEVEL
tree="$WORK/a tree"
mkdir "$tree"
cp -r "$here"/project/. "$tree"

build() { # NAME
	check "$1" bash -c 'ninja -v -C "$1" && "$1/harbour"' _ "$tree/build"
}

check 'configures' meson setup "$tree" "$tree/build"
build 'builds, and the program runs'
build 'does nothing the second time'
grep -q 'no work to do' "$WORK/log"
check 'which is nothing' [ $? -eq 0 ]
sed -i 's/cents: int64/cents: int32/' "$tree/types/money.otp"
build 'an import that changed is noticed'
grep -q -- '-o harbour.p .*money.otp$' "$WORK/log" &&
	grep -q -- '--main .*harbour.otp$' "$WORK/log"
check 'and so is who imports it' [ $? -eq 0 ]
