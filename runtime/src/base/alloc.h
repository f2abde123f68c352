/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the runtime itself. Nothing here ever returns NULL: when the
 * system has no more, the one hook is called and the program ends. So no
 * caller has an error path for it, and none is left untested.
 */
#ifndef OTPI_ALLOC_H
#define OTPI_ALLOC_H

#include <otp/base.h>

/* At least one byte, aligned for any type; not initialised. */
void *otpi_malloc(size_t size)
	__attribute__((malloc, alloc_size(1), returns_nonnull));
/* Zeroed room for n elements; n * size may not overflow. */
void *otpi_calloc(size_t n, size_t size)
	__attribute__((malloc, alloc_size(1, 2), returns_nonnull));
/* As realloc; ptr may be NULL. */
void *otpi_realloc(void *ptr, size_t size)
	__attribute__((alloc_size(2), returns_nonnull));
/* NULL is allowed. */
void otpi_free(void *ptr);

/*
 * Calls the hook with the size that could not be had, then aborts if it
 * returns. Also for memory that does not come from here (stacks, blocks).
 */
OTP_NORETURN void otpi_out_of_memory(size_t size);

/* What is done about it; NULL for the default, a message. Any thread. */
void otpi_out_of_memory_set(void (*hook)(size_t size));

#endif
