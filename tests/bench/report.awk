# SPDX-License-Identifier: Apache-2.0
# A table of rows, and with -v json=FILE the same for programs.
function part_of(list, name, by,    i, n, parts) {
	n = split(list, parts, " ")
	for (i = 1; i <= n; i++)
		if (index(parts[i], name by) == 1)
			return substr(parts[i], length(name by) + 1)
	return ""
}
function short(value) {
	return sprintf(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", \
		value)
}
function against(ratio, wanted, ok) {
	return sprintf("x%s%s", short(ratio), wanted == "" ? "" : \
		" (goal x" wanted (ok ? ")" : ", missed)"))
}
function quoted(text) {
	gsub(/[\\"]/, "\\\\&", text)
	return "\"" text "\""
}
function wider(column, text) {
	if (length(text) > width[column])
		width[column] = length(text)
	cell[rows, column] = text
}
function goal_told(ours, goal) {
	return goal == "" ? "" : "goal " goal " x" short(ours / goal) \
		(ours <= goal + 0 ? "" : " missed")
}
function peers_told(ours, peers, goals,    i, n, list, pair, rest, wanted) {
	n = split(peers, list, " ")
	for (i = 1; i <= n; i++) {
		split(list[i], pair, "=")
		wanted = part_of(goals, pair[1], ">=")
		rest = rest "  " pair[1] " " short(pair[2]) " " \
			against(ours > 0 ? pair[2] / ours : 0, wanted, \
			pair[2] >= wanted * ours)
	}
	return rest
}
function members(list, by,    i, n, parts, pair, text) {
	n = split(list, parts, " ")
	for (i = 1; i <= n; i++)
		if (split(parts[i], pair, by) == 2)
			text = text (text == "" ? "" : ", ") quoted(pair[1]) \
				": " pair[2] + 0
	return "{" text "}"
}
function object(    ours, n, text, goal) {
	n = split($5, ours, " ")
	goal = part_of($7, "OURS", "<=")
	text = sprintf("{\"bench\": %s, \"config\": %s, \"metric\": %s, " \
		"\"ours\": %s", quoted($2), quoted($3), quoted($4), ours[1] + 0)
	if (n == 3)
		text = text sprintf(", \"range\": [%s, %s]", ours[2] + 0, \
			ours[3] + 0)
	text = text sprintf(", \"peers\": %s, \"goal\": %s", \
		members($6, "="), goal == "" ? "null" : goal)
	if ($7 ~ /[a-z]>=/)
		text = text ", \"peer_goals\": " members($7, ">=")
	return text "}"
}
BEGIN { FS = "\t"; printf "[" > json }
$1 == "note" && !($2 in noted) { noted[$2]; notes = notes "  " $2 "\n" }
$1 == "about" { abouts = abouts "  " $2 "\n" }
$1 == "row" {
	rows++
	n = split($5, ours, " ")
	wider(1, $2)
	wider(2, $3)
	wider(3, $4)
	wider(4, short(ours[1]))
	wider(5, n == 3 ? short(ours[2]) "-" short(ours[3]) : "")
	wider(6, goal_told(ours[1], part_of($7, "OURS", "<=")))
	rest[rows] = peers_told(ours[1], $6, $7)
	printf "%s\n%s", (rows > 1 ? "," : ""), object() > json
}
END {
	printf "\n]\n" > json
	for (r = 1; r <= rows; r++) {
		line = sprintf("%-" width[1] "s  %-" width[2] "s  %-" width[3] \
			"s  %" width[4] "s  %" width[5] "s  %-" width[6] "s%s", \
			cell[r, 1], cell[r, 2], cell[r, 3], cell[r, 4], \
			cell[r, 5], cell[r, 6], rest[r])
		sub(/ +$/, "", line)
		print line
	}
	printf "%s%s", abouts, notes
	print rows + 0 " rows, also in " json
	exit rows == 0
}
