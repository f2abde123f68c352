/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_WRAP_H
#define OTPC_WRAP_H

/*
 * Templates put each statement on one line, however long, since how long a
 * line gets depends on the names of a spec. wrap() breaks what is over 80
 * columns the way clang-format does with the project's settings: it adds up
 * what each break would cost and takes the cheapest. Double blank lines, and
 * those at the beginning and end of a block, go too. Where a name alone is too
 * long for a line, the file tells clang-format to keep its hands off.
 */

#include "text.h"

/* In pieces: what is done with goes, so that nobody needs all of it twice. */
struct wrapping {
	struct textbuf out;
	struct arena scratch; /* of the line at hand */
	bool pending_blank;
	bool opened; /* the line before opened a block */
	bool deeper; /* in an initialiser whose head was broken */
	bool gave_up; /* on a line */
};

void wrap_begin(struct wrapping *w, struct arena *arena);

/* Takes the whole lines of the text; gives the length of what it took. */
size_t wrap_lines(struct wrapping *w, struct text text);

/* The result, after the last line. */
struct text wrap_end(struct wrapping *w);

/* All at once. */
struct text wrap(struct arena *arena, struct text text);

#endif
