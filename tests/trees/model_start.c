/* SPDX-License-Identifier: Apache-2.0 */
/* Starts, restarts, and what a supervisor has to deal with. */
#include "model.h"

#include <string.h>

/* OTP counts whole seconds (C23): up to one more than the period. */
#define SLACK_BEFORE_MS 10
#define SLACK_AFTER_MS 1000

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

	int former = child->number;

	child->number = number;
	child->sup = -1;
	child->strand = s->strand;
	emit(m, &child->strand, entry_of(signs[outcome], child, NO_REASON));
	if (outcome == WELL)
		child->alive = true;
	/* What began ends: init's failure is seen before its start returns. */
	else
		emit(m, &child->strand, entry_of('-', child, NO_REASON));
	/* While it is restarting it is known by what it was (C42). */
	if (outcome != WELL)
		child->number = former;
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
	m->told[TOLD_NOT_STARTED]++;
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
	m->told[TOLD_NOT_STARTED]++;
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
		m->told[TOLD_GIVES_UP]++;
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
	return node->restart == PERMANENT ||
		(node->restart == TRANSIENT && !is_orderly(reason));
}

static void
child_ended(struct model *m, struct sup *s, const struct item *item)
{
	struct child *child = child_find(s, item->node, item->arg);
	const struct node *node = node_of(m, item->node);

	if (!child || child->number != item->number || child->state != RUNNING)
		return;
	m->told[TOLD_ENDED] +=
		node->restart == PERMANENT || !is_orderly(item->reason);
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
