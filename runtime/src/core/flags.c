/* SPDX-License-Identifier: Apache-2.0 */
/* What a process sets of itself: each gives what it was before (A63). */
#include "core/heap.h"
#include "core/run.h"

#include <otp/behaviour.h>

bool
otp_trap_exit(bool on)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	bool before = p->flags & PROCESS_TRAP_EXIT;

	/* Signals that are here already meet the flag as it was (A19). */
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	if (on)
		p->flags |= PROCESS_TRAP_EXIT;
	else if (p->kind != PROCESS_FOREIGN)
		p->flags &= (uint16_t)~PROCESS_TRAP_EXIT;
	otpi_leave(t);
	return before;
}

bool
otp_process_traps(void)
{
	struct thread *t = otpi_enter();
	bool traps = t->runner->process->flags & PROCESS_TRAP_EXIT;

	otpi_leave(t);
	return traps;
}

/* Is it unusual whatever its priority? */
static bool
is_unusual(const struct process *p)
{
	const struct otp_process_class *class = otpi_class_of(p);

	return p->kind == PROCESS_FOREIGN || (class && class->blocking);
}

enum otp_priority
otp_priority_set(enum otp_priority priority)
{
	struct thread *t;
	struct process *p;
	enum otp_priority before;

	if ((unsigned)priority > OTP_PRIORITY_MAX)
		otpi_misuse("otp_priority_set with a priority that is none");
	t = otpi_enter();
	p = t->runner->process;
	before = (enum otp_priority)p->priority;
	/* It runs, so it is in no queue: from its next turn on. */
	p->priority = (uint8_t)priority;
	if (priority != OTP_PRIORITY_NORMAL)
		p->flags |= PROCESS_UNUSUAL;
	else if (!is_unusual(p))
		p->flags &= (uint16_t)~PROCESS_UNUSUAL;
	otpi_leave(t);
	return before;
}

size_t
otp_max_heap_set(size_t bytes)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	size_t before = 0;

	if (p->flags & PROCESS_LIMITED)
		before = otpi_heap_limit(p);
	if (p->kind != PROCESS_FOREIGN) {
		otpi_heap_limit_set(t, bytes);
		otpi_heap_check(t, 0);
	}
	otpi_leave(t);
	return before;
}
