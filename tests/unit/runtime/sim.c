/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The deterministic mode. Each run is in a process of its own, that is, what a
 * program with this seed does; what it returns and what it prints is looked at.
 */
#include "core_world.h"

#include <string.h>
#include <sys/wait.h>

#include "core/run.h"
#include "sim/sim.h"

#define SEEDS (WORLD_TSAN ? 8u : 40u)

struct run {
	uint64_t seed;
	int (*body)(void);
	const char *options; /* of the environment: "NAME=value", or NULL */
};

struct result {
	int status; /* of the process */
	uint64_t hash;
	char text[4096]; /* of stderr */
};

/* Its exit status is the body's, or 100 for one EXPECT that was not so. */
static void
run_child(const struct run *run, int hash_to)
{
	const struct otp_runtime_opts opts = {
		.sim = true, .sim_seed = run->seed};
	uint64_t hash;
	int status;

	if (run->options)
		putenv((char *)run->options);
	alarm(100);
	if (otp_core_start(&opts) != OTP_OK)
		_exit(101);
	status = run->body();
	EXPECT(otp_core_stop(PATIENCE_MS) == OTP_OK);
	hash = otpi_sim_hash();
	if (write(hash_to, &hash, sizeof hash) != (ssize_t)sizeof hash)
		_exit(102);
	_exit(atomic_load(&failures) ? 100 : status);
}

static void
read_all(int from, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len + 1 < size &&
		(n = read(from, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

static struct result
run_one(struct run run)
{
	struct result result = {0};
	int hash[2], text[2];
	pid_t pid;

	assert_int_equal(pipe(hash), 0);
	assert_int_equal(pipe(text), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(text[1], STDERR_FILENO);
		close(text[0]);
		close(text[1]);
		run_child(&run, hash[1]);
	}
	close(hash[1]);
	close(text[1]);
	read_all(text[0], result.text, sizeof result.text);
	if (read(hash[0], &result.hash, sizeof result.hash) < 0)
		result.hash = 0;
	close(hash[0]);
	close(text[0]);
	assert_int_equal(waitpid(pid, &result.status, 0), pid);
	result.status =
		WIFEXITED(result.status) ? WEXITSTATUS(result.status) : -1;
	return result;
}

static void
assert_well(struct run run)
{
	struct result result = run_one(run);

	if (result.status != 0)
		fprintf(stderr, "seed %u: %s", (unsigned)run.seed, result.text);
	assert_int_equal(result.status, 0);
}

/* --- a program whose order is seen ---------------------------------------- */

#define SENDERS 4u

static void
sends(void *arg)
{
	uint64_t number = *(const uint64_t *)arg;

	for (unsigned i = 0; i < 3; i++) {
		tell(otp_whereis("main"), number, i);
		if (number == 1)
			otp_sleep(2);
	}
}

/* Its status is a small hash of the order in which they arrive. */
static int
order_body(void)
{
	static const uint64_t numbers[SENDERS] = {0, 1, 2, 3};
	unsigned order = 0;

	EXPECT(otp_register("main", otp_self()) == OTP_OK);
	for (unsigned i = 0; i < SENDERS; i++)
		otp_spawn(sends, (void *)(uintptr_t)&numbers[i]);
	for (unsigned i = 0; i < 3 * SENDERS; i++)
		order = (order * 5 + (unsigned)hear().value) % 97;
	return (int)order;
}

static void
a_seed_is_one_run(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct run run = {seed, order_body, NULL};
		struct result first = run_one(run), second = run_one(run);

		assert_true(first.status < 97);
		assert_int_equal(first.status, second.status);
		assert_true(first.hash != 0 && first.hash == second.hash);
	}
}

static void
seeds_are_different_runs(void **state)
{
	bool seen[97] = {false};
	unsigned orders = 0;

	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct result result =
			run_one((struct run){seed, order_body, NULL});

		assert_true(result.status >= 0 && result.status < 97);
		orders += !seen[result.status];
		seen[result.status] = true;
	}
	assert_true(orders > SEEDS / 4);
}

/* --- time ----------------------------------------------------------------- */

#define YEAR_MS (INT64_C(365) * 86400 * 1000)

static enum otp_verdict
mute_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

/* Takes calls, and does not answer. */
static enum otp_verdict
mute_handle(void *data, struct otp_event *event)
{
	(void)data;
	otp_event_take(event);
	return OTP_GO_ON;
}

static const struct otp_behaviour mute = {
	.name = "mute", .init = mute_init, .handle = mute_handle};
static const struct otp_process_class mute_class = {
	.behaviour = &mute, .name = "mute"};
static otp_pid
start(const struct otp_process_class *class)
{
	struct otp_process_opts how = {.process_class = class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&how, &pid, NULL) == OTP_OK);
	return pid;
}

static void
sleeps(void *arg)
{
	(void)arg;
	otp_sleep(YEAR_MS);
	tell(otp_whereis("main"), (uint64_t)otp_monotonic_ms(), 0);
}

static int
time_body(void)
{
	int64_t began = otp_monotonic_ms();
	otp_timestamp wall = otp_now();
	otp_pid pid = start(&mute_class);
	struct otp_received r;

	EXPECT(wall == otp_now() && otp_monotonic_ms() == began);
	EXPECT(ask_within(otp_to_pid(pid), 1, NULL, 5000) == OTP_TIMEOUT);
	EXPECT(otp_monotonic_ms() == began + 5000);
	EXPECT(otp_receive(&r, YEAR_MS) == OTP_TIMEOUT);
	EXPECT(otp_now() == wall + (YEAR_MS + 5000) * 1000);
	EXPECT(otp_register("main", otp_self()) == OTP_OK);
	began = otp_monotonic_ms();
	otp_spawn(sleeps, NULL);
	EXPECT(otp_receive(&r, 2 * YEAR_MS) == OTP_OK);
	EXPECT(otp_monotonic_ms() == began + YEAR_MS);
	otp_timer_start(7);
	EXPECT(otp_receive(&r, OTP_INFINITY) == OTP_OK);
	EXPECT(otp_monotonic_ms() == began + YEAR_MS + 7);
	return 0;
}

static void
time_jumps_when_all_wait(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		assert_well((struct run){seed, time_body, NULL});
}

/* --- threads -------------------------------------------------------------- */

static void
sends_its_thread(void *arg)
{
	(void)arg;
	tell(otp_whereis("main"), (uint64_t)pthread_self(), 0);
}

static enum otp_verdict
sends_its_thread_init(void *data, struct otp_msg *start_)
{
	(void)data;
	(void)start_;
	sends_its_thread(NULL);
	return OTP_GO_ON;
}

static int
blocking_body(void)
{
	static const struct otp_behaviour sending = {.name = "sending",
		.init = sends_its_thread_init,
		.handle = mute_handle};
	static const struct otp_process_class class = {
		.behaviour = &sending, .name = "sending", .blocking = true};

	EXPECT(otp_register("main", otp_self()) == OTP_OK);
	otp_spawn(sends_its_thread, NULL);
	start(&class);
	EXPECT(hear().value == hear().value);
	EXPECT(otpi_runtime.worker_count == 1);
	return 0;
}

static void
one_thread_runs_all(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		assert_well((struct run){seed, blocking_body, NULL});
}

#define THREADS 3u

static void *
thread_main(void *arg)
{
	otp_pid main_pid = *(const otp_pid *)arg;
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	tell(main_pid, 1, pid_key(otp_self()));
	for (unsigned i = 0; i < 10; i++) {
		EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK);
		otp_release(mark);
		tell(main_pid, 2, i);
		otp_sleep(1);
	}
	return NULL;
}

/* All wait in the runtime, and their messages come in order. */
static int
threads_body(void)
{
	pthread_t threads[THREADS];
	otp_pid pids[THREADS], self = otp_self();

	for (unsigned i = 0; i < THREADS; i++) {
		EXPECT(pthread_create(&threads[i], NULL, thread_main, &self) ==
			0);
		pids[i] = key_pid(hear().more);
	}
	for (unsigned i = 0; i < 10; i++)
		for (unsigned n = 0; n < THREADS; n++)
			tell(pids[n], i, 0);
	for (unsigned i = 0; i < 10 * THREADS; i++)
		EXPECT(hear().value == 2);
	for (unsigned i = 0; i < THREADS; i++)
		EXPECT(pthread_join(threads[i], NULL) == 0);
	return 0;
}

static void
threads_take_turns(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 4; seed++)
		assert_well((struct run){seed, threads_body, NULL});
}

static int ends[2];

static void
writes(void *arg)
{
	(void)arg;
	EXPECT(write(ends[1], "x", 1) == 1);
}

/* What a process is to do is waited for where the runtime does not see it. */
static int
outside_body(void)
{
	char c;

	EXPECT(pipe(ends) == 0);
	otp_spawn(writes, NULL);
	EXPECT(read(ends[0], &c, 1) == 1);
	EXPECT(otp_receive(&(struct otp_received){0}, 10) == OTP_TIMEOUT);
	return 0;
}

static void
who_waits_elsewhere_holds_nobody(void **state)
{
	struct result result = run_one((struct run){1, outside_body, NULL});

	(void)state;
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.text,
		"OTP_SIM=1: a thread waits "
		"outside of the runtime"));
}

/* --- ends ----------------------------------------------------------------- */

static enum otp_verdict
loop_handle(void *data, struct otp_event *event)
{
	(void)data;
	(void)event;
	while (!atomic_load(&failures))
		continue;
	return OTP_GO_ON;
}

static int
loop_body(void)
{
	static const struct otp_behaviour looping = {
		.name = "looping", .init = mute_init, .handle = loop_handle};
	static const struct otp_process_class class = {
		.behaviour = &looping, .name = "looper"};

	(void)!ask(start(&class), 1, NULL);
	return 0;
}

static void
a_loop_is_ended(void **state)
{
	struct result result =
		run_one((struct run){7, loop_body, "OTP_SIM_LIMIT=1"});

	(void)state;
	assert_int_equal(result.status, 124);
	assert_non_null(strstr(result.text, "OTP_SIM=7: 1 seconds"));
	assert_non_null(strstr(result.text, "a looper, handles world.ask"));
}

static void
yields_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		otp_yield();
}

static int
livelock_body(void)
{
	otp_spawn(yields_for_ever, NULL);
	otp_sleep(1000);
	return 0;
}

static void
a_loop_of_choices_is_ended(void **state)
{
	struct result result;
	unsigned times = 0;

	(void)state;
	/* Without a processor in the last moment it looks as if it hung. */
	do {
		result = run_one(
			(struct run){7, livelock_body, "OTP_SIM_LIMIT=1"});
		assert_int_equal(result.status, 124);
	} while (!strstr(result.text, "It makes choices") && ++times < 20);
	assert_in_range(times, 0, 19);
}

static int
stuck_body(void)
{
	struct otp_received r;

	(void)!ask_within(
		otp_to_pid(start(&mute_class)), 1, NULL, OTP_INFINITY);
	return otp_receive(&r, OTP_INFINITY) == OTP_OK;
}

static void
nothing_left_to_happen_is_said(void **state)
{
	struct result result;

	(void)state;
	if (WORLD_TSAN) {
		printf("# skip: ThreadSanitizer has a thread of its own\n");
		skip();
	}
	result = run_one((struct run){9, stuck_body, NULL});
	assert_int_equal(result.status, 124);
	assert_non_null(strstr(result.text, "nothing can happen any more"));
}

/* --- threads that go on when a run is over ----------------------------------- */

enum {
	lives = 1000
};

static _Atomic bool all_over;

static void *
receives_what_it_sends(void *arg)
{
	struct otp_received r;

	(void)arg;
	while (!all_over) {
		otp_mark mark = otp_mark_set();

		otp_exit_signal(otp_self(), OTP_SHUTDOWN);
		EXPECT(otp_receive(&r, OTP_INFINITY) == OTP_OK);
		otp_release(mark);
	}
	return NULL;
}

static int
goes_on_body(void)
{
	const struct otp_runtime_opts opts = {.sim = true, .sim_seed = 3};
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, receives_what_it_sends, NULL);
	for (int i = 0; i < lives; i++) {
		EXPECT(otp_core_stop(PATIENCE_MS) == OTP_OK);
		EXPECT(otp_core_start(&opts) == OTP_OK);
		otp_yield();
	}
	all_over = true;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/* The log is closed, and there are no hooks. */
static void
who_goes_on_when_it_is_over_harms_nothing(void **state)
{
	(void)state;
	assert_well((struct run){11, goes_on_body, "OTP_SIM_LOG=/dev/null"});
}

/* --- a stop by another thread ----------------------------------------------- */

static void *
stop_core(void *arg)
{
	(void)arg;
	EXPECT(otp_core_stop(PATIENCE_MS) == OTP_OK);
	return NULL;
}

/* Who starts it again has been here before, and is one thread, not two. */
static int
started_again_body(void)
{
	const struct otp_runtime_opts opts = {.sim = true, .sim_seed = 3};
	pthread_t thread;
	uint64_t seed;

	otp_sleep(1);
	EXPECT(pthread_create(&thread, NULL, stop_core, NULL) == 0);
	while (otp_sim_seed(&seed))
		otp_sleep(1);
	pthread_join(thread, NULL);
	EXPECT(otp_core_start(&opts) == OTP_OK);
	for (int i = 0; i < 100; i++)
		otp_sleep(1);
	return 0;
}

static void
it_is_started_again_after_the_stop_of_another(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct result result = run_one((struct run){
			seed, started_again_body, "OTP_SIM_LIMIT=60"});

		assert_string_equal(result.text, "");
		assert_int_equal(result.status, 0);
	}
}

/* --- being asked for ------------------------------------------------------ */

static void
what_the_environment_says(void **state)
{
	uint64_t seed = 0;

	(void)state;
	assert_false(otp_sim_seed(&seed));
	setenv("OTP_SIM", "0x10", 1);
	assert_int_equal(otp_core_start(NULL), OTP_OK);
	assert_true(otp_sim_seed(&seed));
	assert_int_equal(seed, 16);
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
	assert_false(otp_sim_seed(NULL));
	setenv("OTP_SIM", "12 monkeys", 1);
	assert_int_equal(otp_core_start(NULL), OTP_BADARG);
	setenv("OTP_SIM", "-1", 1);
	assert_int_equal(otp_core_start(NULL), OTP_BADARG);
	setenv("OTP_SIM", "", 1);
	assert_int_equal(otp_core_start(NULL), OTP_BADARG);
	setenv("OTP_SIM", "1", 1);
	setenv("OTP_SIM_LIMIT", "soon", 1);
	assert_int_equal(otp_core_start(NULL), OTP_BADARG);
	unsetenv("OTP_SIM_LIMIT");
	setenv("OTP_SIM_LOG", "/nowhere/log", 1);
	assert_int_equal(otp_core_start(NULL), OTP_BADARG);
	unsetenv("OTP_SIM_LOG");
	unsetenv("OTP_SIM");
	assert_int_equal(otp_core_start(NULL), OTP_OK);
	assert_false(otp_sim_seed(&seed));
	assert_int_equal(otp_core_stop(PATIENCE_MS), OTP_OK);
}

/* --- fairness ------------------------------------------------------------- */

static _Atomic(uint64_t) begun, longest, turns;
static _Atomic(bool) over;

/* It always has mail, or a partner that chats, which it has by `more`. */
static enum otp_verdict
busy_handle(void *data, struct otp_event *event)
{
	otp_pid *friend = data;
	struct number number = number_in(event->msg);

	atomic_fetch_add(&begun, 1);
	if (number.more)
		*friend = key_pid(number.more);
	if (!atomic_load(&over) && number.value)
		tell(friend->id ? *friend : otp_self(), 1, 0);
	return OTP_GO_ON;
}

static enum otp_verdict
third_handle(void *data, struct otp_event *event)
{
	uint64_t waited = atomic_load(&begun) - number_in(event->msg).value;

	(void)data;
	if (waited > atomic_load(&longest))
		atomic_store(&longest, waited);
	atomic_fetch_add(&turns, 1);
	return OTP_GO_ON;
}

/*
 * One that always has mail, a pair that chats, and a third that is woken. In
 * none of the manners in which the next is chosen does it wait for more than
 * sixty-four choices for each that came before, each of up to BUDGET messages.
 */
static int
fair_body(void)
{
	static const struct otp_behaviour busy = {
		.name = "busy", .init = mute_init, .handle = busy_handle};
	static const struct otp_process_class busy_class = {.behaviour = &busy,
		.name = "busy",
		.data_size = sizeof(otp_pid)};
	static const struct otp_behaviour third_ = {
		.name = "third", .init = mute_init, .handle = third_handle};
	static const struct otp_process_class third_class = {
		.behaviour = &third_, .name = "third"};
	otp_pid one = start(&busy_class), a = start(&busy_class),
		b = start(&busy_class), third = start(&third_class);

	tell(one, 1, 0);
	tell(b, 0, pid_key(a));
	tell(a, 1, pid_key(b));
	for (unsigned i = 1; i <= 20; i++) {
		tell(third, atomic_load(&begun), 0);
		while (atomic_load(&turns) < i)
			otp_yield();
	}
	atomic_store(&over, true);
	EXPECT(atomic_load(&longest) <= 64 * 5 * BUDGET);
	return 0;
}

static void
the_third_has_its_turn(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		assert_well((struct run){seed, fair_body, NULL});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_is_one_run),
		cmocka_unit_test(seeds_are_different_runs),
		cmocka_unit_test(time_jumps_when_all_wait),
		cmocka_unit_test(one_thread_runs_all),
		cmocka_unit_test(threads_take_turns),
		cmocka_unit_test(who_waits_elsewhere_holds_nobody),
		cmocka_unit_test(a_loop_is_ended),
		cmocka_unit_test(a_loop_of_choices_is_ended),
		cmocka_unit_test(nothing_left_to_happen_is_said),
		cmocka_unit_test(who_goes_on_when_it_is_over_harms_nothing),
		cmocka_unit_test(it_is_started_again_after_the_stop_of_another),
		cmocka_unit_test(the_third_has_its_turn),
		cmocka_unit_test(what_the_environment_says),
	};

	alarm(280);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
