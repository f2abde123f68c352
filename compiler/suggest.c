/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

/* Longer names are not compared: rows of the matrix live on the stack. */
enum {
	longest = 63
};

enum {
	last_suggestion = 100
};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row per byte of `a`, three of them kept: the distance that counts a swap
   of neighbours as one edit looks two rows back. */
size_t
text_distance(struct text a, struct text b, size_t limit)
{
	size_t rows[3][longest + 1];

	if (a.len > longest || b.len > longest)
		return text_equal(a, b) ? 0 : limit + 1;
	if (a.len > b.len + limit || b.len > a.len + limit)
		return limit + 1;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = a.ptr[i - 1] == b.ptr[j - 1];

			row[j] = least(above[j] + 1, row[j - 1] + 1);
			row[j] = least(row[j], above[j - 1] + !same);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
				a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return least(rows[a.len % 3][b.len], limit + 1);
}

/* One edit per three bytes: `x` is not a misspelt `y`. */
struct suggestion
suggestion_of(struct text wanted)
{
	return (struct suggestion){
		.wanted = wanted,
		.distance = (wanted.len + 2) / 3 + 1,
	};
}

struct suggestion
suggestion_for(const struct program *program, struct text wanted)
{
	if (program->diags.n_errors < last_suggestion)
		return suggestion_of(wanted);
	return (struct suggestion){.wanted = wanted};
}

static struct text
without_case(struct text text, char *out)
{
	if (text.len > longest)
		return text;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct text){out, text.len};
}

/* Case alone is a near miss, whatever the length: `STRING` for `string`. */
void
suggestion_offer(struct suggestion *suggestion, struct text candidate)
{
	char a[longest + 1];
	char b[longest + 1];
	size_t distance;

	if (suggestion->distance == 0 ||
		text_equal(suggestion->wanted, candidate))
		return;
	distance = text_distance(
		suggestion->wanted, candidate, suggestion->distance);
	if (text_equal(without_case(suggestion->wanted, a),
		    without_case(candidate, b)))
		distance = 1;
	if (distance >= suggestion->distance || distance >= candidate.len)
		return;
	suggestion->distance = distance;
	suggestion->best = candidate;
}

void
suggest(struct program *program, const struct suggestion *suggestion,
	struct span at)
{
	if (!suggestion->best.ptr)
		return;
	note(program, DIAG_note_did_you_mean, (struct span){0},
		suggestion->best);
	fixit(program, at, suggestion->best);
}
