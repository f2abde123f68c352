/* SPDX-License-Identifier: Apache-2.0 */
#include <otp/codec.h>
#include <otp/gen_server.h>
#include <otp/type.h>

#include "event.h"
#include "server.h"
#include "system.h"

#ifdef NDEBUG
enum {
	CHECK_LENT = 0
};
#else
enum {
	CHECK_LENT = 1
};
#endif

/* So many continues in a row, then others are let run. */
#define CHAIN_MAX 64u

/* --- results ------------------------------------------------------------- */

otp_next
otp_stop(otp_term reason)
{
	otp_process_end_with(reason);
	return otp_next_of(OTP_NEXT_STOP);
}

otp_next
otp_stop_reply(otp_term reason)
{
	otp_process_end_with(reason);
	return otp_next_of(OTP_NEXT_STOP_REPLY);
}

otp_next
otp_stop_refuse(otp_term reason)
{
	otp_process_end_with(reason);
	return otp_next_of(OTP_NEXT_STOP_REFUSE);
}

otp_next
otp_error(otp_term reason)
{
	otp_process_end_with(reason);
	return otp_next_of(OTP_NEXT_ERROR);
}

/* Lent at once: whatever happens until it is run, it is given back. */
otp_next
otp_with_continue(otp_next next, struct otp_msg *m)
{
	otp_msg_lend(m);
	next.flags =
		(next.flags & ~(uint32_t)OTP_NEXT_TIMEOUT) | OTP_NEXT_CONTINUE;
	next.timeout_ms = (int64_t)(intptr_t)m;
	return next;
}

static struct otp_msg *
continue_of(otp_next next)
{
	return (struct otp_msg *)(intptr_t)next.timeout_ms;
}

/* --- the end ------------------------------------------------------------- */

/*
 * terminate runs once, and only for a server whose init is through (B41); the
 * reply of otp_stop_reply follows it even if it failed (B21).
 */
static void
server_terminate(struct server *s, otp_term reason)
{
	struct otp_msg *farewell = s->farewell;

	if (s->running && !s->ended) {
		s->ended = true;
		if (s->class->terminate)
			s->class->terminate(s->state, reason);
	}
	if (farewell) {
		s->farewell = NULL;
		otp_call_answer(farewell, s->farewell_status);
	}
}

static enum otp_verdict
server_stop(struct server *s)
{
	server_terminate(s, otp_process_end_reason());
	return OTP_END;
}

static const char *const action_names[] = {
	[OTP_NEXT_OK] = "ok",
	[OTP_NEXT_IGNORE] = "ignore",
	[OTP_NEXT_REPLY] = "reply",
	[OTP_NEXT_REFUSE] = "refuse",
	[OTP_NEXT_NOREPLY] = "noreply",
	[OTP_NEXT_STOP] = "stop",
	[OTP_NEXT_STOP_REPLY] = "stop_reply",
	[OTP_NEXT_STOP_REFUSE] = "stop_refuse",
	[OTP_NEXT_ERROR] = "error",
};

void
otpi_build_action(otp_term_builder *b, otp_next next)
{
	const size_t names = sizeof action_names / sizeof action_names[0];

	if (next.action > 0 && next.action < names)
		otp_build_atom(b, otp_atom_of(action_names[next.action]));
	else
		otp_build_uint(b, next.action);
}

/* {bad_return_value,Action} (B2, B15). */
static enum otp_verdict
bad_return(struct server *s, otp_next next)
{
	otp_term_builder b = {0};

	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("bad_return_value"));
	otpi_build_action(&b, next);
	otp_process_end_with(otpi_term_take(&b));
	return server_stop(s);
}

static bool
is_there(const struct server *s, const struct otp_state_pointer *p)
{
	unsigned tag;

	if (!p->has_tag)
		return true;
	memcpy(&tag, (char *)s->state + p->tag_offset, sizeof tag);
	return tag == p->tag;
}

/*
 * A field of the state that points at what the handler was only lent would be
 * read after it is gone: {lent_value_kept,Field}.
 */
static void
check_lent(struct server *s)
{
	const struct otp_state_pointer *p = s->class->pointers;

	if (!CHECK_LENT)
		return;
	for (size_t i = 0; i < s->class->pointer_count; i++, p++) {
		void *held;

		memcpy(&held, (char *)s->state + p->offset, sizeof held);
		if (!held || !is_there(s, p) || !otp_is_lent(held))
			continue;
		s->broken = true;
		otp_exit(otpi_term_tagged_atom("lent_value_kept", p->field));
	}
}

/* --- after a handler ----------------------------------------------------- */

/* What a handler that is not a call's asks for, but for the flags. */
static enum otp_verdict
after_other(struct server *s, otp_next next)
{
	if (next.action == OTP_NEXT_NOREPLY)
		return OTP_GO_ON;
	if (next.action == OTP_NEXT_STOP)
		return server_stop(s);
	return bad_return(s, next);
}

/*
 * Continues run here, one after the other, before the process looks at its
 * mailbox again (B11, B17).
 */
static enum otp_verdict
settle(struct server *s, otp_next next)
{
	unsigned chained = 0;

	while (next.flags & OTP_NEXT_CONTINUE) {
		struct otp_msg *m = continue_of(next);

		if (++chained % CHAIN_MAX == 0)
			otp_yield();
		otp_lent_free_but(m);
		next = server_handler(m->type)(s->state, m);
		check_lent(s);
		if (after_other(s, next) == OTP_END)
			return OTP_END;
	}
	if (next.flags & OTP_NEXT_TIMEOUT) {
		if (next.timeout_ms < 0)
			return bad_return(s, next);
		if (next.timeout_ms != OTP_INFINITY)
			otp_process_idle_after(next.timeout_ms);
	}
	if (next.flags & OTP_NEXT_HIBERNATE)
		otp_process_hibernate();
	return OTP_GO_ON;
}

static enum otp_verdict
other_done(struct server *s, otp_next next)
{
	check_lent(s);
	if (after_other(s, next) == OTP_END)
		return OTP_END;
	return next.flags ? settle(s, next) : OTP_GO_ON;
}

/*
 * terminate, then the answer, then the end (B21). Until then the call is the
 * event's: should terminate be killed, the caller hears of that.
 */
static enum otp_verdict
stop_answering(struct server *s, struct otp_msg *m, otp_err status)
{
	s->farewell = m;
	s->farewell_status = status;
	return server_stop(s);
}

/* The reply leaves before a continue is run (B17). */
static enum otp_verdict
call_done(struct server *s, struct otp_msg *m, bool deferred, otp_next next)
{
	check_lent(s);
	if (deferred)
		return other_done(s, next);
	switch (next.action) {
	case OTP_NEXT_REPLY:
		otp_call_answer(m, OTP_OK);
		break;
	case OTP_NEXT_REFUSE:
		if (!m->type->refuses)
			return bad_return(s, next);
		otp_call_answer(m, OTP_REFUSED);
		break;
	case OTP_NEXT_STOP:
		return server_stop(s);
	case OTP_NEXT_STOP_REPLY:
		return stop_answering(s, m, OTP_OK);
	case OTP_NEXT_STOP_REFUSE:
		if (!m->type->refuses)
			return bad_return(s, next);
		return stop_answering(s, m, OTP_REFUSED);
	default:
		return bad_return(s, next);
	}
	return next.flags ? settle(s, next) : OTP_GO_ON;
}

/* --- events -------------------------------------------------------------- */

/* To `other` as a term, or to the log (B22). */
static enum otp_verdict
unexpected(struct server *s, struct otp_event *event)
{
	if (s->class->other)
		return other_done(
			s, s->class->other(s->state, otpi_event_term(event)));
	otpi_event_unexpected(s->class->process.name, event);
	return OTP_GO_ON;
}

static enum otp_verdict server_handle(void *data, struct otp_event *event);

/*
 * A term is what a program in Erlang sends: one of the server's messages, if it
 * decodes as one.
 */
static enum otp_verdict
handle_term(struct server *s, struct otp_event *event)
{
	switch (otpi_server_decode(s, event)) {
	case TERM_DECODED:
		return server_handle(s, event);
	case TERM_REFUSED:
		return OTP_GO_ON;
	case TERM_UNKNOWN:
		break;
	}
	return unexpected(s, event);
}

static const struct otpi_system server_system;

/* A message that is none of the server's own. */
static enum otp_verdict
handle_foreign(struct server *s, struct otp_event *event)
{
	struct otp_msg *m = event->msg;
	enum otp_verdict verdict;

	if (otpi_system_event(&server_system, s, event, &verdict))
		return verdict;
	if (m->type->kind == OTP_MSG_CALL) {
		otp_call_refuse(m, OTP_BAD_REQUEST);
		return OTP_GO_ON;
	}
	if (m->type == &otp_term_message)
		return handle_term(s, event);
	for (size_t i = 0; i < s->class->info_count; i++)
		if (s->class->infos[i].type == m->type)
			return other_done(
				s, s->class->infos[i].handle(s->state, m));
	return unexpected(s, event);
}

/* The parent's EXIT, in queue order, ends the server (B42, B43, B45). */
static enum otp_verdict
handle_exit(struct server *s, struct otp_event *event)
{
	if (otp_pid_equal(event->from, otp_process_parent())) {
		otp_process_end_with(event->reason);
		return server_stop(s);
	}
	if (!s->class->exit)
		return unexpected(s, event);
	return other_done(
		s, s->class->exit(s->state, event->from, event->reason));
}

static enum otp_verdict
handle_rare(struct server *s, struct otp_event *event)
{
	const struct otp_server_class *class = s->class;

	switch (event->kind) {
	case OTP_EVENT_MESSAGE:
		return handle_foreign(s, event);
	case OTP_EVENT_EXIT:
		return handle_exit(s, event);
	case OTP_EVENT_DOWN:
		if (!class->down)
			break;
		return other_done(s,
			class->down(s->state, event->ref, event->who,
				event->reason));
	case OTP_EVENT_IDLE:
		if (!class->timeout)
			break;
		return other_done(s, class->timeout(s->state));
	case OTP_EVENT_RESPONSE:
		if (!class->response)
			break;
		return other_done(
			s, class->response(s->state, event->response));
	case OTP_EVENT_TIMER:
		if (!class->timer)
			break;
		return other_done(s, class->timer(s->state, event->ref));
	}
	return unexpected(s, event);
}

/* Two literals with one text may have two addresses. */
__attribute__((noinline)) static bool
has_text(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline bool
is_own(const struct server *s, const struct otp_msg_type *type)
{
	const char *owner = s->class->owner;

	return (type->owner == owner || has_text(type->owner, owner)) &&
		type->handle;
}

/* What a handler asks for, in general. */
__attribute__((noinline)) static enum otp_verdict
handled(struct server *s, struct otp_msg *m, const struct otp_msg_type *type,
	otp_next next)
{
	if (type->kind == OTP_MSG_CALL)
		return call_done(s, m, type->deferred, next);
	return other_done(s, next);
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;

	if (event->kind != OTP_EVENT_MESSAGE)
		return handle_rare(s, event);

	struct otp_msg *m = event->msg;
	const struct otp_msg_type *type = m->type;

	if (!is_own(s, type))
		return handle_rare(s, event);

	otp_next next = server_handler(type)(s->state, m);

	/* The two that are nearly all there is. */
	if (!CHECK_LENT && next.flags == 0) {
		if (type->kind != OTP_MSG_CALL &&
			next.action == OTP_NEXT_NOREPLY)
			return OTP_GO_ON;
		if (type->kind == OTP_MSG_CALL && !type->deferred &&
			next.action == OTP_NEXT_REPLY) {
			otp_call_answer(m, OTP_OK);
			return OTP_GO_ON;
		}
	}
	return handled(s, m, type, next);
}

/* --- beginning and end --------------------------------------------------- */

/* What was a plain process goes on as a server (B13). */
static enum otp_verdict
server_entered(struct server *s, struct otp_msg *start)
{
	otp_next next = s->entered;

	if (!s->class->response) /* the plain process may have asked for it */
		otp_responses_set(false);
	s->farewell = NULL;
	s->farewell_status = OTP_OK;
	if (next.action != OTP_NEXT_OK)
		return bad_return(s, next);
	if (next.flags & OTP_NEXT_CONTINUE) {
		next = server_handler(start->type)(s->state, start);
		return other_done(s, next);
	}
	return settle(s, next);
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct server *s = data;

	if (s->class->trap_exit)
		otp_trap_exit(true);
	if (s->class->response)
		otp_responses_set(true);
	if (s->running)
		return server_entered(s, start);

	otp_next next = s->class->init(s->state, start);

	check_lent(s);
	switch (next.action) {
	case OTP_NEXT_OK:
		break;
	case OTP_NEXT_IGNORE:
		return otp_process_ignore();
	case OTP_NEXT_STOP:
		return OTP_END;
	case OTP_NEXT_ERROR:
		return otp_process_fail(otp_process_end_reason());
	default:
		return bad_return(s, next);
	}
	s->running = true;
	otp_process_started();
	return next.flags ? settle(s, next) : OTP_GO_ON;
}

static void
server_ending(void *data, otp_term reason)
{
	server_terminate(data, reason);
}

static void
server_encode_state(otp_term_builder *builder, const void *data)
{
	const struct server *s = data;

	if (s->class->state && !s->broken)
		otp_build_value(builder, s->class->state, s->state);
}

static otp_term
server_format(const void *data, enum otp_status_part part, otp_term term)
{
	const struct server *s = data;

	if (!s->class->format_status)
		return term;
	if (s->broken) /* the hook would read what is gone */
		return part == OTP_STATUS_REASON ? term : OTP_UNDEFINED;
	return s->class->format_status(s->state, part, term);
}

const struct otp_behaviour otp_gen_server = {
	.name = "gen_server",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending,
	.encode_state = server_encode_state,
	.format = server_format,
};

static bool
server_has_state(const void *data)
{
	const struct server *s = data;

	return s->class->state != NULL;
}

static bool
server_has_format(const void *data)
{
	const struct server *s = data;

	return s->class->format_status != NULL;
}

static otp_err
server_set_state(void *data, otp_term term)
{
	struct server *s = data;
	void *value;
	otp_err err;

	if (!s->class->set_state || !s->class->state)
		return OTP_NOT_ALLOWED;
	value = otp_tmp(s->class->state->size);
	memset(value, 0, s->class->state->size);
	err = otp_type_from_term(s->class->state, term, value);
	if (err == OTP_OK)
		s->class->set_state(s->state, value);
	return err;
}

static enum otp_verdict
server_system_stop(void *data)
{
	return server_stop(data);
}

static const struct otpi_system server_system = {
	.behaviour = &otp_gen_server,
	.has_state = server_has_state,
	.has_format = server_has_format,
	.set_state = server_set_state,
	.stop = server_system_stop,
};

/* The record of a server in its process, with its state. */
static size_t
state_size_of(const struct otp_server_class *class)
{
	return class->state_size_of ? *class->state_size_of : class->state_size;
}

static size_t
record_size(const struct otp_server_class *class)
{
	return sizeof(struct server) +
		((state_size_of(class) + 7) & ~(size_t)7);
}

otp_err
otp_server_start(const struct otp_server_class *class, enum otp_start_how how,
	struct otp_msg *init, const struct otp_start_opts *opts, otp_pid *pid,
	otp_ref *monitor)
{
	struct server seed = {.class = class};
	struct otp_process_opts start = {
		.process_class = &class->process,
		.data_size = record_size(class),
		.seed = &seed,
		.seed_size = sizeof seed,
		.start = init,
		.name = opts ? opts->name : NULL,
		.timeout_ms = opts ? opts->timeout_ms : 0,
		.hibernate_after_ms = opts ? opts->hibernate_after_ms : 0,
		.how = how,
	};

	return otp_process_start(&start, pid, monitor);
}

void
otp_server_enter_loop(const struct otp_server_class *class, const void *state,
	size_t size, otp_next next)
{
	size_t record = record_size(class);
	struct otp_msg *start = NULL;
	struct server *s;

	if (size != state_size_of(class))
		otp_exit(otpi_term_tagged_atom("bad_state", class->owner));
	s = otp_tmp(record);
	memset(s, 0, record);
	s->class = class;
	s->running = true;
	memcpy(s->state, state, size);
	if (next.flags & OTP_NEXT_CONTINUE)
		start = continue_of(next);
	s->entered = next;
	otp_process_become(&class->process, s, record, start);
}
