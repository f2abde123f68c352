#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Specs that otpc takes without a word.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
bad=0
for file in *.otp; do
	if out=$("$otpc" check "$file" 2>&1) && [ -z "$out" ]; then
		echo "ok ${file%.otp}"
	else
		[ -z "$out" ] || printf '%s\n' "$out"
		echo "FAIL ${file%.otp}"
		bad=1
	fi
done
exit $bad
