/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where fibers' stacks come from. A slot is a guard with a stack above it; it
 * is carved from an arena once and then belongs to one struct otpi_fiber for
 * the life of the program, in use or on the free list of its size. A free
 * stack has no memory, but its guard stays.
 *
 * The guard costs no mapping where the kernel can mark pages in the page
 * table (`guard_install`); where it is a mapping of its own, slots are
 * counted, so that the program does not run out of mappings for other things.
 * Beyond that limit there are a few more, for the loops of threads that take a
 * worker over: without them nobody could go on and give a stack back.
 */
#ifndef OTPI_STACK_H
#define OTPI_STACK_H

#include "core/fiber.h"

#include <pthread.h>

#define STACK_CLASSES 8 /* 64 KiB to 8 MiB */

#define STACK_RESERVE 500 /* stacks beyond the limit */

struct stack_class {
	struct otpi_fiber *free; /* linked by next */
	char *arena; /* the part that is not carved yet */
	char *arena_end;
};

struct stacks {
	pthread_once_t once;
	pthread_mutex_t lock; /* for what follows but the constants */
	struct stack_class classes[STACK_CLASSES];
	size_t slots; /* ever carved */
	size_t in_use; /* of them */
	/* Constant after the first use. */
	size_t page_size;
	size_t guard_size;
	size_t slot_limit; /* when a guard is a mapping of its own */
	bool guard_install;
	uint64_t control; /* the control words fibers begin with */
};

/* One for the program: stacks outlive every runtime that is started. */
extern struct stacks otpi_stacks;

/* Finds out what the kernel can do, once. */
void otpi_stacks_init(void);

/*
 * NULL when there can be no more, or, unless `reserve`, none but the reserve.
 * `stack_size` is a size of a class.
 */
struct otpi_fiber *otpi_stack_take(size_t stack_size, bool reserve);
void otpi_stack_give(struct otpi_fiber *fiber);

#endif
