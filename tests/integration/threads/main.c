/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

struct world world;

int
main(int argc, char **argv)
{
	const char *story = argc > 1 ? argv[1] : "";

	if (strcmp(story, "executed") == 0)
		return executed();
	world.self = argv[0];
	alarm(280);
	if (strcmp(story, "calls") == 0)
		story_calls();
	else if (strcmp(story, "restarts") == 0)
		story_restarts();
	else if (strcmp(story, "forks") == 0)
		story_forks();
	else if (strcmp(story, "exec") == 0)
		story_exec_among_crashes();
	else if (strcmp(story, "stop") == 0 && argc > 2)
		story_stops(argv[2]);
	else
		return 2;
	return atomic_load(&world.wrong) != 0;
}
