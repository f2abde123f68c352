/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include "template.h"

/* A backslash stands for itself but before what it would escape. */
static void
double_backslashes(struct textbuf *buf, struct text before)
{
	while (before.len > 0 && before.ptr[--before.len] == '\\')
		textbuf_add_char(buf, '\\');
}

/* A name as make reads it in a rule; `%` makes a pattern of a target only. */
static void
add_escaped(struct textbuf *buf, struct text name, bool is_target)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == ' ' || c == '\t' || c == '#' || c == ':' ||
			(c == '%' && is_target)) {
			double_backslashes(buf, (struct text){name.ptr, i});
			textbuf_add_char(buf, '\\');
		} else if (c == '$') {
			textbuf_add_char(buf, '$');
		}
		textbuf_add_char(buf, c);
	}
	double_backslashes(buf, name);
}

/* -MT and -MQ, in their order; the first is as make shall read it. */
static void
add_given_targets(struct textbuf *buf, const struct options *options)
{
	for (size_t i = 0; i < options->n_targets; i++) {
		const struct depfile_target *t = &options->targets[i];

		if (i > 0)
			textbuf_add_char(buf, ' ');
		if (t->quote)
			add_escaped(buf, text_of(t->name), true);
		else
			textbuf_add(buf, text_of(t->name));
	}
}

static void
add_target(struct textbuf *buf, struct text name)
{
	if (buf->len > 0 && buf->ptr[buf->len - 1] != '\n')
		textbuf_add_char(buf, ' ');
	add_escaped(buf, name, true);
}

/* What the outputs of a module are made from. */
struct prerequisites {
	const struct module *module;
	struct textbuf rule; /* the rest of the rule */
	struct textbuf phony; /* a rule without anything for each */
	struct table seen;
};

/* make does not miss what is gone since, if it has a rule of its own. */
static void
add_prerequisite(struct prerequisites *to, struct text name)
{
	textbuf_printf(&to->rule, " \\\n  ");
	add_escaped(&to->rule, name, false);
	if (text_equal(name, to->module->source->path))
		return;
	add_escaped(&to->phony, name, true);
	textbuf_printf(&to->phony, ":\n");
}

/* The module and all that it imports, at any distance, once each. */
static void
add_sources(struct prerequisites *to, const struct module *module)
{
	if (table_put(&to->seen, module->source->path, module->source))
		return;
	add_prerequisite(to, module->source->path);
	for (const struct import *i = module->imports; i; i = i->next) {
		if (i->module)
			add_sources(to, i->module);
	}
}

static struct text
rule(struct program *program, const struct output_list *list,
	const struct module *module, const struct template_set *templates)
{
	struct arena *arena = &program->arena;
	struct textbuf buf = {.arena = arena};
	struct prerequisites from = {
		module, {.arena = arena}, {.arena = arena}, {.arena = arena}};

	add_given_targets(&buf, program->options);
	for (const struct output *o = list->first;
		o && program->options->n_targets == 0; o = o->next) {
		if (o->module == module && !o->is_yours)
			add_target(&buf, o->path);
	}
	textbuf_add_char(&buf, ':');
	add_sources(&from, module);
	for (const struct template_use *u = templates->used; u; u = u->next)
		add_prerequisite(&from, u->path);
	textbuf_add(&buf, textbuf_text(&from.rule));
	textbuf_add_char(&buf, '\n');
	if (program->options->phony_sources)
		textbuf_add(&buf, textbuf_text(&from.phony));
	return textbuf_text(&buf);
}

/* One file for all modules when it has a name, else one beside each. */
void
depfile_add(struct program *program, struct output_list *list,
	const struct template_set *templates)
{
	const char *path = program->options->depfile_path;
	struct arena *arena = &program->arena;
	struct output_list made = *list;
	struct textbuf all = {.arena = arena};

	for (const struct module *m = program->modules; m; m = m->next) {
		struct text text, header;

		if (!m->is_root)
			continue;
		text = rule(program, &made, m, templates);
		textbuf_add(&all, text);
		for (const struct output *o = made.first; o && !path;
			o = o->next) {
			header = o->path;
			if (o->module != m || !text_ends_with(header, ".otp.h"))
				continue;
			output_add(list, arena,
				text_printf(arena, "%.*s.d",
					(int)header.len - 2, header.ptr),
				text, NULL);
			break;
		}
	}
	if (path)
		output_add(
			list, arena, text_of(path), textbuf_text(&all), NULL);
}
