/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_COMMAND_H
#define OTPC_COMMAND_H

/*
 * The commands and their options, as tables made from command.def and
 * option.def; nothing else knows which there are. A command is one function,
 * run_ID, that is handed the options and gives the exit status: 0, 1 if a file
 * is wrong or cannot be written. compile, check and lint are in driver.c, every
 * other one in tools/ID.c.
 */

#include "otpc.h"

#include <string.h>

enum command_id {
#define COMMAND(id, operands, least, most, what) COMMAND_##id,
#include "command.def"
#undef COMMAND
	COMMAND_COUNT
};

struct command {
	const char *name;
	const char *operands; /* "FILE..." */
	size_t least; /* operands */
	size_t most;
	const char *what;
	int (*run)(struct program *program, const struct options *options);
};

extern const struct command commands[COMMAND_COUNT];

#define COMMAND(id, operands, least, most, what) \
	int run_##id(struct program *program, const struct options *options);
#include "command.def"
#undef COMMAND

enum option_id {
#define OPTION(kind, field, letter, name, argument, commands, help) OPT_##field,
#include "option.def"
#undef OPTION
	OPTION_COUNT
};

enum option_kind {
	OPTION_FLAG,
	OPTION_WORD,
	OPTION_SPECIAL
};

struct option_entry {
	enum option_kind kind;
	size_t offset; /* in struct options; SPECIAL: none */
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: takes none */
	uint64_t commands; /* a bit for each command_id */
	const char *help; /* NULL: not shown */
};

extern const struct option_entry option_entries[OPTION_COUNT];

/* Whether the word may stand where the help says `argument`: it is one of
   those of "a|b|c", or there is no `|`. */
bool option_takes(const char *argument, const char *word);

bool option_is_for(const struct option_entry *option, enum command_id command);

/* options_warn.c: what stands after -W, and for --error-format. False when it
   is nothing, which was said on stderr. */
bool options_warning(
	struct diag_choices *choices, struct arena *arena, const char *option);
bool options_error_format(enum diag_format *format, const char *name);

/* options_help.c: what --help prints. */
void print_help(enum command_id command);

#endif
