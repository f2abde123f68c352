/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Shown errors; kept reports. The second bounds memory on hostile input. */
enum {
	shown_errors = 20,
	kept_reports = 2000
};

struct diag_entry {
	const char *id;
	enum diag_severity severity;
	const char *format;
};

static const struct diag_entry entries[] = {
#define DIAG(id, severity, format) {#id, SEVERITY_##severity, format},
#include "diag.def"
#undef DIAG
};

/* An error, warning or note with its fix-it. */
struct diag_item {
	struct diag_item *next;
	enum diag_id id;
	struct span at;
	struct text message;
	struct span fix_at;
	struct text fix; /* ptr NULL: none */
};

struct diag_report {
	struct diag_report *next;
	struct diag_item item;
	struct diag_item *notes;
	struct diag_item *last_note;
	size_t order; /* of arrival */
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

static bool
is_error(const struct diag_sink *sink, enum diag_id id)
{
	return entries[id].severity == SEVERITY_ERROR ||
		(entries[id].severity == SEVERITY_WARNING &&
			sink->warnings_are_errors);
}

void
report(struct program *program, enum diag_id id, struct span at, ...)
{
	struct diag_sink *sink = &program->diags;
	struct diag_report *made;
	va_list args;

	sink->current = NULL;
	if (sink->n_reports < kept_reports && is_known(sink, id, at))
		return;
	if (is_error(sink, id))
		sink->n_errors++;
	else if (entries[id].severity == SEVERITY_WARNING)
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

/* --------------------------------------------------------------- printing */

struct style {
	const char *bold;
	const char *severity[3];
	const char *caret;
	const char *off;
};

static const struct style plain = {"", {"", "", ""}, "", ""};
static const struct style coloured = {
	"\033[1m",
	{"\033[1;31m", "\033[1;35m", "\033[1;36m"},
	"\033[1;32m",
	"\033[0m",
};

static const struct style *
choose_style(void)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(STDERR_FILENO) || !term || text_is(text_of(term), "dumb"))
		return &plain;
	return no_color && *no_color ? &plain : &coloured;
}

static const char *
severity_name(const struct program *program, enum diag_id id)
{
	if (entries[id].severity == SEVERITY_NOTE)
		return "note";
	return is_error(&program->diags, id) ? "error" : "warning";
}

/* A note without a place speaks about the report's. */
static void
print_item(const struct program *program, const struct diag_item *item,
	struct span fallback, const struct style *style)
{
	struct span at = item->at.source ? item->at : fallback;

	fputs(style->bold, stderr);
	if (at.source) {
		struct position p = source_position(at.source, at.start);

		fprintf(stderr, "%.*s:%zu:%zu: ", TEXT_ARG(at.source->path),
			p.line, p.column);
	} else {
		fputs("otpc: ", stderr);
	}
	fprintf(stderr, "%s%s: %s%s%.*s",
		style->severity[entries[item->id].severity],
		severity_name(program, item->id), style->off, style->bold,
		TEXT_ARG(item->message));
	if (program->diags.show_ids)
		fprintf(stderr, " [%s]", entries[item->id].id);
	fprintf(stderr, "%s\n", style->off);
	if (item->at.source)
		snippet_print(item->at, item->fix_at, item->fix, style->caret,
			style->off);
}

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

static void
print_report(const struct program *program, const struct diag_report *report,
	const struct style *style)
{
	print_item(program, &report->item, report->item.at, style);
	for (const struct diag_item *n = report->notes; n; n = n->next)
		print_item(program, n, report->item.at, style);
}

void
diag_flush(struct program *program)
{
	struct diag_sink *sink = &program->diags;
	struct diag_report **sorted = arena_array(
		&program->arena, sink->n_reports + 1, sizeof(*sorted));
	const struct style *style = choose_style();
	size_t n = 0;
	size_t errors = 0;

	for (struct diag_report *r = sink->first; r; r = r->next)
		sorted[n++] = r;
	qsort(sorted, n, sizeof(*sorted), by_place);
	for (size_t i = 0; i < n && errors < shown_errors; i++) {
		print_report(program, sorted[i], style);
		errors += is_error(sink, sorted[i]->item.id);
	}
	if (sink->n_errors > errors)
		fprintf(stderr, "otpc: %zu more error%s not shown\n",
			sink->n_errors - errors,
			sink->n_errors - errors == 1 ? "" : "s");
	sink->first = NULL;
	sink->last = NULL;
	sink->current = NULL;
	sink->n_reports = 0;
}
