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

static bool
always(enum command_id command)
{
	(void)command;
	return true;
}

static bool
compiles(enum command_id command)
{
	return command == COMMAND_compile;
}

/* For the commands that `takes` says yes to, if `option` is for them. */
static void
begin(struct textbuf *out, bool (*takes)(enum command_id command),
	const struct option_entry *option)
{
	textbuf_printf(out, "complete -c otpc -n '__otpc_is");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		enum command_id command = (enum command_id)i;

		if (takes(command) &&
			(!option || option_is_for(option, command)))
			textbuf_printf(out, " %s", commands[i].name);
	}
	textbuf_printf(out, "'");
}

static void
add_option(struct textbuf *out, const struct option_entry *o)
{
	begin(out, always, o);
	if (o->letter)
		textbuf_printf(out, " -s %c", o->letter);
	textbuf_printf(out, " -l %s", o->name);
	if (o->argument)
		add_completion(
			out, completion_of_argument(o->argument), o->argument);
	add_help(out, o->help);
}

static void
add_extras(struct textbuf *out, const struct completion_extra *extras, size_t n,
	bool (*takes)(enum command_id command))
{
	for (size_t i = 0; i < n; i++) {
		const struct completion_extra *e = &extras[i];

		begin(out, takes, NULL);
		textbuf_printf(out, " -o %s", e->name + 1);
		if (e->argument)
			add_completion(out, completion_of_argument(e->argument),
				e->argument);
		add_help(out, e->help);
	}
}

static void
add_operands(struct textbuf *out, const struct command *command)
{
	enum completion_kind kind = completion_of_operands(command->operands);

	if (kind == COMPLETE_NOTHING)
		return;
	textbuf_printf(
		out, "complete -c otpc -n '__otpc_is %s'", command->name);
	add_completion(out, kind, command->operands);
	textbuf_add_char(out, '\n');
}

static void
add_options(struct textbuf *out)
{
	const struct completion_extra *extras;
	size_t n;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_entries[i].help)
			add_option(out, &option_entries[i]);
	}
	extras = completion_depfiles(&n);
	add_extras(out, extras, n, compiles);
	extras = completion_warnings(out->arena, &n);
	add_extras(out, extras, n, completion_warns);
}

void
completion_fish(struct textbuf *out)
{
	textbuf_printf(out, "%s", head);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i != COMMAND_compile)
			textbuf_printf(out, " %s", commands[i].name);
	}
	textbuf_printf(out, "%s", rest);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i == COMMAND_compile)
			continue;
		textbuf_printf(out, "complete -c otpc -n __otpc_first -a %s",
			commands[i].name);
		add_help(out, commands[i].what);
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		add_operands(out, &commands[i]);
	add_options(out);
}
