/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"
#include "template.h"

#include <string.h>

#define INCLUDE_DEPTH_MAX 32u
#define SCOPE_DEPTH_MAX 32u
/* So much may stand in the output before it is drained. */
#define DRAIN_SIZE (32u * 1024)

/*
 * What a name means now stands in `bound`, by its number. A $for$ binds the
 * names of its node and puts back what they meant when it is done with it, so
 * that a name is found by one look, however deep the blocks are.
 */
struct fill {
	struct template_set *set;
	const struct tree *tree; /* the root */
	struct template_out *to;
	const struct tree_entry **bound;
	size_t n_bound;
	const struct tree_entry **former; /* a stack of what names meant */
	size_t n_former;
	size_t max_former;
	size_t depth; /* of $for$ */
	unsigned include_depth;
	bool failed;
};

static void
run(struct fill *f, const struct template *t, size_t from, size_t to);

static void
fail(struct fill *f, const struct template *t, const struct step *step,
	const char *what)
{
	if (!f->failed)
		template_error(f->set, t->name, step->line, what, step->word);
	f->failed = true;
}

static const struct tree_entry *
look_up(struct fill *f, const struct template *t, const struct step *step)
{
	const struct tree_entry *e =
		step->name < f->n_bound ? f->bound[step->name] : NULL;

	if (!e)
		fail(f, t, step, "unknown name");
	return e;
}

/* ---------------------------------------------------------------- scopes */

static const struct tree_entry **
more_room(
	struct fill *f, const struct tree_entry **former, size_t n, size_t max)
{
	const struct tree_entry **room =
		arena_array(&f->set->program->arena, max, sizeof(*room));

	if (n > 0)
		memcpy(room, former, n * sizeof(*room));
	return room;
}

/* The names of the node mean what it says. */
static void
enter(struct fill *f, const struct tree *node)
{
	size_t n_names = tree_count(f->tree), before = f->n_bound;

	if (n_names > f->n_bound) {
		f->n_bound = 2 * n_names;
		f->bound = more_room(f, f->bound, before, f->n_bound);
	}
	for (const struct tree_entry *e = node->entries; e; e = e->next) {
		if (f->n_former == f->max_former) {
			f->max_former = 2 * f->max_former + 64;
			f->former = more_room(
				f, f->former, f->n_former, f->max_former);
		}
		f->former[f->n_former++] = f->bound[e->name];
		f->bound[e->name] = e;
	}
}

/* They mean again what they meant before. */
static void
leave(struct fill *f, const struct tree *node)
{
	size_t n = 0;

	for (const struct tree_entry *e = node->entries; e; e = e->next)
		n++;
	f->n_former -= n;
	n = f->n_former;
	for (const struct tree_entry *e = node->entries; e; e = e->next)
		f->bound[e->name] = f->former[n++];
}

/* ----------------------------------------------------------------- steps */

static bool
is_true(const struct tree_entry *e)
{
	switch (e->kind) {
	case TREE_TEXT:
		return e->u.text.len > 0;
	case TREE_FLAG:
		return e->u.flag;
	case TREE_LIST:
		return e->u.list.first != NULL;
	case TREE_MADE:
		return e->u.made.n > 0;
	}
	return false;
}

static void
fill_if(struct fill *f, const struct template *t, const struct step *step,
	size_t body)
{
	const struct tree_entry *e = look_up(f, t, step);

	if (e && is_true(e))
		run(f, t, body, step->otherwise);
	else if (e)
		run(f, t, step->otherwise, step->end);
}

static void
fill_node(struct fill *f, const struct template *t, const struct step *step,
	size_t body, const struct tree *node)
{
	enter(f, node);
	f->depth++;
	run(f, t, body, step->end);
	f->depth--;
	leave(f, node);
}

static void
fill_made(struct fill *f, const struct template *t, const struct step *step,
	size_t body, const struct tree_entry *e)
{
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < e->u.made.n && !f->failed; i++) {
		struct tree *node = tree_node(f->tree, &arena);

		e->u.made.make(e->u.made.context, node, e->u.made.items[i]);
		fill_node(f, t, step, body, node);
		arena_reset(&arena);
	}
	arena_fini(&arena);
}

static void
fill_for(struct fill *f, const struct template *t, const struct step *step,
	size_t body)
{
	const struct tree_entry *e = look_up(f, t, step);

	if (!e)
		return;
	if (f->depth == SCOPE_DEPTH_MAX)
		fail(f, t, step, "nested too deeply at");
	else if (e->kind == TREE_MADE)
		fill_made(f, t, step, body, e);
	else if (e->kind != TREE_LIST)
		fail(f, t, step, "not a list");
	else
		for (const struct tree *node = e->u.list.first;
			node && !f->failed; node = node->next)
			fill_node(f, t, step, body, node);
}

static void
fill_template(struct fill *f, const struct template *t)
{
	f->include_depth++;
	if (t->failed)
		f->failed = true;
	else
		run(f, t, 0, t->n_steps);
	f->include_depth--;
}

static void
fill_include(struct fill *f, const struct template *t, struct step *step)
{
	if (!step->included && f->include_depth < INCLUDE_DEPTH_MAX)
		step->included = template_get(f->set, f->tree, step->word);
	if (!step->included || f->include_depth == INCLUDE_DEPTH_MAX)
		fail(f, t, step, "cannot include");
	else
		fill_template(f, step->included);
}

static void
fill_name(struct fill *f, const struct template *t, const struct step *step)
{
	const struct tree_entry *e = look_up(f, t, step);

	if (e && e->kind == TREE_TEXT)
		textbuf_add(&f->to->out, e->u.text);
	else if (e)
		fail(f, t, step, "not a text");
}

static void
run(struct fill *f, const struct template *t, size_t from, size_t to)
{
	for (size_t i = from; i < to && !f->failed;) {
		struct step *step = &t->steps[i++];

		switch (step->kind) {
		case STEP_TEXT:
			textbuf_add(&f->to->out, step->word);
			break;
		case STEP_NAME:
			fill_name(f, t, step);
			break;
		case STEP_FOR:
			fill_for(f, t, step, i);
			i = step->end;
			break;
		case STEP_IF:
			fill_if(f, t, step, i);
			i = step->end;
			break;
		case STEP_INCLUDE:
			fill_include(f, t, step);
			break;
		}
	}
	if (f->to->drain && f->to->out.len > DRAIN_SIZE)
		f->to->drain(f->to);
}

bool
template_fill(struct template_set *set, const char *name,
	const struct tree *tree, struct template_out *to)
{
	struct fill f = {.set = set, .tree = tree, .to = to};
	struct template *t = template_get(set, tree, text_of(name));

	if (!t) {
		template_error(set, text_of("otpc"), 1, "cannot include",
			text_of(name));
		return false;
	}
	enter(&f, tree);
	fill_template(&f, t);
	return !f.failed;
}
