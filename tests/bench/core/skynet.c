/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of processes, ten below each, and a million leaves. A leaf sends its
 * number to its parent and ends, an inner node the sum of what it gets. Inner
 * nodes are gen_servers, which start their children once they run; leaves are
 * plain processes. One operation is one process, with its message.
 */
#include "skynet.otp.h"

#include "bench.h"

#define FAN 10

struct skynet_node {
	skynet_node_ref parent; /* none: the root */
	skynet_node_total_from from;
	int64_t first; /* number of the first leaf below */
	int64_t size; /* how many leaves are below */
	int64_t left;
	int64_t sum;
};

OTP_STATE(skynet_node);

/* What a leaf needs; owned by it. */
struct leaf {
	skynet_node_ref parent;
	int64_t number;
};

otp_next
skynet_node_init(struct skynet_node *self, skynet_node_ref parent,
	int64_t first, int64_t size)
{
	self->parent = parent;
	self->first = first;
	self->size = size;
	self->left = FAN;
	/* The root grows when it is asked for the total. */
	if (otp_pid_is_none(parent.to.pid))
		return otp_ok();
	return skynet_node_with_continue_grow(otp_ok());
}

static void
leaf(void *arg)
{
	const struct leaf *self = arg;

	skynet_node_subtotal(self->parent, self->number);
}

/* The parent ends after its leaves, whose arguments are its own. */
static void
start_leaves(struct skynet_node *self)
{
	struct leaf *leaves = otp_alloc(FAN * sizeof *leaves);

	for (int i = 0; i < FAN; i++) {
		leaves[i].parent = skynet_node_of(otp_self());
		leaves[i].number = self->first + i;
		otp_spawn(leaf, &leaves[i]);
	}
}

static void
start_nodes(struct skynet_node *self)
{
	int64_t size = self->size / FAN;
	skynet_node_ref child;

	for (int i = 0; i < FAN; i++)
		bench_ok(skynet_node_start(skynet_node_of(otp_self()),
			self->first + i * size, size, NULL, &child));
}

otp_next
skynet_node_continue_grow(struct skynet_node *self)
{
	if (self->size == FAN)
		start_leaves(self);
	else
		start_nodes(self);
	return otp_noreply();
}

otp_next
skynet_node_handle_total(struct skynet_node *self, skynet_node_total_from from)
{
	self->from = from;
	return skynet_node_with_continue_grow(otp_noreply());
}

otp_next
skynet_node_handle_subtotal(struct skynet_node *self, int64_t value)
{
	self->sum += value;
	if (--self->left > 0)
		return otp_noreply();
	if (otp_pid_is_none(self->parent.to.pid))
		skynet_node_total_reply(self->from, self->sum);
	else
		skynet_node_subtotal(self->parent, self->sum);
	return otp_stop(OTP_NORMAL);
}

static void
measure(const char *metric, int64_t size)
{
	skynet_node_ref nobody = {0}, root;
	int64_t start = bench_now(), total = 0, processes = 0;

	bench_ok(skynet_node_start(nobody, 0, size, NULL, &root));
	bench_ok(skynet_node_total_within(root, OTP_INFINITY, &total));
	for (int64_t level = 1; level <= size; level *= FAN)
		processes += level;
	if (metric)
		bench_each(metric, start, processes);
	bench_check(total == size * (size - 1) / 2);
}

static void
run(void)
{
	measure(NULL, 1000);
	measure("ns", bench_scale < 0.5 ? 100000 : 1000000);
}

BENCH(run)
