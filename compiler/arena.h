/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_ARENA_H
#define OTPC_ARENA_H

/*
 * One arena holds everything the compiler allocates. Memory comes zeroed, is
 * aligned for any type, never moves and lives until the arena ends, so a
 * pointer into the AST is good for the whole run and nobody frees anything.
 * What is made and forgotten in a loop has an arena of its own, which is reset.
 * Running out of memory ends the program: a caller never sees NULL.
 */

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; owned */
	char *next; /* first free byte of the newest block */
	char *end;
};

void arena_init(struct arena *arena);
void arena_fini(struct arena *arena);

/* Takes back all it lent; some memory stays for what comes next. */
void arena_reset(struct arena *arena);

/* Gives what was lent with `size` bytes a room of `more` bytes, and takes the
   former one back if it was large. What is new is not zeroed. */
void *arena_grow(struct arena *arena, void *ptr, size_t size, size_t more);

/* Takes back the end of what was lent with `size` bytes, of which the first
   `used` are needed, if nothing was lent since. */
void arena_trim(struct arena *arena, void *ptr, size_t size, size_t used);

/* Lends `size` zeroed bytes until arena_fini. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same for `count` elements; ends the program when the product wraps. */
void *arena_array(struct arena *arena, size_t count, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
