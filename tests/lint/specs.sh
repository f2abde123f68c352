#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `otpc lint` has nothing to say about the specs of this project, but those
# that are there for what is wrong with them or with their layout.
set -u
: "${OTPC:?the compiler to test}"
bad=0
n=0
while IFS= read -r file; do
	n=$((n + 1))
	folders=(-I specs)
	for folder in "${file%/*}"/*/; do # where its own build looks
		[ -d "$folder" ] && folders+=(-I "$folder")
	done
	if ! said=$("$OTPC" lint --werror "${folders[@]}" "$file" 2>&1) ||
		[ -n "$said" ]; then
		printf '%s\n' "$said"
		echo "FAIL lint $file"
		bad=1
	fi
done < <(find examples specs tests -name '*.otp' -not -path '*/build/*' \
	-not -path 'tests/diag/*' -not -path 'tests/fuzz/*' \
	-not -path 'tests/fmt/*' -not -path 'tests/lsp/*' \
	-not -path 'tests/breaking/*' -not -path '*/editors/*' | sort)
if [ "$n" -eq 0 ]; then
	echo "FAIL lint: no spec was found"
	exit 1
fi
[ $bad -eq 0 ] && echo "ok lint of $n specs"
exit $bad
