/* SPDX-License-Identifier: Apache-2.0 */
#include "core/runner.h"
#include "core/watchdog.h"

/*
 * As when a handler is stuck, but from the loop, by the thread itself: every
 * process that is parked comes back on another thread.
 */
void
otpi_chance_pass(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct worker *w = t->worker;
	struct thread *spare;

	if (w == NULL || !otpi_chance(CHANCE_PASS))
		return;
	pthread_mutex_lock(&rt->lock);
	spare = otpi_spare_take();
	if (spare)
		otpi_worker_give(w, t, spare);
	pthread_mutex_unlock(&rt->lock);
}
