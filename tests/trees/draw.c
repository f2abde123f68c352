/* SPDX-License-Identifier: Apache-2.0 */
/* A case from a seed. */
#include "trees.h"

#include <string.h>

#define DEPTH_MOST 3
#define PARTS_MOST 3

struct draw {
	struct test_case *c;
	uint64_t seed;
	bool calm;
	bool timed; /* ends take time; and then no bursts */
	int size; /* about so many nodes */
};

static int
draw(struct draw *d, int limit)
{
	d->seed ^= d->seed << 13;
	d->seed ^= d->seed >> 7;
	d->seed ^= d->seed << 17;
	return (int)((d->seed >> 32) % (uint64_t)limit);
}

static bool
one_in(struct draw *d, int n)
{
	return draw(d, n) == 0;
}

static int
depth_of(const struct test_case *c, int node)
{
	int depth = 0;

	while (c->nodes[node].parent >= 0) {
		node = c->nodes[node].parent;
		depth++;
	}
	return depth;
}

int
child_next(const struct test_case *c, int parent, int after)
{
	for (int i = after + 1; i < c->node_count; i++)
		if (c->nodes[i].parent == parent)
			return i;
	return -1;
}

int
outcome_of(const struct node *n, int number, int doomed)
{
	if (number <= doomed)
		return n->outcome != WELL ? n->outcome : FAILS;
	return number >= n->from && number <= n->until ? n->outcome : WELL;
}

/* --- nodes ------------------------------------------------------------------ */

static void
draw_as_child(struct draw *d, struct node *n, const struct node *parent)
{
	static const int times[] = {50, 50, FOREVER, BRUTAL};

	n->restart = one_in(d, 2) ? PERMANENT : 1 + draw(d, 2);
	n->shutdown_ms = times[draw(d, 4)];
	if (n->is_supervisor && n->shutdown_ms != BRUTAL)
		n->shutdown_ms = FOREVER;
	if (d->calm && n->shutdown_ms >= 0)
		n->shutdown_ms = FOREVER;
	n->significant = parent->automatic != NEVER &&
		n->restart != PERMANENT && !one_in(d, 3);
}

static void
draw_worker(struct draw *d, struct node *n)
{
	static const int delays[] = {0, 0, 20, 200};

	n->traps = !one_in(d, 3);
	n->delay_ms = d->timed ? delays[draw(d, 4)] : 0;
	n->outcome = 1 + draw(d, 3);
	if (one_in(d, 3)) {
		n->from = one_in(d, 8) ? 1 : 2 + draw(d, 5);
		n->until = n->from + draw(d, 4);
	}
}

static void
draw_supervisor(struct draw *d, struct node *n)
{
	static const int periods[] = {1000, 3000, 10000};

	n->is_supervisor = 1;
	n->strategy = draw(d, 4);
	n->intensity = draw(d, 5);
	n->period_ms = d->calm ? 3600000 : periods[draw(d, 3)];
	n->automatic = one_in(d, 3) ? 1 + draw(d, 2) : NEVER;
	if (n->strategy == SIMPLE)
		n->max_children = one_in(d, 2) ? 1 + draw(d, 3) : 0;
	else
		n->partition = one_in(d, 6);
	if (n->partition)
		n->automatic = NEVER;
}

/* The runtime puts one in its place: permanent, with all the time it needs. */
static void
draw_form(struct draw *d, struct node *n)
{
	if ((n->strategy != SIMPLE && !n->partition) || one_in(d, 2))
		return;
	n->form = STAND_IN;
	n->restart = PERMANENT;
	n->shutdown_ms = FOREVER;
	n->significant = 0;
	n->automatic = NEVER;
	if (n->partition)
		n->strategy = ONE_FOR_ONE;
}

static struct node *
node_new(struct draw *d, int parent)
{
	struct node *n = &d->c->nodes[d->c->node_count++];

	memset(n, 0, sizeof *n);
	n->parent = parent;
	return n;
}

static void
draw_children(struct draw *d, int parent)
{
	struct test_case *c = d->c;
	const struct node *p = &c->nodes[parent];
	int first = c->node_count;
	int count = p->strategy == SIMPLE ? 1 : 1 + draw(d, 4);

	if (p->partition)
		count = 1 + draw(d, PARTS_MOST);
	for (int i = 0; i < count; i++) {
		/* Some kinds have one in any case. */
		if (c->node_count >= d->size &&
			(i > 0 || (p->strategy != SIMPLE && !p->partition)))
			break;

		struct node *n = node_new(d, parent);

		if (p->strategy != SIMPLE && !p->partition &&
			depth_of(c, parent) + 1 < DEPTH_MOST &&
			c->node_count + 2 < d->size && one_in(d, 3))
			draw_supervisor(d, n);
		else
			draw_worker(d, n);
		draw_as_child(d, n, p);
		if (n->is_supervisor)
			draw_form(d, n);
		if (p->partition && i > 0) {
			n->restart = c->nodes[first].restart;
			n->shutdown_ms = c->nodes[first].shutdown_ms;
		}
	}
}

static void
draw_tree(struct draw *d)
{
	struct test_case *c = d->c;
	struct node *root = node_new(d, -1);

	draw_supervisor(d, root);
	root->intensity += draw(d, 3);
	for (int i = 0; i < c->node_count; i++)
		if (c->nodes[i].is_supervisor)
			draw_children(d, i);
}

/* --- events ----------------------------------------------------------------- */

/* Whom or what it is about fits; whether anybody is there shows later. */
static bool
fits(const struct test_case *c, const struct event *e)
{
	const struct node *n = &c->nodes[e->node];
	bool dynamic = n->parent >= 0 && c->nodes[n->parent].strategy == SIMPLE;

	switch (e->deed) {
	case STOP:
	case CRASH:
	case DOOM:
		return !n->is_supervisor;
	case TERMINATE_PID:
		return dynamic;
	case START:
		/* Else it means a child of the stand-in. */
		return n->parent >= 0 &&
			!(n->form == STAND_IN && n->strategy == SIMPLE);
	case TERMINATE:
	case RESTART:
	case DELETE:
		return n->parent >= 0;
	default:
		return true;
	}
}

static void
draw_event(struct draw *d, struct event *e)
{
	static const int often[] = {KILL, KILL, KILL, EXIT, EXIT, STOP, STOP,
		STOP, CRASH, CRASH, ASK_STOP, TERMINATE, TERMINATE, RESTART,
		RESTART, DELETE, START, START, START, START, TERMINATE_PID,
		DOOM, PAUSE};

	do {
		memset(e, 0, sizeof *e);
		e->deed = often[draw(d, sizeof often / sizeof often[0])];
		e->node = draw(d, d->c->node_count);
	} while (!fits(d->c, e) || (d->calm && e->deed == PAUSE));
	e->pick = draw(d, DYNAMIC_MOST);
	if (e->deed == DOOM)
		e->pick %= 3;
	e->reason = draw(d, ODD + 1);
	if (e->deed == PAUSE) {
		e->node = 0;
		e->pick = 0;
		e->ms = 100 * (1 + draw(d, one_in(d, 3) ? 120 : 10));
	}
}

static bool
is_signal(const struct event *e)
{
	return e->deed == KILL || e->deed == EXIT || e->deed == STOP ||
		e->deed == CRASH;
}

/* What is asked is often about one that has just ended. */
static void
draw_question(struct draw *d, struct event *e, const struct event *signal)
{
	do {
		draw_event(d, e);
		if (!one_in(d, 4) && !is_signal(e))
			e->node = signal->node;
	} while (e->deed == PAUSE || e->deed == DOOM || e->deed == ASK_STOP ||
		!fits(d->c, e));
	e->late = one_in(d, 2) ? draw(d, 30) : 0;
}

/* One that will not start again at once ends, and then is asked about. */
static void
draw_retry(struct draw *d, struct event *events)
{
	static const int ends[] = {KILL, CRASH, STOP};

	/* Rather one that is started again, if there is such a one. */
	for (int i = 0; i < 100; i++) {
		do {
			draw_event(d, &events[0]);
		} while (events[0].deed != DOOM);
		if (d->c->nodes[events[0].node].restart != TEMPORARY)
			break;
	}
	for (int i = 1; i < 3; i++) {
		events[i] = events[0];
		events[i].pick = draw(d, DYNAMIC_MOST);
		events[i].reason = ODD;
	}
	events[1].deed = ends[draw(d, 3)];
	events[1].burst = 1;
	draw_question(d, &events[2], &events[1]);
}

/* Some signals, and a question or one more signal behind them. */
static void
draw_burst(struct draw *d, struct event *events, int most)
{
	int count = 2 + draw(d, BURST_MOST - 1);

	if (count > most)
		count = most;
	for (int i = 0; i + 1 < count; i++) {
		do {
			draw_event(d, &events[i]);
		} while (!is_signal(&events[i]));
		events[i].burst = 1;
	}
	if (count > 1)
		draw_question(d, &events[count - 1], &events[0]);
	else
		draw_event(d, &events[0]);
}

static void
draw_events(struct draw *d)
{
	struct test_case *c = d->c;
	int count = 8 + draw(d, 40);

	while (c->event_count < count) {
		struct event *e = &c->events[c->event_count];
		int i = 0;

		if (d->timed || !one_in(d, 3)) {
			draw_event(d, e);
			c->event_count++;
			continue;
		}
		if (one_in(d, 3) && c->event_count + 3 <= EVENTS_MOST) {
			draw_retry(d, e);
			c->event_count += 3;
			continue;
		}
		draw_burst(d, e, EVENTS_MOST - c->event_count);
		while (e[i].burst)
			i++;
		c->event_count += i + 1;
	}
}

void
case_draw(struct test_case *c, uint64_t seed, bool calm)
{
	struct draw d = {.c = c, .calm = calm};

	memset(c, 0, sizeof *c);
	c->seed = seed;
	d.seed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	d.seed |= 1;
	draw(&d, 2);
	d.timed = !calm && one_in(&d, 3);
	d.size = 3 + draw(&d, 10);
	draw_tree(&d);
	draw_events(&d);
	c->end = draw(&d, ODD + 1);
}

void
bursts_mend(struct test_case *c)
{
	for (int i = 0; i < c->event_count; i++) {
		const struct event *next = &c->events[i + 1];

		if (i + 1 == c->event_count || !is_signal(&c->events[i]) ||
			next->deed == PAUSE || next->deed == DOOM ||
			next->deed == ASK_STOP)
			c->events[i].burst = 0;
	}
}
