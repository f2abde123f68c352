/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a process, after its own code has had its last word.
 *
 * The order is what others can see: names are released first (A8, A47), then
 * the mailbox is closed, so that what comes from now on meets a dead process,
 * then what it held is answered (B28), then links and monitors are told (A3:
 * behind all that the process sent), last the slot goes back. Each step takes
 * items off a table until the budget is used up; then the process is requeued
 * and goes on where the tables say, so that a million monitors hold nobody.
 */
#include "core/bound.h"
#include "core/heap.h"
#include "core/pending.h"
#include "core/run.h"
#include "core/spawn.h"
#include "core/timer.h"
#include "core/trace.h"

#define DEATH_BUDGET 1024

/* The mailbox takes nothing from now on; what it had is in the queue. */
static void
close_inbox(struct process *p)
{
	struct otp_msg *list, *next;

	otpi_unmark(otpi_thread_now(), p);
	list = otpi_bound_close(p);
	for (; list; list = next) {
		next = list->next;
		if (list->to_serial == (uint32_t)(process_key(p) >> 32))
			otpi_queue_push(p, list);
		else
			otpi_signal_stray(otpi_thread_now(), p, list);
	}
	p->flags |= PROCESS_CLOSED;
}

/* Answer what the mailbox held. */
static void
flush_queue(struct thread *t, struct process *p, int *budget)
{
	while (p->queue && (*budget)-- > 0) {
		struct otp_msg *m = otpi_queue_pop(p);

		otpi_bound_left(p, m);
		otpi_signal_after_end(t, p, m);
	}
}

/* The starter of a failed start hears of it by the answer alone (B7, B8). */
static void
forget_starter(struct process *p)
{
	struct extras *x = p->extras;

	if (!(p->flags & PROCESS_STARTING))
		return;
	if (x->start_linked)
		otpi_table_remove(&x->links, x->starter, NULL);
	if (x->start_monitor)
		otpi_table_remove(&x->watchers, x->start_monitor, NULL);
}

static void
tell_links(struct thread *t, struct process *p, int *budget)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->links);
	while (*budget > 0 && otpi_table_iter_next(&it)) {
		if (it.value == 0)
			otpi_signal_send_reason(t, SIGNAL_EXIT_LINK,
				process_key(p), it.key, 0, p->end_reason);
		otpi_table_iter_remove(&it);
		(*budget)--;
	}
	otpi_table_iter_end(&it);
}

static void
tell_watchers(struct thread *t, struct process *p, int *budget)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->watchers);
	while (*budget > 0 && otpi_table_iter_next(&it)) {
		otpi_signal_send_reason(t, SIGNAL_DOWN, process_key(p),
			it.value, it.key, p->end_reason);
		otpi_table_iter_remove(&it);
		(*budget)--;
	}
	otpi_table_iter_end(&it);
}

/* A42. */
static void
drop_monitors(struct thread *t, struct process *p, int *budget)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->monitors);
	while (*budget > 0 && otpi_table_iter_next(&it)) {
		otpi_signal_send(t, it.value,
			otpi_signal_new(
				t, SIGNAL_DEMONITOR, process_key(p), it.key));
		otpi_table_iter_remove(&it);
		(*budget)--;
	}
	otpi_table_iter_end(&it);
}

/*
 * Timers that are for itself need not fire; those for others do (A55), with
 * nobody to be told.
 */
static void
drop_timers(struct thread *t, struct process *p, int *budget)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->timers);
	while (*budget > 0 && otpi_table_iter_next(&it)) {
		struct timer *timer = (struct timer *)(uintptr_t)it.value;

		if (timer->kind == TIMER_SIGNAL)
			otpi_timer_cancel_drop(t, timer);
		else
			otpi_timer_drop(timer);
		otpi_table_iter_remove(&it);
		(*budget)--;
	}
	otpi_table_iter_end(&it);
}

/* Calls that were taken from their events and not answered. */
static void
fail_taken(struct thread *t, struct process *p, int *budget)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->taken);
	while (*budget > 0 && otpi_table_iter_next(&it)) {
		otpi_call_fail(t, (struct otp_msg *)(uintptr_t)it.value,
			OTP_DIED, p->end_reason);
		otpi_table_iter_remove(&it);
		(*budget)--;
	}
	otpi_table_iter_end(&it);
}

static void
drop_requests(struct thread *t, struct process *p)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, &p->extras->requests);
	while (otpi_table_iter_next(&it)) {
		if (it.value)
			otpi_signal_free(
				t, (struct otp_msg *)(uintptr_t)it.value);
		otpi_table_iter_remove(&it);
	}
	otpi_table_iter_end(&it);
}

/* All that is in the tables; leaves budget > 0 when nothing is left. */
static void
clear_extras(struct thread *t, struct process *p, int *budget)
{
	struct extras *x = p->extras;

	while (*budget > 0 && otpi_pending_fail_one(t, p))
		(*budget)--;
	fail_taken(t, p, budget);
	forget_starter(p);
	tell_links(t, p, budget);
	tell_watchers(t, p, budget);
	drop_monitors(t, p, budget);
	drop_timers(t, p, budget);
	if (*budget <= 0)
		return;
	drop_requests(t, p);
	x->idle_id = 0;
	if (x->idle_timer)
		otpi_timer_cancel_drop(t, x->idle_timer);
	x->idle_timer = NULL;
	if (x->alarm)
		otpi_timer_cancel_drop(t, x->alarm);
	x->alarm = NULL;
	if (p->flags & PROCESS_STARTING) /* B6: the last thing anybody sees */
		otpi_start_report(t, p,
			x->start_status ? x->start_status : OTP_START_FAILED);
	otpi_start_done(t, p);
	otpi_table_free(&x->links);
	otpi_table_free(&x->monitors);
	otpi_table_free(&x->names);
	otpi_table_free(&x->watchers);
	otpi_table_free(&x->timers);
	otpi_table_free(&x->requests);
	otpi_table_free(&x->taken);
	otpi_free(x);
	p->extras = NULL;
}

/* What destructors were left out: the process was declared dead. */
static void
drop_owned(struct process *p)
{
	struct owned *owned;

	while (p->extras && (owned = p->extras->owned)) {
		p->extras->owned = owned->next;
		otpi_free(owned);
	}
}

void
otpi_death_begin(struct process *p)
{
	if (p->flags & PROCESS_CLOSED)
		return;
	if (otpi_traced())
		otpi_trace_exit(otpi_thread_now(), p);
	atomic_store_explicit(&p->exiting, true, memory_order_relaxed);
	otpi_name_release(p);
	close_inbox(p);
	drop_owned(p);
}

bool
otpi_death_step(struct thread *t, struct process *p)
{
	int budget = DEATH_BUDGET;

	otpi_death_begin(p);
	flush_queue(t, p, &budget);
	if (p->extras && budget > 0)
		clear_extras(t, p, &budget);
	otpi_heap_free_some(&p->heap, &budget);
	if (budget <= 0)
		return false;
	otpi_reason_unref(p->end_reason);
	p->end_reason = NULL;
	otpi_slot_free(p);
	return true;
}
