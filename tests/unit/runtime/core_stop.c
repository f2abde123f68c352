/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stop that gives OTP_OK has left no process, and nobody who called one of
 * them waits for ever; one that comes too early says so. Each test starts and
 * stops the runtime itself.
 */
#include "core_world.h"

#include <sys/wait.h>

#define ROUNDS 3
#define CROWD (WORLD_TSAN ? 1000 : 20000)
#define SERVERS 20
#define QUEUED (WORLD_TSAN ? 100 : 5000)

static void
start_runtime(void)
{
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	otp_self();
}

static const struct otp_msg_type cast_type = {
	.name = "cast",
	.owner = "world",
	.size = sizeof(struct number),
	.kind = OTP_MSG_CAST,
};

static enum otp_verdict
hang_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
hang_handle(void *data, struct otp_event *event)
{
	(void)data;
	(void)event;
	otp_sleep(OTP_INFINITY);
	return OTP_GO_ON;
}

static const struct otp_behaviour hang_behaviour = {
	.name = "hang",
	.init = hang_init,
	.handle = hang_handle,
};

static const struct otp_process_class hang_class = {
	.behaviour = &hang_behaviour,
	.name = "hang",
	.data_size = 8,
};

/* --- callers ------------------------------------------------------------- */

static otp_pid servers[SERVERS];
static _Atomic(unsigned) about_to_call;

static void
nothing(void *arg)
{
	(void)arg;
}

/* Its call is behind many messages that nobody will ever handle. */
static void *
call_for_ever(void *server)
{
	struct otp_msg *m = number_new(&ask_type, 1, 0);
	otp_err err;
	otp_pid pid;

	atomic_fetch_add(&about_to_call, 1);
	err = otp_msg_call(otp_to_pid(*(otp_pid *)server), &m, OTP_INFINITY);
	EXPECT(err == OTP_DIED || err == OTP_NOPROC);
	EXPECT(m == NULL);
	/* It is a stop that let it go. */
	EXPECT(otp_spawn_opt(nothing, NULL, NULL, &pid) == OTP_NOT_RUNNING);
	return NULL;
}

static void
start_servers(pthread_t callers[SERVERS])
{
	struct otp_process_opts start = {.process_class = &hang_class};

	atomic_store(&about_to_call, 0);
	for (int i = 0; i < SERVERS; i++) {
		assert_int_equal(
			otp_process_start(&start, &servers[i], NULL), OTP_OK);
		for (unsigned n = 0; n < QUEUED; n++)
			otp_msg_send(otp_to_pid(servers[i]),
				number_new(&cast_type, n, 0));
		assert_int_equal(pthread_create(&callers[i], NULL,
					 call_for_ever, &servers[i]),
			0);
	}
	EVENTUALLY(atomic_load(&about_to_call) == SERVERS);
}

static void
a_stop_sends_every_caller_back(void **state)
{
	pthread_t callers[SERVERS];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		start_runtime();
		start_servers(callers);
		assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
		/* Callers that have yet to end, and this thread. */
		assert_in_range(alive(), 1, SERVERS + 1);
		for (int i = 0; i < SERVERS; i++) {
			assert_false(otp_is_alive(servers[i]));
			pthread_join(callers[i], NULL);
		}
		assert_int_equal(alive(), 1);
		assert_int_equal(atomic_load(&failures), 0);
	}
}

/* --- a crowd ------------------------------------------------------------- */

static _Atomic(unsigned) asleep;

static void
sleep_on(void *arg)
{
	(void)arg;
	atomic_fetch_add(&asleep, 1);
	otp_sleep(OTP_INFINITY);
}

static void
wake_and_sleep(void *arg)
{
	(void)arg;
	atomic_fetch_add(&asleep, 1);
	for (;;)
		otp_sleep(1);
}

static void
spawn_crowd(void (*fn)(void *arg))
{
	atomic_store(&asleep, 0);
	for (unsigned i = 0; i < CROWD; i++)
		EXPECT(otp_spawn_opt(fn, NULL, NULL, NULL) == OTP_OK);
	EVENTUALLY(atomic_load(&asleep) == CROWD);
}

static void
a_stop_leaves_nobody_of_a_crowd(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		start_runtime();
		spawn_crowd(round % 2 ? sleep_on : wake_and_sleep);
		assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
		assert_int_equal(alive(), 1);
		assert_int_equal(
			otp_runtime_stop(PATIENCE_MS), OTP_NOT_RUNNING);
		assert_int_equal(atomic_load(&failures), 0);
	}
}

/* --- spawning, meanwhile ------------------------------------------------- */

static _Atomic(unsigned) owners, refused;

static void
spawn_late(void *ptr)
{
	struct otp_process_opts start = {.process_class = &hang_class};
	otp_pid pid;

	(void)ptr;
	EXPECT(otp_spawn_opt(sleep_on, NULL, NULL, &pid) == OTP_NOT_RUNNING);
	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_NOT_RUNNING);
	atomic_fetch_add(&refused, 1);
}

static void
own_and_sleep(void *arg)
{
	otp_own(arg, spawn_late);
	atomic_fetch_add(&owners, 1);
	otp_sleep(OTP_INFINITY);
}

static void
nothing_starts_during_a_stop(void **state)
{
	static char thing;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		start_runtime();
		atomic_store(&owners, 0);
		atomic_store(&refused, 0);
		for (int i = 0; i < 10; i++)
			otp_spawn(own_and_sleep, &thing);
		EVENTUALLY(atomic_load(&owners) == 10);
		assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
		assert_int_equal(atomic_load(&refused), 10);
		assert_int_equal(alive(), 1);
		assert_int_equal(atomic_load(&failures), 0);
	}
}

/* --- without patience ---------------------------------------------------- */

#define SAY(condition) \
	do { \
		if (!(condition)) { \
			printf("not so: %s\n", #condition); \
			fflush(stdout); \
			return 1; \
		} \
	} while (0)

/* What is left of those times stays: hence a program of its own. */
static int
stop_at_once(void)
{
	otp_err err;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t left;

		SAY(otp_runtime_start(NULL) == OTP_OK);
		otp_self();
		spawn_crowd(sleep_on);
		SAY(atomic_load(&failures) == 0);
		err = otp_runtime_stop(0);
		left = alive() - 1;
		printf("stop(0): %s, %lu left\n", otp_err_name(err),
			(unsigned long)left);
		fflush(stdout);
		SAY(err == OTP_OK || err == OTP_TIMEOUT);
		SAY(err != OTP_OK || left == 0);
		SAY(otp_runtime_stop(0) == OTP_NOT_RUNNING);
		if (err != OTP_OK)
			return 0;
	}
	return 0;
}

static void
a_stop_without_patience_tells_the_truth(void **state)
{
	int status = -1;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		alarm(100);
		_exit(stop_at_once());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* At whatever step it meets the watchdog, which looks once a millisecond. */
static void
a_stop_wakes_who_is_about_to_sleep(void **state)
{
	struct otp_runtime_opts opts = {.workers = 1};

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct timespec while_idle = {0, 900000 + i * 4500};

		assert_int_equal(otp_core_start(&opts), OTP_OK);
		nanosleep(&while_idle, NULL);
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: it forks. */
		cmocka_unit_test(a_stop_without_patience_tells_the_truth),
		cmocka_unit_test(a_stop_sends_every_caller_back),
		cmocka_unit_test(a_stop_leaves_nobody_of_a_crowd),
		cmocka_unit_test(nothing_starts_during_a_stop),
		cmocka_unit_test(a_stop_wakes_who_is_about_to_sleep),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
