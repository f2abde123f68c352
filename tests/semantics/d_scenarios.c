/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rules of applications and supervisors meet: roots that are supervisors of
 * servers, which give up, are killed, and are started again.
 */
#include "tree.h"

#define NAME "d_scenarios"

static struct tree low_tree, high_tree;

#define START_ROOT(NAME) \
	static otp_err start_##NAME(const void *env, otp_pid *root) \
	{ \
		(void)env; \
		return otp_supervisor_start(&NAME##_tree.class, \
			OTP_START_LINK, NULL, NULL, root, NULL); \
	}
START_ROOT(low)
START_ROOT(high)

/* What a call of the server of that name gives. */
static void
call_child(enum tag tag)
{
	int64_t reply;

	tell(tag,
		ask_within(
			otp_to_name(NAME), PATIENCE_MS, REPLY, 1, "", &reply),
		OTP_UNDEFINED);
}

/* The two are told apart by their notes. */
static void
prep_stop(const void *env)
{
	(void)env;
	call_child(NOTE_READY);
}

static void
stop(const void *env)
{
	(void)env;
	call_child(NOTE_DONE);
}

static const int64_t default_env = 1;

static const struct otp_app_class low = {
	.name = "low",
	.version = "1",
	.env_size = sizeof default_env,
	.env_defaults = &default_env,
	.start = start_low,
	.prep_stop = prep_stop,
	.stop = stop,
};

static const struct otp_app_class *const high_depends[] = {&low};
static const struct otp_app_class high = {
	.name = "high",
	.version = "1",
	.env_size = sizeof default_env,
	.env_defaults = &default_env,
	.start = start_high,
	.depends = high_depends,
	.depend_count = 1,
};

static void
low_init(size_t count, uint32_t intensity)
{
	tree_init(&low_tree, OTP_ONE_FOR_ONE, count);
	low_tree.class.intensity = intensity;
}

static void
low_start(void)
{
	otp_err err = otp_app_start(&low, NULL);

	if (err != OTP_OK)
		fail_msg("low did not start: %s", otp_err_name(err));
}

static void
low_stop(void)
{
	assert_int_equal(otp_app_stop(&low), OTP_OK);
}

static void
await_end_of_low(void)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (!otp_pid_is_none(otp_app_root(&low))) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("low does not end");
		otp_sleep(1);
	}
}

/* --- the root gives up ------------------------------------------------------------- */

/* Its hooks run, and it can be started: with new children (D5, D6, D8). */
static void
C24_D6_D8_a_root_gives_up_and_is_started_again(void **state)
{
	otp_pid pids[TREE_MAX];

	(void)state;
	low_init(1, 1);
	low_start();
	expect_inits("0", pids);
	kill_child(pids[0]);
	expect_inits("0", pids);
	kill_child(pids[0]);
	assert_int_equal(expect(NOTE_READY).value, OTP_NOPROC);
	assert_int_equal(expect(NOTE_DONE).value, OTP_NOPROC);
	await_end_of_low();
	low_start();
	expect_inits("0", pids);
	assert_ptr_equal(otp_app_of(pids[0]), &low);
	low_stop();
	expect(NOTE_READY);
	expect_terminates("0");
	expect(NOTE_DONE);
	expect_nothing();
}

/* The one that depends on it is permanent, but it is not itself (D7, D8). */
static void
C24_D8_a_temporary_dependency_of_a_permanent_one_gives_up(void **state)
{
	otp_pid pids[TREE_MAX];

	(void)state;
	tree_init(&high_tree, OTP_ONE_FOR_ONE, 1);
	low_init(1, 0);
	high_tree.children[0].start = start_1;
	low_start();
	assert_int_equal(
		otp_app_start_as(&high, NULL, OTP_APP_PERMANENT), OTP_OK);
	expect_inits("01", pids);
	kill_child(pids[0]);
	expect(NOTE_READY);
	expect(NOTE_DONE);
	await_end_of_low();
	assert_int_equal(ask(pids[1], REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	low_start();
	expect_inits("0", pids);
	assert_int_equal(otp_app_stop(&high), OTP_OK);
	expect_terminates("1");
	/* It was asked for. */
	assert_int_equal(ask(pids[0], REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	low_stop();
	await(NOTE_DONE);
}

/* Its children hear `killed` from their parent, or are killed as what it has left
 * (D5); the hooks run all the same. */
static void
C35_D6_a_root_is_killed(void **state)
{
	otp_pid pids[TREE_MAX];
	otp_ref ref;

	(void)state;
	low_init(1, 1);
	low_start();
	expect_inits("0", pids);
	ref = otp_monitor(pids[0]);
	otp_exit_signal(otp_app_root(&low), OTP_KILL);
	assert_string_equal(down_reason(ref), "killed");
	await(NOTE_READY);
	await(NOTE_DONE);
	await_end_of_low();
	low_start();
	await(NOTE_INIT);
	low_stop();
	await(NOTE_DONE);
}

/* --- starts and stops ---------------------------------------------------------------- */

static void
D5_prep_stop_may_call_the_children_and_stop_finds_none(void **state)
{
	(void)state;
	low_init(1, 1);
	low_tree.children[0].name = NAME;
	low_start();
	expect_inits("0", NULL);
	low_stop();
	expect(NOTE_CALL);
	assert_int_equal(expect(NOTE_READY).value, OTP_OK);
	expect_terminates("0");
	assert_int_equal(expect(NOTE_DONE).value, OTP_NOPROC);
	expect_nothing();
}

/* No hook runs of one that has not started. */
static void
C6_D4_a_child_of_the_root_does_not_start(void **state)
{
	(void)state;
	low_init(2, 1);
	plans[1] = (struct plan){.from = 1, .until = 1, .op = INIT_STOP};
	assert_int_equal(otp_app_start(&low, NULL), OTP_START_FAILED);
	assert_string_equal(last_reason(),
		"{shutdown,{failed_to_start_child,'1',no_start}}");
	expect_inits("01", NULL);
	expect_terminates("0");
	expect_nothing();
	assert_true(otp_pid_is_none(otp_app_root(&low)));
	low_start();
	expect_inits("01", NULL);
	low_stop();
	await(NOTE_DONE);
}

/* --- what belongs to it --------------------------------------------------------------- */

static otp_next
env_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	tell(NOTE_INIT, *(const int64_t *)otp_app_env(&low), OTP_UNDEFINED);
	return otp_ok();
}

static otp_next
env_spawn(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	otp_pid pid = agent_spawn(false);

	note_text(pid, NOTE_INFO, 5, "");
	return otp_noreply();
}

PROBE_TYPE(spawn, OTP_MSG_CAST, false, false, env_spawn);

static const struct otp_server_class env_class = {
	.process = {.behaviour = &otp_gen_server, .name = "probe"},
	.owner = "probe",
	.state_size = sizeof(struct probe),
	.init = env_init,
};

static otp_err
start_env(
	const void *arguments, const struct otp_start_opts *opts, otp_pid *pid)
{
	(void)arguments;
	return otp_server_start(&env_class, OTP_START_LINK,
		start_new((struct probe_start){0}), opts, pid, NULL);
}

static void
env_tree(void)
{
	low_init(1, 3);
	low_tree.children[0].start = start_env;
}

/* A restart finds what the start was given, the next start its own. */
static void
C9_D10_each_start_has_its_environment_and_restarts_keep_it(void **state)
{
	(void)state;
	env_tree();
	for (int64_t i = 0; i < 3; i++) {
		int64_t env = 10 * i;
		otp_pid pid;

		assert_int_equal(otp_app_start(&low, i ? &env : NULL), OTP_OK);
		env = i ? 10 * i : default_env;
		for (int n = 0; n < 3; n++) {
			struct note note = expect(NOTE_INIT);

			assert_int_equal(note.value, env);
			pid = note.from;
			if (n < 2)
				kill_child(pid);
		}
		low_stop();
		expect(NOTE_READY);
		expect(NOTE_DONE);
	}
	expect_nothing();
}

/* A child, its next life, and what that has spawned. */
static void
C9_D5_all_that_comes_of_a_root_is_of_its_application(void **state)
{
	otp_pid pid, spawned;

	(void)state;
	env_tree();
	low_start();
	pid = expect(NOTE_INIT).from;
	assert_ptr_equal(otp_app_of(pid), &low);
	kill_child(pid);
	pid = expect(NOTE_INIT).from;
	assert_ptr_equal(otp_app_of(pid), &low);
	otp_msg_send(otp_to_pid(pid), request_new(&spawn_type, REPLY, 0, ""));
	spawned = expect(NOTE_MESSAGE).from;
	assert_ptr_equal(otp_app_of(spawned), &low);
	low_stop();
	assert_false(otp_is_alive(spawned));
	assert_null(otp_app_of(pid));
}

static int
program_begin(void **state)
{
	(void)state;
	if (otp_runtime_start(NULL) != OTP_OK)
		return -1;
	for (size_t i = 0; i < FAULTS; i++)
		sigaction(fault_signals[i], NULL, &fault_actions[i]);
	otp_report_set_handler(report_handler);
	tester = otp_self();
	return 0;
}

static int
program_finish(void **state)
{
	(void)state;
	return otp_runtime_stop(PATIENCE_MS) == OTP_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C24_D6_D8_a_root_gives_up_and_is_started_again),
		RULE(C24_D8_a_temporary_dependency_of_a_permanent_one_gives_up),
		RULE(C35_D6_a_root_is_killed),
		RULE(D5_prep_stop_may_call_the_children_and_stop_finds_none),
		RULE(C6_D4_a_child_of_the_root_does_not_start),
		RULE(C9_D10_each_start_has_its_environment_and_restarts_keep_it),
		RULE(C9_D5_all_that_comes_of_a_root_is_of_its_application),
	};

	return cmocka_run_group_tests(tests, program_begin, program_finish);
}
