/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All ways the model can go through a step, until one is what was seen. A way is
 * left as soon as it needs something that was not seen.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#define WAYS_MOST 400000

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

static const char *
answer_name(int answer)
{
	static const char *const names[] = {"none", "ok", "running",
		"restarting", "already_present", "already_started", "not_found",
		"not allowed", "max_children", "ignore", "failed", "gone",
		"something odd"};

	return names[answer];
}

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
	if (m->answer != seen->answer) {
		snprintf(text, sizeof text, "answer %s; must be: %s",
			answer_name(seen->answer), answer_name(m->answer));
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

bool
check_step(struct model *m, const struct step *step, const struct seen *seen,
	char *why, size_t size)
{
	struct model *before = malloc(sizeof *before);
	struct run *r = calloc(1, sizeof *r);
	int most = -1, ways = 0;

	if (!before || !r)
		abort();
	*before = *m;
	r->seen = seen;
	do {
		*m = *before;
		memset(r->used, 0, sizeof r->used);
		r->matched = r->depth = 0;
		r->failed = false;
		m->run = r;
		model_step(m, step, seen->now_ms);
		check_rest(m);
		if (r->failed && r->matched > most) {
			most = r->matched;
			snprintf(why, size, "%s", r->why);
		}
	} while (r->failed && ++ways < WAYS_MOST && next_way(r));
	if (r->failed && ways == WAYS_MOST) {
		size_t len = strlen(why);

		snprintf(why + len, size - len, " (in the first %d ways)",
			WAYS_MOST);
	}

	bool well = !r->failed;

	if (well)
		why[0] = '\0';
	else
		*m = *before;
	m->run = NULL;
	free(before);
	free(r);
	return well;
}
