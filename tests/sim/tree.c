/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervised restarts. Children end by themselves, crash, and are killed; in
 * the end each is there, once, and nobody else; a tree that is stopped leaves
 * nobody, and neither does one that gives up. Dynamic children are started and
 * stopped besides; those that were started and have not ended are there.
 *
 * Where it fails, a supervisor may end with system_limit at any time, or not
 * begin: then all its children end with it, and main starts another.
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

/* Of those that might be restarted the arguments are kept; nobody else ends
 * them. */
static struct otp_child_class template = {
	.id = "dynamic",
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

/* The supervisor; where it fails, the one of now. */
static _Atomic(uint64_t) supervisor;

static bool
is_gone(otp_err err)
{
	return world.fails && (err == OTP_NOPROC || err == OTP_DIED);
}

/* Nobody is left of a supervisor that is gone. */
static void
await_orphan(otp_pid pid)
{
	for (int i = 0; i < PATIENCE_MS && otp_is_alive(pid); i++)
		otp_sleep(1);
	if (otp_is_alive(pid))
		complain("an orphan", key_of(pid), 0);
}

/* One's own child, and who has started it. */
struct mine {
	otp_pid pid, of;
};

static void
dynamic_start(struct mine *mine)
{
	otp_err err;

	mine->of = pid_of(atomic_load(&supervisor));
	err = otp_supervisor_start_child(
		otp_to_pid(mine->of), NULL, init_new(CHILDREN), &mine->pid);
	if (err == OTP_OK)
		return;
	mine->pid.id = 0;
	if (is_gone(err))
		otp_sleep(1); /* until there is another */
	else if (!world.fails ||
		(err != OTP_SYSTEM_LIMIT &&
			!(err == OTP_START_FAILED &&
				is_failure(otp_last_reason()))))
		complain("start of a dynamic child", err, 0);
}

static void
dynamic_end(struct mine *mine)
{
	otp_err err =
		otp_supervisor_terminate_pid(otp_to_pid(mine->of), mine->pid);

	if (is_gone(err))
		await_orphan(mine->pid);
	else if (err != OTP_OK)
		complain("end of a dynamic child", err, 0);
	if (otp_is_alive(mine->pid))
		complain("it is alive", key_of(mine->pid), 0);
	mine->pid.id = 0;
}

/* Starts and stops children of its own of a supervisor that all share. */
static void
dynamic_main(void *arg)
{
	uint64_t seed = seed_next();
	struct mine all[8] = {{{0, 0, 0, 0}, {0, 0, 0, 0}}};

	(void)arg;
	for (unsigned i = 0; i < world.steps / 16; i++) {
		struct mine *mine = &all[chance(&seed, 8)];
		otp_mark mark = otp_mark_set();

		if (mine->pid.id == 0) {
			dynamic_start(mine);
		} else {
			if (template.restart == OTP_TEMPORARY &&
				chance(&seed, 3) == 0)
				otp_exit_signal(mine->pid, any_reason(&seed));
			dynamic_end(mine);
		}
		otp_release(mark);
	}
	for (unsigned i = 0; i < 8; i++)
		if (all[i].pid.id)
			dynamic_end(&all[i]);
	tell(world.main, 0);
}

/* --- the tree ------------------------------------------------------------- */

/* It failed itself, or a child did, or was killed by somebody who knew the one
 * before; or one of the tree before has its name. */
static bool
is_start_failure(otp_err err)
{
	return world.fails &&
		(err == OTP_SYSTEM_LIMIT || err == OTP_START_FAILED);
}

static const struct otp_supervisor_class *class;
static otp_ref supervisor_ref;

static void
tree_start(void)
{
	otp_pid pid = {0, 0, 0, 0};
	otp_err err = OTP_START_FAILED;

	for (int i = 0; i < PATIENCE_MS; i++) {
		err = otp_supervisor_start(
			class, OTP_START_LINK, NULL, NULL, &pid, NULL);
		if (!is_start_failure(err))
			break;
		otp_sleep(1);
	}
	if (err != OTP_OK)
		complain_of(otp_err_name(err), otp_last_reason());
	supervisor_ref = otp_monitor(pid);
	atomic_store(&supervisor, key_of(pid));
}

static otp_pid
tree_pid(void)
{
	return pid_of(atomic_load(&supervisor));
}

static void
tree_stop(void)
{
	otp_exit_signal(tree_pid(), OTP_SHUTDOWN);
	await_end(supervisor_ref);
	otp_unlink_flush(tree_pid(), NULL);
	otp_lent_free();
}

/* Where it fails, there is another after it. */
static void
tend(void)
{
	otp_term reason;

	if (!world.fails || otp_is_alive(tree_pid()))
		return;
	if (otp_await_down(supervisor_ref, PATIENCE_MS, &reason) != OTP_OK) {
		complain("a tree that ends is not heard of", 0, 0);
		return;
	}
	/* The EXIT knows also why one ended that was not monitored yet. */
	otp_unlink_flush(tree_pid(), &reason);
	if (!is_failure(reason))
		complain_of("why a tree ended", reason);
	otp_lent_free();
	tree_start();
}

/* A thread among them goes on to the end. */
static void
users_start(unsigned users, void (*fn)(void *arg))
{
	for (unsigned i = 0; i < users; i++)
		if (world.fails && i == 0)
			helper_thread(fn, NULL);
		else
			helper_start(fn, NULL);
}

/* --- a look --------------------------------------------------------------- */

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

/* Where it fails, the tree may be about to end: then it is tended to, too. */
static void
await_count(uint64_t count)
{
	if (world.fails)
		for (int i = 0; i < 1000 && alive() != count; i++) {
			tend();
			otp_sleep(1);
		}
	else
		await_alive(count);
}

static bool
is_there(unsigned i)
{
	otp_pid child = pid_of(atomic_load(&children[i]));
	char name[16];

	snprintf(name, sizeof name, "n%u", i);
	return otp_is_alive(child) && otp_pid_equal(otp_whereis(name), child);
}

/* What is wrong with it; NULL: nothing. */
static const char *
tree_wrong(uint64_t base)
{
	struct otp_child_counts counts = {0};

	for (int i = 0; i < PATIENCE_MS && !is_quiet(); i++) {
		tend();
		otp_sleep(1);
	}
	if (otp_supervisor_count_children(otp_to_pid(tree_pid()), &counts) !=
		OTP_OK)
		return "count of children";
	if (counts.active != CHILDREN || counts.specs != CHILDREN)
		return "children";
	await_count(base + 1 + CHILDREN);
	if (alive() != base + 1 + CHILDREN)
		return "processes besides the tree's";
	for (unsigned i = 0; i < CHILDREN; i++)
		if (!is_there(i))
			return "a child";
	return NULL;
}

/* A failure may come in between, of one that is about to end. */
static void
look_at_tree(uint64_t base)
{
	const char *wrong = tree_wrong(base);

	for (int i = 0; world.fails && wrong && i < 20; i++) {
		otp_sleep(1);
		tend();
		wrong = tree_wrong(base);
	}
	if (wrong)
		complain(wrong, alive(), base);
	otp_lent_free();
}

/* --- all ------------------------------------------------------------------ */

static void
run_tree(uint64_t *seed, uint64_t base)
{
	unsigned troubles = 1 + chance(seed, 3);

	tree.strategy = (enum otp_strategy)chance(seed, 3);
	tree.intensity = chance(seed, 3) ? 1000000 : 2;
	class = &tree;
	tree_start();
	users_start(troubles, trouble_main);
	if (tree.intensity > 2) {
		await_helpers(tend);
		look_at_tree(base);
	}
	tree_stop();
	await_helpers(NULL);
	await_alive(base);
}

/* Who has failed has left its children. */
static void
run_dynamic(uint64_t *seed, uint64_t base)
{
	class = &dynamic;
	template.restart = chance(seed, 2) ? OTP_TEMPORARY : OTP_TRANSIENT;
	tree_start();
	users_start(1 + chance(seed, 3), dynamic_main);
	if (await_helpers(tend) == 0) {
		await_count(base + 1);
		if (alive() != base + 1)
			complain("dynamic children", alive(), base);
	}
	tree_stop();
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
