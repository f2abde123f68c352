#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every name that libotp.a gives the linker begins with otp_ or otpi_.
set -u
symbols=$(nm --defined-only --extern-only "$LIBOTP") || {
	echo "FAIL symbols: cannot read $LIBOTP"
	exit 1
}
total=$(awk 'NF == 3' <<< "$symbols" | wc -l)
# The sanitizers name helpers of their own, and so does <sys/sdt.h>.
odd=$(awk 'NF == 3 && $3 !~ /^(otpi?_|__(asan|ubsan|tsan|odr_asan)[._]|_\.stapsdt\.base$)/ \
	{ print $3 }' <<< "$symbols")
if [ -n "$odd" ]; then
	sed 's/^/FAIL symbols /' <<< "$odd"
elif [ "$total" -eq 0 ]; then
	echo "FAIL symbols: $LIBOTP defines nothing"
else
	echo "ok symbols"
fi
