/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When children are restarted (C23, C28), and restart back-off, which goes
 * beyond OTP. All in the deterministic mode, whose clock stands still while
 * anything can run: so times are exact.
 */
#include "tree.h"

#include <otp/runtime.h>

/* One child with a back-off, or more than one that have none but it. */
static void
backoff_init(struct tree *tree, enum otp_strategy strategy, size_t count,
	size_t which, otp_duration first_ms, otp_duration most_ms)
{
	tree_init(tree, strategy, count);
	tree->class.intensity = 1000;
	tree->children[which].backoff_ms = first_ms;
	tree->children[which].backoff_max_ms = most_ms;
}

/*
 * The next note is the init of a probe: how long it took from since_ms on.
 * Returns when the supervisor has what came of it.
 */
static int64_t
init_after(const struct tree *tree, int64_t since_ms, int64_t id, otp_pid *pid)
{
	struct note note = expect(NOTE_INIT);
	struct otp_child_counts c;

	assert_int_equal(note.value, id);
	*pid = note.from;
	/* It may be giving up. */
	if (otp_supervisor_count_children(tree_to(tree), &c) != OTP_OK)
		assert_false(otp_is_alive(tree->pid));
	return otp_monotonic_ms() - since_ms;
}

/* Kills child `id`: after how long it is there again. */
static int64_t
restart_time(const struct tree *tree, int64_t id, otp_pid *pid)
{
	int64_t since_ms = otp_monotonic_ms();

	kill_child(*pid);
	return init_after(tree, since_ms, id, pid);
}

/* --- without ------------------------------------------------------------- */

static void
C28_there_is_no_pause_between_restarts(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ALL, 2, 0, 0, 0);
	plans[1].plain = true;
	tree_start(&tree);
	expect_inits("01", pids);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(restart_time(&tree, 0, &pids[0]), 0);
		expect_inits("1", NULL);
	}
	tree_stop(&tree);

	/* Nor between attempts that fail. */
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 0, 0);
	plans[0] = (struct plan){.from = 2, .until = 5, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("0", pids);
	for (int i = 0; i < 5; i++)
		assert_int_equal(restart_time(&tree, 0, &pids[0]), 0);
	tree_stop(&tree);
}

/* Whether the second restart, so long after the first, is one too many. */
static bool
second_gives_up(int64_t after_ms)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int64_t since_ms;
	bool gave_up;

	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree.class.intensity = 1;
	tree.class.period_ms = 5000;
	tree_start(&tree);
	expect_inits("0", pids);
	since_ms = otp_monotonic_ms();
	kill_child(pids[0]);
	expect_inits("0", pids);
	while (otp_monotonic_ms() < since_ms + after_ms)
		otp_sleep(since_ms + after_ms - otp_monotonic_ms());
	assert_int_equal(otp_monotonic_ms(), since_ms + after_ms);
	kill_child(pids[0]);
	otp_sleep(1);
	gave_up = !otp_is_alive(tree.pid);
	if (gave_up) {
		assert_string_equal(exit_reason(tree.pid), "shutdown");
	} else {
		expect_inits("0", NULL);
		tree_stop(&tree);
	}
	return gave_up;
}

/* Milliseconds here; OTP counts whole seconds. */
static void
C23_a_restart_counts_for_the_period_to_the_millisecond(void **state)
{
	(void)state;
	assert_true(second_gives_up(1));
	assert_true(second_gives_up(5000));
	assert_false(second_gives_up(5001));
}

/* --- delays -------------------------------------------------------------- */

static void
a_constant_back_off(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	struct told t;

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 2, 1, 200, 0);
	tree_start(&tree);
	expect_inits("01", pids);
	for (int i = 0; i < 4; i++)
		assert_int_equal(restart_time(&tree, 1, &pids[1]), 200);
	t = report(OTP_REPORT_CHILD);
	assert_string_equal(t.who, "1");
	assert_string_equal(
		t.verdict, "restarting in 200 ms (1 of 1000 in 60 s)");
	/* The one beside it has none. */
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 0);
	tree_stop(&tree);
}

static void
an_exponential_back_off_doubles_up_to_its_limit(void **state)
{
	static const int64_t delays[] = {100, 200, 400, 800, 1000, 1000, 1000};
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 100, 1000);
	tree_start(&tree);
	expect_inits("0", pids);
	for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++)
		assert_int_equal(restart_time(&tree, 0, &pids[0]), delays[i]);
	tree_stop(&tree);

	/* As long as that may be. */
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 1, INT64_MAX / 2);
	tree.class.period_ms = OTP_INFINITY;
	tree_start(&tree);
	expect_inits("0", pids);
	for (int i = 0; i < 14; i++)
		assert_int_equal(
			restart_time(&tree, 0, &pids[0]), INT64_C(1) << i);
	tree_stop(&tree);
}

static void
it_begins_anew_once_the_child_has_lived_for_long(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 100, 1000);
	tree_start(&tree);
	expect_inits("0", pids);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 100);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 200);
	otp_sleep(990);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 400);
	otp_sleep(1000);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 100);
	tree_stop(&tree);
}

static void
jitter_is_a_part_of_each_delay(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 1000, 0);
	tree.children[0].jitter = 20;
	tree_start(&tree);
	expect_inits("0", pids);
	for (int i = 0; i < 200; i++) {
		int64_t ms = restart_time(&tree, 0, &pids[0]);

		assert_in_range(ms, 800, 1200);
		if (ms < least)
			least = ms;
		if (ms > most)
			most = ms;
		forget_reports();
	}
	/* Either way, and all of the way. */
	assert_true(least < 850 && most > 1150);
	tree_stop(&tree);

	/* Of the limit, too. */
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 1000, 1000);
	tree.children[0].jitter = 100;
	tree_start(&tree);
	expect_inits("0", pids);
	for (int i = 0; i < 50; i++)
		assert_in_range(restart_time(&tree, 0, &pids[0]), 0, 2000);
	tree_stop(&tree);
}

/* --- what counts --------------------------------------------------------- */

static void
C26_a_restart_that_fails_waits_longer_and_counts(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int64_t since_ms;

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 2, 1, 100, 1000);
	tree.class.intensity = 3;
	plans[1] = (struct plan){.from = 2, .until = 99, .op = INIT_STOP};
	tree_start(&tree);
	expect_inits("01", pids);
	since_ms = otp_monotonic_ms();
	kill_child(pids[1]);
	assert_int_equal(init_after(&tree, since_ms, 1, &pids[1]), 100);
	assert_int_equal(init_after(&tree, since_ms, 1, &pids[1]), 300);
	assert_int_equal(init_after(&tree, since_ms, 1, &pids[1]), 700);
	assert_string_equal(report(OTP_REPORT_START).verdict,
		"not restarted yet, again in 200 ms");
	/* Three attempts, as without. */
	expect_terminates("0");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	expect_nothing();
}

static void
C21_one_restart_too_many_gives_up_without_waiting(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int64_t since_ms;

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 1000, 0);
	tree.class.intensity = 2;
	tree_start(&tree);
	expect_inits("0", pids);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 1000);
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 1000);
	since_ms = otp_monotonic_ms();
	kill_child(pids[0]);
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	assert_int_equal(otp_monotonic_ms(), since_ms);
	assert_string_equal(report(OTP_REPORT_INTENSITY).who, "0");
}

static void
a_restart_is_counted_and_traced_when_it_happens(void **state)
{
	struct otp_counters before, meanwhile, after;
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 1, 0, 100, 0);
	tree_start(&tree);
	expect_inits("0", pids);
	otp_counters_get(&before);
	kill_child(pids[0]);
	await_child(&tree, "0", 't');
	otp_counters_get(&meanwhile);
	assert_int_equal(meanwhile.restarts, before.restarts);
	expect_inits("0", NULL);
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	otp_counters_get(&after);
	assert_int_equal(after.restarts, before.restarts + 1);
	tree_stop(&tree);
}

/* --- meanwhile ----------------------------------------------------------- */

/* Child `which` of them is dead and waits. */
static void
waiting(struct tree *tree, enum otp_strategy strategy, size_t which,
	otp_pid *pids)
{
	backoff_init(tree, strategy, 3, which, 1000, 0);
	tree_start(tree);
	expect_inits("012", pids);
	kill_child(pids[which]);
}

static void
C39_C40_C41_C44_a_child_that_waits_is_restarting(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX], pid;
	otp_to to;

	(void)state;
	waiting(&tree, OTP_ONE_FOR_ONE, 1, pids);
	to = tree_to(&tree);
	await_child(&tree, "1", 't');
	assert_int_equal(counts(&tree).specs, 3);
	assert_int_equal(counts(&tree).active, 2);
	assert_int_equal(
		otp_supervisor_restart_child(to, "1", &pid), OTP_RESTARTING);
	assert_int_equal(otp_supervisor_delete_child(to, "1"), OTP_RESTARTING);
	assert_int_equal(otp_supervisor_terminate_child(to, "1"), OTP_OK);
	assert_int_equal(child_is(&tree, "1", NULL), 's');
	otp_sleep(2000);
	expect_nothing();
	/* A retry that is on its way still is none of the next death. */
	assert_int_equal(otp_supervisor_restart_child(to, "1", &pid), OTP_OK);
	expect_inits("1", NULL);
	kill_child(pid);
	await_child(&tree, "1", 't');
	otp_sleep(500);
	assert_int_equal(otp_supervisor_terminate_child(to, "1"), OTP_OK);
	assert_int_equal(otp_supervisor_restart_child(to, "1", &pid), OTP_OK);
	expect_inits("1", NULL);
	assert_int_equal(restart_time(&tree, 1, &pid), 1000);
	tree_stop(&tree);
}

static void
C15_C16_a_group_is_stopped_at_once_and_started_after_the_wait(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];
	int64_t since_ms;

	(void)state;
	waiting(&tree, OTP_ONE_FOR_ALL, 1, pids);
	since_ms = otp_monotonic_ms();
	expect_terminates("20");
	assert_int_equal(otp_monotonic_ms(), since_ms);
	assert_int_equal(child_is(&tree, "0", NULL), 's');
	assert_int_equal(child_is(&tree, "1", NULL), 't');
	assert_int_equal(init_after(&tree, since_ms, 0, &pids[0]), 1000);
	expect_inits("12", NULL);
	expect_nothing();
	tree_stop(&tree);

	waiting(&tree, OTP_REST_FOR_ONE, 1, pids);
	since_ms = otp_monotonic_ms();
	expect_terminates("2");
	assert_int_equal(child_is(&tree, "0", NULL), 'r');
	assert_int_equal(init_after(&tree, since_ms, 1, &pids[1]), 1000);
	expect_inits("2", NULL);
	expect_nothing();
	tree_stop(&tree);
}

static void
a_siblings_restart_starts_it_earlier(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	waiting(&tree, OTP_REST_FOR_ONE, 1, pids);
	expect_terminates("2");
	await_child(&tree, "1", 't');
	assert_int_equal(restart_time(&tree, 0, &pids[0]), 0);
	expect_inits("12", NULL);
	otp_sleep(2000);
	expect_nothing();
	assert_int_equal(counts(&tree).active, 3);
	tree_stop(&tree);
}

static void
a_supervisor_that_ends_meanwhile_starts_nothing(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	waiting(&tree, OTP_ONE_FOR_ONE, 2, pids);
	await_child(&tree, "2", 't');
	otp_exit_signal(tree.pid, OTP_SHUTDOWN);
	expect_terminates("10");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
	otp_sleep(2000);
	expect_nothing();
}

static void
C49_a_significant_child_that_waits_is_still_there(void **state)
{
	static struct tree tree;
	otp_pid pids[TREE_MAX];

	(void)state;
	backoff_init(&tree, OTP_ONE_FOR_ONE, 2, 0, 1000, 0);
	tree.class.auto_shutdown = OTP_AUTO_SHUTDOWN_ALL;
	for (int i = 0; i < 2; i++) {
		tree.children[i].restart = OTP_TRANSIENT;
		tree.children[i].significant = true;
	}
	tree_start(&tree);
	expect_inits("01", pids);
	kill_child(pids[0]);
	await_child(&tree, "0", 't');
	end_child(pids[1], "normal");
	expect_inits("0", pids);
	end_child(pids[0], "normal");
	assert_string_equal(exit_reason(tree.pid), "shutdown");
}

/* --- dynamic children ----------------------------------------------------- */

static otp_pid
dynamic_child(const struct tree *tree, int64_t id)
{
	otp_pid pid;

	if (otp_supervisor_start_child(tree_to(tree), NULL,
		    start_new((struct probe_start){.id = id}), &pid) != OTP_OK)
		fail_msg("the child did not start");
	assert_int_equal(expect(NOTE_INIT).value, id);
	return pid;
}

static void
C42_C54_dynamic_children_wait_each_for_itself(void **state)
{
	static struct tree tree;
	otp_pid a, b;
	int64_t since_ms;

	(void)state;
	tree_init_simple(&tree, OTP_PERMANENT);
	tree.class.intensity = 100;
	tree.class.max_children = 2;
	tree.children[0].backoff_ms = 100;
	tree.children[0].backoff_max_ms = 1000;
	tree_start(&tree);
	a = dynamic_child(&tree, 1);
	b = dynamic_child(&tree, 2);
	assert_int_equal(restart_time(&tree, 1, &a), 100);
	assert_int_equal(restart_time(&tree, 1, &a), 200);
	assert_int_equal(restart_time(&tree, 2, &b), 100);
	since_ms = otp_monotonic_ms();
	kill_child(a);
	kill_child(b);
	assert_int_equal(init_after(&tree, since_ms, 2, &b), 200);
	/* The other one waits; it has its place, and its former pid. */
	assert_int_equal(otp_supervisor_start_child(tree_to(&tree), NULL,
				 start_new((struct probe_start){0}), &b),
		OTP_MAX_CHILDREN);
	assert_int_equal(counts(&tree).workers, 2);
	assert_int_equal(counts(&tree).active, 1);
	assert_int_equal(
		otp_supervisor_terminate_pid(tree_to(&tree), a), OTP_OK);
	otp_sleep(2000);
	expect_nothing();
	assert_int_equal(counts(&tree).workers, 1);
	tree_stop(&tree);
}

static void
each_child_of_a_dynamic_supervisor_has_its_own(void **state)
{
	static const struct otp_duration_row {
		otp_duration first_ms, most_ms;
		int64_t delays[2];
	} rows[] = {{0, 0, {0, 0}}, {50, 0, {50, 50}}, {70, 300, {70, 140}}};
	static struct tree tree;
	otp_pid pids[3];

	(void)state;
	tree_init(&tree, OTP_DYNAMIC, 0);
	tree.class.intensity = 100;
	tree_start(&tree);
	for (int i = 0; i < 3; i++) {
		struct otp_child_spec spec = {
			.server = &trapping_class,
			.backoff_ms = rows[i].first_ms,
			.backoff_max_ms = rows[i].most_ms,
		};

		assert_int_equal(
			otp_supervisor_add_child(tree_to(&tree), &spec,
				start_new((struct probe_start){.id = i}),
				&pids[i]),
			OTP_OK);
		expect(NOTE_INIT);
	}
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3; i++)
			assert_int_equal(restart_time(&tree, i, &pids[i]),
				rows[i].delays[round]);
	tree_stop(&tree);
}

static void
an_added_child_has_its_own(void **state)
{
	struct otp_child_spec spec = {.id = "a",
		.server = &trapping_class,
		.backoff_ms = 30,
		.backoff_max_ms = 100};
	static struct tree tree;
	otp_pid pid;

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 1);
	tree_start(&tree);
	expect_inits("0", NULL);
	assert_int_equal(
		otp_supervisor_add_child(tree_to(&tree), &spec,
			start_new((struct probe_start){.id = 7}), &pid),
		OTP_OK);
	expect(NOTE_INIT);
	assert_int_equal(restart_time(&tree, 7, &pid), 30);
	assert_int_equal(restart_time(&tree, 7, &pid), 60);
	assert_int_equal(restart_time(&tree, 7, &pid), 100);
	tree_stop(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(C23_a_restart_counts_for_the_period_to_the_millisecond),
		RULE(C28_there_is_no_pause_between_restarts),
		RULE(a_constant_back_off),
		RULE(an_exponential_back_off_doubles_up_to_its_limit),
		RULE(it_begins_anew_once_the_child_has_lived_for_long),
		RULE(jitter_is_a_part_of_each_delay),
		RULE(C26_a_restart_that_fails_waits_longer_and_counts),
		RULE(C21_one_restart_too_many_gives_up_without_waiting),
		RULE(a_restart_is_counted_and_traced_when_it_happens),
		RULE(C39_C40_C41_C44_a_child_that_waits_is_restarting),
		RULE(C15_C16_a_group_is_stopped_at_once_and_started_after_the_wait),
		RULE(a_siblings_restart_starts_it_earlier),
		RULE(a_supervisor_that_ends_meanwhile_starts_nothing),
		RULE(C49_a_significant_child_that_waits_is_still_there),
		RULE(C42_C54_dynamic_children_wait_each_for_itself),
		RULE(each_child_of_a_dynamic_supervisor_has_its_own),
		RULE(an_added_child_has_its_own),
	};

	setenv("OTP_SIM", "1", 0);
	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
