/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <string.h>

const struct node *
node_of(const struct model *m, int node)
{
	return &m->c->nodes[node];
}

int
choose(struct model *m, int limit)
{
	struct run *r = m->run;

	if (limit < 2 || r->failed)
		return 0;
	if (r->depth == CHOICES_MOST)
		return 0;
	r->limits[r->depth] = limit;
	return r->choices[r->depth++];
}

/* --- entries ---------------------------------------------------------------- */

void
complain(struct model *m, const char *what, const struct entry *e)
{
	struct run *r = m->run;

	if (r->failed)
		return;
	r->failed = true;
	if (e)
		snprintf(r->why, sizeof r->why, "%c%d#%d (%s): %s", e->sign,
			e->node, e->number, reason_names[e->reason], what);
	else
		snprintf(r->why, sizeof r->why, "%s", what);
}

static bool
is_entry(const struct entry *seen, const struct entry *e)
{
	return seen->sign == e->sign && seen->node == e->node &&
		seen->number == e->number;
}

void
emit(struct model *m, struct strand *strand, struct entry e)
{
	struct run *r = m->run;
	int at = 0;

	if (r->failed)
		return;
	while (at < r->seen->entry_count &&
		!is_entry(&r->seen->entries[at], &e))
		at++;
	if (at == r->seen->entry_count || r->used[at]) {
		complain(m, "must happen, and does not", &e);
		return;
	}

	const struct entry *seen = &r->seen->entries[at];

	if (at <= strand->at)
		complain(m, "happens too early", seen);
	else if (seen->arg != e.arg)
		complain(m, "has other arguments", seen);
	else if (e.reason != seen->reason && e.reason != NO_REASON &&
		seen->reason != NO_REASON)
		complain(m, "is for another reason", &e);
	strand->at = at;
	r->used[at] = true;
	r->matched++;
}

struct entry
entry_of(char sign, const struct child *child, int reason)
{
	return (struct entry){
		sign, child->node, child->number, child->arg, reason};
}

void
join(struct strand *a, struct strand b)
{
	if (b.at > a->at)
		a->at = b.at;
	if (b.ms > a->ms)
		a->ms = b.ms;
}

static bool
is_seen(const struct model *m, struct entry e)
{
	for (int i = 0; i < m->run->seen->entry_count; i++)
		if (is_entry(&m->run->seen->entries[i], &e))
			return !m->run->used[i];
	return false;
}

/* --- tables ----------------------------------------------------------------- */

struct child *
child_find(struct sup *s, int node, int arg)
{
	for (int i = 0; i < s->child_count; i++)
		if (s->children[i].node == node && s->children[i].arg == arg)
			return &s->children[i];
	return NULL;
}

void
child_remove(struct sup *s, struct child *child)
{
	size_t at = (size_t)(child - s->children);
	size_t behind = (size_t)s->child_count - at - 1;

	memmove(child, child + 1, behind * sizeof *child);
	s->child_count--;
}

/*
 * What comes from outside may have come before anything that is there; and what
 * comes from others before a retry, which is a message to itself (C26).
 */
void
push(struct model *m, struct sup *s, struct item item)
{
	int at = s->item_count;

	if (s->item_count == QUEUE_MOST) {
		complain(m, "the model's queue is full", NULL);
		return;
	}
	while (m->burst && item.kind != ITEM_RETRY && at > 0 &&
		(item.event || s->items[at - 1].kind == ITEM_RETRY) &&
		choose(m, 2))
		at--;
	memmove(&s->items[at + 1], &s->items[at],
		(size_t)(s->item_count - at) * sizeof item);
	s->items[at] = item;
	s->item_count++;
}

struct item
pop(struct sup *s, int at)
{
	struct item item = s->items[at];

	s->item_count--;
	memmove(&s->items[at], &s->items[at + 1],
		(size_t)(s->item_count - at) * sizeof item);
	return item;
}

/* The EXIT of a child that was stopped is consumed (C18, C31). */
static void
flush(struct sup *s, const struct child *child)
{
	for (int i = s->item_count - 1; i >= 0; i--)
		if (s->items[i].kind == ITEM_EXIT &&
			s->items[i].node == child->node &&
			s->items[i].number == child->number)
			pop(s, i);
}

bool
is_orderly(int reason)
{
	return reason == NORMAL || reason == SHUTDOWN || reason == SHUTDOWN_X;
}

/* --- ends ------------------------------------------------------------------- */

static void
tell_parent(
	struct model *m, struct sup *s, const struct child *child, int reason)
{
	if (!s->alive)
		return;
	push(m, s,
		(struct item){.kind = ITEM_EXIT,
			.node = child->node,
			.number = child->number,
			.arg = child->arg,
			.reason = reason,
			.strand = child->strand});
}

void
worker_die(struct model *m, struct sup *s, struct child *child, int reason)
{
	if (m->burst)
		pending_drop(m, &end_of_terminate, child->node, child->number);
	/* What cannot follow any more is found out at once: fewer ways. */
	if (!child->dying && is_seen(m, entry_of('~', child, NO_REASON)))
		complain(m, "it ends without terminate", NULL);
	child->alive = child->dying = false;
	child->reason = reason;
	emit(m, &child->strand, entry_of('-', child, reason));
	tell_parent(m, s, child, reason);
}

static bool
ends_so(const struct model *m, const struct child *child)
{
	const struct entry end = entry_of('-', child, child->reason);

	for (int i = 0; i < m->run->seen->entry_count; i++) {
		const struct entry *e = &m->run->seen->entries[i];

		if (is_entry(e, &end))
			return e->reason == end.reason ||
				e->reason == NO_REASON;
	}
	return true;
}

const struct event end_of_terminate = {.deed = DEEDS};

void
worker_end(struct model *m, struct sup *s, struct child *child, int reason)
{
	if (child->dying)
		return;
	emit(m, &child->strand, entry_of('~', child, reason));
	child->strand.ms += node_of(m, child->node)->delay_ms;
	child->dying = true;
	child->reason = reason;
	/* Was it killed meanwhile? */
	if (m->burst && !ends_so(m, child))
		pending_add(m, &end_of_terminate, child->node, child->number,
			child->strand);
	else
		worker_die(m, s, child, reason);
}

/* Its end, as others see it: its parent, and who asked it something. */
static void
sup_gone(struct model *m, struct sup *s, int reason)
{
	s->alive = false;
	for (int i = 0; i < s->item_count; i++)
		if (s->items[i].kind == ITEM_REQUEST)
			answer_with(m, GONE, false);
	s->item_count = 0;
	if (s->number == m->before[s->node]) {
		m->ended[s->node] = reason;
		if (m->burst && m->run->seen->downs[s->node] != reason)
			complain(m, "a supervisor ends for another reason",
				NULL);
	}
	if (s->parent < 0) {
		m->root = -1;
		return;
	}

	struct sup *parent = &m->sups[s->parent];
	struct child *child = child_find(parent, s->node, 0);

	if (!parent->alive || !child || child->number != s->number)
		return;
	child->alive = false;
	child->reason = reason;
	join(&child->strand, s->strand);
	tell_parent(m, parent, child, reason);
}

/* Links tell its children `killed` (C35): workers end if they do not trap, or
 * by terminate; supervisors stop in order. Nobody waits for them. */
void
sup_die(struct model *m, struct sup *s, int reason)
{
	sup_gone(m, s, reason);
	for (int i = 0; i < s->child_count; i++) {
		struct child *child = &s->children[i];

		if (!child->alive)
			continue;
		join(&child->strand, s->strand);
		if (child->sup >= 0)
			push(m, &m->sups[child->sup],
				(struct item){.kind = ITEM_PARENT,
					.reason = reason,
					.strand = child->strand});
		else if (node_of(m, child->node)->traps)
			worker_end(m, s, child, reason);
		else
			worker_die(m, s, child, reason);
	}
}

/* --- stops ------------------------------------------------------------------- */

/* Told to shut down by its supervisor (C29, C33). */
static void
worker_stop(struct model *m, struct sup *s, struct child *child)
{
	const struct node *node = node_of(m, child->node);
	bool late =
		node->shutdown_ms >= 0 && node->delay_ms > node->shutdown_ms;

	join(&child->strand, s->strand);
	if (node->shutdown_ms == BRUTAL) {
		worker_die(m, s, child, KILLED);
	} else if (!node->traps) {
		worker_die(m, s, child, SHUTDOWN);
	} else if (!late) {
		worker_end(m, s, child, SHUTDOWN);
		yield(m);
		if (child->alive)
			worker_die(m, s, child, child->reason);
	} else {
		emit(m, &child->strand, entry_of('~', child, SHUTDOWN));
		child->strand.ms += node->shutdown_ms;
		worker_die(m, s, child, KILLED);
	}
}

/* The kill comes while it does whatever it has to, or then. */
static void
kill_soon(struct model *m, struct sup *inner, struct strand killer)
{
	static const struct event kill = {.deed = KILL};
	int number = inner->number;

	if (inner->item_count > 0) {
		pending_add(m, &kill, inner->node, number, killer);
		sup_drain(m, inner);
		pending_drop(m, &kill, inner->node, number);
	}
	if (inner->alive && inner->number == number) {
		join(&inner->strand, killer);
		sup_die(m, inner, KILLED);
	}
}

static void
inner_stop(struct model *m, struct sup *s, struct child *child)
{
	struct sup *inner = &m->sups[child->sup];

	if (node_of(m, child->node)->shutdown_ms == BRUTAL) {
		kill_soon(m, inner, s->strand);
		return;
	}
	sup_drain(m, inner);
	join(&inner->strand, s->strand);
	if (inner->alive)
		sup_stop(m, inner, SHUTDOWN);
}

/* C32. */
static bool
is_expected(const struct node *node, int reason)
{
	if (reason == (node->shutdown_ms == BRUTAL ? KILLED : SHUTDOWN))
		return true;
	return node->restart != PERMANENT && is_orderly(reason);
}

static void
tell_of_stop(struct model *m, const struct child *child)
{
	if (!is_expected(node_of(m, child->node), child->reason))
		m->told[TOLD_STOPPED_OTHERWISE]++;
}

void
child_stop(struct model *m, struct sup *s, struct child *child)
{
	if (child->state == RUNNING) {
		yield(m);
		if (!s->alive)
			return;
		if (child->alive && child->sup >= 0)
			inner_stop(m, s, child);
		else if (child->alive)
			worker_stop(m, s, child);
		yield(m); /* it waits, and may not live to see the end */
		if (!s->alive)
			return;
		join(&s->strand, child->strand);
		tell_of_stop(m, child);
		flush(s, child);
	}
	child->state = NONE;
}

void
stop_from(struct model *m, struct sup *s, int first)
{
	for (int i = s->child_count - 1; i >= first && s->alive; i--)
		child_stop(m, s, &s->children[i]);
}

/* All at the same time, with one limit: those that are late all die then. */
static void
stop_at_once(struct model *m, struct sup *s)
{
	struct strand first = s->strand;
	struct strand last = first;

	for (int i = 0; i < s->child_count && s->alive; i++) {
		s->strand = first;
		child_stop(m, s, &s->children[i]);
		join(&last, s->strand);
	}
	s->strand = last;
}

void
sup_stop(struct model *m, struct sup *s, int reason)
{
	if (node_of(m, s->node)->strategy == SIMPLE)
		stop_at_once(m, s);
	else
		stop_from(m, s, 0);
	yield(m);
	if (s->alive)
		sup_gone(m, s, reason);
}
