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
#include "core/requests.h"
#include "core/run.h"
#include "core/sim.h"
#include "core/spawn.h"
#include "core/timer.h"
#include "core/trace.h"

/* The mailbox takes nothing from now on; what it had is in the queue. */
static void
close_inbox(struct process *p)
{
	struct otp_msg *list, *next;

	otpi_unmark(otpi_thread_now(), p);
	list = otpi_oldest_first(otpi_bound_close(p));
	otpi_sim_tell(p, list);
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
forget_starter(struct thread *t, struct process *p)
{
	struct extras *x = p->extras;

	if (!(p->flags & PROCESS_STARTING))
		return;
	if (x->rare->start_linked)
		otpi_table_remove(otpi_links(t, p), x->rare->starter, NULL);
	if (x->rare->start_monitor)
		otpi_table_remove(&x->watchers, x->rare->start_monitor, NULL);
}

/* The link that p was started with. */
static void
tell_parent(struct thread *t, struct process *p)
{
	if (!(p->flags & PROCESS_CHILD))
		return;
	p->flags &= (uint16_t)~PROCESS_CHILD;
	otpi_signal_send_reason(t, SIGNAL_EXIT_LINK, process_key(p),
		otpi_parent_of(p), 0, p->end_reason);
}

static void
tell_links(struct thread *t, struct process *p, int *budget)
{
	uint64_t peer, unlink_id;

	for (; *budget > 0 &&
		otpi_table_take(&p->extras->links, &peer, &unlink_id);
		(*budget)--)
		if (unlink_id == 0)
			otpi_signal_send_reason(t, SIGNAL_EXIT_LINK,
				process_key(p), peer, 0, p->end_reason);
}

static void
tell_watchers(struct thread *t, struct process *p, int *budget)
{
	uint64_t ref, watcher;

	for (; *budget > 0 &&
		otpi_table_take(&p->extras->watchers, &ref, &watcher);
		(*budget)--)
		otpi_signal_send_reason(t, SIGNAL_DOWN, process_key(p), watcher,
			ref, p->end_reason);
}

/* A42. */
static void
drop_monitors(struct thread *t, struct process *p, int *budget)
{
	uint64_t ref, target;

	for (; *budget > 0 &&
		otpi_table_take(&p->extras->monitors, &ref, &target);
		(*budget)--)
		otpi_signal_send(t, target,
			otpi_signal_new(
				t, SIGNAL_DEMONITOR, process_key(p), ref));
}

/*
 * Timers that are for itself need not fire; those for others do (A55), with
 * nobody to be told.
 */
static void
drop_timers(struct thread *t, struct process *p, int *budget)
{
	uint64_t ref, value;

	for (; *budget > 0 && otpi_table_take(&p->extras->timers, &ref, &value);
		(*budget)--) {
		struct timer *timer = (struct timer *)(uintptr_t)value;

		if (timer->kind == TIMER_SIGNAL)
			otpi_timer_cancel_drop(t, timer);
		else
			otpi_timer_drop(t, timer);
	}
}

/* Calls that were taken from their events and not answered. */
static void
fail_taken(struct thread *t, struct process *p, int *budget)
{
	struct table *taken = &p->extras->rare->taken;
	uint64_t call, block;

	for (; *budget > 0 && otpi_table_take(taken, &call, &block);
		(*budget)--) {
		struct otp_msg *m = (struct otp_msg *)(uintptr_t)block;

		/* It may have been about to be answered. */
		if (m->next)
			otpi_block_free(t, m->next);
		otpi_call_fail(t, m, OTP_DIED, p->end_reason);
	}
}

static void
drop_requests(struct thread *t, struct process *p, int *budget)
{
	struct table *requests = &p->extras->rare->requests;
	uint64_t call, value;

	for (; *budget > 0 && otpi_table_take(requests, &call, &value);
		(*budget)--)
		otpi_request_drop(t, value);
}

/* All that is in the tables; leaves budget > 0 when nothing is left. */
static void
clear_extras(struct thread *t, struct process *p, int *budget)
{
	struct extras *x = p->extras;

	while (*budget > 0 && otpi_pending_fail_one(t, p))
		(*budget)--;
	fail_taken(t, p, budget);
	if (*budget > 0)
		tell_parent(t, p);
	tell_links(t, p, budget);
	tell_watchers(t, p, budget);
	drop_monitors(t, p, budget);
	drop_timers(t, p, budget);
	drop_requests(t, p, budget);
	if (*budget <= 0)
		return;
	if (x->rare->idle_timer)
		otpi_timer_cancel_drop(t, x->rare->idle_timer);
	if (x->rare->alarm)
		otpi_timer_cancel_drop(t, x->rare->alarm);
	if (p->flags & PROCESS_STARTING) /* B6: the last thing anybody sees */
		otpi_start_report(t, p,
			x->rare->start_status ? x->rare->start_status
					      : OTP_START_FAILED);
	otpi_start_done(t, p);
	otpi_extras_drop(t, p);
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
	otpi_name_release(p); /* given to it meanwhile: links.c */
	drop_owned(p);
	forget_starter(otpi_thread_now(), p);
}

bool
otpi_death_step(struct thread *t, struct process *p)
{
	int budget = atomic_load_explicit(
		&otpi_runtime.death_budget, memory_order_relaxed);

	otpi_death_begin(p);
	otpi_chance_yield(CHANCE_DEATH);
	flush_queue(t, p, &budget);
	if (budget > 0 && p->extras)
		clear_extras(t, p, &budget);
	else if (budget > 0)
		tell_parent(t, p);
	otpi_heap_free_some(t, &p->heap, &budget);
	if (budget <= 0)
		return false;
	otpi_reason_unref(p->end_reason);
	p->end_reason = NULL;
	otpi_slot_free(t, p);
	return true;
}
