/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All ways the model can go through a step, until one is what was seen. A way is
 * left as soon as it needs something that was not seen. Ways may look alike, and
 * show that they were not only later (two deaths are one restart, or two): so a
 * step that nothing fits is looked at again behind other ways of those before.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#define WAYS_MOST 400000
#define TRIED_MOST 64
#define STEPS_MOST (2 * EVENTS_MOST + 2)

static void
row_text(const struct row *row, char *text, size_t size)
{
	static const char *const states[] = {
		"stopped", "running", "restarting"};

	snprintf(text, size, "%d in %d: %s, %s #%d (%d)%s", row->node,
		row->supervisor, row->is_supervisor ? "supervisor" : "worker",
		states[row->state], row->number, row->arg,
		row->same ? ", as before" : "");
}

bool
row_equal(const struct row *a, const struct row *b)
{
	return a->supervisor == b->supervisor && a->node == b->node &&
		a->number == b->number && a->arg == b->arg &&
		a->state == b->state && a->is_supervisor == b->is_supervisor &&
		a->same == b->same;
}

static void
check_rows(struct model *m, const struct row *rows, int count)
{
	const struct seen *seen = m->run->seen;
	char wanted[100], got[100], text[240];

	for (int i = 0; i < count || i < seen->row_count; i++) {
		if (i < count && i < seen->row_count &&
			row_equal(&rows[i], &seen->rows[i]))
			continue;
		snprintf(wanted, sizeof wanted, "nobody");
		snprintf(got, sizeof got, "nobody");
		if (i < count)
			row_text(&rows[i], wanted, sizeof wanted);
		if (i < seen->row_count)
			row_text(&seen->rows[i], got, sizeof got);
		snprintf(text, sizeof text, "which_children: %s; must be: %s",
			got, wanted);
		complain(m, text, NULL);
		return;
	}
}

static void
check_counts(struct model *m, const struct counts *counts)
{
	const struct counts *seen = m->run->seen->counts;
	char text[200];

	for (int i = 0; i < NODES_MOST; i++) {
		if (memcmp(&counts[i], &seen[i], sizeof counts[i]) == 0)
			continue;
		snprintf(text, sizeof text,
			"count_children of %d: specs %d, active %d, "
			"supervisors %d, workers %d; must be: %d, %d, %d, %d",
			i, seen[i].specs, seen[i].active, seen[i].supervisors,
			seen[i].workers, counts[i].specs, counts[i].active,
			counts[i].supervisors, counts[i].workers);
		complain(m, text, NULL);
	}
}

static const char *const told_names[] = {"child_terminated", "start_error",
	"shutdown_error", "reached_max_restart_intensity"};

static void
check_rest(struct model *m)
{
	const struct seen *seen = m->run->seen;
	struct row rows[ROWS_MOST];
	struct counts counts[NODES_MOST];
	char text[200];
	int count;

	for (int i = 0; i < seen->entry_count && !m->run->failed; i++)
		if (!m->run->used[i])
			complain(m, "happens, and must not", &seen->entries[i]);
	if (m->answer != seen->answer)
		answer_with(m, m->answer, true);
	for (int i = 0; i < TOLD_KINDS; i++)
		if (m->told[i] != seen->told[i]) {
			snprintf(text, sizeof text,
				"reports of %s: %d; must be: %d", told_names[i],
				seen->told[i], m->told[i]);
			complain(m, text, NULL);
		}
	for (int i = 0; i < NODES_MOST; i++)
		if (m->ended[i] != seen->downs[i]) {
			snprintf(text, sizeof text,
				"supervisor %d ended: %s; must be: %s", i,
				reason_names[seen->downs[i]],
				reason_names[m->ended[i]]);
			complain(m, text, NULL);
		}
	if ((m->root >= 0) != seen->root_runs)
		complain(
			m, seen->root_runs ? "the root runs" : "no root", NULL);
	model_rows(m, rows, &count, counts);
	check_rows(m, rows, count);
	check_counts(m, counts);
}

/* --- ways -------------------------------------------------------------------- */

/* A step that was looked at, and how it was understood. */
struct past {
	struct step step;
	struct seen seen;
	struct model before;
	struct run run;
	bool begun; /* the choices in `run` were taken */
	uint64_t tried[TRIED_MOST]; /* states that came of it */
	int tried_count;
};

struct checker {
	struct model *now;
	struct past *pasts[STEPS_MOST];
	int count;
	int ways; /* left for this step */
};

/* Other choices than those of this run, the last one first. */
static bool
next_way(struct run *r)
{
	while (r->depth > 0) {
		int last = --r->depth;

		if (++r->choices[last] < r->limits[last]) {
			memset(&r->choices[last + 1], 0,
				sizeof r->choices -
					(size_t)(last + 1) *
						sizeof r->choices[0]);
			return true;
		}
	}
	return false;
}

/* All that a model knows and nobody sees: the restarts that count. */
static uint64_t
state_of(const struct model *m)
{
	uint64_t hash = 1;

	for (int i = 0; i < SUPS_MOST; i++) {
		const struct sup *s = &m->sups[i];
		uint64_t own = (uint64_t)s->node + 1;

		if (!s->alive)
			continue;
		for (int j = 0; j < s->restart_count; j++)
			own = own * 1000003 + (uint64_t)s->restarts[j];
		hash += own * UINT64_C(0x9e3779b97f4a7c15);
	}
	return hash;
}

/* False: another way came to the same. */
static bool
is_new(struct past *p, const struct model *m)
{
	uint64_t state = state_of(m);

	for (int i = 0; i < p->tried_count; i++)
		if (p->tried[i] == state)
			return false;
	if (p->tried_count < TRIED_MOST)
		p->tried[p->tried_count++] = state;
	return true;
}

/* The next way that is what was seen, and leads elsewhere than those before.
 * *why: of the one that came farthest. */
static bool
find(struct checker *k, struct past *p, char *why, size_t size)
{
	struct run *r = &p->run;
	int most = -1;

	r->seen = &p->seen;
	while (k->ways-- > 0 && (!p->begun || next_way(r))) {
		p->begun = true;
		*k->now = p->before;
		memset(r->used, 0, sizeof r->used);
		r->matched = r->depth = 0;
		r->failed = false;
		k->now->run = r;
		model_step(k->now, &p->step, p->seen.now_ms);
		check_rest(k->now);
		if (!r->failed && is_new(p, k->now))
			return true;
		if (r->failed && r->matched > most) {
			most = r->matched;
			snprintf(why, size, "%s", r->why);
		}
	}
	return false;
}

/* Step `last` fits no way of those before; do others? */
static bool
go_back(struct checker *k, int last)
{
	char why[256];
	int at = last;

	while (--at >= 0) {
		if (!find(k, k->pasts[at], why, sizeof why))
			continue;
		while (++at <= last) {
			struct past *p = k->pasts[at];

			p->before = *k->now;
			p->begun = false;
			p->tried_count = 0;
			memset(p->run.choices, 0, sizeof p->run.choices);
			if (!find(k, p, why, sizeof why))
				break;
		}
		if (at > last)
			return true;
	}
	return false;
}

bool
checker_step(struct checker *k, const struct step *step,
	const struct seen *seen, char *why, size_t size)
{
	struct past *p = calloc(1, sizeof *p);

	if (!p || k->count == STEPS_MOST)
		abort();
	p->step = *step;
	p->seen = *seen;
	p->before = *k->now;
	k->pasts[k->count++] = p;
	k->ways = WAYS_MOST;
	if (find(k, p, why, size) || go_back(k, k->count - 1)) {
		why[0] = '\0';
		return true;
	}
	if (k->ways <= 0) {
		size_t len = strlen(why);

		snprintf(why + len, size - len, " (in the first %d ways)",
			WAYS_MOST);
	}
	return false;
}

const struct model *
checker_model(const struct checker *k)
{
	return k->now;
}

struct checker *
checker_new(const struct test_case *c)
{
	struct checker *k = calloc(1, sizeof *k);

	if (!k)
		abort();
	k->now = model_new(c);
	return k;
}

void
checker_free(struct checker *k)
{
	for (int i = 0; i < k->count; i++)
		free(k->pasts[i]);
	free(k->now);
	free(k);
}
