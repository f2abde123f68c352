/* SPDX-License-Identifier: Apache-2.0 */
/* otp_stats: what can be seen of workers and processes, and from where. */
#include <otp/stats.h>

#include "core/core.h"
#include "core_stuck.h"

/* --- a server that does as it is told ------------------------------------ */

static _Atomic(uint64_t) handled;

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_process_started();
	return OTP_GO_ON;
}

/* 1: be stuck; 2: wait in a receive for a number; else: nothing. */
static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	uint64_t what = 0;

	(void)data;
	if (event->kind == OTP_EVENT_MESSAGE)
		what = number_in(event->msg).value;
	if (what == 1) {
		tell(observer, 1, 0);
		be_stuck();
	} else if (what == 2) {
		hear();
	}
	atomic_fetch_add(&handled, 1);
	return OTP_GO_ON;
}

static const struct otp_behaviour server_behaviour = {
	.name = "told",
	.init = server_init,
	.handle = server_handle,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "stats_server",
	.data_size = 8,
};

static otp_pid
server_start(const char *name, const struct otp_process_class *class)
{
	struct otp_process_opts how = {.process_class = class, .name = name};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&how, &pid, NULL) == OTP_OK);
	return pid;
}

static void
server_end(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, otp_term_kill);
	EXPECT(down_is(ref, otp_term_killed));
}

static struct otp_process_stats
look(otp_pid pid)
{
	struct otp_process_stats stats = {0};

	EXPECT(otp_stats_process(pid, &stats) == OTP_OK);
	return stats;
}

static bool
is(otp_pid pid, enum otp_process_status status)
{
	return look(pid).status == status;
}

/* --- processes ----------------------------------------------------------- */

static void
an_idle_server(void **state)
{
	otp_pid pid = server_start("stats_name", &server_class);
	struct otp_process_stats stats;

	(void)state;
	EVENTUALLY(is(pid, OTP_PROCESS_IDLE));
	stats = look(pid);
	assert_true(otp_pid_equal(stats.pid, pid));
	assert_string_equal(stats.name, "stats_name");
	assert_string_equal(stats.behaviour, "told");
	assert_string_equal(stats.class_name, "stats_server");
	assert_false(stats.is_thread);
	assert_int_equal(stats.mailbox, 0);
	assert_int_equal(stats.messages, 0);
	server_end(pid);
	assert_int_equal(otp_stats_process(pid, &stats), OTP_NOPROC);
}

static void
messages_are_counted(void **state)
{
	otp_pid pid = server_start(NULL, &server_class);

	(void)state;
	for (int i = 0; i < 1000; i++)
		tell(pid, 0, 0);
	EVENTUALLY(look(pid).messages == 1000);
	EVENTUALLY(is(pid, OTP_PROCESS_IDLE));
	assert_int_equal(look(pid).mailbox, 0);
	assert_null(look(pid).name);
	server_end(pid);
}

/* It is in user code: what waits is counted, though it has not looked. */
static void
a_stuck_server_and_its_mail(void **state)
{
	otp_pid pid = server_start(NULL, &server_class);

	(void)state;
	observer = otp_self();
	atomic_store(&let_go, false);
	tell(pid, 1, 0);
	assert_int_equal(hear().value, 1);
	for (int i = 0; i < 300; i++)
		tell(pid, 0, 0);
	EVENTUALLY(is(pid, OTP_PROCESS_RUNNING));
	if (otpi_runtime.membarrier)
		EVENTUALLY(look(pid).mailbox == 300);
	else
		printf("# skip: no membarrier, mail of a stuck server\n");
	/* It is caught in the act again and again. */
	EVENTUALLY(look(pid).busy_us >= 3000);
	atomic_store(&let_go, true);
	EVENTUALLY(look(pid).messages == 301);
	EVENTUALLY(is(pid, OTP_PROCESS_IDLE));
	assert_int_equal(look(pid).mailbox, 0);
	server_end(pid);
}

/* Those with a bound count themselves; the others are blocked within. */
static void
a_blocked_server_and_its_mail(void **state)
{
	otp_pid pid = server_start(NULL, &server_class);
	uint64_t messages;

	(void)state;
	tell(pid, 2, 0);
	EVENTUALLY(is(pid, OTP_PROCESS_BLOCKED));
	messages = look(pid).messages;
	assert_int_equal(messages, 1);
	tell(pid, 5, 0); /* for the receive */
	EVENTUALLY(is(pid, OTP_PROCESS_IDLE));
	assert_int_equal(look(pid).messages, 2);
	tell(pid, 2, 0);
	EVENTUALLY(is(pid, OTP_PROCESS_BLOCKED));
	server_end(pid);
}

static bool
never(const struct otp_received *message, void *arg)
{
	(void)message;
	(void)arg;
	return false;
}

static void
hear_nothing(void *arg)
{
	struct otp_received r;

	EXPECT(otp_receive_match(never, arg, &r, OTP_INFINITY) != OTP_OK);
}

static void
mail_that_nobody_wants(void **state)
{
	otp_pid pid = otp_spawn(hear_nothing, NULL);

	(void)state;
	for (int i = 0; i < 50; i++)
		tell(pid, 0, 0);
	EVENTUALLY(look(pid).mailbox == 50);
	EVENTUALLY(is(pid, OTP_PROCESS_BLOCKED));
	assert_int_equal(look(pid).messages, 0);
	assert_null(look(pid).class_name);
	assert_null(look(pid).behaviour);
	server_end(pid);
}

static void
look_at_itself(void *arg)
{
	struct otp_process_stats stats = look(otp_self());
	struct otp_worker_stats workers[8];
	unsigned count = otp_stats_workers(workers, 8);
	bool found = false;

	(void)arg;
	EXPECT(stats.status == OTP_PROCESS_RUNNING);
	for (unsigned i = 0; i < count && i < 8; i++)
		found |= otp_pid_equal(workers[i].running, otp_self());
	EXPECT(found);
	tell(otp_self(), 1, 0);
	tell(otp_self(), 1, 0);
	EXPECT(look(otp_self()).mailbox == 2);
	hear();
	hear();
	EXPECT(look(otp_self()).mailbox == 0);
	EXPECT(look(otp_self()).messages == 2);
	tell(observer, 7, 0);
}

static void
a_process_sees_itself(void **state)
{
	(void)state;
	observer = otp_self();
	otp_spawn(look_at_itself, NULL);
	assert_int_equal(hear().value, 7);
	assert_true(look(otp_self()).is_thread);
	assert_true(is(otp_self(), OTP_PROCESS_RUNNING));
}

static bool
count_class(const struct otp_process_stats *stats, void *arg)
{
	unsigned *count = arg;

	if (stats->class_name && strcmp(stats->class_name, "stats_server") == 0)
		(*count)++;
	otp_self(); /* may be called here */
	return true;
}

static bool
count_to_three(const struct otp_process_stats *stats, void *arg)
{
	(void)stats;
	return ++*(unsigned *)arg < 3;
}

static void
all_of_them(void **state)
{
	otp_pid pids[40];
	unsigned count = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		pids[i] = server_start(NULL, &server_class);
	otp_stats_processes(count_class, &count);
	assert_int_equal(count, 40);
	count = 0;
	otp_stats_processes(count_to_three, &count);
	assert_int_equal(count, 3);
	for (int i = 0; i < 40; i++)
		server_end(pids[i]);
}

static void
blocking_servers(void **state)
{
	static struct otp_process_class class;
	struct otp_stats stats;
	otp_pid pid;

	(void)state;
	class = server_class;
	class.blocking = true;
	observer = otp_self();
	atomic_store(&let_go, false);
	pid = server_start(NULL, &class);
	tell(pid, 1, 0);
	assert_int_equal(hear().value, 1);
	otp_stats(&stats);
	assert_true(stats.blocking_threads > 0);
	assert_true(stats.blocking_busy > 0);
	assert_true(is(pid, OTP_PROCESS_RUNNING));
	/* No worker works, so that it is looked at ten times a second only. */
	EVENTUALLY(look(pid).busy_us >= 100000);
	atomic_store(&let_go, true);
	EVENTUALLY(is(pid, OTP_PROCESS_IDLE));
	tell(pid, 2, 0);
	EVENTUALLY(is(pid, OTP_PROCESS_BLOCKED));
	server_end(pid);
}

/* --- workers ------------------------------------------------------------- */

static uint64_t
parks_of_all(void)
{
	struct otp_worker_stats workers[8];
	unsigned count = otp_stats_workers(workers, 8);
	uint64_t parks = 0;

	for (unsigned i = 0; i < count && i < 8; i++)
		parks += workers[i].parks + workers[i].parked;
	return parks;
}

static bool
all_parked(void)
{
	struct otp_worker_stats workers[8];
	unsigned count = otp_stats_workers(workers, 8), parked = 0;

	for (unsigned i = 0; i < count && i < 8; i++)
		parked += workers[i].parked;
	return parked == count;
}

static void
workers_park(void **state)
{
	struct otp_worker_stats workers[8];
	struct otp_stats stats;
	otp_pid pid = server_start(NULL, &server_class);
	unsigned count;
	uint64_t before;

	(void)state;
	EVENTUALLY(all_parked());
	otp_stats(&stats);
	count = otp_stats_workers(workers, 8);
	assert_int_equal(count, stats.workers);
	assert_int_equal(count, otp_stats_workers(NULL, 0));
	for (unsigned i = 0; i < count && i < 8; i++) {
		assert_int_equal(workers[i].worker, i);
		assert_int_equal(workers[i].run_queue, 0);
		assert_int_equal(workers[i].running.id, 0);
		assert_true(workers[i].busy >= 0 && workers[i].busy < 1);
		assert_true(workers[i].parked_ns <= stats.up_ns + 1000000000);
	}
	assert_int_equal(stats.run_queue, 0);
	before = parks_of_all();
	atomic_store(&handled, 0);
	tell(pid, 0, 0);
	EVENTUALLY(atomic_load(&handled) == 1);
	EVENTUALLY(all_parked());
	EVENTUALLY(parks_of_all() > before);
	server_end(pid);
}

static void
count_one(void *arg)
{
	(void)arg;
	atomic_fetch_add(&handled, 1);
}

/* What lies in the ring of a stuck worker is seen, and then stolen. */
static void
fill_the_ring(void *arg)
{
	struct otp_worker_stats workers[8];
	unsigned count = otp_stats_workers(workers, 8);
	struct otp_stats stats;
	uint32_t most = 0;

	(void)arg;
	for (int i = 0; i < 100; i++)
		otp_spawn(count_one, NULL);
	if (count == 1) {
		/* What the ring has no room for is in the global queue. */
		otp_stats_workers(workers, 8);
		otp_stats(&stats);
		most = workers[0].run_queue + stats.run_queue;
		EXPECT(most >= 100 || atomic_load(&handled) > 0);
	}
	be_stuck();
}

static void
work_is_stolen(void **state)
{
	struct otp_worker_stats workers[8];
	unsigned count = otp_stats_workers(workers, 8);
	uint64_t steals = 0, stolen = 0;

	(void)state;
	atomic_store(&let_go, false);
	atomic_store(&handled, 0);
	otp_spawn(fill_the_ring, NULL);
	EVENTUALLY(atomic_load(&handled) == 100);
	atomic_store(&let_go, true);
	otp_stats_workers(workers, 8);
	for (unsigned i = 0; i < count && i < 8; i++) {
		steals += workers[i].steals;
		stolen += workers[i].stolen;
	}
	assert_true(stolen >= steals);
	if (count > 1)
		assert_true(steals > 0);
}

static void
names_of_status(void **state)
{
	(void)state;
	assert_string_equal(
		otp_process_status_name(OTP_PROCESS_RUNNING), "running");
	assert_string_equal(
		otp_process_status_name(OTP_PROCESS_BLOCKED), "blocked");
	assert_string_equal(
		otp_process_status_name((enum otp_process_status)77),
		"unknown");
}

/* --- while others come and go -------------------------------------------- */

static _Atomic(bool) churning;

static void *
look_around(void *arg)
{
	struct otp_worker_stats workers[8];
	struct otp_stats stats;
	unsigned count;

	(void)arg;
	while (atomic_load(&churning)) {
		count = 0;
		otp_stats_processes(count_class, &count);
		otp_stats_workers(workers, 8);
		otp_stats(&stats);
	}
	return NULL;
}

static void
beside_births_and_deaths(void **state)
{
	pthread_t watcher;
	otp_pid pids[20];

	(void)state;
	atomic_store(&churning, true);
	assert_int_equal(pthread_create(&watcher, NULL, look_around, NULL), 0);
	for (int round = 0; round < 30; round++) {
		for (int i = 0; i < 20; i++)
			pids[i] = server_start(NULL, &server_class);
		for (int i = 0; i < 200; i++)
			tell(pids[i % 20], 0, 0);
		for (int i = 0; i < 20; i++)
			server_end(pids[i]);
	}
	atomic_store(&churning, false);
	pthread_join(watcher, NULL);
}

static void
without_a_runtime(void **state)
{
	struct otp_worker_stats worker;
	struct otp_stats stats = {.workers = 5};

	(void)state;
	otp_stats(&stats);
	assert_int_equal(stats.workers, 0);
	assert_int_equal(stats.up_ns, 0);
	assert_int_equal(otp_stats_workers(&worker, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest before[] = {
		cmocka_unit_test(without_a_runtime),
	};
	const struct CMUnitTest tests[] = {
		TEST(an_idle_server),
		TEST(messages_are_counted),
		TEST(a_stuck_server_and_its_mail),
		TEST(a_blocked_server_and_its_mail),
		TEST(mail_that_nobody_wants),
		TEST(a_process_sees_itself),
		TEST(all_of_them),
		TEST(blocking_servers),
		TEST(workers_park),
		TEST(work_is_stolen),
		TEST(names_of_status),
		TEST(beside_births_and_deaths),
	};
	int failed =
		_cmocka_run_group_tests("no runtime", before, 1, NULL, NULL);

	return failed + WORLD_RUN(tests);
}
