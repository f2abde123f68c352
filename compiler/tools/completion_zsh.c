/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/completion.h"

/* What an option's help has to escape in a spec of _arguments. */
static const char in_help[] = "[]:\\";

static struct text
help_of(struct textbuf *out, const char *help)
{
	return completion_quoted(out->arena, help, in_help);
}

/* ":what:how" */
static void
add_completion(struct textbuf *out, const char *what, enum completion_kind kind)
{
	switch (kind) {
	case COMPLETE_FILE:
		textbuf_printf(out, ":%s:_files", what);
		break;
	case COMPLETE_SPEC:
		textbuf_printf(out, ":%s:_files -g \"*.otp(-.)\"", what);
		break;
	case COMPLETE_DIR:
		textbuf_printf(out, ":%s:_files -/", what);
		break;
	case COMPLETE_WORDS:
		textbuf_printf(out, ":one of:(%.*s)",
			TEXT_ARG(completion_words(out->arena, what)));
		break;
	case COMPLETE_NOTHING:
		textbuf_printf(out, ":%s: ", what);
		break;
	}
}

static void
add_option(struct textbuf *out, const struct option_entry *o)
{
	textbuf_printf(out, " \\\n\t\t\t");
	if (o->letter && o->argument)
		textbuf_printf(out, "'*'{-%c+,--%s=}'", o->letter, o->name);
	else if (o->letter)
		textbuf_printf(out, "{-%c,--%s}'", o->letter, o->name);
	else
		textbuf_printf(out, "'--%s%s", o->name, o->argument ? "=" : "");
	textbuf_printf(out, "[%.*s]", TEXT_ARG(help_of(out, o->help)));
	if (o->argument)
		add_completion(
			out, o->argument, completion_of_argument(o->argument));
	textbuf_printf(out, "'");
}

static void
add_other(struct textbuf *out, enum command_id command, const char *name,
	const char *argument, const char *help)
{
	(void)command;
	textbuf_printf(out, " \\\n\t\t\t'%s%s[%.*s]", argument ? "*" : "", name,
		TEXT_ARG(help_of(out, help)));
	if (argument)
		add_completion(out, argument, COMPLETE_NOTHING);
	textbuf_printf(out, "'");
}

static void
add_command(struct textbuf *out, enum command_id command)
{
	const char *operands = commands[command].operands;

	textbuf_printf(out, "\t%s)\n\t\t_arguments -S", commands[command].name);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (completion_shows(&option_entries[i], command))
			add_option(out, &option_entries[i]);
	}
	completion_others(out, command, add_other);
	if (operands[0]) {
		textbuf_printf(out, " \\\n\t\t\t'%s",
			commands[command].most > 1 ? "*" : "1");
		add_completion(out, operands, completion_of_operands(operands));
		textbuf_printf(out, "'");
	}
	textbuf_printf(out, "\n\t\t;;\n");
}

void
completion_zsh(struct textbuf *out)
{
	textbuf_printf(out,
		"#compdef otpc\n"
		"# made by `otpc completion zsh`\n"
		"\n"
		"_otpc() {\n"
		"\tlocal -a names\n"
		"\tlocal command=compile\n"
		"\tnames=(\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i != COMMAND_compile)
			textbuf_printf(out, "\t\t'%s:%.*s'\n", commands[i].name,
				TEXT_ARG(completion_quoted(
					out->arena, commands[i].what, ":\\")));
	}
	textbuf_printf(out,
		"\t)\n"
		"\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
		"\t\t_describe -t commands command names\n"
		"\tfi\n"
		"\tif (( CURRENT > 2 && "
		"${names[(I)${(q)words[2]}:*]} )); then\n"
		"\t\tcommand=$words[2]\n"
		"\t\tshift words\n"
		"\t\t(( CURRENT-- ))\n"
		"\tfi\n"
		"\tcase $command in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		add_command(out, (enum command_id)i);
	textbuf_printf(out,
		"\tesac\n"
		"}\n"
		"\n"
		"if [ \"$funcstack[1]\" = _otpc ]; then\n"
		"\t_otpc \"$@\"\n"
		"else\n"
		"\tcompdef _otpc otpc\n"
		"fi\n");
}
