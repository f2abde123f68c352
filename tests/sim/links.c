/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs of links. In each round members link and unlink each other at the
 * same time; an edge is changed by one of its ends, or only added by both, so
 * that it is known which are there when all are done. Then one member ends,
 * and exactly those must end with its reason that it reaches through members
 * that do not trap exits; those that do, at the border, get one EXIT from each
 * neighbour that has ended (A29, A30), and nobody else is touched.
 */
#include "load.h"

#define MOST 16u

enum edge {
	EDGE_NONE,
	EDGE_LOWER, /* changed by the lower of its ends */
	EDGE_HIGHER,
	EDGE_BOTH /* added by both */
};

static struct member {
	otp_pid pid;
	otp_ref ref; /* main's monitor */
	bool traps;
	bool ended; /* as it should have */
	bool down; /* as it was seen */
	_Atomic(uint64_t) exits; /* by bit: who it has had an EXIT of */
} members[MOST];

static enum edge edges[MOST][MOST]; /* [lower][higher] */
static bool linked[MOST][MOST]; /* in the end */
static unsigned count;
static uint64_t round_seed;

enum command {
	CHANGE = 1, /* its edges */
	PING, /* is it alive, and has it received all before? */
	END /* with reason `timeout` */
};

/* --- members -------------------------------------------------------------- */

/* Seeds that main can follow. */
static uint64_t
edge_seed(unsigned a, unsigned b)
{
	uint64_t seed =
		(round_seed + a * MOST + b) * UINT64_C(0x9e3779b97f4a7c15);

	return (seed ^ seed >> 31) | 1;
}

static bool
changes(enum edge edge, bool is_lower)
{
	return edge == EDGE_BOTH || (edge == EDGE_LOWER && is_lower) ||
		(edge == EDGE_HIGHER && !is_lower);
}

/* The peer's links and unlinks of one edge, in order; gives the last. */
static bool
edge_change(otp_pid peer, enum edge edge, uint64_t seed, bool does)
{
	unsigned steps = 1 + chance(&seed, 4);
	bool last = false;

	for (unsigned i = 0; i < steps; i++) {
		last = edge == EDGE_BOTH || chance(&seed, 2);
		if (does && last)
			otp_link(peer);
		else if (does)
			otp_unlink(peer);
	}
	return last;
}

static void
edges_change(unsigned self)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned low = i < self ? i : self, high = i < self ? self : i;

		if (i != self && changes(edges[low][high], self == low))
			edge_change(members[i].pid, edges[low][high],
				edge_seed(low, high), true);
	}
}

static void
exit_heard(unsigned self, otp_pid from)
{
	uint64_t before;
	unsigned i = 0;

	while (i < count && !otp_pid_equal(members[i].pid, from))
		i++;
	before = atomic_fetch_or(&members[self].exits, UINT64_C(1) << i);
	if (i == count || before >> i & 1)
		complain("an EXIT too many", self, i);
}

static void
member_main(void *arg)
{
	unsigned self = (unsigned)(uintptr_t)arg;
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	otp_trap_exit(members[self].traps);
	for (;;) {
		if (otp_receive(&r, OTP_INFINITY) != OTP_OK)
			continue;
		if (r.kind == OTP_RECEIVED_EXIT) {
			exit_heard(self, r.from);
		} else if (r.kind == OTP_RECEIVED_MESSAGE) {
			uint64_t what =
				((const struct note *)r.payload)->number;

			if (what == CHANGE)
				edges_change(self);
			if (what == END)
				otp_exit(OTP_TIMEOUT_REASON);
			tell(world.main, self);
		}
		otp_release(mark);
	}
}

/* --- what should be ------------------------------------------------------- */

static bool
are_linked(unsigned a, unsigned b)
{
	return a < b ? linked[a][b] : linked[b][a];
}

/* Through those that do not trap; `from` itself ends in any case. */
static void
spread(unsigned from)
{
	members[from].ended = true;
	for (unsigned i = 0; i < count; i++)
		if (i != from && are_linked(from, i) && !members[i].ended &&
			!members[i].traps)
			spread(i);
}

static uint64_t
exits_due(unsigned self)
{
	uint64_t due = 0;

	for (unsigned i = 0; i < count; i++)
		if (i != self && members[i].ended && are_linked(self, i))
			due |= UINT64_C(1) << i;
	return due;
}

/* --- main ----------------------------------------------------------------- */

static void
plan(uint64_t *seed)
{
	round_seed = (uint64_t)chance(seed, UINT32_MAX) << 20;
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = i + 1; j < count; j++) {
			enum edge edge = chance(seed, 3) == 0
				? (enum edge)(1 + chance(seed, 3))
				: EDGE_NONE;

			edges[i][j] = edge;
			linked[i][j] = edge != EDGE_NONE &&
				edge_change(members[i].pid, edge,
					edge_seed(i, j), false);
		}
}

static bool
is_down_of_member(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_DOWN;
}

static void
down_heard(const struct otp_received *r)
{
	unsigned i = 0;

	while (i < count && !otp_ref_equal(members[i].ref, r->ref))
		i++;
	if (i == count || members[i].down)
		complain("a DOWN too many", i, 0);
	else
		members[i].down = true;
	if (i < count && !otp_term_equal(r->reason, OTP_TIMEOUT_REASON))
		complain("another reason", i, 0);
}

static void
await_ends(void)
{
	unsigned due = 0;
	struct otp_received r;

	for (unsigned i = 0; i < count; i++)
		due += members[i].ended;
	for (unsigned i = 0; i < due && !world.over; i++) {
		if (otp_receive_match(is_down_of_member, NULL, &r,
			    PATIENCE_MS) == OTP_OK) {
			down_heard(&r);
		} else {
			complain("an end is missing", i, due);
			world.over = true;
		}
	}
	otp_lent_free();
}

/* Everybody who lives answers, and has received what came before that. */
static void
look_at_living(void)
{
	unsigned living = 0;

	for (unsigned i = 0; i < count; i++) {
		if (members[i].ended != members[i].down)
			complain("who has ended", i, members[i].ended);
		if (!members[i].ended && ++living)
			tell(members[i].pid, PING);
	}
	await_notes(living);
	for (unsigned i = 0; i < count; i++)
		if (!members[i].ended &&
			atomic_load(&members[i].exits) != exits_due(i))
			complain("EXITs", atomic_load(&members[i].exits),
				exits_due(i));
}

static void
members_start(uint64_t *seed)
{
	for (unsigned i = 0; i < count; i++) {
		struct otp_spawn_opts opts = {.monitor = &members[i].ref};

		memset(&members[i], 0, sizeof members[i]);
		members[i].traps = chance(seed, 4) == 0;
		if (otp_spawn_opt(member_main, (void *)(uintptr_t)i, &opts,
			    &members[i].pid) != OTP_OK)
			complain("spawn", i, 0);
	}
}

static void
members_end(void)
{
	for (unsigned i = 0; i < count; i++)
		if (!members[i].ended) {
			otp_unlink(members[i].pid);
			otp_exit_signal(members[i].pid, OTP_KILL);
			await_end(members[i].ref);
		}
}

static void
run_round(uint64_t *seed)
{
	unsigned first = chance(seed, count);

	members_start(seed);
	plan(seed);
	for (unsigned i = 0; i < count; i++)
		tell(members[i].pid, CHANGE);
	await_notes(count);
	spread(first);
	tell(members[first].pid, END);
	await_ends();
	if (!world.over)
		look_at_living();
	members_end();
}

static void
run(void)
{
	uint64_t seed = seed_next();
	unsigned rounds;

	count = world.processes < MOST ? world.processes : MOST;
	rounds = 1 + world.steps / (count * count);
	for (unsigned i = 0; i < rounds && !world.over; i++)
		run_round(&seed);
}

const struct load load_links = {"links", run};
