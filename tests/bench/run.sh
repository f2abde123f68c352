#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks and prints their rows: see README.md here.
#   run.sh NAME/run.sh...
set -u
out=$BUILD/../bench
mkdir -p "$out"
: > "$out/rows"
for script; do
	name=$(basename "$(dirname "$script")")
	export WORK=$out/$name
	rm -rf "$WORK"
	mkdir -p "$WORK"
	"$script" >> "$out/rows" || printf 'note\t%s failed\n' "$name" \
		>> "$out/rows"
done
awk -F '\t' -v json="$out/results.json" '
function goal_of(peer,    i, n, goals) {
	n = split(goal, goals, " ")
	for (i = 1; i <= n; i++)
		if (index(goals[i], peer ">=") == 1)
			return substr(goals[i], length(peer) + 3)
	return ""
}
function own_goal(    i, n, goals) {
	n = split(goal, goals, " ")
	for (i = 1; i <= n; i++)
		if (index(goals[i], "OURS<=") == 1)
			return substr(goals[i], 7)
	return ""
}
BEGIN { printf "[" > json }
$1 == "note" { notes = notes "  " $2 "\n"; next }
$1 != "row" { next }
{
	goal = $7
	printf "%-8s %-28s %-16s ours %10.1f", $2, $3, $4, $5
	own = own_goal()
	if (own != "")
		printf " (goal %s%s)", own, ($5 + 0 <= own + 0 ? "" : ", missed")
	n = split($6, peers, " ")
	list = ""
	for (i = 1; i <= n; i++) {
		split(peers[i], pair, "=")
		ratio = $5 > 0 ? pair[2] / $5 : 0
		wanted = goal_of(pair[1])
		printf " | %s %.1f, x%.1f", pair[1], pair[2], ratio
		if (wanted != "")
			printf " (goal x%s%s)", wanted, \
				(ratio >= wanted + 0 ? "" : ", missed")
		list = list (i > 1 ? ", " : "") "\"" pair[1] "\": " pair[2]
	}
	printf "\n"
	printf "%s\n{\"bench\": \"%s\", \"config\": \"%s\", \"metric\": \"%s\", " \
		"\"ours\": %s, \"peers\": {%s}, \"goal\": \"%s\"}", \
		rows++ ? "," : "", $2, $3, $4, $5, list, goal > json
}
END {
	printf "\n]\n" > json
	printf "%s", notes
	print rows + 0 " rows, also in " json
	exit rows == 0
}' "$out/rows"
