#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the rules that README.md lists: `covered by TEST...` when a test of
# this folder names the rule, else `not covered`. With --mark, writes the marks
# of the list anew. Fails when a test names a rule that is not listed.
set -eu
cd "$(dirname "$0")"
names=$(mktemp)
trap 'rm -f "$names" README.md.new' EXIT

# The tests that run, each as RULE(A1_A2_what_it_shows).
sed -n 's/^[	 ]*RULE(\([ABCD][0-9][A-Za-z0-9_]*\)).*/\1/p' ./*.c > "$names"

awk -v mark="$([ "${1:-}" = --mark ] && echo 1)" '
	FNR == NR {
		rest = $1
		while (match(rest, /^[ABCD][0-9]+_/)) {
			rule = substr(rest, 1, RLENGTH - 1)
			rest = substr(rest, RLENGTH + 1)
			tests[rule] = tests[rule] " " $1
		}
		next
	}
	/^\| [ABCD][0-9]+ \| (x|-) \| / {
		listed[$2] = 1
		if (mark)
			sub(/\| (x|-) \|/, $2 in tests ? "| x |" : "| - |")
		else if ($2 in tests)
			print $2 " covered by" tests[$2]
		else
			print $2 " not covered"
	}
	mark { print > "README.md.new" }
	END {
		for (rule in tests)
			if (!(rule in listed)) {
				print rule " is not in README.md:" tests[rule]
				bad = 1
			}
		exit bad
	}
' "$names" README.md
if [ "${1:-}" = --mark ]; then
	cat README.md.new > README.md
fi
