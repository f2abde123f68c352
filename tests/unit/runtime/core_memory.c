/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of processes: scratch, marks, what is lent, and what is allocated. */
#include "core/block.h"
#include "core_world.h"

static otp_pid observer;

/* Runs `fn` as a process and says whether it ended with `reason`. */
static bool
runs_to(void (*fn)(void *arg), otp_term reason)
{
	struct otp_spawn_opts opts = {0};
	otp_ref ref;

	opts.monitor = &ref;
	observer = otp_self();
	return otp_spawn_opt(fn, NULL, &opts, NULL) == OTP_OK &&
		down_is(ref, reason);
}

/* --- scratch ------------------------------------------------------------- */

static bool
is_filled(const unsigned char *at, size_t size, unsigned char with)
{
	for (size_t i = 0; i < size; i++)
		if (at[i] != with)
			return false;
	return true;
}

/* Pieces of all sizes stay what they are until they are released. */
static void
use_scratch(void *arg)
{
	static const size_t sizes[] = {0, 1, 8, 15, 16, 17, 100, 2000, 2048,
		2049, 5000, 8000, 8192, 9000, 100000, 1000000};
	enum {
		PIECES = 200
	};
	unsigned char *pieces[PIECES];
	size_t lens[PIECES];
	uint64_t seed = 5;

	(void)arg;
	for (int round = 0; round < 10; round++) {
		otp_mark mark = otp_mark_set();

		for (unsigned i = 0; i < PIECES; i++) {
			lens[i] = sizes[random_below(&seed,
				sizeof sizes / sizeof sizes[0] -
					(i % 50 ? 2 : 0))];
			pieces[i] = otp_tmp(lens[i]);
			EXPECT(((uintptr_t)pieces[i] & 15) == 0);
			if (lens[i] == 0)
				continue;
			memset(pieces[i], (int)i, lens[i]);
			EXPECT(otp_is_lent(pieces[i]));
			EXPECT(otp_is_lent(pieces[i] + lens[i] - 1));
		}
		for (unsigned i = 0; i < PIECES; i++)
			EXPECT(is_filled(pieces[i], lens[i], (unsigned char)i));
		otp_release(mark);
		EXPECT(!otp_is_lent(pieces[PIECES - 1]));
	}
	EXPECT(!otp_is_lent(&seed));
	EXPECT(!otp_is_lent(NULL));
	EXPECT(!otp_is_lent(sizes));
}

static void
scratch_lives_until_its_mark_is_released(void **state)
{
	(void)state;
	use_scratch(NULL); /* on a thread of the program, too */
	assert_true(runs_to(use_scratch, OTP_NORMAL));
}

/* Marks within marks, with replies and messages between the scratch. */
static void
nest(unsigned depth, uint64_t *seed)
{
	otp_mark mark = otp_mark_set();
	size_t size = random_below(seed, 3000);
	unsigned char *mine = otp_tmp(size);
	struct otp_received r;

	memset(mine, (int)depth, size);
	if (depth % 3 == 0) {
		tell(otp_self(), depth, depth * 7);
		EXPECT(otp_receive(&r, 0) == OTP_OK);
		EXPECT(otp_is_lent(r.payload));
	}
	if (depth > 0) {
		nest(depth - 1, seed);
		if (depth % 2)
			nest(depth / 2, seed);
	}
	EXPECT(is_filled(mine, size, (unsigned char)depth));
	if (depth % 3 == 0) {
		const struct number *n = r.payload;

		EXPECT(n->value == depth && n->more == depth * 7);
	}
	if (depth % 5)
		otp_release(mark); /* others are released with their caller's */
}

static void
nest_all(void *arg)
{
	uint64_t seed = 77;
	otp_mark mark = otp_mark_set();

	(void)arg;
	for (int i = 0; i < 20; i++) {
		nest(20, &seed);
		otp_release(mark);
	}
}

static void
marks_nest(void **state)
{
	(void)state;
	nest_all(NULL);
	assert_true(runs_to(nest_all, OTP_NORMAL));
}

static void
printed_text_is_scratch(void **state)
{
	otp_string text = otp_tmp_printf("%d-%s-%05d", 7, "seven", 77);
	char longer[5000];

	(void)state;
	assert_int_equal(text.len, 13);
	assert_string_equal(text.ptr, "7-seven-00077");
	assert_true(otp_is_lent(text.ptr));
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	text = otp_tmp_printf("%s%s", longer, longer);
	assert_int_equal(text.len, 2 * (sizeof longer - 1));
	assert_int_equal(text.ptr[text.len], '\0');
	text = otp_tmp_printf("%s", "");
	assert_int_equal(text.len, 0);
}

/* --- lent to a handler --------------------------------------------------- */

static enum otp_verdict
lent_init(void *data, struct otp_msg *start)
{
	void **kept = data;

	EXPECT(start != NULL);
	EXPECT(number_in(start).value == 31 && number_in(start).more == 32);
	otp_process_started();
	/* Lent until init returns, whoever goes on meanwhile. */
	otp_yield();
	EXPECT(number_in(start).value == 31 && number_in(start).more == 32);
	*kept = otp_tmp(100);
	EXPECT(otp_is_lent(*kept));
	return OTP_GO_ON;
}

/* Is it in the block of m? Memory that was lent may be there again by now. */
static bool
is_in(const struct otp_msg *m, const void *ptr)
{
	size_t offset = (uintptr_t)ptr - (uintptr_t)m;

	return offset < otpi_block_size(m);
}

static enum otp_verdict
lent_handle(void *data, struct otp_event *event)
{
	void **kept = data;
	struct number n;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	n = number_in(event->msg);
	/* Of the handler before. */
	EXPECT(!otp_is_lent(*kept) || is_in(event->msg, *kept));
	EXPECT(otp_is_lent(otp_msg_payload(event->msg)));
	if (event->msg->type == &ask_type) {
		struct number *reply =
			otp_reply_begin(event->msg, sizeof *reply, 5000);

		/* The argument is still there: the reply stands elsewhere. */
		memset(reply, 1, 5000);
		EXPECT(number_in(event->msg).value == n.value);
		reply->value = n.value;
		otp_call_answer(event->msg, OTP_OK);
		EXPECT(number_in(event->msg).value == n.value);
	}
	*kept = otp_tmp(n.value % 4000);
	memset(*kept, 5, n.value % 4000);
	otp_lent_free();
	EXPECT(!otp_is_lent(*kept));
	*kept = otp_tmp(n.value % 4000 + 1);
	if (n.more == 1)
		return otp_process_end_with(OTP_SHUTDOWN);
	return OTP_GO_ON;
}

static const struct otp_behaviour lent_behaviour = {
	.name = "lent",
	.init = lent_init,
	.handle = lent_handle,
};

static const struct otp_process_class lent_class = {
	.behaviour = &lent_behaviour,
	.name = "lent",
	.data_size = sizeof(void *),
};

static void
arguments_are_lent_until_the_handler_returns(void **state)
{
	struct otp_process_opts start = {.process_class = &lent_class};
	otp_pid pid;
	uint64_t value;

	(void)state;
	start.start = number_new(&number_type, 31, 32);
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	for (uint64_t i = 0; i < 3000; i += 7) {
		assert_int_equal(ask(pid, i, &value), OTP_OK);
		assert_int_equal(value, i);
		tell(pid, i, 0);
	}
	tell(pid, 1, 1);
}

/* A block of start arguments that several starts share. */
static void
start_arguments_may_be_held(void **state)
{
	struct otp_process_opts start = {.process_class = &lent_class};
	otp_pid pids[10];

	(void)state;
	start.start = otp_start_hold(number_new(&number_type, 31, 32));
	for (int i = 0; i < 10; i++) {
		otp_start_hold(start.start);
		assert_int_equal(
			otp_process_start(&start, &pids[i], NULL), OTP_OK);
	}
	assert_int_equal(number_in(start.start).value, 31);
	otp_start_drop(start.start);
	otp_start_drop(start.start);
	for (int i = 0; i < 10; i++)
		tell(pids[i], 1, 1);
}

/* --- allocated ----------------------------------------------------------- */

static void
allocate(void *arg)
{
	enum {
		SLOTS = 64
	};
	unsigned char *blocks[SLOTS] = {NULL};
	size_t sizes[SLOTS] = {0};
	uint64_t seed = 3;

	(void)arg;
	for (unsigned i = 0; i < 5000; i++) {
		unsigned at = random_below(&seed, SLOTS);
		size_t size = random_below(&seed, 3000) + 1, old = sizes[at];

		switch (random_below(&seed, 3)) {
		case 0:
			otp_free(blocks[at]);
			blocks[at] = NULL;
			sizes[at] = 0;
			continue;
		case 1:
			otp_free(blocks[at]);
			blocks[at] = otp_alloc(size);
			old = 0;
			break;
		default:
			blocks[at] = otp_realloc(blocks[at], size);
			EXPECT(is_filled(blocks[at], old < size ? old : size,
				(unsigned char)at));
			break;
		}
		if (size > old)
			EXPECT(is_filled(blocks[at] + old, size - old, 0));
		memset(blocks[at], (int)at, size);
		sizes[at] = size;
	}
	for (unsigned i = 0; i < SLOTS; i++)
		EXPECT(is_filled(blocks[i], sizes[i], (unsigned char)i));
	otp_free(NULL);
	if (otp_self().id == observer.id)
		for (unsigned i = 0; i < SLOTS; i++)
			otp_free(blocks[i]);
}

static void
allocated_memory_is_zeroed_and_kept(void **state)
{
	(void)state;
	observer = otp_self();
	allocate(NULL);
	for (int i = 0; i < 10; i++)
		assert_true(runs_to(allocate, OTP_NORMAL));
}

static volatile size_t absurd = SIZE_MAX / 2;

static void
alloc_too_much(void *arg)
{
	(void)arg;
	memset(otp_alloc(1000), 1, 1000);
	otp_alloc(absurd);
	EXPECT(false && "it goes on");
}

static void
realloc_too_much(void *arg)
{
	(void)arg;
	otp_realloc(otp_realloc(otp_alloc(1000), 5000), absurd);
	EXPECT(false && "it goes on");
}

static void
scratch_too_much(void *arg)
{
	(void)arg;
	otp_tmp(10);
	otp_tmp(absurd);
	EXPECT(false && "it goes on");
}

static void
scratch_all_there_is(void *arg)
{
	(void)arg;
	otp_tmp(SIZE_MAX - (absurd & 0));
	EXPECT(false && "it goes on");
}

static void
too_much_ends_only_who_asks(void **state)
{
	(void)state;
	assert_true(runs_to(alloc_too_much, otp_term_system_limit));
	assert_true(runs_to(realloc_too_much, otp_term_system_limit));
	assert_true(runs_to(scratch_too_much, otp_term_system_limit));
	assert_true(runs_to(scratch_all_there_is, otp_term_system_limit));
}

/* --- blocks that were made and not sent ---------------------------------- */

static void
make_and_forget(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		otp_msg_new(&number_type, (size_t)i * 1000);
		otp_answer_new(8, (size_t)i * 1000);
	}
	otp_msg_free(otp_msg_new(&ask_type, 20000));
	otp_msg_free(NULL);
	otp_msg_lend(otp_msg_new(&ask_type, 20000));
	otp_msg_new(&number_type, 10000);
	if (otp_self().id != observer.id)
		otp_exit(OTP_SHUTDOWN);
	otp_msg_free(otp_msg_new(&ask_type, 20));
}

static void
what_is_not_sent_is_given_back(void **state)
{
	(void)state;
	observer = otp_self();
	make_and_forget(NULL);
	for (int i = 0; i < 10; i++)
		assert_true(runs_to(make_and_forget, OTP_SHUTDOWN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scratch_lives_until_its_mark_is_released),
		TEST(marks_nest),
		TEST(printed_text_is_scratch),
		TEST(arguments_are_lent_until_the_handler_returns),
		TEST(start_arguments_may_be_held),
		TEST(allocated_memory_is_zeroed_and_kept),
		TEST(too_much_ends_only_who_asks),
		TEST(what_is_not_sent_is_given_back),
	};

	return WORLD_RUN(tests);
}
