/* SPDX-License-Identifier: Apache-2.0 */
/* Names of gen_servers (B8, B12). */
#include "probe.h"

/* One that has the name of `opts`. */
static otp_err
start(enum otp_start_how how, const struct otp_start_opts *opts, otp_pid *pid)
{
	return otp_server_start(&trapping_class, how,
		start_new((struct probe_start){0}), opts, pid, NULL);
}

static void
starter_of_a_name(void *arg)
{
	const struct otp_start_opts opts = {.name = "b8"};
	otp_pid pid;

	(void)arg;
	tell(NOTE_DONE, start(OTP_START_LINK, &opts, &pid), OTP_UNDEFINED);
}

static void
B8_a_taken_name_does_not_end_the_starter(void **state)
{
	const struct otp_start_opts opts = {.name = "b8"};
	otp_pid holder, starter;
	otp_ref ref;
	struct otp_spawn_opts monitored = {.monitor = &ref};

	(void)state;
	assert_int_equal(start(OTP_START, &opts, &holder), OTP_OK);
	expect(NOTE_INIT);
	assert_int_equal(
		otp_spawn_opt(starter_of_a_name, NULL, &monitored, &starter),
		OTP_OK);
	assert_int_equal(expect(NOTE_DONE).value, OTP_ALREADY_STARTED);
	assert_string_equal(down_reason(ref), "normal");
	assert_true(otp_is_alive(holder));
	end_probe(holder);
}

static void
B12_a_name_serves_as_a_pid_does(void **state)
{
	const struct otp_start_opts opts = {.name = "b12"};
	otp_to to = otp_to_name("b12");
	int64_t reply;
	otp_pid pid;
	otp_ref ref;

	(void)state;
	assert_int_equal(start(OTP_START, &opts, &pid), OTP_OK);
	expect(NOTE_INIT);
	ref = otp_monitor_to(to);
	assert_int_equal(
		ask_within(to, PATIENCE_MS, REPLY, 1, "", &reply), OTP_OK);
	assert_int_equal(reply, 2);
	assert_int_equal(expect(NOTE_CALL).value, 1);
	assert_int_equal(
		otp_msg_send(to, request_new(&cast_type, REPLY, 3, "")),
		OTP_OK);
	assert_int_equal(expect(NOTE_CAST).value, 3);
	assert_int_equal(
		otp_msg_send(to, request_new(&poke_type, REPLY, 4, "")),
		OTP_OK);
	assert_int_equal(expect(NOTE_INFO).value, 4);
	assert_int_equal(
		otp_server_stop(to, OTP_SHUTDOWN, PATIENCE_MS), OTP_OK);
	assert_string_equal(expect(NOTE_TERMINATE).text, "shutdown");
	assert_string_equal(down_reason(ref), "shutdown");
	/* And as one of the dead. */
	assert_int_equal(
		ask_within(to, PATIENCE_MS, REPLY, 1, "", &reply), OTP_NOPROC);
	assert_int_equal(
		otp_server_stop(to, OTP_SHUTDOWN, PATIENCE_MS), OTP_NOPROC);
	expect_nothing();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B8_a_taken_name_does_not_end_the_starter),
		RULE(B12_a_name_serves_as_a_pid_does),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
