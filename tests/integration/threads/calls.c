/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many threads call at once, with limits that pass, servers that die under
 * them, and ends that come while answers are under way; nothing is left.
 */
#include "threads.h"

#include "core/audit.h"

#define THREADS 24u
#define GENERATIONS (UNDER_TSAN ? 4u : 12u)
#define STEPS (UNDER_TSAN ? 40u : 200u)
/* This thread, the watchdog, the pool and its children; now and then one of
   them is between two lives. */
#define OTHERS 7u

static _Atomic(uint64_t) watched, destroyed, owned;
static _Atomic(uint64_t) answers, limits, deaths, absences;

static void
count_answer(otp_err err)
{
	switch (err) {
	case OTP_OK:
		atomic_fetch_add(&answers, 1);
		break;
	case OTP_TIMEOUT:
		atomic_fetch_add(&limits, 1);
		break;
	case OTP_DIED:
		atomic_fetch_add(&deaths, 1);
		break;
	case OTP_NOPROC:
		atomic_fetch_add(&absences, 1);
		break;
	default:
		fprintf(stderr, "%s\n", otp_err_name(err));
		EXPECT(false && "an error that can be");
	}
}

/* One call, or more, whose outcome is any of four. */
static void
call_once(uint64_t *seed)
{
	threads_counter_ref mortal = threads_pool_mortal();
	threads_counter_hold_request held;
	uint64_t reply;

	switch (chance(seed, 8)) {
	case 0:
		count_answer(threads_counter_die(mortal, &reply));
		break;
	case 1: /* the limit passes; the answer comes later, for nobody */
		count_answer(threads_counter_slow_within(
			mortal, chance(seed, 2), 1 + chance(seed, 3), &reply));
		break;
	case 2:
		count_answer(threads_counter_hold_within(mortal, 2, &reply));
		break;
	case 3: /* and nobody waits for it */
		(void)!threads_counter_hold_async(mortal, &held);
		break;
	case 4:
		(void)threads_counter_note(mortal, 1);
		break;
	default:
		count_answer(threads_counter_add_within(
			mortal, chance(seed, 3) ? PATIENCE_MS : 0, 1, &reply));
		break;
	}
}

static void
destructor(void *ptr)
{
	(void)ptr;
	atomic_fetch_add(&destroyed, 1);
}

/* All that a thread may leave when it ends. */
static void
leave_something(uint64_t *seed)
{
	threads_counter_ref counter = threads_pool_counter();
	threads_counter_hold_request held;
	uint64_t reply;

	EXPECT(threads_counter_watch_within(counter, PATIENCE_MS, &reply) ==
		OTP_OK);
	atomic_fetch_add(&watched, 1);
	otp_own(seed, destructor);
	atomic_fetch_add(&owned, 1);
	otp_timer_start(1000000);
	otp_monitor_to(threads_counter_to(counter));
	memset(otp_alloc(1000), 1, 1000);
	memset(otp_tmp(1000), 1, 1000);
	EXPECT(threads_counter_hold_async(counter, &held) == OTP_OK);
}

static void *
caller_main(void *arg)
{
	uint64_t seed = (uint64_t)(uintptr_t)arg | 1, sum = 0, reply;

	for (unsigned i = 0; i < STEPS; i++) {
		otp_mark mark = otp_mark_set();

		call_once(&seed);
		/* This one does not die: every call of it is answered. */
		EXPECT(threads_counter_add_within(threads_pool_counter(),
			       PATIENCE_MS, 1, &reply) == OTP_OK);
		EXPECT(reply > sum);
		sum = reply;
		otp_release(mark);
	}
	leave_something(&seed);
	return NULL;
}

static void
generation(unsigned number)
{
	pthread_t threads[THREADS];
	uint64_t downs = 0;

	for (unsigned i = 0; i < THREADS; i++)
		threads[i] = begin(caller_main,
			(void *)(uintptr_t)((number * THREADS + i + 1) *
				UINT64_C(0x9e3779b97f4a7c15)));
	for (unsigned i = 0; i < THREADS; i++)
		join(threads[i]);
	/* Their processes have ended with them, as others were told. */
	EVENTUALLY(alive() == OTHERS);
	EVENTUALLY(threads_counter_downs_within(threads_pool_counter(),
			   PATIENCE_MS, &downs) == OTP_OK &&
		downs == atomic_load(&watched));
}

void
story_calls(void)
{
	struct otpi_audit audit;
	uint64_t sum = 0;

	world_start();
	for (unsigned i = 0; i < GENERATIONS; i++)
		generation(i);
	EXPECT(threads_counter_add_within(
		       threads_pool_counter(), PATIENCE_MS, 0, &sum) == OTP_OK);
	EXPECT(sum == THREADS * GENERATIONS * STEPS);
	EXPECT(atomic_load(&destroyed) == atomic_load(&owned));
	EXPECT(atomic_load(&answers) > 0 && atomic_load(&limits) > 0 &&
		atomic_load(&deaths) > 0);
	otp_lent_free();
	world_stop();
	otpi_audit(&audit);
	/* What this thread has as a process of its own. */
	EXPECT(otpi_count_used(audit.slots) == 1);
	EXPECT(otpi_count_used(audit.blocks) <= 3);
	EXPECT(otpi_count_used(audit.pending) == 0);
	EXPECT(otpi_count_used(audit.stacks) == 0);
	printf("answers %" PRIu64 ", limits %" PRIu64 ", deaths %" PRIu64
	       ", nobody there %" PRIu64 "\n",
		atomic_load(&answers), atomic_load(&limits),
		atomic_load(&deaths), atomic_load(&absences));
}
