/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What terminate may do, at each end that runs it (B40): answer those who wait,
 * call, stop and start others.
 */
#include "probe.h"

static otp_pid other; /* whom it calls and stops, or starts */

static void
answering_terminate(void *state, otp_term reason)
{
	struct probe *p = state;

	for (int i = 0; i < p->from_count; i++)
		answer(p->from[i], 70 + i);
	probe_terminate(state, reason);
}

static void
calling_terminate(void *state, otp_term reason)
{
	otp_err err = ask(other, REPLY, 5, "");

	tell(NOTE_REPLY, err, OTP_UNDEFINED);
	err = otp_server_stop(otp_to_pid(other), OTP_NORMAL, PATIENCE_MS);
	tell(NOTE_REPLY, err, OTP_UNDEFINED);
	probe_terminate(state, reason);
}

static void
starting_terminate(void *state, otp_term reason)
{
	other = agent_spawn(true);
	probe_terminate(state, reason);
}

#define CLASS(TERMINATE) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "probe"}, \
		.owner = "probe", .state_size = sizeof(struct probe), \
		.trap_exit = true, .init = probe_init, .terminate = TERMINATE, \
	}
static const struct otp_server_class answering_class =
	CLASS(answering_terminate);
static const struct otp_server_class calling_class = CLASS(calling_terminate);
static const struct otp_server_class starting_class = CLASS(starting_terminate);

/* --- ends ------------------------------------------------------------------------ */

enum end_by {
	BY_STOP,
	BY_OTP_EXIT,
	BY_CRASH,
	BY_BAD_RETURN,
	BY_PARENT,
	BY_STRANGER, /* a stop from outside */
	ENDS
};

static void
end_by(enum end_by how, otp_pid pid)
{
	switch (how) {
	case BY_STOP:
		cast(pid, STOP, 0, "odd");
		break;
	case BY_OTP_EXIT:
		cast(pid, EXIT, 0, "odd");
		break;
	case BY_CRASH:
		cast(pid, CRASH, 0, "");
		break;
	case BY_BAD_RETURN:
		cast(pid, BAD_OK, 0, "");
		break;
	case BY_PARENT:
		otp_exit_signal(pid, OTP_SHUTDOWN);
		break;
	case BY_STRANGER:
	case ENDS:
		assert_int_equal(otp_server_stop(otp_to_pid(pid), OTP_NORMAL,
					 PATIENCE_MS),
			OTP_OK);
	}
	if (how <= BY_BAD_RETURN)
		expect(NOTE_CAST);
}

/* Linked to the tester, which is its parent. */
static otp_pid
start(const struct otp_server_class *class)
{
	otp_pid pid;

	assert_int_equal(
		otp_server_start(class, OTP_START_LINK,
			start_new((struct probe_start){0}), NULL, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	return pid;
}

/* Who waits has an answer, though the server ends (B18), and not its reason. */
static void
B18_B28_B40_terminate_answers_those_who_wait(void **state)
{
	(void)state;
	for (int how = 0; how < ENDS; how++) {
		otp_pid pid = start(&answering_class);
		otp_request requests[2];

		for (int i = 0; i < 2; i++) {
			assert_int_equal(otp_msg_request(otp_to_pid(pid),
						 request_new(&later_type,
							 NOREPLY, i, ""),
						 &requests[i]),
				OTP_OK);
			expect(NOTE_CALL);
		}
		end_by(how, pid);
		for (int i = 1; i >= 0; i--) {
			struct otp_msg *m = NULL;

			assert_int_equal(
				otp_msg_await(&requests[i], &m, PATIENCE_MS),
				OTP_OK);
			assert_int_equal(
				*(int64_t *)otp_msg_payload(m), 70 + i);
			otp_msg_free(m);
		}
		expect(NOTE_TERMINATE);
		exit_reason(pid);
		expect_nothing();
	}
}

static void
B24_B40_B47_terminate_calls_and_stops_another_server(void **state)
{
	(void)state;
	for (int how = 0; how < ENDS; how++) {
		otp_pid pid = start(&calling_class);

		other = probe(&plain_class);
		end_by(how, pid);
		assert_int_equal(await(NOTE_CALL).value, 5);
		for (int i = 0; i < 2; i++)
			assert_int_equal(await(NOTE_REPLY).value, OTP_OK);
		/* Its own, and that of the other one. */
		await(NOTE_TERMINATE);
		await(NOTE_TERMINATE);
		exit_reason(pid);
		assert_false(otp_is_alive(other));
		expect_nothing();
	}
}

/* What it links itself to in its last moments hears of its end like others. */
static void
A12_A31_B40_terminate_starts_a_linked_process(void **state)
{
	(void)state;
	for (int how = 0; how < ENDS; how++) {
		otp_pid pid = start(&starting_class);
		otp_ref ref = otp_monitor(pid);

		end_by(how, pid);
		expect(NOTE_TERMINATE);
		exit_reason(pid);
		if (strcmp(down_reason(ref), "normal") == 0) {
			obey(other, DO_NOTHING, other);
			end(other);
		} else {
			down_reason(otp_monitor(other));
		}
		expect_nothing();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B18_B28_B40_terminate_answers_those_who_wait),
		RULE(B24_B40_B47_terminate_calls_and_stops_another_server),
		RULE(A12_A31_B40_terminate_starts_a_linked_process),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
