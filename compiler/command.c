/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stddef.h>

const struct command commands[COMMAND_COUNT] = {
#define COMMAND(id, operands, least, most, what) \
	{#id, operands, least, most, what, run_##id},
#include "command.def"
#undef COMMAND
};

_Static_assert(COMMAND_COUNT <= 64, "a bit for each in option_entry");

#define ON(id) (UINT64_C(1) << COMMAND_##id)
#define ON_ALL UINT64_MAX
#define OFFSET_FLAG(field) offsetof(struct options, field)
#define OFFSET_WORD(field) offsetof(struct options, field)
#define OFFSET_SPECIAL(field) 0

const struct option_entry option_entries[OPTION_COUNT] = {
#define OPTION(kind, field, letter, name, argument, commands, help) \
	{OPTION_##kind, OFFSET_##kind(field), letter, name, argument, \
		commands, help},
#include "option.def"
#undef OPTION
};

bool
option_takes(const char *argument, const char *word)
{
	size_t len = strlen(word);

	if (!strchr(argument, '|'))
		return true;
	while (*argument) {
		size_t next = strcspn(argument, "|");

		if (next == len && strncmp(argument, word, len) == 0)
			return true;
		argument += next + (argument[next] == '|');
	}
	return false;
}

bool
option_is_for(const struct option_entry *option, enum command_id command)
{
	return (option->commands >> command) & 1;
}
