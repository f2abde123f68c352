/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/*
 * Problem: a record that holds itself by value has no size, a supervisor that
 * starts itself never ends, servers that call each other in a circle wait for
 * themselves, and chains of all three may be as long as a file, too
 * long to follow by recursion. Solution: one depth-first walk with a stack of
 * its own over edges that are listed up front. An edge to a declaration that
 * is on the stack closes a cycle; of the cycle's members the one that comes
 * last in the file is the one reported, for that is where a reader who wrote
 * the file in order made the mistake.
 */

enum {
	UNSEEN,
	ON_STACK,
	DONE
};

struct edge {
	struct edge *next;
	struct decl *to;
	struct span at;
};

struct frame {
	struct decl *decl;
	const struct edge *edge; /* the one being followed */
};

struct walk {
	struct program *program;
	struct module *module;
	struct frame *stack;
	size_t depth;
	enum diag_id error;
	enum diag_id step;
	enum diag_id hint;
	struct edge *(*edges)(struct program *program, struct decl *decl);
	/* when all that it leads to has been left; NULL: nothing to do */
	void (*leave)(struct program *program, struct decl *decl);
};

static struct edge *
add_edge(struct program *program, struct edge *list, struct decl *to,
	struct span at)
{
	struct edge *edge = ARENA_NEW(&program->arena, struct edge);

	edge->next = list;
	edge->to = to;
	edge->at = at;
	return edge;
}

/* What a value of the type holds within itself. */
static struct edge *
add_contained(struct program *program, struct edge *list,
	const struct type *type, struct span at)
{
	if (type->kind == TYPE_RECORD || type->kind == TYPE_UNION)
		return add_edge(program, list, type->decl, at);
	for (size_t i = 0; i < type->n_elements; i++)
		list = add_contained(program, list, type->elements[i], at);
	return list;
}

static struct edge *
add_fields(struct program *program, struct edge *list,
	const struct field_list *fields)
{
	for (struct field *f = fields->first; f; f = f->next)
		list = add_contained(program, list, f->type, f->span);
	return list;
}

static struct edge *
reversed(struct edge *list)
{
	struct edge *result = NULL;

	while (list) {
		struct edge *next = list->next;

		list->next = result;
		result = list;
		list = next;
	}
	return result;
}

static struct edge *
record_edges(struct program *program, struct decl *decl)
{
	struct edge *list = NULL;

	if (decl->kind == DECL_RECORD)
		list = add_fields(program, list, &decl->u.record.fields);
	if (decl->kind == DECL_UNION) {
		for (struct variant *v = decl->u.choice.first; v; v = v->next)
			list = add_fields(program, list, &v->fields);
	}
	return reversed(list);
}

/* A dynamic child is not started with its supervisor. */
static struct edge *
supervisor_edges(struct program *program, struct decl *decl)
{
	struct edge *list = NULL;

	if (decl->kind != DECL_SUPERVISOR)
		return NULL;
	for (struct child *c = decl->u.supervisor.children; c; c = c->next) {
		if (!c->dynamic && c->start.decl &&
			c->start.decl->kind == DECL_SUPERVISOR)
			list = add_edge(program, list, c->start.decl, c->span);
	}
	return reversed(list);
}

/* Whom its handlers wait for. */
static struct edge *
call_edges(struct program *program, struct decl *decl)
{
	struct edge *list = NULL;

	if (decl->kind != DECL_GEN_SERVER)
		return NULL;
	for (struct member *m = decl->u.server.members; m; m = m->next) {
		for (struct reference *r = m->references; r; r = r->next) {
			if (r->decl)
				list = add_edge(
					program, list, r->decl, r->path.span);
		}
	}
	return reversed(list);
}

/* The cycle is the stack from `first` on. */
static void
report_cycle(struct walk *w, size_t first)
{
	size_t last = first;
	size_t n = w->depth - first;

	for (size_t i = first; i < w->depth; i++) {
		if (w->stack[i].edge->at.start > w->stack[last].edge->at.start)
			last = i;
	}
	report(w->program, w->error, w->stack[last].edge->at,
		decl_kind_name(w->stack[last].edge->to->kind),
		w->stack[last].edge->to->name.text);
	for (size_t i = 0; n > 1 && i < n && i < 20; i++) {
		const struct frame *f =
			&w->stack[first + (last - first + 1 + i) % n];

		note(w->program, w->step, f->edge->at, f->decl->name.text,
			f->edge->to->name.text);
	}
	note(w->program, w->hint, (struct span){0});
}

static void
push(struct walk *w, struct decl *decl)
{
	struct edge *edges = w->edges(w->program, decl);

	decl->mark = ON_STACK;
	w->stack[w->depth++] = (struct frame){decl, edges};
}

/* The position on the stack. */
static size_t
find(const struct walk *w, const struct decl *decl)
{
	size_t i = w->depth - 1;

	while (w->stack[i].decl != decl)
		i--;
	return i;
}

static void
walk_from(struct walk *w, struct decl *start)
{
	push(w, start);
	while (w->depth > 0) {
		struct frame *top = &w->stack[w->depth - 1];
		struct decl *to;

		if (!top->edge) {
			top->decl->mark = DONE;
			if (w->leave)
				w->leave(w->program, top->decl);
			w->depth--;
			if (w->depth > 0)
				w->stack[w->depth - 1].edge =
					w->stack[w->depth - 1].edge->next;
			continue;
		}
		to = top->edge->to;
		if (to->mark == UNSEEN && to->module == w->module) {
			push(w, to);
			continue;
		}
		if (to->mark == ON_STACK)
			report_cycle(w, find(w, to));
		top->edge = top->edge->next;
	}
}

static void
walk_all(struct walk *w)
{
	for (struct decl *d = w->module->decls; d; d = d->next)
		d->mark = UNSEEN;
	for (struct decl *d = w->module->decls; d; d = d->next) {
		if (d->mark == UNSEEN)
			walk_from(w, d);
	}
}

/* Imports have no cycles, so a cycle is within one module. */
void
check_cycles(struct program *program, struct module *module)
{
	struct walk walk = {.program = program, .module = module};
	size_t n = 0;

	for (struct decl *d = module->decls; d; d = d->next)
		n++;
	walk.stack = arena_array(&program->arena, n, sizeof(*walk.stack));
	walk.edges = record_edges;
	walk.leave = check_size;
	walk.error = DIAG_record_cycle;
	walk.step = DIAG_note_step;
	walk.hint = DIAG_note_through_pointer;
	walk_all(&walk);
	walk.edges = supervisor_edges;
	walk.leave = NULL;
	walk.error = DIAG_supervisor_cycle;
	walk.hint = DIAG_note_through_dynamic;
	walk_all(&walk);
	walk.edges = call_edges;
	walk.error = DIAG_call_cycle;
	walk.step = DIAG_note_calls;
	walk.hint = DIAG_note_break_cycle;
	walk_all(&walk);
}
