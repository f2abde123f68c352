/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_LAYOUT_H
#define OTPC_LAYOUT_H

/*
 * Where one statement that is too long is broken. Every place where it may be
 * has a cost, the deeper in brackets the higher, as in clang-format; the
 * breaks that cost least together are taken, of two such ways the one with
 * fuller lines. Known are the forms that the templates have: declarations,
 * calls, assignments, conditions.
 */

#include "text.h"

#define COLUMNS 80u
#define TAB 8u

/* Puts out the line, which ends in no newline, and a newline. False when there
   is no way to break it: it is put out as it is. What it needs on the way is
   in `scratch`. */
bool layout_long(struct textbuf *out, struct arena *scratch, struct text line);

#endif
