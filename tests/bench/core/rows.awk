# SPDX-License-Identifier: Apache-2.0
# Rows of the lines of goals and those of all runs: CONFIG, PROGRAM, WHO,
# METRIC, VALUE. What a program of ours printed and has no line in goals, and
# what it has not printed and should, are failures.
function sort(values, n,    i, j, value) {
	for (i = 2; i <= n; i++) {
		value = values[i]
		for (j = i - 1; j >= 1 && values[j] > value; j--)
			values[j + 1] = values[j]
		values[j + 1] = value
	}
}
function median(key,    n, i, parts) {
	n = split(all[key], parts, " ")
	for (i = 1; i <= n; i++)
		parts[i] += 0
	sort(parts, n)
	least = parts[1]
	most = parts[n]
	i = int((n + 1) / 2)
	return n % 2 ? parts[i] : (parts[i] + parts[i + 1]) / 2
}
function config_of(name) {
	return name == "all" ? "all cores" : "one core"
}
function goal_of(config, line) {
	if (goal[line] == "-")
		return ""
	return scope[line] == "both" || scope[line] == config ? \
		"OURS<=" goal[line] : ""
}
function row(config, line,    key, ours, list, i, name) {
	key = config SUBSEP program[line] SUBSEP metric[line]
	if (!((key, "ours") in all)) {
		if ((config, program[line]) in ran) {
			printf "note\t%s printed no %s\n", program[line], \
				metric[line]
			bad = 1
		}
		return
	}
	ours = median(key SUBSEP "ours")
	ours = ours " " least " " most
	for (i = 1; i <= peers; i++) {
		name = key SUBSEP peer[i]
		if (name in all)
			list = list (list == "" ? "" : " ") peer[i] "=" median(name)
	}
	printf "row\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", program[line], \
		config_of(config), metric[line], \
		ours, list, goal_of(config, line), what[line]
}
NR == FNR {
	lines++
	program[lines] = $1
	metric[lines] = $2
	goal[lines] = $3
	scope[lines] = $4
	what[lines] = $6
	known[$1, $2]
	next
}
{
	key = $1 SUBSEP $2 SUBSEP $4 SUBSEP $3
	all[key] = all[key] " " $5
	if ($3 == "ours") {
		ran[$1, $2]
		if (!($1 in seen))
			config[++configs] = $1
		seen[$1]
	} else if (!($3 in met)) {
		met[$3]
		peer[++peers] = $3
	}
	if (!(($2, $4) in known)) {
		if ($3 == "ours")
			bad = 1
		others[$3 " " $2 " " $4 ", " config_of($1)] = key
	}
}
END {
	for (c = 1; c <= configs; c++)
		for (l = 1; l <= lines; l++)
			row(config[c], l)
	for (name in others)
		printf "note\tbesides: %s: %s\n", name, median(others[name])
	exit bad
}
