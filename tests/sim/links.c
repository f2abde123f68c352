/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs of links. In each round members link and unlink each other at the
 * same time; an edge is changed by one of its ends, or only added by both, so
 * that it is known which are there when all are done. Then one member ends,
 * and exactly those must end with its reason that it reaches through members
 * that do not trap exits; those that do, at the border, get one EXIT from each
 * neighbour that has ended (A29, A30), and nobody else is touched.
 *
 * Where it fails, any member may end at any wait, too. Then it is as if it were
 * the one that is told to: but what it had not linked yet it may never have, and
 * who links it afterwards is told of `noproc`.
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
	bool changed; /* its edges: it has told so */
	bool answered; /* the last ping */
	_Atomic(uint64_t) exits; /* by bit: who it has had an EXIT of */
} members[MOST];

static enum edge edges[MOST][MOST]; /* [lower][higher] */
static bool linked[MOST][MOST]; /* in the end */
static unsigned count;
static uint64_t round_seed;
static bool failed; /* a member has, in this round */

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

/* Twice only if each time nobody was there. */
static void
exit_heard(unsigned self, const struct otp_received *r)
{
	bool is_noproc =
		world.fails && otp_term_equal(r->reason, OTP_NOPROC_REASON);
	uint64_t before;
	unsigned i = 0;

	while (i < count && !otp_pid_equal(members[i].pid, r->from))
		i++;
	before = atomic_fetch_or(&members[self].exits, UINT64_C(1) << i);
	if (i == count || (before >> i & 1 && !is_noproc))
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
			exit_heard(self, &r);
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

/* As planned; but a member that has failed may not have come to it. */
static bool
are_linked(unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;

	return linked[low][high] &&
		((members[low].changed && changes(edges[low][high], true)) ||
			(members[high].changed &&
				changes(edges[low][high], false)));
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

/* What is known by now to be linked may be more than when somebody failed. */
static void
spread_again(void)
{
	for (unsigned i = 0; i < count; i++)
		if (members[i].ended)
			spread(i);
}

/* Those of whom self has an EXIT, and, where it failed, may have one. */
static void
exits_due(unsigned self, uint64_t *due, uint64_t *possible)
{
	*due = *possible = 0;
	for (unsigned i = 0; i < count; i++) {
		unsigned low = i < self ? i : self, high = i < self ? self : i;

		if (i == self || !members[i].ended)
			continue;
		if (are_linked(self, i))
			*due |= UINT64_C(1) << i;
		if (failed && edges[low][high] != EDGE_NONE)
			*possible |= UINT64_C(1) << i;
	}
	*possible |= *due;
}

/* Its own, or that of one whom it linked too late, of whom main may hear later. */
static bool
is_of_failure(otp_term reason)
{
	return is_failure(reason) ||
		(world.fails && otp_term_equal(reason, OTP_NOPROC_REASON));
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

static void
down_heard(const struct otp_received *r)
{
	unsigned i = 0;

	while (i < count && !otp_ref_equal(members[i].ref, r->ref))
		i++;
	if (i == count || members[i].down) {
		complain("a DOWN too many", i, 0);
		return;
	}
	members[i].down = true;
	if (is_of_failure(r->reason)) {
		failed = true;
		if (!members[i].ended)
			spread(i); /* they go along */
	} else if (!otp_term_equal(r->reason, OTP_TIMEOUT_REASON)) {
		complain("another reason", i, members[i].ended);
	}
}

static void
note_heard(const struct otp_received *r)
{
	uint64_t i = ((const struct note *)r->payload)->number;

	if (members[i].changed)
		members[i].answered = true;
	members[i].changed = true;
}

/* Until none is left of whom it says so. */
static void
await_all(bool (*is_awaited)(const struct member *member), const char *what)
{
	struct otp_received r;
	unsigned i = 0;

	while (i < count && !world.over) {
		otp_mark mark = otp_mark_set();

		if (!is_awaited(&members[i])) {
			i++;
		} else if (otp_receive(&r, PATIENCE_MS) != OTP_OK) {
			complain(what, i, count);
			world.over = true;
		} else if (r.kind == OTP_RECEIVED_DOWN) {
			down_heard(&r);
			i = 0;
		} else if (r.kind == OTP_RECEIVED_MESSAGE) {
			note_heard(&r);
		}
		otp_release(mark);
	}
}

static bool
has_to_change(const struct member *member)
{
	return !member->changed && !member->down;
}

static bool
has_to_end(const struct member *member)
{
	return member->ended && !member->down;
}

static bool
has_to_answer(const struct member *member)
{
	return !member->answered && !member->down;
}

static unsigned
count_down(void)
{
	unsigned down = 0;

	for (unsigned i = 0; i < count; i++)
		down += members[i].down;
	return down;
}

/* Everybody who lives answers, and has received what came before that. If one
 * ends of it, others may, and all are asked again. */
static void
await_rest(void)
{
	unsigned down;

	do {
		await_all(has_to_end, "an end is missing");
		down = count_down();
		for (unsigned i = 0; i < count; i++) {
			members[i].answered = false;
			if (!members[i].down)
				tell(members[i].pid, PING);
		}
		await_all(has_to_answer, "somebody does not answer");
	} while (!world.over && down != count_down());
}

static void
look_at_living(void)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t exits = atomic_load(&members[i].exits), due, possible;

		if (members[i].ended != members[i].down)
			complain("who has ended", i, members[i].ended);
		exits_due(i, &due, &possible);
		if (!members[i].ended &&
			((due & ~exits) || (exits & ~possible)))
			complain("EXITs", exits, due);
	}
}

static void
members_start(uint64_t *seed)
{
	for (unsigned i = 0; i < count; i++) {
		otp_ref ref;
		struct otp_spawn_opts opts = {.monitor = &ref};

		memset(&members[i], 0, sizeof members[i]);
		members[i].traps = chance(seed, 4) == 0;
		members[i].pid =
			plain_start(member_main, (void *)(uintptr_t)i, &opts);
		members[i].ref = ref;
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

	failed = false;
	members_start(seed);
	plan(seed);
	for (unsigned i = 0; i < count; i++)
		tell(members[i].pid, CHANGE);
	await_all(has_to_change, "somebody is not done");
	spread_again();
	spread(first);
	tell(members[first].pid, END);
	await_rest();
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
