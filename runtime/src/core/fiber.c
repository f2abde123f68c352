/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problem: a fiber that was left on one thread may go on on another, and the
 * compiler does not know. It may compute the address of a thread-local value
 * once for a whole function (it does for errno, whose address it believes to
 * be constant) and use it after the switch, when it is another thread's.
 *
 * Solution: nothing thread-local is looked up around a switch. The fiber that
 * runs holds the addresses for its thread, which found them when it started,
 * and hands them to the fiber it switches to; that one is then on this thread.
 */
#include "core/fiber.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "core/arch/arch.h"
#include "core/sanitizer.h"
#include "core/stack.h"

/* Of the C++ runtime, where the program has one. */
extern struct otpi_exceptions *__cxa_get_globals(void) __attribute__((weak));

/* What stays with the fiber, but for the registers. */
static inline SAN_PLAIN void
exchange_thread_state(struct otpi_fiber *from, struct otpi_fiber *to)
{
	int *errno_at = from->errno_at;
	struct otpi_exceptions *exceptions_at = from->exceptions_at;

	from->saved_errno = *errno_at;
	*errno_at = to->saved_errno;
	to->errno_at = errno_at;
	to->exceptions_at = exceptions_at;
	if (exceptions_at) {
		from->exceptions = *exceptions_at;
		*exceptions_at = to->exceptions;
	}
}

static void
clear_thread_state(struct otpi_fiber *fiber)
{
	fiber->saved_errno = 0;
	fiber->exceptions = (struct otpi_exceptions){NULL, 0};
}

static char *
base_of(const struct otpi_fiber *fiber)
{
	return fiber->stack + fiber->stack_size;
}

static size_t
round_size(size_t size)
{
	size_t rounded = SAN_STACK_MIN;

	while (rounded < size)
		rounded *= 2;
	return rounded;
}

static otp_err
fiber_new(size_t stack_size, bool reserve, void (*entry)(void),
	struct otpi_fiber **fiber)
{
	struct otpi_fiber *made;

	if (stack_size > OTPI_STACK_MAX)
		return OTP_BADARG;
	made = otpi_stack_take(round_size(stack_size), reserve);
	if (!made)
		return OTP_SYSTEM_LIMIT;
	made->entry = entry;
	made->next = NULL;
	made->owner = NULL;
	made->started = false;
	clear_thread_state(made);
	made->sp = arch_prepare(
		base_of(made), otpi_arch_base, made, otpi_stacks.control);
	san_fiber_new(made);
	*fiber = made;
	return OTP_OK;
}

otp_err
otpi_fiber_new(
	size_t stack_size, void (*entry)(void), struct otpi_fiber **fiber)
{
	return fiber_new(stack_size, false, entry, fiber);
}

otp_err
otpi_fiber_new_reserve(void (*entry)(void), struct otpi_fiber **fiber)
{
	return fiber_new(0, true, entry, fiber);
}

void
otpi_fiber_free(struct otpi_fiber *fiber)
{
	san_fiber_free(fiber);
	otpi_stack_give(fiber);
}

void
otpi_fiber_thread_init(struct otpi_fiber *fiber)
{
	pthread_attr_t attr;
	void *stack = NULL;
	size_t size = 0;

	otpi_stacks_init();
	if (!pthread_getattr_np(pthread_self(), &attr)) {
		pthread_attr_getstack(&attr, &stack, &size);
		pthread_attr_destroy(&attr);
	}
	*fiber = (struct otpi_fiber){
		.stack = stack, .stack_size = size, .started = true};
	fiber->errno_at = &errno;
	if (__cxa_get_globals)
		fiber->exceptions_at = __cxa_get_globals();
	san_thread_init(fiber);
}

void
otpi_fiber_thread_fini(struct otpi_fiber *fiber)
{
	fiber->stack = NULL;
	fiber->stack_size = 0;
}

SAN_PLAIN void
otpi_fiber_switch(struct otpi_fiber *from, struct otpi_fiber *to)
{
	exchange_thread_state(from, to);
	san_leave(from, to);
	otpi_arch_switch(&from->sp, to->sp);
	san_arrive(from);
}

/* Where a fiber begins: at its first switch, a restart or a rewrite. */
SAN_PLAIN _Noreturn void
otpi_fiber_main(struct otpi_fiber *self)
{
	if (self->started) {
		san_abandon(self);
		*self->errno_at = 0;
		if (self->exceptions_at)
			*self->exceptions_at =
				(struct otpi_exceptions){NULL, 0};
	} else {
		self->started = true;
		san_arrive(self);
	}
	self->entry();
	abort();
}

SAN_PLAIN void
otpi_fiber_restart(struct otpi_fiber *self, void (*entry)(void))
{
	self->entry = entry;
	otpi_arch_restart(self, base_of(self), otpi_stacks.control);
}

void
otpi_fiber_rewrite(void *ucontext, struct otpi_fiber *self, void (*entry)(void))
{
	self->entry = entry;
	arch_rewrite(ucontext, base_of(self), otpi_arch_base, self,
		otpi_stacks.control);
}

size_t
otpi_fiber_stack_used(const struct otpi_fiber *fiber)
{
	unsigned char resident[OTPI_STACK_MAX / 4096];
	size_t page_size = otpi_stacks.page_size;
	size_t pages = fiber->stack_size / page_size;
	size_t unused = 0;

	if (mincore(fiber->stack, fiber->stack_size, resident))
		return fiber->stack_size;
	while (unused < pages && !(resident[unused] & 1))
		unused++;
	return fiber->stack_size - unused * page_size;
}

void
otpi_fiber_trim(struct otpi_fiber *fiber, size_t keep)
{
	uintptr_t low = (uintptr_t)fiber->stack;
	uintptr_t base = low + fiber->stack_size;
	uintptr_t in_use = (uintptr_t)fiber->sp;

	if (keep < fiber->stack_size && base - keep < in_use)
		in_use = base - keep;
	in_use -= in_use % otpi_stacks.page_size;
	if (keep < fiber->stack_size && in_use > low)
		madvise(fiber->stack, in_use - low, MADV_DONTNEED);
}
