/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdio.h>

/*
 * -Wall, -Werror, -Wx and -Werror=x, and each with `no-` after -W, as gcc and
 * clang take them.
 */

/* True when it was there. */
static bool
skip(struct text *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (!text_starts_with(*text, prefix))
		return false;
	text->ptr += len;
	text->len -= len;
	return true;
}

static bool
report_unknown(struct arena *arena, struct text which, struct text name)
{
	struct suggestion suggestion = suggestion_of(name);
	int before = (int)(name.ptr - which.ptr);

	suggestion_offer(&suggestion, TEXT_LITERAL("all"));
	suggestion_offer(&suggestion, TEXT_LITERAL("error"));
	diag_switches_offer(arena, &suggestion);
	fprintf(stderr, "otpc: no warning is called `%.*s`", TEXT_ARG(name));
	if (suggestion.best.ptr)
		fprintf(stderr, ": did you mean `-W%.*s%.*s`?", before,
			which.ptr, TEXT_ARG(suggestion.best));
	putc('\n', stderr);
	return false;
}

bool
options_warning(
	struct diag_choices *choices, struct arena *arena, const char *option)
{
	struct text which = text_of(option);
	struct text name = which;
	bool on = !skip(&name, "no-");
	enum diag_choice choice = on ? CHOICE_YES : CHOICE_NO;
	enum diag_switch s;

	if (text_is(name, "all")) {
		choices->all = on;
		return true;
	}
	if (text_is(name, "error")) {
		choices->errors = on;
		return true;
	}
	if (skip(&name, "error=")) {
		s = diag_switch_find(name);
		if (s == SWITCH_COUNT)
			return report_unknown(arena, which, name);
		choices->error[s] = choice;
		if (on)
			choices->shown[s] = CHOICE_YES;
		return true;
	}
	s = diag_switch_find(name);
	if (s == SWITCH_COUNT)
		return report_unknown(arena, which, name);
	choices->shown[s] = choice;
	return true;
}

bool
options_error_format(enum diag_format *format, const char *name)
{
	static const char *const names[] = {
		[FORMAT_TEXT] = "text",
		[FORMAT_JSON] = "json",
		[FORMAT_GITHUB] = "github",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*format = (enum diag_format)i;
			return true;
		}
	}
	fprintf(stderr,
		"otpc: no error format is called `%s`: there are text, json "
		"and github\n",
		name);
	return false;
}
