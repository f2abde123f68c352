/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls and messages. The request's block is the server's from the push on;
 * its answer comes back in it or in another one, as a REPLY with the call's
 * id, and the caller matches it by that id. So no monitor is needed: whoever
 * has the request answers it exactly once, also when it dies, and an answer
 * nobody waits for any more is dropped at receipt (B24, B26).
 * model: tests/model/call.pml
 */
#include "core/alias.h"
#include "core/bound.h"
#include "core/heap.h"
#include "core/pending.h"
#include "core/relay.h"
#include "core/requests.h"
#include "core/spawn.h"
#include "core/timer.h"
#include "core/trace.h"
#include "core/wait.h"

#define NO_LIMIT INT64_MIN

struct otp_msg *
otp_msg_new(const struct otp_msg_type *type, size_t extra)
{
	struct thread *t = otpi_enter();
	size_t size = type->size;
	struct otp_msg *m;

	if (extra)
		size = ((size + 7) & ~(size_t)7) + extra;
	if (size < type->reply_size)
		size = type->reply_size;
	m = otpi_block_new(t, size);
	m->type = type;
	m->kind = type->kind == OTP_MSG_CALL ? SIGNAL_CALL : SIGNAL_MESSAGE;
	m->status = 0;
	m->id = 1; /* holds, of a block of start arguments */
	if (unlikely(t->runner->building != NULL))
		otpi_block_free(t, t->runner->building);
	t->runner->building = m;
	otpi_leave(t);
	return m;
}

void
otp_msg_free(struct otp_msg *m)
{
	struct thread *t = otpi_enter();

	if (unlikely(t->runner->building == m))
		t->runner->building = NULL;
	if (unlikely(t->runner->held == m))
		t->runner->held = NULL;
	if (likely(m && m->kind == SIGNAL_MESSAGE))
		otpi_block_free(t, m);
	else if (m)
		otpi_signal_free(t, m);
	otpi_leave(t);
}

void
otp_msg_lend(struct otp_msg *m)
{
	struct thread *t = otpi_enter();

	if (t->runner->building == m)
		t->runner->building = NULL;
	if (t->runner->held == m)
		t->runner->held = NULL;
	otpi_lend(t->runner, m);
	otpi_heap_check(t, 0);
	otpi_leave(t);
}

/*
 * Push a message or a call to the process of this key; takes m if it gives
 * OTP_OK. OTP_NOPROC: nobody is there; OTP_MAILBOX_FULL.
 */
__attribute__((noinline)) static otp_err
deliver(struct thread *t, uint64_t key, struct otp_msg *m)
{
	struct process *p = otpi_slot_find(key);

	m->to_serial = (uint32_t)(key >> 32);
	if (p == NULL)
		return OTP_NOPROC;
	if (atomic_load_explicit(&p->bound, memory_order_relaxed))
		return otpi_bound_push(t, p, m);
	return otpi_push(t, p, m) ? OTP_OK : OTP_NOPROC;
}

/* The same for the common case; false: m is the caller's, deliver says why. */
static inline bool
delivered(struct thread *t, uint64_t key, struct otp_msg *m)
{
	struct process *p = otpi_slot_find(key);

	m->to_serial = (uint32_t)(key >> 32);
	/* Relaxed: set before the pid was known to anybody. */
	return likely(p != NULL) &&
		likely(atomic_load_explicit(&p->bound, memory_order_relaxed) ==
			0) &&
		likely(otpi_push(t, p, m));
}

/* What delivered does not do: a bound, or nobody is there. */
__attribute__((noinline)) static otp_err
send_rare(struct thread *t, otp_to to, uint64_t key, struct otp_msg *m)
{
	otp_err err;

	if (otpi_is_alias(to)) {
		otpi_alias_send(t, to, m);
		return OTP_OK;
	}
	err = deliver(t, key, m);
	if (err == OTP_OK)
		return OTP_OK;
	if (otpi_traced())
		otpi_trace_drop(t, key, m, err);
	/* A5; A6, but for casts: B31. */
	if (err == OTP_NOPROC &&
		(key || to.name == 0 || to.node ||
			m->type->kind == OTP_MSG_CAST))
		err = OTP_OK;
	otpi_block_free(t, m);
	return err;
}

otp_err
otp_msg_send(otp_to to, struct otp_msg *m)
{
	struct thread *t = otpi_enter();
	uint64_t key = otpi_resolve(to);
	otp_err err = OTP_OK;

	t->runner->building = NULL;
	otpi_signal_set_from(m, process_key(t->runner->process));
	if (otpi_traced())
		otpi_trace_send(t, pid_key(otp_to_whereis(to)), m);
	if (unlikely(!delivered(t, key, m)))
		err = send_rare(t, to, key, m);
	otpi_leave(t);
	return err;
}

otp_err
otp_msg_send_after(
	otp_to to, struct otp_msg *m, otp_duration ms, otp_ref *timer_ref)
{
	struct thread *t = otpi_enter();
	struct process *self = t->runner->process;
	struct timer *timer;

	t->runner->building = NULL;
	if (ms < 0) { /* A56 */
		otpi_block_free(t, m);
		otpi_leave(t);
		return OTP_BADARG;
	}
	timer = otpi_timer_new(t, TIMER_MESSAGE, otpi_id_next(t),
		timer_ref ? process_key(self) : 0);
	otpi_signal_set_from(m, process_key(self));
	timer->to = to;
	timer->message = m;
	if (timer_ref) {
		*timer_ref = id_ref(timer->id);
		otpi_table_put_ptr(
			&otpi_extras(t, self)->timers, timer->id, timer);
	}
	otpi_timer_start(t, timer, ms);
	if (timer_ref == NULL)
		otpi_timer_drop(t, timer);
	otpi_leave(t);
	return OTP_OK;
}

void
otpi_last_reason_set(struct thread *t, struct otpi_reason *reason)
{
	struct runner *r = t->runner;

	if (r->last_reason)
		otpi_reason_unref(r->last_reason);
	r->last_reason = reason ? otpi_reason_ref(reason) : NULL;
}

otp_term
otp_last_reason(void)
{
	struct thread *t = otpi_enter();
	struct otpi_reason *reason = t->runner->last_reason;

	otpi_leave(t);
	return reason ? otpi_reason_term(reason) : OTP_UNDEFINED;
}

/* When a call that begins to wait now gives up. */
static int64_t
deadline_of(struct thread *t, otp_duration timeout_ms)
{
	if (timeout_ms == OTP_INFINITY)
		return -1;
	if (timeout_ms >= OTPI_YOUNG_MS && t->worker)
		return otpi_deadline_young(timeout_ms);
	return otpi_deadline(timeout_ms);
}

otp_err
otpi_await(struct thread **t, otp_duration timeout_ms)
{
	struct runner *r = (*t)->runner;
	int64_t deadline = NO_LIMIT;

	r->answer = NULL;
	r->timed_out = false;
	if (unlikely(otpi_has_mail(r->process))) {
		otpi_receive_signals(*t, r->process);
		otpi_check_end(*t);
	}
	while (r->answer == NULL && !r->timed_out) {
		if (deadline == NO_LIMIT)
			deadline = deadline_of(*t, timeout_ms);
		*t = otpi_block(*t, deadline);
	}
	otpi_wait_disarm(*t, r);
	if (r->answer)
		return OTP_OK;
	r->await = 0; /* B26 */
	return OTP_TIMEOUT;
}

/* What the answer's block means for the caller. */
static otp_err
answer_take(struct thread *t, struct otp_msg *answer, struct otp_msg **m)
{
	otp_err err = (otp_err)answer->status;

	if (err == OTP_OK || err == OTP_REFUSED) {
		answer->kind = SIGNAL_MESSAGE;
		t->runner->held = answer;
		*m = answer;
		return err;
	}
	otpi_last_reason_set(t, otpi_signal_reason(answer)->reason);
	otpi_signal_free(t, answer);
	return err;
}

/* Why `to` is nobody who could be called. */
__attribute__((noinline, cold)) static otp_err
not_called(otp_to to)
{
	if (otpi_is_alias(to))
		return OTP_BADARG;
	return otpi_is_this_node(to.node) ? OTP_NOPROC : OTP_NOCONNECTION;
}

/* m becomes a call of the calling process; its number. */
static inline uint64_t
request_make(struct thread *t, struct otp_msg *m)
{
	m->kind = SIGNAL_CALL;
	m->id = otpi_id_next(t);
	otpi_signal_set_from(m, process_key(t->runner->process));
	return m->id;
}

/* Send the request; OTP_OK: an answer will come. Takes m. */
static otp_err
request_send(struct thread *t, otp_to to, struct otp_msg *m, uint64_t *id)
{
	uint64_t key = otpi_resolve(to), self = process_key(t->runner->process);
	otp_err err;

	t->runner->building = NULL;
	if (unlikely(key == self)) { /* B29 */
		otpi_block_free(t, m);
		return OTP_CALLING_SELF;
	}
	*id = request_make(t, m);
	if (unlikely(key == 0)) {
		otpi_block_free(t, m);
		return not_called(to);
	}
	t->runner->await = *id;
	if (likely(delivered(t, key, m)))
		return OTP_OK;
	err = deliver(t, key, m);
	if (err != OTP_OK) { /* B27, A73 */
		if (otpi_traced())
			otpi_trace_drop(t, key, m, err);
		t->runner->await = 0;
		otpi_block_free(t, m);
	}
	return err;
}

static inline __attribute__((always_inline)) otp_err
call(otp_to to, struct otp_msg **m, otp_duration timeout_ms, uint64_t *id)
{
	struct thread *t = otpi_enter();
	struct otp_msg *request = *m;
	otp_err err = request_send(t, to, request, id);

	*m = NULL;
	if (likely(err == OTP_OK)) {
		err = otpi_await(&t, timeout_ms);
		if (err == OTP_OK) {
			struct otp_msg *answer = t->runner->answer;

			t->runner->answer = NULL;
			err = answer_take(t, answer, m);
		}
	} else if (err == OTP_NOPROC) {
		otpi_last_reason_set(t, &otpi_reason_noproc);
	}
	otpi_leave(t);
	return err;
}

/* One that is traced, or must not be made. */
__attribute__((noinline, cold)) static otp_err
call_rare(otp_to to, struct otp_msg **m, otp_duration timeout_ms)
{
	struct thread *t = otpi_enter();
	uint64_t key = otpi_resolve(to), id = 0;
	otp_err err;

	if (timeout_ms < 0) { /* B25 */
		t->runner->building = NULL;
		otpi_block_free(t, *m);
		*m = NULL;
		otpi_leave(t);
		return OTP_BADARG;
	}
	otpi_trace_call(t, key, *m);
	err = call(to, m, timeout_ms, &id);
	t = otpi_enter_again();
	otpi_trace_call_end(t, key, id, err);
	otpi_leave(t);
	return err;
}

otp_err
otp_msg_call(otp_to to, struct otp_msg **m, otp_duration timeout_ms)
{
	uint64_t id;

	if (unlikely(otpi_traced() || timeout_ms < 0))
		return call_rare(to, m, timeout_ms);
	return call(to, m, timeout_ms, &id);
}

/*
 * The request was not delivered. As in OTP the error is its answer (B33), which
 * comes behind what the process has sent before; but an alias is no server.
 */
__attribute__((noinline, cold)) static otp_err
request_undelivered(
	struct thread *t, otp_to to, uint64_t key, struct otp_msg *m)
{
	otp_err err = key ? deliver(t, key, m) : not_called(to);

	if (err == OTP_OK)
		return OTP_OK;
	if (err == OTP_BADARG) {
		otpi_block_free(t, m);
		return OTP_BADARG;
	}
	if (otpi_traced())
		otpi_trace_drop(t, key, m, err);
	otpi_call_fail(
		t, m, err, err == OTP_NOPROC ? &otpi_reason_noproc : NULL);
	return OTP_OK;
}

otp_err
otp_msg_request(otp_to to, struct otp_msg *m, otp_request *request)
{
	struct thread *t = otpi_enter();
	uint64_t key = otpi_resolve(to), id = request_make(t, m);
	otp_err err = OTP_OK;

	t->runner->building = NULL;
	if (otpi_traced())
		otpi_trace_send(t, key, m);
	if (unlikely(!delivered(t, key, m)))
		err = request_undelivered(t, to, key, m);
	if (err == OTP_OK) {
		otpi_table_put(
			&otpi_rare(t, t->runner->process)->requests, id, 0);
		request->id = id;
	}
	otpi_leave(t);
	return err;
}

otp_err
otp_msg_await(otp_request *request, struct otp_msg **m, otp_duration timeout_ms)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	struct process *p = r->process;
	struct otp_msg *answer;
	uint64_t id = request->id, value;
	otp_err err = OTP_OK;

	*m = NULL;
	if (timeout_ms < 0 || p->extras == NULL ||
		!otpi_table_get(&p->extras->rare->requests, id, &value) ||
		otpi_is_collected(value)) {
		otpi_leave(t);
		return OTP_BADARG;
	}
	request->id = 0;
	answer = otpi_table_remove_ptr(&p->extras->rare->requests, id);
	if (answer == NULL) {
		r->await = id;
		if (otpi_traced())
			otpi_trace_call(t, 0, NULL);
		err = otpi_await(&t, timeout_ms);
		answer = t->runner->answer;
		if (otpi_traced())
			otpi_trace_call_end(t, 0, id,
				answer ? (otp_err)answer->status : err);
		t->runner->answer = NULL;
	}
	if (err == OTP_OK)
		err = answer_take(t, answer, m);
	otpi_leave(t);
	return err;
}

void *
otp_reply_begin(struct otp_msg *m, size_t size, size_t extra)
{
	size_t room = otpi_block_size(m) - sizeof *m;
	struct thread *t;
	struct otp_msg *second;

	if (extra == 0 && size <= room)
		return otp_msg_payload(m);
	/* What the reply points to may lie in m: it needs a block of its own.*/
	t = otpi_enter();
	second = otpi_block_new(t, ((size + 7) & ~(size_t)7) + extra);
	second->type = NULL;
	second->kind = SIGNAL_MESSAGE;
	second->next = NULL;
	if (m->next)
		otpi_block_free(t, m->next);
	m->next = second;
	otpi_leave(t);
	return otp_msg_payload(second);
}

/*
 * The call in hand is dealt with: it is nobody's `current` any more. While it
 * was, its `next` was the second block of its reply, or NULL.
 */
static inline void
call_done(struct thread *t, struct otp_msg *m)
{
	struct runner *r = t->runner;
	struct process *p = r->process;

	if (likely(r->current == m)) {
		otpi_unmark(t, p);
		r->current = NULL;
		if (unlikely(r->lent_size))
			r->lent_size -= otpi_block_size(m);
	} else if (p->extras) {
		otpi_table_remove(&p->extras->rare->taken, m->id, NULL);
	}
}

void
otp_call_answer(struct otp_msg *m, otp_err status)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	struct otp_msg *reply = m;
	uint64_t caller = otpi_signal_from(m);

	call_done(t, m);
	if (otpi_is_relayed(m)) {
		otpi_leave(t);
		otpi_relay_answer(m, status);
		return;
	}
	if (m->next) {
		reply = m->next;
		m->next = NULL;
		reply->id = m->id;
		otpi_signal_set_from(reply, 0);
		/* Lent to the handler, which may still be running. */
		m->kind = SIGNAL_MESSAGE;
		otpi_lend(r, m);
	}
	otpi_answer_make(reply, status);
	if (otpi_traced())
		otpi_trace_reply(t, caller, reply->id, status);
	if (unlikely(!otpi_push_to(t, caller, reply)))
		otpi_block_free(t, reply); /* B19 */
	otpi_leave(t);
}

void
otp_call_refuse(struct otp_msg *m, otp_err status)
{
	struct thread *t = otpi_enter();

	call_done(t, m);
	if (m->next)
		otpi_block_free(t, m->next);
	if (m->kind == SIGNAL_CALL)
		otpi_call_fail(t, m, status, NULL);
	else
		otpi_block_free(t, m);
	otpi_leave(t);
}

void
otp_call_forward(otp_to to, struct otp_msg *m)
{
	struct thread *t = otpi_enter();
	uint64_t key = otpi_resolve(to);
	otp_err err;

	call_done(t, m);
	if (m->next)
		otpi_block_free(t, m->next);
	if (otpi_traced())
		otpi_trace_send(t, key, m);
	err = otpi_is_alias(to) ? OTP_BADARG : deliver(t, key, m);
	if (err != OTP_OK && m->kind == SIGNAL_CALL)
		otpi_call_fail(t, m, err,
			err == OTP_NOPROC ? &otpi_reason_noproc : NULL);
	else if (err != OTP_OK) /* came as a term: see relay.h */
		otpi_block_free(t, m);
	otpi_leave(t);
}

struct otp_msg *
otp_event_take(struct otp_event *event)
{
	struct thread *t = otpi_enter();
	struct otp_msg *m = event->msg;

	call_done(t, m);
	event->msg = NULL;
	if (m->kind == SIGNAL_CALL)
		otpi_table_put_ptr(
			&otpi_rare(t, t->runner->process)->taken, m->id, m);
	otpi_leave(t);
	return m;
}

void
otp_last_reason_set(otp_term reason)
{
	struct otpi_reason *copy = otpi_reason_new(reason);
	struct thread *t = otpi_enter_with(copy);

	otpi_last_reason_set(t, copy);
	otpi_reason_unref(copy);
	otpi_leave(t);
}
