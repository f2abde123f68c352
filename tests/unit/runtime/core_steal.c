/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker without work takes it from one that has more than it can do. One
 * process keeps its worker until the processes it has spawned, which stand in
 * that worker's own ring, have run. The watchdog, which would give the worker
 * to another thread, is told to wait longer than any test takes.
 */
#include "core_world.h"

#include "core/core.h"

/* Fewer than a ring holds, or they would go to the queue of all workers; so
 * many that a parked worker is woken. */
#define CHILDREN 100

static _Atomic(unsigned) runs[CHILDREN];
static _Atomic(unsigned) ran;
static otp_pid observer;

static void
run_once(void *arg)
{
	atomic_fetch_add((_Atomic(unsigned) *)arg, 1);
	atomic_fetch_add(&ran, 1);
}

/* The one that was woken last may stay with its worker for a while. */
static void
spawn_and_keep_the_worker(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < CHILDREN; i++)
		otp_spawn(run_once, &runs[i]);
	EVENTUALLY(atomic_load(&ran) >= CHILDREN - 1);
	tell(observer, atomic_load(&ran), 0);
}

static void
work_is_taken_from_a_busy_worker(void **state)
{
	(void)state;
	observer = otp_self();
	for (int round = 0; round < 20; round++) {
		memset(runs, 0, sizeof runs);
		atomic_store(&ran, 0);
		otp_spawn(spawn_and_keep_the_worker, NULL);
		assert_true(hear().value >= CHILDREN - 1);
		EVENTUALLY(atomic_load(&ran) == CHILDREN);
		for (unsigned i = 0; i < CHILDREN; i++)
			assert_int_equal(atomic_load(&runs[i]), 1);
		if (atomic_load(&failures))
			return;
	}
}

/* It wakes another and computes until that has run. */
static void
send_and_keep_the_worker(void *arg)
{
	unsigned before = atomic_load(&ran);

	tell(*(otp_pid *)arg, 1, 0);
	while (atomic_load(&ran) == before)
		__asm__ volatile("");
	tell(observer, 1, 0);
}

static enum otp_verdict
count_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
count_handle(void *data, struct otp_event *event)
{
	(void)data;
	(void)event;
	atomic_fetch_add(&ran, 1);
	return OTP_GO_ON;
}

static void
who_was_woken_last_does_not_wait_for_who_computes(void **state)
{
	static const struct otp_behaviour behaviour = {
		.name = "counter", .init = count_init, .handle = count_handle};
	static const struct otp_process_class class = {
		.behaviour = &behaviour, .name = "counter", .data_size = 8};
	struct otp_process_opts opts = {.process_class = &class};
	otp_pid pid;
	otp_ref ref;

	(void)state;
	if (!otpi_runtime.membarrier) {
		puts("# skip: no membarrier(2) here");
		fflush(stdout);
		skip();
	}
	observer = otp_self();
	assert_int_equal(otp_process_start(&opts, &pid, NULL), OTP_OK);
	for (int round = 0; round < 50; round++) {
		otp_spawn(send_and_keep_the_worker, &pid);
		assert_int_equal(hear().value, 1);
	}
	ref = otp_monitor(pid);
	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
}

/* Keeps its worker until another has come. */
static void
await_another(void *arg)
{
	(void)arg;
	atomic_fetch_add(&ran, 1);
	EVENTUALLY(atomic_load(&ran) >= 2);
	tell(observer, 1, 0);
}

/* Whichever worker comes first takes its share, and does not keep the rest. */
static void
two_that_come_from_outside_run_side_by_side(void **state)
{
	(void)state;
	observer = otp_self();
	for (int round = 0; round < 50 && !atomic_load(&failures); round++) {
		atomic_store(&ran, 0);
		otp_spawn(await_another, NULL);
		otp_spawn(await_another, NULL);
		assert_int_equal(hear().value, 1);
		assert_int_equal(hear().value, 1);
		nap(); /* both workers sleep when the next two come */
	}
}

static int
patient_start(void **state)
{
	struct otp_runtime_opts opts = {
		.workers = 2, .stuck_ms = INT64_C(24) * 3600 * 1000};

	(void)state;
	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	return world_await_watchdog();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(work_is_taken_from_a_busy_worker),
		TEST(who_was_woken_last_does_not_wait_for_who_computes),
		TEST(two_that_come_from_outside_run_side_by_side),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, patient_start, world_stop);
}
