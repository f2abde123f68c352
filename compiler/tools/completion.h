/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_COMPLETION_H
#define OTPC_COMPLETION_H

/*
 * A script that completes command lines, for one shell. All it knows of otpc
 * comes from the tables of commands, options and warnings; what a shell writes
 * differently is in completion_SHELL.c. What is expected after an option or as
 * an operand follows from how the help calls it.
 */

#include "command.h"

enum completion_kind {
	COMPLETE_NOTHING, /* a name that is new, a number */
	COMPLETE_FILE,
	COMPLETE_SPEC, /* *.otp */
	COMPLETE_DIR,
	COMPLETE_WORDS /* one of those between the `|` */
};

/* Of an option's argument, "DIR". */
enum completion_kind completion_of_argument(const char *argument);

/* Of a command's operands, "FILE...". */
enum completion_kind completion_of_operands(const char *operands);

/* "a|b" -> "a b" */
struct text completion_words(struct arena *arena, const char *alternatives);

/* The option has to be completed for the command. */
bool
completion_shows(const struct option_entry *option, enum command_id command);

/* A text within the quotes of a shell, in which `special` are escaped by a
   backslash, and a single quote by closing the quotes. */
struct text
completion_quoted(struct arena *arena, const char *text, const char *special);

/* An option that is in no table, for it is written as gcc has it. */
struct completion_extra {
	const char *name; /* with its `-` */
	const char *argument; /* NULL: takes none */
	const char *help;
};

/* Those of -M, which compile takes; `*n` of them. */
const struct completion_extra *completion_depfiles(size_t *n);

/* Those of -W, and who takes them. */
const struct completion_extra *
completion_warnings(struct arena *arena, size_t *n);
bool completion_warns(enum command_id command);

void completion_bash(struct textbuf *out);
void completion_zsh(struct textbuf *out);
void completion_fish(struct textbuf *out);

#endif
