/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks without waiting, and who is asked: the handlers of b_responses.otp.
 * They tell the tester what they are told.
 */
#ifndef RESPONSES_H
#define RESPONSES_H

#include "agent.h"

#include "b_responses.otp.h"

/* --- Echo ------------------------------------------------------------------- */

#define LATER 8

struct b_responses_echo {
	b_responses_echo_later_from from[LATER];
	int64_t value[LATER];
	int count;
};

OTP_STATE(b_responses_echo);

otp_next
b_responses_echo_init(struct b_responses_echo *self)
{
	(void)self;
	return otp_ok();
}

otp_next
b_responses_echo_handle_same(
	struct b_responses_echo *self, int64_t n, int64_t *reply)
{
	(void)self;
	*reply = n;
	return otp_reply();
}

otp_next
b_responses_echo_handle_strict(struct b_responses_echo *self, int64_t n,
	int64_t *reply, enum b_responses_why *refusal)
{
	(void)self;
	*reply = n;
	*refusal = B_RESPONSES_WHY_SULKING;
	return n < 0 ? otp_refuse() : otp_reply();
}

otp_next
b_responses_echo_handle_later(struct b_responses_echo *self, int64_t n,
	b_responses_echo_later_from from)
{
	self->from[self->count] = from;
	self->value[self->count++] = n;
	return otp_noreply();
}

/* All that wait, the last one first. */
otp_next
b_responses_echo_handle_answer(struct b_responses_echo *self)
{
	while (self->count-- > 0)
		b_responses_echo_later_reply(
			self->from[self->count], self->value[self->count]);
	self->count = 0;
	return otp_noreply();
}

otp_next
b_responses_echo_handle_poke(struct b_responses_echo *self, otp_pid to)
{
	(void)self;
	b_responses_send_poked(otp_to_pid(to));
	return otp_noreply();
}

otp_next
b_responses_echo_handle_leave(struct b_responses_echo *self)
{
	(void)self;
	return otp_stop(otp_term_atom("left"));
}

/* --- Asker ------------------------------------------------------------------ */

struct b_responses_asker {
	b_responses_echo_ref peer;
	b_responses_echo_same_request same;
	b_responses_echo_strict_request strict;
	b_responses_echo_later_request later;
	b_responses_asker_own_request own;
	otp_requests all;
	bool ignores;
};

OTP_STATE(b_responses_asker);

otp_next
b_responses_asker_init(
	struct b_responses_asker *self, b_responses_echo_ref peer)
{
	self->peer = peer;
	return otp_ok();
}

otp_next
b_responses_asker_handle_own(
	struct b_responses_asker *self, int64_t n, int64_t *reply)
{
	(void)self;
	*reply = n + 1000;
	return otp_reply();
}

otp_next
b_responses_asker_handle_sync(struct b_responses_asker *self)
{
	(void)self;
	return otp_reply();
}

/* `which` request has come to `err`, with the reply. */
static void
heard(const char *which, otp_err err, int64_t reply)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "%s %s", which, otp_err_name(err));
	note_text(tester, NOTE_REPLY, err == OTP_OK ? reply : -1, text);
}

/* The next answer of the collection, if that is there. */
static void
next_of(struct b_responses_asker *self, otp_duration ms)
{
	b_responses_echo_same_request request = {{0}};
	uint64_t label = 0;
	int64_t reply = 0;
	otp_err err =
		otp_requests_next(&self->all, ms, &request.request, &label);

	if (err == OTP_OK)
		err = b_responses_echo_same_await(&request, 0, &reply);
	heard("next", err, reply);
}

/* Made, waited for, and awaited: what told of it is stale. */
static void
ask_and_await(struct b_responses_asker *self)
{
	b_responses_echo_same_request request;
	int64_t reply = 0;
	size_t which;

	if (b_responses_echo_same_async(self->peer, 1, &request) != OTP_OK ||
		otp_request_wait(&request.request, 1, PATIENCE_MS, &which) !=
			OTP_OK ||
		b_responses_echo_same_await(&request, 0, &reply) != OTP_OK)
		abort();
}

/* The same, but given up, alone and in a collection. */
static void
ask_and_give_up(struct b_responses_asker *self)
{
	b_responses_echo_same_request request;
	otp_requests all = {0};
	size_t which;

	for (int i = 0; i < 2; i++) {
		if (b_responses_echo_same_async(self->peer, 1, &request) !=
				OTP_OK ||
			otp_request_wait(&request.request, 1, PATIENCE_MS,
				&which) != OTP_OK)
			abort();
		if (i == 0)
			otp_request_abandon(&request.request);
		else if (otp_requests_add(&all, &request.request, 1) != OTP_OK)
			abort();
	}
	otp_requests_abandon(&all);
}

static otp_err
collect(struct b_responses_asker *self, int64_t n)
{
	b_responses_echo_same_request request;
	otp_err err = b_responses_echo_same_async(self->peer, n, &request);

	if (err != OTP_OK)
		return err;
	return otp_requests_add(&self->all, &request.request, (uint64_t)n);
}

otp_next
b_responses_asker_handle_do(
	struct b_responses_asker *self, enum b_responses_op op, int64_t n)
{
	otp_err err = OTP_OK;
	int64_t reply = 0;

	switch (op) {
	case B_RESPONSES_OP_ASK:
		err = b_responses_echo_same_async(self->peer, n, &self->same);
		break;
	case B_RESPONSES_OP_ASK_STRICT:
		err = b_responses_echo_strict_async(
			self->peer, n, &self->strict);
		break;
	case B_RESPONSES_OP_ASK_LATER:
		err = b_responses_echo_later_async(self->peer, n, &self->later);
		break;
	case B_RESPONSES_OP_ASK_SELF:
		err = b_responses_asker_own_async(
			b_responses_asker_of(otp_self()), n, &self->own);
		break;
	case B_RESPONSES_OP_COLLECT:
		err = collect(self, n);
		break;
	case B_RESPONSES_OP_TAKE:
		err = b_responses_echo_same_await(&self->same, n, &reply);
		heard("taken", err, reply);
		return otp_noreply();
	case B_RESPONSES_OP_NEXT:
		next_of(self, n);
		break;
	case B_RESPONSES_OP_ASK_IN_VAIN:
		ask_and_give_up(self);
		break;
	case B_RESPONSES_OP_IGNORE:
		self->ignores = true;
		break;
	case B_RESPONSES_OP_HEED:
		self->ignores = false;
		break;
	case B_RESPONSES_OP_IDLE:
		b_responses_echo_answer(self->peer);
		return otp_with_timeout(otp_noreply(), n);
	case B_RESPONSES_OP_REST:
		return otp_with_hibernate(otp_noreply());
	case B_RESPONSES_OP_REST_ANSWERED:
		ask_and_await(self);
		return otp_with_hibernate(otp_noreply());
	case B_RESPONSES_OP_IDLE_ANSWERED:
		ask_and_await(self);
		return otp_with_timeout(otp_noreply(), n);
	case B_RESPONSES_OP_START_TIMER:
		otp_timer_start(n);
		break;
	case B_RESPONSES_OP_CRASH:
		crash();
	}
	if (err != OTP_OK)
		heard("refused", err, 0);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_poked(struct b_responses_asker *self)
{
	(void)self;
	tell(NOTE_INFO, 0, OTP_UNDEFINED);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_response(
	struct b_responses_asker *self, otp_request response)
{
	b_responses_echo_same_request collected = {response};
	enum b_responses_why why;
	uint64_t label;
	int64_t reply = 0;
	otp_err err;

	if (self->ignores) {
		tell(NOTE_MESSAGE, 0, OTP_UNDEFINED);
		return otp_noreply();
	}
	err = b_responses_echo_same_check(&self->same, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("same", err, reply);
	err = b_responses_echo_strict_check(
		&self->strict, response, &reply, &why);
	if (err != OTP_NOT_FOUND)
		heard("strict", err, reply);
	err = b_responses_echo_later_check(&self->later, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("later", err, reply);
	err = b_responses_asker_own_check(&self->own, response, &reply);
	if (err != OTP_NOT_FOUND)
		heard("own", err, reply);
	if (otp_requests_check(&self->all, response, &label) == OTP_OK) {
		err = b_responses_echo_same_await(&collected, 0, &reply);
		note_text(tester, NOTE_DONE, (int64_t)label, otp_err_name(err));
	}
	return otp_noreply();
}

otp_next
b_responses_asker_handle_timer(struct b_responses_asker *self, otp_ref timer)
{
	(void)self;
	tell(NOTE_TIMER, otp_timer_cancel(timer, NULL), OTP_UNDEFINED);
	return otp_noreply();
}

otp_next
b_responses_asker_handle_timeout(struct b_responses_asker *self)
{
	(void)self;
	tell(NOTE_TIMEOUT, 0, OTP_UNDEFINED);
	return otp_noreply();
}

/* --- Deaf ------------------------------------------------------------------- */

struct b_responses_deaf {
	b_responses_echo_ref peer;
	b_responses_echo_same_request request;
};

OTP_STATE(b_responses_deaf);

otp_next
b_responses_deaf_init(struct b_responses_deaf *self, b_responses_echo_ref peer)
{
	self->peer = peer;
	return otp_ok();
}

otp_next
b_responses_deaf_handle_ask(struct b_responses_deaf *self, int64_t n)
{
	if (b_responses_echo_same_async(self->peer, n, &self->request) !=
		OTP_OK)
		abort();
	return otp_reply();
}

otp_next
b_responses_deaf_handle_take(struct b_responses_deaf *self, int64_t *reply)
{
	if (b_responses_echo_same_await(&self->request, PATIENCE_MS, reply) !=
		OTP_OK)
		abort();
	return otp_reply();
}

otp_next
b_responses_deaf_handle_other(struct b_responses_deaf *self, otp_term message)
{
	(void)self;
	tell(NOTE_OTHER, 0, message);
	return otp_noreply();
}

#endif
