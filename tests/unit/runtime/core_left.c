/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process has in hand when it ends is given back: after a stop no block
 * is in use.
 */
#include "core_world.h"

#include "core/audit.h"

#define EXTRA 100 /* behind a reply: it needs a block of its own */

static void
runtime_start(void)
{
	const struct otp_runtime_opts opts = {.workers = 2};

	assert_int_equal(otp_core_start(&opts), OTP_OK);
	otp_self();
}

static void
assert_nothing_is_left(void)
{
	otp_lent_free();
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_int_equal(atomic_exchange(&failures, 0), 0);
	assert_int_equal(otpi_audit_blocks(), 0);
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

/* Answers 1; takes 2, and ends when its answer is made but not sent. */
static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct otp_msg *m;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	if (number_in(event->msg).value == 1) {
		answer(event->msg, 2);
		return OTP_GO_ON;
	}
	m = otp_event_take(event);
	otp_reply_begin(m, sizeof(struct number), EXTRA);
	otp_exit(OTP_SHUTDOWN);
}

static const struct otp_behaviour behaviour = {
	.name = "server", .init = server_init, .handle = server_handle};
static const struct otp_process_class class = {
	.behaviour = &behaviour, .name = "server"};

static otp_pid
server_start(void)
{
	struct otp_process_opts how = {.process_class = &class};
	otp_pid pid = {0, 0, 0, 0};

	assert_int_equal(otp_process_start(&how, &pid, NULL), OTP_OK);
	return pid;
}

/* Ends with the answer in hand. */
static void
ends_with_answer(void *arg)
{
	struct otp_msg *m = number_new(&ask_type, 1, 0);

	EXPECT(otp_msg_call(otp_to_pid(*(otp_pid *)arg), &m, PATIENCE_MS) ==
		OTP_OK);
	EXPECT(m && number_in(m).value == 2);
	otp_exit(OTP_SHUTDOWN);
}

static struct otp_msg *kept;

static void
free_kept(void *arg)
{
	(void)arg;
	otp_msg_free(kept);
}

/* Hands it over, so that it is not freed twice. */
static void
ends_with_answer_owned(void *arg)
{
	kept = number_new(&ask_type, 1, 0);
	EXPECT(otp_msg_call(otp_to_pid(*(otp_pid *)arg), &kept, PATIENCE_MS) ==
		OTP_OK);
	otp_own(&kept, free_kept);
	otp_exit(OTP_SHUTDOWN);
}

static void
run_caller(void (*caller)(void *arg))
{
	otp_pid server;
	otp_pid pid;
	otp_ref ref;

	runtime_start();
	server = server_start();
	pid = otp_spawn(caller, &server);
	ref = otp_monitor(pid);
	assert_int_equal(otp_await_down(ref, PATIENCE_MS, NULL), OTP_OK);
	assert_nothing_is_left();
}

static void
an_answer_in_hand(void **state)
{
	(void)state;
	run_caller(ends_with_answer);
}

static void
an_answer_that_a_destructor_frees(void **state)
{
	(void)state;
	run_caller(ends_with_answer_owned);
}

static void
a_reply_that_was_begun(void **state)
{
	struct otp_msg *m;

	(void)state;
	runtime_start();
	m = number_new(&ask_type, 2, 0);
	assert_int_equal(
		otp_msg_call(otp_to_pid(server_start()), &m, PATIENCE_MS),
		OTP_DIED);
	assert_nothing_is_left();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_in_hand),
		cmocka_unit_test(an_answer_that_a_destructor_frees),
		cmocka_unit_test(a_reply_that_was_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
