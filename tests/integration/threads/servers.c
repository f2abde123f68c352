/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

#include <signal.h>

/* --- the runtime ---------------------------------------------------------- */

void
world_start(void)
{
	threads_pool_ref pool;

	EXPECT(otp_core_start(NULL) == OTP_OK);
	EXPECT(threads_pool_start_link(NULL, &pool) == OTP_OK);
}

void
world_stop(void)
{
	EXPECT(otp_core_stop(PATIENCE_MS) == OTP_OK);
}

/* --- a counter ------------------------------------------------------------ */

otp_next
threads_counter_init(struct threads_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
threads_counter_handle_add(
	struct threads_counter *self, uint64_t number, uint64_t *reply)
{
	self->sum += number;
	*reply = self->sum;
	return otp_reply();
}

otp_next
threads_counter_handle_slow(
	struct threads_counter *self, uint32_t ms, uint64_t *reply)
{
	(void)self;
	otp_sleep(ms);
	*reply = ms;
	return otp_reply();
}

otp_next
threads_counter_handle_hold(
	struct threads_counter *self, threads_counter_hold_from from)
{
	(void)from;
	self->held++;
	return otp_noreply();
}

static char *volatile nowhere;

static WRONG void
crash(void)
{
	*nowhere = 1;
}

otp_next
threads_counter_handle_die(struct threads_counter *self, uint64_t *reply)
{
	(void)self;
	crash();
	*reply = 0;
	return otp_reply();
}

otp_next
threads_counter_handle_watch(struct threads_counter *self, uint64_t *reply)
{
	otp_monitor(otp_caller());
	otp_link(otp_caller());
	*reply = self->downs;
	return otp_reply();
}

otp_next
threads_counter_handle_downs(struct threads_counter *self, uint64_t *reply)
{
	*reply = self->downs;
	return otp_reply();
}

otp_next
threads_counter_handle_note(struct threads_counter *self, uint64_t number)
{
	self->sum += number;
	return otp_noreply();
}

otp_next
threads_counter_handle_down(struct threads_counter *self, otp_ref reference,
	otp_to who, otp_term reason)
{
	(void)reference;
	(void)who;
	EXPECT(otp_term_equal(reason, OTP_NORMAL));
	self->downs++;
	return otp_noreply();
}

/* --- deeds ---------------------------------------------------------------- */

static void
loop(void)
{
	atomic_store(&world.reached, true);
	for (;;)
		__asm__ volatile("");
}

static void
compute(void)
{
	atomic_store(&world.reached, true);
	while (!atomic_load(&world.let_go))
		__asm__ volatile("");
}

static void
read_one(void)
{
	char c;

	atomic_store(&world.reached, true);
	while (read(world.pipes[0], &c, 1) < 0 && errno == EINTR)
		continue;
	otp_self(); /* its end, if it was declared dead */
}

static int
compare(const void *a, const void *b)
{
	compute();
	return *(const int *)a - *(const int *)b;
}

static void
sort(void)
{
	int numbers[] = {3, 1, 2};

	qsort(numbers, 3, sizeof numbers[0], compare);
}

static void
destroy(void *ptr)
{
	(void)ptr;
	for (;;)
		__asm__ volatile("");
}

int64_t
act(enum act what)
{
	switch (what) {
	case ACT_NOTHING:
		return 0;
	case ACT_CRASH:
		crash();
		return 0;
	case ACT_LOOP:
		loop();
		return 0;
	case ACT_COMPUTE:
		compute();
		return 0;
	case ACT_READ:
		read_one();
		return 0;
	case ACT_SORT:
		sort();
		return 0;
	case ACT_DESTROY:
		otp_own(&world, destroy);
		atomic_store(&world.reached, true);
		otp_sleep(OTP_INFINITY);
		return 0;
	case ACT_STOP:
		return otp_core_stop(1000);
	default:
		return fork_and(what);
	}
}

otp_next
threads_doer_init(struct threads_doer *self)
{
	(void)self;
	return otp_ok();
}

otp_next
threads_doer_handle_act(
	struct threads_doer *self, uint32_t what, int64_t *reply)
{
	(void)self;
	*reply = act((enum act)what);
	return otp_reply();
}

otp_next
threads_sleeper_init(struct threads_sleeper *self)
{
	(void)self;
	return otp_ok();
}

otp_next
threads_sleeper_handle_act(
	struct threads_sleeper *self, uint32_t what, int64_t *reply)
{
	(void)self;
	*reply = act((enum act)what);
	return otp_reply();
}
