/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gen_server that does what it is told, and tells the tester of all that
 * happens to it. Its tables are written by hand in the shape of generated
 * ones. A probe's id is in the value of its notes.
 */
#ifndef PROBE_H
#define PROBE_H

#include "agent.h"

enum init_op {
	INIT_OK,
	INIT_IGNORE,
	INIT_STOP, /* reason */
	INIT_EXIT, /* reason */
	INIT_CRASH,
	INIT_BAD, /* returns otp_reply() */
	INIT_HOLD, /* until released, then ok */
	INIT_CONTINUE,
	INIT_TIMEOUT, /* 0 ms */
	INIT_HIBERNATE,
	INIT_ERROR /* reason */
};

enum what {
	REPLY, /* value + 1; from casts and others: noreply */
	REFUSE,
	NOREPLY,
	BAD_OK,
	BAD_ZERO,
	BAD_REPLY,
	STOP, /* reason */
	STOP_REPLY,
	STOP_REFUSE,
	EXIT,
	CRASH,
	CHANGE_AND_CRASH, /* its id is value then */
	HOLD, /* until released */
	CONTINUE, /* `value` times */
	CONTINUE_KEEPING, /* a pointer into the continue's arguments */
	TIMEOUT, /* after value ms */
	SPIN, /* for ever */
	CALL_SELF, /* gives the error */
	WHO_CALLS, /* gives the caller's id */
	KEEP_LENT, /* a pointer into the arguments */
	ANSWER, /* the deferred call number `value` */
	HAND_OUT, /* answers it from another process */
	UNLINK_PARENT,
	HIBERNATE,
	HIBERNATE_FOR, /* value ms */
	BAD_ERROR
};

enum last_op {
	LAST_NOTE,
	LAST_EXIT, /* with "in_terminate" */
	LAST_CRASH,
	LAST_HOLD /* until released */
};

struct request {
	enum what what;
	int64_t value;
	char reason[64];
};

struct probe_start {
	enum init_op op;
	enum last_op last;
	int64_t id;
	char reason[64];
};

#define PROBE_CALLS 4

struct probe {
	struct probe_start start;
	otp_pid parent;
	int64_t left; /* of a chain of continues */
	const char *pointer;
	otp_from from[PROBE_CALLS];
	int from_count;
};

static const struct otp_msg_type ask_type, later_type, cast_type, poke_type,
	next_type, start_type, release_type, shared_type;

/* --- what it does -------------------------------------------------------- */

static inline bool
is_release(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &release_type;
}

static inline void
hold(void)
{
	struct otp_received r;

	tell(NOTE_READY, 0, OTP_UNDEFINED);
	if (otp_receive_match(is_release, NULL, &r, OTP_INFINITY) != OTP_OK)
		abort();
}

static inline void
release(otp_pid pid)
{
	otp_msg_send(otp_to_pid(pid), otp_msg_new(&release_type, 0));
}

static inline struct otp_msg *
request_new(const struct otp_msg_type *type, enum what what, int64_t value,
	const char *reason)
{
	struct otp_msg *m = otp_msg_new(type, 0);
	struct request *r = otp_msg_payload(m);

	memset(r, 0, sizeof *r);
	r->what = what;
	r->value = value;
	snprintf(r->reason, sizeof r->reason, "%s", reason);
	return m;
}

/* Sends a call to itself: an error. */
static inline int64_t
call_self(void)
{
	struct otp_msg *m = request_new(&ask_type, REPLY, 0, "");
	otp_err err = otp_msg_call(otp_to_pid(otp_self()), &m, 1000);

	if (m)
		otp_msg_free(m);
	return err;
}

static inline void
answer(otp_from from, int64_t value)
{
	struct otp_msg *m = otp_answer_new(sizeof value, 0);

	memcpy(otp_msg_payload(m), &value, sizeof value);
	otp_from_answer(from, OTP_OK, m);
}

static inline void
answers_for_another(void *arg)
{
	otp_from *from = arg;

	answer(*from, 77);
	free(from);
}

static inline void
hand_out(otp_from from)
{
	otp_from *copy = malloc(sizeof *copy);

	if (!copy)
		abort();
	*copy = from;
	otp_spawn(answers_for_another, copy);
}

static inline otp_next
with_continue(otp_next next, int64_t left)
{
	return otp_with_continue(
		next, request_new(&next_type, CONTINUE, left, ""));
}

/* `next` is what goes on; *value what a call replies. */
static inline otp_next
act(struct probe *p, const struct request *r, otp_next next, int64_t *value)
{
	*value = r->value + 1;
	switch (r->what) {
	case REPLY:
		return next;
	case REFUSE:
		return otp_refuse();
	case NOREPLY:
		return otp_noreply();
	case BAD_OK:
		return otp_ok();
	case BAD_ZERO:
		return (otp_next){0};
	case BAD_REPLY:
		return otp_reply();
	case STOP:
		return otp_stop(term_of(r->reason));
	case STOP_REPLY:
		return otp_stop_reply(term_of(r->reason));
	case STOP_REFUSE:
		return otp_stop_refuse(term_of(r->reason));
	case EXIT:
		otp_exit(term_of(r->reason));
	case CRASH:
		crash();
		return next;
	case CHANGE_AND_CRASH:
		p->start.id = r->value;
		crash();
		return next;
	case HOLD:
		hold();
		return next;
	case CONTINUE:
		return with_continue(next, r->value);
	case CONTINUE_KEEPING:
		return otp_with_continue(
			next, request_new(&next_type, KEEP_LENT, 0, r->reason));
	case TIMEOUT:
		return otp_with_timeout(next, r->value);
	case SPIN:
		tell(NOTE_READY, 0, OTP_UNDEFINED);
		for (volatile int on = 1; on;)
			;
		return next;
	case CALL_SELF:
		*value = call_self();
		return next;
	case WHO_CALLS:
		*value = otp_caller().id;
		return next;
	case KEEP_LENT:
		p->pointer = r->reason;
		return next;
	case ANSWER:
		answer(p->from[r->value], r->value);
		return next;
	case HAND_OUT:
		hand_out(p->from[r->value]);
		return next;
	case UNLINK_PARENT:
		otp_unlink(p->parent);
		return next;
	case HIBERNATE:
		return otp_with_hibernate(next);
	case HIBERNATE_FOR:
		return otp_with_hibernate(otp_with_timeout(next, r->value));
	case BAD_ERROR:
		return otp_error(term_of(r->reason));
	}
	return next;
}

/* --- handlers ------------------------------------------------------------ */

static inline otp_next
probe_init(void *state, struct otp_msg *m)
{
	struct probe *p = state;

	p->start = *(const struct probe_start *)otp_msg_payload(m);
	p->parent = otp_process_parent();
	tell(NOTE_INIT, p->start.id, OTP_UNDEFINED);
	switch (p->start.op) {
	case INIT_OK:
		break;
	case INIT_IGNORE:
		return otp_ignore();
	case INIT_STOP:
		return otp_stop(term_of(p->start.reason));
	case INIT_EXIT:
		otp_exit(term_of(p->start.reason));
	case INIT_CRASH:
		crash();
		break;
	case INIT_BAD:
		return otp_reply();
	case INIT_HOLD:
		hold();
		break;
	case INIT_CONTINUE:
		note_text(otp_self(), NOTE_MESSAGE, 0, "");
		return with_continue(otp_ok(), 1);
	case INIT_TIMEOUT:
		return otp_with_timeout(otp_ok(), 0);
	case INIT_HIBERNATE:
		return otp_with_hibernate(otp_ok());
	case INIT_ERROR:
		return otp_error(term_of(p->start.reason));
	}
	return otp_ok();
}

static inline otp_next
probe_ask(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	int64_t value;

	tell(NOTE_CALL, r->value, OTP_UNDEFINED);

	otp_next next = act(state, r, otp_reply(), &value);

	if (next.action != OTP_NEXT_STOP && next.action != OTP_NEXT_NOREPLY)
		*(int64_t *)otp_reply_begin(m, sizeof value, 0) = value;
	return next;
}

static inline otp_next
probe_later(void *state, struct otp_msg *m)
{
	struct probe *p = state;
	const struct request *r = otp_msg_payload(m);
	int64_t value;

	tell(NOTE_CALL, r->value, OTP_UNDEFINED);

	otp_next next = act(state, r, otp_noreply(), &value);

	p->from[p->from_count++ % PROBE_CALLS] = otp_from_of(m);
	return next;
}

static inline otp_next
probe_cast(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	int64_t value;

	tell(NOTE_CAST, r->value, OTP_UNDEFINED);
	return act(state, r, otp_noreply(), &value);
}

static inline otp_next
probe_poke(void *state, struct otp_msg *m)
{
	const struct request *r = otp_msg_payload(m);
	int64_t value;

	tell(NOTE_INFO, r->value, OTP_UNDEFINED);
	return act(state, r, otp_noreply(), &value);
}

static inline otp_next
probe_next(void *state, struct otp_msg *m)
{
	struct probe *p = state;
	const struct request *r = otp_msg_payload(m);

	tell(NOTE_CONTINUE, r->value, OTP_UNDEFINED);
	if (r->what == KEEP_LENT)
		p->pointer = r->reason;
	if (r->value > 1)
		return with_continue(otp_noreply(), r->value - 1);
	return otp_noreply();
}

static inline otp_next
probe_shared(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	tell(NOTE_INFO, -1, OTP_UNDEFINED);
	return otp_noreply();
}

static inline otp_next
probe_timeout(void *state)
{
	(void)state;
	tell(NOTE_TIMEOUT, 0, OTP_UNDEFINED);
	return otp_noreply();
}

static inline otp_next
probe_exit(void *state, otp_pid from, otp_term reason)
{
	(void)state;
	tell(NOTE_EXIT, from.id, reason);
	return otp_noreply();
}

static inline otp_next
probe_down(void *state, otp_ref ref, otp_to who, otp_term reason)
{
	(void)state;
	(void)ref;
	tell(NOTE_DOWN, who.pid.id, reason);
	return otp_noreply();
}

static inline otp_next
probe_other(void *state, otp_term message)
{
	(void)state;
	tell(NOTE_OTHER, 0, message);
	return otp_noreply();
}

static inline void
probe_terminate(void *state, otp_term reason)
{
	const struct probe *p = state;

	tell(NOTE_TERMINATE, p->start.id, reason);
	switch (p->start.last) {
	case LAST_NOTE:
		break;
	case LAST_EXIT:
		otp_exit(term_of("in_terminate"));
	case LAST_CRASH:
		crash();
		break;
	case LAST_HOLD:
		hold();
		break;
	}
}

/* --- tables -------------------------------------------------------------- */

#define PROBE_TYPE(NAME, KIND, DEFERRED, REFUSES, HANDLE) \
	static const struct otp_msg_type NAME##_type = { \
		.name = #NAME, \
		.owner = "probe", \
		.size = sizeof(struct request), \
		.reply_size = sizeof(int64_t), \
		.kind = KIND, \
		.refuses = REFUSES, \
		.deferred = DEFERRED, \
		.handle = (void (*)(void))HANDLE, \
	}

PROBE_TYPE(ask, OTP_MSG_CALL, false, true, probe_ask);
PROBE_TYPE(firm, OTP_MSG_CALL, false, false, probe_ask); /* without `! E` */
PROBE_TYPE(later, OTP_MSG_CALL, true, false, probe_later);
PROBE_TYPE(cast, OTP_MSG_CAST, false, false, probe_cast);
PROBE_TYPE(poke, OTP_MSG_INFO, false, false, probe_poke);
PROBE_TYPE(next, OTP_MSG_CONTINUE, false, false, probe_next);

static const struct otp_msg_type start_type = {
	.name = "init",
	.owner = "probe",
	.size = sizeof(struct probe_start),
	.kind = OTP_MSG_INIT,
};

static const struct otp_msg_type release_type = {
	.name = "release", .owner = "support", .kind = OTP_MSG_INFO};

static const struct otp_msg_type shared_type = {
	.name = "shared", .owner = "support", .kind = OTP_MSG_INFO};

static const struct otp_info_handler probe_infos[] = {
	{&shared_type, probe_shared},
};

static const struct otp_state_pointer probe_pointers[] = {
	{.field = "pointer", .offset = offsetof(struct probe, pointer)},
};

/* All handlers. */
#define PROBE_CLASS(TRAP_EXIT) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "probe"}, \
		.owner = "probe", .state_size = sizeof(struct probe), \
		.trap_exit = TRAP_EXIT, .init = probe_init, \
		.infos = probe_infos, .info_count = 1, \
		.timeout = probe_timeout, .exit = probe_exit, \
		.down = probe_down, .other = probe_other, \
		.terminate = probe_terminate, .pointers = probe_pointers, \
		.pointer_count = 1, \
	}

static const struct otp_server_class plain_class = PROBE_CLASS(false);
static const struct otp_server_class trapping_class = PROBE_CLASS(true);
/* Only its own messages. */
static const struct otp_server_class bare_class = {
	.process = {.behaviour = &otp_gen_server, .name = "bare"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.trap_exit = true,
	.init = probe_init,
};

/* --- its clients --------------------------------------------------------- */

static inline struct otp_msg *
start_new(struct probe_start start)
{
	struct otp_msg *m = otp_msg_new(&start_type, 0);

	*(struct probe_start *)otp_msg_payload(m) = start;
	return m;
}

static inline otp_err
ask_within(otp_to to, otp_duration ms, enum what what, int64_t value,
	const char *reason, int64_t *reply)
{
	struct otp_msg *m = request_new(&ask_type, what, value, reason);
	otp_err err = otp_msg_call(to, &m, ms);

	if (m) {
		memcpy(reply, otp_msg_payload(m), sizeof *reply);
		otp_msg_free(m);
	}
	return err;
}

static inline otp_err
ask(otp_pid pid, enum what what, int64_t value, const char *reason)
{
	int64_t reply;

	return ask_within(
		otp_to_pid(pid), PATIENCE_MS, what, value, reason, &reply);
}

static inline void
cast(otp_pid pid, enum what what, int64_t value, const char *reason)
{
	otp_msg_send(
		otp_to_pid(pid), request_new(&cast_type, what, value, reason));
}

/* Not linked; fails the test if it does not start. */
static inline otp_pid
probe_with(const struct otp_server_class *class, struct probe_start start)
{
	otp_pid pid;

	if (otp_server_start(class, OTP_START, start_new(start), NULL, &pid,
		    NULL) != OTP_OK)
		fail_msg("the probe did not start");
	await(NOTE_INIT);
	return pid;
}

static inline otp_pid
probe(const struct otp_server_class *class)
{
	return probe_with(class, (struct probe_start){0});
}

static inline void
end_probe(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	down_reason(ref);
}

#endif
