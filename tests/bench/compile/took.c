/* SPDX-License-Identifier: Apache-2.0 */
/* took COMMAND [ARG]...: runs it; prints its milliseconds and peak KiB. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	double start = now_ms();
	pid_t pid = argc > 1 ? fork() : -1;
	struct rusage usage;
	int status;

	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
		return 1;
	printf("%.2f %ld\n", now_ms() - start, usage.ru_maxrss);
	return 0;
}
