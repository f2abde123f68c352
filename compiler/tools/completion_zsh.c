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
add_extras(struct textbuf *out, const struct completion_extra *extras, size_t n,
	const char *before)
{
	for (size_t i = 0; i < n; i++) {
		const struct completion_extra *e = &extras[i];

		textbuf_printf(out, "%s'%s%s[%.*s]", before,
			e->argument ? "*" : "", e->name,
			TEXT_ARG(help_of(out, e->help)));
		if (e->argument)
			add_completion(out, e->argument,
				completion_of_argument(e->argument));
		textbuf_printf(out, "'");
	}
}

static void
add_operands(struct textbuf *out, const struct command *command)
{
	if (!command->operands[0])
		return;
	textbuf_printf(out, " \\\n\t\t\t'%s", command->most > 1 ? "*" : "1");
	add_completion(out, command->operands,
		completion_of_operands(command->operands));
	textbuf_printf(out, "'");
}

static void
add_command(struct textbuf *out, enum command_id command)
{
	size_t n;
	const struct completion_extra *depfiles = completion_depfiles(&n);

	textbuf_printf(out, "\t%s)\n\t\t_arguments -S", commands[command].name);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (completion_shows(&option_entries[i], command))
			add_option(out, &option_entries[i]);
	}
	if (command == COMMAND_compile)
		add_extras(out, depfiles, n, " \\\n\t\t\t");
	if (completion_warns(command))
		textbuf_printf(out, " \\\n\t\t\t$warnings");
	add_operands(out, &commands[command]);
	textbuf_printf(out, "\n\t\t;;\n");
}

static void
add_names(struct textbuf *out)
{
	textbuf_printf(out, "\tnames=(\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i != COMMAND_compile)
			textbuf_printf(out, "\t\t'%s:%.*s'\n", commands[i].name,
				TEXT_ARG(completion_quoted(
					out->arena, commands[i].what, ":\\")));
	}
	textbuf_printf(out, "\t)\n");
}

void
completion_zsh(struct textbuf *out)
{
	size_t n;
	const struct completion_extra *warnings =
		completion_warnings(out->arena, &n);

	textbuf_printf(out,
		"#compdef otpc\n"
		"# made by `otpc completion zsh`\n"
		"\n"
		"_otpc() {\n"
		"\tlocal -a names warnings\n"
		"\tlocal command=compile\n");
	add_names(out);
	textbuf_printf(out, "\twarnings=(");
	add_extras(out, warnings, n, "\n\t\t");
	textbuf_printf(out,
		"\n\t)\n"
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
