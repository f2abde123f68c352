/* SPDX-License-Identifier: Apache-2.0 */
#include "core/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/tuning.h"
#include "core/arch/arch.h"

/* Linux 6.13; older headers do not have it. */
#define GUARD_INSTALL 102

/*
 * At least this much is guarded: code that was compiled without stack-clash
 * protection may step over one page. It also spreads the stacks over the sets
 * of the caches, which tops at multiples of 64 KiB would share.
 */
#define GUARD_MIN ((size_t)16 * 1024)

struct stacks otpi_stacks = {
	.once = PTHREAD_ONCE_INIT,
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

static char *
map_pages(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	return pages == MAP_FAILED ? NULL : pages;
}

/*
 * Emulators accept the call and do nothing, so its result says little: a page
 * is guarded when the kernel cannot read it.
 */
static bool
is_guarded(const char *page)
{
	int ends[2];
	ssize_t written;
	bool fault;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return false;
	written = write(ends[1], page, 1);
	fault = written < 0 && errno == EFAULT;
	close(ends[0]);
	close(ends[1]);
	return fault;
}

static bool
can_install_guards(size_t page_size)
{
	char *page = map_pages(page_size);
	bool can;

	if (!page)
		return false;
	can = !madvise(page, page_size, GUARD_INSTALL) && is_guarded(page);
	munmap(page, page_size);
	return can;
}

/*
 * A guard that is a mapping makes two of a slot. Half of what the kernel
 * allows a program, less 2,000, leaves room for its libraries and heaps.
 */
static size_t
find_slot_limit(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long count = 65530;

	if (file) {
		if (fscanf(file, "%lu", &count) != 1)
			count = 65530;
		fclose(file);
	}
	return count / 2 > 2000 ? count / 2 - 2000 : 0;
}

static void
init_once(void)
{
	struct stacks *all = &otpi_stacks;

	all->page_size = (size_t)sysconf(_SC_PAGESIZE);
	all->guard_size =
		all->page_size > GUARD_MIN ? all->page_size : GUARD_MIN;
	all->guard_install = can_install_guards(all->page_size);
	all->slot_limit = find_slot_limit();
	all->control = arch_control();
}

void
otpi_stacks_init(void)
{
	pthread_once(&otpi_stacks.once, init_once);
}

static struct stack_class *
class_of(size_t stack_size)
{
	struct stack_class *cls = otpi_stacks.classes;

	while (stack_size > OTPI_STACK_DEFAULT) {
		stack_size /= 2;
		cls++;
	}
	return cls;
}

static bool
refill(struct stack_class *cls, size_t slot)
{
	size_t count = ARENA_SIZE > slot ? ARENA_SIZE / slot : 1;
	char *arena = map_pages(count * slot);

	if (!arena)
		return false;
	/* One page touched shall not cost two megabytes. */
	madvise(arena, count * slot, MADV_NOHUGEPAGE);
	cls->arena = arena;
	cls->arena_end = arena + count * slot;
	return true;
}

static bool
set_guard(char *guard)
{
	struct stacks *all = &otpi_stacks;

	if (all->guard_install)
		return !madvise(guard, all->guard_size, GUARD_INSTALL);
	return !mprotect(guard, all->guard_size, PROT_NONE);
}

/* Have so many been carved, or are they in use, as there may be? */
static bool
is_at_limit(size_t count, bool reserve)
{
	const struct stacks *all = &otpi_stacks;

	return !all->guard_install &&
		count >= all->slot_limit + (reserve ? STACK_RESERVE : 0);
}

/* What is left of an arena that could not be guarded is tried again later. */
static char *
carve(struct stack_class *cls, size_t stack_size, bool reserve)
{
	size_t guard = otpi_stacks.guard_size;
	char *slot;

	if (is_at_limit(otpi_stacks.slots, reserve))
		return NULL;
	if (cls->arena == cls->arena_end && !refill(cls, guard + stack_size))
		return NULL;
	slot = cls->arena;
	if (!set_guard(slot))
		return NULL;
	cls->arena += guard + stack_size;
	otpi_stacks.slots++;
	return slot + guard;
}

struct otpi_fiber *
otpi_stack_take(size_t stack_size, bool reserve)
{
	struct stack_class *cls = class_of(stack_size);
	struct otpi_fiber *fiber = NULL;
	char *stack = NULL;

	otpi_stacks_init();
	pthread_mutex_lock(&otpi_stacks.lock);
	if (!is_at_limit(otpi_stacks.in_use, reserve)) {
		fiber = cls->free;
		if (fiber)
			cls->free = fiber->next;
		else
			stack = carve(cls, stack_size, reserve);
		otpi_stacks.in_use += fiber || stack;
	}
	pthread_mutex_unlock(&otpi_stacks.lock);
	if (fiber || !stack)
		return fiber;
	fiber = otpi_calloc(1, sizeof *fiber);
	fiber->stack = stack;
	fiber->stack_size = stack_size;
	fiber->guard_size = otpi_stacks.guard_size;
	return fiber;
}

void
otpi_stack_give(struct otpi_fiber *fiber)
{
	struct stack_class *cls = class_of(fiber->stack_size);

	madvise(fiber->stack, fiber->stack_size, MADV_DONTNEED);
	pthread_mutex_lock(&otpi_stacks.lock);
	fiber->next = cls->free;
	cls->free = fiber;
	otpi_stacks.in_use--;
	pthread_mutex_unlock(&otpi_stacks.lock);
}
