/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/graph.h"

#include "output.h"

#include <stdio.h>

struct text
graph_id(struct arena *arena, const struct decl *decl)
{
	/* an application may have the name of another declaration's module,
	   but no other declaration of its own module has its name */
	return text_printf(arena, "%.*s.%.*s",
		TEXT_ARG(decl->module->name.text), TEXT_ARG(decl->name.text));
}

bool
graph_has(const struct graph *graph, const struct decl *decl)
{
	return decl &&
		table_get(&graph->chosen, graph_id(graph->arena, decl)) != NULL;
}

/* ---------------------------------------------------- what is in the graph */

/* A list of those that are chosen and not looked into yet. */
struct choice {
	struct graph *graph;
	const struct decl **waiting;
	size_t n_waiting;
};

static void
choose(struct choice *choice, const struct decl *decl)
{
	struct graph *graph = choice->graph;

	if (!decl ||
		table_put(&graph->chosen, graph_id(graph->arena, decl), graph))
		return;
	choice->waiting[choice->n_waiting++] = decl;
}

static void
choose_application(struct choice *choice, const struct application_decl *app)
{
	choose(choice, app->root->decl);
	for (const struct reference *r = app->depends; r; r = r->next)
		choose(choice, r->decl);
}

static void
choose_children(struct choice *choice, const struct decl *decl)
{
	if (decl->kind == DECL_APPLICATION)
		choose_application(choice, &decl->u.application);
	if (decl->kind != DECL_SUPERVISOR)
		return;
	for (const struct child *c = decl->u.supervisor.children; c;
		c = c->next) {
		if (!c->any)
			choose(choice, c->start.decl);
	}
}

static const struct reference *
next_reference(const struct member **member)
{
	while (*member && (*member)->kind != MEMBER_CALLS)
		*member = (*member)->next;
	return *member ? (*member)->references : NULL;
}

/* Those that call, and those that they call. */
static void
choose_calls(struct choice *choice, const struct decl *decl)
{
	const struct reference *r;

	if (decl->kind != DECL_GEN_SERVER)
		return;
	for (const struct member *m = decl->u.server.members;
		(r = next_reference(&m)); m = m->next) {
		choose(choice, decl);
		for (; r; r = r->next)
			choose(choice, r->decl);
	}
}

static bool
is_in_tree(const struct decl *decl)
{
	return decl->kind == DECL_GEN_SERVER || decl->kind == DECL_SUPERVISOR ||
		decl->kind == DECL_APPLICATION;
}

static size_t
count_decls(const struct program *program)
{
	size_t n = 0;

	for (const struct module *m = program->modules; m; m = m->next) {
		for (const struct decl *d = m->decls; d; d = d->next)
			n++;
	}
	return n;
}

/* The files named, and from imported ones what they lead to. */
static void
choose_all(struct graph *graph)
{
	size_t n = count_decls(graph->program);
	struct choice choice = {graph,
		arena_array(graph->arena, n + 1, sizeof(*choice.waiting)), 0};

	for (const struct module *m = graph->program->modules; m; m = m->next) {
		for (const struct decl *d = m->decls; d && m->is_root;
			d = d->next) {
			if (graph->tree && is_in_tree(d))
				choose(&choice, d);
			if (graph->calls)
				choose_calls(&choice, d);
		}
	}
	while (choice.n_waiting > 0) {
		const struct decl *d = choice.waiting[--choice.n_waiting];

		if (graph->tree)
			choose_children(&choice, d);
		if (graph->calls)
			choose_calls(&choice, d);
	}
}

/* In the order of the files, whatever led to them. */
static void
put_in_order(struct graph *graph)
{
	const struct module *first = NULL;

	graph->decls = arena_array(
		graph->arena, graph->chosen.count + 1, sizeof(*graph->decls));
	for (const struct module *m = graph->program->modules; m; m = m->next) {
		for (const struct decl *d = m->decls; d; d = d->next) {
			if (!graph_has(graph, d))
				continue;
			if (!first)
				first = m;
			graph->has_modules |= m != first;
			graph->decls[graph->n_decls++] = d;
		}
	}
}

/* ----------------------------------------------------------------- the text */

static bool
write_graph(struct program *program, struct text text)
{
	const char *path = program->options->out_file;
	struct output_list list = {0};

	if (!path) {
		fwrite(text.ptr, 1, text.len, stdout);
		return true; /* main looks after stdout */
	}
	output_add(&list, &program->arena, text_of(path), text, NULL);
	return output_write(program, &list);
}

static bool
make_graph(struct program *program, const struct options *options)
{
	bool both = options->graph_tree == options->graph_calls;
	struct graph graph = {.program = program,
		.arena = &program->arena,
		.tree = both || options->graph_tree,
		.calls = both || options->graph_calls,
		.chosen = {.arena = &program->arena}};
	struct text text;

	choose_all(&graph);
	put_in_order(&graph);
	text = graph_dot(&graph);
	if (options->graph_format && strcmp(options->graph_format, "svg") == 0)
		text = graph_svg(program, text);
	return text.ptr && write_graph(program, text);
}

int
run_graph(struct program *program, const struct options *options)
{
	bool ok;

	read_and_check(program, options);
	ok = program->diags.n_errors == 0;
	if (ok)
		ok = make_graph(program, options);
	diag_flush(program);
	return ok ? 0 : 1;
}
