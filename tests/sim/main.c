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

#include "../seeds.h"

static const struct load *const loads[] = {&load_mail, &load_calls, &load_links,
	&load_timers, &load_names, &load_tree};

#define LOADS (sizeof loads / sizeof loads[0])

static const char *program;
static uint64_t runs, failed;
static double until; /* then no new seed */

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

static bool
job_verdict(struct job *job, int status, uint64_t *hash)
{
	bool complete =
		read(job->pipe, hash, sizeof *hash) == (ssize_t)sizeof *hash;
	char text[128];

	close(job->pipe);
	runs++;
	if (status == 0 && complete)
		return true;
	status_text(status, text, sizeof text);
	print_failure(job->seed, text);
	return false;
}

static bool
is_repeatable(void)
{
	return world.is_sim;
}

static bool
may_go_on(void)
{
	return seconds() < until;
}

/* --- many ----------------------------------------------------------------- */

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
	until = began + (double)number_of("LOAD_SECONDS", 1000000);
	count = run_all(number_of("LOAD_FIRST", 1), count, at_once);
	print_rate(count, seconds() - began);
	return failed != 0;
}
