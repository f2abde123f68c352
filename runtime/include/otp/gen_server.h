/* SPDX-License-Identifier: Apache-2.0 */
/* gen_server: what handlers return, and the tables of generated code. */
#ifndef OTP_GEN_SERVER_H
#define OTP_GEN_SERVER_H

#include <otp/behaviour.h>
#include <otp/copy.h>

OTP_BEGIN_DECLS

/* What a handler returns; made by the functions below. */
typedef struct otp_next {
	uint32_t action; /* enum otp_next_action; 0 is no valid return */
	uint32_t flags;
	int64_t timeout_ms; /* OTP_NEXT_CONTINUE: the address of its block */
} otp_next;

enum otp_next_action {
	OTP_NEXT_OK = 1, /* init */
	OTP_NEXT_IGNORE,
	OTP_NEXT_REPLY,
	OTP_NEXT_REFUSE,
	OTP_NEXT_NOREPLY,
	OTP_NEXT_STOP,
	OTP_NEXT_STOP_REPLY,
	OTP_NEXT_STOP_REFUSE,
	OTP_NEXT_ERROR /* init */
};

enum otp_next_flag {
	OTP_NEXT_TIMEOUT = 1,
	OTP_NEXT_HIBERNATE = 2,
	OTP_NEXT_CONTINUE = 4
};

static inline otp_next
otp_next_of(enum otp_next_action action)
{
	otp_next next = {(uint32_t)action, 0, 0};

	return next;
}

/* From init: the server runs. */
static inline otp_next
otp_ok(void)
{
	return otp_next_of(OTP_NEXT_OK);
}

/* From init: no server is wanted; the starter gets OTP_IGNORE. */
static inline otp_next
otp_ignore(void)
{
	return otp_next_of(OTP_NEXT_IGNORE);
}

/*
 * From init: the start fails with this reason, and nobody else hears of it: the
 * process ends with `normal`, without a report, and a starter that does not
 * trap exits lives on (B2, B8). Copies the reason.
 */
otp_next otp_error(otp_term reason);

/* From a call: send what *reply holds. */
static inline otp_next
otp_reply(void)
{
	return otp_next_of(OTP_NEXT_REPLY);
}

/* From a call with `! E`: send what *refusal holds. */
static inline otp_next
otp_refuse(void)
{
	return otp_next_of(OTP_NEXT_REFUSE);
}

/* From anything but a call that is not deferred: go on. */
static inline otp_next
otp_noreply(void)
{
	return otp_next_of(OTP_NEXT_NOREPLY);
}

/*
 * End the server; terminate runs first (B40), then the process ends with the
 * reason (B46). From init: the start fails with it (B2). Copies the reason.
 */
otp_next otp_stop(otp_term reason);
/* The same from a call; between the two the reply is sent (B21). */
otp_next otp_stop_reply(otp_term reason);
otp_next otp_stop_refuse(otp_term reason);

/*
 * handle_timeout is called when nothing arrives for ms (B35, B36); 0: when
 * nothing is there yet, OTP_INFINITY: never, negative: a bad return value. A
 * continue in the same result takes its place, as any event does.
 */
static inline otp_next
otp_with_timeout(otp_next next, otp_duration ms)
{
	if (next.flags & OTP_NEXT_CONTINUE)
		return next;
	next.flags |= OTP_NEXT_TIMEOUT;
	next.timeout_ms = ms;
	return next;
}

/*
 * The server may be idle for long (B11, B14, B38): until the next message that
 * is not of sys it counts as hibernated (otp_stats_process), and what the
 * runtime holds for it beside its state is given back. It never has a stack
 * while it waits, so that is little. It wakes up at once when a message is
 * there. With a timeout in the same result it is woken by that, too.
 */
static inline otp_next
otp_with_hibernate(otp_next next)
{
	next.flags |= OTP_NEXT_HIBERNATE;
	return next;
}

/*
 * Run the handler of continue block m next, before any message (B11, B17);
 * the reply of this result goes out first. Takes m. Generated code.
 */
otp_next otp_with_continue(otp_next next, struct otp_msg *m);

/* How a server is started; the zero value is the default of each. A negative time
 * is OTP_BADARG, and nothing is started. */
struct otp_start_opts {
	const char *name; /* registered before init (B4) */
	otp_duration timeout_ms; /* 0: infinity */
	/*
	 * Whenever nothing has arrived for so long, and the last result asked
	 * for no timeout, as otp_with_hibernate (B38). 0: never.
	 */
	otp_duration hibernate_after_ms;
};

/* A field of a state that holds a pointer, for the debug check of lifetimes. */
struct otp_state_pointer {
	const char *field; /* "owner" or "receipt.account" */
	size_t offset; /* of the pointer in the state */
	size_t tag_offset; /* it is there while this enum in the state ... */
	unsigned tag; /* ... has this value */
	bool has_tag; /* otherwise it always is */
};

/* The handler of a message in its own server, as in otp_msg_type.handle. */
typedef otp_next (*otp_msg_handler)(void *state, struct otp_msg *m);

/*
 * A message declared in a module (not in a server), and this server's handler
 * of it.
 */
struct otp_info_handler {
	const struct otp_msg_type *type;
	otp_msg_handler handle;
};

/*
 * The table of one gen_server: generated, constant. Handlers that the spec
 * does not name are NULL.
 */
struct otp_server_class {
	struct otp_process_class process; /* behaviour: &otp_gen_server */
	const char *owner; /* otp_msg_type.owner of its own messages */
	size_t state_size; /* used when state_size_of is NULL */
	const size_t *state_size_of; /* `state opaque`: OTP_STATE's size */
	bool trap_exit;
	otp_msg_handler init;
	const struct otp_msg_type *const *messages; /* its own, spec order */
	size_t message_count;
	const struct otp_info_handler *infos;
	size_t info_count;
	otp_next (*timeout)(void *state);
	otp_next (*exit)(void *state, otp_pid from, otp_term reason);
	otp_next (*down)(
		void *state, otp_ref reference, otp_to who, otp_term reason);
	otp_next (*nodeup)(void *state, otp_atom node);
	otp_next (*nodedown)(void *state, otp_atom node);
	otp_next (*response)(void *state, otp_request response);
	otp_next (*timer)(void *state, otp_ref timer);
	otp_next (*other)(void *state, otp_term message);
	void (*terminate)(void *state, otp_term reason);
	const struct otp_state_pointer *pointers;
	size_t pointer_count;
	const struct otp_type *state; /* NULL: opaque */
	/*
	 * otp_sys_replace_state: `value` is a value of `state`, all it points to
	 * is lent; copies. The state is a live one, whose kept fields are to be
	 * kept anew. NULL: the state can't be replaced.
	 */
	void (*set_state)(void *state, const void *value);
	/* `format_status`: see otp_behaviour.format. */
	otp_term (*format_status)(
		const void *state, enum otp_status_part part, otp_term term);
};

/*
 * How a server deals with what reaches it: its own messages by their
 * otp_msg_type.handle; a call of another class is refused with
 * OTP_BAD_REQUEST; a message of a module by `infos`; anything else, and what
 * has no handler here, goes to `other`, or is logged and dropped (B22).
 * The parent's EXIT ends a server that traps exits (B42).
 *
 * A return that is not allowed where it was made ends it with
 * {bad_return_value,Action} (B15).
 */
extern const struct otp_behaviour otp_gen_server;

/*
 * Start a server with its init block (of otp_msg_new, kind INIT). Takes init.
 * Blocks until its init has finished. Errors as of otp_process_start.
 */
OTP_MUST_USE otp_err otp_server_start(const struct otp_server_class *server,
	enum otp_start_how how, struct otp_msg *init,
	const struct otp_start_opts *opts, otp_pid *pid, otp_ref *monitor);

/*
 * Ask a server to stop with a reason and wait until it has (B47).
 * OTP_OK when it died with that reason, OTP_NOPROC, OTP_BADARG for a negative time
 * (B48), OTP_TIMEOUT (it goes on stopping), OTP_DIED with otp_last_reason when the reason was another.
 */
OTP_MUST_USE otp_err otp_server_stop(
	otp_to server, otp_term reason, otp_duration timeout_ms);

/*
 * The calling process, of otp_spawn, becomes a server of that class (B13), with
 * a copy of the `size` bytes at `state`, as if its init had just returned
 * `next`: otp_ok(), with a timeout, a continue or hibernation if wanted. Init is
 * not called. Its frames are given up as by otp_exit, and with them all that is
 * lent to it. Links, monitors, timers, its name, what waits in its mailbox and
 * memory of otp_alloc stay, so kept fields may be copied. From now on the class
 * decides about mailbox, priority, max_heap, and, if it traps exits, that. Who
 * spawned it with a link is its parent. Never returns. Misuse, which ends the caller: as for
 * otp_hibernate, and a `size` that is not that of the class's state.
 */
OTP_NORETURN void otp_server_enter_loop(const struct otp_server_class *server,
	const void *state, size_t size, otp_next next);

/* Beside the handlers of a server with `state opaque`: its state's size. */
#define OTP_STATE(name) const size_t name##_state_size = sizeof(struct name)

OTP_END_DECLS
#endif
