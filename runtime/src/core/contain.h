/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a fault in a handler may end only its process. It may when no code
 * that could hold a lock is abandoned with the handler's frames: none of the
 * C library, the loader, the exception runtime or the allocator, but for
 * functions known to take none, called by the handler itself.
 *
 * That the runtime itself is not among the frames is for the caller to know
 * (its depth counter). The check walks the frames with the unwind tables of
 * the loaded objects, reads only the fiber's stack, allocates nothing and
 * takes no lock.
 */
#ifndef OTPI_CONTAIN_H
#define OTPI_CONTAIN_H

#include "core/fiber.h"

#include <signal.h>

#define OTPI_FAULT_FRAMES 32

/* The alternate signal stack that otpi_contain_check needs, with reserve. */
#define OTPI_SIGNAL_STACK ((size_t)64 * 1024)

struct otpi_fault {
	int signal;
	int code; /* si_code */
	uintptr_t address; /* si_addr; 0 for abort and a kill */
	uintptr_t pc; /* where it happened */
	/*
	 * Return addresses, innermost first, without pc and without those of
	 * the runtime below the handler. Filled as far as can be, contained
	 * or not.
	 */
	uintptr_t frames[OTPI_FAULT_FRAMES];
	size_t frame_count;
	bool overflow; /* the address lies in the guard of the fiber's stack */
	/* NULL if contained; else a static sentence: which rule, and why. */
	const char *rule;
};

/*
 * Called once, outside signal handlers, before the first check and before
 * handlers for faults are installed. Until then, and in a statically linked
 * program for ever, nothing is contained.
 */
void otpi_contain_init(void);

/*
 * Called on an alternate stack in the handler of SIGSEGV, SIGBUS, SIGFPE,
 * SIGILL, SIGABRT or the signal reserved for kills (any other number), while
 * `fiber` was running; fills *fault and says whether its frames may be
 * abandoned. `entry_sp` is any address in the frame of the function that
 * called the user's handler, at or above its stack pointer at that call and
 * below its return address: __builtin_frame_address(0) there will do.
 * A fault that kill(2) or another thread sent is never contained.
 * Keeps errno.
 */
bool otpi_contain_check(const siginfo_t *info, void *ucontext,
	const struct otpi_fiber *fiber, uintptr_t entry_sp,
	struct otpi_fault *fault);

#endif
