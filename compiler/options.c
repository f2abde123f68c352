/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum {
	first_long = 256 /* getopt's number of option_entries[0] */
};

static enum options_result
misuse(const struct options *options)
{
	bool has_word = options->command != COMMAND_compile;

	fprintf(stderr, "Try `otpc %s%s--help`.\n",
		has_word ? commands[options->command].name : "",
		has_word ? " " : "");
	return OPTIONS_MISUSE;
}

/* What stands behind -MT, -MQ or -MF, or else is the next word. */
static const char *
argument_of_m(const char *which, int argc, char **argv)
{
	if (which[1])
		return which + 1;
	if (optind < argc)
		return argv[optind++];
	fprintf(stderr, "otpc: -M%c needs %s\n", *which,
		*which == 'F' ? "a file" : "a target");
	return NULL;
}

/* As gcc and clang take them: to getopt, M with the rest as its argument. */
static enum options_result
parse_m(struct options *options, const char *which, int argc, char **argv)
{
	const char *argument;

	if (text_is(text_of(which), "D")) {
		options->depfile = true;
		return OPTIONS_RUN;
	}
	if (text_is(text_of(which), "P")) {
		options->phony_sources = true;
		return OPTIONS_RUN;
	}
	if (*which != 'T' && *which != 'Q' && *which != 'F') {
		fprintf(stderr, "otpc: unknown option -M%s\n", which);
		return misuse(options);
	}
	argument = argument_of_m(which, argc, argv);
	if (!argument)
		return misuse(options);
	if (*which == 'F') {
		options->depfile = true;
		options->depfile_path = argument;
		return OPTIONS_RUN;
	}
	options->targets[options->n_targets++] =
		(struct depfile_target){argument, *which == 'Q'};
	return OPTIONS_RUN;
}

static enum options_result
parse_w(struct options *options, struct arena *arena, const char *which)
{
	return options_warning(&options->warnings, arena, which)
		? OPTIONS_RUN
		: misuse(options);
}

static enum options_result
set_special(struct options *options, enum option_id id)
{
	switch (id) {
	case OPT_include:
		options->include_dirs[options->n_include_dirs++] = optarg;
		return OPTIONS_RUN;
	case OPT_depfile:
		options->depfile = true;
		options->depfile_path = optarg;
		return OPTIONS_RUN;
	case OPT_werror:
		options->warnings.errors = true;
		return OPTIONS_RUN;
	case OPT_no_warnings:
		options->warnings.none = true;
		return OPTIONS_RUN;
	case OPT_error_format:
		return options_error_format(&options->error_format, optarg)
			? OPTIONS_RUN
			: misuse(options);
	case OPT_list_diags:
		diag_list_ids();
		return OPTIONS_DONE;
	case OPT_version:
		fputs("otpc " OTPC_VERSION "\n", stdout);
		return OPTIONS_DONE;
	case OPT_help:
		print_help((enum command_id)options->command);
		return OPTIONS_DONE;
	default: /* no SPECIAL */
		return OPTIONS_MISUSE;
	}
}

static enum options_result
set(struct options *options, enum option_id id)
{
	const struct option_entry *entry = &option_entries[id];
	char *field = (char *)options + entry->offset;

	switch (entry->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return OPTIONS_RUN;
	case OPTION_WORD:
		if (!option_takes(entry->argument, optarg)) {
			fprintf(stderr, "otpc: --%s takes one of %s\n",
				entry->name, entry->argument);
			return misuse(options);
		}
		*(const char **)field = optarg;
		return OPTIONS_RUN;
	case OPTION_SPECIAL:
		break;
	}
	return set_special(options, id);
}

/* The options of one command, as getopt_long wants them. */
struct getopt_tables {
	char letters[2 * OPTION_COUNT + sizeof("M:W:")];
	struct option names[OPTION_COUNT + 1];
};

static void
make_tables(struct getopt_tables *tables, enum command_id command)
{
	char *letter = tables->letters;
	struct option *name = tables->names;

	*tables = (struct getopt_tables){0};
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *entry = &option_entries[i];

		if (!option_is_for(entry, command))
			continue;
		*name++ = (struct option){entry->name,
			entry->argument ? required_argument : no_argument, NULL,
			first_long + i};
		if (entry->letter)
			*letter++ = entry->letter;
		if (entry->letter && entry->argument)
			*letter++ = ':';
	}
	strcpy(letter, command == COMMAND_compile ? "M:W:" : "W:");
}

static enum option_id
id_of(int option, enum command_id command)
{
	int id = 0;

	if (option >= first_long)
		return (enum option_id)(option - first_long);
	while (option_entries[id].letter != option ||
		!option_is_for(&option_entries[id], command))
		id++;
	return (enum option_id)id;
}

static enum options_result
parse_options(
	struct options *options, struct arena *arena, int argc, char **argv)
{
	enum command_id command = (enum command_id)options->command;
	enum options_result result = OPTIONS_RUN;
	struct getopt_tables tables;
	int option;

	make_tables(&tables, command);
	optind = 1;
	while (result == OPTIONS_RUN &&
		(option = getopt_long(argc, argv, tables.letters, tables.names,
			 NULL)) != -1) {
		if (option == '?')
			result = misuse(
				options); /* getopt has said what is wrong */
		else if (option == 'M')
			result = parse_m(options, optarg, argc, argv);
		else if (option == 'W')
			result = parse_w(options, arena, optarg);
		else
			result = set(options, id_of(option, command));
	}
	return result;
}

/* A command that is misspelt, or comes too late, would be a file that cannot
   be read. */
static bool
is_plausible(const struct options *options, const char *operand)
{
	struct suggestion suggestion = suggestion_of(text_of(operand));
	bool is_command = false;

	if (text_is(text_of(operand), "-") &&
		strstr(commands[options->command].operands, "FILE") &&
		options->command != COMMAND_fmt) {
		fputs("otpc: only `otpc fmt` takes `-` for standard input\n",
			stderr);
		return false;
	}
	if (options->command != COMMAND_compile || access(operand, F_OK) == 0)
		return true;
	for (int i = 0; i < COMMAND_COUNT; i++) {
		struct text name = text_of(commands[i].name);

		if (i == COMMAND_compile)
			continue;
		is_command |= text_equal(name, suggestion.wanted);
		suggestion_offer(&suggestion, name);
	}
	if (is_command)
		fprintf(stderr,
			"otpc: `%s` is a command: it comes before options and "
			"files\n",
			operand);
	else if (suggestion.best.ptr)
		fprintf(stderr,
			"otpc: no file or command is called `%s`: did you mean "
			"`otpc %.*s`?\n",
			operand, TEXT_ARG(suggestion.best));
	return !is_command && !suggestion.best.ptr;
}

static enum options_result
check_operands(const struct options *options)
{
	const struct command *command = &commands[options->command];

	if (!options->depfile &&
		(options->n_targets > 0 || options->phony_sources)) {
		fputs("otpc: -MT, -MQ and -MP are about a depfile: -MD or "
		      "--depfile asks for one\n",
			stderr);
		return misuse(options);
	}
	if (!*options->out_dir) {
		fputs("otpc: -o needs a folder; this one is `.`\n", stderr);
		return misuse(options);
	}
	if (options->list_outputs && options->verify) {
		fputs("otpc: --list-outputs and --verify are not for one run\n",
			stderr);
		return misuse(options);
	}
	for (size_t i = 0; i < options->n_files; i++) {
		if (!is_plausible(options, options->files[i]))
			return misuse(options);
	}
	if (options->n_files >= command->least &&
		options->n_files <= command->most) {
		if (options->n_files == 0 ||
			option_takes(command->operands, options->files[0]))
			return OPTIONS_RUN;
	}
	if (options->n_files == 0)
		fprintf(stderr, "otpc: no %s given\n",
			strstr(command->operands, "FILE") ? "file"
							  : command->operands);
	else
		fprintf(stderr, "otpc: `otpc %s` takes %s%s\n", command->name,
			command->most == 1 && !strchr(command->operands, '|')
				? "one "
				: "",
			command->operands[0] ? command->operands : "nothing");
	return misuse(options);
}

/* The first word, if it is a command. */
static bool
take_command(struct options *options, int argc, char **argv)
{
	if (argc < 2)
		return false;
	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (text_is(text_of(argv[1]), commands[i].name)) {
			options->command = i;
			return true;
		}
	}
	return false;
}

enum options_result
options_parse(
	struct options *options, struct arena *arena, int argc, char **argv)
{
	static char name[] = "otpc"; /* for what getopt says */
	enum options_result result;

	if (argc > 0)
		argv[0] = name;
	*options = (struct options){.out_dir = ".", .command = COMMAND_compile};
	options->include_dirs = arena_array(
		arena, (size_t)argc, sizeof(*options->include_dirs));
	options->targets =
		arena_array(arena, (size_t)argc, sizeof(*options->targets));
	options->files =
		arena_array(arena, (size_t)argc, sizeof(*options->files));
	if (take_command(options, argc, argv)) {
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	result = parse_options(options, arena, argc, argv);
	if (result != OPTIONS_RUN)
		return result;
	while (optind < argc)
		options->files[options->n_files++] = argv[optind++];
	return check_operands(options);
}
