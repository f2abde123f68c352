/* SPDX-License-Identifier: Apache-2.0 */
#include "core/run.h"
#include "core/heap.h"
#include "core/spawn.h"
#include "core/timer.h"

#include <stdlib.h>

#define POOL_MAX 64

static void runner_main(void);

struct runner *
otpi_runner_new(size_t stack_size)
{
	struct runner *r = otpi_calloc(1, sizeof *r);

	if (otpi_fiber_new(stack_size, runner_main, &r->fiber) != OTP_OK) {
		otpi_free(r);
		return NULL;
	}
	list_init(&r->timer.on);
	return r;
}

void
otpi_runner_free(struct runner *r)
{
	if (r->last_reason)
		otpi_reason_unref(r->last_reason);
	otpi_fiber_free(r->fiber);
	otpi_free(r);
}

/* A runner that is in the loop, for w. NULL: no stack is left. */
static struct runner *
pool_pop(struct worker *w)
{
	struct runner *r = w->pool;

	if (r == NULL)
		return otpi_runner_new(0);
	w->pool = r->next;
	w->pool_count--;
	return r;
}

static void
pool_push(struct worker *w, struct runner *r)
{
	r->next = w->pool;
	w->pool = r;
	w->pool_count++;
}

/* Free what the pool has too much of; not the calling runner, which is not in
 * it. */
static void
pool_trim(struct worker *w)
{
	while (w->pool_count > POOL_MAX) {
		struct runner *r = w->pool;

		w->pool = r->next;
		w->pool_count--;
		otpi_runner_free(r);
	}
}

static void
switch_runner(struct thread *t, struct runner *from, struct runner *to)
{
	t->runner = to;
	otpi_fiber_switch(from->fiber, to->fiber);
}

/* The calling thread's own stack goes on: it has no worker any more. */
static void
switch_native(struct thread *t, struct runner *from)
{
	t->left = from;
	t->runner = &t->native_runner;
	otpi_fiber_switch(from->fiber, &t->native);
}

void
otpi_lend(struct runner *r, struct otp_msg *m)
{
	m->next = r->lent;
	r->lent = m;
}

void
otpi_lent_release(struct thread *t, struct runner *r, otp_mark mark)
{
	struct otp_msg *m;

	while ((m = r->lent) && (void *)m != mark.top) {
		r->lent = m->next;
		otpi_signal_free(t, m);
	}
	if (r->lent && r->lent->kind == OTPI_SCRATCH)
		r->lent->id = mark.used;
}

static inline void
lent_free(struct thread *t, struct runner *r)
{
	otp_mark none = {NULL, 0};

	if (unlikely(r->lent != NULL))
		otpi_lent_release(t, r, none);
	if (unlikely(r->last_reason != NULL)) {
		otpi_reason_unref(r->last_reason);
		r->last_reason = NULL;
	}
}

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
	default:
		event->kind = OTP_EVENT_MESSAGE;
		break;
	}
}

/*
 * User code is called from functions that are not inlined: entry_sp lies in
 * their frame, below which everything is the user's (contain.h).
 */
#define ENTER_USER(t, r) \
	((r)->entry_sp = (uintptr_t)__builtin_frame_address(0), otpi_leave(t))

__attribute__((noinline)) static enum otp_verdict
call_handle(struct thread *t, struct runner *r, struct otp_event *event)
{
	struct process *p = r->process;
	enum otp_verdict verdict;

	ENTER_USER(t, r);
	verdict = p->process_class->behaviour->handle(p->data, event);
	otpi_enter();
	return verdict;
}

__attribute__((noinline)) static enum otp_verdict
call_init(struct thread *t, struct runner *r, struct otp_msg *start)
{
	struct process *p = r->process;
	enum otp_verdict verdict;

	ENTER_USER(t, r);
	verdict = p->process_class->behaviour->init(p->data, start);
	otpi_enter();
	return verdict;
}

__attribute__((noinline)) static void
call_plain(struct thread *t, struct runner *r)
{
	struct plain *plain = r->process->data;

	ENTER_USER(t, r);
	plain->fn(plain->arg);
	otpi_enter();
}

__attribute__((noinline)) static void
call_ending(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	otp_term reason = otpi_reason_term(p->end_reason);

	ENTER_USER(t, r);
	p->process_class->behaviour->ending(p->data, reason);
	otpi_enter();
}

__attribute__((noinline)) static void
call_destructor(struct thread *t, struct runner *r, struct owned *owned)
{
	void (*destructor)(void *) = owned->destructor;
	void *ptr = owned->ptr;

	otpi_free(owned);
	ENTER_USER(t, r);
	destructor(ptr);
	otpi_enter();
}

__attribute__((noinline)) static void
call_encode_message(
	struct thread *t, struct runner *r, otp_term_builder *builder)
{
	struct otp_msg *m = r->current;

	ENTER_USER(t, r);
	m->type->encode(builder, otp_msg_payload(m));
	otpi_enter();
}

__attribute__((noinline)) static void
call_encode(struct thread *t, struct runner *r, otp_term_builder *builder)
{
	struct process *p = r->process;

	ENTER_USER(t, r);
	p->process_class->behaviour->encode_state(builder, p->data);
	otpi_enter();
}

/* The builder's term, empty when it has none. */
static otp_term
built(const otp_term_builder *builder)
{
	otp_term term = {NULL, 0};

	if (builder->len == 0 ||
		otp_term_builder_term(builder, &term) != OTP_OK)
		term = (otp_term){NULL, 0};
	return term;
}

/* Report an abnormal end, with the message and the state if they can be had. */
static void
report_end(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	struct otp_msg *m = r->current;
	otp_term_builder message = {0}, state = {0};

	if (otpi_reason_is_orderly(p->end_reason))
		return;
	r->stage = STAGE_ENCODE;
	if (m && m->type && m->type->encode)
		call_encode_message(t, r, &message);
	if (p->kind == PROCESS_BEHAVIOUR &&
		p->process_class->behaviour->encode_state &&
		!(p->flags & PROCESS_STARTING))
		call_encode(otpi_thread_now(), r, &state);
	otpi_report_end(r, p, built(&message), built(&state));
	otp_term_builder_free(&message);
	otp_term_builder_free(&state);
}

/* The block in hand is over; a call that was not answered fails. */
static void
current_drop(struct thread *t, struct runner *r, otp_err status,
	struct otpi_reason *reason)
{
	struct otp_msg *m = r->current;

	r->current = NULL;
	if (m == NULL)
		return;
	if (m->next)
		otpi_block_free(t, m->next);
	if (m->kind == SIGNAL_CALL)
		otpi_call_fail(t, m, status, reason);
	else
		otpi_signal_free(t, m);
}

/*
 * The end of the process on r, stage by stage; each may land again, and then
 * the next follows. Everything user code could see runs here; what is left is
 * otpi_death_step's.
 */
static void
end_stages(struct thread *t, struct runner *r, bool report, bool ending)
{
	struct process *p = r->process;
	struct owned *owned;

	p->flags |= PROCESS_DYING;
	atomic_store_explicit(&p->exiting, true, memory_order_relaxed);
	if (report)
		report_end(t, r);
	if (ending) {
		r->stage = STAGE_ENDING;
		call_ending(otpi_thread_now(), r);
	}
	while (p->extras && (owned = p->extras->owned)) {
		r->stage = STAGE_DESTRUCT;
		p->extras->owned = owned->next;
		call_destructor(otpi_thread_now(), r, owned);
	}
	t = otpi_thread_now();
	if (r->building)
		otpi_block_free(t, r->building);
	r->building = NULL;
	current_drop(t, r, OTP_DIED, p->end_reason);
	if (r->answer)
		otpi_signal_free(t, r->answer);
	r->answer = NULL;
	r->await = 0;
	otpi_wait_disarm(t, r);
	lent_free(t, r);
	r->process = NULL;
	p->runner = NULL;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	if (!otpi_death_step(t, p))
		otpi_requeue(t, p);
}

static bool
has_ending(const struct process *p)
{
	return p->kind == PROCESS_BEHAVIOUR && !(p->flags & PROCESS_STARTING) &&
		p->process_class->behaviour->ending;
}

/* The frames above were abandoned: see why, and end the process. */
static void
land(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	bool report = !r->silent, ending = !r->silent && has_ending(p);
	struct otpi_reason *reason = NULL;

	r->landed = false;
	if (r->building)
		otpi_block_free(t, r->building);
	r->building = NULL;
	if (r->killed) {
		if (p->end_reason)
			otpi_reason_unref(p->end_reason);
		p->end_reason = &otpi_reason_killed;
		r->killed = false;
		end_stages(t, r, false, false);
		return;
	}
	if (r->interrupted && r->stage != STAGE_ENCODE)
		reason = otpi_fault_reason(r, p);
	r->interrupted = false;
	if (reason && r->stage == STAGE_DESTRUCT) {
		otpi_reason_unref(reason);
		reason = NULL;
	}
	if (reason) {
		if (p->end_reason)
			otpi_reason_unref(p->end_reason);
		p->end_reason = reason;
	}
	switch (r->stage) {
	case STAGE_RUN:
		break;
	case STAGE_ENCODE: /* without the state, then */
		otpi_report_end(r, p, (otp_term){NULL, 0}, (otp_term){NULL, 0});
		report = false;
		break;
	case STAGE_ENDING:
		ending = false;
		break;
	case STAGE_DESTRUCT:
		report = ending = false;
		break;
	}
	end_stages(t, r, report, ending);
}

/* The first activation. False: it is over. */
static bool
activate_new(struct thread *t, struct runner *r)
{
	struct process *p = r->process;
	enum otp_verdict verdict;
	struct otp_msg *start;

	p->flags &= (uint8_t)~PROCESS_NEW;
	if (p->kind == PROCESS_PLAIN) {
		call_plain(t, r);
		p->end_reason = &otpi_reason_normal;
		end_stages(otpi_thread_now(), r, false, false);
		return false;
	}
	start = p->extras ? p->extras->start : NULL;
	verdict = call_init(t, r, start);
	t = otpi_thread_now();
	if (verdict == OTP_END) {
		if (p->end_reason == NULL)
			p->end_reason = &otpi_reason_normal;
		end_stages(t, r, true, has_ending(p));
		return false;
	}
	if (p->flags & PROCESS_STARTING)
		otpi_start_report(t, p, OTP_OK);
	lent_free(t, r);
	return true;
}

static void
activation_end(struct thread *t, struct runner *r, struct process *p)
{
	r->process = NULL;
	p->runner = NULL;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
}

/* One event. False: the process is over. */
static inline bool
activate_one(struct thread *t, struct runner *r, struct otp_msg *m)
{
	struct process *p = r->process;
	struct otp_event event;
	enum otp_verdict verdict;

	if (unlikely(p->extras && p->extras->idle_id)) {
		if (m->kind == SIGNAL_IDLE && m->id != p->extras->idle_id) {
			otpi_signal_free(t, m);
			return true;
		}
		otpi_idle_cancel(t, p, m->kind == SIGNAL_IDLE);
	} else if (unlikely(m->kind == SIGNAL_IDLE)) {
		otpi_signal_free(t, m);
		return true;
	}
	r->current = m;
	m->next = NULL;
	if (likely(m->kind == SIGNAL_CALL || m->kind == SIGNAL_MESSAGE)) {
		event.kind = OTP_EVENT_MESSAGE;
		event.msg = m;
		event.from = key_pid(otpi_signal_from(m));
		r->caller = m->kind == SIGNAL_CALL ? otpi_signal_from(m) : 0;
	} else {
		r->caller = 0;
		event_of(&event, m, p);
	}
	verdict = call_handle(t, r, &event);
	t = otpi_thread_now();
	if (unlikely(verdict == OTP_END)) {
		if (p->end_reason == NULL)
			p->end_reason = &otpi_reason_normal;
		end_stages(t, r, true, has_ending(p));
		return false;
	}
	if (r->current)
		current_drop(t, r, OTP_BAD_REQUEST, NULL);
	lent_free(t, r);
	return true;
}

/* Tells the watchdog that something new has begun. */
static inline void
beat(struct thread *t)
{
	struct worker *w = t->worker;

	/* Relaxed: one writer; the watchdog only wants to see it change. */
	if (likely(w != NULL))
		atomic_store_explicit(&w->beat,
			atomic_load_explicit(&w->beat, memory_order_relaxed) +
				1,
			memory_order_relaxed);
}

/* Run a process that is scheduled and has no runner. */
static void
activate(struct thread *t, struct runner *r, struct process *p)
{
	int budget = BUDGET;

	if (unlikely(p->flags & PROCESS_DYING)) {
		if (!otpi_death_step(t, p))
			otpi_requeue(t, p);
		return;
	}
	r->process = p;
	r->stage = STAGE_RUN;
	r->silent = false;
	r->interrupted = false;
	r->fault.signal = 0;
	p->runner = r;
	/* Release: the watchdog that reads it sees the process. */
	atomic_store_explicit(&t->running, p, memory_order_release);
	beat(t);
	if (unlikely(p->flags & PROCESS_NEW)) {
		otpi_receive_signals(t, p);
		if (!(p->flags & PROCESS_DYING) && !activate_new(t, r))
			return;
		t = otpi_thread_now();
	}
	for (;;) {
		if (p->queue == NULL ||
			atomic_load_explicit(&p->urgent, memory_order_relaxed))
			otpi_receive_signals(t, p);
		if (unlikely(p->flags & PROCESS_DYING)) {
			r->silent = true;
			end_stages(t, r, false, false);
			return;
		}
		if (p->queue == NULL) {
			if (unlikely(p->extras != NULL))
				otpi_extras_trim(p);
			activation_end(t, r, p);
			if (otpi_go_idle(p))
				return;
			r->process = p;
			p->runner = r;
			atomic_store_explicit(
				&t->running, p, memory_order_release);
			continue;
		}
		if (unlikely(--budget < 0 || t->worker == NULL)) {
			activation_end(t, r, p);
			otpi_requeue(t, p);
			return;
		}
		beat(t);
		if (!activate_one(t, r, otpi_queue_pop(p)))
			return;
		t = otpi_thread_now();
	}
}

/* A process whose handlers need more stack than r has: onto a runner that does.
 * False: there is none, and the process ends. */
static void
activate_large(struct thread *t, struct runner *r, struct process *p)
{
	struct worker *w = t->worker;
	struct runner *large = otpi_runner_new(p->process_class->stack);

	if (large == NULL) {
		p->end_reason = &otpi_reason_system_limit;
		p->flags |= PROCESS_DYING;
		activate(t, r, p);
		return;
	}
	large->first = p;
	pool_push(w, r);
	switch_runner(t, r, large);
}

static bool
needs_large(const struct process *p, const struct runner *r)
{
	return p->process_class && !(p->flags & PROCESS_DYING) &&
		p->process_class->stack > r->fiber->stack_size;
}

/* The loop of a worker, on whatever runner is free. Never returns. */
static void
worker_loop(void)
{
	for (;;) {
		struct thread *t = otpi_thread_now();
		struct runner *r = t->runner;
		struct worker *w = t->worker;
		struct process *p = r->first;

		if (unlikely(p != NULL)) {
			r->first = NULL;
			activate(t, r, p);
			continue;
		}
		if (w && unlikely(w->pool_count > POOL_MAX))
			pool_trim(w);
		p = w ? otpi_next(t, w) : NULL;
		if (p == NULL) {
			switch_native(t, r);
			continue;
		}
		if (p->runner) {
			pool_push(w, r);
			switch_runner(t, r, p->runner);
		} else if (unlikely(needs_large(p, r))) {
			activate_large(t, r, p);
		} else {
			activate(t, r, p);
		}
	}
}

/* Entry of every runner, and where abandoned ones begin anew. */
static void
runner_main(void)
{
	struct thread *t = otpi_thread_now();

	if (unlikely(atomic_load_explicit(&t->attention,
			     memory_order_acquire) == ATTENTION_DEAD))
		otpi_attend(t);
	if (t->runner->landed)
		land(t, t->runner);
	worker_loop();
	abort();
}

void
otpi_worker_run(struct thread *t)
{
	struct runner *r = pool_pop(t->worker);

	if (r == NULL)
		otpi_out_of_memory(OTPI_STACK_DEFAULT);
	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	t->runner = r;
	t->left = NULL;
	otpi_fiber_switch(&t->native, r->fiber);
	/* Back: the runner that left is in the loop and can serve again. */
	if (t->left)
		otpi_runner_free(t->left);
	t->left = NULL;
}

void
otpi_end_self(struct thread *t, bool silent)
{
	struct runner *r = t->runner;

	if (r->fiber == NULL)
		otpi_misuse("a thread that is not a process of the runtime's "
			    "own can't be ended by otp_exit");
	r->silent = silent;
	r->landed = true;
	otpi_fiber_restart(r->fiber, runner_main);
}

void
otpi_abandoned_end(struct thread *t)
{
	struct runner *r = t->runner;

	if (r->building)
		otpi_block_free(t, r->building);
	if (r->current)
		otpi_signal_free(t, r->current);
	r->building = r->current = NULL;
	lent_free(t, r);
	otpi_heap_free_all(r->quarantine);
	switch_native(t, r);
	abort();
}

/* Entry points for faults: see fault.c. */
void
otpi_runner_rewrite(void *ucontext, struct runner *r)
{
	r->landed = true;
	otpi_fiber_rewrite(ucontext, r->fiber, runner_main);
}

struct thread *
otpi_migrate(struct thread *t)
{
	struct runtime *rt = &otpi_runtime;
	struct runner *r = t->runner;

	if (t->worker)
		return t;
	/* Any worker will do: it comes back as its parked process. */
	r->home = &rt->workers[r->process->id % rt->worker_count];
	t->leaving = r->process;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	t->runner = &t->native_runner;
	otpi_fiber_switch(r->fiber, &t->native);
	t = otpi_thread_now();
	t->runner = r;
	atomic_store_explicit(&t->running, r->process, memory_order_release);
	return t;
}

static struct thread *
block_foreign(struct thread *t, int64_t deadline_ms)
{
	struct process *p = t->foreign;
	struct runner *r = t->runner;
	uint32_t seen = atomic_load_explicit(&t->wake, memory_order_acquire);

	if (!otpi_go_idle(p))
		return t;
	while (atomic_load_explicit(&p->inbox, memory_order_relaxed) ==
		INBOX_IDLE) {
		int64_t left = -1;
		uintptr_t idle = INBOX_IDLE;

		if (deadline_ms >= 0) {
			left = deadline_ms * 1000000 - otpi_clock_ns();
			if (left <= 0) {
				/* As a push would; acquire as there. */
				if (atomic_compare_exchange_strong_explicit(
					    &p->inbox, &idle, 0,
					    memory_order_acquire,
					    memory_order_relaxed))
					r->timed_out = true;
				break;
			}
		}
		otpi_futex_wait(&t->wake, seen, left);
		seen = atomic_load_explicit(&t->wake, memory_order_acquire);
	}
	return t;
}

void
otpi_foreign_wake(struct process *p)
{
	struct thread *t =
		container_of(p->runner, struct thread, native_runner);

	atomic_fetch_add_explicit(&t->wake, 1, memory_order_release);
	otpi_futex_wake(&t->wake);
}

struct thread *
otpi_block(struct thread *t, int64_t deadline_ms)
{
	struct runner *r = t->runner, *next;
	struct process *p = r->process;

	if (r->fiber == NULL) {
		t = block_foreign(t, deadline_ms);
		otpi_receive_signals(t, p);
		return t;
	}
	t = otpi_migrate(t);
	if (deadline_ms >= 0 && list_is_empty(&r->timer.on) && !r->timed_out)
		otpi_wait_arm(t, r, deadline_ms);
	next = pool_pop(t->worker);
	if (next == NULL) {
		p->end_reason = &otpi_reason_system_limit;
		p->flags |= PROCESS_DYING;
		otpi_wait_disarm(t, r);
		otpi_end_self(t, true);
	}
	r->home = t->worker;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	if (otpi_go_idle(p)) {
		switch_runner(t, r, next);
		t = otpi_thread_now();
		beat(t);
	} else {
		pool_push(t->worker, next);
	}
	atomic_store_explicit(&t->running, p, memory_order_release);
	otpi_receive_signals(t, p);
	if (p->flags & PROCESS_DYING)
		otpi_end_self(t, true);
	return t;
}

struct thread *
otpi_give_way(struct thread *t)
{
	struct runner *r = t->runner, *next;
	struct process *p = r->process;

	if (r->fiber == NULL)
		return t;
	t = otpi_migrate(t);
	next = pool_pop(t->worker);
	if (next == NULL)
		return t;
	r->home = t->worker;
	atomic_store_explicit(&t->running, NULL, memory_order_relaxed);
	otpi_requeue(t, p);
	switch_runner(t, r, next);
	t = otpi_thread_now();
	beat(t);
	atomic_store_explicit(&t->running, p, memory_order_release);
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	return t;
}
