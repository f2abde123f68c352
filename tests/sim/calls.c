/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers and servers, which answer at once, later, by way of somebody else,
 * give a call to another server, refuse it, forget it, or die of it. Each call
 * returns once: with the answer that was given to this very call and to no
 * other, or with a reason; one that was given up gets nothing afterwards.
 * Callers are killed, too. In between they write and read values.
 *
 * Where it fails, servers and callers may end at any wait; whoever has ended is
 * replaced anyway. The clerk is a thread, then. A value may be too large.
 */
#include "load.h"

#include "load.otp.h"

#define MOST 32u
#define CALLS_MOST 65536u
#define HELD 4u
#define NAMES_MOST 200u

/* How often each call was answered, by number. */
static _Atomic(uint8_t) given[CALLS_MOST];
static _Atomic(uint64_t) next_call, returned;
static _Atomic(uint64_t) servers[MOST];
static otp_pid clerk; /* who answers for others */
static unsigned server_count, caller_count;

static otp_pid
any_server(uint64_t *seed)
{
	return pid_of(atomic_load(&servers[chance(seed, server_count)]));
}

/* --- servers -------------------------------------------------------------- */

struct server {
	uint64_t seed;
	struct otp_msg *taken[HELD];
	unsigned taken_count;
	struct token {
		otp_from from;
		uint64_t number;
	} tokens[HELD];
	unsigned token_count;
};

static const struct otp_msg_type token_type = {
	.name = "token",
	.owner = "load",
	.size = sizeof(struct token),
	.kind = OTP_MSG_INFO,
};

/* Before it is: whoever has it can look. */
static void
count_answer(uint64_t number)
{
	if (number < CALLS_MOST)
		atomic_fetch_add(&given[number], 1);
}

static void
answer(uint64_t *seed, struct otp_msg *m)
{
	count_answer(note_in(m)->number);
	give_answer(m, chance(seed, 4) ? OTP_OK : OTP_REFUSED);
}

static void
answer_token(uint64_t *seed, const struct token *token)
{
	struct otp_msg *m = otp_answer_new(sizeof(struct note), 100);

	*(struct note *)otp_msg_payload(m) =
		(struct note){.number = token->number + 1};
	count_answer(token->number);
	otp_from_answer(token->from, chance(seed, 4) ? OTP_OK : OTP_REFUSED, m);
	if (chance(seed, 3) == 0) { /* once too often */
		m = otp_answer_new(sizeof(struct note), 0);
		*(struct note *)otp_msg_payload(m) = (struct note){0};
		otp_from_answer(token->from, OTP_OK, m);
	}
}

static void
answer_one(struct server *self)
{
	if (self->taken_count && chance(&self->seed, 2)) {
		struct otp_msg *m = self->taken[--self->taken_count];

		if (chance(&self->seed, 3))
			answer(&self->seed, m);
		else
			otp_call_forward(
				otp_to_pid(any_server(&self->seed)), m);
	} else if (self->token_count) {
		struct token token = self->tokens[--self->token_count];
		struct otp_msg *m;

		if (chance(&self->seed, 2)) {
			answer_token(&self->seed, &token);
			return;
		}
		m = otp_msg_new(&token_type, 0);
		memcpy(otp_msg_payload(m), &token, sizeof token);
		otp_msg_send(otp_to_pid(clerk), m);
	}
}

static enum otp_verdict
serve(struct server *self, struct otp_event *event)
{
	struct otp_msg *m = event->msg;
	struct token token = {.number = note_in(m)->number};

	note_check(note_in(m));
	switch (chance(&self->seed, 12)) {
	case 0:
	case 1:
		if (self->taken_count == HELD)
			break; /* no answer */
		self->taken[self->taken_count++] = otp_event_take(event);
		break;
	case 2:
	case 3:
		if (self->token_count == HELD)
			break;
		token.from = otp_from_of(m);
		self->tokens[self->token_count++] = token;
		break;
	case 4:
		otp_call_forward(otp_to_pid(any_server(&self->seed)), m);
		break;
	case 5:
		otp_call_refuse(m, OTP_NOT_FOUND);
		break;
	case 6:
		if (chance(&self->seed, 4) == 0)
			return otp_process_end_with(any_reason(&self->seed));
		if (chance(&self->seed, 4) == 0)
			otp_exit(any_reason(&self->seed));
		break; /* no answer */
	case 7:
		otp_sleep(chance(&self->seed, 3));
		answer(&self->seed, m);
		break;
	default:
		answer(&self->seed, m);
		break;
	}
	return OTP_GO_ON;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct server *self = data;

	(void)start;
	self->seed = seed_next();
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *self = data;
	enum otp_verdict verdict = OTP_GO_ON;

	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type)
		verdict = serve(self, event);
	else
		answer_one(self);
	/* What it holds back comes when nothing else does. */
	if (self->taken_count + self->token_count)
		otp_process_idle_after(chance(&self->seed, 3));
	return verdict;
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};
static const struct otp_process_class classes[] = {
	{.behaviour = &behaviour,
		.name = "server",
		.data_size = sizeof(struct server)},
	{.behaviour = &behaviour,
		.name = "blocking",
		.data_size = sizeof(struct server),
		.blocking = true},
	{.behaviour = &behaviour,
		.name = "bounded",
		.data_size = sizeof(struct server),
		.mailbox = 2},
	{.behaviour = &behaviour,
		.name = "max",
		.data_size = sizeof(struct server),
		.priority = OTP_PRIORITY_MAX},
};

/* Answers what others have accepted, until it is killed. */
static void
clerk_main(void *arg)
{
	uint64_t seed = seed_next();
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	(void)arg;
	for (;;) {
		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			continue;
		if (r.kind == OTP_RECEIVED_MESSAGE && r.type == &token_type)
			answer_token(&seed, r.payload);
		if (r.kind == OTP_RECEIVED_EXIT) /* a thread's kill */
			return;
		otp_release(mark);
	}
}

/* --- callers -------------------------------------------------------------- */

struct caller {
	uint64_t seed;
	otp_request request;
	uint64_t request_number;
};

static void
look_at_answer(uint64_t number, otp_err err, struct otp_msg *m, bool limited)
{
	atomic_fetch_add(&returned, 1);
	switch (err) {
	case OTP_OK:
	case OTP_REFUSED:
		if (note_in(m)->number != number + 1)
			complain("another answer", number, note_in(m)->number);
		if (number < CALLS_MOST && atomic_load(&given[number]) != 1)
			complain("answers to one call", number,
				atomic_load(&given[number]));
		otp_msg_free(m);
		break;
	case OTP_TIMEOUT:
		if (!limited)
			complain("a call was not answered", number, 0);
		break;
	case OTP_NOPROC:
	case OTP_DIED:
	case OTP_BAD_REQUEST:
	case OTP_NOT_FOUND:
	case OTP_MAILBOX_FULL:
		break;
	default:
		complain("call", number, err);
	}
}

static void
call(struct caller *self)
{
	uint64_t number = atomic_fetch_add(&next_call, 1);
	struct otp_msg *m = note_new(&ask_type, number, any_size(&self->seed));
	bool limited = chance(&self->seed, 3) == 0;
	otp_err err = otp_msg_call(otp_to_pid(any_server(&self->seed)), &m,
		limited ? (otp_duration)chance(&self->seed, 4) : PATIENCE_MS);

	look_at_answer(number, err, m, limited);
}

static void
request(struct caller *self)
{
	struct otp_msg *m;
	otp_err err;

	if (self->request.id == 0) {
		self->request_number = atomic_fetch_add(&next_call, 1);
		m = note_new(&ask_type, self->request_number, 0);
		err = otp_msg_request(
			otp_to_pid(any_server(&self->seed)), m, &self->request);
		if (err != OTP_OK)
			look_at_answer(self->request_number, err, NULL, false);
		return;
	}
	err = otp_msg_await(&self->request, &m, PATIENCE_MS);
	look_at_answer(self->request_number, err, m, false);
}

/* Written and read, it is the same; it takes many rooms to find one for it. */
static void
write_and_read(uint64_t *seed)
{
	static const otp_string empty[NAMES_MOST];
	struct load_names names = {{empty, chance(seed, NAMES_MOST)}}, read;
	uint8_t bytes[64 + NAMES_MOST * 16];
	size_t len = 0;
	otp_err err = load_names_encode(&names, bytes, sizeof bytes, &len);

	if (err == OTP_OK)
		err = load_names_decode(bytes, len, &read);
	if (err == OTP_OK && read.names.len != names.names.len)
		complain("another value", read.names.len, names.names.len);
	if (err != OTP_OK && !(world.fails && err == OTP_SYSTEM_LIMIT))
		complain("a value", err, names.names.len);
}

static void
caller_main(void *arg)
{
	struct caller self = {.seed = seed_next()};
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	(void)arg;
	while (atomic_load(&next_call) < world.steps) {
		if (chance(&self.seed, 4))
			call(&self);
		else
			request(&self);
		if (chance(&self.seed, 8) == 0)
			write_and_read(&self.seed);
		if (chance(&self.seed, 8) == 0)
			otp_sleep(chance(&self.seed, 2));
		otp_release(mark);
	}
	if (self.request.id)
		request(&self);
	while (otp_receive(&r, 0) == OTP_OK)
		complain("a caller gets a message", r.kind, 0);
}

/* --- all ------------------------------------------------------------------ */

static void
server_start(unsigned i, uint64_t *seed)
{
	struct otp_process_opts how = {
		.process_class = &classes[chance(seed, 4)]};
	otp_pid pid = {0, 0, 0, 0};
	unsigned tries = 0;
	otp_err err;

	do
		err = otp_process_start(&how, &pid, NULL);
	while (is_tried_again(err, &tries));
	if (err != OTP_OK)
		complain("start of a server", i, err);
	atomic_store(&servers[i], key_of(pid));
}

/* Who has ended is replaced, be it by mischance. */
static void
govern(otp_pid *callers, uint64_t *seed)
{
	while (atomic_load(&next_call) < world.steps) {
		for (unsigned i = 0; i < server_count; i++)
			if (!otp_is_alive(pid_of(atomic_load(&servers[i]))))
				server_start(i, seed);
		for (unsigned i = 0; i < caller_count; i++)
			if (!otp_is_alive(callers[i]))
				callers[i] =
					plain_start(caller_main, NULL, NULL);
		if (chance(seed, 3) == 0)
			otp_exit_signal(any_server(seed), any_reason(seed));
		if (chance(seed, 3) == 0)
			otp_exit_signal(
				callers[chance(seed, caller_count)], OTP_KILL);
		otp_sleep(1);
	}
}

static void
run(void)
{
	uint64_t seed = seed_next();
	otp_pid callers[MOST];

	server_count = caller_count =
		world.processes / 2 < MOST ? world.processes / 2 : MOST;
	clerk = world.fails ? thread_start(clerk_main, NULL)
			    : plain_start(clerk_main, NULL, NULL);
	for (unsigned i = 0; i < server_count; i++)
		server_start(i, &seed);
	for (unsigned i = 0; i < caller_count; i++)
		callers[i] = plain_start(caller_main, NULL, NULL);
	govern(callers, &seed);
	for (unsigned i = 0; i < caller_count; i++)
		await_end(otp_monitor(callers[i]));
	/* What it still holds it answers for nobody. */
	otp_exit_signal(clerk, OTP_KILL);
	for (unsigned i = 0; i < server_count; i++)
		otp_exit_signal(pid_of(atomic_load(&servers[i])), OTP_KILL);
	if (atomic_load(&returned) > atomic_load(&next_call))
		complain("calls returned", atomic_load(&returned),
			atomic_load(&next_call));
}

const struct load load_calls = {"calls", run};
