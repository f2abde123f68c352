#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The example of the README: says what the README says, and is what it shows.
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
example=$top/examples/counter
cd "$WORK" || exit 1

lines=$(cat "$example/counter.otp" "$example/main.c" | wc -l)
if [ "$lines" -lt 60 ]; then
	echo "ok spec and C are under 60 lines"
else
	echo "FAIL spec and C are $lines lines"
fi

# The first block of the README behind a line that begins with this text.
block() {
	awk -v head="$1" 'index($0, head) == 1 { found = 1; next }
		found && /^```/ { if (inside) exit; inside = 1; next }
		inside' "$top/README.md"
}
for file in counter.otp main.c; do
	if diff <(block "\`examples/counter/$file\`:") "$example/$file"; then
		echo "ok README shows $file as it is"
	else
		echo "FAIL README shows $file as it is"
	fi
done

missing=
# shellcheck disable=SC2016
for path in $(grep -oE '`[A-Za-z_.]+(/[A-Za-z_.]*)+`' "$top/README.md" | tr -d '`'); do
	[ -e "$top/$path" ] || missing="$missing $path"
done
if [ -z "$missing" ]; then
	echo "ok README names files that exist"
else
	echo "FAIL README names files that exist:$missing"
fi

# The NULL is meant; UBSan must not be the one to find it.
if ! make -s -C "$example" OUT="$PWD" TREE="$top" TREE_BUILD="$BUILD" \
	OTPC="$OTPC" CC="$CC" CFLAGS="$CFLAGS" \
	CPPFLAGS=-fno-sanitize=undefined \
	OTP_CFLAGS="$OTP_CFLAGS" OTP_LIBS="$OTP_LIBS" "$PWD/counter"; then
	echo "FAIL counter builds"
	exit
fi
echo "ok counter builds"

# shown BEGIN FILE: the block is a part of the generated file.
shown() {
	local part
	part=$(block "$1")
	if [ -n "$part" ] && [[ $(cat "$2") == *"$part"* ]]; then
		echo "ok README shows a part of $2: $1"
	else
		echo "FAIL README shows a part of $2: $1"
	fi
}
shown '-Wpedantic -Wconversion' counter.otp.h
shown 'In the C file' counter.otp.c
shown 'and what sends' counter.otp.c

./counter > out 2> err
status=$?
if [ $status -eq 0 ] && diff out <(block 'It prints'); then
	echo "ok counter prints what the README says"
else
	echo "FAIL counter prints what the README says: exit status $status"
	cat out err
fi
if grep -q 'counter_server_handle_add+0x' err &&
	grep -q 'SIGSEGV at 0x0 (NULL dereference)' err; then
	echo "ok counter reports its crash"
else
	echo "FAIL counter reports its crash"
	cat err
fi
