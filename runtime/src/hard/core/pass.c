/* SPDX-License-Identifier: Apache-2.0 */
#include "core/runner.h"
#include "core/stop.h"
#include "core/watchdog.h"

/* By worker, and its thread's: its beat when it was passed on. Relaxed. */
static _Atomic(uint32_t) passed_at[OTPI_WORKERS_MAX];

/*
 * As when a handler is stuck, but from the loop, by the thread itself: every
 * process that is parked comes back on another thread. Never twice without that
 * something was run in between: else, always taken, it would be all that is done.
 */
void
otpi_chance_pass(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct worker *w = t->worker;
	struct thread *spare;
	uint32_t beat;

	if (w == NULL)
		return;
	beat = atomic_load_explicit(&w->beat, memory_order_relaxed);
	if (beat ==
			atomic_load_explicit(
				&passed_at[w->index], memory_order_relaxed) ||
		!otpi_chance(CHANCE_PASS))
		return;
	atomic_store_explicit(&passed_at[w->index], beat, memory_order_relaxed);
	pthread_mutex_lock(&rt->lock);
	spare = otpi_spare_take();
	if (spare)
		otpi_worker_give(w, t, spare);
	pthread_mutex_unlock(&rt->lock);
}
