# SPDX-License-Identifier: Apache-2.0
# A picture (SVG) of the rows that have a text and were measured on all cores:
# times, latencies and bytes, each on a logarithmic scale of its own.
function escaped(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}
function unit_of(metric) {
	sub(/^.*_/, "", metric)
	return metric
}
function log10(value) {
	return log(value) / log(10)
}
function whole(value) {
	return value == int(value) ? value : int(value) + (value > 0)
}
function told(value, unit) {
	if (unit == "bytes")
		return sprintf("%.0f B", value)
	if (value >= 1000000)
		return sprintf("%.3g ms", value / 1000000)
	if (value >= 1000)
		return sprintf("%.3g us", value / 1000)
	return sprintf(value >= 100 ? "%.0f ns" : "%.3g ns", value)
}
# What a row is drawn below: bytes, latency or ns.
function kind_for(program, unit) {
	if (unit == "bytes" || program == "latency")
		return unit == "bytes" ? unit : program
	return "ns"
}
function bar(who, value, kind) {
	name_of[rows, ++count[rows]] = who
	value_of[rows, count[rows]] = value
	if (!(kind in least) || value < least[kind])
		least[kind] = value
	if (!(kind in most) || value > most[kind])
		most[kind] = value
	if (!(who in colour)) {
		colour[who] = hues[++whos]
		who_is[whos] = who
		if (!(who in title))
			title[who] = who
	}
}
function x_of(value) {
	return left + (log10(value) - low) * step
}
function text(x, y, class, words) {
	svg = svg sprintf("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", \
		x, y, class, escaped(words))
}
function axis(kind, top, bottom,    decade, x) {
	for (decade = low; decade <= high; decade++) {
		x = left + (decade - low) * step
		svg = svg sprintf("<path class=\"grid\" d=\"M%.1f %dV%d\"/>\n", \
			x, top, bottom)
		text(x, top - 5, "tick", told(exp(decade * log(10)), kind))
	}
}
function one_row(r,    b, width) {
	text(left - 8, y + count[r] * 10 / 2 + 3, "what", what[r])
	for (b = 1; b <= count[r]; b++) {
		width = x_of(value_of[r, b]) - left
		svg = svg sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" " \
			"height=\"9\" fill=\"%s\"/>\n", left, y, \
			width > 1 ? width : 1, colour[name_of[r, b]])
		text(left + width + 4, y + 8, \
			b == 1 ? "value ours" : "value", \
			told(value_of[r, b], kind_of[r]))
		y += 10
	}
	y += 8
}
function section(kind, heading,    r, top, before) {
	if (!(kind in least))
		return
	low = int(log10(least[kind]) + 0.000001)
	high = whole(log10(most[kind]) - 0.000001)
	# The shortest bar can be seen.
	if (log10(least[kind]) - low < 0.15)
		low--
	if (high <= low)
		high = low + 1
	step = (right - left) / (high - low)
	text(16, y + 8, "head", heading)
	y += 36
	top = y - 8
	before = svg
	svg = ""
	for (r = 1; r <= rows; r++)
		if (kind_of[r] == kind)
			one_row(r)
	# The grid is below the bars.
	body = svg
	svg = before
	axis(kind, top, y - 4)
	svg = svg body
	y += 8
}
function legend(    i, x) {
	x = left
	for (i = 1; i <= whos; i++) {
		svg = svg sprintf("<rect x=\"%d\" y=\"14\" width=\"12\" " \
			"height=\"12\" fill=\"%s\"/>\n", x, colour[who_is[i]])
		text(x + 17, 24, "key", title[who_is[i]])
		x += 120
	}
}
BEGIN {
	FS = "\t"
	split("#e8590c #8d6cab #1f9ac0 #7a8793 #5f9e4a #b58900", hues, " ")
	title["otpc"] = "otpc"
	title["erlang"] = "Erlang/OTP"
	title["go"] = "Go"
	title["tokio"] = "tokio"
	left = 250
	right = 760
}
$1 == "about" { about = $2 }
$1 == "row" && $3 == "all cores" && $8 != "" {
	unit = unit_of($4)
	factor = unit == "us" ? 1000 : 1
	split($5, ours, " ")
	if (ours[1] + 0 <= 0)
		next
	rows++
	what[rows] = $8
	kind_of[rows] = kind_for($2, unit)
	bar("otpc", ours[1] * factor, kind_of[rows])
	n = split($6, peers, " ")
	for (i = 1; i <= n; i++) {
		split(peers[i], pair, "=")
		if (pair[2] + 0 > 0)
			bar(pair[1], pair[2] * factor, kind_of[rows])
	}
}
END {
	if (!rows)
		exit 1
	y = 44
	legend()
	section("ns", "Time of one operation")
	section("latency", "Latency of a call under load")
	section("bytes", "Memory of one process")
	text(16, y + 6, "foot", about "; logarithmic scale, shorter is better")
	y += 20
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"" \
		y "\" viewBox=\"0 0 860 " y "\" role=\"img\">"
	print "<title>" escaped("Benchmarks of the core: otpc and others") \
		"</title>"
	print "<style>"
	print "text{font:11px system-ui,-apple-system,\"Segoe UI\",Helvetica," \
		"Arial,sans-serif;fill:#1f2328}"
	print ".card{fill:#ffffff}.grid{stroke:#d5dae0;fill:none}"
	print ".what{text-anchor:end}.tick{text-anchor:middle}"
	print ".head,.key{font-size:13px;font-weight:600}.ours{font-weight:600}"
	print ".tick,.value,.foot{font-size:10px;fill:#59636e}"
	print ".value{paint-order:stroke;stroke:#ffffff;stroke-width:1.5px}"
	print ".value.ours{fill:#1f2328}"
	print "@media (prefers-color-scheme:dark){text{fill:#e6edf3}" \
		".card{fill:#0d1117}.grid{stroke:#30363d}" \
		".tick,.value,.foot{fill:#9198a1}.value{stroke:#0d1117}" \
		".value.ours{fill:#e6edf3}}"
	print "</style>"
	print "<rect class=\"card\" width=\"860\" height=\"" y "\" rx=\"8\"/>"
	printf "%s</svg>\n", svg
}
