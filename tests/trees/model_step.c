/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* --- who is there -------------------------------------------------------------- */

static const struct sup *
sup_at(const struct model *m, int node)
{
	for (int i = 0; i < SUPS_MOST; i++)
		if (m->sups[i].alive && m->sups[i].node == node)
			return &m->sups[i];
	return NULL;
}

/* A worker that is alive, and whose it is. */
static struct child *
worker_at(struct model *m, int node, int number, struct sup **owner)
{
	for (int i = 0; i < SUPS_MOST; i++) {
		struct sup *s = &m->sups[i];

		for (int j = 0; j < s->child_count; j++) {
			struct child *child = &s->children[j];

			if (child->node == node && child->alive &&
				child->number == number) {
				*owner = s;
				return child;
			}
		}
	}
	return NULL;
}

static int
count_of(const struct sup *s, bool alive)
{
	int count = 0;

	for (int i = 0; i < s->child_count; i++)
		count += !alive || s->children[i].alive;
	return count;
}

/* The pick-th that is alive, counted round. */
static struct target
picked(const struct sup *s, const struct event *e)
{
	struct target none = {0, 0};
	int alive = 0;

	for (int i = 0; i < s->child_count; i++)
		alive += s->children[i].node == e->node && s->children[i].alive;
	if (alive == 0)
		return none;
	alive = e->pick % alive;
	for (int i = 0; i < s->child_count; i++) {
		const struct child *child = &s->children[i];

		if (child->node == e->node && child->alive && alive-- == 0)
			return (struct target){child->number, child->arg};
	}
	return none;
}

struct target
model_target(const struct model *m, const struct event *e)
{
	const struct node *node = &m->c->nodes[e->node];
	const struct sup *parent =
		node->parent < 0 ? NULL : sup_at(m, node->parent);
	struct target target = {0, 0};

	switch (e->deed) {
	case PAUSE:
	case DOOM:
		target.number = 1;
		return target;
	case START:
		if (!parent || count_of(parent, false) >= DYNAMIC_MOST)
			return target;
		target.arg = m->args + 1;
		target.number = 1;
		return target;
	case TERMINATE:
	case RESTART:
	case DELETE:
		target.number = parent ? 1 : 0;
		return target;
	default:
		if (node->is_supervisor)
			target.number = sup_at(m, e->node) != NULL;
		else if (parent)
			target = picked(parent, e);
		return target;
	}
}

bool
model_root_runs(const struct model *m)
{
	return m->root >= 0;
}

/* --- questions (C37-C42) ---------------------------------------------------------- */

static int
answer_to_start(struct model *m, struct sup *s, const struct item *item)
{
	const struct node *node = node_of(m, s->node);
	struct child *child;
	int outcome;

	if (node->strategy != SIMPLE) {
		child = child_find(s, item->event->node, 0);
		if (!child)
			return NOT_THERE;
		return child->state == RUNNING ? WAS_STARTED : WAS_PRESENT;
	}
	if (node->max_children && s->child_count >= node->max_children)
		return TOO_MANY;
	if (s->child_count == CHILDREN_MOST) {
		complain(m, "the model has no room for a child", NULL);
		return TOO_MANY;
	}
	child = &s->children[s->child_count++];
	*child = (struct child){
		.node = item->event->node, .arg = item->target.arg, .sup = -1};
	outcome = child_start(m, s, child);
	if (outcome < 0)
		return GONE;
	if (outcome != WELL)
		child_remove(s, child);
	return outcome == WELL ? DONE : outcome == IGNORES ? IGNORED : FAILED;
}

static int
answer_to_restart(struct model *m, struct sup *s, struct child *child)
{
	int outcome;

	if (child->state != NONE)
		return child->state == RUNNING ? WAS_RUNNING : WAS_RESTARTING;
	outcome = child_start(m, s, child);
	if (outcome < 0)
		return GONE;
	return outcome == WELL ? DONE : outcome == IGNORES ? IGNORED : FAILED;
}

static int
answer_to_terminate(struct model *m, struct sup *s, struct child *child)
{
	child_stop(m, s, child);
	if (!s->alive)
		return GONE;
	if (node_of(m, child->node)->restart == TEMPORARY ||
		node_of(m, s->node)->strategy == SIMPLE)
		child_remove(s, child);
	return DONE;
}

static int
answer_to(struct model *m, struct sup *s, const struct item *item)
{
	bool simple = node_of(m, s->node)->strategy == SIMPLE;
	int deed = item->event->deed;
	struct child *child;

	if (deed == START)
		return answer_to_start(m, s, item);
	if (deed == TERMINATE_PID) {
		child = child_find(s, item->event->node, item->target.arg);
		/* It is dead already; or it is listed under that pid. */
		if (!child || child->number != item->target.number)
			return DONE;
		return answer_to_terminate(m, s, child);
	}
	if (simple)
		return FORBIDDEN;
	child = child_find(s, item->event->node, 0);
	if (!child)
		return NOT_THERE;
	if (deed == TERMINATE)
		return answer_to_terminate(m, s, child);
	if (deed == RESTART)
		return answer_to_restart(m, s, child);
	if (child->state != NONE)
		return child->state == RUNNING ? WAS_RUNNING : WAS_RESTARTING;
	child_remove(s, child);
	return DONE;
}

void
answer_with(struct model *m, int answer, bool is_last)
{
	int seen = m->run->seen->answer;
	char text[100];

	m->answer = answer;
	if (answer == seen || !(m->burst || is_last))
		return;
	snprintf(text, sizeof text, "answer %s; must be: %s",
		answer_names[seen], answer_names[answer]);
	complain(m, text, NULL);
}

void
request_handle(struct model *m, struct sup *s, const struct item *item)
{
	answer_with(m, answer_to(m, s, item), false);
}

/* --- what is sent ------------------------------------------------------------------- */

static bool
is_question(const struct event *e)
{
	return e->deed == TERMINATE || e->deed == RESTART ||
		e->deed == DELETE || e->deed == START ||
		e->deed == TERMINATE_PID;
}

static void
to_worker(struct model *m, const struct pending *p)
{
	const struct event *e = p->event;
	struct sup *s = NULL;
	struct child *child = worker_at(m, p->node, p->target.number, &s);

	if (!child)
		return;
	if (e == &end_of_terminate)
		worker_die(m, s, child, child->reason);
	else if (e->deed == KILL)
		worker_die(m, s, child, KILLED);
	else if (e->deed == EXIT)
		worker_die(m, s, child, e->reason);
	else if (e->deed == STOP || e->deed == ASK_STOP)
		worker_end(m, s, child, e->reason);
	else if (e->deed == CRASH)
		worker_end(m, s, child, CRASHED);
	if (e->deed == ASK_STOP)
		m->answer = DONE;
}

static void
to_supervisor(struct model *m, const struct pending *p)
{
	struct sup *s = (struct sup *)sup_at(m, p->node);
	struct item item = {.reason = p->event->reason,
		.event = p->event,
		.target = p->target,
		.strand = p->strand};

	if (is_question(p->event)) {
		item.kind = ITEM_REQUEST;
		if (s && s->number == m->before[p->node])
			push(m, s, item);
		else
			answer_with(m, GONE, false);
		return;
	}
	/* Who was there when it was sent. */
	if (!s ||
		s->number != (p->sent ? m->before[p->node] : p->target.number))
		return;
	if (p->event->deed == KILL) {
		join(&s->strand, p->strand);
		sup_die(m, s, KILLED);
	} else if (p->event->deed == EXIT) {
		item.kind = ITEM_PARENT;
		push(m, s, item);
	} else if (p->event->deed == ASK_STOP) {
		item.kind = ITEM_STOP;
		m->answer = DONE;
		push(m, s, item);
	}
}

static void
arrive(struct model *m, int at)
{
	struct pending p = m->pending[at];

	m->pending_count--;
	memmove(&m->pending[at], &m->pending[at + 1],
		(size_t)(m->pending_count - at) * sizeof p);
	if (node_of(m, p.node)->is_supervisor)
		to_supervisor(m, &p);
	else
		to_worker(m, &p);
}

/* What is sent to one process keeps its order (A1); but a message waits to be
 * dealt with, and an exit signal does not. */
static bool
is_before(const struct pending *a, const struct pending *b)
{
	bool overtakes = !a->sent || !b->sent ||
		((a->event->deed == STOP || a->event->deed == CRASH) &&
			(b->event->deed == KILL || b->event->deed == EXIT));

	return a->node == b->node && !overtakes &&
		(a->target.number == b->target.number || is_question(b->event));
}

static bool
is_next(const struct model *m, int at)
{
	for (int i = 0; i < at; i++)
		if (is_before(&m->pending[i], &m->pending[at]))
			return false;
	return true;
}

/* All it does is to stand in the queue of a supervisor. */
static bool
is_queued(const struct model *m, const struct pending *p)
{
	return p->sent && p->event->deed != KILL &&
		node_of(m, p->node)->is_supervisor;
}

static int
arrivals(const struct model *m, int *which, bool all)
{
	int count = 0;

	for (int i = 0; i < m->pending_count; i++)
		if (is_next(m, i) && (all || !is_queued(m, &m->pending[i])))
			which[count++] = i;
	return count;
}

void
arrivals_choose(struct model *m, bool all)
{
	int which[PENDING_MOST];

	while (m->pending_count > 0) {
		int pick = choose(m, arrivals(m, which, all) + 1);

		if (pick == 0)
			return;
		arrive(m, which[pick - 1]);
	}
}

void
yield(struct model *m)
{
	arrivals_choose(m, false);
}

void
pending_add(struct model *m, const struct event *event, int node, int number,
	struct strand strand)
{
	if (m->pending_count == PENDING_MOST)
		complain(m, "too much is on its way for the model", NULL);
	else
		m->pending[m->pending_count++] = (struct pending){
			event, {.number = number}, node, strand, false};
}

void
pending_drop(struct model *m, const struct event *event, int node, int number)
{
	for (int i = 0; i < m->pending_count; i++)
		if (m->pending[i].event == event &&
			m->pending[i].node == node &&
			m->pending[i].target.number == number) {
			m->pending_count--;
			memmove(&m->pending[i], &m->pending[i + 1],
				(size_t)(m->pending_count - i) *
					sizeof m->pending[0]);
			return;
		}
}

/* --- a step --------------------------------------------------------------------------- */

static void
step_begin(struct model *m, int64_t now_ms, bool burst)
{
	const struct strand begin = {-1, now_ms};

	m->now_ms = now_ms;
	m->answer = NONE_ASKED;
	memset(m->told, 0, sizeof m->told);
	m->pending_count = 0;
	m->burst = burst;
	for (int i = 0; i < NODES_MOST; i++) {
		m->before[i] = 0;
		m->ended[i] = NO_REASON;
	}
	for (int i = 0; i < SUPS_MOST; i++) {
		struct sup *s = &m->sups[i];

		if (!s->alive)
			continue;
		m->before[s->node] = s->number;
		s->strand = begin;
		for (int j = 0; j < s->child_count; j++)
			s->children[j].strand = begin;
	}
}

/* Until nothing is on its way: whatever may be next. */
static void
go_on(struct model *m)
{
	while (!m->run->failed) {
		int which[PENDING_MOST], busy[SUPS_MOST];
		int arriving = arrivals(m, which, true), working = 0, pick;

		for (int i = 0; i < SUPS_MOST; i++)
			if (m->sups[i].alive && m->sups[i].item_count > 0)
				busy[working++] = i;
		if (arriving + working == 0)
			return;
		pick = choose(m, arriving + working);
		if (pick < arriving) {
			arrive(m, which[pick]);
			continue;
		}

		struct sup *s = &m->sups[busy[pick - arriving]];

		item_handle(m, s, pop(s, 0));
	}
}

/* C34, A12, A19: nothing comes of it. */
static bool
is_ignored(const struct model *m, const struct event *e)
{
	const struct node *node = node_of(m, e->node);

	if (e->deed != EXIT)
		return false;
	return node->is_supervisor ? e->node != 0
				   : node->traps || e->reason == NORMAL;
}

static void
send_all(struct model *m, const struct step *step)
{
	for (int i = 0; i < step->count; i++) {
		const struct event *e = &step->events[i];
		struct pending p = {
			e, step->targets[i], e->node, {-1, m->now_ms}, true};

		if (e->deed == DOOM)
			m->doomed[e->node] = m->starts[e->node] + 1 + e->pick;
		if (p.target.number == 0 || e->deed == PAUSE ||
			e->deed == DOOM || is_ignored(m, e))
			continue;
		if (is_question(e))
			p.node = node_of(m, e->node)->parent;
		if (e->deed == START)
			m->args++;
		m->pending[m->pending_count++] = p;
	}
}

void
model_step(struct model *m, const struct step *step, int64_t now_ms)
{
	int outcome = WELL;

	step_begin(m, now_ms, step->count > 1);
	if (step->is_end && m->root >= 0)
		push(m, &m->sups[m->root],
			(struct item){.kind = ITEM_PARENT,
				.reason = m->c->end,
				.strand = {-1, now_ms}});
	else if (step->count == 0)
		m->root = sup_start(m, NULL, 0, &outcome);
	if (outcome != m->run->seen->root_start)
		complain(m, "the root starts otherwise", NULL);
	send_all(m, step);
	go_on(m);
}

/* --- how things stand ------------------------------------------------------------------- */

static void
rows_of(const struct model *m, const struct sup *s, struct row *rows,
	int *count, struct counts *counts)
{
	bool simple = node_of(m, s->node)->strategy == SIMPLE;
	struct counts *n = &counts[s->node];

	*n = (struct counts){simple ? 1 : s->child_count, 0, 0, 0};
	for (int i = 0; i < s->child_count && *count < ROWS_MOST; i++) {
		/* C43: the last one first. */
		const struct child *child =
			&s->children[simple ? i : s->child_count - 1 - i];
		bool inner = node_of(m, child->node)->is_supervisor;

		n->active += child->alive;
		n->supervisors += inner;
		n->workers += !inner;
		rows[(*count)++] = (struct row){
			.supervisor = s->node,
			.node = child->node,
			.number = inner || !child->alive ? 0 : child->number,
			.arg = child->alive ? child->arg : 0,
			.state = child->state,
			.is_supervisor = inner,
			.same = inner && child->alive &&
				child->number == m->before[child->node],
		};
	}
	for (int i = 0; i < s->child_count; i++) {
		const struct child *child =
			&s->children[s->child_count - 1 - i];

		if (child->alive && child->sup >= 0)
			rows_of(m, &m->sups[child->sup], rows, count, counts);
	}
}

void
model_rows(const struct model *m, struct row *rows, int *count,
	struct counts *counts)
{
	*count = 0;
	memset(counts, 0, sizeof *counts * NODES_MOST);
	if (m->root >= 0)
		rows_of(m, &m->sups[m->root], rows, count, counts);
}

struct model *
model_new(const struct test_case *c)
{
	struct model *m = calloc(1, sizeof *m);

	if (!m)
		abort();
	m->c = c;
	m->root = -1;
	return m;
}
