/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs workloads, one a seed, each in a process of its own: so a seed alone is
 * what it was among others. The environment says which:
 *
 *	LOAD_SEED=n		this one seed
 *	LOAD_SEEDS=n		so many (100), from LOAD_FIRST (1) on
 *	LOAD_ONLY=name		only this workload; else the seed says which
 *	LOAD_STEPS, LOAD_PROCESSES	how much, of each
 *	LOAD_THREADS=1		on real threads (OTP_WORKERS of them)
 *	LOAD_SECONDS=n		no new seed after so long
 *	LOAD_JOBS=n		seeds at the same time
 *
 * In the deterministic mode every TWICE_EVERYth seed is run twice, and must be
 * the same run. Seeds that fail are printed with the command that replays them.
 */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define TWICE_EVERY 16
#define JOBS_MOST 64
#define CHILD_SECONDS 200

static const struct load *const loads[] = {&load_mail, &load_calls, &load_links,
	&load_timers, &load_names, &load_tree};

#define LOADS (sizeof loads / sizeof loads[0])

struct job {
	pid_t pid; /* 0: none */
	uint64_t seed;
	int pipe;
	bool again; /* it is the second run */
	uint64_t hash; /* of the first */
};

static struct job jobs[JOBS_MOST];
static const char *program;
static uint64_t runs, failed;

static uint64_t
number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static const struct load *
load_of(uint64_t seed)
{
	const char *only = getenv("LOAD_ONLY");

	for (size_t i = 0; only && *only && i < LOADS; i++)
		if (strcmp(loads[i]->name, only) == 0)
			return loads[i];
	return loads[seed % LOADS];
}

static void
print_failure(uint64_t seed, const char *what)
{
	static const char *const said[] = {"LOAD_THREADS", "LOAD_ONLY",
		"LOAD_STEPS", "LOAD_PROCESSES", "OTP_WORKERS"};

	failed++;
	printf("FAIL seed %" PRIu64 " (%s): %s; again: ", seed,
		load_of(seed)->name, what);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		const char *value = getenv(said[i]);

		if (value && *value)
			printf("%s=%s ", said[i], value);
	}
	for (char **at = environ; *at; at++)
		if (strncmp(*at, "OTP_HARD_", 9) == 0)
			printf("%s ", *at);
	printf("LOAD_SEED=%" PRIu64 " %s\n", seed, program);
	fflush(stdout);
}

/* --- one seed ------------------------------------------------------------- */

static bool
run_seed(uint64_t seed, uint64_t *hash)
{
	world.seed = seed;
	world.steps =
		(unsigned)number_of("LOAD_STEPS", world.is_sim ? 400 : 20000);
	world.processes = (unsigned)number_of(
		"LOAD_PROCESSES", world.is_sim ? 6 + seed % 11 : 100);
	if (world.processes < 4)
		world.processes = 4;
	if (world.processes > PROCESSES_MOST)
		world.processes = PROCESSES_MOST;
	alarm(CHILD_SECONDS);
	return load_run(load_of(seed), hash);
}

static void
child(uint64_t seed, int pipe)
{
	uint64_t hash = 0;
	bool well = run_seed(seed, &hash);

	if (write(pipe, &hash, sizeof hash) != (ssize_t)sizeof hash)
		well = false;
	fflush(stdout);
	exit(well ? 0 : 1);
}

static bool
job_start(struct job *job, uint64_t seed)
{
	int ends[2];

	if (pipe(ends) < 0)
		return false;
	fflush(stdout);
	job->seed = seed;
	job->pid = fork();
	if (job->pid == 0) {
		close(ends[0]);
		child(seed, ends[1]);
	}
	close(ends[1]);
	job->pipe = ends[0];
	return job->pid > 0;
}

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

/* Another run of it is to follow: it must be the same. */
static bool
job_end(struct job *job, int status)
{
	char text[128];
	uint64_t hash = 0;
	bool complete =
		read(job->pipe, &hash, sizeof hash) == (ssize_t)sizeof hash;

	close(job->pipe);
	job->pid = 0;
	runs++;
	status_text(status, text, sizeof text);
	if (status != 0 || !complete) {
		print_failure(job->seed, text);
	} else if (job->again && hash != job->hash) {
		print_failure(job->seed, "the second run was another one");
	} else if (world.is_sim && !job->again &&
		job->seed % TWICE_EVERY == 0) {
		job->hash = hash;
		return true;
	}
	job->again = false;
	return false;
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

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- many ----------------------------------------------------------------- */

static uint64_t
run_all(uint64_t first, uint64_t count, unsigned at_once, double until)
{
	uint64_t next = first;

	while (next < first + count && seconds() < until) {
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

static void
print_rate(uint64_t count, double took)
{
	printf("%" PRIu64 " seeds (%s), %" PRIu64 " failed, %.0f seeds/s\n",
		count, world.is_sim ? "deterministic" : "threads", failed,
		(double)count / (took > 0 ? took : 1));
}

int
main(int argc, char **argv)
{
	uint64_t count = number_of("LOAD_SEEDS", 100), hash;
	unsigned at_once = (unsigned)number_of("LOAD_JOBS", 1);
	double began = seconds();

	(void)argc;
	program = argv[0];
	world.is_sim = number_of("LOAD_THREADS", 0) == 0;
	setenv("OTP_SIM_LIMIT", "120", 0);
	if (getenv("LOAD_SEED")) {
		uint64_t seed = number_of("LOAD_SEED", 0);
		bool well = run_seed(seed, &hash);

		printf("seed %" PRIu64 " (%s): %s, run %016" PRIx64 "\n", seed,
			load_of(seed)->name, well ? "well" : "WRONG", hash);
		return !well;
	}
	if (at_once < 1 || at_once > JOBS_MOST)
		at_once = 1;
	count = run_all(number_of("LOAD_FIRST", 1), count, at_once,
		began + (double)number_of("LOAD_SECONDS", 1000000));
	print_rate(count, seconds() - began);
	return failed != 0;
}
