/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdio.h>

enum {
	name_width = 20,
	help_width = 52 /* of the text beside it, so that 80 columns do */
};

static void
print_usage(void)
{
	fputs("usage: otpc [OPTION]... FILE...\n"
	      "       otpc COMMAND [OPTION]... [OPERAND]...\n\n"
	      "Writes for each FILE.otp the C interface FILE.otp.h and its\n"
	      "code FILE.otp.c. Or does what COMMAND says:\n\n",
		stdout);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (i != COMMAND_compile)
			printf("  %-12s %s\n", commands[i].name,
				commands[i].what);
	}
	fputs("\n`otpc COMMAND --help` tells more. Options of otpc itself:\n\n",
		stdout);
}

/* Breaks a text at spaces, the lines after the first indented. */
static void
print_wrapped(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > 0 && column + 1 + word > help_width) {
			printf("\n%*s", name_width + 6, "");
			column = 0;
		}
		column += (size_t)printf(
			"%s%.*s", column > 0 ? " " : "", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void
print_option(const struct option_entry *option)
{
	char name[80];
	int len = snprintf(name, sizeof(name), "--%s%s%s", option->name,
		option->argument ? " " : "",
		option->argument ? option->argument : "");

	if (option->letter)
		printf("  -%c, %-*s", option->letter, name_width, name);
	else
		printf("      %-*s", name_width, name);
	if (len >= name_width)
		printf("\n%*s", name_width + 6, "");
	print_wrapped(option->help);
}

static void
print_warning(struct arena *arena, enum diag_switch s)
{
	char name[80];
	int len = snprintf(name, sizeof(name), "-W%.*s",
		TEXT_ARG(diag_switch_name(arena, s)));

	printf("  %-*s", name_width + 4, name);
	if (len >= name_width + 4)
		printf("\n%*s", name_width + 6, "");
	print_wrapped(diag_switch_what(s));
}

static void
print_warnings(bool with_names)
{
	static const char *const titles[] = {
		[LEVEL_DEFAULT] = "Warnings:",
		[LEVEL_LINT] = "Warnings of `otpc lint` and -Wall:",
		[LEVEL_ASKED] = "Warnings that are only given when asked for:",
	};
	struct arena arena;

	arena_init(&arena);
	fputs("  -Wall                   all warnings, as `otpc lint`\n"
	      "  -Werror                 warnings are errors\n"
	      "  -WNAME, -Wno-NAME       this warning, or not this one\n"
	      "  -Werror=NAME            this warning, and as an error\n"
	      "  -Wno-error=NAME         a warning still with -Werror\n",
		stdout);
	if (!with_names)
		fputs("\n`otpc --help` has the names of warnings.\n", stdout);
	for (int level = 0; with_names && level <= LEVEL_ASKED; level++) {
		printf("\n%s\n\n", titles[level]);
		for (int i = 0; i < SWITCH_COUNT; i++) {
			enum diag_switch s = (enum diag_switch)i;

			if (diag_switch_level(s) == (enum diag_level)level)
				print_warning(&arena, s);
		}
	}
	arena_fini(&arena);
}

void
print_help(enum command_id command)
{
	if (command == COMMAND_compile)
		print_usage();
	else
		printf("usage: otpc %s [OPTION]...%s%s\n\n%c%s.\n\n",
			commands[command].name,
			commands[command].operands[0] ? " " : "",
			commands[command].operands,
			commands[command].what[0] - 'a' + 'A',
			commands[command].what + 1);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_entry *option = &option_entries[i];

		if (option->help && option_is_for(option, command))
			print_option(option);
	}
	if (command == COMMAND_compile)
		fputs("  -MD                     as --depfile, to "
		      "FILE.otp.d beside the output\n"
		      "  -MF FILE                as --depfile\n"
		      "  -MT TARGET              the target to name there; may "
		      "be repeated\n"
		      "  -MQ TARGET              the same, with what is "
		      "special "
		      "to make escaped\n"
		      "  -MP                     with a rule for each import, "
		      "so that none is missed\n"
		      "                          when it is gone\n",
			stdout);
	if (option_is_for(&option_entries[OPT_no_warnings], command))
		print_warnings(command == COMMAND_compile ||
			command == COMMAND_check || command == COMMAND_lint);
	fputs("\nExits with 0, 1 if a file is wrong or cannot be written, 2 "
	      "if the\ncommand line is.\n",
		stdout);
}
