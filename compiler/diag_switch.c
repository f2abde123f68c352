/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

static const struct {
	struct text id; /* with `_` where the name has `-` */
	enum diag_level level;
	const char *what;
} switches[SWITCH_COUNT] = {
#define SWITCH(id, level, what) {TEXT_INIT(#id), LEVEL_##level, what},
#include "diag.def"
};

static char
name_char(char c)
{
	return c == '_' ? '-' : c;
}

struct text
diag_switch_name(struct arena *arena, enum diag_switch s)
{
	struct textbuf name = {.arena = arena};

	for (size_t i = 0; i < switches[s].id.len; i++)
		textbuf_add_char(&name, name_char(switches[s].id.ptr[i]));
	return textbuf_text(&name);
}

const char *
diag_switch_what(enum diag_switch s)
{
	return switches[s].what;
}

enum diag_level
diag_switch_level(enum diag_switch s)
{
	return switches[s].level;
}

static bool
has_name(struct text id, struct text name)
{
	if (id.len != name.len)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		if (name_char(id.ptr[i]) != name.ptr[i])
			return false;
	}
	return true;
}

enum diag_switch
diag_switch_find(struct text name)
{
	int s = 0;

	while (s < SWITCH_COUNT && !has_name(switches[s].id, name))
		s++;
	return (enum diag_switch)s;
}

void
diag_switches_offer(struct arena *arena, struct suggestion *suggestion)
{
	for (int s = 0; s < SWITCH_COUNT; s++)
		suggestion_offer(suggestion,
			diag_switch_name(arena, (enum diag_switch)s));
}

/* `-Werror=x` wants x too, unless it was said otherwise later; options.c takes
   care of that order. */
enum diag_severity
diag_severity_chosen(const struct diag_choices *choices, enum diag_switch s)
{
	enum diag_level level = diag_switch_level(s);
	bool shown =
		level == LEVEL_DEFAULT || (level == LEVEL_LINT && choices->all);
	bool error = choices->errors;

	if (choices->shown[s] != CHOICE_NONE)
		shown = choices->shown[s] == CHOICE_YES;
	if (choices->error[s] != CHOICE_NONE)
		error = choices->error[s] == CHOICE_YES;
	if (!shown || choices->none)
		return SEVERITY_NOTE;
	return error ? SEVERITY_ERROR : SEVERITY_WARNING;
}
