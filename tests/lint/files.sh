#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What every source file has and has not: a licence line at the top, a length
# that can be read, no path of one machine.
set -u
bad=0
fail() {
	echo "FAIL files $1"
	bad=1
}
# Generated code that is expected by a test, and templates of it, are not
# sources of this project.
while IFS= read -r file; do
	if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'
	then
		fail "$file: no SPDX line at the top"
	fi
	lines=$(wc -l < "$file")
	if [ "$lines" -gt 700 ]; then
		fail "$file: $lines lines"
	fi
done < <(find Makefile .ci compiler runtime tests examples -type f \
	\( -name '*.[chySs]' -o -name '*.re' -o -name '*.def' -o -name '*.sh' \
	-o -name Makefile -o -path '.ci/*' \) \
	-not -path '*/build/*' -not -name '*.otp.[ch]' | sort)
while IFS= read -r line; do
	fail "$line"
done < <(grep -rnIE '(^|[^A-Za-z0-9_.])/(home|root|work)/[a-z]' Makefile \
	README.md .ci compiler runtime templates specs tests examples \
	--exclude-dir=build --exclude=files.sh 2> /dev/null)
[ $bad -eq 0 ] && echo "ok files"
