/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include "otpc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define INCLUDE_DEPTH_MAX 32u
#define SCOPE_DEPTH_MAX 32u

/* A template being filled. Tags are found as the text is walked; a part that
   is left out is walked too, without output, to find its end. */
struct fill {
	struct template_set *set;
	struct text name; /* of the file, for errors */
	struct text text;
	size_t at;
	size_t line;
	struct textbuf *out;
	const struct tree *scopes[SCOPE_DEPTH_MAX]; /* innermost last */
	size_t n_scopes;
	unsigned include_depth;
	bool failed;
};

enum tag_kind {
	TAG_NONE, /* the end of the text */
	TAG_NAME,
	TAG_FOR,
	TAG_IF,
	TAG_ELSE,
	TAG_END,
	TAG_INCLUDE
};

struct tag {
	enum tag_kind kind;
	struct text word; /* the name, list or file */
	size_t line;
};

static void walk(struct fill *f, bool live, struct tag *stopped_at);

static void
fail(struct fill *f, size_t line, const char *what, struct text word)
{
	struct program *program = f->set->program;

	if (!f->failed)
		report(program, DIAG_bad_template, (struct span){NULL, 0, 0},
			f->name, line, what, word);
	f->failed = true;
}

static const struct tree_entry *
look_up(struct fill *f, const struct tag *tag)
{
	for (size_t i = f->n_scopes; i > 0; i--) {
		const struct tree_entry *e =
			tree_find(f->scopes[i - 1], tag->word);

		if (e)
			return e;
	}
	fail(f, tag->line, "unknown name", tag->word);
	return NULL;
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
is_alone(const struct fill *f, size_t start, size_t end, size_t *next_line)
{
	while (start > 0 && is_blank(f->text.ptr[start - 1]))
		start--;
	if (start > 0 && f->text.ptr[start - 1] != '\n')
		return false;
	while (end < f->text.len && is_blank(f->text.ptr[end]))
		end++;
	if (end < f->text.len && f->text.ptr[end] != '\n')
		return false;
	*next_line = end < f->text.len ? end + 1 : end;
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

static struct tag
tag_of(struct text inside, size_t line)
{
	static const struct {
		const char *word;
		enum tag_kind kind;
	} forms[] = {
		{"for ", TAG_FOR},
		{"if ", TAG_IF},
		{"include ", TAG_INCLUDE},
	};
	struct tag tag = {TAG_NAME, trim(inside), line};

	if (text_is(tag.word, "else"))
		tag.kind = TAG_ELSE;
	else if (text_is(tag.word, "end"))
		tag.kind = TAG_END;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = strlen(forms[i].word);

		if (!text_starts_with(tag.word, forms[i].word))
			continue;
		tag.kind = forms[i].kind;
		tag.word.ptr += len;
		tag.word.len -= len;
		tag.word = trim(tag.word);
	}
	return tag;
}

static void
put(struct fill *f, bool live, size_t start, size_t end)
{
	if (live)
		textbuf_add(f->out,
			(struct text){f->text.ptr + start, end - start});
}

/* Puts out the text up to the next tag and gives that one. */
static struct tag
next_tag(struct fill *f, bool live)
{
	for (;;) {
		const char *here = f->text.ptr + f->at;
		size_t left = f->text.len - f->at;
		const char *open = left ? memchr(here, '$', left) : NULL;
		size_t start =
			open ? (size_t)(open - f->text.ptr) : f->text.len;
		const char *close;
		size_t end, next_line, text_end = start;
		struct tag tag;

		for (size_t i = f->at; i < start; i++)
			f->line += f->text.ptr[i] == '\n';
		if (!open) {
			put(f, live, f->at, start);
			f->at = start;
			return (struct tag){TAG_NONE, {"", 0}, f->line};
		}
		close = memchr(open + 1, '$', f->text.len - start - 1);
		end = close ? (size_t)(close - f->text.ptr) + 1 : f->text.len;
		if (end == start + 2) { /* $$ */
			put(f, live, f->at, start + 1);
			f->at = end;
			continue;
		}
		if (!close || memchr(open, '\n', end - start)) {
			fail(f, f->line, "no `$` closes", text_of("$"));
			f->at = f->text.len;
			return (struct tag){TAG_NONE, {"", 0}, f->line};
		}
		tag = tag_of((struct text){open + 1, end - start - 2}, f->line);
		if (tag.kind != TAG_NAME &&
			is_alone(f, start, end, &next_line)) {
			while (text_end > f->at &&
				is_blank(f->text.ptr[text_end - 1]))
				text_end--;
			f->line += f->text.ptr[next_line - 1] == '\n';
			end = next_line;
		}
		put(f, live, f->at, text_end);
		f->at = end;
		return tag;
	}
}

/* ------------------------------------------------------------ filling in */

static void
fill_name(struct fill *f, const struct tag *tag)
{
	const struct tree_entry *e = look_up(f, tag);

	if (!e)
		return;
	if (e->kind == TREE_TEXT)
		textbuf_add(f->out, e->text);
	else
		fail(f, tag->line, "not a text", tag->word);
}

static bool
is_true(const struct tree_entry *e)
{
	switch (e->kind) {
	case TREE_TEXT:
		return e->text.len > 0;
	case TREE_FLAG:
		return e->flag;
	case TREE_LIST:
		return e->first != NULL;
	}
	return false;
}

static void
expect_end(struct fill *f, const struct tag *opened, const struct tag *found)
{
	if (found->kind != TAG_END)
		fail(f, opened->line, "no `$end$` for", opened->word);
}

static void
fill_if(struct fill *f, bool live, const struct tag *tag)
{
	const struct tree_entry *e = live ? look_up(f, tag) : NULL;
	bool yes = e && is_true(e);
	struct tag stop;

	walk(f, live && yes, &stop);
	if (stop.kind == TAG_ELSE)
		walk(f, live && e && !yes, &stop);
	expect_end(f, tag, &stop);
}

static void
fill_for(struct fill *f, bool live, const struct tag *tag)
{
	const struct tree_entry *e = live ? look_up(f, tag) : NULL;
	const struct tree *node = NULL;
	size_t body = f->at, line = f->line;
	struct tag stop;

	if (e && e->kind != TREE_LIST)
		fail(f, tag->line, "not a list", tag->word);
	else if (e)
		node = e->first;
	if (f->n_scopes == SCOPE_DEPTH_MAX) {
		fail(f, tag->line, "nested too deeply at", tag->word);
		node = NULL;
	}
	if (!node)
		walk(f, false, &stop);
	for (; node; node = node->next) {
		f->at = body;
		f->line = line;
		f->scopes[f->n_scopes++] = node;
		walk(f, live, &stop);
		f->n_scopes--;
		if (f->failed)
			return;
	}
	expect_end(f, tag, &stop);
}

/* -------------------------------------------------------------- includes */

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
find_template(struct template_set *set, const char *name, struct text *text)
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

static void
fill_include(struct fill *f, const struct tag *tag)
{
	struct arena *arena = &f->set->program->arena;
	struct fill inner = *f;
	struct tag stop;

	inner.name = text_copy(arena, tag->word);
	inner.at = 0;
	inner.line = 1;
	if (++inner.include_depth > INCLUDE_DEPTH_MAX ||
		!find_template(f->set, inner.name.ptr, &inner.text)) {
		fail(f, tag->line, "cannot include", tag->word);
		return;
	}
	walk(&inner, true, &stop);
	if (stop.kind != TAG_NONE)
		fail(&inner, stop.line, "nothing is open for", stop.word);
	f->failed = inner.failed;
}

/* Fills in until the text ends or an $else$ or $end$ of the block around. */
static void
walk(struct fill *f, bool live, struct tag *stopped_at)
{
	for (;;) {
		struct tag tag = next_tag(f, live && !f->failed);

		switch (tag.kind) {
		case TAG_NONE:
		case TAG_ELSE:
		case TAG_END:
			*stopped_at = tag;
			return;
		case TAG_NAME:
			if (live && !f->failed)
				fill_name(f, &tag);
			break;
		case TAG_FOR:
			fill_for(f, live && !f->failed, &tag);
			break;
		case TAG_IF:
			fill_if(f, live && !f->failed, &tag);
			break;
		case TAG_INCLUDE:
			if (live && !f->failed)
				fill_include(f, &tag);
			break;
		}
	}
}

bool
template_fill(struct template_set *set, const char *name,
	const struct tree *tree, struct textbuf *out)
{
	struct fill f = {.set = set, .name = text_of("otpc"), .out = out};
	struct tag tag = {TAG_INCLUDE, text_of(name), 1};

	f.scopes[f.n_scopes++] = tree;
	fill_include(&f, &tag);
	return !f.failed;
}
