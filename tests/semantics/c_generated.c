/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a spec says of children, in trees that otpc writes: restart back-off,
 * arguments that the supervisor has for all its dynamic children, and children
 * of any kind. All in the deterministic mode, whose clock stands still while
 * anything can run: so times are exact.
 */
#include "support.h"

#include "c_generated.otp.h"

/* --- the servers ---------------------------------------------------------- */

otp_next
c_generated_plain_init(struct c_generated_plain *self, int64_t n)
{
	(void)self;
	tell(NOTE_INIT, n, OTP_NORMAL);
	return otp_ok();
}

otp_next
c_generated_plain_handle_end(struct c_generated_plain *self, otp_string reason)
{
	(void)self;
	return otp_stop(otp_term_atom(reason.ptr));
}

/* "home 1 2 + a b": all that it was started with. */
otp_next
c_generated_worker_init(struct c_generated_worker *self,
	const struct c_generated_place *place, int64_t n,
	struct otp_string_list tags)
{
	char text[TEXT_SIZE];
	int len = snprintf(text, sizeof text, "%s", place->name.ptr);

	self->n = n;
	for (size_t i = 0; i < place->at.len; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, " %d",
			(int)place->at.ptr[i]);
	len += snprintf(text + len, sizeof text - (size_t)len, " +");
	for (size_t i = 0; i < tags.len; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, " %s",
			tags.ptr[i].ptr);
	note_text(tester, NOTE_INIT, n, text);
	return otp_ok();
}

otp_next
c_generated_worker_handle_where(struct c_generated_worker *self, int64_t *reply)
{
	*reply = self->n;
	return otp_reply();
}

otp_next
c_generated_worker_handle_end(
	struct c_generated_worker *self, otp_string reason)
{
	(void)self;
	return otp_stop(otp_term_atom(reason.ptr));
}

/* --- times ----------------------------------------------------------------- */

/* Ends a Plain: so much later it is there again. */
static int64_t
restart_time(otp_pid *pid, int64_t n)
{
	int64_t since_ms = otp_monotonic_ms();
	struct note note;

	assert_int_equal(c_generated_plain_end(
				 c_generated_plain_of(*pid), otp_str("crash")),
		OTP_OK);
	note = expect(NOTE_INIT);
	assert_int_equal(note.value, n);
	*pid = note.from;
	return otp_monotonic_ms() - since_ms;
}

static otp_pid
begun(int64_t n)
{
	struct note note = expect(NOTE_INIT);

	assert_int_equal(note.value, n);
	return note.from;
}

static void
end_tree(otp_to supervisor)
{
	otp_pid pid = supervisor.pid;
	otp_ref ref = otp_monitor(pid);

	otp_unlink(pid);
	otp_exit_signal(pid, OTP_KILL);
	down_reason(ref);
	expect_nothing();
}

static void
backoff_is_constant(void **state)
{
	c_generated_constant_ref tree;
	otp_pid one, two;

	(void)state;
	assert_int_equal(c_generated_constant_start(NULL, &tree), OTP_OK);
	one = begun(1);
	two = begun(2);
	for (int i = 0; i < 3; i++)
		assert_int_equal(restart_time(&one, 1), 200);
	/* The one beside it has none. */
	assert_int_equal(restart_time(&two, 2), 0);
	end_tree(tree.to);
}

static void
backoff_doubles_up_to_the_second_delay(void **state)
{
	static const int64_t delays[] = {100, 200, 400, 800, 1000, 1000};
	c_generated_growing_ref tree;
	otp_pid one;

	(void)state;
	assert_int_equal(c_generated_growing_start(NULL, &tree), OTP_OK);
	one = begun(1);
	for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++)
		assert_int_equal(restart_time(&one, 1), delays[i]);
	otp_sleep(1000);
	assert_int_equal(restart_time(&one, 1), 100);
	end_tree(tree.to);
}

static void
backoff_jitters_by_its_percentage(void **state)
{
	c_generated_shaky_ref tree;
	bool shorter = false, longer = false;
	otp_pid one;

	(void)state;
	assert_int_equal(c_generated_shaky_start(NULL, &tree), OTP_OK);
	one = begun(1);
	for (int i = 0; i < 50; i++) {
		int64_t ms = restart_time(&one, 1);

		assert_in_range(ms, 800, 1200);
		shorter |= ms < 1000;
		longer |= ms > 1000;
	}
	assert_true(shorter && longer);
	end_tree(tree.to);
}

static void
backoff_holds_the_group(void **state)
{
	c_generated_all_ref tree;
	otp_pid one, two;
	otp_ref ref;
	int64_t since_ms;

	(void)state;
	assert_int_equal(c_generated_all_start(NULL, &tree), OTP_OK);
	one = begun(1);
	two = begun(2);
	ref = otp_monitor(one);
	since_ms = otp_monotonic_ms();
	assert_int_equal(c_generated_plain_end(
				 c_generated_plain_of(two), otp_str("crash")),
		OTP_OK);
	down_reason(ref);
	assert_int_equal(otp_monotonic_ms(), since_ms);
	begun(1);
	begun(2);
	assert_int_equal(otp_monotonic_ms(), since_ms + 250);
	end_tree(tree.to);
}

static void
backoff_of_partitions_is_each_ones_own(void **state)
{
	c_generated_parts_ref tree;
	otp_pid parts[3];

	(void)state;
	assert_int_equal(c_generated_parts_start(NULL, &tree), OTP_OK);
	for (int64_t i = 0; i < 3; i++)
		parts[i] = begun(i);
	assert_int_equal(restart_time(&parts[1], 1), 300);
	assert_int_equal(restart_time(&parts[2], 2), 300);
	assert_true(otp_is_alive(parts[0]));
	end_tree(tree.to);
}

/* --- first arguments -------------------------------------------------------- */

static const int32_t where[] = {1, 2};

static struct c_generated_place
place(void)
{
	struct c_generated_place home = {.name = otp_str("home")};

	home.at.ptr = where;
	home.at.len = 2;
	return home;
}

static struct otp_string_list
tags(const char *a, const char *b)
{
	struct otp_string_list list = {0};
	otp_string *texts = otp_string_list_new(&list, 2);

	texts[0] = otp_str(a);
	texts[1] = otp_str(b);
	return list;
}

static otp_pid
begun_with(int64_t n, const char *text)
{
	struct note note = expect(NOTE_INIT);

	assert_int_equal(note.value, n);
	assert_string_equal(note.text, text);
	return note.from;
}

/* Where n is -1, ignore; where it is -2, stop. */
otp_next
c_generated_alone_init(const struct c_generated_place *home, int32_t n)
{
	note_text(tester, NOTE_READY, n, home->name.ptr);
	return n == -1    ? otp_ignore()
		: n == -2 ? otp_stop(otp_term_atom("no"))
			  : otp_ok();
}

otp_next
c_generated_pool_init(void)
{
	return otp_ok();
}

static void
C7_init_says_whether_the_supervisor_starts(void **state)
{
	struct c_generated_place home = place();
	c_generated_alone_ref tree = {0};

	(void)state;
	assert_int_equal(
		c_generated_alone_start(&home, -1, NULL, &tree), OTP_IGNORE);
	assert_string_equal(expect(NOTE_READY).text, "home");
	assert_int_equal(c_generated_alone_start(&home, -2, NULL, &tree),
		OTP_START_FAILED);
	assert_string_equal(last_reason(), "no");
	assert_int_equal(expect(NOTE_READY).value, -2);
	assert_int_equal(
		c_generated_alone_start(&home, 2, NULL, &tree), OTP_OK);
	expect(NOTE_READY);
	end_tree(tree.to);
}

static void
C55_the_first_arguments_are_those_of_the_supervisor(void **state)
{
	struct c_generated_place home = place();
	c_generated_alone_ref tree;
	c_generated_worker_ref a, b, more;
	int64_t n;

	(void)state;
	assert_int_equal(
		c_generated_alone_start(&home, 7, NULL, &tree), OTP_OK);
	expect(NOTE_READY);
	assert_int_equal(
		c_generated_alone_start_extra(tree, tags("a", "b"), &a),
		OTP_OK);
	begun_with(7, "home 1 2 + a b");
	assert_int_equal(
		c_generated_alone_start_extra(tree, tags("c", ""), &b), OTP_OK);
	begun_with(7, "home 1 2 + c ");
	assert_int_equal(c_generated_worker_where(b, &n), OTP_OK);
	assert_int_equal(n, 7);

	/* A restart gets the same. */
	assert_int_equal(c_generated_worker_end(a, otp_str("crash")), OTP_OK);
	begun_with(7, "home 1 2 + a b");
	assert_int_equal(c_generated_worker_end(b, otp_str("normal")), OTP_OK);

	assert_int_equal(
		c_generated_alone_start_extra(tree, tags("d", "e"), &more),
		OTP_OK);
	begun_with(7, "home 1 2 + d e");
	end_tree(tree.to);
}

static void
C55_beside_other_children_too(void **state)
{
	struct c_generated_place home = place(), other = {0};
	c_generated_beside_ref tree;
	c_generated_worker_ref a, plain;
	int64_t since_ms;

	(void)state;
	other.name = otp_str("away");
	assert_int_equal(c_generated_beside_start(&home, NULL, &tree), OTP_OK);
	begun(0);
	begun(1);
	assert_int_equal(
		c_generated_beside_start_extra(tree, -3, tags("x", "y"), &a),
		OTP_OK);
	begun_with(-3, "home 1 2 + x y");
	/* And one that gets them all from who starts it. */
	assert_int_equal(c_generated_beside_start_none(
				 tree, &other, 4, tags("z", "z"), &plain),
		OTP_OK);
	begun_with(4, "away + z z");

	since_ms = otp_monotonic_ms();
	assert_int_equal(c_generated_worker_end(a, otp_str("crash")), OTP_OK);
	begun_with(-3, "home 1 2 + x y");
	assert_int_equal(otp_monotonic_ms(), since_ms + 400);
	end_tree(tree.to);
}

static void
C55_nothing_need_be_left_for_the_start(void **state)
{
	c_generated_whole_ref tree;
	c_generated_plain_ref child;
	otp_pid first;

	(void)state;
	assert_int_equal(c_generated_whole_start(9, NULL, &tree), OTP_OK);
	assert_int_equal(c_generated_whole_start_extra(tree, &child), OTP_OK);
	first = begun(9);
	assert_true(otp_pid_equal(first, child.to.pid));
	assert_int_equal(c_generated_whole_start_extra(tree, &child), OTP_OK);
	begun(9);
	assert_int_equal(restart_time(&first, 9), 0);
	end_tree(tree.to);
}

/* --- children of any kind ------------------------------------------------------ */

static otp_err
add_plain(otp_err (*add)(
		  const struct otp_child_spec *, struct otp_msg *, otp_pid *),
	struct otp_child_spec spec, int64_t n, otp_pid *pid)
{
	struct otp_msg *init;

	spec.server = &c_generated_plain_class;
	assert_int_equal(c_generated_plain_init_make(&init, n), OTP_OK);
	return add(&spec, init, pid);
}

static c_generated_pool_ref pool;
static c_generated_pools_ref pools;

static otp_err
to_pool(const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid)
{
	return c_generated_pool_start_pool(pool, spec, init, pid);
}

static otp_err
to_pools(const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid)
{
	return c_generated_pools_start_pool(pools, spec, init, pid);
}

static otp_err
to_more(const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid)
{
	return c_generated_pools_start_more(pools, spec, init, pid);
}

static void
C53_C54_a_pool_takes_children_of_any_kind(void **state)
{
	struct otp_child_spec spec = {.backoff_ms = 50};
	struct c_generated_place home = place();
	struct otp_msg *init;
	otp_pid plain, more, worker;
	otp_ref ref;

	(void)state;
	assert_int_equal(c_generated_pool_start(NULL, &pool), OTP_OK);
	assert_int_equal(add_plain(to_pool, spec, 3, &plain), OTP_OK);
	assert_true(otp_pid_equal(begun(3), plain));

	spec = (struct otp_child_spec){.server = &c_generated_worker_class,
		.restart = OTP_TRANSIENT,
		.significant = true};
	assert_int_equal(
		c_generated_worker_init_make(&init, &home, 5, tags("a", "b")),
		OTP_OK);
	assert_int_equal(
		c_generated_pool_start_pool(pool, &spec, init, &worker),
		OTP_OK);
	assert_true(otp_pid_equal(begun_with(5, "home 1 2 + a b"), worker));
	spec = (struct otp_child_spec){0};
	assert_int_equal(add_plain(to_pool, spec, 4, &more), OTP_MAX_CHILDREN);
	assert_int_equal(restart_time(&plain, 3), 50);

	/* The significant one ends it all. */
	ref = otp_monitor(pool.to.pid);
	assert_int_equal(c_generated_worker_end(c_generated_worker_of(worker),
				 otp_str("normal")),
		OTP_OK);
	assert_string_equal(down_reason(ref), "shutdown");
	expect_nothing();
}

static void
C53_pools_beside_other_children(void **state)
{
	struct otp_child_spec spec = {0};
	otp_pid first, a, b;

	(void)state;
	assert_int_equal(c_generated_pools_start(NULL, &pools), OTP_OK);
	first = begun(1);
	assert_int_equal(add_plain(to_pools, spec, 2, &a), OTP_OK);
	begun(2);
	assert_int_equal(add_plain(to_more, spec, 3, &b), OTP_OK);
	begun(3);
	assert_int_equal(add_plain(to_more, spec, 4, &b), OTP_MAX_CHILDREN);
	assert_int_equal(restart_time(&a, 2), 0);
	assert_true(otp_is_alive(first));
	end_tree(pools.to);
}

static void
C43_C45_children_tell_what_they_are(void **state)
{
	struct otp_child_info child;
	struct otp_child_spec spec;
	c_generated_growing_ref tree;
	otp_pid pid;

	(void)state;
	assert_int_equal(c_generated_growing_start(NULL, &tree), OTP_OK);
	pid = begun(1);
	assert_int_equal(
		otp_supervisor_which_child(tree.to, "one", &child), OTP_OK);
	assert_true(otp_pid_equal(child.pid, pid));
	assert_string_equal(child.class_name, "c_generated_plain");
	assert_int_equal(
		otp_supervisor_get_childspec(tree.to, "one", &spec), OTP_OK);
	assert_ptr_equal(spec.server, &c_generated_plain_class);
	assert_int_equal(spec.restart, OTP_TRANSIENT);
	assert_int_equal(spec.backoff_ms, 100);
	assert_int_equal(spec.backoff_max_ms, 1000);
	end_tree(tree.to);

	assert_int_equal(c_generated_pools_start(NULL, &pools), OTP_OK);
	begun(1);
	assert_int_equal(
		otp_supervisor_which_child(pools.to, "pool", &child), OTP_OK);
	assert_string_equal(child.class_name, "c_generated_pools_pool");
	end_tree(pools.to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(backoff_is_constant),
		RULE(backoff_doubles_up_to_the_second_delay),
		RULE(backoff_jitters_by_its_percentage),
		RULE(backoff_holds_the_group),
		RULE(backoff_of_partitions_is_each_ones_own),
		RULE(C7_init_says_whether_the_supervisor_starts),
		RULE(C55_the_first_arguments_are_those_of_the_supervisor),
		RULE(C55_beside_other_children_too),
		RULE(C55_nothing_need_be_left_for_the_start),
		RULE(C53_C54_a_pool_takes_children_of_any_kind),
		RULE(C53_pools_beside_other_children),
		RULE(C43_C45_children_tell_what_they_are),
	};

	setenv("OTP_SIM", "1", 0);
	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
