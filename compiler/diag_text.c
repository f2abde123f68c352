/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reports as a person at a terminal reads them. */

enum {
	shown_errors = 20
};

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

struct printer {
	struct program *program;
	const struct style *style;
	size_t errors; /* that were printed */
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

/* The option that was followed, as gcc writes it. */
static void
print_switch(const struct printer *printer, enum diag_id id)
{
	enum diag_switch s = diag_switch_of(id);
	struct diag_sink *sink = &printer->program->diags;

	if (s == SWITCH_COUNT)
		return;
	fprintf(stderr, " [-W%s%.*s]",
		diag_severity_of(sink, id) == SEVERITY_ERROR ? "error=" : "",
		TEXT_ARG(diag_switch_name(&printer->program->arena, s)));
}

/* A note without a place speaks about the report's. */
static void
print_item(const struct printer *printer, const struct diag_item *item,
	struct span fallback)
{
	const struct style *style = printer->style;
	struct diag_sink *sink = &printer->program->diags;
	enum diag_severity severity = diag_severity_of(sink, item->id);
	struct span at = item->at.source ? item->at : fallback;

	fputs(style->bold, stderr);
	if (at.source) {
		struct position p = source_position(at.source, at.start);

		fprintf(stderr, "%.*s:%zu:%zu: ", TEXT_ARG(at.source->path),
			p.line, p.column);
	} else {
		fputs("otpc: ", stderr);
	}
	fprintf(stderr, "%s%s: %s%s%.*s", style->severity[severity],
		diag_severity_name(severity), style->off, style->bold,
		TEXT_ARG(item->message));
	print_switch(printer, item->id);
	if (sink->show_ids)
		fprintf(stderr, " [%s]", diag_id_name(item->id));
	fprintf(stderr, "%s\n", style->off);
	if (item->at.source)
		snippet_print(item->at, item->fix_at, item->fix, style->caret,
			style->off);
}

static void
print_report(void *data, const struct diag_report *report)
{
	struct printer *printer = data;
	struct diag_sink *sink = &printer->program->diags;

	if (printer->errors == shown_errors && !sink->show_all)
		return;
	print_item(printer, &report->item, report->item.at);
	for (const struct diag_item *n = report->notes; n; n = n->next)
		print_item(printer, n, report->item.at);
	if (diag_severity_of(sink, report->item.id) == SEVERITY_ERROR)
		printer->errors++;
}

void
diag_print_text(struct program *program)
{
	struct printer printer = {program, choose_style(), 0};
	size_t hidden;

	diag_each(program, print_report, &printer);
	hidden = program->diags.n_errors - printer.errors;
	if (hidden > 0)
		fprintf(stderr, "otpc: %zu more error%s not shown\n", hidden,
			hidden == 1 ? "" : "s");
}
