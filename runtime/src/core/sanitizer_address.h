/* SPDX-License-Identifier: Apache-2.0 */
/* See sanitizer.h, which includes this. */
#ifndef OTPI_SANITIZER_ADDRESS_H
#define OTPI_SANITIZER_ADDRESS_H

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>

#define SAN_PLAIN __attribute__((no_sanitize("address")))
#define SAN_STACK_MIN ((size_t)256 * 1024)

static inline void
san_fiber_new(struct otpi_fiber *fiber)
{
	fiber->asan_stack = NULL;
	__lsan_register_root_region(fiber->stack, fiber->stack_size);
}

static inline void
san_fiber_free(struct otpi_fiber *fiber)
{
	__lsan_unregister_root_region(fiber->stack, fiber->stack_size);
	__asan_unpoison_memory_region(fiber->stack, fiber->stack_size);
}

static inline void
san_thread_init(struct otpi_fiber *fiber)
{
	fiber->asan_stack = NULL;
}

static inline SAN_PLAIN void
san_leave(struct otpi_fiber *from, struct otpi_fiber *to)
{
	__sanitizer_start_switch_fiber(
		&from->asan_stack, to->stack, to->stack_size);
}

static inline SAN_PLAIN void
san_arrive(struct otpi_fiber *self)
{
	__sanitizer_finish_switch_fiber(self->asan_stack, NULL, NULL);
}

/* Leaving for ever, as it were, and coming back: ends the fake stack. */
static inline SAN_PLAIN void
san_abandon(struct otpi_fiber *self)
{
	__sanitizer_start_switch_fiber(NULL, self->stack, self->stack_size);
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
	__asan_unpoison_memory_region(self->stack, self->stack_size);
}

/* Memory outside of malloc that points into it. */
static inline void
san_region(void *at, size_t size)
{
	__lsan_register_root_region(at, size);
}

#endif
