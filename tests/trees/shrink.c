/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a case that fails smaller: fewer events, by halves and down to one
 * (ddmin), then fewer children, then simpler ones, until nothing more can go.
 */
#include "trees.h"

#include <string.h>

#define TRIES_MOST 4000

struct shrink {
	struct test_case *c; /* the smallest so far */
	bool (*fails)(const struct test_case *c, char *why, size_t size);
	char *why;
	size_t size;
	int tries;
};

/* It takes the place of the smallest if it fails, too. */
static bool
try(struct shrink *s, const struct test_case *candidate)
{
	char why[512] = "";

	if (s->tries++ >= TRIES_MOST || !s->fails(candidate, why, sizeof why))
		return false;
	*s->c = *candidate;
	snprintf(s->why, s->size, "%s", why);
	return true;
}

/* --- events ------------------------------------------------------------------ */

static bool
without_events(struct shrink *s, int first, int count)
{
	struct test_case c = *s->c;

	memmove(&c.events[first], &c.events[first + count],
		(size_t)(c.event_count - first - count) * sizeof c.events[0]);
	c.event_count -= count;
	bursts_mend(&c);
	return try(s, &c);
}

static bool
fewer_events(struct shrink *s)
{
	bool any = false;

	for (int size = s->c->event_count; size > 0; size /= 2)
		for (int i = 0; i + size <= s->c->event_count;)
			if (without_events(s, i, size))
				any = true;
			else
				i += size;
	return any;
}

/* --- nodes ------------------------------------------------------------------- */

static bool
is_under(const struct test_case *c, int node, int top)
{
	while (node >= 0 && node != top)
		node = c->nodes[node].parent;
	return node == top;
}

static bool
without_node(struct shrink *s, int node)
{
	struct test_case c = *s->c;
	int numbers[NODES_MOST], count = 0, events = 0;

	for (int i = 0; i < s->c->node_count; i++) {
		numbers[i] = is_under(s->c, i, node) ? -1 : count;
		if (numbers[i] < 0)
			continue;
		c.nodes[count] = s->c->nodes[i];
		c.nodes[count].parent =
			i > 0 ? numbers[s->c->nodes[i].parent] : -1;
		count++;
	}
	c.node_count = count;
	for (int i = 0; i < s->c->event_count; i++) {
		struct event e = s->c->events[i];

		e.node = numbers[e.node];
		if (e.node >= 0)
			c.events[events++] = e;
	}
	c.event_count = events;
	bursts_mend(&c);
	return try(s, &c);
}

/* Some kinds of supervisors must have a child. */
static bool
may_go(const struct test_case *c, int node)
{
	const struct node *parent = &c->nodes[c->nodes[node].parent];
	int first = child_next(c, c->nodes[node].parent, -1);

	return (parent->strategy != SIMPLE && !parent->partition) ||
		first != node ||
		child_next(c, c->nodes[node].parent, first) >= 0;
}

static bool
fewer_nodes(struct shrink *s)
{
	bool any = false;

	for (int i = s->c->node_count - 1; i > 0; i--)
		if (i < s->c->node_count && may_go(s->c, i) &&
			without_node(s, i))
			any = true;
	return any;
}

/* --- what they are ------------------------------------------------------------ */

static bool
simpler(struct shrink *s, int *field, int value)
{
	struct test_case c = *s->c;
	size_t at = (size_t)((char *)field - (char *)s->c);

	if (*field == value)
		return false;
	memcpy((char *)&c + at, &value, sizeof value);
	return try(s, &c);
}

static bool
simpler_node(struct shrink *s, struct node *n)
{
	bool any = false;

	if (n->until)
		any |= simpler(s, &n->until, 0);
	if (n->outcome != FAILS)
		any |= simpler(s, &n->outcome, WELL);
	if (n->until > n->from)
		any |= simpler(s, &n->until, n->from);
	any |= simpler(s, &n->delay_ms, 0);
	any |= simpler(s, &n->traps, 0);
	any |= simpler(s, &n->significant, 0);
	if (n->is_supervisor) {
		any |= simpler(s, &n->max_children, 0);
		any |= simpler(s, &n->form, PLAIN);
		any |= simpler(s, &n->automatic, NEVER);
		any |= simpler(s, &n->period_ms, 10000);
	}
	if (n->parent >= 0) {
		const struct node *parent = &s->c->nodes[n->parent];

		if (!parent->partition && !n->significant)
			any |= simpler(s, &n->restart, PERMANENT);
		if (!parent->partition && n->shutdown_ms != FOREVER)
			any |= simpler(s, &n->shutdown_ms, FOREVER);
	}
	return any;
}

static bool
simpler_event(struct shrink *s, struct event *e)
{
	bool any = false;

	any |= simpler(s, &e->burst, 0);
	any |= simpler(s, &e->pick, 0);
	any |= simpler(s, &e->late, 0);
	if (e->deed == CRASH || e->deed == STOP)
		any |= simpler(s, &e->deed, KILL);
	return any;
}

void
case_shrink(struct test_case *c,
	bool (*fails)(const struct test_case *c, char *why, size_t size),
	char *why, size_t size)
{
	struct shrink s = {.c = c, .fails = fails, .why = why, .size = size};
	bool any = true;

	while (any) {
		any = fewer_events(&s);
		any |= fewer_nodes(&s);
		for (int i = 0; i < c->node_count; i++)
			any |= simpler_node(&s, &c->nodes[i]);
		for (int i = 0; i < c->event_count; i++)
			any |= simpler_event(&s, &c->events[i]);
	}
}
