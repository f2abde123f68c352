/* SPDX-License-Identifier: Apache-2.0 */
/* A program that has no more stacks. */
#ifndef CORE_STACKS_H
#define CORE_STACKS_H

#include "core_world.h"

#include "core/stack.h"

#define STACKS_MAX 4096u

struct stacks_taken {
	struct otpi_fiber *fibers[STACKS_MAX];
	size_t count;
	/* As it was. */
	bool guard_install;
	size_t slot_limit;
};

static inline void
never(void)
{
	abort();
}

/* Takes all stacks there are, and no more can be made. */
static inline void
stacks_take(struct stacks_taken *taken)
{
	otpi_stacks_init();
	taken->count = 0;
	taken->guard_install = otpi_stacks.guard_install;
	taken->slot_limit = otpi_stacks.slot_limit;
	otpi_stacks.guard_install = false;
	otpi_stacks.slot_limit = 0;
	while (taken->count < STACKS_MAX &&
		otpi_fiber_new(OTPI_STACK_DEFAULT, never,
			&taken->fibers[taken->count]) == OTP_OK)
		taken->count++;
	EXPECT(taken->count < STACKS_MAX);
}

static inline void
stacks_give(struct stacks_taken *taken)
{
	while (taken->count > 0)
		otpi_fiber_free(taken->fibers[--taken->count]);
	otpi_stacks.guard_install = taken->guard_install;
	otpi_stacks.slot_limit = taken->slot_limit;
}

#endif
