/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runners: stacks with what belongs to the activation on them, the pool of
 * those that wait in a worker's loop, and the memory lent to an activation.
 *
 * Every runner in a pool is at the loop's switch: whoever takes it and switches
 * to it goes on with the loop. A pool is its worker's thread's alone.
 */
#ifndef OTPI_RUNNER_H
#define OTPI_RUNNER_H

#include "core/signals.h"

/* Entry of every runner, and where abandoned ones begin anew: run.c. */
void otpi_runner_main(void);

/* A runner with a fresh stack; NULL: no stack is left. */
struct runner *otpi_runner_new(size_t stack_size);
void otpi_runner_free(struct runner *r);
/* A runner that is in the loop, for w. NULL: no stack is left. */
static inline struct runner *
otpi_pool_pop(struct worker *w)
{
	struct runner *r = w->pool;

	if (unlikely(r == NULL))
		return otpi_runner_new(0);
	w->pool = r->next;
	w->pool_count--;
	return r;
}

/* The same for a thread that has just got w and cannot go on without one. */
struct runner *otpi_loop_runner(struct worker *w);

static inline void
otpi_pool_push(struct worker *w, struct runner *r)
{
	r->next = w->pool;
	w->pool = r;
	w->pool_count++;
}

/* Free what the pool has too much of. */
void otpi_pool_trim(struct worker *w);
/* The calling thread goes on on `to`; returns when r is switched to again. */
void otpi_switch(struct thread *t, struct runner *from, struct runner *to);
/* The calling thread's own stack goes on: it has no worker any more. */
void otpi_switch_native(struct thread *t, struct runner *from);
/* In a signal handler: abandon r's frames; it lands when the handler returns.*/
void otpi_runner_rewrite(void *ucontext, struct runner *r);

/* Put a block on the list of lent memory. */
void otpi_lend(struct runner *r, struct otp_msg *m);
/* What is lent, with the message in hand, as max_heap counts it. */
size_t otpi_lent_count(const struct runner *r);
/* Free what was lent after the mark. */
void otpi_lent_release(struct thread *t, struct runner *r, otp_mark mark);

/* Free the block that was made and not sent, if there is one. */
void otpi_building_drop(struct thread *t, struct runner *r);

/* All of it, what was made and not sent, and the last reason. */
static inline void
otpi_lent_free(struct thread *t, struct runner *r)
{
	otp_mark none = {NULL, 0};

	if (unlikely(r->lent != NULL))
		otpi_lent_release(t, r, none);
	if (unlikely(r->last_reason != NULL)) {
		otpi_reason_unref(r->last_reason);
		r->last_reason = NULL;
	}
	if (unlikely(r->building != NULL))
		otpi_building_drop(t, r);
}

/* Tells the watchdog that something new has begun. */
static inline void
otpi_beat(struct thread *t)
{
	struct worker *w = t->worker;

	/* Relaxed: one writer; the watchdog only wants to see it change. */
	if (likely(w != NULL))
		atomic_store_explicit(&w->beat,
			atomic_load_explicit(&w->beat, memory_order_relaxed) +
				1,
			memory_order_relaxed);
}

#endif
