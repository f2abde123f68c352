/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <string.h>

/* OTP counts whole seconds (C23): up to one more than the period. */
#define SLACK_BEFORE_MS 10
#define SLACK_AFTER_MS 1000

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

/* It happens now: it must have been seen, after what the strand has done. */
static void
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

static struct entry
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

static struct item
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
		flush(s, child);
	}
	child->state = NONE;
}

/* One after the other, the last one first (C30). */
static void
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
	if (s->alive)
		sup_gone(m, s, reason);
}

/* --- starts ------------------------------------------------------------------ */

/* Nobody waits for it any more. */
static bool
is_orphan(const struct model *m, const struct sup *s)
{
	while (s->alive && s->parent >= 0) {
		const struct sup *parent = &m->sups[s->parent];

		if (parent->number != s->parent_number ||
			parent->node != node_of(m, s->node)->parent)
			return true;
		s = parent;
	}
	return !s->alive;
}

/* One that is on its way out, and may have to start something before. */
static bool
may_start(const struct model *m, const struct sup *s)
{
	if (s->busy > 0)
		return true;
	if (s->item_count == 0)
		return m->pending_count > 0;
	return s->items[0].kind != ITEM_PARENT;
}

static bool
has_twin(const struct model *m, const struct sup *s)
{
	for (int i = 0; i < SUPS_MOST; i++)
		if (m->sups[i].node == s->node && m->sups[i].alive &&
			&m->sups[i] != s && may_start(m, &m->sups[i]))
			return true;
	return false;
}

/*
 * Starts of a node are numbered as they come. An orphan and the one in its place
 * may each start the same node: then either is first.
 */
static int
number_of_start(struct model *m, const struct sup *s, int node)
{
	const struct seen *seen = m->run->seen;
	int number = ++m->starts[node], count = 0, pick;

	if (!m->burst || (!is_orphan(m, s) && !has_twin(m, s)))
		return number;
	for (int i = s->strand.at + 1; i < seen->entry_count; i++)
		count += seen->entries[i].node == node && !m->run->used[i] &&
			strchr("+!?", seen->entries[i].sign);
	if (count == 0)
		return number;
	pick = choose(m, count);
	for (int i = s->strand.at + 1; i < seen->entry_count; i++)
		if (seen->entries[i].node == node && !m->run->used[i] &&
			strchr("+!?", seen->entries[i].sign) && pick-- == 0)
			return seen->entries[i].number;
	return number;
}

static int
worker_start(struct model *m, struct sup *s, struct child *child)
{
	static const char signs[] = {
		[WELL] = '+', [IGNORES] = '?', [FAILS] = '!', [CRASHES] = '!'};
	const struct node *node = node_of(m, child->node);
	int number = number_of_start(m, s, child->node);
	int outcome = outcome_of(node, number, m->doomed[child->node]);

	child->number = number;
	child->sup = -1;
	child->strand = s->strand;
	emit(m, &child->strand, entry_of(signs[outcome], child, NO_REASON));
	if (outcome == WELL)
		child->alive = true;
	/* What began ends: init's failure is seen before its start returns. */
	else
		emit(m, &child->strand, entry_of('-', child, NO_REASON));
	return outcome;
}

int
child_start(struct model *m, struct sup *s, struct child *child)
{
	int outcome = WELL;

	yield(m);
	if (!s->alive)
		return -1;
	if (node_of(m, child->node)->is_supervisor) {
		int sup = sup_start(m, s, child->node, &outcome);

		child->sup = sup;
		if (sup >= 0) {
			child->number = m->sups[sup].number;
			child->strand = m->sups[sup].strand;
			child->alive = true;
			if (!s->alive)
				push(m, &m->sups[sup],
					(struct item){.kind = ITEM_PARENT,
						.reason = s->reason,
						.strand = child->strand});
		}
	} else {
		outcome = worker_start(m, s, child);
	}
	child->state = outcome == WELL ? RUNNING : NONE;
	yield(m);
	if (!s->alive)
		return -1;
	join(&s->strand, child->strand);
	return outcome;
}

/* Those of [first, ...) that have no process, in order (C1, C17). Gives the
 * node that failed, or -1. */
static int
start_from(struct model *m, struct sup *s, int first)
{
	for (int i = first; i < s->child_count && s->alive; i++) {
		struct child *child = &s->children[i];
		int outcome;

		if (child->state != NONE)
			continue;
		outcome = child_start(m, s, child);
		if (outcome == IGNORES &&
			node_of(m, child->node)->restart == TEMPORARY) {
			child_remove(s, child); /* C8 */
			i--;
		} else if (outcome != WELL && outcome != IGNORES) {
			return child->node;
		}
	}
	return -1;
}

/* It may be dead with children that are not yet. */
static bool
is_used(const struct sup *s)
{
	bool used = s->alive;

	for (int i = 0; i < s->child_count; i++)
		used |= s->children[i].alive;
	return used;
}

static int
sup_new(struct model *m, struct sup *parent, int node)
{
	int at = 0;

	while (at < SUPS_MOST && is_used(&m->sups[at]))
		at++;
	if (at == SUPS_MOST) {
		complain(m, "the model has no room", NULL);
		at = 0;
	}

	struct sup *s = &m->sups[at];

	memset(s, 0, sizeof *s);
	s->alive = true;
	s->node = node;
	s->number = ++m->starts[node];
	s->parent = parent ? (int)(parent - m->sups) : -1;
	s->parent_number = parent ? parent->number : 0;
	s->reason = KILLED;
	s->strand = parent ? parent->strand : (struct strand){-1, m->now_ms};
	return at;
}

int
sup_start(struct model *m, struct sup *parent, int node, int *outcome)
{
	int at = sup_new(m, parent, node), next = -1;
	struct sup *s = &m->sups[at];

	*outcome = WELL;
	if (node_of(m, node)->strategy == SIMPLE)
		return at;
	while ((next = child_next(m->c, node, next)) >= 0)
		s->children[s->child_count++] =
			(struct child){.node = next, .sup = -1};
	if (start_from(m, s, 0) < 0)
		return at;
	stop_from(m, s, 0); /* C6 */
	s->alive = false;
	if (parent)
		join(&parent->strand, s->strand);
	*outcome = FAILS;
	return -1;
}

/* --- restarts ---------------------------------------------------------------- */

/* C21-C23. False: it is one too many. */
static bool
restart_counts(struct model *m, struct sup *s)
{
	const struct node *node = node_of(m, s->node);
	int kept = 0, unclear = 0;
	int64_t now = s->strand.ms;

	for (int i = 0; i < s->restart_count; i++) {
		int64_t age = now - s->restarts[i];

		if (age >= node->period_ms + SLACK_AFTER_MS)
			continue;
		if (age > node->period_ms - SLACK_BEFORE_MS)
			unclear++;
		s->restarts[kept++] = s->restarts[i];
	}
	/* The oldest come first. */
	unclear -= choose(m, unclear + 1);
	kept -= unclear;
	memmove(s->restarts, s->restarts + unclear,
		(size_t)kept * sizeof s->restarts[0]);
	if (kept < RESTARTS_MOST)
		s->restarts[kept++] = now;
	s->restart_count = kept;
	return kept <= node->intensity;
}

static void
retry_later(struct model *m, struct sup *s, struct child *child)
{
	child->state = RESTARTING;
	push(m, s,
		(struct item){.kind = ITEM_RETRY,
			.node = child->node,
			.arg = child->arg,
			.strand = s->strand});
}

/* Its siblings from `first` on are stopped, temporary ones for good, and all
 * that have no process are started (C15-C17, C27). */
static void
restart_group(struct model *m, struct sup *s, int first)
{
	int failed;

	for (int i = s->child_count - 1; i >= first && s->alive; i--) {
		struct child *child = &s->children[i];

		child_stop(m, s, child);
		if (s->alive && node_of(m, child->node)->restart == TEMPORARY)
			child_remove(s, child);
	}
	failed = s->alive ? start_from(m, s, first) : -1;
	if (failed >= 0 && s->alive)
		retry_later(m, s, child_find(s, failed, 0));
}

static void
restart_alone(struct model *m, struct sup *s, struct child *child)
{
	int outcome = child_start(m, s, child);

	if (outcome < 0)
		return;
	if (outcome == FAILS || outcome == CRASHES)
		retry_later(m, s, child);
	else if (outcome == IGNORES && node_of(m, s->node)->strategy == SIMPLE)
		child_remove(s, child); /* C20 */
}

static void
restart(struct model *m, struct sup *s, struct child *child)
{
	child->state = NONE;
	if (!restart_counts(m, s)) {
		sup_stop(m, s, SHUTDOWN); /* C24 */
		return;
	}
	switch (node_of(m, s->node)->strategy) {
	case ONE_FOR_ALL:
		restart_group(m, s, 0);
		break;
	case REST_FOR_ONE:
		restart_group(m, s, (int)(child - s->children));
		break;
	default:
		restart_alone(m, s, child);
		break;
	}
}

/* A significant child has ended by itself for good (C49). */
static bool
shuts_down(const struct model *m, const struct sup *s)
{
	if (node_of(m, s->node)->automatic == ANY)
		return true;
	if (node_of(m, s->node)->automatic == NEVER)
		return false;
	for (int i = 0; i < s->child_count; i++)
		if (node_of(m, s->children[i].node)->significant &&
			s->children[i].state != NONE)
			return false;
	return true;
}

/* C9-C13. */
static bool
is_restarted(const struct node *node, int reason)
{
	bool orderly =
		reason == NORMAL || reason == SHUTDOWN || reason == SHUTDOWN_X;

	return node->restart == PERMANENT ||
		(node->restart == TRANSIENT && !orderly);
}

static void
child_ended(struct model *m, struct sup *s, const struct item *item)
{
	struct child *child = child_find(s, item->node, item->arg);
	const struct node *node = node_of(m, item->node);

	if (!child || child->number != item->number || child->state != RUNNING)
		return;
	if (is_restarted(node, item->reason)) {
		restart(m, s, child);
		return;
	}
	child->state = NONE;
	if (node->restart == TEMPORARY ||
		node_of(m, s->node)->strategy == SIMPLE)
		child_remove(s, child);
	if (node->significant && shuts_down(m, s))
		sup_stop(m, s, SHUTDOWN);
}

void
item_handle(struct model *m, struct sup *s, struct item item)
{
	struct child *child;
	int number = s->number;

	s->busy++;
	join(&s->strand, item.strand);
	switch (item.kind) {
	case ITEM_EXIT:
		child_ended(m, s, &item);
		break;
	case ITEM_RETRY:
		child = child_find(s, item.node, item.arg);
		if (child && child->state == RESTARTING)
			restart(m, s, child);
		break;
	case ITEM_PARENT:
	case ITEM_STOP:
		sup_stop(m, s, item.reason);
		break;
	case ITEM_REQUEST:
		request_handle(m, s, &item);
		break;
	}
	/* Another one may be in its place. */
	if (s->number == number)
		s->busy--;
}

void
sup_drain(struct model *m, struct sup *s)
{
	arrivals_choose(m, true);
	while (s->alive && s->item_count > 0) {
		if (s->items[0].kind == ITEM_RETRY && choose(m, 2))
			return;
		item_handle(m, s, pop(s, 0));
		arrivals_choose(m, true);
	}
}
