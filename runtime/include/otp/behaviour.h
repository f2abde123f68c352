/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Behaviours: what gen_server and supervisor stand on, open to others.
 *
 * A behaviour's process has no stack of its own: the runtime calls it with one
 * message at a time, on whatever stack a worker lends. It may block in any
 * function of the runtime.
 */
#ifndef OTP_BEHAVIOUR_H
#define OTP_BEHAVIOUR_H

#include <otp/msg.h>

OTP_BEGIN_DECLS

struct otp_sys_statistics;

/* What the runtime hands to a behaviour. Owned by the runtime until taken. */
enum otp_event_kind {
	OTP_EVENT_MESSAGE, /* msg: a call, cast, info or message */
	OTP_EVENT_EXIT, /* from, reason: an exit signal, trapped */
	OTP_EVENT_DOWN, /* ref, who, reason */
	OTP_EVENT_TIMER, /* ref: of otp_timer_start */
	OTP_EVENT_IDLE, /* of otp_process_idle_after */
	OTP_EVENT_RESPONSE /* response: see otp_responses_set */
};

struct otp_event {
	enum otp_event_kind kind;
	struct otp_msg *msg;
	otp_pid from; /* MESSAGE: the caller of a call */
	otp_ref ref;
	otp_to who;
	otp_term reason;
	otp_request response;
};

/* What a behaviour's callback asks for next. */
enum otp_verdict {
	OTP_GO_ON,
	OTP_END /* with the reason of otp_process_end_with */
};

/* What of a process is shown in reports and by otp_sys_get_status. */
enum otp_status_part {
	OTP_STATUS_STATE, /* `undefined` if nobody can write it as a term */
	OTP_STATUS_MESSAGE, /* that it was handling */
	OTP_STATUS_REASON /* that it ended with */
};

struct otp_behaviour {
	const char *name; /* "gen_server", as in crash reports */
	/*
	 * First on the new process. `start` is the block of its arguments, lent
	 * until init returns. otp_process_started tells the starter.
	 */
	enum otp_verdict (*init)(void *data, struct otp_msg *start);
	/* One event. The event's block is freed after it returns. */
	enum otp_verdict (*handle)(void *data, struct otp_event *event);
	/*
	 * The process is ending: by OTP_END, by otp_exit or by a crash in init
	 * or handle (on a fresh stack then); not by an exit signal (B40, B41).
	 * What it does with otp_exit or a crash becomes the reason (B46).
	 */
	void (*ending)(void *data, otp_term reason);
	/*
	 * For crash reports: the state as a term; may be NULL. Runs on a fresh
	 * stack; a crash in it leaves the state out.
	 */
	void (*encode_state)(
		struct otp_term_builder *builder, const void *data);
	/*
	 * What is shown instead of `term` (B50): scratch memory, or `term`; may
	 * be NULL. Links and monitors get the reason as it is. A report leaves
	 * out what this crashes on, and all that comes after it; it runs on a
	 * fresh stack then.
	 */
	otp_term (*format)(
		const void *data, enum otp_status_part part, otp_term term);
};

/* A kind of process: first member of generated class tables. */
struct otp_process_class {
	const struct otp_behaviour *behaviour;
	const char *name; /* "bank_account", as in crash reports */
	size_t data_size; /* zeroed memory of each process, 8-aligned */
	size_t stack; /* bytes; 0: 64 KiB */
	/*
	 * How many calls, casts, infos and messages may wait; 0: any number, at
	 * most a milliard. A call that is one too many gets OTP_MAILBOX_FULL.
	 */
	uint32_t mailbox;
	enum otp_mailbox_policy policy;
	enum otp_priority priority;
	bool blocking; /* its callbacks run on the pool for those that block */
	/*
	 * Bytes of its own memory: data, otp_alloc, and what is lent to it. A
	 * process that outgrows it is killed (A66). 0: no limit.
	 */
	size_t max_heap;
};

enum otp_start_how {
	OTP_START,
	OTP_START_LINK,
	OTP_START_MONITOR
};

struct otp_process_opts {
	const struct otp_process_class *process_class;
	/* class's data_size is used when 0 */
	size_t data_size;
	/* What `init` needs besides the message; copied to data's beginning. */
	const void *seed;
	size_t seed_size;
	struct otp_msg *start; /* shared: see otp_start_hold; may be NULL */
	const char *name;
	otp_duration timeout_ms; /* of init; 0: infinity (B9) */
	/* otp_process_hibernate when it was idle for so long; 0: never (B38). */
	otp_duration hibernate_after_ms;
	enum otp_start_how how;
};

/*
 * Start a process and wait until it calls otp_process_started or ends (B1-B9).
 * Takes one hold on `start`. OTP_ALREADY_STARTED gives the holder in *pid,
 * OTP_IGNORE, OTP_START_FAILED and OTP_TIMEOUT leave nothing behind;
 * otp_last_reason tells why. OTP_BADARG, and nothing is started: a negative time,
 * or a name that is none. A caller that does not trap exits is ended, as by
 * the link, when the init of its OTP_START_LINK failed abnormally (B8).
 */
OTP_MUST_USE otp_err otp_process_start(
	const struct otp_process_opts *how, otp_pid *pid, otp_ref *monitor);

/*
 * The block of start arguments may be held by several (a supervisor keeps it
 * for restarts): each hold is given back with otp_start_drop. otp_msg_new
 * gives the first.
 */
struct otp_msg *otp_start_hold(struct otp_msg *start);
void otp_start_drop(struct otp_msg *start);

/* Within a behaviour's callbacks, for the calling process: */

/* From now on it, and what it starts, belong to the application of that number
 * (D5), of which otp_stats_process tells. 0: to none. */
void otp_process_app(uint8_t number);
/* init has succeeded: the starter goes on. */
void otp_process_started(void);
/* Is that still to be said, while its starter waits? */
bool otp_process_in_init(void);
/* Are exit signals messages to it (A19)? */
bool otp_process_traps(void);
/* init wants no process: the starter gets OTP_IGNORE. Returns OTP_END. */
enum otp_verdict otp_process_ignore(void);
/*
 * init has failed, and only the starter is to know (B2, B8): it gets
 * OTP_START_FAILED with this reason, the process ends with `normal`. Copies.
 * Returns OTP_END.
 */
enum otp_verdict otp_process_fail(otp_term reason);
/* The reason of OTP_END. Copies. Returns OTP_END. */
enum otp_verdict otp_process_end_with(otp_term reason);
/* The reason set by the last otp_process_end_with; lent. */
otp_term otp_process_end_reason(void);
/* The process that started this one with a link; zero: none (B42). */
otp_pid otp_process_parent(void);
/*
 * OTP_EVENT_IDLE when no event arrives within ms (B35, B36); every event
 * cancels it, but for one of sys (B37). 0: as soon as the mailbox is empty. Negative: cancel.
 */
void otp_process_idle_after(otp_duration ms);
/*
 * From now until an event comes that is not otp_msg_type.while_suspended, the
 * process counts as hibernated.
 */
void otp_process_hibernate(void);
/*
 * Suspended, only messages that are otp_msg_type.while_suspended and the
 * parent's EXIT are events; all else stays in the mailbox, in its order (F2).
 * The time of otp_process_idle_after begins anew with such a message, and when
 * it is no longer suspended (B37). Gives what was.
 */
bool otp_process_suspend(bool on);
bool otp_process_is_suspended(void);
/*
 * The same, independent of that, and of those messages only the ones that `by`
 * sends; until `by` ends, or is the zero pid in a further call.
 */
void otp_process_hold(otp_pid by);
/* Who holds it; zero: nobody. */
otp_pid otp_process_holder(void);
/*
 * What the behaviour's `format` gives. Should that crash or end, the call in
 * hand fails with OTP_BAD_TERM, the callback's frames and what is lent are given
 * up, and the process goes on with its next event.
 */
otp_term otp_process_show(enum otp_status_part part, otp_term term);
/* See otp_sys_statistics; OTP_SYSTEM_LIMIT. */
OTP_MUST_USE otp_err otp_process_statistics(bool on);
/* False: they are off. */
bool otp_process_statistics_get(struct otp_sys_statistics *statistics);
/*
 * The calling plain process goes on as one of this class: frames and lent memory
 * are given up, `init` of the behaviour is called with `start` (may be NULL;
 * takes it, also if it is lent), on a copy of the data; nobody waits for that.
 */
OTP_NORETURN void otp_process_become(const struct otp_process_class *class_,
	const void *data, size_t size, struct otp_msg *start);
/* A child of the calling process, by its start: removes an EXIT of it from the
 * mailbox and unlinks (C31); waits for that EXIT if the child is dead and still
 * linked. Gives its reason in *reason (lent) when one was there. */
bool otp_unlink_flush(otp_pid child, otp_term *reason);

/*
 * Wait up to timeout_ms for the DOWN of a monitor of the calling process, which
 * leaves all else where it is; gives its reason in *reason (lent; may be NULL).
 * Blocks. OTP_TIMEOUT: the monitor stands. OTP_BADARG: a negative time.
 */
OTP_MUST_USE otp_err otp_await_down(
	otp_ref ref, otp_duration timeout_ms, otp_term *reason);

/* What otp_last_reason gives to the calling process next. Copies. */
void otp_last_reason_set(otp_term reason);

/*
 * The event is a term: what a process of Erlang would send. A call is
 * {'$gen_call',{Pid,Tag},Request}, a cast {'$gen_cast',Request}, anything else
 * an info.
 */
struct otp_term_request {
	enum otp_msg_kind kind;
	otp_term body; /* the request; lent by the term */
	otp_to from; /* of a call */
	otp_term tag;
};

/* False if it looks like a call or cast and is none: then it is an info. */
bool otp_term_request_of(otp_term term, struct otp_term_request *request);
/* Is the request, by its name, a message of that type? */
bool otp_term_request_is(const struct otp_term_request *request,
	const struct otp_msg_type *type);
/*
 * The event becomes a message of that type, as if it had been sent as one; a
 * call is answered by a term. OTP_BAD_TERM and the like: it does not decode,
 * otp_last_reason tells why, and the event is what it was.
 */
OTP_MUST_USE otp_err otp_event_decode(struct otp_event *event,
	const struct otp_term_request *request,
	const struct otp_msg_type *type);

/*
 * Take the event's block: the callback then owns it. A call that was taken is
 * answered with the exit reason if the process ends before it has answered.
 */
struct otp_msg *otp_event_take(struct otp_event *event);
/* Give back the memory lent so far (between two user handlers). */
void otp_lent_free(void);
/* The same, but for lent block m. */
void otp_lent_free_but(struct otp_msg *m);
/* Is [ptr, ptr+1) memory that is lent to this process now? (debug checks) */
bool otp_is_lent(const void *ptr);

/* Answer the call m, whose reply is in place (otp_reply_begin). Takes m. */
void otp_call_answer(struct otp_msg *m, otp_err status);
/* Answer without a reply value: OTP_BAD_REQUEST, OTP_NOT_FOUND ... Takes m. */
void otp_call_refuse(struct otp_msg *m, otp_err status);
/* Hand call m on: `to` answers the caller instead. Takes m. */
void otp_call_forward(otp_to to, struct otp_msg *m);

OTP_END_DECLS
#endif
