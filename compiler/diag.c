/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	kept_reports = 2000 /* bounds memory on hostile input */
};

struct diag_entry {
	const char *id;
	enum diag_severity severity;
	enum diag_switch name; /* of a warning */
	const char *format;
};

static const struct diag_entry entries[] = {
#define DIAG(id, severity, format) {#id, SEVERITY_##severity, 0, format},
#define WARNING(id, name, format) \
	{#id, SEVERITY_WARNING, SWITCH_##name, format},
#include "diag.def"
};

struct span
span_join(struct span first, struct span last)
{
	if (!first.source)
		return last;
	if (last.source && last.end > first.end)
		first.end = last.end;
	return first;
}

/* Sizes up to a screen; what a user typed may be 60 MB. */
static struct text
shortened(struct text text)
{
	const size_t most = 200;

	if (text.len > most)
		text.len = most;
	return text;
}

static void
add_printable(struct textbuf *buf, struct text text)
{
	text = shortened(text);
	while (text.len > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(text, &c);

		if (len == 0 || c < 0x20 || c == 0x7f) {
			len = 1;
			textbuf_printf(buf, "\\x%02x",
				(unsigned)(unsigned char)text.ptr[0]);
		} else {
			textbuf_add(buf, (struct text){text.ptr, len});
		}
		text.ptr += len;
		text.len -= len;
	}
}

static struct text
format_message(struct arena *arena, enum diag_id id, va_list *args)
{
	struct textbuf buf = {.arena = arena};

	for (const char *f = entries[id].format; *f; f++) {
		if (*f != '%') {
			textbuf_add_char(&buf, *f);
			continue;
		}
		f++;
		if (*f == 't')
			add_printable(&buf, va_arg(*args, struct text));
		else if (*f == 's')
			textbuf_add(&buf, text_of(va_arg(*args, const char *)));
		else if (*f == 'u')
			textbuf_printf(&buf, "%zu", va_arg(*args, size_t));
		else if (*f == 'd')
			textbuf_printf(&buf, "%lld",
				(long long)va_arg(*args, int64_t));
	}
	return textbuf_text(&buf);
}

/* One mistake may be met on several ways. */
static bool
is_known(const struct diag_sink *sink, enum diag_id id, struct span at)
{
	if (!at.source)
		return false;
	for (const struct diag_report *r = sink->first; r; r = r->next) {
		if (r->item.id == id && r->item.at.source == at.source &&
			r->item.at.start == at.start)
			return true;
	}
	return false;
}

enum diag_severity
diag_severity_of(const struct diag_sink *sink, enum diag_id id)
{
	if (entries[id].severity != SEVERITY_WARNING)
		return entries[id].severity;
	return diag_severity_chosen(&sink->choices, entries[id].name);
}

/* A warning that this run or a comment beside its place does without. */
static bool
is_unwanted(const struct diag_sink *sink, enum diag_id id, struct span at)
{
	if (entries[id].severity != SEVERITY_WARNING)
		return false;
	return diag_severity_of(sink, id) == SEVERITY_NOTE ||
		diag_is_allowed(entries[id].name, at);
}

void
report(struct program *program, enum diag_id id, struct span at, ...)
{
	struct diag_sink *sink = &program->diags;
	struct diag_report *made;
	va_list args;

	sink->current = NULL;
	if (is_unwanted(sink, id, at) ||
		(sink->n_reports < kept_reports && is_known(sink, id, at)))
		return;
	if (entries[id].severity == SEVERITY_ERROR)
		sink->n_wrong++;
	if (diag_severity_of(sink, id) == SEVERITY_ERROR)
		sink->n_errors++;
	else if (diag_severity_of(sink, id) == SEVERITY_WARNING)
		sink->n_warnings++;
	if (sink->n_reports == kept_reports)
		return;
	made = ARENA_NEW(&program->arena, struct diag_report);
	made->order = sink->n_reports++;
	made->item.id = id;
	made->item.at = at;
	va_start(args, at);
	made->item.message = format_message(&program->arena, id, &args);
	va_end(args);
	if (sink->last)
		sink->last->next = made;
	else
		sink->first = made;
	sink->last = made;
	sink->current = made;
}

void
note(struct program *program, enum diag_id id, struct span at, ...)
{
	struct diag_report *to = program->diags.current;
	struct diag_item *item;
	va_list args;

	if (!to)
		return;
	item = ARENA_NEW(&program->arena, struct diag_item);
	item->id = id;
	item->at = at;
	va_start(args, at);
	item->message = format_message(&program->arena, id, &args);
	va_end(args);
	if (to->last_note)
		to->last_note->next = item;
	else
		to->notes = item;
	to->last_note = item;
}

static bool
same_line(struct span a, struct span b)
{
	return a.source && a.source == b.source &&
		source_position(a.source, a.start).line ==
		source_position(b.source, b.start).line;
}

/* Shown under the source line it changes: the report's own or a note's. */
void
fixit(struct program *program, struct span at, struct text replacement)
{
	struct diag_report *to = program->diags.current;
	struct diag_item *item;

	if (!to)
		return;
	item = &to->item;
	if (!same_line(item->at, at))
		item = to->last_note;
	if (!item || !same_line(item->at, at))
		return;
	item->fix_at = at;
	item->fix = replacement;
}

void
diag_list_ids(void)
{
	for (size_t i = 0; i < DIAG_COUNT; i++)
		puts(entries[i].id);
}

const char *
diag_id_name(enum diag_id id)
{
	return entries[id].id;
}

enum diag_switch
diag_switch_of(enum diag_id id)
{
	return entries[id].severity == SEVERITY_WARNING ? entries[id].name
							: SWITCH_COUNT;
}

const char *
diag_severity_name(enum diag_severity severity)
{
	static const char *const names[] = {
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_NOTE] = "note",
	};

	return names[severity];
}

/* ---------------------------------------------------------------- walking */

static int
by_place(const void *left, const void *right)
{
	const struct diag_report *a = *(struct diag_report *const *)left;
	const struct diag_report *b = *(struct diag_report *const *)right;
	const struct source *sa = a->item.at.source;
	const struct source *sb = b->item.at.source;

	if (sa != sb) {
		if (!sa || !sb)
			return sa ? 1 : -1;
		return sa->index < sb->index ? -1 : 1;
	}
	if (sa && a->item.at.start != b->item.at.start)
		return a->item.at.start < b->item.at.start ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void
diag_each(struct program *program, diag_visitor *visit, void *data)
{
	struct diag_sink *sink = &program->diags;
	struct diag_report **sorted = arena_array(
		&program->arena, sink->n_reports + 1, sizeof(*sorted));
	size_t n = 0;

	for (struct diag_report *r = sink->first; r; r = r->next)
		sorted[n++] = r;
	qsort(sorted, n, sizeof(struct diag_report *), by_place);
	for (size_t i = 0; i < n; i++)
		visit(data, sorted[i]);
}

void
diag_flush(struct program *program)
{
	struct diag_sink *sink = &program->diags;

	switch (sink->format) {
	case FORMAT_TEXT:
		diag_print_text(program);
		break;
	case FORMAT_JSON:
		diag_each(program, diag_print_json, program);
		break;
	case FORMAT_GITHUB:
		diag_each(program, diag_print_github, program);
		break;
	}
	sink->first = NULL;
	sink->last = NULL;
	sink->current = NULL;
	sink->n_reports = 0;
}
