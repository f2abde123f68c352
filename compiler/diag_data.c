/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>

/*
 * Reports as programs read them: all that were kept, an object or a workflow
 * command a line.
 */

/* ------------------------------------------------------------------- json */

static void
print_json_text(struct text text)
{
	putc('"', stderr);
	while (text.len > 0) {
		size_t len = utf8_decode(text, NULL);
		unsigned char c = (unsigned char)*text.ptr;

		if (len == 0)
			fputs("\\ufffd", stderr);
		else if (c == '"' || c == '\\')
			fprintf(stderr, "\\%c", c);
		else if (c < 0x20)
			fprintf(stderr, "\\u%04x", c);
		else
			fwrite(text.ptr, 1, len, stderr);
		len = len > 0 ? len : 1;
		text.ptr += len;
		text.len -= len;
	}
	putc('"', stderr);
}

/* The members that say where; the end is one past the last character. */
static void
print_json_span(struct span at)
{
	struct position start, end;

	if (!at.source) {
		fputs("\"file\":null", stderr);
		return;
	}
	start = source_position(at.source, at.start);
	end = source_position(at.source, at.end);
	fputs("\"file\":", stderr);
	print_json_text(at.source->path);
	fprintf(stderr,
		",\"line\":%zu,\"column\":%zu,\"end_line\":%zu,"
		"\"end_column\":%zu",
		start.line, start.column, end.line, end.column);
}

static void
print_json_message(struct text message)
{
	fputs(",\"message\":", stderr);
	print_json_text(message);
}

static void
print_json_notes(const struct diag_report *report)
{
	fputs(",\"notes\":[", stderr);
	for (const struct diag_item *n = report->notes; n; n = n->next) {
		putc('{', stderr);
		print_json_span(n->at.source ? n->at : report->item.at);
		print_json_message(n->message);
		fputs(n->next ? "}," : "}", stderr);
	}
	putc(']', stderr);
}

static void
print_json_fix(const struct diag_item *item, bool *first)
{
	if (!item->fix.ptr)
		return;
	fputs(*first ? "{" : ",{", stderr);
	*first = false;
	print_json_span(item->fix_at);
	fputs(",\"text\":", stderr);
	print_json_text(item->fix);
	putc('}', stderr);
}

void
diag_print_json(void *program, const struct diag_report *report)
{
	struct program *p = program;
	enum diag_id id = report->item.id;
	enum diag_switch s = diag_switch_of(id);
	bool first = true;

	putc('{', stderr);
	print_json_span(report->item.at);
	fprintf(stderr, ",\"severity\":\"%s\",\"id\":\"%s\",\"switch\":",
		diag_severity_name(diag_severity_of(&p->diags, id)),
		diag_id_name(id));
	if (s == SWITCH_COUNT)
		fputs("null", stderr);
	else
		print_json_text(diag_switch_name(&p->arena, s));
	print_json_message(report->item.message);
	print_json_notes(report);
	fputs(",\"fixits\":[", stderr);
	print_json_fix(&report->item, &first);
	for (const struct diag_item *n = report->notes; n; n = n->next)
		print_json_fix(n, &first);
	fputs("]}\n", stderr);
}

/* ----------------------------------------------------------------- github */

/* What stands for a byte in a workflow command; NULL: the byte itself. A
   property ends with `:` or `,` besides. */
static const char *
github_escape(char c, bool in_property)
{
	switch (c) {
	case '%':
		return "%25";
	case '\r':
		return "%0D";
	case '\n':
		return "%0A";
	case ':':
		return in_property ? "%3A" : NULL;
	case ',':
		return in_property ? "%2C" : NULL;
	default:
		return NULL;
	}
}

static void
print_github_text(struct text text, bool in_property)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *escape = github_escape(text.ptr[i], in_property);

		if (escape)
			fputs(escape, stderr);
		else
			putc(text.ptr[i], stderr);
	}
}

static void
print_github_note(const struct diag_report *report, const struct diag_item *n)
{
	struct span at = n->at;

	fputs("%0A", stderr);
	if (at.source &&
		(at.source != report->item.at.source ||
			at.start != report->item.at.start)) {
		struct position p = source_position(at.source, at.start);

		print_github_text(at.source->path, false);
		fprintf(stderr, ":%zu:%zu: ", p.line, p.column);
	}
	fputs("note: ", stderr);
	print_github_text(n->message, false);
}

void
diag_print_github(void *program, const struct diag_report *report)
{
	struct program *p = program;
	const struct diag_item *item = &report->item;
	enum diag_severity severity = diag_severity_of(&p->diags, item->id);
	enum diag_switch s = diag_switch_of(item->id);

	fprintf(stderr, "::%s",
		severity == SEVERITY_NOTE ? "notice"
					  : diag_severity_name(severity));
	if (item->at.source) {
		struct position at =
			source_position(item->at.source, item->at.start);

		fputs(" file=", stderr);
		print_github_text(item->at.source->path, true);
		fprintf(stderr, ",line=%zu,col=%zu", at.line, at.column);
	}
	fputs("::", stderr);
	print_github_text(item->message, false);
	if (s != SWITCH_COUNT)
		fprintf(stderr, " [-W%.*s]",
			TEXT_ARG(diag_switch_name(&p->arena, s)));
	for (const struct diag_item *n = report->notes; n; n = n->next)
		print_github_note(report, n);
	putc('\n', stderr);
}
