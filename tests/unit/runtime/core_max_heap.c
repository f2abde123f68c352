/* SPDX-License-Identifier: Apache-2.0 */
/* max_heap: what counts, what does not, and how it ends (A66). */
#include "core_world.h"

#define LIMIT ((size_t)64 * 1024)

enum deed {
	ALLOC = 1, /* 4 KiB more */
	ALLOC_ALL, /* at once */
	REALLOC, /* the same block, longer and longer */
	SCRATCH,
	REPLIES, /* that are kept lent */
	MESSAGES, /* that are received and kept lent */
	LATER, /* freed, but lent until the handler returns */
	CHURN, /* all of these, given back each time */
	NOTHING
};

static _Atomic(unsigned) endings;
static otp_pid helper;
static void *churned; /* that nothing is left out */

static void
churn(void)
{
	void *grown = NULL;

	for (int i = 0; i < 1000; i++) {
		otp_mark mark = otp_mark_set();

		otp_free(otp_alloc(4096));
		churned = otp_tmp(4096);
		otp_free_later(otp_alloc(4096));
		EXPECT(ask(helper, NOTHING, NULL) == OTP_OK);
		otp_release(mark);
	}
	for (size_t size = 1; size < LIMIT / 2; size += 4096)
		grown = otp_realloc(grown, size);
	otp_free(grown);
}

static void
call_and_keep(void)
{
	struct otp_msg *m = number_new(&ask_type, NOTHING, 0);

	EXPECT(otp_msg_call(otp_to_pid(helper), &m, PATIENCE_MS) == OTP_OK);
	otp_msg_lend(m);
}

static void
receive_and_keep(void)
{
	struct otp_received r;

	tell(otp_self(), 1, 1);
	EXPECT(otp_receive_match(is_number, NULL, &r, PATIENCE_MS) == OTP_OK);
}

static void
do_deed(enum deed deed)
{
	void *grown = NULL;
	size_t size = 0;

	for (;;) {
		switch (deed) {
		case ALLOC:
			churned = otp_alloc(4096);
			break;
		case ALLOC_ALL:
			churned = otp_alloc(LIMIT);
			break;
		case REALLOC:
			size += 4096;
			grown = otp_realloc(grown, size);
			break;
		case SCRATCH:
			churned = otp_tmp(1000);
			break;
		case REPLIES:
			call_and_keep();
			break;
		case MESSAGES:
			receive_and_keep();
			break;
		case LATER:
			otp_free_later(otp_alloc(4096));
			break;
		case CHURN:
			churn();
			return;
		case NOTHING:
			return;
		}
	}
}

static enum otp_verdict
hog_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_trap_exit(true);
	otp_process_started();
	return OTP_GO_ON;
}

static enum otp_verdict
hog_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type) {
		do_deed((enum deed)number_in(event->msg).value);
		answer(event->msg, 1);
	}
	return OTP_GO_ON;
}

static void
hog_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
	atomic_fetch_add(&endings, 1);
}

static const struct otp_behaviour behaviour = {.name = "hog",
	.init = hog_init,
	.handle = hog_handle,
	.ending = hog_ending};

static const struct otp_process_class hog_class = {
	.behaviour = &behaviour,
	.name = "hog",
	.data_size = 16,
	.max_heap = LIMIT,
};

static const struct otp_process_class helper_class = {
	.behaviour = &behaviour,
	.name = "helper",
	.data_size = 16,
};

static otp_pid
start(const struct otp_process_class *process_class)
{
	struct otp_process_opts opts = {.process_class = process_class};
	otp_pid pid = {0, 0, 0, 0};

	assert_int_equal(otp_process_start(&opts, &pid, NULL), OTP_OK);
	return pid;
}

static void
finish(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
}

static _Atomic(uint64_t) reported, reported_limit;

static void
take_report(const struct otp_report *report)
{
	if (report->kind != OTP_REPORT_CRASH)
		return;
	atomic_store(&reported, report->heap_size);
	atomic_store(&reported_limit, report->max_heap);
}

/* Killed, though it traps exits; the caller is told; no `ending`. */
static void
who_outgrows_it_is_killed(void **state)
{
	(void)state;
	otp_report_set_handler(take_report);
	for (enum deed deed = ALLOC; deed < CHURN; deed++) {
		uint64_t outgrown = counters().heaps_outgrown;
		otp_pid pid;
		otp_ref ref;

		helper = start(&helper_class);
		pid = start(&hog_class);
		ref = otp_monitor(pid);
		atomic_store(&endings, 0);
		atomic_store(&reported, 0);
		assert_int_equal(ask(pid, deed, NULL), OTP_DIED);
		assert_true(otp_term_equal(otp_last_reason(), OTP_KILLED));
		assert_true(down_is(ref, OTP_KILLED));
		assert_int_equal(counters().heaps_outgrown, outgrown + 1);
		assert_int_equal(atomic_load(&endings), 0);
		assert_int_equal(atomic_load(&reported_limit), LIMIT);
		assert_in_range(atomic_load(&reported), LIMIT, 2 * LIMIT + 99);
		finish(helper);
	}
	otp_report_set_handler(NULL);
}

static void
what_is_given_back_does_not_count(void **state)
{
	otp_pid pid;

	(void)state;
	helper = start(&helper_class);
	pid = start(&hog_class);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(pid, CHURN, NULL), OTP_OK);
	finish(pid);
	finish(helper);
}

static void
a_message_that_is_too_large(void **state)
{
	otp_pid pid = start(&hog_class);
	otp_ref ref = otp_monitor(pid);
	struct otp_msg *m = otp_msg_new(&number_type, LIMIT / 2);

	(void)state;
	memset(otp_msg_payload(m), 0, sizeof(struct number) + LIMIT / 2);
	assert_int_equal(otp_msg_send(otp_to_pid(pid), m), OTP_OK);
	assert_int_equal(ask(pid, NOTHING, NULL), OTP_OK);
	m = otp_msg_new(&ask_type, LIMIT);
	memset(otp_msg_payload(m), 0, sizeof(struct number) + LIMIT);
	assert_int_equal(
		otp_msg_call(otp_to_pid(pid), &m, PATIENCE_MS), OTP_DIED);
	assert_true(down_is(ref, OTP_KILLED));
}

static void
what_waits_does_not_count(void **state)
{
	otp_pid pid = start(&hog_class);

	(void)state;
	for (int i = 0; i < 5000; i++)
		tell(pid, 1, 1);
	assert_int_equal(ask(pid, NOTHING, NULL), OTP_OK);
	finish(pid);
}

static void
data_that_is_too_large(void **state)
{
	struct otp_process_opts opts = {
		.process_class = &hog_class, .data_size = LIMIT + 1};
	otp_pid pid;

	(void)state;
	assert_int_equal(
		otp_process_start(&opts, &pid, NULL), OTP_START_FAILED);
	assert_true(otp_term_equal(otp_last_reason(), OTP_KILLED));
}

/* A name that is taken: nothing of the class is left behind. */
static void
a_start_that_comes_to_nothing(void **state)
{
	struct otp_process_opts opts = {
		.process_class = &hog_class, .name = "hog"};
	otp_pid pid, other;

	(void)state;
	assert_int_equal(otp_process_start(&opts, &pid, NULL), OTP_OK);
	assert_int_equal(
		otp_process_start(&opts, &other, NULL), OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(pid, other));
	finish(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_outgrows_it_is_killed),
		TEST(what_is_given_back_does_not_count),
		TEST(a_message_that_is_too_large),
		TEST(what_waits_does_not_count),
		TEST(data_that_is_too_large),
		TEST(a_start_that_comes_to_nothing),
	};

	return WORLD_RUN(tests);
}
