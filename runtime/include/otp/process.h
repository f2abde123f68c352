/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes: who am I, start, end, link, monitor, name, receive, time.
 *
 * Every function here may be called from a handler, from a plain process
 * (otp_spawn) and from any other thread of the program while the runtime runs;
 * such a thread becomes a process of its own on its first call and stops being
 * one when it ends. None blocks unless its comment says so.
 */
#ifndef OTP_PROCESS_H
#define OTP_PROCESS_H

#include <otp/err.h>
#include <otp/term.h>

OTP_BEGIN_DECLS

struct otp_msg;
struct otp_msg_type;

/*
 * Where a message goes: a process, or a name that is looked up at each send.
 * Plain data without pointers. The zero value is nobody. `name` and `node`
 * are indices of interned names (0: none; node 0 is this node). An alias is one
 * as well: see otp_alias.
 */
typedef struct otp_to {
	otp_pid pid;
	uint32_t name;
	uint32_t node;
} otp_to;

/* A call under way: see otp_msg_request. Plain data, owned by the caller. */
typedef struct otp_request {
	uint64_t id; /* 0: none */
} otp_request;

static inline otp_to
otp_to_pid(otp_pid pid)
{
	otp_to to = {pid, 0, 0};

	return to;
}

/* A registered name here. Interns `name` (at most 255 bytes). */
otp_to otp_to_name(const char *name);
/*
 * A registered name on another node: "name", "node@host". "nonode@nohost" is
 * this one: a message to a name that nobody has is then dropped (A6).
 */
otp_to otp_to_name_at(const char *name, const char *node);
/* The text of an index of otp_to; NULL for 0. Lives as long as the program. */
const char *otp_name_text(uint32_t name);
/* The process behind `to` now, also behind an alias that is over; the zero pid
 * when there is none. */
otp_pid otp_to_whereis(otp_to to);

/* How far back the ancestors of a process are told (B51). */
#define OTP_ANCESTORS_MAX 8

/* The calling process. */
otp_pid otp_self(void);
/* In the handler of a call: who called. Elsewhere the zero pid. */
otp_pid otp_caller(void);
/* False as soon as the process is exiting (semantics A9). */
bool otp_is_alive(otp_pid pid);

/* The zero value is the default. */
enum otp_priority {
	OTP_PRIORITY_NORMAL,
	OTP_PRIORITY_LOW, /* runs where nothing else does, and now and then */
	OTP_PRIORITY_HIGH, /* runs before the two above, within limits */
	OTP_PRIORITY_MAX
};

/* What becomes of a cast, info or message that is over `mailbox`. */
enum otp_mailbox_policy {
	OTP_MAILBOX_REJECT, /* its sender gets OTP_MAILBOX_FULL */
	OTP_MAILBOX_DROP_NEWEST, /* it is dropped */
	OTP_MAILBOX_DROP_OLDEST /* the oldest of these that waits is */
};

/* How a process is started; the zero value is the default. */
struct otp_spawn_opts {
	const char *name; /* registered before it runs */
	bool link; /* linked to the caller atomically (A31) */
	otp_ref *monitor; /* not NULL: monitored atomically (A43) */
	size_t stack; /* bytes of stack; 0: 64 KiB */
	enum otp_priority priority; /* A67 */
	/* How many messages may wait; 0: any number (A70-A73). */
	uint32_t mailbox;
	enum otp_mailbox_policy policy;
	/* Bytes of memory, as of otp_max_heap_set; 0: no limit (A66). */
	size_t max_heap;
};

/*
 * Start a process that runs fn(arg) and ends with reason normal when fn
 * returns. Does not wait for it. Gives OTP_ALREADY_STARTED with the holder in
 * *pid when the name is taken, OTP_SYSTEM_LIMIT when no process fits,
 * OTP_BADARG for a name, priority or policy that is none.
 */
OTP_MUST_USE otp_err otp_spawn_opt(void (*fn)(void *arg), void *arg,
	const struct otp_spawn_opts *opts, otp_pid *pid);
/* The same without options; a failure ends the caller with system_limit. */
otp_pid otp_spawn(void (*fn)(void *arg), void *arg);

/*
 * End the calling process with a reason. Copies the reason. Never returns.
 * A thread that is not the runtime's own is not ended so: misuse, it aborts.
 */
OTP_NORETURN void otp_exit(otp_term reason);
/*
 * Go to sleep without a stack: the frames of the calling process are given up as
 * by otp_exit, and with them all that is lent to it; with the next message, or
 * at once if one is queued, fn(arg) begins on a fresh stack, as if by otp_spawn
 * (A65). Links, monitors, timers, the name and memory of otp_alloc stay; `arg`
 * must not point into the stack. Never returns. For plain processes: in a
 * handler of a behaviour, a destructor, or a thread that is not the runtime's
 * own it is misuse, and ends the caller.
 */
OTP_NORETURN void otp_hibernate(void (*fn)(void *arg), void *arg);
/* Send an exit signal (OTP's exit/2; semantics A10-A22). Copies the reason. */
void otp_exit_signal(otp_pid to, otp_term reason);

/* Flags of the calling process; each gives its former value (A63). */

/* Turn exit signals into messages or not (A19). */
bool otp_trap_exit(bool on);
/*
 * From now on it runs before or behind others (A67). Of a thread of the
 * program's own the system decides, whatever is set.
 */
enum otp_priority otp_priority_set(enum otp_priority priority);
/*
 * How many bytes of its own memory it may have: its state, otp_alloc, and what
 * is lent to it. One that outgrows it is killed, at once if it has more now
 * (A66). 0: no limit. A thread of the program's own has none: nothing is set.
 */
size_t otp_max_heap_set(size_t bytes);

/* Links are a set; linking to yourself or twice does nothing (A24-A28). */
void otp_link(otp_pid peer);
void otp_unlink(otp_pid peer);

/* Watch a process: one DOWN per reference, noproc when it is gone (A33-A39). */
otp_ref otp_monitor(otp_pid target);
otp_ref otp_monitor_to(otp_to target);
/*
 * No DOWN for `ref` arrives after this; `flush` drops one already queued. True:
 * an active monitor was removed; false also if its DOWN was flushed (A40).
 */
bool otp_demonitor(otp_ref ref, bool flush);
/* A reference unlike any other. */
otp_ref otp_ref_new(void);

/* What ends an alias, besides otp_unalias and the death of its maker. */
enum otp_alias_end {
	OTP_ALIAS_EXPLICIT, /* nothing */
	OTP_ALIAS_REPLY, /* the first message that arrives through it (A60) */
	/* Of otp_monitor_alias only: the end of the monitor, by its DOWN or by
	 * otp_demonitor; and the first message, which ends both (A61). */
	OTP_ALIAS_DEMONITOR,
	OTP_ALIAS_REPLY_DEMONITOR
};

/*
 * An address of the calling process that can be withdrawn (A59): messages, casts
 * and infos that are sent to it arrive as if sent to the process, also past the
 * bound of its mailbox (A74). Once it is over they are dropped, which no sender
 * is told. It is no address of a server: calls through it give OTP_BADARG. It
 * cannot be encoded (OTP_BADARG); to monitor it is to monitor its maker. `end`
 * is EXPLICIT or REPLY.
 */
otp_to otp_alias(enum otp_alias_end end);
/*
 * A monitor and an alias in one, so that of an answer through the alias and the
 * DOWN one arrives and ends the other (A61: REPLY_DEMONITOR). `end` is EXPLICIT,
 * DEMONITOR or REPLY_DEMONITOR. Otherwise as otp_monitor_to.
 */
otp_ref otp_monitor_alias(otp_to target, enum otp_alias_end end, otp_to *alias);
/*
 * Ends an alias of the calling process; a monitor that came with it stands.
 * True: it was active. What has arrived through it stays (A62). The alias of
 * another process is left alone.
 */
bool otp_unalias(otp_to alias);

/* Names, local to this node, at most one a process (A45-A48). */
OTP_MUST_USE otp_err otp_register(const char *name, otp_pid pid);
OTP_MUST_USE otp_err otp_unregister(const char *name);
otp_pid otp_whereis(const char *name);

/* What otp_receive gives. All it points to is lent (see otp_mark_set). */
enum otp_received_kind {
	OTP_RECEIVED_MESSAGE, /* type, payload */
	OTP_RECEIVED_EXIT, /* from, reason (trap_exit) */
	OTP_RECEIVED_DOWN, /* ref, who, reason */
	OTP_RECEIVED_TIMER, /* ref: a timer of otp_timer_start */
	OTP_RECEIVED_RESPONSE /* response: see otp_responses_set */
};

struct otp_received {
	enum otp_received_kind kind;
	const struct otp_msg_type *type;
	const void *payload;
	otp_pid from;
	otp_ref ref;
	otp_to who;
	otp_term reason;
	otp_request response;
};

/*
 * Wait for a message that `match` accepts (NULL: any), oldest first; others
 * keep their place (A49-A51). Blocks up to timeout_ms (OTP_INFINITY: for
 * ever; 0: looks once). Gives OTP_OK, OTP_TIMEOUT, OTP_BADARG for a negative time.
 * Calls are for servers: it does not see them.
 * In a gen_server it takes messages away from the handlers: use with care.
 */
OTP_MUST_USE otp_err otp_receive_match(
	bool (*match)(const struct otp_received *message, void *arg), void *arg,
	struct otp_received *message, otp_duration timeout_ms);
OTP_MUST_USE otp_err otp_receive(
	struct otp_received *message, otp_duration timeout_ms);

/*
 * Block the calling process, not its thread. OTP_BADARG, at once, for a negative
 * time, else OTP_OK.
 */
otp_err otp_sleep(otp_duration ms);
/* Let others run first. */
void otp_yield(void);

/*
 * After ms the caller receives OTP_RECEIVED_TIMER with this reference (A52): in a
 * server `info timer`, or, where there is none, `info other` as {timeout,Ref}. A
 * negative time is misuse, which ends the caller (A56).
 */
otp_ref otp_timer_start(otp_duration ms);
/*
 * The same, but `to` receives it: whoever it is then (A54), also when the caller
 * is dead (A55). It is the caller's to cancel and read. An alias is misuse. What
 * is to carry more is a message: see otp_msg_send_after, and generated `_after`.
 */
otp_ref otp_timer_start_to(otp_to to, otp_duration ms);
/* True and the time left in *left_ms (may be NULL) when it was active (A53). */
bool otp_timer_cancel(otp_ref timer, otp_duration *left_ms);
/* The same, but it goes on (A57). */
bool otp_timer_read(otp_ref timer, otp_duration *left_ms);

/* The reason behind the last OTP_DIED or OTP_START_FAILED; lent. */
otp_term otp_last_reason(void);

/* Wall clock, microseconds since the epoch. */
otp_timestamp otp_now(void);
/* Monotonic clock, milliseconds. */
int64_t otp_monotonic_ms(void);

/*
 * Memory of the calling process: given back at its death. otp_alloc gives
 * zeroed memory, never NULL: a process that asks for more than there is ends
 * with system_limit. otp_free takes NULL.
 */
void *otp_alloc(size_t size);
void *otp_realloc(void *ptr, size_t size);
void otp_free(void *ptr);
/* The same, but the memory is lent until the handler returns. */
void otp_free_later(void *ptr);
/*
 * At the death of the calling process destructor(ptr) is called, last handed
 * over first, on a fresh stack. otp_disown takes the last one of ptr back.
 */
void otp_own(void *ptr, void (*destructor)(void *ptr));
void otp_disown(void *ptr);

/* Scratch memory: lent, until the handler returns or otp_release. */
void *otp_tmp(size_t size);
otp_string otp_tmp_printf(const char *format, ...) OTP_PRINTF(1, 2);

/*
 * Lent memory (replies, received messages, scratch) lives until the handler
 * returns. A loop that runs longer marks and releases.
 */
typedef struct otp_mark {
	void *top;
	size_t used;
} otp_mark;
otp_mark otp_mark_set(void);
void otp_release(otp_mark mark);

/* Crash the calling process, with the place in the reason. */
#define otp_assert(condition) \
	((condition) ? (void)0 \
		     : otp_assert_failed(#condition, __FILE__, __LINE__))
OTP_NORETURN void
otp_assert_failed(const char *condition, const char *file, int line);

OTP_END_DECLS
#endif
