/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/completion.h"

static const char head[] =
	"_otpc_from() { # COMPGEN-OPTION...: what begins with $cur\n"
	"\tlocal word\n"
	"\twhile IFS= read -r word; do\n"
	"\t\tCOMPREPLY+=(\"$word\")\n"
	"\tdone < <(compgen \"$@\" -- \"$cur\")\n"
	"}\n"
	"\n"
	"_otpc_paths() { # as _otpc_from, of files\n"
	"\tcompopt -o filenames 2> /dev/null\n"
	"\t_otpc_from \"$@\"\n"
	"}\n"
	"\n"
	"_otpc_specs() {\n"
	"\t_otpc_paths -d\n"
	"\t_otpc_from -f -X '!*.otp'\n"
	"}\n"
	"\n"
	"_otpc() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=compile prev=\n"
	"\t((COMP_CWORD > 1)) && prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\t# bash takes `--format=html` for three words.\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur=\n"
	"\telif [[ $prev == = ]] && ((COMP_CWORD > 2)); then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tCOMPREPLY=()\n";

static void
add_command_names(struct textbuf *out, const char *separator)
{
	bool is_first = true;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i == COMMAND_compile)
			continue;
		textbuf_printf(out, "%s%s", is_first ? "" : separator,
			commands[i].name);
		is_first = false;
	}
}

static void
add_completion(
	struct textbuf *out, enum completion_kind kind, const char *words)
{
	switch (kind) {
	case COMPLETE_FILE:
		textbuf_printf(out, "_otpc_paths -f");
		break;
	case COMPLETE_SPEC:
		textbuf_printf(out, "_otpc_specs");
		break;
	case COMPLETE_DIR:
		textbuf_printf(out, "_otpc_paths -d");
		break;
	case COMPLETE_WORDS:
		textbuf_printf(out, "_otpc_from -W '%.*s'",
			TEXT_ARG(completion_words(out->arena, words)));
		break;
	case COMPLETE_NOTHING:
		textbuf_printf(out, ":");
		break;
	}
}

/* A branch for each option of a command that takes an argument. */
static void
add_arguments(struct textbuf *out, enum command_id command)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *o = &option_entries[i];

		if (!completion_shows(o, command) || !o->argument)
			continue;
		textbuf_printf(
			out, "\t%s:--%s", commands[command].name, o->name);
		if (o->letter)
			textbuf_printf(out, " | %s:-%c", commands[command].name,
				o->letter);
		textbuf_printf(out, ") ");
		add_completion(
			out, completion_of_argument(o->argument), o->argument);
		textbuf_printf(out, "; return ;;\n");
	}
}

static void
add_names(struct textbuf *out, const struct completion_extra *extras, size_t n)
{
	for (size_t i = 0; i < n; i++)
		textbuf_printf(out, " %s", extras[i].name);
}

static void
add_options(struct textbuf *out, enum command_id command)
{
	size_t n;
	const struct completion_extra *depfiles = completion_depfiles(&n);

	textbuf_printf(
		out, "\t%s:-*) _otpc_from -W \"", commands[command].name);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *o = &option_entries[i];

		if (!completion_shows(o, command))
			continue;
		textbuf_printf(out, " --%s", o->name);
		if (o->letter)
			textbuf_printf(out, " -%c", o->letter);
	}
	if (command == COMMAND_compile)
		add_names(out, depfiles, n);
	if (completion_warns(command))
		textbuf_printf(out, " $_otpc_warnings");
	textbuf_printf(out, "\" ;;\n");
}

static void
add_operands(struct textbuf *out, enum command_id command)
{
	const char *operands = commands[command].operands;

	textbuf_printf(out, "\t%s:*) ", commands[command].name);
	add_completion(out, completion_of_operands(operands), operands);
	textbuf_printf(out, " ;;\n");
}

void
completion_bash(struct textbuf *out)
{
	size_t n;
	const struct completion_extra *warnings =
		completion_warnings(out->arena, &n);

	textbuf_printf(out,
		"# bash completion of otpc, made by "
		"`otpc completion bash`\n\n_otpc_warnings='");
	add_names(out, warnings, n);
	textbuf_printf(out, "'\n\n%s", head);
	textbuf_printf(out, "\tcase ${COMP_WORDS[1]} in\n\t");
	add_command_names(out, " | ");
	textbuf_printf(out,
		")\n\t\t((COMP_CWORD > 1)) && command=${COMP_WORDS[1]} ;;\n"
		"\tesac\n"
		"\tcase $command:$prev in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		add_arguments(out, (enum command_id)i);
	textbuf_printf(out,
		"\tcompile:-MF) _otpc_paths -f; return ;;\n"
		"\tcompile:-MT | compile:-MQ) return ;;\n"
		"\tesac\n"
		"\tif ((COMP_CWORD == 1)); then\n"
		"\t\t_otpc_from -W '");
	add_command_names(out, " ");
	textbuf_printf(out,
		"'\n"
		"\tfi\n"
		"\tcase $command:$cur in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		add_options(out, (enum command_id)i);
		add_operands(out, (enum command_id)i);
	}
	textbuf_printf(out,
		"\tesac\n"
		"}\n"
		"\n"
		"complete -F _otpc otpc\n");
}
