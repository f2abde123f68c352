/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include "otpc.h"

#include <stdio.h>
#include <string.h>

#define BLOCK_DEPTH_MAX 64u

/* A template being compiled: from its text to its steps. */
struct compiling {
	struct template_set *set;
	const struct tree *tree;
	struct template *template;
	struct text text;
	size_t at;
	size_t line;
	size_t open[BLOCK_DEPTH_MAX]; /* steps whose $end$ is to come */
	size_t n_open;
};

void
template_error(struct template_set *set, struct text name, size_t line,
	const char *what, struct text word)
{
	report(set->program, DIAG_bad_template, (struct span){NULL, 0, 0}, name,
		line, what, word);
}

static void
fail(struct compiling *c, size_t line, const char *what, struct text word)
{
	if (!c->template->failed)
		template_error(c->set, c->template->name, line, what, word);
	c->template->failed = true;
}

/* ------------------------------------------------------------- the steps */

static struct step *
add_step(struct compiling *c, enum step_kind kind, struct text word)
{
	struct template *t = c->template;
	struct step *step;

	if (t->n_steps == t->capacity) {
		struct step *former = t->steps;

		t->capacity = t->capacity ? 2 * t->capacity : 32;
		t->steps = arena_array(&c->set->program->arena, t->capacity,
			sizeof(*t->steps));
		if (t->n_steps > 0)
			memcpy(t->steps, former, t->n_steps * sizeof(*former));
	}
	step = &t->steps[t->n_steps++];
	*step = (struct step){.kind = kind, .word = word, .line = c->line};
	return step;
}

static void
add_text(struct compiling *c, size_t start, size_t end)
{
	if (end > start)
		add_step(c, STEP_TEXT,
			(struct text){c->text.ptr + start, end - start});
}

static void
open_block(struct compiling *c, enum step_kind kind, struct text word)
{
	if (c->n_open == BLOCK_DEPTH_MAX) {
		fail(c, c->line, "nested too deeply at", word);
		c->at = c->text.len;
		return;
	}
	add_step(c, kind, word)->name = tree_number(c->tree, word);
	c->open[c->n_open++] = c->template->n_steps - 1;
}

static struct step *
innermost(struct compiling *c)
{
	return c->n_open ? &c->template->steps[c->open[c->n_open - 1]] : NULL;
}

static void
add_else(struct compiling *c, struct text word)
{
	struct step *step = innermost(c);

	if (!step)
		fail(c, c->line, "nothing is open for", word);
	else if (step->kind != STEP_IF || step->otherwise)
		fail(c, step->line, "no `$end$` for", step->word);
	else
		step->otherwise = c->template->n_steps;
}

static void
close_block(struct compiling *c, struct text word)
{
	struct step *step = innermost(c);

	if (!step) {
		fail(c, c->line, "nothing is open for", word);
		return;
	}
	step->end = c->template->n_steps;
	if (!step->otherwise)
		step->otherwise = step->end;
	c->n_open--;
}

/* -------------------------------------------------------------- the tags */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether the tag at [start, end) is alone on its line; if so, the line is
   cut out: what was put out of it, and what follows up to the next line. */
static bool
is_alone(const struct compiling *c, size_t start, size_t end, size_t *next_line)
{
	while (start > 0 && is_blank(c->text.ptr[start - 1]))
		start--;
	if (start > 0 && c->text.ptr[start - 1] != '\n')
		return false;
	while (end < c->text.len && is_blank(c->text.ptr[end]))
		end++;
	if (end < c->text.len && c->text.ptr[end] != '\n')
		return false;
	*next_line = end < c->text.len ? end + 1 : end;
	return true;
}

static struct text
trim(struct text text)
{
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* The word after `for`, `if` or `include`. */
static bool
is_form(struct text inside, const char *form, struct text *word)
{
	size_t len = strlen(form);

	if (!text_starts_with(inside, form))
		return false;
	*word = trim((struct text){inside.ptr + len, inside.len - len});
	return true;
}

static void
add_tag(struct compiling *c, struct text inside)
{
	struct text word;

	if (text_is(inside, "else"))
		add_else(c, inside);
	else if (text_is(inside, "end"))
		close_block(c, inside);
	else if (is_form(inside, "for ", &word))
		open_block(c, STEP_FOR, word);
	else if (is_form(inside, "if ", &word))
		open_block(c, STEP_IF, word);
	else if (is_form(inside, "include ", &word))
		add_step(c, STEP_INCLUDE, word);
	else
		add_step(c, STEP_NAME, inside)->name =
			tree_number(c->tree, inside);
}

static bool
is_name(struct text inside)
{
	return !text_is(inside, "else") && !text_is(inside, "end") &&
		!text_starts_with(inside, "for ") &&
		!text_starts_with(inside, "if ") &&
		!text_starts_with(inside, "include ");
}

/* The tag whose first `$` is at `start`. */
static void
compile_tag(struct compiling *c, size_t start)
{
	const char *open = c->text.ptr + start;
	const char *close = memchr(open + 1, '$', c->text.len - start - 1);
	size_t end = close ? (size_t)(close - c->text.ptr) + 1 : c->text.len;
	size_t text_end = start, next = end;
	struct text inside;

	if (end == start + 2 && close) { /* $$ */
		add_text(c, c->at, start + 1);
		c->at = end;
		return;
	}
	if (!close || memchr(open, '\n', end - start)) {
		fail(c, c->line, "no `$` closes", text_of("$"));
		c->n_open = 0;
		c->at = c->text.len;
		return;
	}
	inside = trim((struct text){open + 1, end - start - 2});
	if (!is_name(inside) && is_alone(c, start, end, &next)) {
		while (text_end > c->at && is_blank(c->text.ptr[text_end - 1]))
			text_end--;
	}
	add_text(c, c->at, text_end);
	c->at = next;
	add_tag(c, inside);
	c->line += next > end && c->text.ptr[next - 1] == '\n';
}

static void
compile_text(struct compiling *c)
{
	struct step *step;

	while (c->at < c->text.len) {
		const char *here = c->text.ptr + c->at;
		const char *open = memchr(here, '$', c->text.len - c->at);
		size_t start =
			open ? (size_t)(open - c->text.ptr) : c->text.len;

		for (size_t i = c->at; i < start; i++)
			c->line += c->text.ptr[i] == '\n';
		if (open) {
			compile_tag(c, start);
		} else {
			add_text(c, c->at, start);
			c->at = start;
		}
	}
	step = innermost(c);
	if (step)
		fail(c, step->line, "no `$end$` for", step->word);
}

/* ------------------------------------------------------------- the files */

static bool
read_file(struct template_set *set, const char *name, struct text *text)
{
	struct arena *arena = &set->program->arena;
	struct text path = text_printf(arena, "%s/%s", set->directory, name);
	struct textbuf buf = {.arena = arena};
	struct template_use *use;
	char chunk[4096];
	size_t n;
	FILE *file = fopen(path.ptr, "rb");

	if (!file)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		textbuf_add(&buf, (struct text){chunk, n});
	fclose(file);
	use = ARENA_NEW(arena, struct template_use);
	use->path = path;
	use->name = text_copy(arena, text_of(name));
	use->text = *text = textbuf_text(&buf);
	if (set->last_used)
		set->last_used->next = use;
	else
		set->used = use;
	set->last_used = use;
	return true;
}

/* The user's own file when there is one, else the embedded one. */
static bool
find_text(struct template_set *set, const char *name, struct text *text)
{
	for (const struct template_use *u = set->used; u; u = u->next) {
		if (text_is(u->name, name)) {
			*text = u->text;
			return true;
		}
	}
	if (set->directory && read_file(set, name, text))
		return true;
	for (size_t i = 0; i < template_file_count; i++) {
		if (strcmp(template_files[i].name, name) == 0) {
			*text = (struct text){
				template_files[i].text, template_files[i].len};
			return true;
		}
	}
	return false;
}

struct template *
template_get(
	struct template_set *set, const struct tree *tree, struct text name)
{
	struct arena *arena = &set->program->arena;
	struct compiling c = {.set = set, .tree = tree, .line = 1};

	/* those of the module before know its numbers of names */
	if (set->compiled && set->compiled->names != tree->names)
		set->compiled = NULL;
	for (struct template *t = set->compiled; t; t = t->next) {
		if (text_equal(t->name, name))
			return t;
	}
	name = text_copy(arena, name);
	if (!find_text(set, name.ptr, &c.text))
		return NULL;
	c.template = ARENA_NEW(arena, struct template);
	c.template->name = name;
	c.template->names = tree->names;
	c.template->next = set->compiled;
	set->compiled = c.template;
	compile_text(&c);
	return c.template;
}
