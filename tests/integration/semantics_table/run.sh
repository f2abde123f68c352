#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make semantics` makes of logs: tests/semantics/table.sh.
set -u
table=$PWD/tests/semantics/table.sh
cd "$WORK" || exit 1

# All rules that are listed pass, in one log; A44 is one of the later ones.
awk '/^\| [A-F][0-9]+ \| (core|next) / { printf "ok %d - %s_holds\n", ++n, $2 }' \
	"${table%table.sh}README.md" > semantics.all.log

check() { # NAME STATUS PATTERN... of lines there must be; then LOG...
	local name=$1 status=$2 got=0 missing=''
	shift 2
	"$table" semantics.all.log more.log > out 2>&1 || got=$?
	for pattern; do
		grep -qE -- "$pattern" out || missing=$pattern
	done
	if [ $got -eq "$status" ] && [ -z "$missing" ]; then
		echo "ok $name"
	else
		echo "FAIL $name: status $got, no line $missing"
		cat out
	fi
}

: > more.log
check 'all pass' 0 '^A1   core  passed ' '^            all: A1_holds$' \
	'^A44  later later ' '^A7   core  departs ' '^            departs: ' \
	'^core +[0-9]+ passed +[0-9]+ departs +0 failed +0 not covered$'
echo 'not ok 3 - A1_A3_does_not' > more.log
check 'a failure counts for each rule it names' 1 '^A1   core  failed ' \
	'^A3   core  failed ' '^            failed: more: A1_A3_does_not$' \
	'^core .* 2 failed'
echo 'FAIL B1_B2_x: OTP_SIM=7 build/b' > more.log
check 'so does one of a script' 1 '^B2   core  failed ' 'OTP_SIM=7 build/b$'
echo 'ok D10 by a script' > more.log
check 'a script names rules, too' 0 '^            more: D10 by a script$'
echo 'ok 1 - A999_no_such_rule' > more.log
check 'a rule that is not listed' 1 '^A999 is not in README.md: more: A999_no'
printf '%s\n' 'not ok 4 # SKIP A2_not_here' 'ok 5 - names_no_rule' > more.log
check 'skipped is neither' 0 '^            skipped: more: A2_not_here$'
grep -v ' A2_' semantics.all.log > less && mv less semantics.all.log
check 'skipped only is not covered' 1 '^A2   core  not covered ' \
	'^core .* 1 not covered$'
