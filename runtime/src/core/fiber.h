/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fiber is a stack that code can be left on and come back to. Exactly one
 * fiber runs on a thread at a time; `sp` of every other one points at what
 * otpi_fiber_switch saved there. A fiber may be switched to by any thread, by
 * one at a time; who hands it over orders memory, the switch itself does not.
 *
 * Across a switch the callee-saved registers, the floating-point control
 * words, errno and the C++ exception globals stay with the fiber; every other
 * thread-local value stays with the thread.
 *
 * Stacks of fibers are never unmapped: free ones are kept, empty of pages,
 * and the guard below each is there from the first use on.
 */
#ifndef OTPI_FIBER_H
#define OTPI_FIBER_H

#include <otp/err.h>

#define OTPI_STACK_DEFAULT ((size_t)64 * 1024)
#define OTPI_STACK_MAX ((size_t)8 * 1024 * 1024)

struct otpi_fiber {
	void *sp; /* while it is not running */
	char *stack; /* lowest usable byte; the guard ends here */
	size_t stack_size;
	size_t guard_size; /* 0 for a thread's own stack */
	void (*entry)(void);
	struct otpi_fiber *next; /* of whoever keeps it in a pool */
	void *owner; /* of whoever made it; not used here */
	/* The thread's errno and C++ exception globals: while it is running. */
	int *errno_at;
	struct otpi_exceptions *exceptions_at; /* NULL: no C++ */
	/* What they held: while it is not. */
	struct otpi_exceptions {
		void *caught;
		unsigned uncaught;
	} exceptions;
	int saved_errno;
	bool started;
	void *asan_stack; /* AddressSanitizer's fake stack, while not running */
	void *tsan_fiber; /* ThreadSanitizer's fiber */
};

/*
 * A fiber that was never started; the first switch to it calls `entry`, which
 * may not return. The size is rounded up to a power of two between 64 KiB
 * (256 KiB under AddressSanitizer and ThreadSanitizer) and OTPI_STACK_MAX.
 * OTP_BADARG beyond that; OTP_SYSTEM_LIMIT when the system has no more
 * mappings or memory for stacks. Any thread.
 */
OTP_MUST_USE otp_err otpi_fiber_new(
	size_t stack_size, void (*entry)(void), struct otpi_fiber **fiber);
/* The same of 64 KiB, if need be on a stack of the reserve: see stack.h. */
OTP_MUST_USE otp_err otpi_fiber_new_reserve(
	void (*entry)(void), struct otpi_fiber **fiber);

/*
 * Gives the stack back for reuse and frees the fiber, which is not running.
 * Frames that are still on it are abandoned. Any thread.
 */
void otpi_fiber_free(struct otpi_fiber *fiber);

/*
 * Makes *fiber stand for the calling thread's own stack, so that others can
 * be switched to and back from. The thread calls fini before it ends.
 */
void otpi_fiber_thread_init(struct otpi_fiber *fiber);
void otpi_fiber_thread_fini(struct otpi_fiber *fiber);

/*
 * Leaves `from`, which is running, and goes on with `to`. Returns when
 * somebody switches back to `from`, maybe on another thread.
 */
void otpi_fiber_switch(struct otpi_fiber *from, struct otpi_fiber *to);

/*
 * Abandons all frames of the fiber that is running and calls `entry` at its
 * base. Not for a thread's own stack.
 */
OTP_NORETURN void
otpi_fiber_restart(struct otpi_fiber *self, void (*entry)(void));

/*
 * The same from a signal handler: when the handler that was given `ucontext`
 * returns, its thread goes on at `entry` on the base of `self`, with an empty
 * floating-point stack, default control words and the signal mask of the
 * interrupted code. `self` was running when the signal came. Safe in a signal
 * handler.
 */
void otpi_fiber_rewrite(
	void *ucontext, struct otpi_fiber *self, void (*entry)(void));

/* Whether an access there ran off the end of the stack. */
static inline bool
otpi_fiber_in_guard(const struct otpi_fiber *fiber, uintptr_t address)
{
	uintptr_t stack = (uintptr_t)fiber->stack;

	return address < stack && stack - address <= fiber->guard_size;
}

/*
 * Bytes from the base of the stack down to the deepest page that has memory.
 * One system call.
 */
size_t otpi_fiber_stack_used(const struct otpi_fiber *fiber);

/*
 * Gives back the memory deeper than `keep` bytes from the base that the
 * fiber, which is not running, does not use now. Not for a thread's own
 * stack. One system call.
 */
void otpi_fiber_trim(struct otpi_fiber *fiber, size_t keep);

#endif
