/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: each is answered exactly once, whatever becomes of the server. */
#include "core_world.h"

#include <otp/msg.h>

#define HELD_MAX 64

/* What the server does with a call, in `value` of its number. */
enum deed {
	ECHO = 1, /* answers `more` */
	REFUSE,
	BAD, /* refuses with OTP_BAD_REQUEST */
	IGNORE, /* returns without an answer */
	TAKE, /* otp_event_take, kept */
	DEFER, /* otp_from_of, kept */
	GIVE, /* answers all that it keeps, then this one */
	FORWARD, /* to the server's friend, as `more` says */
	END, /* with shutdown, the call unanswered */
	EXIT, /* otp_exit in the handler */
	CRASH,
	LONG, /* an answer in a second block */
	LEND, /* DEFER, and the token goes to the friend, who answers */
	SLEEP /* answers when a number has come */
};

struct server {
	otp_pid friend;
	struct otp_msg *taken[HELD_MAX];
	unsigned taken_count;
	otp_from deferred[HELD_MAX];
	unsigned deferred_count;
	uint64_t calls;
};

struct lent_token {
	otp_from from;
	uint64_t value;
};

static const struct otp_msg_type lent_type = {
	.name = "lent",
	.owner = "world",
	.size = sizeof(struct lent_token),
	.kind = OTP_MSG_INFO,
};

static void
answer_from(otp_from from, uint64_t value)
{
	struct otp_msg *m = otp_answer_new(sizeof(struct number), 0);
	struct number *number = otp_msg_payload(m);

	number->value = value;
	number->more = 0;
	otp_from_answer(from, OTP_OK, m);
}

static void
give_all(struct server *s)
{
	for (unsigned i = 0; i < s->taken_count; i++)
		answer(s->taken[i], number_in(s->taken[i]).more);
	for (unsigned i = 0; i < s->deferred_count; i++) {
		answer_from(s->deferred[i], 1000 + i);
		answer_from(s->deferred[i], 6666); /* B20 */
	}
	s->taken_count = s->deferred_count = 0;
}

static void
token_lend(struct server *s, struct otp_msg *call)
{
	uint64_t value = number_in(call).more;
	otp_from from = otp_from_of(call);
	struct otp_msg *m = otp_msg_new(&lent_type, 0);
	struct lent_token *token = otp_msg_payload(m);

	token->from = from;
	token->value = value;
	otp_msg_send(otp_to_pid(s->friend), m);
}

static enum otp_verdict
serve(struct server *s, struct otp_event *event)
{
	struct otp_msg *m = event->msg;
	uint64_t more = number_in(m).more;
	struct number *reply;

	switch ((enum deed)number_in(m).value) {
	case ECHO:
		answer(m, more);
		break;
	case REFUSE:
		reply = otp_reply_begin(m, sizeof *reply, 0);
		reply->value = more;
		otp_call_answer(m, OTP_REFUSED);
		break;
	case BAD:
		otp_call_refuse(m, OTP_BAD_REQUEST);
		break;
	case IGNORE:
		break;
	case TAKE:
		s->taken[s->taken_count++] = otp_event_take(event);
		break;
	case DEFER:
		s->deferred[s->deferred_count++] = otp_from_of(m);
		break;
	case GIVE:
		give_all(s);
		answer(m, more);
		break;
	case FORWARD:
		((struct number *)otp_msg_payload(m))->value = more;
		otp_call_forward(otp_to_pid(s->friend), m);
		break;
	case END:
		return otp_process_end_with(OTP_SHUTDOWN);
	case EXIT:
		otp_exit(OTP_TIMEOUT_REASON);
	case CRASH:
		otp_assert(more == UINT64_MAX);
		break;
	case LONG:
		reply = otp_reply_begin(m, sizeof *reply, 100000);
		reply->value = more;
		reply->more = 0;
		memset(reply + 1, 7, 100000);
		otp_call_answer(m, OTP_OK);
		break;
	case LEND:
		token_lend(s, m);
		break;
	case SLEEP:
		hear();
		answer(m, more);
		break;
	}
	return OTP_GO_ON;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct server *s = data;

	if (start)
		s->friend.id = (uint32_t)number_in(start).value,
		s->friend.serial = (uint32_t)number_in(start).more;
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;
	const struct lent_token *token;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	if (event->msg->type == &lent_type) {
		token = otp_msg_payload(event->msg);
		answer_from(token->from, token->value);
		answer_from(token->from, 5555);
		return OTP_GO_ON;
	}
	s->calls++;
	if (event->msg->type == &ask_type) {
		EXPECT(otp_caller().id == event->from.id);
		return serve(s, event);
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour server_behaviour = {
	.name = "server",
	.init = server_init,
	.handle = server_handle,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "server",
	.data_size = sizeof(struct server),
};

static otp_pid
server_start(otp_pid friend)
{
	struct otp_process_opts start = {.process_class = &server_class};
	otp_pid pid = {0, 0, 0, 0};

	start.start = number_new(&number_type, friend.id, friend.serial);
	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_OK);
	return pid;
}

static const otp_pid nobody = {0, 0, 0, 0};

static otp_err
do_call(otp_pid to, enum deed deed, uint64_t *value)
{
	struct otp_msg *m = number_new(&ask_type, deed, *value);
	otp_err err = otp_msg_call(otp_to_pid(to), &m, PATIENCE_MS);

	*value = 0;
	if (err == OTP_OK || err == OTP_REFUSED) {
		*value = number_in(m).value;
		otp_msg_lend(m);
	}
	return err;
}

static otp_request
request(otp_pid to, enum deed deed, uint64_t more)
{
	otp_request id = {0};

	EXPECT(otp_msg_request(otp_to_pid(to),
		       number_new(&ask_type, deed, more), &id) == OTP_OK &&
		id.id != 0);
	return id;
}

static otp_err
await_value(otp_request *id, uint64_t *value)
{
	struct otp_msg *m;
	otp_err err;

	*value = 0;
	err = otp_msg_await(id, &m, PATIENCE_MS);
	if (err == OTP_OK || err == OTP_REFUSED) {
		*value = number_in(m).value;
		otp_msg_free(m);
	}
	return err;
}

/* --- tests --------------------------------------------------------------- */

static void
a_call_is_answered(void **state)
{
	otp_pid friend = server_start(nobody), server = server_start(friend);
	uint64_t value;

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++) {
		value = i;
		assert_int_equal(do_call(server, ECHO, &value), OTP_OK);
		assert_int_equal(value, i);
		assert_int_equal(do_call(server, REFUSE, &value), OTP_REFUSED);
		assert_int_equal(value, i);
		assert_int_equal(do_call(server, LEND, &value), OTP_OK);
		assert_int_equal(value, i);
		assert_int_equal(do_call(server, LONG, &value), OTP_OK);
		assert_int_equal(value, i);
		assert_int_equal(do_call(server, GIVE, &value), OTP_OK);
		assert_int_equal(value, i);
		assert_int_equal(do_call(server, BAD, &value), OTP_BAD_REQUEST);
		assert_int_equal(
			do_call(server, IGNORE, &value), OTP_BAD_REQUEST);
		otp_lent_free();
	}
	tell(friend, 0, 0);
	value = 0;
	assert_int_equal(do_call(friend, END, &value), OTP_DIED);
	assert_true(otp_term_equal(otp_last_reason(), OTP_SHUTDOWN));
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
}

/* With a limit so short that it mostly comes too soon. */
static otp_err
ask_briefly(otp_pid to, enum deed deed, otp_duration ms)
{
	struct otp_msg *m = number_new(&ask_type, deed, 1);
	otp_err err = otp_msg_call(otp_to_pid(to), &m, ms);

	if (err == OTP_OK)
		otp_msg_free(m);
	return err;
}

static void
a_token_given_to_the_dead_is_answered_by_the_servers_death(void **state)
{
	otp_pid friend = server_start(nobody), server = server_start(friend);
	uint64_t value = 0;
	otp_request id;

	(void)state;
	assert_int_equal(do_call(friend, END, &value), OTP_DIED);
	id = request(server, LEND, 1);
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
	assert_int_equal(await_value(&id, &value), OTP_DIED);
	assert_true(otp_term_equal(otp_last_reason(), OTP_SHUTDOWN));
}

static void
a_late_reply_is_dropped(void **state)
{
	otp_pid server = server_start(nobody);
	uint64_t value = 0;

	(void)state;
	for (unsigned i = 0; i < HELD_MAX / 2; i++) {
		assert_int_equal(ask_briefly(server, TAKE, 1), OTP_TIMEOUT);
		assert_int_equal(ask_briefly(server, DEFER, 0), OTP_TIMEOUT);
	}
	value = 9;
	assert_int_equal(do_call(server, GIVE, &value), OTP_OK);
	assert_int_equal(value, 9);
	assert_true(silence());
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
}

static void
call_and_wait(void *arg)
{
	uint64_t value = 0;

	do_call(*(otp_pid *)arg, TAKE, &value);
	EXPECT(false && "the call returns");
}

static void
request_and_end(void *arg)
{
	request(*(otp_pid *)arg, DEFER, 1);
	request(*(otp_pid *)arg, TAKE, 1);
	request(*(otp_pid *)arg, LONG, 1);
}

static void
a_caller_that_ends_hurts_nobody(void **state)
{
	otp_pid server = server_start(nobody);
	uint64_t value;

	(void)state;
	for (unsigned i = 0; i < HELD_MAX / 4; i++) {
		otp_pid caller = otp_spawn(call_and_wait, &server);
		otp_ref ref = otp_monitor(caller);

		otp_spawn(request_and_end, &server);
		value = 4;
		assert_int_equal(do_call(server, ECHO, &value), OTP_OK);
		otp_exit_signal(caller, i % 2 ? OTP_KILL : OTP_SHUTDOWN);
		assert_true(down_is(ref, i % 2 ? OTP_KILLED : OTP_SHUTDOWN));
	}
	EVENTUALLY(alive() <= alive_before + 1);
	value = 4;
	assert_int_equal(do_call(server, GIVE, &value), OTP_OK);
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
}

/* Every way to hold a call, and every way to end. */
static void
die_with_calls(enum deed how, otp_term reason, bool killed)
{
	otp_pid friend = server_start(nobody), server = server_start(friend);
	otp_request held[64], queued[64], last = {0};
	uint64_t value;

	for (unsigned i = 0; i < 64; i++)
		held[i] = request(server, i % 2 ? TAKE : DEFER, i);
	value = 1;
	assert_int_equal(do_call(server, ECHO, &value), OTP_OK);
	/* In hand: the server sleeps in it, so the others stay queued. */
	if (killed)
		last = request(server, SLEEP, 0);
	else
		last = request(server, how, 0);
	for (unsigned i = 0; i < 64; i++)
		queued[i] = request(server, ECHO, i);
	if (killed)
		otp_exit_signal(server, OTP_KILL);
	assert_int_equal(await_value(&last, &value), OTP_DIED);
	for (unsigned i = 64; i-- > 0;) {
		otp_err err = await_value(&queued[i], &value);

		/* Sent to a dead process: noproc; queued: its reason. */
		assert_true(err == OTP_DIED || err == OTP_NOPROC);
		assert_int_equal(await_value(&held[i], &value), OTP_DIED);
		if (reason.len)
			assert_true(otp_term_equal(otp_last_reason(), reason));
	}
	assert_int_equal(do_call(friend, END, &value), OTP_DIED);
}

static void
a_dying_server_answers_all_its_calls(void **state)
{
	const otp_term any = {NULL, 0};

	(void)state;
	die_with_calls(END, OTP_SHUTDOWN, false);
	die_with_calls(EXIT, OTP_TIMEOUT_REASON, false);
	die_with_calls(CRASH, any, false);
	die_with_calls(SLEEP, OTP_KILLED, true);
}

/* A request to a process that is just ending: one answer, never none. */
static void
requests_race_with_death(void **state)
{
	(void)state;
	for (unsigned round = 0; round < (WORLD_TSAN ? 300u : 2000u); round++) {
		otp_pid server = server_start(nobody);
		otp_request ids[8];
		uint64_t value;

		tell(server, 0, 0);
		for (unsigned i = 0; i < 8; i++)
			ids[i] = request(server, i == 3 ? END : DEFER, 0);
		for (unsigned i = 0; i < 8; i++) {
			otp_err err = await_value(&ids[i], &value);

			assert_true(err == OTP_DIED || err == OTP_NOPROC);
		}
	}
}

static void
requests_are_awaited_in_any_order(void **state)
{
	otp_pid server = server_start(nobody);
	otp_request ids[200], none = {0};
	uint64_t value, seed = 7;
	struct otp_msg *m;

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		ids[i] = request(server, i % 5 ? ECHO : LONG, i);
	for (unsigned left = 200; left > 0; left--) {
		unsigned at = random_below(&seed, left);
		otp_request id = ids[at];

		ids[at] = ids[left - 1];
		assert_int_equal(await_value(&id, &value), OTP_OK);
		assert_int_equal(id.id, 0);
		assert_in_range(value, 0, 199);
	}
	assert_int_equal(otp_msg_await(&none, &m, 0), OTP_BADARG);
	/* Abandoned by a timeout: the answer goes nowhere, B33. */
	ids[0] = request(server, TAKE, 3);
	assert_int_equal(otp_msg_await(&ids[0], &m, 0), OTP_TIMEOUT);
	value = 3;
	assert_int_equal(do_call(server, GIVE, &value), OTP_OK);
	assert_true(silence());
	/* Never awaited at all: dropped with its maker. */
	request(server, ECHO, 1);
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
}

static void
a_forwarded_call_is_answered_by_the_other(void **state)
{
	otp_pid third = server_start(nobody), second = server_start(third),
		first = server_start(second);
	uint64_t value;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		value = LEND;
		assert_int_equal(do_call(first, FORWARD, &value), OTP_OK);
		assert_int_equal(value, LEND);
		value = LONG;
		assert_int_equal(do_call(first, FORWARD, &value), OTP_OK);
		assert_int_equal(value, LONG);
	}
	value = END;
	assert_int_equal(do_call(first, FORWARD, &value), OTP_DIED);
	EVENTUALLY(alive() <= alive_before + 2);
	value = ECHO;
	assert_int_equal(do_call(first, FORWARD, &value), OTP_NOPROC);
	assert_int_equal(do_call(first, END, &value), OTP_DIED);
	assert_int_equal(do_call(third, END, &value), OTP_DIED);
}

static void
call_self(void *arg)
{
	otp_request id;
	struct otp_msg *m;
	uint64_t value = 1;

	EXPECT(do_call(otp_self(), ECHO, &value) == OTP_CALLING_SELF);
	/* As in OTP: it is sent, and nobody answers while it waits. */
	id = request(otp_self(), ECHO, 1);
	EXPECT(otp_msg_await(&id, &m, 0) == OTP_TIMEOUT);
	EXPECT(otp_register("myself", otp_self()) == OTP_OK);
	EXPECT(ask_within(otp_to_name("myself"), 1, NULL, 0) ==
		OTP_CALLING_SELF);
	EXPECT(silence());
	tell(*(otp_pid *)arg, 1, 0);
}

static void
nobody_calls_itself(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	call_self(&self);
	assert_int_equal(otp_unregister("myself"), OTP_OK);
	hear();
	otp_spawn(call_self, &self);
	hear();
}

static void
tells_its_caller(void *arg)
{
	tell(*(otp_pid *)arg, 1, otp_caller().id);
}

/* The stack on which a call was handled is that of the process that is next. */
static void
only_in_a_call_there_is_a_caller(void **state)
{
	otp_pid self = otp_self(), pid = server_start(self);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(ask_briefly(pid, ECHO, PATIENCE_MS), OTP_OK);
		otp_spawn(tells_its_caller, &self);
		assert_int_equal(hear().more, 0);
	}
	assert_int_equal(otp_caller().id, 0);
	otp_exit_signal(pid, OTP_KILL);
}

/* --- many callers -------------------------------------------------------- */

struct caller {
	otp_pid server;
	otp_pid parent;
	uint64_t seed;
};

static void
call_on(const struct caller *caller)
{
	uint64_t seed = caller->seed, wrong = 0;

	for (uint64_t i = 0; i < (WORLD_TSAN ? 500u : 3000u); i++) {
		static const enum deed deeds[] = {
			ECHO, REFUSE, LEND, LONG, ECHO, ECHO};
		uint64_t value = random_next(&seed);
		uint64_t expected = value;
		otp_err err = do_call(caller->server, deeds[value % 6], &value);

		wrong += value != expected ||
			(err != OTP_OK && err != OTP_REFUSED);
		otp_lent_free();
	}
	EXPECT(silence());
	tell(caller->parent, wrong, 0);
}

static void
call_as_process(void *arg)
{
	call_on(arg);
}

static void *
call_as_thread(void *arg)
{
	call_on(arg);
	return NULL;
}

static void
processes_and_threads_call_together(void **state)
{
	otp_pid friend = server_start(nobody), server = server_start(friend);
	struct caller callers[16];
	pthread_t threads[4];
	uint64_t value = 0;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		callers[i] = (struct caller){server, otp_self(), i * 977 + 1};
		if (i < 4)
			assert_int_equal(pthread_create(&threads[i], NULL,
						 call_as_thread, &callers[i]),
				0);
		else
			otp_spawn(call_as_process, &callers[i]);
	}
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(hear().value, 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(do_call(server, END, &value), OTP_DIED);
	assert_int_equal(do_call(friend, END, &value), OTP_DIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call_is_answered),
		TEST(a_token_given_to_the_dead_is_answered_by_the_servers_death),
		TEST(a_late_reply_is_dropped),
		TEST(a_caller_that_ends_hurts_nobody),
		TEST(a_dying_server_answers_all_its_calls),
		TEST(requests_race_with_death),
		TEST(requests_are_awaited_in_any_order),
		TEST(a_forwarded_call_is_answered_by_the_other),
		TEST(nobody_calls_itself),
		TEST(only_in_a_call_there_is_a_caller),
		TEST(processes_and_threads_call_together),
	};

	return WORLD_RUN(tests);
}
