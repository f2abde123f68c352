#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What make bench makes of rows: the table, results.json and results.svg; which
# median, and what is a failure. Nothing is measured.
set -u
here=tests/integration/bench_report
bench=tests/bench

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" > "$WORK/$name.out" 2>&1; then
		echo "ok $name"
	else
		echo "FAIL $name: $(head -c 300 "$WORK/$name.out" | tr '\n' ' ')"
		return 1
	fi
}
fails() {
	! "$@"
}

# --- a report ---------------------------------------------------------------

$bench/run.sh --report $here/rows "$WORK" > "$WORK/table"
check report test $? -eq 0
sed -i 's|in .*/results.json|in results.json|' "$WORK/table"
check table diff $here/table.expected "$WORK/table"
read -ra flags <<< "$CFLAGS"
if check parser "$CC" -std=gnu11 -Wall -Wextra -Werror "${flags[@]}" \
	-o "$WORK/parse" $here/parse.c -ljansson; then
	"$WORK/parse" "$WORK/results.json" > "$WORK/parsed" 2>&1
	check json diff $here/parsed.expected "$WORK/parsed"
fi
if command -v xmllint > /dev/null; then
	check svg xmllint --noout "$WORK/results.svg"
else
	echo "skip svg # xmllint is not there: install libxml2-utils"
fi
# A card, three keys, and a bar for each figure of all cores with a text.
check bars test "$(grep -c '<rect' "$WORK/results.svg")" -eq $((1 + 3 + 8))
grep '^note' $here/rows > "$WORK/notes"
check nothing_is_a_failure fails $bench/run.sh --report "$WORK/notes" "$WORK"
check no_picture_of_nothing test ! -e "$WORK/results.svg"

# --- a script that fails ----------------------------------------------------

mkdir -p "$WORK/good" "$WORK/bad"
printf '#!/bin/sh\nprintf "row\\tgood\\tc\\tns\\t1\\t\\t\\n"\n' \
	> "$WORK/good/run.sh"
printf '#!/bin/sh\nexit 1\n' > "$WORK/bad/run.sh"
chmod +x "$WORK"/*/run.sh
run() {
	BUILD=$WORK/build UPDATE='' $bench/run.sh "$@"
}
check good run "$WORK/good/run.sh"
check bad fails run "$WORK/good/run.sh" "$WORK/bad/run.sh"
check bad_is_told grep -q 'bad failed' "$WORK/bad.out"
check good_is_there grep -q '^good ' "$WORK/bad.out"

# --- rows of the core -------------------------------------------------------

printf 'a\tns\t10\tone\tquick\tan a\na\tb_ns\t-\tboth\t-\ta b\n' \
	> "$WORK/goals"
turn() { # CONFIG WHO NS B_NS
	printf '%s\ta\t%s\tns\t%s\n' "$1" "$2" "$3"
	printf '%s\ta\t%s\tb_ns\t%s\n' "$1" "$2" "$4"
}
{
	turn all ours 9 1
	turn all erlang 90 5
	turn all ours 100 2
	turn all erlang 80 7
	turn all ours 11 4
	turn one ours 8 1
	turn one ours 9 2
} > "$WORK/times"
rows() {
	awk -F '\t' -f $bench/core/rows.awk "$WORK/goals" "$WORK/times"
}
rows > "$WORK/rows"
check medians diff <(tr '|' '\t' <<- 'END'
	row|a|all cores|ns|11 9 100|erlang=85||an a
	row|a|all cores|b_ns|2 1 4|erlang=6||a b
	row|a|one core|ns|8.5 8 9||OURS<=10|an a
	row|a|one core|b_ns|1.5 1 2|||a b
END
) "$WORK/rows"
printf 'one\ta\terlang\tc_ns\t5\n' >> "$WORK/times"
check others_may_print_more rows
printf 'one\ta\tours\tc_ns\t5\n' >> "$WORK/times"
check ours_without_a_goal fails rows
printf 'a\td_ns\t1\tboth\t-\ta d\n' >> "$WORK/goals"
sed -i '/c_ns/d' "$WORK/times"
check ours_without_a_row fails rows

# --- no program is forgotten ------------------------------------------------

check goals_have_columns awk -F '\t' '/^#/ { next }
	NF != 6 || $3 !~ /^(-|[0-9.]+)$/ || $4 !~ /^(all|one|both)$/ ||
	$5 !~ /^(quick|-)$/ { print; bad = 1 } END { exit bad || NR < 20 }' \
	$bench/core/goals
grep -v '^#' $bench/core/goals | cut -f 1 | sort -u > "$WORK/named"
for kind in c erl; do
	find $bench/core -name "*.$kind" -not -name 'bench.*' |
		sed "s|.*/||; s|\.$kind\$||" | sort > "$WORK/$kind"
	check "goals_name_each_$kind" diff "$WORK/named" "$WORK/$kind"
done
