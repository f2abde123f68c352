#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What one operation costs with few and with many of a thing, and by what it
# grows when there are ten times as many: 1 if it is flat, 1.2 to 1.4 if it
# grows with the logarithm, 3.2 with the square root, 10 in proportion. Up to 2
# is allowed, since with many less is in the caches. SCALE=0.1 leaves out the
# largest.
set -eu
here=$(dirname "$0")
rounds=3
failed=0
programs=(messages queue monitors timers children blocked stop)

for program in "${programs[@]}"; do
	"$here/../build.sh" "$WORK" "$here/$program.c"
done
for program in "${programs[@]}"; do
	for _ in $(seq $rounds); do
		timeout 300 "$WORK/$program" "${SCALE:-1}" >> "$WORK/costs" \
			2>> "$WORK/said" || {
			printf 'note\t%s ended with status %s\n' "$program" $?
			failed=1
		}
	done
done
sort -u "$WORK/said" | sed 's/^/note\t/'

# The median of each, then a row for each and one for its growth.
awk -F '\t' -v rounds=$rounds '
function median(key,    n, i, j, v, kept) {
	n = split(all[key], v, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) {
			kept = v[j]; v[j] = v[j - 1]; v[j - 1] = kept
		}
	return v[int((n + 1) / 2)]
}
{
	key = $1 FS $2
	if (!(key in all)) {
		keys[++count] = key
		unit[key] = $4
	}
	all[key] = all[key] " " $3
}
END {
	for (i = 1; i <= count; i++) {
		split(keys[i], part, FS)
		what = part[1]
		cost = median(keys[i])
		printf "row\tgrowth\t%s, %d\t%s\t%s\t\t\n", what, part[2],
			unit[keys[i]], cost
		if (!(what in first)) {
			names[++n] = what
			first[what] = cost
			few[what] = part[2]
		}
		last[what] = cost
		many[what] = part[2]
	}
	for (i = 1; i <= n; i++) {
		what = names[i]
		decades = log(many[what] / few[what]) / log(10)
		if (decades <= 0)
			continue
		factor = (last[what] / first[what]) ^ (1 / decades)
		printf "row\tgrowth\t%s\tfor x10\t%.2f\t\t%s\n", what,
			factor, "OURS<=2"
	}
}' "$WORK/costs"
exit $failed
