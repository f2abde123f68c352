/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of the program beside those of the runtime, and the runtime's own
 * beginning and end. What ends the program runs in a child process.
 */
#include "core_stuck.h"

#include <sys/wait.h>

#define THREADS 40
#define ROUNDS (WORLD_TSAN ? 5 : 20)

static void
start_with(unsigned workers)
{
	struct otp_runtime_opts opts = {.workers = workers};

	assert_int_equal(otp_core_start(&opts), OTP_OK);
}

static void
stop(void)
{
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_in_range(alive(), 0, 1); /* the thread of the tests */
	assert_int_equal(atomic_load(&failures), 0);
}

/* --- a server ------------------------------------------------------------ */

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	if (event->msg->type == &ask_type) {
		uint64_t value = number_in(event->msg).value;

		tell(event->from, value * 2, 0);
		answer(event->msg, value + 1);
		tell(event->from, value * 3, 0); /* it may be gone */
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
	.data_size = 8,
};

static otp_pid
server_start(void)
{
	struct otp_process_opts start = {.process_class = &server_class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_OK);
	return pid;
}

static otp_pid server;

/* --- threads ------------------------------------------------------------- */

static void
destructor(void *ptr)
{
	atomic_fetch_add((_Atomic(unsigned) *)ptr, 1);
}

static _Atomic(unsigned) destroyed;

static void *
call_and_end(void *arg)
{
	uint64_t n = (uint64_t)(uintptr_t)arg, value = 0;

	EXPECT(ask(server, n, &value) == OTP_OK);
	EXPECT(value == n + 1);
	EXPECT(hear().value == n * 2);
	otp_own(&destroyed, destructor);
	if (n % 4 == 0) {
		memset(otp_alloc(10000), 1, 10000);
		otp_tmp(10000);
		otp_timer_start(100000);
		otp_monitor(server);
		otp_link(server);
		otp_msg_new(&number_type, 10000);
	}
	if (n % 2)
		EXPECT(hear().value == n * 3); /* just before the end */
	if (n % 8 == 1)
		otp_sleep(1);
	tell(observer, otp_self().id, otp_self().serial);
	return NULL;
}

static void
threads_come_and_go(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	start_with(2);
	observer = otp_self();
	server = server_start();
	atomic_store(&destroyed, 0);
	for (int round = 0; round < ROUNDS; round++) {
		for (uintptr_t i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
						 call_and_end, (void *)(i + 1)),
				0);
		for (int i = 0; i < THREADS; i++) {
			struct number n = hear();
			otp_pid pid = {
				(uint32_t)n.value, (uint32_t)n.more, 0, 0};
			otp_ref ref = otp_monitor(pid);
			otp_mark mark = otp_mark_set();
			struct otp_received r;

			/* With its reason, or it is gone already. */
			assert_int_equal(otp_receive_match(is_down, &ref, &r,
						 PATIENCE_MS),
				OTP_OK);
			assert_true(otp_term_equal(r.reason, OTP_NORMAL) ||
				otp_term_equal(r.reason, OTP_NOPROC_REASON));
			assert_false(otp_is_alive(pid));
			otp_release(mark);
		}
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	assert_int_equal(atomic_load(&destroyed), THREADS * ROUNDS);
	assert_true(otp_is_alive(server)); /* A12: normal is ignored */
	stop();
}

/* A thread that waits is told as any process is. */
static void *
wait_for_all_kinds(void *arg)
{
	struct otp_received r;
	otp_pid self = otp_self(), victim = *(otp_pid *)arg;
	otp_ref ref = otp_monitor(victim), timer;

	otp_link(victim);
	tell(observer, self.id, self.serial);
	EXPECT(hear().value == 5);
	for (int i = 0; i < 2; i++) {
		EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
		EXPECT(otp_term_equal(r.reason, OTP_SHUTDOWN));
		if (r.kind == OTP_RECEIVED_DOWN)
			EXPECT(otp_ref_equal(r.ref, ref));
		else
			EXPECT(r.kind == OTP_RECEIVED_EXIT);
	}
	timer = otp_timer_start(1);
	EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
	EXPECT(r.kind == OTP_RECEIVED_TIMER && otp_ref_equal(r.ref, timer));
	EXPECT(otp_receive(&r, 1) == OTP_TIMEOUT);
	EXPECT(otp_receive(&r, 0) == OTP_TIMEOUT);
	tell(observer, 1, 0);
	/* A kill is a message to a thread of the program. */
	EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
	EXPECT(r.kind == OTP_RECEIVED_EXIT);
	EXPECT(otp_term_equal(r.reason, OTP_KILLED));
	otp_lent_free();
	return NULL;
}

static void
a_thread_gets_all_kinds_of_messages(void **state)
{
	pthread_t thread;
	struct number n;
	otp_pid pid = {0, 0, 0, 0};

	(void)state;
	start_with(1);
	observer = otp_self();
	server = server_start();
	pthread_create(&thread, NULL, wait_for_all_kinds, &server);
	n = hear();
	pid.id = (uint32_t)n.value;
	pid.serial = (uint32_t)n.more;
	tell(pid, 5, 0);
	otp_exit_signal(server, OTP_SHUTDOWN);
	hear();
	otp_exit_signal(pid, OTP_KILL);
	pthread_join(thread, NULL);
	stop();
}

/* Messages to threads that wait with a limit, and end: the race of a wake-up
 * with the end of what it wakes. */
static void *
wait_briefly(void *arg)
{
	struct otp_received r;
	otp_pid self = otp_self();

	(void)arg;
	tell(server, self.id, self.serial);
	(void)!otp_receive(&r, (otp_duration)(self.serial % 2));
	return NULL;
}

static void
tell_all(void *arg)
{
	(void)arg;
	for (;;) {
		otp_pid pid = {0, 0, 0, 0};
		struct number n = hear();

		if (n.value == 0)
			return;
		pid.id = (uint32_t)n.value;
		pid.serial = (uint32_t)n.more;
		for (int i = 0; i < 3; i++)
			tell(pid, 1, 0);
	}
}

static void
a_wake_up_may_come_too_late(void **state)
{
	pthread_t threads[8];

	(void)state;
	start_with(2);
	server = otp_spawn(tell_all, NULL);
	for (int round = 0; round < (WORLD_TSAN ? 50 : 500); round++) {
		for (int i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, wait_briefly, NULL);
		for (int i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
	}
	tell(server, 0, 0);
	stop();
}

/* --- start and stop ------------------------------------------------------ */

static void
sleep_on(void *arg)
{
	(void)arg;
	otp_sleep(OTP_INFINITY);
}

static void
spawn_on(void *arg)
{
	for (;;) {
		(void)!otp_spawn_opt(sleep_on, NULL, NULL, NULL);
		otp_yield();
		(void)!otp_msg_send_after(otp_to_pid(otp_self()),
			number_new(&number_type, 1, 0), 1, NULL);
		if (arg)
			return;
	}
}

static void
call_for_ever(void *arg)
{
	for (uint64_t value;;)
		if (ask(*(otp_pid *)arg, 1, &value) != OTP_OK)
			return;
}

static void *
call_until_the_end(void *arg)
{
	uint64_t value, n = 0;
	otp_err err;

	(void)arg;
	while ((err = ask(server, 1, &value)) == OTP_OK) {
		n++;
		otp_lent_free();
		for (struct otp_received r; otp_receive(&r, 0) == OTP_OK;)
			otp_lent_free();
	}
	EXPECT(err == OTP_NOPROC || err == OTP_DIED);
	return NULL;
}

static void
the_runtime_starts_and_stops(void **state)
{
	static otp_pid before;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct otp_spawn_opts opts = {.name = "again"};
		pthread_t threads[3];

		start_with(1 + i % 3);
		assert_int_equal(otp_core_start(NULL), OTP_ALREADY_STARTED);
		if (i > 0) {
			assert_false(otp_is_alive(before));
			tell(before, 1, 0);
		}
		assert_int_equal(otp_whereis("again").id, 0);
		assert_int_equal(
			otp_spawn_opt(sleep_on, NULL, &opts, &before), OTP_OK);
		server = server_start();
		for (int n = 0; n < 50; n++) {
			otp_spawn(sleep_on, NULL);
			otp_spawn(call_for_ever, &server);
		}
		otp_spawn(spawn_on, WORLD_TSAN ? &server : NULL);
		otp_timer_start(1000000);
		for (int n = 0; n < 3; n++)
			pthread_create(
				&threads[n], NULL, call_until_the_end, NULL);
		for (int n = 0; n < 5; n++)
			nap();
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
		for (int n = 0; n < 3; n++)
			pthread_join(threads[n], NULL);
		assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_NOT_RUNNING);
		assert_int_equal(alive(), 1);
		assert_int_equal(atomic_load(&failures), 0);
	}
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
a_stopped_runtime_refuses(void **state)
{
	struct otp_process_opts start = {.process_class = &server_class};
	struct otp_received r;
	otp_request request;
	struct otp_msg *m;
	otp_pid pid;
	otp_ref ref;

	(void)state;
	start_with(1);
	server = server_start();
	stop();
	assert_int_equal(
		otp_spawn_opt(nothing, NULL, NULL, &pid), OTP_NOT_RUNNING);
	start.start = number_new(&number_type, 1, 1);
	assert_int_equal(
		otp_process_start(&start, &pid, NULL), OTP_NOT_RUNNING);
	assert_int_equal(ask(server, 1, NULL), OTP_NOPROC);
	assert_int_equal(otp_msg_request(otp_to_pid(server),
				 number_new(&ask_type, 1, 1), &request),
		OTP_OK);
	assert_int_equal(otp_msg_await(&request, &m, OTP_INFINITY), OTP_NOPROC);
	tell(server, 1, 0);
	otp_exit_signal(server, OTP_KILL);
	assert_true(down_is(otp_monitor(server), OTP_NOPROC_REASON));
	ref = otp_timer_start(0);
	assert_int_equal(otp_msg_send_after(otp_to_pid(otp_self()),
				 number_new(&number_type, 1, 0), 0, NULL),
		OTP_OK);
	assert_int_equal(otp_receive(&r, 5), OTP_TIMEOUT);
	otp_timer_cancel(ref, NULL);
	otp_sleep(1);
	otp_free(otp_alloc(100));
	tell(otp_self(), 8, 0);
	assert_int_equal(hear().value, 8);
	/* None of it is left for the next one. */
	start_with(1);
	assert_int_equal(otp_receive(&r, 5), OTP_TIMEOUT);
	stop();
}

static void
options_are_checked(void **state)
{
	const struct otp_runtime_opts wrong[] = {{.workers = 5000},
		{.max_processes = 10}, {.stuck_ms = -1},
		{.kill_signal = SIGTERM}, {.kill_signal = 1000}};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(otp_core_start(&wrong[i]), OTP_BADARG);
}

/* --- in a child process -------------------------------------------------- */

/*
 * Runs fn in a child; gives its status as waitpid does, and what it wrote to
 * stderr.
 */
static int
in_child(int (*fn)(void), char *text, size_t size)
{
	int out[2], status = -1;
	ssize_t n, len = 0;
	pid_t child;

	assert_int_equal(pipe(out), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(out[1], STDERR_FILENO);
		dup2(out[1], STDOUT_FILENO);
		alarm(100);
		_exit(fn());
	}
	close(out[1]);
	while ((n = read(out[0], text + len, size - 1 - (size_t)len)) > 0)
		len += n;
	text[len] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static int
use_before_start(void)
{
	otp_self();
	return 0;
}

static int
exit_as_a_thread(void)
{
	if (otp_core_start(NULL) == OTP_OK)
		otp_exit(OTP_SHUTDOWN);
	return 0;
}

static int
exhaust_as_a_thread(void)
{
	if (otp_core_start(NULL) == OTP_OK)
		otp_alloc(SIZE_MAX / 2);
	return 0;
}

static void
no_wake(void *arg)
{
	(void)arg;
}

static int
hibernate_as_a_thread(void)
{
	if (otp_core_start(NULL) == OTP_OK)
		otp_hibernate(no_wake, NULL);
	return 0;
}

static void
misuse_by_a_thread_aborts_with_a_message(void **state)
{
	int (*const misuses[])(void) = {use_before_start, exit_as_a_thread,
		exhaust_as_a_thread, hibernate_as_a_thread};
	const char *const words[] = {
		"otp_runtime_start", "otp_exit", "memory", "otp_hibernate"};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
		int status = in_child(misuses[i], text, sizeof text);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT ||
			!strstr(text, "otp: ") || !strstr(text, words[i]))
			fail_msg("%d: status %x: %s", (int)i, (unsigned)status,
				text);
	}
}

static int stuck_pipe[2];

static void
be_stuck_below_libc(void *arg)
{
	(void)arg;
	tell(observer, 1, 0);
	read_below_libc(stuck_pipe[0], NULL, NULL);
	otp_self();
	_exit(9);
}

#define SAY(condition) \
	do { \
		if (!(condition)) { \
			printf("not so: %s\n", #condition); \
			fflush(stdout); \
			return 1; \
		} \
	} while (0)

static int
stop_too_early(void)
{
	uint64_t value;

	SAY(otp_core_start(NULL) == OTP_OK);
	SAY(pipe(stuck_pipe) == 0);
	observer = otp_self();
	otp_spawn(be_stuck_below_libc, NULL);
	hear();
	EVENTUALLY(atomic_load(&reads_begun) > 0);
	server = server_start();
	SAY(otp_core_stop(300) == OTP_TIMEOUT);
	SAY(otp_core_stop(300) == OTP_NOT_RUNNING);
	/* What is left behind is in nobody's way. */
	SAY(otp_core_start(NULL) == OTP_OK);
	server = server_start();
	SAY(ask(server, 6, &value) == OTP_OK && value == 7);
	SAY(write(stuck_pipe[1], "x", 1) == 1);
	for (int i = 0; i < 100; i++)
		SAY(ask(server, 6, &value) == OTP_OK && value == 7);
	for (int i = 0; i < 20; i++)
		nap();
	SAY(otp_core_stop(PATIENCE_MS) == OTP_OK);
	return atomic_load(&failures) ? 2 : 0;
}

static void
a_stop_that_is_late_says_so(void **state)
{
	char text[8192];
	int status = in_child(stop_too_early, text, sizeof text);

	(void)state;
	if (status)
		fail_msg("status %x: %s", (unsigned)status, text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misuse_by_a_thread_aborts_with_a_message),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(a_stop_that_is_late_says_so),
		cmocka_unit_test(threads_come_and_go),
		cmocka_unit_test(a_thread_gets_all_kinds_of_messages),
		cmocka_unit_test(a_wake_up_may_come_too_late),
		cmocka_unit_test(the_runtime_starts_and_stops),
		cmocka_unit_test(a_stopped_runtime_refuses),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
