/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/completion.h"

#include <stdio.h>

enum completion_kind
completion_of_argument(const char *argument)
{
	if (strchr(argument, '|'))
		return COMPLETE_WORDS;
	if (strcmp(argument, "DIR") == 0)
		return COMPLETE_DIR;
	if (strcmp(argument, "FILE") == 0)
		return COMPLETE_FILE;
	if (strcmp(argument, "OLD") == 0)
		return COMPLETE_SPEC;
	return COMPLETE_NOTHING;
}

enum completion_kind
completion_of_operands(const char *operands)
{
	if (strchr(operands, '|'))
		return COMPLETE_WORDS;
	if (strncmp(operands, "FILE", 4) == 0 ||
		strncmp(operands, "NEW", 3) == 0)
		return COMPLETE_SPEC;
	return COMPLETE_NOTHING;
}

struct text
completion_words(struct arena *arena, const char *alternatives)
{
	struct textbuf words = {.arena = arena};

	for (const char *p = alternatives; *p; p++)
		textbuf_add_char(&words, *p == '|' ? ' ' : *p);
	return textbuf_text(&words);
}

bool
completion_shows(const struct option_entry *option, enum command_id command)
{
	return option->help && option_is_for(option, command);
}

struct text
completion_quoted(struct arena *arena, const char *text, const char *special)
{
	struct textbuf quoted = {.arena = arena};

	for (const char *p = text; *p; p++) {
		if (*p == '\'') {
			textbuf_printf(&quoted, "'\\''");
			continue;
		}
		if (strchr(special, *p))
			textbuf_add_char(&quoted, '\\');
		textbuf_add_char(&quoted, *p);
	}
	return textbuf_text(&quoted);
}

static void
add_warnings(struct textbuf *out, enum command_id command, completion_add *add)
{
	struct arena *arena = out->arena;

	add(out, command, "-Wall", NULL, "all warnings");
	add(out, command, "-Werror", NULL, "warnings are errors");
	for (int s = 0; s < SWITCH_COUNT; s++) {
		struct text name = diag_switch_name(arena, (enum diag_switch)s);
		const char *help = diag_switch_what((enum diag_switch)s);

		add(out, command,
			text_printf(arena, "-W%.*s", TEXT_ARG(name)).ptr, NULL,
			help);
		add(out, command,
			text_printf(arena, "-Wno-%.*s", TEXT_ARG(name)).ptr,
			NULL, text_printf(arena, "not: %s", help).ptr);
	}
}

void
completion_others(
	struct textbuf *out, enum command_id command, completion_add *add)
{
	if (option_is_for(&option_entries[OPT_include], command))
		add_warnings(out, command, add);
	if (command != COMMAND_compile)
		return;
	add(out, command, "-MD", NULL,
		"write what the outputs depend on, beside them");
	add(out, command, "-MT", "TARGET", "the target to name there");
}

int
run_completion(struct program *program, const struct options *options)
{
	struct textbuf out = {.arena = &program->arena};
	struct text shell = text_of(options->files[0]);
	struct text script;

	if (text_is(shell, "bash"))
		completion_bash(&out);
	else if (text_is(shell, "zsh"))
		completion_zsh(&out);
	else
		completion_fish(&out);
	script = textbuf_text(&out);
	fwrite(script.ptr, 1, script.len, stdout);
	return 0;
}
