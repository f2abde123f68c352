/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: each arrives once, whole, and in its sender's order. */
#include "core_world.h"

#define SENDERS 24u
#define EACH (WORLD_TSAN ? 2000u : 10000u)

/* --- order, nothing lost, nothing doubled -------------------------------- */

struct sender {
	otp_pid to;
	uint64_t number;
};

static void
send_all(void *arg)
{
	const struct sender sender = *(struct sender *)arg;

	for (uint64_t i = 0; i < EACH; i++) {
		tell(sender.to, sender.number, i);
		if (i % 64 == sender.number)
			otp_yield();
	}
}

struct receiver {
	otp_pid parent;
	bool selective; /* takes the odd ones of what is there first */
};

static bool
is_odd(const struct otp_received *r, void *arg)
{
	return is_number(r, arg) &&
		((const struct number *)r->payload)->more % 2 == 1;
}

static void
receive_all(void *arg)
{
	const struct receiver receiver = *(struct receiver *)arg;
	uint64_t next[SENDERS][2] = {{0}}, wrong = 0;
	otp_mark mark = otp_mark_set();

	for (unsigned i = 0; i < SENDERS; i++)
		next[i][1] = 1;
	for (unsigned left = SENDERS * EACH; left > 0; left--) {
		const struct number *n;
		struct otp_received r;

		if (!receiver.selective || left % 3 ||
			otp_receive_match(is_odd, NULL, &r, 0) != OTP_OK)
			EXPECT(heard_within(&r, PATIENCE_MS));
		n = r.payload;
		/* Odd and even ones: each in order of its own. */
		wrong += next[n->value][n->more % 2] != n->more;
		next[n->value][n->more % 2] = n->more + 2;
		otp_release(mark);
	}
	EXPECT(silence());
	tell(receiver.parent, wrong, 0);
}

static void
check_order(otp_pid parent, bool selective)
{
	struct receiver receiver = {parent, selective};
	struct sender senders[SENDERS];
	otp_pid to = otp_spawn(receive_all, &receiver);

	for (unsigned i = 0; i < SENDERS; i++) {
		senders[i] = (struct sender){to, i};
		otp_spawn(send_all, &senders[i]);
	}
	assert_int_equal(hear().value, 0);
	EVENTUALLY(alive() <= alive_before);
}

static void
messages_keep_the_order_of_their_sender(void **state)
{
	(void)state;
	check_order(otp_self(), false);
}

static void
a_selective_receiver_loses_nothing(void **state)
{
	(void)state;
	check_order(otp_self(), true);
}

/* --- many to many, by a behaviour ---------------------------------------- */

#define NODES 32u
#define HOPS (WORLD_TSAN ? 500u : 4000u)

static otp_pid nodes[NODES];
static _Atomic(uint64_t) passes, arrivals;

struct token {
	uint64_t hops;
	uint64_t sum; /* of all hops so far */
};

static const struct otp_msg_type token_type = {
	.name = "token",
	.owner = "world",
	.size = sizeof(struct token),
	.kind = OTP_MSG_INFO,
};

static void
token_send(unsigned node, uint64_t hops, uint64_t sum)
{
	struct otp_msg *m = otp_msg_new(&token_type, 0);
	struct token *token = otp_msg_payload(m);

	token->hops = hops;
	token->sum = sum;
	EXPECT(otp_msg_send(otp_to_pid(nodes[node % NODES]), m) == OTP_OK);
}

static enum otp_verdict
node_init(void *data, struct otp_msg *start)
{
	(void)start;
	*(otp_pid *)data = otp_caller();
	return OTP_GO_ON;
}

static enum otp_verdict
node_handle(void *data, struct otp_event *event)
{
	const struct token *token;

	(void)data;
	if (event->msg->type == &ask_type) {
		answer(event->msg, 1);
		return otp_process_end_with(OTP_SHUTDOWN);
	}
	token = otp_msg_payload(event->msg);
	atomic_fetch_add(&passes, 1);
	if (token->hops == 0) {
		EXPECT(token->sum == HOPS * (HOPS + 1) / 2);
		atomic_fetch_add(&arrivals, 1);
		return OTP_GO_ON;
	}
	token_send((unsigned)(token->sum * 7 + token->hops), token->hops - 1,
		token->sum + token->hops);
	return OTP_GO_ON;
}

static const struct otp_behaviour node_behaviour = {
	.name = "node",
	.init = node_init,
	.handle = node_handle,
};

static const struct otp_process_class node_class = {
	.behaviour = &node_behaviour,
	.name = "node",
	.data_size = sizeof(otp_pid),
};

static void
tokens_arrive_whole(void **state)
{
	struct otp_process_opts start = {.process_class = &node_class};

	(void)state;
	atomic_store(&passes, 0);
	atomic_store(&arrivals, 0);
	for (unsigned i = 0; i < NODES; i++)
		assert_int_equal(
			otp_process_start(&start, &nodes[i], NULL), OTP_OK);
	for (unsigned i = 0; i < 2 * NODES; i++)
		token_send(i, HOPS, 0);
	EVENTUALLY(atomic_load(&arrivals) == 2 * NODES);
	assert_int_equal(atomic_load(&passes), 2 * NODES * (HOPS + 1));
	for (unsigned i = 0; i < NODES; i++)
		assert_int_equal(ask(nodes[i], 0, NULL), OTP_OK);
}

/* --- large ones ---------------------------------------------------------- */

struct large {
	uint64_t seed;
	size_t len;
	unsigned char *bytes;
};

static const struct otp_msg_type large_type = {
	.name = "large",
	.owner = "world",
	.size = sizeof(struct large),
	.kind = OTP_MSG_INFO,
};

static void
large_send(otp_pid to, uint64_t seed, size_t len)
{
	struct otp_msg *m = otp_msg_new(&large_type, len);
	struct large *large = otp_msg_payload(m);

	large->seed = seed;
	large->len = len;
	large->bytes = (unsigned char *)(large + 1);
	for (size_t i = 0; i < len; i += len / 1000 + 1)
		large->bytes[i] = (unsigned char)random_next(&seed);
	EXPECT(otp_msg_send(otp_to_pid(to), m) == OTP_OK);
}

static bool
large_is_whole(const struct large *large)
{
	uint64_t seed = large->seed;

	for (size_t i = 0; i < large->len; i += large->len / 1000 + 1)
		if (large->bytes[i] != (unsigned char)random_next(&seed))
			return false;
	return true;
}

static const size_t sizes[] = {
	1, 30, 64, 100, 4000, 8100, 8192, 8193, 65536, (size_t)3 << 20};

#define SIZES (sizeof sizes / sizeof sizes[0])

static void
send_large(void *arg)
{
	for (uint64_t round = 1; round <= 20; round++)
		for (size_t i = 0; i < SIZES; i++)
			large_send(*(otp_pid *)arg, round * 100 + i, sizes[i]);
}

static void
large_messages_arrive_whole(void **state)
{
	otp_pid self = otp_self();
	size_t seen = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		otp_spawn(send_large, &self);
	while (seen < SIZES * 20 * 3) {
		otp_mark mark = otp_mark_set();
		struct otp_received r;

		assert_true(heard_within(&r, PATIENCE_MS));
		assert_ptr_equal(r.type, &large_type);
		assert_true(large_is_whole(r.payload));
		otp_release(mark);
		seen++;
	}
}

/* Dies with large ones in its mailbox: what malloc gave must go back. */
static void
wait_for_the_end(void *arg)
{
	(void)arg;
	otp_sleep(OTP_INFINITY);
}

static void
unread_messages_are_given_back(void **state)
{
	otp_pid pid = otp_spawn(wait_for_the_end, NULL);
	otp_ref ref = otp_monitor(pid);

	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		large_send(pid, i + 1, 65536);
	otp_exit_signal(pid, OTP_KILL);
	for (uint64_t i = 0; i < 50; i++)
		large_send(pid, i + 1, 65536);
	assert_true(down_is(ref, OTP_KILLED));
	large_send(pid, 1, 65536); /* A5 */
}

/* --- where to ------------------------------------------------------------ */

static void
echo(void *arg)
{
	for (;;) {
		struct number n = hear();

		if (n.value == 0)
			return;
		tell(*(otp_pid *)arg, n.value, 0);
	}
}

static void
nobody_is_sent_to_without_harm(void **state)
{
	const otp_pid never[] = {{0, 0, 0, 0}, {0, 1, 0, 0},
		{UINT32_MAX, 1, 0, 0}, {1, UINT32_MAX, 0, 0},
		{16777000, 3, 0, 0}};
	uint64_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		tell(never[i], 1, 1);
		assert_int_equal(ask(never[i], 1, &value), OTP_NOPROC);
		assert_false(otp_is_alive(never[i]));
		otp_exit_signal(never[i], OTP_KILL);
		assert_true(down_is(otp_monitor(never[i]), OTP_NOPROC_REASON));
	}
	assert_int_equal(value, 77);
	tell(otp_self(), 3, 0);
	assert_int_equal(hear().value, 3);
}

static void
a_name_is_looked_up_at_each_send(void **state)
{
	otp_to to = otp_to_name("echo");
	otp_pid self = otp_self();

	(void)state;
	for (uint64_t i = 1; i <= 200; i++) {
		struct otp_spawn_opts opts = {.name = "echo"};
		otp_ref ref;

		opts.monitor = &ref;
		/* Nobody yet: A6. */
		assert_int_equal(
			otp_msg_send(to, number_new(&number_type, i, 0)),
			OTP_NOPROC);
		assert_int_equal(
			otp_spawn_opt(echo, &self, &opts, NULL), OTP_OK);
		assert_int_equal(
			otp_msg_send(to, number_new(&number_type, i, 0)),
			OTP_OK);
		assert_int_equal(hear().value, i);
		assert_int_equal(
			otp_msg_send(to, number_new(&number_type, 0, 0)),
			OTP_OK);
		assert_true(down_is(ref, OTP_NORMAL));
		assert_int_equal(otp_whereis("echo").id, 0);
	}
}

/* Names go round while they are sent to. */
static _Atomic(bool) churn_over;

static void
churn(void *arg)
{
	const char *name = arg;

	while (!atomic_load(&churn_over)) {
		otp_err err = otp_register(name, otp_self());

		EXPECT(err == OTP_OK || err == OTP_ALREADY_REGISTERED);
		if (err == OTP_OK) {
			struct otp_received r;
			otp_mark mark = otp_mark_set();

			EXPECT(otp_whereis(name).id == otp_self().id);
			otp_yield();
			while (otp_receive(&r, 0) == OTP_OK)
				continue;
			EXPECT(otp_unregister(name) == OTP_OK);
			otp_release(mark);
		}
		otp_yield();
	}
}

static void
names_go_round(void **state)
{
	static char name[] = "churned";

	(void)state;
	atomic_store(&churn_over, false);
	for (int i = 0; i < 8; i++)
		otp_spawn(churn, name);
	for (int i = 0; i < 1000; i++) {
		otp_err err = ask_within(otp_to_name(name), 1, NULL, 0);

		EXPECT(err == OTP_NOPROC || err == OTP_TIMEOUT ||
			err == OTP_DIED);
		otp_msg_send(otp_to_name(name), number_new(&number_type, 1, 1));
	}
	atomic_store(&churn_over, true);
	EVENTUALLY(alive() <= alive_before);
	assert_int_equal(otp_whereis(name).id, 0);
}

/* --- a function that decides may wait --------------------------------------- */

static bool
is_two_after_a_nap(const struct otp_received *r, void *parent)
{
	uint64_t value = ((const struct number *)r->payload)->value;

	otp_sleep(1);
	tell(*(otp_pid *)parent, value, 0);
	return value == 2;
}

static void
receive_two(void *arg)
{
	otp_pid parent = *(otp_pid *)arg;
	struct otp_received r;

	EXPECT(otp_receive_match(is_two_after_a_nap, &parent, &r,
		       OTP_INFINITY) == OTP_OK);
}

/* The limit of its wait is not that of the receipt it decides for. */
static void
who_decides_may_wait(void **state)
{
	otp_pid self = otp_self(), pid = otp_spawn(receive_two, &self);

	(void)state;
	for (uint64_t i = 0; i <= 2; i++) {
		tell(pid, i, 0);
		assert_int_equal(hear().value, i);
	}
	EVENTUALLY(!otp_is_alive(pid));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_keep_the_order_of_their_sender),
		TEST(a_selective_receiver_loses_nothing),
		TEST(tokens_arrive_whole),
		TEST(large_messages_arrive_whole),
		TEST(unread_messages_are_given_back),
		TEST(nobody_is_sent_to_without_harm),
		TEST(a_name_is_looked_up_at_each_send),
		TEST(names_go_round),
		TEST(who_decides_may_wait),
	};

	return WORLD_RUN(tests);
}
