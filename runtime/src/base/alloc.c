/* SPDX-License-Identifier: Apache-2.0 */
#include "alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The one mutable global of this layer: memory may run out before there is a
 * runtime, and after it. Relaxed: a thread that does not see a hook just set
 * uses the default, and no data is handed over with the pointer.
 */
static _Atomic(void (*)(size_t)) out_of_memory_hook;

void
otpi_out_of_memory_set(void (*hook)(size_t size))
{
	atomic_store_explicit(&out_of_memory_hook, hook, memory_order_relaxed);
}

void
otpi_out_of_memory(size_t size)
{
	void (*hook)(size_t) =
		atomic_load_explicit(&out_of_memory_hook, memory_order_relaxed);

	if (hook)
		hook(size);
	else
		fprintf(stderr, "otp: out of memory (%zu bytes)\n", size);
	abort();
}

void *
otpi_malloc(size_t size)
{
	void *ptr = malloc(size ? size : 1);

	if (!ptr)
		otpi_out_of_memory(size);
	return ptr;
}

void *
otpi_calloc(size_t n, size_t size)
{
	void *ptr = calloc(n ? n : 1, size ? size : 1);

	if (!ptr)
		otpi_out_of_memory(
			size && n > SIZE_MAX / size ? SIZE_MAX : n * size);
	return ptr;
}

void *
otpi_realloc(void *ptr, size_t size)
{
	void *moved = realloc(ptr, size ? size : 1);

	if (!moved)
		otpi_out_of_memory(size);
	return moved;
}

void
otpi_free(void *ptr)
{
	free(ptr);
}
