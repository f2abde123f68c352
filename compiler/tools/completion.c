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

const struct completion_extra *
completion_depfiles(size_t *n)
{
	static const struct completion_extra options[] = {
		{"-MD", NULL, "as --depfile, to FILE.otp.d beside the output"},
		{"-MF", "FILE", "as --depfile"},
		{"-MT", "TARGET", "the target to name there"},
		{"-MQ", "TARGET", "the same, as make reads it"},
		{"-MP", NULL, "with a rule for each import"},
	};

	*n = sizeof(options) / sizeof(*options);
	return options;
}

const struct completion_extra *
completion_warnings(struct arena *arena, size_t *n)
{
	struct completion_extra *all =
		arena_array(arena, 2 + 2 * (size_t)SWITCH_COUNT, sizeof(*all));

	*n = 0;
	all[(*n)++] = (struct completion_extra){
		"-Wall", NULL, "all warnings, as otpc lint"};
	all[(*n)++] = (struct completion_extra){
		"-Werror", NULL, "warnings are errors"};
	for (int s = 0; s < SWITCH_COUNT; s++) {
		struct text name = diag_switch_name(arena, (enum diag_switch)s);
		const char *help = diag_switch_what((enum diag_switch)s);

		all[(*n)++] = (struct completion_extra){
			text_printf(arena, "-W%.*s", TEXT_ARG(name)).ptr, NULL,
			help};
		all[(*n)++] = (struct completion_extra){
			text_printf(arena, "-Wno-%.*s", TEXT_ARG(name)).ptr,
			NULL, text_printf(arena, "not: %s", help).ptr};
	}
	return all;
}

/* Those that read specs to check them. */
bool
completion_warns(enum command_id command)
{
	return option_is_for(&option_entries[OPT_no_warnings], command);
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
