#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes transfers to stdout, always the same: id,from,to,amount,memo
#   transfers.sh [ROWS [ACCOUNTS]]
# A few of the memos hit a bug in account.c; see there.
exec awk -v rows="${1:-100000}" -v accounts="${2:-1000}" '
# A generator of Park and Miller: fits a double, so every awk agrees.
function next_below(n) {
	seed = (seed * 16807) % 2147483647
	return seed % n
}
function memo(kind) {
	kind = next_below(5)
	if (kind == 0) return "rent"
	if (kind == 1) return "lunch"
	if (kind == 2) return "split " 1 + next_below(9) " ways"
	if (kind == 3) return "every " 1 + next_below(30) " days"
	return "ref:" next_below(10000)
}
BEGIN {
	seed = 20260101
	bugs[0] = "ref 4711"
	bugs[1] = "split 0 ways"
	bugs[2] = "as before"
	bugs[3] = "every 0 days"
	# Three of each, but for the loop: two.
	for (i = 0; i < 11; i++)
		poison[int(rows * (i + 1) / 13)] = bugs[i % 4]
	for (id = 0; id < rows; id++) {
		from = next_below(accounts)
		to = (from + 1 + next_below(accounts - 1)) % accounts
		amount = 1 + next_below(30000)
		text = memo()
		# Little money, so that it is there and the memo is read.
		if (id in poison) {
			text = poison[id]
			amount = 1 + amount % 100
		}
		printf "%d,%d,%d,%d,%s\n", id, from, to, amount, text
	}
}'
