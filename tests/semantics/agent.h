/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agents: plain processes that do what they are told by commands, and tell
 * the tester of all other messages they get.
 */
#ifndef AGENT_H
#define AGENT_H

#include "support.h"

enum op {
	DO_NOTHING, /* says NOTE_DONE, as all that go on do */
	DO_TRAP,
	DO_NOT_TRAP,
	DO_LINK, /* pid */
	DO_UNLINK,
	DO_MONITOR,
	DO_SIGNAL, /* pid, reason: exit/2 */
	DO_SIGNAL_SELF,
	DO_EXIT, /* reason */
	DO_RETURN,
	DO_CRASH,
	DO_WAIT, /* for the next command, taking nothing else before it */
	DO_BURST /* sends `value` notes, then ends with the reason */
};

struct command {
	enum op op;
	otp_pid pid;
	int64_t value;
	char reason[64]; /* an atom */
};

static const struct otp_msg_type command_type = {
	.name = "command",
	.owner = "support",
	.size = sizeof(struct command),
	.kind = OTP_MSG_INFO,
};

static inline void
command(otp_pid to, enum op op, otp_pid pid, int64_t value, const char *reason)
{
	struct otp_msg *m = otp_msg_new(&command_type, 0);
	struct command *c = otp_msg_payload(m);

	memset(c, 0, sizeof *c);
	c->op = op;
	c->pid = pid;
	c->value = value;
	snprintf(c->reason, sizeof c->reason, "%s", reason);
	otp_msg_send(otp_to_pid(to), m);
}

static inline bool
is_command(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &command_type;
}

static inline void agent(void *arg);

static inline otp_pid
agent_spawn(bool link)
{
	struct otp_spawn_opts opts = {.link = link};
	otp_pid pid;

	if (otp_spawn_opt(agent, NULL, &opts, &pid) != OTP_OK)
		abort();
	return pid;
}

static inline void
agent_obey(const struct command *c)
{
	struct otp_received r;

	switch (c->op) {
	case DO_NOTHING:
		break;
	case DO_TRAP:
		otp_trap_exit(true);
		break;
	case DO_NOT_TRAP:
		otp_trap_exit(false);
		break;
	case DO_LINK:
		otp_link(c->pid);
		break;
	case DO_UNLINK:
		otp_unlink(c->pid);
		break;
	case DO_MONITOR:
		otp_monitor(c->pid);
		break;
	case DO_SIGNAL:
		otp_exit_signal(c->pid, term_of(c->reason));
		break;
	case DO_SIGNAL_SELF:
		otp_exit_signal(otp_self(), term_of(c->reason));
		break;
	case DO_EXIT:
		otp_exit(term_of(c->reason));
	case DO_RETURN:
		return;
	case DO_CRASH:
		crash();
		break;
	case DO_WAIT:
		if (otp_receive_match(is_command, NULL, &r, OTP_INFINITY))
			return;
		agent_obey(r.payload);
		return;
	case DO_BURST:
		for (int64_t i = 0; i < c->value; i++)
			tell(NOTE_MESSAGE, i, OTP_UNDEFINED);
		otp_exit(term_of(c->reason));
	}
	tell(NOTE_DONE, c->value, OTP_UNDEFINED);
}

static inline void
agent(void *arg)
{
	(void)arg;
	for (;;) {
		otp_mark mark = otp_mark_set();
		struct otp_received r;

		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			return;
		if (r.kind == OTP_RECEIVED_EXIT)
			tell(NOTE_EXIT, r.from.id, r.reason);
		else if (r.kind == OTP_RECEIVED_DOWN)
			tell(NOTE_DOWN, r.who.pid.id, r.reason);
		else if (r.kind == OTP_RECEIVED_TIMER)
			tell(NOTE_TIMER, 0, OTP_UNDEFINED);
		else if (r.type == &note_type)
			tell(NOTE_MESSAGE,
				((const struct note *)r.payload)->value,
				OTP_UNDEFINED);
		else if (is_command(&r, NULL)) {
			const struct command *c = r.payload;

			if (c->op == DO_RETURN)
				return;
			agent_obey(c);
		}
		otp_release(mark);
	}
}

/* Tells an agent and waits until it has done it. */
static inline void
obey(otp_pid to, enum op op, otp_pid pid)
{
	command(to, op, pid, 0, "");
	await(NOTE_DONE);
}

#endif
