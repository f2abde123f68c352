/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bound.h"
#include "core/heap.h"
#include "core/requests.h"
#include "core/run.h"
#include "core/suspend.h"
#include "core/trace.h"
#include "core/user.h"

#include <stdlib.h>

/* What one event is, in the words of behaviours. */
static void
event_of(struct otp_event *event, struct otp_msg *m, struct process *p)
{
	event->msg = m;
	event->from = key_pid(otpi_signal_from(m));
	switch (m->kind) {
	case SIGNAL_EXIT:
	case SIGNAL_EXIT_LINK:
		event->kind = OTP_EVENT_EXIT;
		event->reason = otpi_reason_term(otpi_signal_reason(m)->reason);
		break;
	case SIGNAL_DOWN:
		event->kind = OTP_EVENT_DOWN;
		event->ref = id_ref(m->id);
		event->who = otp_to_pid(event->from);
		event->who.name = otpi_signal_reason(m)->name;
		event->who.node = otpi_signal_reason(m)->node;
		event->reason = otpi_reason_term(otpi_signal_reason(m)->reason);
		break;
	case SIGNAL_TIMER:
		event->kind = OTP_EVENT_TIMER;
		event->ref = id_ref(m->id);
		break;
	case SIGNAL_IDLE:
		event->kind = OTP_EVENT_IDLE;
		p->extras->idle_id = 0;
		break;
	case SIGNAL_RESPONSE:
		event->kind = OTP_EVENT_RESPONSE;
		event->ref = id_ref(m->id);
		event->response.id = m->id;
		break;
	default:
		event->kind = OTP_EVENT_MESSAGE;
		break;
	}
}

/*
 * m is taken out of the mailbox of r's process, whose class has a bound or a
 * max_heap. False: m was too much, the process is over.
 */
__attribute__((noinline, cold)) static bool
take(struct thread *t, struct runner *r, struct otp_msg *m)
{
	struct process *p = r->process;

	otpi_bound_left(p, m);
	if (!(p->flags & PROCESS_LIMITED))
		return true;
	r->lent_size = OTPI_LENT_NONE + otpi_block_size(m);
	if (!otpi_heap_outgrows(r, 0))
		return true;
	m->next = NULL;
	r->current = m;
	otpi_heap_outgrown(r, 0);
	otpi_end_stages(t, r, true, false);
	return false;
}

/* The first activation. False: it is over. */
static bool
activate_new(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	enum otp_verdict verdict;
	struct otp_msg *start;

	p->flags &= (uint16_t)~PROCESS_NEW;
	r->caller = 0;
	if (unlikely(p->flags & PROCESS_LIMITED)) {
		r->lent_size = OTPI_LENT_NONE;
		if (otpi_heap_outgrows(r, 0)) {
			otpi_heap_outgrown(r, 0);
			otpi_end_stages(t, r, true, false);
			return false;
		}
	}
	if (p->kind == PROCESS_PLAIN) {
		if (otpi_traced())
			otpi_trace_handler(t, p, NULL, "run");
		otpi_call_plain(t, r);
		if (otpi_traced())
			otpi_trace_handler_end(r->thread, p, false);
		p->end_reason = &otpi_reason_normal;
		otpi_end_stages(otpi_thread_now(), r, false, false);
		return false;
	}
	start = p->extras ? p->extras->rare->start : NULL;
	if (otpi_traced())
		otpi_trace_handler(t, p, NULL, "init");
	verdict = otpi_call_init(t, r, start);
	t = otpi_thread_now();
	if (otpi_traced())
		otpi_trace_handler_end(t, p, false);
	if (verdict == OTP_END) {
		if (p->end_reason == NULL)
			p->end_reason = &otpi_reason_normal;
		otpi_end_stages(t, r, true, otpi_has_ending(p));
		return false;
	}
	if (p->flags & PROCESS_STARTING)
		otpi_start_report(t, p, OTP_OK);
	otpi_start_done(t, p);
	otpi_lent_free(t, r);
	return true;
}

/* r is free again: as runner_new made it. */
static inline void
activation_end(
	struct thread *t, struct runner *r, struct process *p, bool traced)
{
	if (traced)
		otpi_trace_stop(t, p);
	r->process = NULL;
	r->held = NULL;
	if (unlikely(p->flags & PROCESS_LIMITED))
		r->lent_size = 0;
	p->runner = NULL;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
}

static inline void
activation_begin(
	struct thread *t, struct runner *r, struct process *p, bool traced)
{
	r->process = p;
	p->runner = r;
	/* Release: the watchdog that reads it sees the process. */
	atomic_store_explicit(&t->running, p, memory_order_release);
	if (traced)
		otpi_trace_run(t, p);
}

/* What is left of the block in hand; mostly it was not a call. */
static inline void
current_done(struct thread *t, struct runner *r, struct process *p)
{
	struct otp_msg *m = r->current;

	if (m == NULL)
		return;
	if (likely(m == p->mark)) {
		r->current = NULL;
		if (OTPI_DEBUG)
			otpi_block_poison(m);
	} else if (likely(m->kind == SIGNAL_MESSAGE && m->next == NULL)) {
		r->current = NULL;
		otpi_block_free(t, m);
	} else {
		otpi_current_drop(t, r, OTP_BAD_REQUEST, NULL);
	}
}

/* It has dozed for long enough: hibernate_after (B38). */
static void
falls_asleep(struct thread *t, struct process *p, struct otp_msg *m)
{
	p->extras->idle_id = 0;
	p->flags |= PROCESS_ASLEEP;
	otpi_signal_free(t, m);
}

/* An idle event is waited for. */
static inline bool
is_to_idle(const struct process *p)
{
	return p->extras && p->extras->idle_id;
}

/* One that must not be handled now: an old idle event, what makes it
 * hibernate, or an answer that it has had. Nothing else is SIGNAL_IDLE or more,
 * unless it is_to_idle. */
__attribute__((noinline)) static bool
is_stale(struct thread *t, struct process *p, struct otp_msg *m)
{
	if (otpi_is_stale_response(p, m)) {
		otpi_signal_free(t, m);
		return true;
	}
	if (is_to_idle(p)) {
		if (otpi_is_sys(m)) { /* B37 */
			otpi_idle_again(t, p);
			return false;
		}
		if (m->kind != SIGNAL_IDLE || m->id == p->extras->idle_id) {
			otpi_idle_cancel(t, p, m->kind == SIGNAL_IDLE);
			if (m->kind != SIGNAL_IDLE || !p->extras->rare->dozing)
				return false;
			falls_asleep(t, p, m);
			return true;
		}
	} else if (m->kind != SIGNAL_IDLE) {
		return false;
	}
	otpi_signal_free(t, m);
	return true;
}

/* One event; m is out of the queue. False: the process is over. */
static ALWAYS_INLINE bool
activate_one(struct thread *t, struct runner *r, struct process *p,
	struct otp_msg *m, bool traced)
{
	struct otp_event event;
	enum otp_verdict verdict;

	if (unlikely(is_to_idle(p) || m->kind >= SIGNAL_IDLE) &&
		is_stale(t, p, m))
		return true;
	r->current = m;
	m->next = NULL;
	if (likely(m->kind <= SIGNAL_MESSAGE)) {
		event.kind = OTP_EVENT_MESSAGE;
		event.msg = m;
		event.from = key_pid(otpi_signal_from(m));
		r->caller = m->kind == SIGNAL_CALL ? otpi_signal_from(m) : 0;
	} else {
		r->caller = 0;
		event_of(&event, m, p);
	}
	if (traced)
		otpi_trace_handler(t, p, m, NULL);
	verdict = otpi_call_handle(t, r, &event);
	t = r->thread;
	if (traced)
		otpi_trace_handler_end(t, p, false);
	if (unlikely(verdict == OTP_END)) {
		if (p->end_reason == NULL)
			p->end_reason = &otpi_reason_normal;
		otpi_end_stages(t, r, true, otpi_has_ending(p));
		return false;
	}
	current_done(t, r, p);
	otpi_lent_free(t, r);
	return true;
}

#define UNUSUAL_NEXT \
	(PROCESS_BOUNDED | PROCESS_DYING | PROCESS_SUSPENDED | PROCESS_ASLEEP)

/*
 * Of one that is ended already, by a signal it received before its first turn:
 * none. Of one with a bound: what is too much is dropped first.
 */
__attribute__((noinline, cold)) static struct otp_msg *
unusual_next(struct thread *t, struct process *p)
{
	struct otp_msg *m;

	if (p->queue == NULL || p->flags & PROCESS_SUSPENDED ||
		atomic_load_explicit(&p->urgent, memory_order_relaxed))
		otpi_receive_signals(t, p);
	if (p->flags & PROCESS_DYING)
		return NULL;
	otpi_bound_trim(t, p, NULL);
	if (p->flags & PROCESS_SUSPENDED)
		m = otpi_suspended_next(t, p);
	else
		m = p->queue ? otpi_queue_pop(p) : NULL;
	if (p->flags & PROCESS_ASLEEP)
		otpi_asleep_next(t, p, m);
	return m;
}

/* Nothing is left to be handled. True: so it is over; false: look again. */
static ALWAYS_INLINE bool
activation_over(
	struct thread *t, struct runner *r, struct process *p, bool traced)
{
	if (unlikely(p->flags & PROCESS_DYING)) {
		r->silent = true;
		otpi_end_stages(t, r, false, false);
		return true;
	}
	if (unlikely(p->extras != NULL))
		otpi_extras_trim(t, p);
	activation_end(t, r, p, traced);
	if (otpi_may_rest(t->worker, p)) {
		otpi_rest(t, t->worker, p);
		return true;
	}
	if (likely(otpi_go_idle(t, p)))
		return true;
	activation_begin(t, r, p, traced);
	return false;
}

/* Calls are nothing to a plain process. */
static bool
has_message(const struct process *p)
{
	const struct otp_msg *m = p->queue;

	while (m && m->kind == SIGNAL_CALL)
		m = m->next;
	return m != NULL;
}

/*
 * p, which has no frames, was woken from its hibernation: is there a message,
 * or is it over? If not it goes idle again: true.
 */
__attribute__((noinline, cold)) static bool
sleeps_on(struct thread *t, struct runner *r, struct process *p, bool traced)
{
	while (!has_message(p) && !(p->flags & PROCESS_DYING)) {
		otpi_asleep_next(t, p, NULL);
		activation_end(t, r, p, traced);
		if (otpi_go_idle(t, p))
			return true;
		activation_begin(t, r, p, traced);
		otpi_receive_signals(t, p);
	}
	atomic_store_explicit(&p->blocked, 0, memory_order_relaxed);
	p->flags &= (uint16_t)~PROCESS_ASLEEP;
	return false;
}

/* Has the thread been left without a worker, but for the pool's? */
static inline bool
is_detached(const struct thread *t)
{
	return unlikely(t->worker == NULL) && !t->pooled;
}

/*
 * Run a process that is scheduled and has no runner; `traced` is a constant, so
 * that where nobody traces, one test is enough for all its messages.
 */
static ALWAYS_INLINE void
activate_as(struct thread *t, struct runner *r, struct process *p, bool traced)
{
	int budget = atomic_load_explicit(
		&otpi_runtime.budget, memory_order_relaxed);
	struct otp_msg *m;

	if (unlikely(p->flags & (PROCESS_DYING | PROCESS_NEW))) {
		if (p->flags & PROCESS_DYING) {
			if (!otpi_death_step(t, p))
				otpi_requeue(t, p);
			return;
		}
		activation_begin(t, r, p, traced);
		otpi_beat(t);
		otpi_receive_signals(t, p);
		otpi_chance_yield(CHANCE_FIRST);
		if (p->flags & PROCESS_ASLEEP && sleeps_on(t, r, p, traced))
			return;
		if (!(p->flags & PROCESS_DYING) && !activate_new(t, r))
			return;
		t = r->thread;
	} else {
		activation_begin(t, r, p, traced);
	}
	for (;;) {
		if (unlikely(p->flags & UNUSUAL_NEXT))
			m = unusual_next(t, p);
		else
			m = otpi_receive_next(t, p);
		if (m == NULL) {
			if (activation_over(t, r, p, traced))
				return;
			continue;
		}
		otpi_beat(t);
		otpi_handled_one(p);
		if (unlikely(p->flags & (PROCESS_BOUNDED | PROCESS_LIMITED)) &&
			!take(t, r, m))
			return;
		if (!activate_one(t, r, p, m, traced))
			return;
		t = r->thread;
		if (unlikely(--budget == 0 || is_detached(t))) {
			activation_end(t, r, p, traced);
			otpi_requeue(t, p);
			return;
		}
	}
}

__attribute__((noinline, cold)) static void
activate_traced(struct thread *t, struct runner *r, struct process *p)
{
	activate_as(t, r, p, true);
}

static inline void
activate(struct thread *t, struct runner *r, struct process *p)
{
	if (otpi_traced())
		activate_traced(t, r, p);
	else
		activate_as(t, r, p, false);
}

/* A process that needs more stack than r has: onto a runner that has it; if
 * there is none, the process ends. */
static void
activate_large(struct thread *t, struct runner *r, struct process *p)
{
	struct worker *w = t->worker;
	struct runner *large = otpi_runner_new(otpi_stack_of(p));

	if (large == NULL) {
		otpi_end_reason_limit(p);
		p->flags |= PROCESS_DYING;
		activate(t, r, p);
		return;
	}
	large->first = p;
	otpi_pool_push(w, r);
	otpi_switch(t, r, large);
}

/* The loop of a worker, on r as long as that is free. Never returns. */
OTP_NORETURN static void
worker_loop(struct runner *r)
{
	for (;;) {
		struct thread *t = r->thread;
		struct process *p = r->first;
		struct worker *w;

		if (unlikely(p != NULL)) {
			r->first = NULL;
			activate(t, r, p);
			continue;
		}
		otpi_chance_pass(t);
		w = t->worker;
		if (w && unlikely(w->pool_count > POOL_MAX))
			otpi_pool_trim(w);
		p = w ? otpi_next(t, w) : NULL;
		if (p == NULL) {
			otpi_switch_native(t, r);
			continue;
		}
		if (p->runner) {
			otpi_pool_push(w, r);
			otpi_switch(t, r, p->runner);
		} else if (unlikely(otpi_stack_of(p) > r->fiber->stack_size)) {
			activate_large(t, r, p);
		} else {
			activate(t, r, p);
		}
	}
}

void
otpi_runner_main(void)
{
	struct thread *t = otpi_thread_now();
	struct runner *r = t->runner;

	/* It may come from a signal handler, which settles nothing. */
	if (r->landed &&
		unlikely(atomic_load_explicit(&t->attention,
				 memory_order_acquire) >= ATTENTION_ASKED))
		otpi_attend(t);
	if (r->landed)
		otpi_land(t, r);
	worker_loop(r);
}

void
otpi_worker_run(struct thread *t)
{
	struct runner *r = otpi_loop_runner(t->worker);

	if (r == NULL)
		otpi_out_of_memory(OTPI_STACK_DEFAULT);
	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	otpi_thread_runs(t, r);
	t->left = NULL;
	otpi_fiber_switch(&t->native, r->fiber);
	/* Back: the runner that left is in the loop and can serve again. */
	if (t->left)
		otpi_runner_free(t->left);
	t->left = NULL;
}
