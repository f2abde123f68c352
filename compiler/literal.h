/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_LITERAL_H
#define OTPC_LITERAL_H

/*
 * The values of number, string and atom tokens. A literal that is wrong is
 * reported here and gives a token of its kind nevertheless, so that the parser
 * goes on as if it had been right.
 */

#include "otpc.h"

/* Erlang's limit, in characters; names become atoms on the wire. */
enum {
	longest_atom = 255,
	longest_string = 4095 /* what every compiler of C takes */
};

/* INTEGER, FLOAT, DURATION or SIZE from all of `text`. */
struct token
literal_number(struct program *program, struct text text, struct span span);

/* STRING or ATOM from the quote at the start of `rest`, which goes to the end
   of the file; `*len` is what it takes. `span` is the quote's. */
struct token literal_quoted(struct program *program, struct text rest,
	struct span span, size_t *len);

#endif
