/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a case, and its workers. */
#include "world.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* --- reasons ----------------------------------------------------------------- */

otp_term
reason_term(int reason)
{
	otp_term_builder b = {0};
	otp_term term = OTP_UNDEFINED;
	void *scratch;

	if (reason == NORMAL)
		return OTP_NORMAL;
	if (reason == SHUTDOWN)
		return OTP_SHUTDOWN;
	if (reason == SHUTDOWN_X) {
		otp_build_tuple(&b, 2);
		otp_build_term(&b, OTP_SHUTDOWN);
		otp_build_atom(&b, otp_atom_of("x"));
	} else {
		otp_build_atom(&b, otp_atom_of("odd"));
	}
	if (otp_term_builder_term(&b, &term) != OTP_OK)
		abort();
	scratch = otp_tmp(term.len);
	memcpy(scratch, term.ptr, term.len);
	term.ptr = scratch;
	otp_term_builder_free(&b);
	return term;
}

int
reason_of_term(otp_term term)
{
	char text[64];

	otp_term_print(term, text, sizeof text);
	for (int i = 0; i < NO_REASON; i++)
		if (i != CRASHED && strcmp(text, reason_names[i]) == 0)
			return i;
	return CRASHED;
}

/* --- workers ------------------------------------------------------------------ */

/* What is started, and, with a number, what has been. */
struct life {
	int node, arg, number;
};

struct order {
	int deed, reason;
};

static const struct otp_msg_type init_type = {
	.name = "init",
	.owner = "worker",
	.size = sizeof(struct life),
	.kind = OTP_MSG_INIT,
};

static const struct otp_msg_type order_type = {
	.name = "order",
	.owner = "trees",
	.size = sizeof(struct order),
	.kind = OTP_MSG_INFO,
};

static const struct otp_msg_type ping_type = {
	.name = "ping",
	.owner = "trees",
	.reply_size = sizeof(int),
	.kind = OTP_MSG_CALL,
};

/* No lock: who writes may be killed at any moment. */
static void
write_down(char sign, const struct life *life, int reason)
{
	int at = atomic_fetch_add(&world.line_count, 1);
	struct line *line = &world.lines[at < LOG_MOST ? at : LOG_MOST - 1];

	line->node = life->node;
	line->number = life->number;
	line->arg = life->arg;
	line->reason = reason;
	line->pid = otp_self();
	atomic_store(&line->sign, sign);
}

/* Behind kills, too, and before anybody is told of the end. */
static void
worker_gone(void *ptr)
{
	const struct life *life = ptr;

	if (life->number)
		write_down('-', life, NO_REASON);
	free(ptr);
}

__attribute__((noinline, no_sanitize("address", "undefined"))) static void
crash(void)
{
	static volatile int *volatile nowhere;

	*nowhere = 1;
}

static otp_next
worker_init(void *state, struct otp_msg *m)
{
	const struct life *wanted = otp_msg_payload(m);
	const struct node *node = &world.c->nodes[wanted->node];
	struct life *life = calloc(1, sizeof *life);
	int number, outcome;

	if (!life)
		abort();
	otp_own(life, worker_gone);
	*life = *wanted;
	number = 1 + atomic_fetch_add(&world.starts[life->node], 1);
	life->number = number;
	*(struct life *)state = *life;
	outcome = outcome_of(node, number, world.doomed[life->node]);
	if (outcome == WELL) {
		write_down('+', life, NO_REASON);
		return otp_ok();
	}
	write_down(outcome == IGNORES ? '?' : '!', life, NO_REASON);
	if (outcome == IGNORES)
		return otp_ignore();
	if (outcome == CRASHES)
		crash();
	return otp_stop(reason_term(ODD));
}

static otp_next
worker_order(void *state, struct otp_msg *m)
{
	const struct order *order = otp_msg_payload(m);

	(void)state;
	if (order->deed == CRASH)
		crash();
	return otp_stop(reason_term(order->reason));
}

static otp_next
worker_exit(void *state, otp_pid from, otp_term reason)
{
	(void)state;
	(void)from;
	(void)reason;
	return otp_noreply();
}

static void
worker_terminate(void *state, otp_term reason)
{
	const struct life *life = state;
	int delay_ms = world.c->nodes[life->node].delay_ms;

	write_down('~', life, reason_of_term(reason));
	if (delay_ms)
		otp_sleep(delay_ms);
}

static const struct otp_info_handler infos[] = {{&order_type, worker_order}};

#define WORKER(TRAPS) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "worker"}, \
		.owner = "worker", .state_size = sizeof(struct life), \
		.trap_exit = TRAPS, .init = worker_init, .infos = infos, \
		.info_count = 1, .exit = worker_exit, \
		.terminate = worker_terminate, \
	}
static const struct otp_server_class worker_classes[] = {
	WORKER(false), WORKER(true)};

struct otp_msg *
worker_arguments(int node, int arg)
{
	struct otp_msg *m = otp_msg_new(&init_type, 0);

	*(struct life *)otp_msg_payload(m) =
		(struct life){.node = node, .arg = arg};
	return m;
}

void
worker_tell(otp_pid pid, int deed, int reason)
{
	struct otp_msg *m = otp_msg_new(&order_type, 0);

	*(struct order *)otp_msg_payload(m) =
		(struct order){.deed = deed, .reason = reason};
	otp_msg_send(otp_to_pid(pid), m);
}

void
worker_await(otp_pid pid)
{
	struct otp_msg *m = otp_msg_new(&ping_type, 0);
	otp_err err = otp_msg_call(otp_to_pid(pid), &m, OTP_INFINITY);

	if (err != OTP_BAD_REQUEST && err != OTP_NOPROC && err != OTP_DIED)
		abort();
}

/* --- tables ------------------------------------------------------------------- */

static otp_err
start_node(int node, const struct otp_start_opts *opts, otp_pid *pid)
{
	if (world.c->nodes[node].is_supervisor)
		return otp_supervisor_start(&world.classes[node],
			OTP_START_LINK, NULL, opts, pid, NULL);
	return otp_server_start(
		&worker_classes[world.c->nodes[node].traps != 0],
		OTP_START_LINK, worker_arguments(node, 0), opts, pid, NULL);
}

/* Functions of a table know only what they are: one for each node. */
#define EACH_NODE(X) \
	X(0) \
	X(1) \
	X(2) \
	X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define START_NODE(N) \
	static otp_err start_##N(const void *arguments, \
		const struct otp_start_opts *opts, otp_pid *pid) \
	{ \
		(void)arguments; \
		return start_node(N, opts, pid); \
	} \
	static otp_err start_at_##N(const void *arguments, uint32_t index, \
		const struct otp_start_opts *opts, otp_pid *pid) \
	{ \
		int node = child_next(world.c, N, -1); \
\
		(void)arguments; \
		while (index-- > 0) \
			node = child_next(world.c, N, node); \
		return start_node(node, opts, pid); \
	}
EACH_NODE(START_NODE)

#define START_OF(N) start_##N,
#define START_AT_OF(N) start_at_##N,
static otp_err (*const starts[])(const void *, const struct otp_start_opts *,
	otp_pid *) = {EACH_NODE(START_OF)};
static otp_err (*const starts_at[])(const void *, uint32_t,
	const struct otp_start_opts *, otp_pid *) = {EACH_NODE(START_AT_OF)};

static otp_duration
shutdown_of(const struct node *n)
{
	return n->shutdown_ms == BRUTAL     ? OTP_BRUTAL_KILL
		: n->shutdown_ms == FOREVER ? OTP_INFINITY
					    : n->shutdown_ms;
}

static void
build_child(struct otp_child_class *child, int node)
{
	const struct node *n = &world.c->nodes[node];
	const struct node *parent = &world.c->nodes[n->parent];

	*child = (struct otp_child_class){
		.id = world.ids[node],
		.type = n->is_supervisor ? OTP_SUPERVISOR : OTP_WORKER,
		.restart = (enum otp_restart)n->restart,
		.shutdown_ms = shutdown_of(n),
		.significant = n->significant != 0,
	};
	if (n->form == STAND_IN && n->partition)
		child->partition = &world.classes[node];
	else if (n->form == STAND_IN)
		child->dynamic = &world.classes[node];
	else if (parent->partition)
		child->start_at = starts_at[n->parent];
	else if (parent->strategy != SIMPLE)
		child->start = starts[node];
}

static void
build_supervisor(int node)
{
	const struct node *n = &world.c->nodes[node];
	struct otp_child_class *children = world.children[node];
	size_t count = 0;

	for (int i = -1; (i = child_next(world.c, node, i)) >= 0; count++)
		build_child(&children[count], i);
	world.classes[node] = (struct otp_supervisor_class){
		.process = {.behaviour = &otp_supervisor, .name = "tree"},
		.strategy = (enum otp_strategy)n->strategy,
		.intensity = (uint32_t)n->intensity,
		.period_ms = n->period_ms,
		.children = children,
		.child_count = n->partition ? 1 : count,
		.max_children = (uint32_t)n->max_children,
		.auto_shutdown = (enum otp_auto_shutdown)n->automatic,
		.partitions = n->partition ? (uint32_t)count : 0,
	};
	if (n->strategy == SIMPLE)
		world.classes[node].server =
			&worker_classes[world.c->nodes[child_next(world.c, node,
							       -1)]
						.traps != 0];
}

void
world_build(const struct test_case *c)
{
	world.c = c;
	for (int i = 0; i < c->node_count; i++)
		snprintf(world.ids[i], sizeof world.ids[i], "n%d", i);
	for (int i = 0; i < c->node_count; i++)
		if (c->nodes[i].is_supervisor)
			build_supervisor(i);
	/* A partition's children, as they are known by later. */
	for (int i = 0; i < c->node_count; i++) {
		int first, index = 0;

		if (!c->nodes[i].partition)
			continue;
		first = child_next(c, i, -1);
		for (int j = first; j >= 0; j = child_next(c, i, j))
			if (j != first)
				snprintf(world.ids[j], sizeof world.ids[j],
					"n%d_%d", first, ++index);
	}
}
