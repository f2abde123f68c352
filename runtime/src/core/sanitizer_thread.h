/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sanitizer.h, which includes this. A switch orders what was done before
 * it in the one fiber before what is done after it in the other: they run on
 * one thread, one after the other.
 */
#ifndef OTPI_SANITIZER_THREAD_H
#define OTPI_SANITIZER_THREAD_H

#include <sanitizer/tsan_interface.h>

#define SAN_PLAIN __attribute__((no_sanitize("thread")))
#define SAN_STACK_MIN ((size_t)256 * 1024)

static inline void
san_fiber_new(struct otpi_fiber *fiber)
{
	fiber->tsan_fiber = __tsan_create_fiber(0);
}

static inline void
san_fiber_free(struct otpi_fiber *fiber)
{
	__tsan_destroy_fiber(fiber->tsan_fiber);
	fiber->tsan_fiber = NULL;
}

static inline void
san_thread_init(struct otpi_fiber *fiber)
{
	fiber->tsan_fiber = __tsan_get_current_fiber();
}

static inline SAN_PLAIN void
san_leave(struct otpi_fiber *from, struct otpi_fiber *to)
{
	(void)from;
	__tsan_switch_to_fiber(to->tsan_fiber, 0);
}

static inline SAN_PLAIN void
san_arrive(struct otpi_fiber *self)
{
	(void)self;
}

/* What it believes to be on the stack goes with the old one. */
static inline SAN_PLAIN void
san_abandon(struct otpi_fiber *self)
{
	void *former = self->tsan_fiber;

	self->tsan_fiber = __tsan_create_fiber(0);
	__tsan_switch_to_fiber(self->tsan_fiber, 0);
	__tsan_destroy_fiber(former);
}

/* Memory outside of malloc that points into it. */
static inline void
san_region(void *at, size_t size)
{
	(void)at;
	(void)size;
}

#endif
