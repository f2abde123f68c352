/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of a process: what otp_alloc gave stands on its list `heap` and is
 * freed with it; what otp_own took over stands on `extras.owned`. Scratch
 * memory (otp_tmp) lies in blocks on the runner's list of lent memory.
 *
 * A process that has a max_heap (PROCESS_LIMITED) counts: heap_used is
 * what stands on `heap`, lent_size what the activation was lent, with the
 * message in hand. Where either grows the sum is compared with the limit; one
 * that outgrows it is killed (A66), where it stands.
 */
#ifndef OTPI_HEAP_H
#define OTPI_HEAP_H

#include "core/block.h"

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
	size_t cell; /* 0: of malloc; else one more than its class: block.h */
};

struct owned {
	struct owned *next;
	void *ptr;
	void (*destructor)(void *ptr);
};

void otpi_heap_free_all(struct thread *t, struct heap *heap);
/* As many blocks as the budget allows; it stays > 0 when none is left. */
void otpi_heap_free_some(struct thread *t, struct heap **heap, int *budget);
/* Free what an OTPI_LATER block stands for. */
void otpi_heap_free_later(struct otp_msg *m);
size_t otpi_heap_later_size(const struct otp_msg *m);
/* Zeroed memory of process p; NULL: there is none. */
void *otpi_heap_new(struct process *p, size_t size);
/* The same for what lives as long as p: never NULL, not for otp_free. */
void *otpi_heap_data(struct thread *t, struct process *p, size_t size);

/* `lent_size` when nothing is lent: other processes do not count. */
#define OTPI_LENT_NONE 1

/* What p holds, on r; PROCESS_LIMITED only. */
static inline size_t
otpi_heap_size(const struct process *p, const struct runner *r)
{
	return p->extras->heap_used + r->lent_size;
}

/* Its max_heap; PROCESS_LIMITED only. */
static inline size_t
otpi_heap_limit(const struct process *p)
{
	size_t own = p->extras->rare->max_heap;

	return own ? own : otpi_class_of(p)->max_heap;
}

/* The limit of the calling process from now on; 0: none. */
void otpi_heap_limit_set(struct thread *t, size_t limit);

/* Does `more` bytes outgrow the limit of r's process? */
static inline bool
otpi_heap_outgrows(const struct runner *r, size_t more)
{
	const struct process *p = r->process;

	return unlikely(p->flags & PROCESS_LIMITED) &&
		otpi_heap_size(p, r) + more > otpi_heap_limit(p);
}

/* Settle that r's process is killed for `more` bytes. */
void otpi_heap_outgrown(struct runner *r, size_t more);
/* The same, and end it: it is the calling one. */
OTP_NORETURN void otpi_heap_kill(struct thread *t, size_t more);

/* End the calling process if it outgrows its limit with `more` bytes. */
static inline void
otpi_heap_check(struct thread *t, size_t more)
{
	if (otpi_heap_outgrows(t->runner, more))
		otpi_heap_kill(t, more);
}

#endif
