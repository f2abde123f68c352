/* SPDX-License-Identifier: Apache-2.0 */
/* Mortals that are servers: they hold calls back, and give them away. */
#include "stress.h"

static void
give_answer(struct otp_msg *m)
{
	uint64_t number = ((struct note *)otp_msg_payload(m))->number;
	struct note *reply = otp_reply_begin(
		m, sizeof *reply, number % 3 ? 0 : number % 9000);

	reply->number = number + 1;
	otp_call_answer(m, number % 5 ? OTP_OK : OTP_REFUSED);
}

/* The next may have it, whoever it was meant for. */
static void
hand_on(struct mortal *self, struct otp_msg *m)
{
	((struct note *)otp_msg_payload(m))->meant = 0;
	otp_call_forward(otp_to_pid(any_server(&self->seed)), m);
}

static void
answer_oldest(struct mortal *self)
{
	struct otp_msg *m;
	struct note *note;

	if (self->taken_count) {
		struct otp_msg *oldest = self->taken[0];

		memmove(self->taken, self->taken + 1,
			--self->taken_count * sizeof self->taken[0]);
		if (chance(&self->seed, 4))
			give_answer(oldest);
		else
			hand_on(self, oldest);
	} else if (self->deferred_count) {
		struct deferred oldest = self->deferred[0];

		memmove(self->deferred, self->deferred + 1,
			--self->deferred_count * sizeof self->deferred[0]);
		m = otp_answer_new(sizeof *note, 100);
		note = otp_msg_payload(m);
		note->number = oldest.number + 1;
		otp_from_answer(oldest.from,
			chance(&self->seed, 3) ? OTP_OK : OTP_BAD_REQUEST, m);
		if (chance(&self->seed, 3) == 0)
			otp_from_answer(oldest.from, OTP_OK,
				otp_answer_new(sizeof *note, 0)); /* too late */
	}
}

static void
defer(struct mortal *self, struct otp_msg *m)
{
	struct deferred *d = &self->deferred[self->deferred_count++];

	d->number = ((struct note *)otp_msg_payload(m))->number;
	d->from = otp_from_of(m);
}

static enum otp_verdict
serve(struct mortal *self, struct otp_event *event)
{
	struct otp_msg *m = event->msg;

	note_check(otp_msg_payload(m));
	switch (chance(&self->seed, 10)) {
	case 0:
		if (self->taken_count < HELD)
			self->taken[self->taken_count++] =
				otp_event_take(event);
		else
			answer_oldest(self), give_answer(m);
		break;
	case 1:
		if (self->deferred_count < HELD)
			defer(self, m);
		else
			answer_oldest(self), give_answer(m);
		break;
	case 2:
		hand_on(self, m);
		break;
	case 3:
		otp_call_refuse(m, OTP_BAD_REQUEST);
		break;
	case 4: /* no answer */
		break;
	case 5:
		if (chance(&self->seed, 10) == 0)
			return otp_process_end_with(any_reason(&self->seed));
		give_answer(m);
		break;
	default:
		mortal_step(self);
		give_answer(m);
		break;
	}
	return OTP_GO_ON;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct mortal *self = data;

	(void)start;
	self->seed = seed_next();
	self->is_server = true;
	if (chance(&self->seed, 20) == 0)
		mortal_step(self);
	if (chance(&self->seed, 40) == 0)
		return otp_process_ignore();
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct mortal *self = data;

	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type)
		return serve(self, event);
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &note_type)
		note_check(otp_msg_payload(event->msg));
	if (chance(&self->seed, 4) == 0)
		otp_process_idle_after(chance(&self->seed, 4));
	answer_oldest(self);
	mortal_step(self);
	return OTP_GO_ON;
}

static void
server_ending(void *data, otp_term reason)
{
	struct mortal *self = data;

	(void)reason;
	mortal_step(self);
}

static const struct otp_behaviour server_behaviour = {
	.name = "mortal",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending,
};

#define CLASS \
	.behaviour = &server_behaviour, .name = "mortal", \
	.data_size = sizeof(struct mortal)

const struct otp_process_class server_classes[SERVER_CLASSES] = {
	{CLASS},
	{CLASS},
	{CLASS},
	{CLASS, .blocking = true},
	{CLASS, .blocking = true, .priority = OTP_PRIORITY_LOW},
	{CLASS, .priority = OTP_PRIORITY_LOW},
	{CLASS, .priority = OTP_PRIORITY_HIGH},
	{CLASS, .priority = OTP_PRIORITY_MAX},
	{CLASS, .mailbox = 3, .policy = OTP_MAILBOX_REJECT},
	{CLASS, .mailbox = 3, .policy = OTP_MAILBOX_DROP_NEWEST},
	{CLASS, .mailbox = 3, .policy = OTP_MAILBOX_DROP_OLDEST},
	{CLASS, .max_heap = 100000},
	{CLASS, .stack = 1 << 20},
};
