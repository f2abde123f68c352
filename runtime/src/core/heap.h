/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of a process: what otp_alloc gave stands on its list `heap` and is
 * freed with it; what otp_own took over stands on `extras.owned`. Scratch
 * memory (otp_tmp) lies in blocks on the runner's list of lent memory.
 */
#ifndef OTPI_HEAP_H
#define OTPI_HEAP_H

#include "core/thread.h"

/* The kind of a block of scratch memory; its `id` counts the bytes used. */
#define OTPI_SCRATCH 200

/*
 * The kind of a block that stands for memory of otp_alloc, which is freed with
 * it; its `id` is the memory's address.
 */
#define OTPI_LATER 201

struct heap {
	struct heap *next;
	struct heap *prev;
	size_t size;
	size_t unused; /* keeps what follows aligned for any type */
};

struct owned {
	struct owned *next;
	void *ptr;
	void (*destructor)(void *ptr);
};

void otpi_heap_free_all(struct heap *heap);
/* As many blocks as the budget allows; it stays > 0 when none is left. */
void otpi_heap_free_some(struct heap **heap, int *budget);
/* Free what an OTPI_LATER block stands for. */
void otpi_heap_free_later(struct otp_msg *m);
/* Zeroed memory of process p. */
void *otpi_heap_new(struct process *p, size_t size);

#endif
