/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

static const size_t block_size = 64 * 1024;

static void
out_of_memory(void)
{
	fputs("otpc: out of memory\n", stderr);
	exit(1);
}

void
arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void
arena_fini(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	*arena = (struct arena){0};
}

/* calloc: fresh pages come zeroed from the system for nothing. */
static char *
add_block(struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = calloc(1, sizeof(*block) + size);
	if (!block) {
		out_of_memory();
		return NULL;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	return (char *)block->bytes;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	char *result;

	if (size > SIZE_MAX - align)
		out_of_memory();
	size = (size + align - 1) / align * align;
	/* what is big gets a block of its own; the current one stays */
	if (size > block_size / 4)
		return add_block(arena, size);
	if ((size_t)(arena->end - arena->next) < size) {
		arena->next = add_block(arena, block_size);
		arena->end = arena->next + block_size;
	}
	result = arena->next;
	arena->next += size;
	return result;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	return arena_alloc(arena, count * size);
}
