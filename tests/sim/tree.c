/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervised restarts. Children end by themselves, crash, and are killed; in
 * the end each is there, once, and nobody else; a tree that is stopped leaves
 * nobody, and neither does one that gives up. Dynamic children are started and
 * stopped besides; those that were started and have not ended are there.
 */
#include "load.h"

#define CHILDREN 4u

static _Atomic(uint64_t) children[CHILDREN]; /* pids, as they begin */
static _Atomic(uint64_t) begun, ended; /* inits, terminates */

struct child {
	uint64_t seed;
	uint64_t number; /* CHILDREN: dynamic */
};

/* --- children ------------------------------------------------------------- */

static const struct otp_msg_type init_type = {
	.name = "init",
	.owner = "child",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INIT,
};

static otp_next
child_init(void *state, struct otp_msg *m)
{
	struct child *self = state;

	self->seed = seed_next();
	self->number = note_in(m)->number;
	if (self->number < CHILDREN)
		atomic_store(&children[self->number], key_of(otp_self()));
	atomic_fetch_add(&begun, 1);
	if (chance(&self->seed, 4) == 0)
		otp_sleep(1);
	return otp_ok();
}

static otp_next
child_handle(void *state, struct otp_msg *m)
{
	struct child *self = state;

	(void)m;
	switch (chance(&self->seed, 4)) {
	case 0:
		return otp_stop(any_reason(&self->seed));
	case 1:
		otp_exit(any_reason(&self->seed));
	case 2:
		otp_assert(m == NULL);
		break;
	default:
		break;
	}
	return otp_noreply();
}

static otp_next
child_exit(void *state, otp_pid from, otp_term reason)
{
	(void)state;
	(void)from;
	(void)reason;
	return otp_noreply();
}

static void
child_terminate(void *state, otp_term reason)
{
	(void)state;
	(void)reason;
	atomic_fetch_add(&ended, 1);
}

static const struct otp_info_handler infos[] = {{&note_type, child_handle}};

static const struct otp_server_class child_class = {
	.process = {.behaviour = &otp_gen_server, .name = "child"},
	.owner = "child",
	.state_size = sizeof(struct child),
	.trap_exit = true,
	.init = child_init,
	.infos = infos,
	.exit = child_exit,
	.info_count = 1,
	.terminate = child_terminate,
};

static struct otp_msg *
init_new(uint64_t number)
{
	return note_new(&init_type, number, 0);
}

static otp_err
child_start(uint64_t number, const struct otp_start_opts *opts, otp_pid *pid)
{
	return otp_server_start(&child_class, OTP_START_LINK, init_new(number),
		opts, pid, NULL);
}

#define START(n) \
	static otp_err start_##n(const void *arguments, \
		const struct otp_start_opts *opts, otp_pid *pid) \
	{ \
		(void)arguments; \
		return child_start(n, opts, pid); \
	}
START(0)
START(1)
START(2)
START(3)

#define CHILD(n) \
	{ \
		.id = #n, .name = "n" #n, .shutdown_ms = PATIENCE_MS, \
		.start = start_##n \
	}
static const struct otp_child_class tables[CHILDREN] = {
	CHILD(0), CHILD(1), CHILD(2), CHILD(3)};

static const struct otp_child_class template = {
	.id = "dynamic",
	.restart = OTP_TEMPORARY,
	.shutdown_ms = PATIENCE_MS,
};

static struct otp_supervisor_class tree = {
	.process = {.behaviour = &otp_supervisor, .name = "tree"},
	.period_ms = 1000,
	.children = tables,
	.child_count = CHILDREN,
};

static const struct otp_supervisor_class dynamic = {
	.process = {.behaviour = &otp_supervisor, .name = "dynamic"},
	.strategy = OTP_SIMPLE_ONE_FOR_ONE,
	.period_ms = 1000,
	.children = &template,
	.child_count = 1,
	.server = &child_class,
};

/* --- trouble -------------------------------------------------------------- */

static void
trouble_main(void *arg)
{
	uint64_t seed = seed_next();
	uint64_t steps = world.steps / 8;

	(void)arg;
	for (uint64_t i = 0; i < steps; i++) {
		otp_pid pid =
			pid_of(atomic_load(&children[chance(&seed, CHILDREN)]));

		if (chance(&seed, 3))
			tell(pid, 1);
		else
			otp_exit_signal(pid,
				chance(&seed, 2) ? OTP_KILL
						 : any_reason(&seed));
		if (chance(&seed, 2))
			otp_sleep(chance(&seed, 3));
	}
	tell(world.main, 0);
}

/* Starts and stops children of its own of a supervisor that all share. */
static void
dynamic_main(void *arg)
{
	otp_to to = otp_to_pid(*(const otp_pid *)arg);
	uint64_t seed = seed_next();
	otp_pid mine[8] = {{0, 0, 0, 0}};

	for (unsigned i = 0; i < world.steps / 16; i++) {
		otp_pid *pid = &mine[chance(&seed, 8)];
		otp_mark mark = otp_mark_set();

		if (pid->id == 0) {
			if (otp_supervisor_start_child(to, NULL,
				    init_new(CHILDREN), pid) != OTP_OK)
				complain("start of a dynamic child", i, 0);
		} else {
			if (chance(&seed, 3) == 0)
				otp_exit_signal(*pid, any_reason(&seed));
			if (otp_supervisor_terminate_pid(to, *pid) != OTP_OK)
				complain("end of a dynamic child", i, 0);
			if (otp_is_alive(*pid))
				complain("it is alive", key_of(*pid), 0);
			pid->id = 0;
		}
		otp_release(mark);
	}
	for (unsigned i = 0; i < 8; i++)
		if (mine[i].id &&
			otp_supervisor_terminate_pid(to, mine[i]) != OTP_OK)
			complain("end of a dynamic child", i, 1);
	tell(world.main, 0);
}

/* --- all ------------------------------------------------------------------ */

static otp_pid
tree_start(const struct otp_supervisor_class *class, otp_ref *ref)
{
	otp_pid pid = {0, 0, 0, 0};

	if (otp_supervisor_start(
		    class, OTP_START_LINK, NULL, NULL, &pid, NULL) != OTP_OK)
		complain("start of a tree", 0, 0);
	*ref = otp_monitor(pid);
	return pid;
}

static void
tree_stop(otp_pid pid, otp_ref ref)
{
	otp_exit_signal(pid, OTP_SHUTDOWN);
	await_end(ref);
	otp_unlink_flush(pid, NULL);
	otp_lent_free();
}

/* Each refuses a call, behind all that was sent to it before, and none has
 * begun anew since the first was asked. */
static bool
is_quiet(void)
{
	uint64_t before = atomic_load(&begun);

	for (unsigned i = 0; i < CHILDREN; i++) {
		struct otp_msg *m = note_new(&ask_type, i, 0);

		if (otp_msg_call(otp_to_pid(pid_of(atomic_load(&children[i]))),
			    &m, PATIENCE_MS) != OTP_BAD_REQUEST)
			return false;
	}
	return before == atomic_load(&begun);
}

static void
look_at_tree(otp_pid pid, uint64_t base)
{
	struct otp_child_counts counts = {0};

	for (int i = 0; i < PATIENCE_MS && !is_quiet(); i++)
		otp_sleep(1);
	if (otp_supervisor_count_children(otp_to_pid(pid), &counts) != OTP_OK)
		complain("count of children", 0, 0);
	if (counts.active != CHILDREN || counts.specs != CHILDREN)
		complain("children", counts.active, counts.specs);
	await_alive(base + 1 + CHILDREN);
	for (unsigned i = 0; i < CHILDREN; i++) {
		otp_pid child = pid_of(atomic_load(&children[i]));
		char name[16];

		snprintf(name, sizeof name, "n%u", i);
		if (!otp_is_alive(child) ||
			!otp_pid_equal(otp_whereis(name), child))
			complain("a child", i, key_of(child));
	}
	otp_lent_free();
}

static void
run_tree(uint64_t *seed, uint64_t base)
{
	unsigned troubles = 1 + chance(seed, 3);
	otp_ref ref;
	otp_pid pid;

	tree.strategy = (enum otp_strategy)chance(seed, 3);
	tree.intensity = chance(seed, 3) ? 1000000 : 2;
	pid = tree_start(&tree, &ref);
	for (unsigned i = 0; i < troubles; i++)
		otp_spawn(trouble_main, NULL);
	await_notes(tree.intensity > 2 ? troubles : 0);
	if (tree.intensity > 2)
		look_at_tree(pid, base);
	tree_stop(pid, ref);
	await_notes(tree.intensity > 2 ? 0 : troubles);
	await_alive(base);
}

static void
run_dynamic(uint64_t *seed, uint64_t base)
{
	unsigned users = 1 + chance(seed, 3);
	otp_ref ref;
	otp_pid pid = tree_start(&dynamic, &ref);

	for (unsigned i = 0; i < users; i++)
		otp_spawn(dynamic_main, &pid);
	await_notes(users);
	await_alive(base + 1);
	tree_stop(pid, ref);
	await_alive(base);
}

static void
run(void)
{
	uint64_t seed = seed_next();
	uint64_t base = alive();

	if (chance(&seed, 3))
		run_tree(&seed, base);
	else
		run_dynamic(&seed, base);
	if (atomic_load(&ended) > atomic_load(&begun))
		complain("more ends than begins", atomic_load(&ended),
			atomic_load(&begun));
}

const struct load load_tree = {"tree", run};
