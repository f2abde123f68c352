#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How many instructions a message, a call and a process take, counted by
# valgrind on the thread that does the work, beside what they took when
# `baseline` was written. Status 1 if one takes over 5% more. UPDATE=1 writes
# the baseline anew.
set -eu
here=$(dirname "$0")
baseline=$here/baseline
few=200000 many=600000
most_percent=5

command -v valgrind > /dev/null || {
	echo "valgrind is missing: install valgrind" >&2
	exit 2
}
rm -rf "$WORK"
"$here/../build.sh" "$WORK" "$here/instructions.c"
compiler=$("$CC" --version | head -n 1)

# What the busiest of its threads executes.
count() { # WHAT TIMES
	local out=$WORK/$1.$2
	timeout 300 valgrind --tool=callgrind --separate-threads=yes \
		--callgrind-out-file="$out" "$WORK/instructions" "$1" "$2" \
		> "$out.log" 2>&1 || {
		cat "$out.log" >&2
		return 1
	}
	awk '$1 == "totals:" && $2 > most { most = $2 }
		END { printf "%d\n", most; exit !most }' "$out"-*
}

{
	printf 'compiler\t%s\n' "$compiler"
	for what in ping_pong call spawn; do
		less=$(count $what $few)
		more=$(count $what $many)
		awk -v what=$what -v n=$((more - less)) \
			-v times=$((many - few)) \
			'BEGIN { printf "%s\t%.1f\n", what, n / times }'
	done
} > "$WORK/counted"

if [ -n "${UPDATE:-}" ]; then
	{
		echo '# SPDX-License-Identifier: Apache-2.0'
		cat "$WORK/counted"
	} > "$baseline"
	cat "$baseline"
	exit 0
fi
awk -F '\t' -v most=$most_percent '
/^#/ { next }
FILENAME == ARGV[1] { before[$1] = $2; next }
$1 == "compiler" {
	if ($2 != before[$1])
		printf "the baseline was made with %s; this is %s\n", \
			before[$1], $2
	next
}
!($1 in before) {
	printf "%-10s %8.1f instructions, not in the baseline\n", $1, $2
	bad = 1
	next
}
{
	percent = ($2 / before[$1] - 1) * 100
	failed = percent > most
	bad = bad || failed
	printf "%-10s %8.1f instructions, %8.1f in the baseline: %+.1f%%%s\n", \
		$1, $2, before[$1], percent, failed ? ", too many" : ""
}
END { exit bad }' "$baseline" "$WORK/counted"
