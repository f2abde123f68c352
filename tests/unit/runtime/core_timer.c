/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: never early, never lost, never after a cancel that won. */
#include "core_world.h"

#include "base/clock.h"

#define MANY (WORLD_TSAN ? 20000u : 100000u)

static bool
is_timer(const struct otp_received *r, void *ref)
{
	return r->kind == OTP_RECEIVED_TIMER &&
		(ref == NULL || otp_ref_equal(r->ref, *(otp_ref *)ref));
}

static bool
timer_comes(otp_ref ref)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;
	otp_err err = otp_receive_match(is_timer, &ref, &r, PATIENCE_MS);

	otp_release(mark);
	return err == OTP_OK;
}

/* --- never early --------------------------------------------------------- */

static void
waits_are_never_short(void **state)
{
	static const otp_duration waits[] = {
		0, 1, 2, 3, 5, 10, 63, 64, 65, 199, 200, 201, 230, 20, 1, 0};

	(void)state;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		int64_t begin = otpi_clock_ns();

		assert_true(timer_comes(otp_timer_start(waits[i])));
		assert_true(otpi_clock_ns() - begin >= waits[i] * 1000000);
		begin = otpi_clock_ns();
		otp_sleep(waits[i] / 4);
		assert_true(otpi_clock_ns() - begin >= waits[i] / 4 * 1000000);
	}
}

static void
sleep_exactly(void *arg)
{
	uint64_t seed = (uint64_t)(uintptr_t)&arg | 1, early = 0;

	for (int i = 0; i < 20; i++) {
		int64_t begin = otpi_clock_ns();
		otp_duration ms = random_below(&seed, 7);
		struct otp_received r;

		if (i % 2)
			otp_sleep(ms);
		else
			EXPECT(otp_receive(&r, ms) == OTP_TIMEOUT);
		early += otpi_clock_ns() - begin < ms * 1000000;
	}
	tell(*(otp_pid *)arg, early, 0);
}

static void
many_waits_are_never_short(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	for (int i = 0; i < 300; i++)
		otp_spawn(sleep_exactly, &self);
	for (int i = 0; i < 300; i++)
		assert_int_equal(hear().value, 0);
}

static void
a_limit_beyond_all_time_is_none(void **state)
{
	static const otp_duration limits[] = {OTP_INFINITY, OTP_INFINITY - 1,
		OTP_INFINITY / 2, OTP_INFINITY / 1000, (otp_duration)1 << 40};
	otp_pid self = otp_self();

	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct otp_received r;
		otp_duration left = 0;
		otp_ref ref;

		assert_int_equal(
			otp_msg_send_after(otp_to_pid(self),
				number_new(&number_type, i, 0), 2, NULL),
			OTP_OK);
		assert_int_equal(otp_receive(&r, limits[i]), OTP_OK);
		assert_int_equal(((const struct number *)r.payload)->value, i);
		ref = otp_timer_start(limits[i]);
		assert_true(otp_timer_cancel(ref, &left));
		assert_in_range(left, (otp_duration)1 << 39, OTP_INFINITY);
	}
}

/* --- cancel -------------------------------------------------------------- */

static void
cancel_gives_the_time_that_is_left(void **state)
{
	otp_duration left = -7;
	otp_ref ref = otp_timer_start(60000);

	(void)state;
	assert_true(otp_timer_cancel(ref, &left));
	assert_in_range(left, 1, 60000);
	left = -7;
	assert_false(otp_timer_cancel(ref, &left));
	assert_false(otp_timer_cancel(otp_ref_new(), &left));
	assert_int_equal(left, -7);
	ref = otp_timer_start(1);
	assert_true(timer_comes(ref));
	assert_false(otp_timer_cancel(ref, NULL));
	assert_true(silence());
}

/* Each timer either is cancelled or comes, and never both (A53). */
static uint64_t
race_of_cancel(uint64_t seed, unsigned rounds)
{
	uint64_t wrong = 0;

	for (unsigned i = 0; i < rounds; i++) {
		otp_ref ref = otp_timer_start(random_below(&seed, 3));

		for (uint32_t spin = random_below(&seed, 200000); spin > 0;
			spin--)
			__asm__ volatile("");
		if (i % 4 == 0)
			otp_sleep(1);
		if (!otp_timer_cancel(ref, NULL))
			wrong += !timer_comes(ref);
	}
	wrong += !silence();
	return wrong;
}

static void
race_in_a_process(void *arg)
{
	otp_pid parent = *(otp_pid *)arg;

	tell(parent, race_of_cancel(otp_self().id + 1, 100), 0);
}

static void
a_cancel_that_failed_means_that_it_comes(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	assert_int_equal(race_of_cancel(99, 1000), 0);
	for (int i = 0; i < 8; i++)
		otp_spawn(race_in_a_process, &self);
	for (int i = 0; i < 8; i++)
		assert_int_equal(hear().value, 0);
}

/* --- many, in all orders ------------------------------------------------- */

static void
many_timers(otp_pid parent, unsigned n, uint64_t seed)
{
	otp_ref *refs = malloc(n * sizeof *refs);
	unsigned came = 0, late = 0, cancelled = 0;

	for (unsigned i = 0; i < n; i++)
		refs[i] = otp_timer_start(random_below(&seed, 1 << (i % 16)));
	for (unsigned i = n; i-- > 0;) {
		unsigned j = random_below(&seed, i + 1);
		otp_ref ref = refs[j];

		refs[j] = refs[i];
		if (otp_timer_cancel(ref, NULL))
			cancelled++;
		else if (i % 4 == 2)
			EXPECT(timer_comes(ref));
		else
			late++;
	}
	while (came < late) {
		otp_mark mark = otp_mark_set();
		struct otp_received r;

		if (otp_receive_match(is_timer, NULL, &r, PATIENCE_MS) !=
			OTP_OK)
			break;
		came++;
		otp_release(mark);
	}
	free(refs);
	tell(parent, came == late, cancelled);
}

static void
many_in_a_process(void *arg)
{
	many_timers(*(otp_pid *)arg, MANY / 8, otp_self().id);
}

static void
many_timers_start_and_are_cancelled(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	for (int i = 0; i < 8; i++)
		otp_spawn(many_in_a_process, &self);
	for (int i = 0; i < 8; i++)
		assert_int_equal(hear().value, 1);
	many_timers(self, MANY / 8, 5);
	assert_int_equal(hear().value, 1);
}

/* All of one kind, none cancelled: all come. */
static void
all_come(void *arg)
{
	uint64_t seed = otp_self().id;
	otp_mark mark = otp_mark_set();

	for (unsigned i = 0; i < MANY / 8; i++)
		otp_timer_start(random_below(&seed, 300));
	for (unsigned i = 0; i < MANY / 8; i++) {
		struct otp_received r;

		if (otp_receive_match(is_timer, NULL, &r, PATIENCE_MS) !=
			OTP_OK)
			EXPECT(false && "all timers come");
		otp_release(mark);
	}
	EXPECT(silence());
	tell(*(otp_pid *)arg, 1, 0);
}

static void
all_timers_come(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	for (int i = 0; i < 8; i++)
		otp_spawn(all_come, &self);
	for (int i = 0; i < 8; i++)
		hear();
}

/* --- messages, later ----------------------------------------------------- */

static void
a_message_comes_later(void **state)
{
	otp_to self = otp_to_pid(otp_self());
	otp_ref ref;

	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		int64_t begin = otpi_clock_ns();
		otp_duration ms = (otp_duration)(i % 4);

		assert_int_equal(
			otp_msg_send_after(self, number_new(&number_type, i, 0),
				ms, i % 3 ? &ref : NULL),
			OTP_OK);
		assert_int_equal(hear().value, i);
		assert_true(otpi_clock_ns() - begin >= ms * 1000000);
		if (i % 3)
			assert_false(otp_timer_cancel(ref, NULL));
	}
	assert_int_equal(otp_msg_send_after(self,
				 number_new(&number_type, 1, 0), 60000, &ref),
		OTP_OK);
	assert_true(otp_timer_cancel(ref, NULL));
	assert_int_equal(otp_msg_send_after(self,
				 number_new(&number_type, 1, 0), -1, &ref),
		OTP_BADARG);
}

static void
forward_one(void *arg)
{
	tell(*(otp_pid *)arg, hear().value + 100, 0);
}

static void
a_name_is_looked_up_when_the_time_comes(void **state)
{
	char name[16] = "later";
	struct otp_spawn_opts opts = {.name = name};
	otp_pid self = otp_self(), pid;
	otp_to to = otp_to_name(name);
	unsigned in_time = 0;

	(void)state;
	/* Nobody has the name yet; nor ever, after a message that was lost. */
	for (uint64_t i = 1; i <= 1000 && in_time < 50; i++) {
		otp_ref ref;

		assert_int_equal(
			otp_msg_send_after(
				to, number_new(&number_type, i, 0), 20, &ref),
			OTP_OK);
		assert_int_equal(
			otp_spawn_opt(forward_one, &self, &opts, &pid), OTP_OK);
		if (otp_timer_read(ref, NULL)) {
			in_time++;
		} else {
			tell(pid, i, 0); /* it may have come too early */
			snprintf(name, sizeof name, "later%u", (unsigned)i);
			to = otp_to_name(name);
		}
		assert_int_equal(hear().value, i + 100);
		EVENTUALLY(!otp_is_alive(pid));
	}
	assert_int_equal(in_time, 50);
	/* Nobody has it when the time comes: dropped. */
	assert_int_equal(
		otp_msg_send_after(to, number_new(&number_type, 1, 0), 0, NULL),
		OTP_OK);
	assert_true(timer_comes(otp_timer_start(5)));
}

static void
send_later_and_end(void *arg)
{
	otp_ref ref;

	otp_timer_start(2); /* for itself: dropped */
	otp_timer_start(100000);
	for (uint64_t i = 1; i <= 4; i++)
		EXPECT(otp_msg_send_after(otp_to_pid(*(otp_pid *)arg),
			       number_new(&number_type, i, 0), 2,
			       i % 2 ? &ref : NULL) == OTP_OK);
	/* To itself, dead by then. */
	EXPECT(otp_msg_send_after(otp_to_pid(otp_self()),
		       number_new(&number_type, 1, 0), 1, &ref) == OTP_OK);
}

static void
a_timer_outlives_its_maker(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t sum = 0;

		otp_spawn(send_later_and_end, &self);
		for (int j = 0; j < 4; j++)
			sum += hear().value;
		assert_int_equal(sum, 10);
	}
}

/* Left in the wheel: given back when the runtime stops. */
static void
some_timers_are_never_due(void **state)
{
	otp_pid self = otp_self();

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		otp_ref ref;

		assert_int_equal(
			otp_msg_send_after(otp_to_pid(self),
				number_new(&number_type, 1, 0),
				1000000 * (i + 1), i % 2 ? &ref : NULL),
			OTP_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(waits_are_never_short),
		TEST(many_waits_are_never_short),
		TEST(a_limit_beyond_all_time_is_none),
		TEST(cancel_gives_the_time_that_is_left),
		TEST(a_cancel_that_failed_means_that_it_comes),
		TEST(many_timers_start_and_are_cancelled),
		TEST(all_timers_come),
		TEST(a_message_comes_later),
		TEST(a_name_is_looked_up_when_the_time_comes),
		TEST(a_timer_outlives_its_maker),
		TEST(some_timers_are_never_due),
	};

	return WORLD_RUN(tests);
}
