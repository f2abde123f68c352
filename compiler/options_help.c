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

void
print_help(enum command_id command)
{
	if (command == COMMAND_compile)
		print_usage();
	else
		printf("usage: otpc %s [OPTION]... %s\n\n%c%s.\n\n",
			commands[command].name, commands[command].operands,
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
		      "  -MT TARGET              the target to name there\n",
			stdout);
	fputs("  -Werror                 warnings are errors\n", stdout);
	fputs("\nExits with 0, 1 if a file is wrong or cannot be written, 2 "
	      "if the\ncommand line is.\n",
		stdout);
}
