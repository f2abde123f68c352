/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime starts and stops a hundred times; threads of the program live
 * across all of it, others come and go, and none waits for its state. What they
 * ask for meanwhile is refused, and works again in the next life.
 */
#include "threads.h"

#include <otp/behaviour.h>

#define LIVES (UNDER_TSAN ? 30u : 100u)
#define DWELLERS 4u

static struct dweller {
	_Atomic(uint64_t) served; /* calls that were answered */
	_Atomic(uint64_t) refused; /* calls of a runtime that has stopped */
} dwellers[DWELLERS];

static _Atomic(bool) over;
static _Atomic(uint64_t) passers;

static const struct otp_msg_type late_type = {
	.name = "late", .owner = "restarts", .size = 8, .kind = OTP_MSG_INFO};

static void
nothing(void *arg)
{
	(void)arg;
}

/* A process is started, or not: never one of which nothing is heard. */
static void
try_spawn(void)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	otp_err err = otp_spawn_opt(nothing, NULL, &opts, NULL);

	if (err == OTP_OK)
		EXPECT(otp_await_down(ref, PATIENCE_MS, NULL) == OTP_OK);
	else
		EXPECT(err == OTP_NOT_RUNNING);
}

static void
try_start(void)
{
	threads_counter_ref counter;
	otp_err err = threads_counter_start(NULL, &counter);

	if (err == OTP_OK)
		otp_exit_signal(threads_counter_to(counter).pid, OTP_KILL);
	else
		EXPECT(err == OTP_NOT_RUNNING || err == OTP_START_FAILED);
}

static void
try_timers(uint64_t *seed)
{
	otp_to self = otp_to_pid(otp_self());
	otp_ref refs[2];
	struct otp_received r;

	refs[0] = otp_timer_start(chance(seed, 3));
	otp_msg_send_after(self, otp_msg_new(&late_type, 0), chance(seed, 3),
		chance(seed, 2) ? &refs[1] : NULL);
	if (chance(seed, 2))
		otp_timer_cancel(refs[0], NULL);
	while (otp_receive(&r, chance(seed, 4) == 0) == OTP_OK)
		EXPECT(r.kind == OTP_RECEIVED_TIMER ||
			r.kind == OTP_RECEIVED_MESSAGE);
}

/* A call: an answer, or that there is nobody to give one. */
static void
try_call(struct dweller *self, otp_duration limit)
{
	uint64_t reply;
	otp_err err = threads_counter_add_within(
		threads_pool_counter(), limit, 1, &reply);

	if (err == OTP_OK)
		atomic_fetch_add(&self->served, 1);
	else if (err == OTP_NOPROC || err == OTP_DIED)
		atomic_fetch_add(&self->refused, 1);
	else
		EXPECT(err == OTP_TIMEOUT && limit < PATIENCE_MS);
}

static void
live_on(struct dweller *self, uint64_t *seed)
{
	otp_mark mark = otp_mark_set();

	try_call(self, chance(seed, 8) ? PATIENCE_MS : 0);
	switch (chance(seed, 16)) {
	case 0:
		try_spawn();
		break;
	case 1:
		try_start();
		break;
	case 2:
		try_timers(seed);
		break;
	case 3:
		otp_sleep(1);
		break;
	case 4:
		(void)threads_counter_note(threads_pool_mortal(), 1);
		break;
	default:
		break;
	}
	otp_release(mark);
}

static void *
dweller_main(void *arg)
{
	uint64_t seed = (uint64_t)(uintptr_t)arg | 1;

	while (!atomic_load(&over))
		live_on(arg, &seed);
	return NULL;
}

/* Threads that come for one call, also while nothing runs. */
static void *
passer_main(void *arg)
{
	struct dweller once = {0};

	(void)arg;
	try_call(&once, PATIENCE_MS);
	otp_timer_start(1000000);
	otp_monitor_to(threads_counter_to(threads_pool_counter()));
	atomic_fetch_add(&passers, 1);
	return NULL;
}

static void *
gate_main(void *arg)
{
	(void)arg;
	while (!atomic_load(&over))
		join(begin(passer_main, NULL));
	return NULL;
}

/* Each has had one more of what `field` counts. */
#define ALL_HAVE(field, before) \
	do { \
		for (unsigned n_ = 0; n_ < DWELLERS; n_++) \
			EVENTUALLY(atomic_load(&dwellers[n_].field) > \
				(before)[n_]); \
	} while (0)

static void
note_counts(uint64_t served[DWELLERS], uint64_t refused[DWELLERS])
{
	for (unsigned i = 0; i < DWELLERS; i++) {
		served[i] = atomic_load(&dwellers[i].served);
		refused[i] = atomic_load(&dwellers[i].refused);
	}
}

void
story_restarts(void)
{
	pthread_t threads[DWELLERS], gate = 0;
	uint64_t served[DWELLERS], refused[DWELLERS], seen;

	for (unsigned life = 0; life < LIVES; life++) {
		note_counts(served, refused);
		world_start();
		for (unsigned i = 0; life == 0 && i < DWELLERS; i++)
			threads[i] = begin(dweller_main, &dwellers[i]);
		if (life == 0)
			gate = begin(gate_main, NULL);
		ALL_HAVE(served, served);
		world_stop();
		otp_lent_free();
		EXPECT(otp_core_stop(0) == OTP_NOT_RUNNING);
		note_counts(served, refused);
		ALL_HAVE(refused, refused);
		seen = atomic_load(&passers);
		EVENTUALLY(atomic_load(&passers) > seen);
		if (atomic_load(&world.wrong))
			break;
	}
	atomic_store(&over, true);
	for (unsigned i = 0; i < DWELLERS; i++)
		join(threads[i]);
	join(gate);
	EXPECT(alive() == 1);
	note_counts(served, refused);
	printf("lives %u, of one thread: served %" PRIu64 ", refused %" PRIu64
	       "; threads that came for one call %" PRIu64 "\n",
		LIVES, served[0], refused[0], atomic_load(&passers));
}
