/* SPDX-License-Identifier: Apache-2.0 */
/* Mailboxes with a bound: who is refused, what is dropped, what never is. */
#include "core_stuck.h"

#define LIMIT 3
#define FLOOD 20000
#define SENDERS 4
#define EACH 5000

/* What a server has handled, by its own account. */
struct account {
	_Atomic(uint64_t) values[64];
	_Atomic(uint64_t) count, sum;
};

static struct account seen;

/* The server waits for this; as what behaviours say, it is never refused. */
static const struct otp_msg_type go_type = {
	.name = "go", .owner = "world", .kind = OTP_MSG_INFO, .system = true};

static const struct otp_msg_type hold_type = {
	.name = "hold", .owner = "world", .kind = OTP_MSG_INFO, .system = true};

/* And one whose handler waits, again and again, until it is let go. */
static const struct otp_msg_type nap_type = {
	.name = "nap", .owner = "world", .kind = OTP_MSG_INFO, .system = true};

/* The same in a function that looks at messages. */
static const struct otp_msg_type search_type = {.name = "search",
	.owner = "world",
	.kind = OTP_MSG_INFO,
	.system = true};

static bool
is_go(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &go_type;
}

static void
note(uint64_t value)
{
	uint64_t at = atomic_fetch_add(&seen.count, 1);

	atomic_store(&seen.values[at % 64], value);
	atomic_fetch_add(&seen.sum, value);
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_process_started();
	return OTP_GO_ON;
}

static otp_pid victim; /* whose DOWN the server is to get */

static void
hear_and_end(void *arg)
{
	(void)arg;
	hear();
}

static void
hold(void)
{
	struct otp_received r;

	if (victim.id) {
		otp_monitor(victim);
		otp_timer_start(1);
	}
	tell(observer, 1, 0);
	EXPECT(otp_receive_match(is_go, NULL, &r, PATIENCE_MS) == OTP_OK);
}

static bool
is_none(const struct otp_received *r, void *arg)
{
	(void)r;
	(void)arg;
	return false;
}

/* Receives in a function that decides for another one, too. */
static bool
is_none_slowly(const struct otp_received *r, void *arg)
{
	struct otp_received other;

	EXPECT(r->kind != OTP_RECEIVED_MESSAGE || r->type != &number_type ||
		((const struct number *)r->payload)->more == 0);
	EXPECT(otp_receive_match(is_none, arg, &other, 0) == OTP_TIMEOUT);
	otp_sleep(1);
	EXPECT(r->kind != OTP_RECEIVED_MESSAGE || r->type != &number_type ||
		((const struct number *)r->payload)->more == 0);
	return atomic_load(&let_go);
}

static void
hold_napping(void)
{
	tell(observer, 1, 0);
	while (!atomic_load(&let_go))
		otp_sleep(1);
}

static void
hold_searching(void)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	tell(observer, 1, 0);
	EXPECT(otp_receive_match(is_none_slowly, NULL, &r, PATIENCE_MS) ==
		OTP_OK);
	otp_release(mark);
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		note(900 + (uint64_t)event->kind);
	else if (event->msg->type == &hold_type)
		hold();
	else if (event->msg->type == &nap_type)
		hold_napping();
	else if (event->msg->type == &search_type)
		hold_searching();
	else if (event->msg->type == &number_type)
		note(number_in(event->msg).value);
	else if (event->msg->type == &ask_type) {
		note(number_in(event->msg).value);
		answer(event->msg, atomic_load(&seen.count));
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};

#define CLASS(policy_, limit) \
	{ \
		.behaviour = &behaviour, .name = "server", .data_size = 8, \
		.mailbox = (limit), .policy = (policy_) \
	}

static const struct otp_process_class rejects =
	CLASS(OTP_MAILBOX_REJECT, LIMIT);
static const struct otp_process_class drops_newest =
	CLASS(OTP_MAILBOX_DROP_NEWEST, LIMIT);
static const struct otp_process_class drops_oldest =
	CLASS(OTP_MAILBOX_DROP_OLDEST, LIMIT);
static const struct otp_process_class drops_many =
	CLASS(OTP_MAILBOX_DROP_OLDEST, 40);
static const struct otp_process_class drops_many_blocking = {
	.behaviour = &behaviour,
	.name = "server",
	.data_size = 8,
	.mailbox = 40,
	.policy = OTP_MAILBOX_DROP_OLDEST,
	.blocking = true};

static void
send_plain(otp_pid to, const struct otp_msg_type *type)
{
	assert_int_equal(
		otp_msg_send(otp_to_pid(to), otp_msg_new(type, 0)), OTP_OK);
}

static otp_err
try_tell(otp_pid to, uint64_t value)
{
	return otp_msg_send(otp_to_pid(to), number_new(&number_type, value, 0));
}

/* A server that is in its handler of that message. */
static otp_pid
held_by(const struct otp_process_class *process_class,
	const struct otp_msg_type *type)
{
	struct otp_process_opts start = {.process_class = process_class};
	otp_pid pid = {0, 0, 0, 0};

	memset(&seen, 0, sizeof seen);
	observer = otp_self();
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	send_plain(pid, type);
	assert_int_equal(hear().value, 1);
	return pid;
}

/* Until send_plain(it, &go_type). */
static otp_pid
held(const struct otp_process_class *process_class)
{
	return held_by(process_class, &hold_type);
}

static void
finish(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
}

static void
assert_seen(const uint64_t *values, unsigned count)
{
	EVENTUALLY(atomic_load(&seen.count) >= count);
	assert_int_equal(atomic_load(&seen.count), count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(atomic_load(&seen.values[i]), values[i]);
}

/* --- reject -------------------------------------------------------------- */

static void
a_full_mailbox_refuses_at_once(void **state)
{
	const uint64_t want[] = {10, 11, 12, 13};
	uint64_t refused = counters().mailboxes_refused;
	otp_request request = {0};
	struct otp_msg *m;
	otp_pid pid = held(&rejects);

	(void)state;
	for (uint64_t i = 0; i < LIMIT; i++)
		assert_int_equal(try_tell(pid, 10 + i), OTP_OK);
	assert_int_equal(try_tell(pid, 66), OTP_MAILBOX_FULL);
	assert_int_equal(ask(pid, 66, NULL), OTP_MAILBOX_FULL);
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 number_new(&ask_type, 66, 0), &request),
		OTP_OK);
	assert_int_equal(
		otp_msg_await(&request, &m, OTP_INFINITY), OTP_MAILBOX_FULL);
	assert_int_equal(counters().mailboxes_refused, refused + 3);
	send_plain(pid, &go_type);
	EVENTUALLY(atomic_load(&seen.count) == LIMIT);
	assert_int_equal(try_tell(pid, 13), OTP_OK);
	assert_seen(want, 4);
	finish(pid);
}

static void
calls_count_too(void **state)
{
	const uint64_t want[] = {1, 2, 3};
	otp_request requests[LIMIT];
	struct otp_msg *m;
	otp_pid pid = held(&rejects);

	(void)state;
	for (uint64_t i = 0; i < LIMIT; i++)
		assert_int_equal(
			otp_msg_request(otp_to_pid(pid),
				number_new(&ask_type, i + 1, 0), &requests[i]),
			OTP_OK);
	assert_int_equal(try_tell(pid, 66), OTP_MAILBOX_FULL);
	send_plain(pid, &go_type);
	for (uint64_t i = 0; i < LIMIT; i++) {
		assert_int_equal(
			otp_msg_await(&requests[i], &m, PATIENCE_MS), OTP_OK);
		assert_int_equal(number_in(m).value, i + 1);
		otp_msg_free(m);
	}
	assert_seen(want, 3);
	finish(pid);
}

/* A71: timers, DOWN, and what is sent after a time. */
static void
A71_what_is_not_a_senders_is_never_refused(void **state)
{
	const uint64_t others[] = {
		20, 900 + OTP_EVENT_DOWN, 900 + OTP_EVENT_TIMER};
	uint64_t sum = 10 + 11 + 12;
	otp_pid pid;

	(void)state;
	victim = otp_spawn(hear_and_end, NULL);
	pid = held(&rejects);
	for (uint64_t i = 0; i < LIMIT; i++)
		assert_int_equal(try_tell(pid, 10 + i), OTP_OK);
	assert_int_equal(otp_msg_send_after(otp_to_pid(pid),
				 number_new(&number_type, 20, 0), 1, NULL),
		OTP_OK);
	tell(victim, 1, 1);
	/* While it is full, most probably: it holds if they come later, too. */
	for (int i = 0; i < 10; i++)
		nap();
	send_plain(pid, &go_type);
	EVENTUALLY(atomic_load(&seen.count) == LIMIT + 3);
	for (unsigned i = 0; i < 3; i++)
		sum += others[i];
	assert_int_equal(atomic_load(&seen.sum), sum);
	victim = (otp_pid){0, 0, 0, 0};
	finish(pid);
}

/* --- drop ---------------------------------------------------------------- */

static void
the_newest_is_dropped(void **state)
{
	const uint64_t want[] = {10, 11, 12};
	uint64_t dropped = counters().mailboxes_dropped;
	otp_pid pid = held(&drops_newest);

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(try_tell(pid, 10 + i), OTP_OK);
	assert_int_equal(ask(pid, 66, NULL), OTP_MAILBOX_FULL);
	assert_int_equal(counters().mailboxes_dropped, dropped + 7);
	send_plain(pid, &go_type);
	assert_seen(want, 3);
	finish(pid);
}

static void
the_oldest_is_dropped(void **state)
{
	const uint64_t want[] = {17, 18, 19};
	uint64_t dropped = counters().mailboxes_dropped;
	otp_pid pid = held(&drops_oldest);

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(try_tell(pid, 10 + i), OTP_OK);
	assert_int_equal(ask(pid, 66, NULL), OTP_MAILBOX_FULL);
	send_plain(pid, &go_type);
	assert_seen(want, 3);
	assert_int_equal(counters().mailboxes_dropped, dropped + 7);
	finish(pid);
}

static void
a_call_is_never_dropped(void **state)
{
	const uint64_t want[] = {1, 13, 14};
	otp_request request;
	struct otp_msg *m;
	otp_pid pid = held(&drops_oldest);

	(void)state;
	assert_int_equal(try_tell(pid, 11), OTP_OK);
	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 number_new(&ask_type, 1, 0), &request),
		OTP_OK);
	for (uint64_t i = 12; i < 15; i++)
		assert_int_equal(try_tell(pid, i), OTP_OK);
	send_plain(pid, &go_type);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_OK);
	otp_msg_free(m);
	assert_seen(want, 3);
	finish(pid);
}

/* A handler that takes long: what waits is no more than twice the bound. */
static void
a_flood_stays_bounded(void **state)
{
	uint64_t dropped = counters().mailboxes_dropped;
	otp_pid pid = held(&drops_many);

	(void)state;
	for (uint64_t i = 0; i < FLOOD; i++)
		assert_int_equal(try_tell(pid, i), OTP_OK);
	assert_true(counters().mailboxes_dropped - dropped > FLOOD - 200);
	send_plain(pid, &go_type);
	EVENTUALLY(atomic_load(&seen.count) == 40);
	for (uint64_t i = 0; i < 40; i++)
		assert_int_equal(atomic_load(&seen.values[i]), FLOOD - 40 + i);
	assert_int_equal(counters().mailboxes_dropped, dropped + FLOOD - 40);
	finish(pid);
}

/* One that waits: each wait moves the inbox to where no sender reaches. */
static void
a_flood_of_one_that_waits_stays_bounded(void **state)
{
	const struct otp_process_class *classes[] = {
		&drops_many, &drops_many_blocking};

	(void)state;
	for (unsigned n = 0; n < 2; n++) {
		uint64_t dropped = counters().mailboxes_dropped;
		otp_pid pid;

		atomic_store(&let_go, false);
		pid = held_by(classes[n], &nap_type);
		for (uint64_t i = 0; i < FLOOD / 5; i++) {
			assert_int_equal(try_tell(pid, i), OTP_OK);
			if (i % 20 == 0)
				nap();
		}
		EVENTUALLY(counters().mailboxes_dropped - dropped >
			FLOOD / 5 - 200);
		atomic_store(&let_go, true);
		EVENTUALLY(atomic_load(&seen.count) == 40);
		finish(pid);
	}
}

/* What a function of otp_receive_match looks at is not dropped meanwhile. */
static void
what_is_looked_at_stays(void **state)
{
	otp_pid pid;

	(void)state;
	atomic_store(&let_go, false);
	pid = held_by(&drops_many, &search_type);
	for (uint64_t i = 0; i < FLOOD / 20; i++) {
		assert_int_equal(try_tell(pid, i), OTP_OK);
		if (i % 20 == 0)
			nap();
	}
	atomic_store(&let_go, true);
	/* One was received. */
	EVENTUALLY(atomic_load(&seen.count) >= 39);
	finish(pid);
}

/* --- many at once -------------------------------------------------------- */

static otp_pid target;
static _Atomic(uint64_t) accepted;

static void
send_each(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < EACH; i++)
		if (try_tell(target, 1) == OTP_OK)
			atomic_fetch_add(&accepted, 1);
	tell(observer, 2, 0);
}

static void
send_from_many(const struct otp_process_class *process_class)
{
	target = held(process_class);
	atomic_store(&accepted, 0);
	for (unsigned i = 0; i < SENDERS; i++)
		otp_spawn(send_each, NULL);
	for (unsigned i = 0; i < SENDERS / 2; i++)
		assert_int_equal(hear().value, 2);
	send_plain(target, &go_type);
	for (unsigned i = SENDERS / 2; i < SENDERS; i++)
		assert_int_equal(hear().value, 2);
}

static void
what_was_accepted_is_handled(void **state)
{
	(void)state;
	send_from_many(&rejects);
	EVENTUALLY(atomic_load(&seen.count) == atomic_load(&accepted));
	assert_true(atomic_load(&accepted) >= LIMIT);
	finish(target);
}

static void
what_was_sent_is_handled_or_dropped(void **state)
{
	const struct otp_process_class *classes[] = {
		&drops_newest, &drops_oldest, &drops_many};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint64_t dropped = counters().mailboxes_dropped;

		send_from_many(classes[i]);
		assert_int_equal(atomic_load(&accepted), SENDERS * EACH);
		EVENTUALLY(atomic_load(&seen.count) +
				counters().mailboxes_dropped - dropped ==
			SENDERS * EACH);
		finish(target);
	}
}

/* Senders meet the ends of processes, and their slots' next ones. */
static _Atomic(bool) over;
static _Atomic(uint64_t) current;

static void
send_until_over(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		uint64_t key = atomic_load(&current);
		otp_pid to = {(uint32_t)key, (uint32_t)(key >> 32), 0, 0};

		for (int i = 0; i < 100; i++)
			(void)try_tell(to, 1);
		otp_yield();
	}
	tell(observer, 3, 0);
}

static void
an_end_leaves_nothing_counted(void **state)
{
	struct otp_process_opts start = {.process_class = &drops_oldest};
	otp_pid pid;

	(void)state;
	observer = otp_self();
	atomic_store(&over, false);
	for (unsigned i = 0; i < SENDERS; i++)
		otp_spawn(send_until_over, NULL);
	for (int i = 0; i < 300; i++) {
		start.process_class = i % 3 == 0 ? &rejects
			: i % 3 == 1             ? &drops_oldest
						 : &drops_many;
		assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
		atomic_store(&current, (uint64_t)pid.serial << 32 | pid.id);
		otp_yield();
		finish(pid);
	}
	atomic_store(&over, true);
	for (unsigned i = 0; i < SENDERS; i++)
		assert_int_equal(hear().value, 3);
	/* As many as the table gives in a row: the slots of before. */
	for (int i = 0; i < 300; i++) {
		pid = held(&rejects);
		for (uint64_t n = 0; n < LIMIT; n++)
			assert_int_equal(try_tell(pid, n), OTP_OK);
		assert_int_equal(try_tell(pid, 6), OTP_MAILBOX_FULL);
		finish(pid);
	}
}

static void
who_is_dead_is_not_full(void **state)
{
	otp_pid pid = held(&rejects);

	(void)state;
	for (uint64_t i = 0; i < LIMIT; i++)
		assert_int_equal(try_tell(pid, i), OTP_OK);
	finish(pid);
	assert_int_equal(try_tell(pid, 7), OTP_OK); /* A5 */
	assert_int_equal(ask(pid, 7, NULL), OTP_NOPROC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_mailbox_refuses_at_once),
		TEST(calls_count_too),
		TEST(A71_what_is_not_a_senders_is_never_refused),
		TEST(the_newest_is_dropped),
		TEST(the_oldest_is_dropped),
		TEST(a_call_is_never_dropped),
		TEST(a_flood_stays_bounded),
		TEST(a_flood_of_one_that_waits_stays_bounded),
		TEST(what_is_looked_at_stays),
		TEST(what_was_accepted_is_handled),
		TEST(what_was_sent_is_handled_or_dropped),
		TEST(an_end_leaves_nothing_counted),
		TEST(who_is_dead_is_not_full),
	};

	return WORLD_RUN(tests);
}
