/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking servers: their handlers sit in read(2), where no kill reaches, on
 * threads of their own. There are two such threads at most; the watchdog, which would give a worker
 * to a spare, is told to wait longer than any test takes.
 */
#include "core_stuck.h"

#include <dirent.h>

#include "core/core.h"

#define POOL 2
#define IDLE_MS 50

enum deed {
	READ = 1, /* a byte from the pipe */
	CALL, /* the friend: READ; then again */
	TIMEOUT, /* a call that nobody answers in time */
	RECEIVE, /* a number, with a limit, twice */
	SLEEP,
	SLEEP_OFTEN, /* between calls whose limits are far away */
	YIELD,
	SPAWN, /* a plain process, and hear of it */
	CRASH,
	LOOP, /* until it is killed */
	ECHO,
	STOP
};

struct server {
	otp_pid friend;
	bool reads_in_init;
};

static int pipes[2];
static _Atomic(unsigned) endings;

static void
read_one(void)
{
	read_below_libc(pipes[0], NULL, NULL);
}

static void
write_n(unsigned n)
{
	while (n-- > 0)
		assert_int_equal(write(pipes[1], "x", 1), 1);
}

static void
tell_observer(void *arg)
{
	(void)arg;
	tell(observer, 5, 0);
}

static void
receive_twice(void)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;
	int64_t begin = otp_monotonic_ms();

	EXPECT(otp_receive_match(is_number, NULL, &r, 30) == OTP_TIMEOUT);
	EXPECT(otp_monotonic_ms() - begin >= 29);
	tell(observer, 6, 0);
	EXPECT(otp_receive_match(is_number, NULL, &r, PATIENCE_MS) == OTP_OK);
	EXPECT(otp_receive_match(is_number, NULL, &r, 0) == OTP_TIMEOUT);
	/* Longer than the one before: its alarm is the earlier one. */
	begin = otp_monotonic_ms();
	EXPECT(otp_receive_match(is_number, NULL, &r, 40) == OTP_TIMEOUT);
	EXPECT(otp_monotonic_ms() - begin >= 39);
	otp_release(mark);
}

static void
sleep_a_little(void)
{
	int64_t begin = otp_monotonic_ms();

	otp_sleep(20);
	otp_sleep(0);
	EXPECT(otp_monotonic_ms() - begin >= 19);
}

static void
sleep_often(otp_pid friend)
{
	for (int i = 0; i < 100; i++) {
		EXPECT(ask_within(otp_to_pid(friend), ECHO, NULL, 3600000) ==
			OTP_OK);
		otp_sleep(1);
	}
}

static char *volatile null_pointer;

static void __attribute__((noinline, no_sanitize("undefined"))) crash(void)
{
	*null_pointer = 1;
}

static enum otp_verdict
serve(struct server *s, struct otp_msg *m)
{
	switch ((enum deed)number_in(m).value) {
	case READ:
		read_one();
		break;
	case CALL:
		EXPECT(ask(s->friend, READ, NULL) == OTP_OK);
		read_one();
		EXPECT(ask(s->friend, ECHO, NULL) == OTP_OK);
		break;
	case TIMEOUT:
		EXPECT(ask_within(otp_to_pid(s->friend), READ, NULL, 20) ==
			OTP_TIMEOUT);
		break;
	case RECEIVE:
		receive_twice();
		break;
	case SLEEP:
		sleep_a_little();
		break;
	case SLEEP_OFTEN:
		sleep_often(s->friend);
		break;
	case YIELD:
		for (int i = 0; i < 50; i++)
			otp_yield();
		break;
	case SPAWN:
		otp_spawn(tell_observer, NULL);
		break;
	case CRASH:
		crash();
		break;
	case LOOP:
		tell(observer, 7, 0);
		be_stuck();
		break;
	case ECHO:
		break;
	case STOP:
		return otp_process_end_with(OTP_SHUTDOWN);
	}
	answer(m, number_in(m).more);
	return OTP_GO_ON;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct server *s = data;

	(void)start;
	if (s->reads_in_init)
		read_one();
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	if (event->kind == OTP_EVENT_MESSAGE && event->msg->type == &ask_type)
		return serve(data, event->msg);
	return OTP_GO_ON;
}

static void
server_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
	otp_sleep(1);
	atomic_fetch_add(&endings, 1);
}

static const struct otp_behaviour behaviour = {.name = "server",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending};

static const struct otp_process_class blocking_class = {
	.behaviour = &behaviour,
	.name = "blocking",
	.data_size = sizeof(struct server),
	.blocking = true,
};

/* With a stack of its own size, and other limits. */
static const struct otp_process_class other_class = {
	.behaviour = &behaviour,
	.name = "other",
	.data_size = sizeof(struct server),
	.blocking = true,
	.stack = 256 * 1024,
	.priority = OTP_PRIORITY_LOW,
	.max_heap = 1024 * 1024,
	.mailbox = 1000,
	.policy = OTP_MAILBOX_DROP_OLDEST,
};

static const struct otp_process_class worker_class = {
	.behaviour = &behaviour,
	.name = "worker",
	.data_size = sizeof(struct server),
};

static otp_pid
start(const struct otp_process_class *process_class, struct server seed)
{
	struct otp_process_opts opts = {.process_class = process_class,
		.seed = &seed,
		.seed_size = sizeof seed};
	otp_pid pid = {0, 0, 0, 0};

	assert_int_equal(otp_process_start(&opts, &pid, NULL), OTP_OK);
	return pid;
}

static otp_request
ask_later(otp_pid pid, enum deed deed)
{
	otp_request request = {0};

	assert_int_equal(otp_msg_request(otp_to_pid(pid),
				 number_new(&ask_type, deed, 0), &request),
		OTP_OK);
	return request;
}

static otp_err
await(otp_request *request)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(request, &m, PATIENCE_MS);

	if (m)
		otp_msg_free(m);
	return err;
}

static void
finish(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
}

static int
pipe_begin(void **state)
{
	observer = otp_self();
	atomic_store(&let_go, false);
	return pipe(pipes) || test_begin(state);
}

static int
pipe_end(void **state)
{
	int failed = test_end(state);

	close(pipes[0]);
	close(pipes[1]);
	return failed;
}

#define PIPE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, pipe_begin, pipe_end)

/* --- blocking ------------------------------------------------------------ */

/* As many handlers as there are threads block; all workers go on. */
static void
handlers_that_block_keep_no_worker(void **state)
{
	uint64_t stuck = counters().handlers_stuck;
	struct server seed = {0};
	otp_request requests[POOL];
	otp_pid pids[POOL], worker = start(&worker_class, seed);

	(void)state;
	for (unsigned i = 0; i < POOL; i++) {
		pids[i] = start(&blocking_class, seed);
		requests[i] = ask_later(pids[i], READ);
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(ask(worker, ECHO, NULL), OTP_OK);
	write_n(POOL);
	for (unsigned i = 0; i < POOL; i++) {
		assert_int_equal(await(&requests[i]), OTP_OK);
		finish(pids[i]);
	}
	assert_int_equal(counters().handlers_stuck, stuck);
	finish(worker);
}

/* More than there are threads: those that wait for others need none. */
static void
calls_among_them_need_no_thread(void **state)
{
	enum {
		MANY = 20
	};
	struct server seed = {0};
	otp_request requests[MANY];
	otp_pid pids[MANY];

	(void)state;
	seed.friend = start(&blocking_class, (struct server){0});
	for (unsigned i = 0; i < MANY; i++) {
		pids[i] = start(i % 2 ? &blocking_class : &other_class, seed);
		requests[i] = ask_later(pids[i], CALL);
	}
	write_n(2 * MANY);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(await(&requests[i]), OTP_OK);
		finish(pids[i]);
	}
	finish(seed.friend);
}

static void
every_call_of_the_runtime_works(void **state)
{
	struct server seed = {0};
	otp_request request;
	otp_pid pid;

	(void)state;
	seed.friend = start(&blocking_class, (struct server){0});
	pid = start(&other_class, seed);
	assert_int_equal(ask(pid, TIMEOUT, NULL), OTP_OK);
	write_n(1);
	request = ask_later(pid, RECEIVE);
	assert_int_equal(hear().value, 6);
	tell(pid, 1, 0);
	assert_int_equal(await(&request), OTP_OK);
	assert_int_equal(ask(pid, SLEEP, NULL), OTP_OK);
	assert_int_equal(ask(pid, YIELD, NULL), OTP_OK);
	assert_int_equal(ask(pid, SPAWN, NULL), OTP_OK);
	assert_int_equal(hear().value, 5);
	assert_int_equal(ask(pid, STOP, NULL), OTP_DIED);
	finish(seed.friend);
}

/* Workers run meanwhile: only how many there are about is asked. */
static unsigned __attribute__((noinline, no_sanitize("thread"))) timers(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < otpi_runtime.worker_count; i++)
		count += otpi_runtime.workers[i].wheel.count;
	return count;
}

/* A limit that was not reached does not lie about until it would have been. */
static void
limits_that_are_over_are_given_back(void **state)
{
	struct server seed = {0};
	otp_pid pid;

	(void)state;
	seed.friend = start(&worker_class, seed);
	pid = start(&blocking_class, seed);
	assert_int_equal(ask(pid, SLEEP_OFTEN, NULL), OTP_OK);
	/* The last ones leave when a worker looks at its wheel. */
	assert_true(timers() < 50);
	finish(pid);
	finish(seed.friend);
}

static void
init_and_ending_may_block(void **state)
{
	struct server seed = {.reads_in_init = true};
	otp_pid pid;
	otp_ref ref;

	(void)state;
	atomic_store(&endings, 0);
	write_n(1);
	pid = start(&blocking_class, seed);
	ref = otp_monitor(pid);
	assert_int_equal(ask(pid, STOP, NULL), OTP_DIED);
	assert_true(down_is(ref, OTP_SHUTDOWN));
	assert_int_equal(atomic_load(&endings), 1);
}

/* --- threads ------------------------------------------------------------- */

static unsigned
threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static unsigned
pool_threads(void)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	unsigned count;

	pthread_mutex_lock(&pool->lock);
	count = pool->threads;
	pthread_mutex_unlock(&pool->lock);
	return count;
}

static void
idle_threads_end(void **state)
{
	struct server seed = {0};
	otp_pid pids[POOL];
	unsigned before;

	(void)state;
	for (unsigned i = 0; i < POOL; i++)
		pids[i] = start(&blocking_class, seed);
	EVENTUALLY(pool_threads() == 0);
	before = threads(); /* or one more: the last may still be leaving */
	for (int round = 0; round < 3; round++) {
		otp_request request = ask_later(pids[0], READ);

		EVENTUALLY(pool_threads() > 0);
		write_n(1);
		assert_int_equal(await(&request), OTP_OK);
		EVENTUALLY(pool_threads() == 0);
		EVENTUALLY(threads() <= before);
	}
	for (unsigned i = 0; i < POOL; i++)
		finish(pids[i]);
}

/* One that waits keeps a thread from ending: it could not be had again. */
static void
the_last_thread_stays_for_who_waits(void **state)
{
	struct server seed = {0};
	otp_request request;
	otp_pid pid = start(&blocking_class, seed);

	(void)state;
	request = ask_later(pid, RECEIVE);
	assert_int_equal(hear().value, 6);
	for (int i = 0; i < 4 * IDLE_MS; i++)
		nap();
	tell(pid, 1, 0);
	assert_int_equal(await(&request), OTP_OK);
	finish(pid);
}

static _Atomic(unsigned) full_reports;

static void
take_report(const struct otp_report *report)
{
	if (report->kind == OTP_REPORT_BLOCKING) {
		EXPECT(report->threads == POOL);
		atomic_fetch_add(&full_reports, 1);
	}
}

static void
more_than_the_limit_wait_and_are_reported(void **state)
{
	enum {
		MANY = 3 * POOL
	};
	struct server seed = {0};
	otp_request requests[MANY];
	otp_pid pids[MANY];

	(void)state;
	otp_report_set_handler(take_report);
	atomic_store(&full_reports, 0);
	/* All first: a start, too, needs a thread. */
	for (unsigned i = 0; i < MANY; i++)
		pids[i] = start(&blocking_class, seed);
	for (unsigned i = 0; i < MANY; i++)
		requests[i] = ask_later(pids[i], READ);
	EVENTUALLY(atomic_load(&full_reports) > 0);
	write_n(MANY);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(await(&requests[i]), OTP_OK);
		finish(pids[i]);
	}
	assert_true(atomic_load(&full_reports) <= MANY);
	otp_report_set_handler(NULL);
}

/* --- ends ---------------------------------------------------------------- */

static void
a_crash_is_contained(void **state)
{
	struct server seed = {0};

	(void)state;
	may_crash();
	for (int i = 0; i < 10; i++) {
		otp_pid pid = start(&blocking_class, seed);

		assert_int_equal(ask(pid, CRASH, NULL), OTP_DIED);
	}
}

/* Their threads are lost until the read returns: others take their place. */
static void
who_reads_is_killed_and_replaced(void **state)
{
	enum {
		MANY = 2 * POOL
	};
	uint64_t abandoned = counters().kills_abandoned;
	struct server seed = {0};
	otp_pid pid;

	(void)state;
	may_crash();
	for (unsigned i = 0; i < MANY; i++) {
		unsigned begun = atomic_load(&reads_begun);
		otp_request request;

		pid = start(&blocking_class, seed);
		request = ask_later(pid, READ);
		EVENTUALLY(otpi_runtime.blocking.busy > i);
		EVENTUALLY(atomic_load(&reads_begun) > begun);
		finish(pid);
		assert_int_equal(await(&request), OTP_DIED);
	}
	assert_int_equal(counters().kills_abandoned, abandoned + MANY);
	pid = start(&blocking_class, seed);
	assert_int_equal(ask(pid, ECHO, NULL), OTP_OK);
	finish(pid);
	write_n(MANY);
	EVENTUALLY(otpi_runtime.blocking.busy == 0);
	EVENTUALLY(otpi_runtime.detached == 0);
}

static void
a_loop_is_killed(void **state)
{
	struct server seed = {0};
	otp_request request;
	otp_pid pid;

	(void)state;
	skip_kill_of_loops();
	may_crash();
	pid = start(&blocking_class, seed);
	request = ask_later(pid, LOOP);
	assert_int_equal(hear().value, 7);
	finish(pid);
	assert_int_equal(await(&request), OTP_DIED);
}

static void
one_that_waits_is_killed(void **state)
{
	struct server seed = {0};
	otp_request request;
	otp_pid pid = start(&blocking_class, seed);

	(void)state;
	request = ask_later(pid, RECEIVE);
	assert_int_equal(hear().value, 6);
	finish(pid);
	assert_int_equal(await(&request), OTP_DIED);
}

/* --- many ---------------------------------------------------------------- */

static void
ask_many(void *arg)
{
	otp_pid *pids = arg;

	for (unsigned i = 0; i < 300; i++) {
		otp_mark mark = otp_mark_set();

		EXPECT(ask(pids[i % 8], i % 3 ? ECHO : YIELD, NULL) == OTP_OK);
		otp_release(mark);
	}
	tell(observer, 8, 0);
}

static void
many_at_once(void **state)
{
	struct server seed = {0};
	otp_pid pids[8];

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		pids[i] = start(i % 2 ? &blocking_class : &other_class, seed);
	for (int i = 0; i < 8; i++)
		otp_spawn(ask_many, pids);
	for (int i = 0; i < 8; i++)
		assert_int_equal(hear().value, 8);
	for (unsigned i = 0; i < 8; i++)
		finish(pids[i]);
}

/* In a pool whose threads do not end for being idle. */
static void
threads_may_stay_for_ever(void **state)
{
	otp_pid pid = start(&blocking_class, (struct server){0});
	unsigned threads;

	(void)state;
	assert_int_equal(ask(pid, ECHO, NULL), OTP_OK);
	/* Mostly one; two if the call came before the first was idle again. */
	threads = pool_threads();
	assert_true(threads > 0);
	for (int i = 0; i < IDLE_MS; i++)
		nap();
	assert_true(pool_threads() >= threads);
	finish(pid);
}

static int
small_pool_with(otp_duration idle_ms)
{
	struct otp_runtime_opts opts = {.workers = 1,
		.stuck_ms = INT64_C(24) * 3600 * 1000,
		.blocking_threads = POOL,
		.blocking_idle_ms = idle_ms};

	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	for (size_t i = 0; i < FAULT_SIGNALS; i++)
		sigaction(fault_signals[i], NULL, &fault_actions[i]);
	return world_await_watchdog();
}

static int
small_pool_start(void **state)
{
	(void)state;
	return small_pool_with(IDLE_MS);
}

static int
lasting_pool_start(void **state)
{
	(void)state;
	return small_pool_with(OTP_INFINITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PIPE_TEST(handlers_that_block_keep_no_worker),
		PIPE_TEST(calls_among_them_need_no_thread),
		PIPE_TEST(every_call_of_the_runtime_works),
		PIPE_TEST(limits_that_are_over_are_given_back),
		PIPE_TEST(init_and_ending_may_block),
		PIPE_TEST(idle_threads_end),
		PIPE_TEST(the_last_thread_stays_for_who_waits),
		PIPE_TEST(more_than_the_limit_wait_and_are_reported),
		PIPE_TEST(a_crash_is_contained),
		PIPE_TEST(who_reads_is_killed_and_replaced),
		PIPE_TEST(a_loop_is_killed),
		PIPE_TEST(one_that_waits_is_killed),
		PIPE_TEST(many_at_once),
	};

	const struct CMUnitTest lasting[] = {
		PIPE_TEST(threads_may_stay_for_ever),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, small_pool_start, world_stop) +
		cmocka_run_group_tests(lasting, lasting_pool_start, world_stop);
}
