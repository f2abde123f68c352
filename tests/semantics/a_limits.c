/* SPDX-License-Identifier: Apache-2.0 */
/* What a spec limits: memory, priority, mailbox (A66-A67, A70-A74). */
#include "support.h"

#include "a_limits.otp.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

/* --- servers with a bound ------------------------------------------------- */

static _Atomic(bool) gate; /* open: who holds goes on */
static _Atomic(bool) is_slow; /* init holds, too */
static a_limits_fat_ref friend; /* whom it calls meanwhile, if anybody */
static _Atomic(uint64_t) replies; /* that it got */

static void
hold(void)
{
	tell(NOTE_READY, 0, OTP_NORMAL);
	while (!atomic_load(&gate)) {
		otp_sleep(1);
		if (friend.to.pid.id &&
			a_limits_fat_scratch(friend, 1) == OTP_OK)
			atomic_fetch_add(&replies, 1);
	}
}

#define BOUNDED(name) \
	otp_next a_limits_##name##_init(struct a_limits_##name *self) \
	{ \
		(void)self; \
		if (atomic_load(&is_slow)) \
			hold(); \
		return otp_ok(); \
	} \
\
	otp_next a_limits_##name##_handle_put( \
		struct a_limits_##name *self, int64_t n) \
	{ \
		self->sum = self->sum * 10 + n; \
		return otp_noreply(); \
	} \
\
	otp_next a_limits_##name##_handle_hold(struct a_limits_##name *self) \
	{ \
		(void)self; \
		hold(); \
		return otp_reply(); \
	} \
\
	otp_next a_limits_##name##_handle_sum( \
		struct a_limits_##name *self, int64_t *reply) \
	{ \
		*reply = self->sum; \
		return otp_reply(); \
	} \
\
	static a_limits_##name##_ref name##_held( \
		a_limits_##name##_hold_request *request) \
	{ \
		a_limits_##name##_ref ref = {{{0, 0, 0, 0}, 0, 0}}; \
\
		atomic_store(&gate, false); \
		assert_int_equal(a_limits_##name##_start(NULL, &ref), OTP_OK); \
		assert_int_equal( \
			a_limits_##name##_hold_async(ref, request), OTP_OK); \
		expect(NOTE_READY); \
		return ref; \
	} \
\
	static int64_t name##_sum(a_limits_##name##_ref ref, \
		a_limits_##name##_hold_request *request) \
	{ \
		int64_t sum = 0; \
\
		atomic_store(&gate, true); \
		assert_int_equal( \
			a_limits_##name##_hold_await(request, PATIENCE_MS), \
			OTP_OK); \
		/* Until it has handled what waits it may still be full. */ \
		while (a_limits_##name##_sum(ref, &sum) == OTP_MAILBOX_FULL) \
			otp_sleep(1); \
		otp_exit_signal(ref.to.pid, OTP_KILL); \
		return sum; \
	}

BOUNDED(reject)
BOUNDED(drop_newest)
BOUNDED(drop_oldest)

otp_next
a_limits_reject_handle_tick(struct a_limits_reject *self, int64_t n)
{
	return a_limits_reject_handle_put(self, n);
}

static void
A70_without_a_bound_any_number_may_wait(void **state)
{
	a_limits_reject_hold_request request;
	a_limits_reject_ref full = reject_held(&request);
	int many = otp_sim_seed(NULL) ? 2000 : 100000;

	(void)state;
	/* Messages wait with the tester, which has no bound. */
	for (int i = 0; i < many; i++)
		note_text(tester, NOTE_DONE, i, "");
	for (int i = 0; i < many; i++) {
		otp_mark mark = otp_mark_set();

		assert_int_equal(expect(NOTE_DONE).value, i);
		otp_release(mark);
	}
	assert_int_equal(reject_sum(full, &request), 0);
}

static void
A71_what_no_sender_could_be_told_of_is_never_refused(void **state)
{
	a_limits_reject_hold_request request;
	a_limits_reject_ref full = reject_held(&request);

	(void)state;
	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(a_limits_reject_put(full, i), OTP_OK);
	assert_int_equal(a_limits_reject_send_tick_after(full, 0, 4), OTP_OK);
	/* A stop, which is sys's own, comes through, behind what waits. */
	atomic_store(&gate, true);
	assert_int_equal(
		a_limits_reject_hold_await(&request, PATIENCE_MS), OTP_OK);
	assert_int_equal(otp_server_stop(a_limits_reject_to(full), OTP_SHUTDOWN,
				 PATIENCE_MS),
		OTP_OK);
}

static void
B31_A72_A73_a_full_mailbox_refuses_at_once(void **state)
{
	a_limits_reject_hold_request request;
	a_limits_reject_sum_request other;
	int64_t sum = -1;
	a_limits_reject_ref full = reject_held(&request);

	(void)state;
	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(a_limits_reject_put(full, i), OTP_OK);
	assert_int_equal(a_limits_reject_put(full, 4), OTP_MAILBOX_FULL);
	assert_int_equal(a_limits_reject_send_tick(full, 4), OTP_MAILBOX_FULL);
	assert_int_equal(a_limits_reject_sum(full, &sum), OTP_MAILBOX_FULL);
	assert_int_equal(a_limits_reject_sum_async(full, &other), OTP_OK);
	assert_int_equal(a_limits_reject_sum_await(&other, OTP_INFINITY, &sum),
		OTP_MAILBOX_FULL);
	assert_int_equal(sum, -1);
	assert_int_equal(reject_sum(full, &request), 123);
}

static void
starts_slowly(void *arg)
{
	const struct otp_start_opts opts = {.name = "a74"};
	a_limits_reject_ref ref;

	(void)arg;
	tell(NOTE_DONE, a_limits_reject_start(&opts, &ref), OTP_UNDEFINED);
}

/* The start is answered though more has come than may wait. */
static void
A74_a_mailbox_that_fills_during_init_holds_no_start_up(void **state)
{
	a_limits_reject_ref full = {otp_to_name("a74")};
	int64_t sum = 0;

	(void)state;
	atomic_store(&gate, false);
	atomic_store(&is_slow, true);
	otp_spawn(starts_slowly, NULL);
	expect(NOTE_READY);
	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(a_limits_reject_put(full, i), OTP_OK);
	assert_int_equal(a_limits_reject_put(full, 4), OTP_MAILBOX_FULL);
	expect_nothing();
	atomic_store(&gate, true);
	assert_int_equal(expect(NOTE_DONE).value, OTP_OK);
	while (a_limits_reject_sum(full, &sum) == OTP_MAILBOX_FULL)
		otp_sleep(1);
	assert_int_equal(sum, 123);
	atomic_store(&is_slow, false);
	otp_exit_signal(otp_whereis("a74"), OTP_KILL);
}

/* 5000 ms, by the spec's compiler: a real wait, but for a seed's clock. */
static void
B25_a_call_has_five_seconds(void **state)
{
	a_limits_reject_hold_request request;
	a_limits_reject_ref held = reject_held(&request);
	int64_t begin_ms = otp_monotonic_ms(), took_ms;

	(void)state;
	assert_int_equal(a_limits_reject_hold(held), OTP_TIMEOUT);
	took_ms = otp_monotonic_ms() - begin_ms;
	assert_in_range(
		took_ms, 5000, otp_sim_seed(NULL) ? 5001 : 5000 + PATIENCE_MS);
	otp_exit_signal(held.to.pid, OTP_KILL);
}

static void
A72_or_drops_the_newest(void **state)
{
	a_limits_drop_newest_hold_request request;
	int64_t sum;
	a_limits_drop_newest_ref full = drop_newest_held(&request);

	(void)state;
	for (int64_t i = 1; i <= 9; i++)
		assert_int_equal(a_limits_drop_newest_put(full, i), OTP_OK);
	assert_int_equal(
		a_limits_drop_newest_sum(full, &sum), OTP_MAILBOX_FULL);
	assert_int_equal(drop_newest_sum(full, &request), 123);
}

static void
A72_or_drops_the_oldest(void **state)
{
	a_limits_drop_oldest_hold_request request;
	int64_t sum;
	a_limits_drop_oldest_ref full = drop_oldest_held(&request);

	(void)state;
	for (int64_t i = 1; i <= 9; i++)
		assert_int_equal(a_limits_drop_oldest_put(full, i), OTP_OK);
	assert_int_equal(
		a_limits_drop_oldest_sum(full, &sum), OTP_MAILBOX_FULL);
	assert_int_equal(drop_oldest_sum(full, &request), 789);
}

/* The server waits in its handler, full, and its own calls are answered. */
static void
A74_replies_reach_a_full_mailbox(void **state)
{
	a_limits_reject_hold_request request;
	a_limits_reject_ref full;
	uint64_t before;

	(void)state;
	assert_int_equal(a_limits_fat_start(NULL, &friend), OTP_OK);
	full = reject_held(&request);
	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(a_limits_reject_put(full, i), OTP_OK);
	assert_int_equal(a_limits_reject_put(full, 4), OTP_MAILBOX_FULL);
	before = atomic_load(&replies);
	while (atomic_load(&replies) < before + 5)
		otp_sleep(1);
	assert_int_equal(reject_sum(full, &request), 123);
	otp_exit_signal(friend.to.pid, OTP_KILL);
	memset(&friend, 0, sizeof friend);
}

/* --- max_heap ------------------------------------------------------------- */

otp_next
a_limits_fat_init(struct a_limits_fat *self)
{
	(void)self;
	return otp_ok();
}

otp_next
a_limits_fat_handle_keep(struct a_limits_fat *self, otp_string text)
{
	otp_string_keep(&self->text, text);
	return otp_reply();
}

otp_next
a_limits_fat_handle_scratch(struct a_limits_fat *self, uint32_t bytes)
{
	(void)self;
	memset(otp_tmp(bytes), 1, bytes);
	return otp_reply();
}

otp_next
a_limits_fat_handle_many(struct a_limits_fat *self, struct otp_int64_list ns)
{
	(void)self;
	tell(NOTE_READY, (int64_t)ns.len, OTP_NORMAL);
	return otp_noreply();
}

void
a_limits_fat_terminate(struct a_limits_fat *self, otp_term reason)
{
	(void)self;
	tell(NOTE_TERMINATE, 0, reason);
}

static void
A66_who_outgrows_its_heap_is_killed_though_it_traps(void **state)
{
	static char text[100000];
	a_limits_fat_ref fat;
	otp_ref ref;

	(void)state;
	memset(text, 'x', sizeof text);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(
			a_limits_fat_start_monitor(NULL, &fat, &ref), OTP_OK);
		/* Again and again, as each takes the place of the last. */
		for (int i = 0; i < 20; i++) {
			assert_int_equal(
				a_limits_fat_keep(fat, otp_strn(text, 10000)),
				OTP_OK);
			assert_int_equal(
				a_limits_fat_scratch(fat, 30000), OTP_OK);
		}
		assert_int_equal(round == 0
				? a_limits_fat_scratch(fat, 60000)
				: a_limits_fat_keep(fat,
					  otp_strn(text,
						  round == 1 ? 40000 : 90000)),
			OTP_DIED);
		assert_string_equal(down_reason(ref), "killed");
		assert_false(have(NOTE_TERMINATE));
	}
}

/* A term may be small, and what it stands for large. */
static void
A66_what_a_term_becomes_counts(void **state)
{
	enum {
		MANY = 12000
	};
	otp_term_builder b = {0};
	a_limits_fat_ref fat;
	otp_term term;
	otp_ref ref;

	(void)state;
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("$gen_cast"));
	otp_build_tuple(&b, 2);
	otp_build_atom(&b, otp_atom_of("many"));
	otp_build_list(&b, MANY);
	for (int i = 0; i < MANY; i++)
		otp_build_int(&b, 1);
	otp_build_nil(&b);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_OK);
	assert_int_equal(a_limits_fat_start_monitor(NULL, &fat, &ref), OTP_OK);
	assert_true(term.len < 32 * 1024);
	assert_int_equal(otp_send(fat.to, term), OTP_OK);
	otp_term_builder_free(&b);
	assert_string_equal(down_reason(ref), "killed");
	assert_false(have(NOTE_READY));
}

/* --- blocking ------------------------------------------------------------- */

otp_next
a_limits_reader_init(struct a_limits_reader *self)
{
	(void)self;
	return otp_ok();
}

otp_next
a_limits_reader_handle_read(
	struct a_limits_reader *self, int32_t file, int32_t *reply)
{
	char c = 0;

	(void)self;
	while (read(file, &c, 1) < 0 && errno == EINTR)
		continue;
	*reply = c;
	return otp_reply();
}

otp_next
a_limits_reader_handle_read_through(struct a_limits_reader *self,
	a_limits_reader_ref other, int32_t file, int32_t *reply)
{
	int32_t first = 0;

	if (a_limits_reader_read(other, file, &first) != OTP_OK)
		return otp_stop(OTP_NORMAL);
	a_limits_reader_handle_read(self, file, reply);
	*reply += first;
	return otp_reply();
}

/* Two workers, and more handlers that read than there are of them. */
static void
blocking_handlers_keep_others_from_nothing(void **state)
{
	a_limits_reader_ref readers[6];
	a_limits_reader_read_request reads[6];
	a_limits_reader_read_through_request through[6];
	int files[2];
	int32_t sum = 0;
	struct otp_counters before, after;

	(void)state;
	not_in_sim("the only worker would wait in read(2)");
	assert_int_equal(pipe(files), 0);
	otp_counters_get(&before);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(
			a_limits_reader_start(NULL, &readers[i]), OTP_OK);
		if (i % 2)
			assert_int_equal(
				a_limits_reader_read_through_async(readers[i],
					readers[i - 1], files[0], &through[i]),
				OTP_OK);
		else
			assert_int_equal(a_limits_reader_read_async(readers[i],
						 files[0], &reads[i]),
				OTP_OK);
	}
	for (int i = 0; i < 200; i++) {
		a_limits_fat_ref fat;

		assert_int_equal(a_limits_fat_start(NULL, &fat), OTP_OK);
		assert_int_equal(a_limits_fat_scratch(fat, 1), OTP_OK);
		otp_exit_signal(fat.to.pid, OTP_KILL);
	}
	assert_int_equal(write(files[1], "\1\1\1\1\1\1\1\1\1", 9), 9);
	for (int i = 0; i < 6; i++) {
		int32_t got = 0;

		if (i % 2)
			assert_int_equal(
				a_limits_reader_read_through_await(
					&through[i], PATIENCE_MS, &got),
				OTP_OK);
		else
			assert_int_equal(a_limits_reader_read_await(
						 &reads[i], PATIENCE_MS, &got),
				OTP_OK);
		sum += got;
	}
	for (int i = 0; i < 6; i++)
		otp_exit_signal(readers[i].to.pid, OTP_KILL);
	assert_int_equal(sum, 9);
	otp_counters_get(&after);
	assert_int_equal(after.handlers_stuck, before.handlers_stuck);
	close(files[0]);
	close(files[1]);
}

/* --- priority ------------------------------------------------------------- */

static _Atomic(uint64_t) low_rounds, max_rounds;
static _Atomic(bool) over;

otp_next
a_limits_low_init(struct a_limits_low *self)
{
	(void)self;
	return otp_ok();
}

otp_next
a_limits_low_handle_again(struct a_limits_low *self, a_limits_low_ref me)
{
	(void)self;
	atomic_fetch_add(&low_rounds, 1);
	return atomic_load(&over) || a_limits_low_again(me, me) == OTP_OK
		? otp_noreply()
		: otp_stop(OTP_NORMAL);
}

otp_next
a_limits_max_init(struct a_limits_max *self)
{
	(void)self;
	return otp_ok();
}

otp_next
a_limits_max_handle_again(struct a_limits_max *self, a_limits_max_ref me)
{
	(void)self;
	atomic_fetch_add(&max_rounds, 1);
	return atomic_load(&over) || a_limits_max_again(me, me) == OTP_OK
		? otp_noreply()
		: otp_stop(OTP_NORMAL);
}

/* More than there are workers, all with something to do at any time. */
static void
A67_the_higher_runs_more_and_the_lower_still_runs(void **state)
{
	a_limits_low_ref low[4];
	a_limits_max_ref max[4];
	uint64_t max_before, low_before, low_after;

	(void)state;
	not_in_sim("the seed draws who runs, whatever its priority");
	atomic_store(&over, false);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(a_limits_low_start(NULL, &low[i]), OTP_OK);
		assert_int_equal(a_limits_max_start(NULL, &max[i]), OTP_OK);
		assert_int_equal(a_limits_low_again(low[i], low[i]), OTP_OK);
		assert_int_equal(a_limits_max_again(max[i], max[i]), OTP_OK);
	}
	/* From when all have begun. */
	max_before = atomic_load(&max_rounds);
	low_before = atomic_load(&low_rounds);
	while (atomic_load(&low_rounds) - low_before < 5000)
		otp_sleep(1);
	low_after = atomic_load(&low_rounds);
	assert_true(
		atomic_load(&max_rounds) - max_before > low_after - low_before);
	atomic_store(&over, true);
	for (int i = 0; i < 4; i++) {
		otp_exit_signal(low[i].to.pid, OTP_KILL);
		otp_exit_signal(max[i].to.pid, OTP_KILL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A66_who_outgrows_its_heap_is_killed_though_it_traps),
		RULE(A66_what_a_term_becomes_counts),
		RULE(A67_the_higher_runs_more_and_the_lower_still_runs),
		RULE(blocking_handlers_keep_others_from_nothing),
		RULE(A70_without_a_bound_any_number_may_wait),
		RULE(A71_what_no_sender_could_be_told_of_is_never_refused),
		RULE(B31_A72_A73_a_full_mailbox_refuses_at_once),
		RULE(A72_or_drops_the_newest),
		RULE(A74_a_mailbox_that_fills_during_init_holds_no_start_up),
		RULE(B25_a_call_has_five_seconds),
		RULE(A72_or_drops_the_oldest),
		RULE(A74_replies_reach_a_full_mailbox),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
