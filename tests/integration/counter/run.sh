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

# A block of the README that stands after the line "`FILE`:" is that file.
block() {
	awk -v name="\`$1\`" 'index($0, name) == 1 { found = 1; next }
		found && /^```/ { if (inside) exit; inside = 1; next }
		inside' "$top/README.md"
}
for file in counter.otp main.c; do
	if diff <(block "examples/counter/$file") "$example/$file"; then
		echo "ok README shows $file as it is"
	else
		echo "FAIL README shows $file as it is"
	fi
done

# The NULL is meant; UBSan must not be the one to find it.
if ! make -s -C "$example" OUT="$PWD" TREE="$top" TREE_BUILD="$BUILD" \
	OTPC="$OTPC" CC="$CC" CFLAGS="$CFLAGS -fno-sanitize=undefined" \
	OTP_CFLAGS="$OTP_CFLAGS" OTP_LIBS="$OTP_LIBS" "$PWD/counter"; then
	echo "FAIL counter builds"
	exit
fi
echo "ok counter builds"
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
