#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The rules of README.md, and what tests say of them.
#   table.sh LOG...   what the tests that wrote these logs found, rule by rule
#   table.sh --names  which test names which rule, from the sources
#   table.sh --tests  the tests of the suite that name one, as paths for make
# The first two end with status 1 when a core or next rule failed or has no
# test, or when a test names a rule that is not listed.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build/debug}"
here=tests/semantics

# Lines `file:name`, of programs and of what scripts and stories print.
names() {
	grep -rEo --include='*.c' \
		'(RULE|cmocka_unit_test[a-z_]*)\([A-F][0-9]+_[A-Za-z0-9_]*' \
		$here tests/unit | sed -E 's/:[A-Za-z_]*\(/:/'
	grep -rEo --include='*.c' --include='*.sh' \
		"(ok |check ['\"])([A-F][0-9]+ )+[a-z][^'\"]*" tests/diag \
		tests/golden tests/integration tests/fuzz |
		sed -E "s/:(ok |check ['\"])/:/" || :
}

if [ "${1:-}" = --tests ]; then
	names | sed -E -e 's/:.*//' \
		-e 's,^(tests/(integration|fuzz)/[^/]*)/.*,\1/run.sh,' \
		-e "s,^(tests/(unit|semantics)/.*)\.c$,$BUILD/\1," | sort -u
	exit
fi

results() {
	if [ "$1" = --names ]; then
		names | awk '{
			at = index($0, ":")
			file = substr($0, 1, at - 1)
			sub(/\.c$/, "", file)
			print "passed\t" file "\t" substr($0, at + 1)
		}'
		return
	fi
	awk '
		FNR == 1 {
			test = FILENAME
			gsub(/^.*\/|\.log$/, "", test)
			gsub(/\./, "/", test)
		}
		match($0, /^not ok [0-9]+ # SKIP /) {
			print "skipped\t" test "\t" substr($0, RLENGTH + 1)
			next
		}
		match($0, /^not ok [0-9]+ - |^FAIL /) {
			print "failed\t" test "\t" substr($0, RLENGTH + 1)
			next
		}
		match($0, /^ok [0-9]+ - |^ok /) {
			print "passed\t" test "\t" substr($0, RLENGTH + 1)
		}
	' "$@"
}

results "${@:?logs, --names or --tests}" | awk -F '\t' '
	# Names of rules at the beginning of a test name go to its list.
	kind == "results" {
		test = $2
		sub(/^(tests\/)?semantics\//, "", test)
		sub(/^tests\//, "", test)
		rest = $3
		while (match(rest, /^[A-F][0-9]+[_ :]/)) {
			rule = substr(rest, 1, RLENGTH - 1)
			rest = substr(rest, RLENGTH + 1)
			found[rule, $1]++
			lines[rule] = lines[rule] sprintf("            %s%s: %s\n",
				$1 == "passed" ? "" : $1 ": ", test, $3)
			named[rule] = test ": " $3
		}
		next
	}
	# Rows of the departures: why, for each rule they name.
	kind == "departures" {
		if (/^## /)
			departures = /^## Where it departs/
		if (!departures || !/^\| /)
			next
		split($0, cell, / *\| */)
		rest = cell[2]
		while (match(rest, /[(, ][A-F][0-9]+[,)]/)) {
			rule = substr(rest, RSTART + 1, RLENGTH - 2)
			why[rule] = why[rule] sprintf("            departs: %s: %s\n",
				cell[2], cell[3])
			rest = substr(rest, RSTART + RLENGTH - 1)
		}
		next
	}
	!/^\| [A-F][0-9]+ \| / { next }
	{
		split($0, cell, / *\| */)
		rule = cell[2]
		tag = cell[3]
		if (tag !~ /^(core|next|later)$/) {
			print "README.md: " rule " has no tag: " tag
			bad = 1
		}
		if (listed[rule]++) {
			print "README.md: " rule " is listed twice"
			bad = 1
		}
		if (found[rule, "failed"])
			status = "failed"
		else if (found[rule, "passed"])
			status = rule in why ? "departs" : "passed"
		else
			status = tag == "later" ? "later" : "not covered"
		if (tag != "later" && status ~ /failed|not/)
			bad = 1
		count[tag, status]++
		printf "%-4s %-5s %-11s %s\n%s%s", rule, tag, status, cell[4],
			lines[rule], why[rule]
	}
	END {
		for (rule in named)
			if (!(rule in listed)) {
				print rule " is not in README.md: " named[rule]
				bad = 1
			}
		for (rule in why)
			if (!(rule in listed) && rule !~ /^E/) {
				print rule " departs, and is not in README.md"
				bad = 1
			}
		print ""
		n = split("core next later", tags, " ")
		m = split("passed,departs,failed,not covered,later", s, ",")
		for (i = 1; i <= n; i++) {
			line = sprintf("%-6s", tags[i])
			for (j = 1; j <= m; j++)
				if (s[j] != "later" || tags[i] == "later")
					line = line sprintf("%5d %s", \
						count[tags[i], s[j]], s[j])
			print line
		}
		exit bad
	}
' kind=results - kind=departures runtime/README.md kind=rules $here/README.md
