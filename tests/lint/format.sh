#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-format leaves every C file as it is.
set -u
if ! command -v clang-format > /dev/null; then
	echo "skip format # clang-format is not installed"
	exit 0
fi
bad=0
while IFS= read -r file; do
	if ! clang-format --dry-run -Werror "$file" > /dev/null 2>&1; then
		echo "FAIL format $file: make format would change it"
		bad=1
	fi
done < <(find compiler runtime tests examples -name '*.[ch]' \
	-not -path '*/build/*' | sort)
[ $bad -eq 0 ] && echo "ok format"
