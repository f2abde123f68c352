/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot that is used by one process after another, while others send to them:
 * what was meant for one never reaches the next (slot.h), and a call that was on
 * its way meets nobody. The mayflies end as often as they can, and the next is
 * started at once, so that many sends are overtaken by an end and a start.
 */
#include "core_world.h"

#define CALLERS 3
#define MAYFLIES (WORLD_TSAN ? 500u : 5000u)

static otp_pid observer;
static _Atomic(uint64_t)
	current; /* pid key of the mayfly that is to be called */
static _Atomic(bool) over;
static _Atomic(uint64_t) calls, too_late;

static uint64_t
key_of(otp_pid pid)
{
	return (uint64_t)pid.serial << 32 | pid.id;
}

static otp_pid
pid_of(uint64_t key)
{
	return (otp_pid){(uint32_t)key, (uint32_t)(key >> 32), 0, 0};
}

/* --- mayflies ------------------------------------------------------------- */

static enum otp_verdict
mayfly_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

/* A number says whom it is meant for, and whether that is to end of it. */
static enum otp_verdict
mayfly_handle(void *data, struct otp_event *event)
{
	uint64_t self = key_of(otp_self());
	struct number number;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	number = number_in(event->msg);
	EXPECT(number.value == self);
	if (event->msg->type == &ask_type)
		answer(event->msg, self);
	return number.more ? otp_process_end_with(OTP_SHUTDOWN) : OTP_GO_ON;
}

static const struct otp_behaviour mayfly_behaviour = {
	.name = "mayfly", .init = mayfly_init, .handle = mayfly_handle};

static const struct otp_process_class mayfly_class = {
	.behaviour = &mayfly_behaviour, .name = "mayfly", .data_size = 8};

/* One after another. */
static void
start_mayflies(void *arg)
{
	struct otp_process_opts start = {
		.process_class = &mayfly_class, .how = OTP_START_MONITOR};
	otp_pid pid;
	otp_ref ref;

	(void)arg;
	for (unsigned i = 0; i < MAYFLIES; i++) {
		EXPECT(otp_process_start(&start, &pid, &ref) == OTP_OK);
		atomic_store(&current, key_of(pid));
		EXPECT(down_is(ref, OTP_SHUTDOWN));
	}
	atomic_store(&over, true);
	tell(observer, 0, 0);
}

/* --- those who call ------------------------------------------------------- */

static void
call_one(uint64_t key, bool ends)
{
	struct otp_msg *m = number_new(&ask_type, key, ends);
	otp_err err = otp_msg_call(otp_to_pid(pid_of(key)), &m, PATIENCE_MS);

	atomic_fetch_add(&calls, 1);
	if (err == OTP_OK) {
		EXPECT(number_in(m).value == key);
		otp_msg_free(m);
	} else {
		EXPECT(err == OTP_NOPROC || err == OTP_DIED);
		atomic_fetch_add(&too_late, 1);
		otp_yield();
	}
}

static void
call_all(void *arg)
{
	(void)arg;
	for (unsigned i = 0; !atomic_load(&over); i++) {
		uint64_t key = atomic_load(&current);

		if (i % 3)
			call_one(key, i % 5 == 0);
		else
			tell(pid_of(key), key, i % 5 == 0);
	}
	tell(observer, 1, 0);
}

static void *
call_from_outside(void *arg)
{
	call_all(arg);
	return NULL;
}

static void
what_is_meant_for_one_never_reaches_the_next(void **state)
{
	pthread_t threads[CALLERS];

	(void)state;
	observer = otp_self();
	atomic_store(&over, false);
	atomic_store(&current, 0);
	atomic_store(&calls, 0);
	atomic_store(&too_late, 0);
	otp_spawn(start_mayflies, NULL);
	EVENTUALLY(atomic_load(&current));
	for (unsigned i = 0; i < CALLERS; i++) {
		otp_spawn(call_all, NULL);
		assert_int_equal(pthread_create(&threads[i], NULL,
					 call_from_outside, NULL),
			0);
	}
	for (unsigned i = 0; i < 2 * CALLERS + 1; i++)
		assert_true(hear().value <= 1);
	for (unsigned i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
	print_message("# %u mayflies, %u of %u calls came too late\n", MAYFLIES,
		(unsigned)atomic_load(&too_late),
		(unsigned)atomic_load(&calls));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_meant_for_one_never_reaches_the_next),
	};

	return WORLD_RUN(tests);
}
