/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct program program = {0};
	struct options options;
	int status = 0;

	arena_init(&program.arena);
	switch (options_parse(&options, &program.arena, argc, argv)) {
	case OPTIONS_RUN:
		status = commands[options.command].run(&program, &options);
		break;
	case OPTIONS_DONE:
		break;
	case OPTIONS_MISUSE:
		status = 2;
		break;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("otpc: standard output");
		status = status ? status : 1;
	}
	arena_fini(&program.arena);
	return status;
}
