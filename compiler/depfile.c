/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include "template.h"

/* A name as make reads it in a rule. */
static void
add_escaped(struct textbuf *buf, struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == ' ' || c == '\t' || c == '#' || c == ':' || c == '\\')
			textbuf_add_char(buf, '\\');
		else if (c == '$')
			textbuf_add_char(buf, '$');
		textbuf_add_char(buf, c);
	}
}

static void
add_target(struct textbuf *buf, struct text name)
{
	if (buf->len > 0 && buf->ptr[buf->len - 1] != '\n')
		textbuf_add_char(buf, ' ');
	add_escaped(buf, name);
}

static void
add_prerequisite(struct textbuf *buf, struct text name)
{
	textbuf_printf(buf, " \\\n  ");
	add_escaped(buf, name);
}

/* The module and all that it imports, at any distance, once each. */
static void
add_sources(
	struct textbuf *buf, const struct module *module, struct table *seen)
{
	if (table_put(seen, module->source->path, module->source))
		return;
	add_prerequisite(buf, module->source->path);
	for (const struct import *i = module->imports; i; i = i->next) {
		if (i->module)
			add_sources(buf, i->module, seen);
	}
}

static struct text
rule(struct program *program, const struct output_list *list,
	const struct module *module, const struct template_set *templates)
{
	struct textbuf buf = {.arena = &program->arena};
	struct table seen = {.arena = &program->arena};

	if (program->options->depfile_target)
		textbuf_printf(&buf, "%s", program->options->depfile_target);
	for (const struct output *o = list->first;
		o && !program->options->depfile_target; o = o->next) {
		if (o->module == module && !o->is_yours)
			add_target(&buf, o->path);
	}
	textbuf_add_char(&buf, ':');
	add_sources(&buf, module, &seen);
	for (const struct template_use *u = templates->used; u; u = u->next)
		add_prerequisite(&buf, u->path);
	textbuf_add_char(&buf, '\n');
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
