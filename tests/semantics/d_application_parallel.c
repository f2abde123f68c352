/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that are started and stopped by several at once (D1-D3, D5, D7):
 * by processes, and by threads, but under a seed, where those would come in
 * their own time.
 */
#include "asks.h"

APP(e, NULL);

/* Who asks: threads or processes? */
static bool
asks_by_thread(void **state)
{
	bool by_thread = *(bool *)*state;

	if (by_thread && otp_sim_seed(NULL)) {
		puts("# skip: threads come in their own time");
		skip();
	}
	return by_thread;
}

static void
D1_different_ones_start_in_parallel(void **state)
{
	struct ask one = ASK(STARTS, &d, .by_thread = asks_by_thread(state));
	struct ask two = ASK(STARTS, &e, .by_thread = asks_by_thread(state));

	hold("de");
	begin(&one);
	begin(&two);
	await_inits(2);
	hold_init = false;
	assert_int_equal(result(&one), OTP_OK);
	assert_int_equal(result(&two), OTP_OK);
	assert_int_equal(otp_app_stop(&d), OTP_OK);
	assert_int_equal(otp_app_stop(&e), OTP_OK);
}

/* As OTP's application_controller answers all that have asked. */
static void
D3_who_asks_while_it_starts_gets_the_same_result(void **state)
{
	struct ask one = ASK(STARTS, &b, .by_thread = asks_by_thread(state));
	struct ask two = ASK(ENSURES, &b, .by_thread = asks_by_thread(state));
	struct ask dep = ASK(STARTS, &d);

	hold("d");
	begin(&one);
	await_inits(1);
	begin(&two);
	begin(&dep);
	await_asked(&two);
	await_asked(&dep);
	assert_false(one.is_done || two.is_done || dep.is_done);
	hold_init = false;
	assert_int_equal(result(&one), OTP_OK);
	assert_int_equal(result(&two), OTP_OK);
	assert_int_equal(result(&dep), OTP_OK);
	assert_string_equal(two.started, "db");
	assert_string_equal(happened(), "+d+b");
	assert_int_equal(otp_app_start(&b, NULL), OTP_ALREADY_STARTED);
	/* d was asked for. */
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-b");
	assert_int_equal(otp_app_stop(&d), OTP_OK);
}

static void
D2_D3_a_failure_is_told_to_all_who_asked(void **state)
{
	struct ask one = ASK(STARTS, &b, .by_thread = asks_by_thread(state));
	struct ask two = ASK(STARTS, &b, .by_thread = asks_by_thread(state));
	struct ask dep = ASK(STARTS, &d), other = ASK(ENSURES, &c);

	hold("d");
	fails['d' - 'a'] = true;
	begin(&one);
	await_inits(1);
	begin(&two);
	begin(&dep);
	begin(&other);
	await_asked(&two);
	await_asked(&dep);
	await_asked(&other);
	hold_init = false;
	assert_int_equal(result(&one), OTP_START_FAILED);
	assert_string_equal(one.reason, "{d,boom}");
	assert_int_equal(result(&two), OTP_START_FAILED);
	assert_string_equal(two.reason, "{d,boom}");
	assert_int_equal(result(&dep), OTP_START_FAILED);
	assert_string_equal(dep.reason, "boom");
	assert_int_equal(result(&other), OTP_START_FAILED);
	assert_string_equal(other.reason, "{d,boom}");
	assert_string_equal(other.started, "");
	assert_string_equal(happened(), "");
	fails['d' - 'a'] = false;
	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "+d+b-b-d");
}

static void
D3_what_only_starts_cannot_be_stopped(void **state)
{
	struct ask one = ASK(STARTS, &b, .by_thread = asks_by_thread(state));
	struct ask stop = ASK(STOPS, &b);

	hold("b");
	begin(&one);
	await_inits(1);
	assert_int_equal(asked(&stop), OTP_NOT_RUNNING);
	assert_int_equal(otp_app_stop(&b), OTP_NOT_RUNNING);
	assert_true(runs(&d));
	assert_false(one.is_done);
	/* It is no start alone, if what it depends on only starts. */
	assert_int_equal(otp_app_start_alone(&x, NULL, OTP_APP_TEMPORARY),
		OTP_NOT_RUNNING);
	assert_string_equal(reason_text(), "{not_started,c}");
	hold_init = false;
	assert_int_equal(result(&one), OTP_OK);
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "+d+b-b-d");
}

/* Each in its turn: the start waits for the end, and starts it anew. */
static void
D3_what_stops_can_be_started_again(void **state)
{
	struct ask stop = ASK(STOPS, &b, .by_thread = asks_by_thread(state));
	struct ask late = ASK(STOPS, &b, .by_thread = asks_by_thread(state));
	struct ask start = ASK(STARTS, &b, .by_thread = asks_by_thread(state));

	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	is_held = true;
	begin(&stop);
	await_log("+d+b-b");
	begin(&late);
	await_asked(&late);
	begin(&start);
	await_asked(&start);
	assert_false(stop.is_done || late.is_done || start.is_done);
	is_held = false;
	assert_int_equal(result(&stop), OTP_OK);
	assert_int_equal(result(&late), OTP_NOT_RUNNING);
	assert_int_equal(result(&start), OTP_OK);
	assert_true(runs(&b));
	assert_true(runs(&d));
	assert_int_equal(otp_app_stop(&b), OTP_OK);
}

/* What goes as it is left over is needed again. */
static void
D2_what_is_left_over_may_be_wanted_again(void **state)
{
	struct ask stop = ASK(STOPS, &b, .by_thread = asks_by_thread(state));
	struct ask start = ASK(ENSURES, &c, .by_thread = asks_by_thread(state));

	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	happened();
	is_held = true;
	begin(&stop);
	await_log("-b");
	is_held = false;
	while (runs(&b))
		a_moment();
	is_held = true;
	/* d is next, unless c comes before. */
	begin(&start);
	await_asked(&start);
	is_held = false;
	assert_int_equal(result(&stop), OTP_OK);
	assert_int_equal(result(&start), OTP_OK);
	assert_true(runs(&c));
	assert_true(runs(&d));
	assert_int_equal(otp_app_stop(&c), OTP_OK);
	assert_false(runs(&d));
}

static void
D2_those_who_start_keep_what_they_depend_on(void **state)
{
	struct ask one = ASK(STARTS, &c, .by_thread = asks_by_thread(state));

	assert_int_equal(otp_app_start(&b, NULL), OTP_OK);
	happened();
	hold("c");
	begin(&one);
	await_inits(1);
	/* d stays, as c is about to stand on it. */
	assert_int_equal(otp_app_stop(&b), OTP_OK);
	assert_string_equal(happened(), "-b");
	fails['c' - 'a'] = true;
	hold_init = false;
	assert_int_equal(result(&one), OTP_START_FAILED);
	assert_string_equal(happened(), "-d");
}

/* p, q and r go round in a circle. */
static const struct otp_app_class r;
APP(p, &r, NULL);
APP(q, &p, NULL);
APP(r, &q, NULL);

static void
D2_a_circle_is_refused_to_all(void **state)
{
	struct ask asks[] = {
		ASK(STARTS, &p, .by_thread = asks_by_thread(state)),
		ASK(STARTS, &q, .by_thread = asks_by_thread(state)),
		ASK(STARTS, &r, .by_thread = asks_by_thread(state))};

	for (int i = 0; i < 3; i++)
		begin(&asks[i]);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(result(&asks[i]), OTP_START_FAILED);
		assert_non_null(strstr(asks[i].reason, "{dependency_cycle,"));
	}
	assert_string_equal(happened(), "");
}

/* --- many at once ----------------------------------------------------------- */

enum {
	crowd = 8,
	rounds = 40
};

static const struct otp_app_class *const all[] = {&a, &b, &c, &d, &e, &x};
static _Atomic bool went_wrong;
static _Atomic int done;

static bool
is_fine(enum deed deed, otp_err err)
{
	if (deed == STOPS || deed == STARTS_ALONE)
		return err == OTP_OK || err == OTP_NOT_RUNNING ||
			(deed == STARTS_ALONE && err == OTP_ALREADY_STARTED);
	return err == OTP_OK || (deed == STARTS && err == OTP_ALREADY_STARTED);
}

static void
do_many(void *seed)
{
	uint32_t random = *(const uint32_t *)seed;

	for (int i = 0; i < rounds; i++) {
		random = random * 1664525 + 1013904223;
		struct ask ask = ASK((enum deed)(random >> 16) % 4,
			all[(random >> 24) % (sizeof all / sizeof all[0])]);

		if (!is_fine(ask.deed, do_ask(&ask)))
			went_wrong = true;
	}
	done++;
}

static void *
do_many_in_thread(void *seed)
{
	do_many(seed);
	return NULL;
}

static void
D1_D2_D3_many_start_and_stop_at_once(void **state)
{
	bool by_thread = asks_by_thread(state);
	uint32_t seeds[crowd];
	pthread_t threads[crowd];

	done = 0;
	log_is_off = true;
	for (uint32_t i = 0; i < crowd; i++) {
		seeds[i] = i + 1;
		if (by_thread && i % 2)
			assert_int_equal(pthread_create(&threads[i], NULL,
						 do_many_in_thread, &seeds[i]),
				0);
		else
			otp_spawn(do_many, &seeds[i]);
	}
	while (done < crowd)
		a_moment();
	for (uint32_t i = 1; by_thread && i < crowd; i += 2)
		pthread_join(threads[i], NULL);
	assert_false(went_wrong);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		(void)!otp_app_stop(all[i]);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_false(runs(all[i]));
	log_is_off = false;
}

/* --- the runtime's end ------------------------------------------------------- */

static _Atomic bool is_over;

static void *
start_and_stop(void *app)
{
	while (!is_over) {
		otp_err err = otp_app_start(app, NULL);

		if (err != OTP_OK && err != OTP_ALREADY_STARTED &&
			err != OTP_NOT_RUNNING && err != OTP_START_FAILED)
			went_wrong = true;
		err = otp_app_stop(app);
		if (err != OTP_OK && err != OTP_NOT_RUNNING)
			went_wrong = true;
	}
	return NULL;
}

/* Each thread starts the runtime if need be; the last stop ends it. */
static void
D5_the_last_stop_ends_the_runtime(void **state)
{
	static const struct otp_app_class *const some[] = {&b, &c, &e};
	pthread_t threads[3];
	struct otp_stats stats;

	(void)asks_by_thread(state);
	is_over = false;
	log_is_off = true;
	assert_int_equal(otp_runtime_stop(PATIENCE_MS), OTP_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 start_and_stop, (void *)some[i]),
			0);
	for (int i = 0; i < 300; i++)
		a_moment();
	is_over = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	otp_stats(&stats);
	assert_int_equal(stats.up_ns, 0);
	assert_false(went_wrong);
	log_is_off = false;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
}

/* Somebody else stops it, again and again. */
static void
D5_a_runtime_that_stops_under_them_harms_nobody(void **state)
{
	static const struct otp_app_class *const some[] = {&b, &c, &e};
	pthread_t threads[3];

	(void)asks_by_thread(state);
	is_over = false;
	log_is_off = true;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 start_and_stop, (void *)some[i]),
			0);
	for (int i = 0; i < 30; i++) {
		a_moment();
		(void)!otp_runtime_stop(PATIENCE_MS);
	}
	is_over = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_false(went_wrong);
	(void)!otp_runtime_stop(PATIENCE_MS);
	log_is_off = false;
	assert_int_equal(otp_runtime_start(NULL), OTP_OK);
	assert_int_equal(otp_app_start(&a, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&a), OTP_OK);
}

static bool by_process = false, by_thread = true;

#define cmocka_unit_test_threads(NAME) \
	{ \
#NAME "_by_threads", NAME, begin_world, end_world, &by_thread \
	}
#undef RULE
#define RULE(NAME) \
	{#NAME, NAME, begin_world, end_world, &by_process}, \
		cmocka_unit_test_threads(NAME)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D1_different_ones_start_in_parallel),
		RULE(D3_who_asks_while_it_starts_gets_the_same_result),
		RULE(D2_D3_a_failure_is_told_to_all_who_asked),
		RULE(D3_what_only_starts_cannot_be_stopped),
		RULE(D3_what_stops_can_be_started_again),
		RULE(D2_what_is_left_over_may_be_wanted_again),
		RULE(D2_those_who_start_keep_what_they_depend_on),
		RULE(D2_a_circle_is_refused_to_all),
		RULE(D1_D2_D3_many_start_and_stop_at_once),
		cmocka_unit_test_threads(D5_the_last_stop_ends_the_runtime),
		cmocka_unit_test_threads(
			D5_a_runtime_that_stops_under_them_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
