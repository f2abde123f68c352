/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selective receive, sleeping and timers of the calling process.
 */
#include "core/alias.h"
#include "core/bound.h"
#include "core/heap.h"
#include "core/requests.h"
#include "core/sim.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/wait.h"

/* A queued block in the words of otp_receive; false: none of its business. */
static bool
received_of(struct otp_msg *m, struct otp_received *out)
{
	*out = (struct otp_received){0};
	out->from = key_pid(otpi_signal_from(m));
	switch (m->kind) {
	case SIGNAL_MESSAGE:
		out->kind = OTP_RECEIVED_MESSAGE;
		out->type = m->type;
		out->payload = otp_msg_payload(m);
		return true;
	case SIGNAL_EXIT:
	case SIGNAL_EXIT_LINK:
		out->kind = OTP_RECEIVED_EXIT;
		out->reason = otpi_reason_term(otpi_signal_reason(m)->reason);
		return true;
	case SIGNAL_DOWN:
		out->kind = OTP_RECEIVED_DOWN;
		out->ref = id_ref(m->id);
		out->who = otp_to_pid(out->from);
		out->who.name = otpi_signal_reason(m)->name;
		out->who.node = otpi_signal_reason(m)->node;
		out->reason = otpi_reason_term(otpi_signal_reason(m)->reason);
		return true;
	case SIGNAL_TIMER:
		out->kind = OTP_RECEIVED_TIMER;
		out->ref = id_ref(m->id);
		return true;
	case SIGNAL_RESPONSE:
		out->kind = OTP_RECEIVED_RESPONSE;
		out->ref = id_ref(m->id);
		out->response.id = m->id;
		return true;
	default:
		return false;
	}
}

/*
 * m, behind `before`, tells of an answer that is not here any more. Gives what
 * comes next; a receive within another one leaves it where it is.
 */
static struct otp_msg *
skip_stale(struct process *p, struct otp_msg **before, struct otp_msg *m,
	bool within)
{
	struct otp_msg *next = m->next;

	if (within) {
		*before = m;
	} else {
		otpi_queue_remove(p, *before, m);
		otpi_signal_free(otpi_thread_now(), m);
	}
	return next;
}

/* The oldest block behind *before that matches; user code decides. */
static struct otp_msg *
queue_find(bool (*match)(const struct otp_received *message, void *arg),
	void *arg, struct process *p, struct otp_msg **before,
	struct otp_received *out, bool within)
{
	struct otp_msg *m = *before ? (*before)->next : p->queue;

	while (m) {
		if (otpi_is_stale_response(p, m)) {
			m = skip_stale(p, before, m, within);
			continue;
		}
		if (received_of(m, out)) {
			bool matched = true;

			if (match) {
				otpi_leave(otpi_thread_now());
				matched = match(out, arg);
				otpi_enter_again();
			}
			if (matched)
				return m;
		}
		*before = m;
		m = m->next;
	}
	return NULL;
}

/*
 * Something has been received: what is over a bound is dropped. A receive is how
 * a plain process handles a message, and to a server only a wait.
 */
static void
bound_keep(struct thread *t, struct process *p, struct otp_msg **before)
{
	if (p->kind == PROCESS_PLAIN)
		otpi_bound_trim(t, p, before);
	else
		otpi_bound_relieve(t, p, before);
}

otp_err
otp_receive_match(bool (*match)(const struct otp_received *message, void *arg),
	void *arg, struct otp_received *message, otp_duration timeout_ms)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	struct process *p = r->process;
	struct otp_msg *before = NULL, *m;
	struct otp_received found;
	/* `match` is user code, and may receive, too. */
	bool within = r->searching, is_over = timeout_ms == 0; /* A50 */
	int64_t deadline = -1;

	if (timeout_ms < 0) {
		otpi_leave(t);
		return OTP_BADARG;
	}
	if (timeout_ms != OTP_INFINITY)
		deadline = otpi_deadline(timeout_ms);
	otpi_receive_signals(t, p);
	otpi_check_end(t);
	if (unlikely(p->flags & PROCESS_BOUNDED) && !within)
		bound_keep(t, p, &before);
	r->searching = true;
	for (;;) {
		m = queue_find(match, arg, p, &before, &found, within);
		t = otpi_thread_now();
		if (m) {
			r->searching = within;
			otpi_queue_remove(p, before, m);
			otpi_handled_one(p);
			if (otpi_traced())
				otpi_trace_receive(t, p, m);
			otpi_bound_left(p, m);
			otpi_lend(r, m);
			otpi_heap_check(t, 0);
			*message = found;
			otpi_leave(t);
			return OTP_OK;
		}
		if (is_over) {
			r->searching = within;
			otpi_leave(t);
			return OTP_TIMEOUT;
		}
		/* A wait within `match` may have been over. */
		r->timed_out = false;
		t = otpi_block(t, deadline);
		is_over = r->timed_out;
		if (unlikely(p->flags & PROCESS_BOUNDED) && !within)
			bound_keep(t, p, &before);
		/*
		 * `match` is user code, in which the thread may lose its worker:
		 * the limit is not on that worker's wheel meanwhile.
		 */
		otpi_wait_disarm(t, r);
	}
}

otp_err
otp_receive(struct otp_received *message, otp_duration timeout_ms)
{
	return otp_receive_match(NULL, NULL, message, timeout_ms);
}

static bool
is_down_of(const struct otp_received *message, void *ref)
{
	return message->kind == OTP_RECEIVED_DOWN &&
		otp_ref_equal(message->ref, *(otp_ref *)ref);
}

otp_err
otp_await_down(otp_ref ref, otp_duration timeout_ms, otp_term *reason)
{
	struct otp_received down;
	otp_err err = otp_receive_match(is_down_of, &ref, &down, timeout_ms);

	if (err == OTP_OK && reason)
		*reason = down.reason;
	return err;
}

otp_err
otp_sleep(otp_duration ms)
{
	struct thread *t = otpi_enter();
	int64_t deadline = ms == OTP_INFINITY ? -1 : otpi_deadline(ms);
	struct runner *r = t->runner;

	for (r->timed_out = ms <= 0; !r->timed_out;)
		t = otpi_block(t, deadline);
	otpi_wait_disarm(t, r);
	otpi_leave(t);
	return ms < 0 ? OTP_BADARG : OTP_OK;
}

void
otp_yield(void)
{
	struct thread *t = otpi_give_way(otpi_enter());

	otpi_leave(t);
}

/* To `to`; NULL: to the caller. */
static otp_ref
timer_start(const otp_to *to, otp_duration ms)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct timer *timer =
		otpi_timer_new(t, to ? TIMER_MESSAGE : TIMER_SIGNAL,
			otpi_id_next(t), process_key(p));
	otp_ref ref = id_ref(timer->id);

	if (to) {
		timer->to = *to;
		timer->message = otpi_signal_new(
			t, SIGNAL_TIMER, process_key(p), timer->id);
		timer->message->status = OTPI_ANOTHERS;
	}
	otpi_table_put_ptr(&otpi_extras(t, p)->timers, timer->id, timer);
	otpi_timer_start(t, timer, ms);
	otpi_leave(t);
	return ref;
}

otp_ref
otp_timer_start(otp_duration ms)
{
	if (ms < 0) /* A56 */
		otpi_misuse("otp_timer_start with a negative time");
	return timer_start(NULL, ms);
}

otp_ref
otp_timer_start_to(otp_to to, otp_duration ms)
{
	if (ms < 0) /* A56 */
		otpi_misuse("otp_timer_start_to with a negative time");
	if (otpi_is_alias(to))
		otpi_misuse("otp_timer_start_to with an alias");
	return timer_start(&to, ms);
}

bool
otp_timer_cancel(otp_ref ref, otp_duration *left_ms)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct timer *timer = NULL;
	bool active = false;
	int64_t left = 0;

	if (p->extras && ref_id(ref))
		timer = otpi_table_get_ptr(&p->extras->timers, ref_id(ref));
	if (timer) {
		if (left_ms)
			left = otpi_timer_left_ms(timer);
		/* One that has fired stays: its signal is on the way (A53). */
		active = otpi_timer_cancel(t, timer);
	}
	if (active) {
		otpi_table_remove(&p->extras->timers, ref_id(ref), NULL);
		if (left_ms)
			*left_ms = left;
	}
	otpi_leave(t);
	return active;
}

bool
otp_timer_read(otp_ref ref, otp_duration *left_ms)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	struct timer *timer = NULL;
	bool active;

	if (p->extras && ref_id(ref))
		timer = otpi_table_get_ptr(&p->extras->timers, ref_id(ref));
	/* Relaxed: it may fire at any moment; until it has, it stands. */
	active = timer &&
		atomic_load_explicit(&timer->state, memory_order_relaxed) ==
			TIMER_ARMED;
	if (active && left_ms)
		*left_ms = otpi_timer_left_ms(timer);
	otpi_leave(t);
	return active;
}

otp_timestamp
otp_now(void)
{
	return otpi_now_wall_us();
}

int64_t
otp_monotonic_ms(void)
{
	return otpi_now_ns() / 1000000;
}
