/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeds that run in processes of their own, some at the same time; in the
 * deterministic mode every TWICE_EVERYth twice, and both must be the same run.
 * Included once, by a program that defines what is declared at the top.
 */
#ifndef SEEDS_H
#define SEEDS_H

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TWICE_EVERY 16
#define JOBS_MOST 64
#define CHILD_SECONDS 200

struct job {
	pid_t pid; /* 0: none */
	uint64_t seed;
	int pipe; /* what it has to say */
	bool again; /* it is the second run */
	uint64_t hash; /* of the first */
};

/* Start a process for the seed: pid and pipe. False: there is none. */
static bool job_start(struct job *job, uint64_t seed);
/* It has ended: take what it has to say. True: all was well, *hash is the run's.
 * Else it has been told of. */
static bool job_verdict(struct job *job, int status, uint64_t *hash);
static void print_failure(uint64_t seed, const char *what);
/* May another seed begin? */
static bool may_go_on(void);
/* Are two runs of a seed the same? */
static bool is_repeatable(void);

static struct job jobs[JOBS_MOST];

static uint64_t
number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* How one ended that has said nothing. */
static void
status_text(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(
			text, size, "ended by %s", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == 124)
		snprintf(text, size, "it did not end");
	else
		snprintf(text, size, "exit status %d", WEXITSTATUS(status));
}

/* True: another run of it is to follow. */
static bool
job_end(struct job *job, int status)
{
	bool again = job->again;
	uint64_t hash = 0;

	job->pid = 0;
	job->again = false;
	if (!job_verdict(job, status, &hash))
		return false;
	if (again && hash != job->hash)
		print_failure(job->seed, "the second run was another one");
	job->hash = hash;
	return !again && is_repeatable() && job->seed % TWICE_EVERY == 0;
}

/* Wait for one of those that run. */
static void
reap(unsigned count)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) < 0 && errno == EINTR)
		continue;
	for (unsigned i = 0; i < count; i++) {
		struct job *job = &jobs[i];

		if (job->pid != pid || pid <= 0)
			continue;
		if (job_end(job, status)) {
			job->again = true;
			if (!job_start(job, job->seed))
				print_failure(job->seed, "no process");
		}
		return;
	}
}

static bool
any_runs(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (jobs[i].pid)
			return true;
	return false;
}

/* So many from `first` on; gives how many have run. */
static uint64_t
run_all(uint64_t first, uint64_t count, unsigned at_once)
{
	uint64_t next = first;

	while (next < first + count && may_go_on()) {
		struct job *job = NULL;

		for (unsigned i = 0; i < at_once && job == NULL; i++)
			job = jobs[i].pid ? NULL : &jobs[i];
		if (job == NULL)
			reap(at_once);
		else if (!job_start(job, next++))
			print_failure(next - 1, "no process");
	}
	while (any_runs(at_once))
		reap(at_once);
	return next - first;
}

#endif
