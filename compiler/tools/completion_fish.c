/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/completion.h"

static const char head[] =
	"# fish completion of otpc, made by `otpc completion fish`\n"
	"\n"
	"# The command of the line; without a word it is compile.\n"
	"function __otpc_command\n"
	"\tset -l words (commandline -opc)\n"
	"\tif set -q words[2]; and contains -- $words[2]";

static const char rest[] = "\n"
			   "\t\techo $words[2]\n"
			   "\telse\n"
			   "\t\techo compile\n"
			   "\tend\n"
			   "end\n"
			   "\n"
			   "function __otpc_is\n"
			   "\tcontains -- (__otpc_command) $argv\n"
			   "end\n"
			   "\n"
			   "function __otpc_first\n"
			   "\ttest (count (commandline -opc)) -eq 1\n"
			   "end\n"
			   "\n"
			   "# Specs, and folders that may hold some.\n"
			   "function __otpc_specs\n"
			   "\tset -l token (commandline -ct)\n"
			   "\tfor path in $token*/ $token*.otp\n"
			   "\t\techo $path\n"
			   "\tend\n"
			   "end\n"
			   "\n"
			   "complete -c otpc -f\n";

/* What follows -a, and how. */
static void
add_completion(
	struct textbuf *out, enum completion_kind kind, const char *words)
{
	switch (kind) {
	case COMPLETE_FILE:
		textbuf_printf(out, " -r -F");
		break;
	case COMPLETE_SPEC:
		textbuf_printf(out, " -x -a '(__otpc_specs)'");
		break;
	case COMPLETE_DIR:
		textbuf_printf(out, " -x -a '(__fish_complete_directories)'");
		break;
	case COMPLETE_WORDS:
		textbuf_printf(out, " -x -a '%.*s'",
			TEXT_ARG(completion_words(out->arena, words)));
		break;
	case COMPLETE_NOTHING:
		textbuf_printf(out, " -x");
		break;
	}
}

static void
add_help(struct textbuf *out, const char *help)
{
	struct textbuf quoted = {.arena = out->arena};

	for (const char *p = help; *p; p++) {
		if (*p == '\'' || *p == '\\')
			textbuf_add_char(&quoted, '\\');
		textbuf_add_char(&quoted, *p);
	}
	textbuf_printf(out, " -d '%.*s'\n", TEXT_ARG(textbuf_text(&quoted)));
}

static void
begin(struct textbuf *out, enum command_id command)
{
	textbuf_printf(out, "complete -c otpc -n '__otpc_is %s'",
		commands[command].name);
}

static void
add_option(struct textbuf *out, enum command_id command,
	const struct option_entry *o)
{
	begin(out, command);
	if (o->letter)
		textbuf_printf(out, " -s %c", o->letter);
	textbuf_printf(out, " -l %s", o->name);
	if (o->argument)
		add_completion(
			out, completion_of_argument(o->argument), o->argument);
	add_help(out, o->help);
}

static void
add_other(struct textbuf *out, enum command_id command, const char *name,
	const char *argument, const char *help)
{
	begin(out, command);
	textbuf_printf(out, " -o %s%s", name + 1, argument ? " -x" : "");
	add_help(out, help);
}

static void
add_command(struct textbuf *out, enum command_id command)
{
	const char *operands = commands[command].operands;
	enum completion_kind kind = completion_of_operands(operands);

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (completion_shows(&option_entries[i], command))
			add_option(out, command, &option_entries[i]);
	}
	completion_others(out, command, add_other);
	if (kind == COMPLETE_NOTHING)
		return;
	begin(out, command);
	add_completion(out, kind, operands);
	textbuf_add_char(out, '\n');
}

void
completion_fish(struct textbuf *out)
{
	textbuf_printf(out, "%s", head);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		textbuf_printf(out, " %s", commands[i].name);
	textbuf_printf(out, "%s", rest);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i == COMMAND_compile)
			continue;
		textbuf_printf(out, "complete -c otpc -n __otpc_first -a %s",
			commands[i].name);
		add_help(out, commands[i].what);
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		add_command(out, (enum command_id)i);
}
