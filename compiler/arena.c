/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	struct arena_block *previous;
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
	if (block->next)
		block->next->previous = block;
	arena->blocks = block;
	return (char *)block->bytes;
}

/* What is big gets a block of its own; the current one stays. */
static bool
is_big(size_t size)
{
	return size > block_size / 4;
}

static size_t
aligned(size_t size)
{
	const size_t align = _Alignof(max_align_t);

	if (size > SIZE_MAX - align)
		out_of_memory();
	return (size + align - 1) / align * align;
}

void
arena_reset(struct arena *arena)
{
	struct arena_block *kept = NULL;
	char *end = arena->end;
	size_t used = end ? block_size - (size_t)(end - arena->next) : 0;

	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		if (end && (char *)block->bytes + block_size == end)
			kept = block;
		else
			free(block);
	}
	arena->next = NULL;
	arena->end = NULL;
	if (kept) {
		kept->next = NULL;
		kept->previous = NULL;
		memset(kept->bytes, 0, used);
		arena->blocks = kept;
		arena->next = (char *)kept->bytes;
		arena->end = end;
	}
}

void *
arena_grow(struct arena *arena, void *ptr, size_t size, size_t more)
{
	struct arena_block *block;
	void *result;

	if (!is_big(aligned(size))) {
		result = arena_alloc(arena, more);
		if (size > 0)
			memcpy(result, ptr, size);
		return result;
	}
	more = aligned(more);
	block = (struct arena_block *)((char *)ptr -
		offsetof(struct arena_block, bytes));
	if (more > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = realloc(block, sizeof(*block) + more);
	if (!block) {
		out_of_memory();
		return NULL;
	}
	if (block->previous)
		block->previous->next = block;
	else
		arena->blocks = block;
	if (block->next)
		block->next->previous = block;
	return block->bytes;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	char *result;

	size = aligned(size);
	if (is_big(size))
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

void
arena_trim(struct arena *arena, void *ptr, size_t size, size_t used)
{
	char *begin = ptr, *end = begin + aligned(size);

	if (is_big(aligned(size)) || end != arena->next)
		return;
	memset(begin + used, 0, size - used);
	arena->next = begin + aligned(used);
}
