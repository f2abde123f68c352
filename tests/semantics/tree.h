/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervisors of probes. A tree's tables are filled in by each test and are
 * static, so that a test that fails leaves nothing dangling. The id of a child
 * is its number, "0", "1" ..., which is also in its notes.
 */
#ifndef TREE_H
#define TREE_H

#include "probe.h"

#define TREE_MAX 6

/*
 * How the starts of a child end: those numbered from `from` to `until`,
 * counted from 1, as `op` says; the others succeed.
 */
struct plan {
	_Atomic int starts;
	int from;
	_Atomic int until;
	enum init_op op;
	enum last_op last;
	const char *reason; /* of both; "no_start" when NULL */
	bool plain; /* does not trap exits */
};

static struct plan plans[TREE_MAX];

struct tree {
	struct otp_child_class children[TREE_MAX];
	struct otp_supervisor_class class;
	otp_pid pid;
};

static inline otp_err
start_planned(int64_t id, const struct otp_start_opts *opts, otp_pid *pid)
{
	struct plan *plan = &plans[id];
	struct probe_start start = {
		.op = INIT_OK,
		.last = plan->last,
		.id = id,
	};
	int number = ++plan->starts;

	snprintf(start.reason, sizeof start.reason, "%s",
		plan->reason ? plan->reason : "no_start");
	if (number >= plan->from && number <= plan->until)
		start.op = plan->op;
	return otp_server_start(plan->plain ? &plain_class : &trapping_class,
		OTP_START_LINK, start_new(start), opts, pid, NULL);
}

#define TREE_START(N) \
	static inline otp_err start_##N(const void *arguments, \
		const struct otp_start_opts *opts, otp_pid *pid) \
	{ \
		(void)arguments; \
		return start_planned(N, opts, pid); \
	}
TREE_START(0)
TREE_START(1)
TREE_START(2)
TREE_START(3)
TREE_START(4)
TREE_START(5)

/* `count` permanent workers, three restarts in a minute. */
static inline void
tree_init(struct tree *tree, enum otp_strategy strategy, size_t count)
{
	static const char *const ids[] = {"0", "1", "2", "3", "4", "5"};
	otp_err (*const starts[])(
		const void *, const struct otp_start_opts *, otp_pid *) = {
		start_0, start_1, start_2, start_3, start_4, start_5};

	memset(tree, 0, sizeof *tree);
	memset(plans, 0, sizeof plans);
	for (size_t i = 0; i < count; i++)
		tree->children[i] = (struct otp_child_class){
			.id = ids[i],
			.shutdown_ms = PATIENCE_MS,
			.start = starts[i],
		};
	tree->class = (struct otp_supervisor_class){
		.process = {.behaviour = &otp_supervisor, .name = "tree"},
		.strategy = strategy,
		.intensity = 3,
		.period_ms = 60000,
		.children = tree->children,
		.child_count = count,
	};
}

/* Of probes: the template is child 0. */
static inline void
tree_init_simple(struct tree *tree, enum otp_restart restart)
{
	tree_init(tree, OTP_SIMPLE_ONE_FOR_ONE, 1);
	tree->children[0].restart = restart;
	tree->class.server = &trapping_class;
}

static inline otp_err
tree_try(struct tree *tree)
{
	return otp_supervisor_start(
		&tree->class, OTP_START_LINK, NULL, NULL, &tree->pid, NULL);
}

static inline void
tree_start(struct tree *tree)
{
	if (tree_try(tree) != OTP_OK)
		fail_msg("the supervisor did not start: %s", last_reason());
}

static inline otp_to
tree_to(const struct tree *tree)
{
	return otp_to_pid(tree->pid);
}

/* The next notes are these inits, in this order: "012". Pids to pids[id]. */
static inline void
expect_inits(const char *order, otp_pid *pids)
{
	for (; *order; order++) {
		struct note note = expect(NOTE_INIT);

		assert_int_equal(note.value, *order - '0');
		if (pids)
			pids[note.value] = note.from;
	}
}

static inline void
expect_terminates(const char *order)
{
	for (; *order; order++)
		assert_int_equal(expect(NOTE_TERMINATE).value, *order - '0');
}

/* Ends a probe with a reason of its own, without waiting. */
static inline void
end_child(otp_pid pid, const char *reason)
{
	cast(pid, STOP, -1, reason);
	expect(NOTE_CAST);
	expect(NOTE_TERMINATE);
}

/* Lets a probe unlink itself from its supervisor, which it then has. */
static inline void
unlink_child(otp_pid pid)
{
	cast(pid, UNLINK_PARENT, -1, "");
	expect(NOTE_CAST);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
}

/* Kills a probe: no notes. */
static inline void
kill_child(otp_pid pid)
{
	otp_exit_signal(pid, OTP_KILL);
}

static inline struct otp_child_counts
counts(const struct tree *tree)
{
	struct otp_child_counts c = {0};

	if (otp_supervisor_count_children(tree_to(tree), &c) != OTP_OK)
		fail_msg("no counts");
	return c;
}

/* How child `id` stands, as a letter: r(unning), s(topped), (re)t(rying);
 * '-' when it is not there. *pid may be NULL. */
static inline char
child_is(const struct tree *tree, const char *id, otp_pid *pid)
{
	struct otp_child_info_list list;

	if (otp_supervisor_which_children(tree_to(tree), &list) != OTP_OK)
		fail_msg("no children");
	for (size_t i = 0; i < list.len; i++) {
		const struct otp_child_info *info = &list.ptr[i];

		if (!otp_string_equal(info->id, otp_str(id)))
			continue;
		if (pid)
			*pid = info->pid;
		return info->state == OTP_CHILD_RUNNING    ? 'r'
			: info->state == OTP_CHILD_STOPPED ? 's'
							   : 't';
	}
	return '-';
}

/* Waits until the supervisor has heard of what its child has done. */
static inline void
await_child(const struct tree *tree, const char *id, char is)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (child_is(tree, id, NULL) != is) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("child %s is %c, not %c", id,
				child_is(tree, id, NULL), is);
		otp_sleep(1);
	}
}

/* The same of a child that was killed: it is not the one that it was. */
static inline void
await_another(const struct tree *tree, const char *id, otp_pid old)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;
	otp_pid pid = old;

	while (child_is(tree, id, &pid) != 'r' || otp_pid_equal(pid, old)) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("child %s is not started again", id);
		otp_sleep(1);
	}
}

/* Stops the tree and what is left of it, and forgets what that says. */
static inline void
tree_stop(struct tree *tree)
{
	if (otp_server_stop(tree_to(tree), OTP_SHUTDOWN, PATIENCE_MS) != OTP_OK)
		fail_msg("the supervisor did not stop: %s", last_reason());
	exit_reason(tree->pid);
	while (have(NOTE_TERMINATE))
		;
	expect_nothing();
}

#endif
