/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handler that is given no processor is not stuck, and not declared dead: the
 * worker's thread comes after all others, and these keep all processors busy
 * until the handler has had what it needs.
 */
#include "core_world.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define STUCK_MS 60
#define NEEDS_MS 6 /* of a processor; less than half of STUCK_MS */
#define HOGS_MAX 256

static _Atomic(bool) over;
static pthread_t hogs[HOGS_MAX];
static unsigned hog_count;

static void *
hog(void *arg)
{
	(void)arg;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		continue;
	return NULL;
}

static void
hogs_start(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	atomic_store(&over, false);
	hog_count = cores > 0 && 2 * cores < HOGS_MAX ? 2 * (unsigned)cores
						      : HOGS_MAX;
	for (unsigned i = 0; i < hog_count; i++)
		assert_int_equal(pthread_create(&hogs[i], NULL, hog, NULL), 0);
}

static void
hogs_stop(void)
{
	atomic_store(&over, true);
	for (unsigned i = 0; i < hog_count; i++)
		pthread_join(hogs[i], NULL);
}

static int64_t
ran_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The calling thread comes after all others; for good, without privileges. */
static void
be_last(void)
{
	EXPECT(setpriority(PRIO_PROCESS, (id_t)gettid(), 19) == 0);
}

/* Not one call of the runtime: the watchdog could take its worker any time. */
static void
computes(void *arg)
{
	int64_t until;

	(void)arg;
	be_last();
	until = ran_ms() + NEEDS_MS;
	while (ran_ms() < until)
		continue;
}

static void
who_gets_no_processor_is_not_stuck(void **state)
{
	struct otp_counters before, after;
	otp_ref ref;

	(void)state;
	otp_counters_get(&before);
	hogs_start();
	ref = otp_monitor(otp_spawn(computes, NULL));
	assert_true(down_is(ref, OTP_NORMAL));
	hogs_stop();
	otp_counters_get(&after);
	assert_int_equal(after.handlers_stuck, before.handlers_stuck);
}

static _Atomic(bool) has_begun;

static void
loops(void *arg)
{
	(void)arg;
	be_last();
	atomic_store(&has_begun, true);
	for (;;)
		__asm__ volatile("");
}

/* It ends by the signal, when it gets to see it. */
static void
who_gets_no_processor_is_not_declared_dead(void **state)
{
	struct otp_counters before, after;
	otp_pid pid;
	otp_ref ref;

	(void)state;
	if (WORLD_TSAN) {
		printf("# skip: ThreadSanitizer keeps signals from a loop\n");
		skip();
	}
	otp_counters_get(&before);
	pid = otp_spawn(loops, NULL);
	ref = otp_monitor(pid);
	EVENTUALLY(atomic_load(&has_begun));
	hogs_start();
	otp_exit_signal(pid, OTP_KILL);
	assert_true(down_is(ref, OTP_KILLED));
	hogs_stop();
	otp_counters_get(&after);
	assert_int_equal(after.kills_abandoned, before.kills_abandoned);
}

static int
begin(void **state)
{
	const struct otp_runtime_opts opts = {
		.workers = 1, .stuck_ms = STUCK_MS};

	(void)state;
	return otp_core_start(&opts) == OTP_OK ? world_await_watchdog() : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_gets_no_processor_is_not_stuck),
		TEST(who_gets_no_processor_is_not_declared_dead),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, begin, world_stop);
}
