/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that give up their frames and go on: a plain one that hibernates,
 * or becomes one of a behaviour; these become PROCESS_NEW again, and so begin as
 * a process that was just started. And one of a behaviour whose hook crashes for
 * sys, which loses the call in hand. What they leave behind is given back at the
 * base of the stack they leave, where otp_exit lands too.
 */
#include "core/heap.h"
#include "core/run.h"
#include "core/timer.h"
#include "core/trace.h"

#include <string.h>

/* The calling process is PROCESS_NEW again. */
OTP_NORETURN static void
begin_anew(struct thread *t)
{
	struct runner *r = t->runner;

	r->anew = r->landed = true;
	otpi_fiber_restart(r->fiber, otpi_runner_main);
}

/* Is the caller a plain process, in what it runs? */
static struct thread *
enter_plain(const char *what)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;

	if (r->fiber == NULL || r->process->kind != PROCESS_PLAIN ||
		r->stage != STAGE_RUN)
		otpi_misuse(what);
	return t;
}

void
otp_hibernate(void (*fn)(void *arg), void *arg)
{
	struct thread *t = enter_plain("otp_hibernate is for plain processes");
	struct process *p = t->runner->process;
	struct plain *plain = p->data;

	plain->fn = fn;
	plain->arg = arg;
	p->flags |= PROCESS_NEW | PROCESS_ASLEEP;
	begin_anew(t);
}

/* Its own: neither lent nor being made any more. */
static void
take_start(struct thread *t, struct otp_msg *start)
{
	struct runner *r = t->runner;
	struct otp_msg **at = &r->lent;

	if (start == NULL)
		return;
	if (r->building == start)
		r->building = NULL;
	while (*at && *at != start)
		at = &(*at)->next;
	if (*at)
		*at = start->next;
	otpi_rare(t, r->process)->start = start;
}

/* What its heap holds counts from now on. */
static void
heap_count(struct thread *t, struct process *p)
{
	struct extras *x = otpi_extras(t, p);

	if (p->flags & PROCESS_LIMITED)
		return;
	x->heap_used = 0;
	for (const struct heap *h = p->heap; h; h = h->next)
		x->heap_used += h->size;
}

void
otp_process_become(const struct otp_process_class *class, const void *data,
	size_t size, struct otp_msg *start)
{
	struct thread *t =
		enter_plain("only a plain process can become another");
	struct process *p = t->runner->process;
	void *copy = otpi_heap_data(t, p, size);

	/* What the caller gives may be wild: then it is the caller's crash. */
	otpi_leave(t);
	memcpy(copy, data, size);
	t = otpi_enter();
	take_start(t, start);
	p->data = copy;
	if (class->max_heap)
		heap_count(t, p);
	otpi_class_apply(t, p, class);
	process_kind_set(p, PROCESS_BEHAVIOUR);
	p->flags |= PROCESS_NEW;
	begin_anew(t);
}

void
otpi_anew(struct thread *t, struct runner *r)
{
	struct process *p = r->process;

	otpi_wait_disarm(t, r);
	otpi_give_back(t, r);
	if (r->held)
		otpi_block_free(t, r->held);
	r->held = NULL;
	otpi_lent_free(t, r);
	if (otpi_traced())
		otpi_trace_stop(t, p);
	/* A kill that came on the way here is in the mailbox, too. */
	r->anew = r->killed = r->cut = r->silent = false;
	r->process = NULL;
	r->lent_size = 0;
	p->runner = NULL;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	otpi_requeue(t, p);
}

otp_term
otp_process_show(enum otp_status_part part, otp_term term)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;

	t->runner->stage = STAGE_SHOW;
	otpi_leave(t);
	term = otpi_class_of(p)->behaviour->format(p->data, part, term);
	t = otpi_enter();
	t->runner->stage = STAGE_RUN;
	otpi_leave(t);
	return term;
}

void
otpi_show_failed(struct thread *t, struct runner *r)
{
	struct process *p = r->process;

	otpi_end_reason_set(p, NULL);
	if (r->interrupted && otpi_traced())
		otpi_trace_fault(t, p, &r->fault);
	r->interrupted = false;
	r->fault.signal = 0;
	r->stage = STAGE_RUN;
	otpi_current_drop(t, r, OTP_BAD_TERM, NULL);
	otpi_anew(t, r);
}
