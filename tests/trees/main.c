/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs cases, each in a process of its own. The environment says which:
 *
 *	TREES_SEED=n		this one seed
 *	TREES_SEEDS=n		so many (100), from TREES_FIRST (1) on
 *	TREES_CASE=file		the case in that file
 *	TREES_THREADS=1		on real threads (OTP_WORKERS of them)
 *	TREES_JOBS=n		seeds at the same time
 *	TREES_SHOW=1		with TREES_SEED or TREES_CASE: all that happens
 *	TREES_SMALLEST=file	where the smallest case that fails is written to
 *	TREES_MOST=n		no new seed after so many have failed (3)
 *
 * In the deterministic mode every TWICE_EVERYth seed is run twice, and must be
 * the same run. A seed that fails is printed with the command that replays it,
 * and the smallest case that was made of it.
 */
#include "trees.h"

#include <otp.h>

#include "../seeds.h"
#include "sim/sim.h"

#define TEXT_SIZE 512

/* What a process has to say. */
struct verdict {
	bool well;
	uint64_t hash;
	char why[TEXT_SIZE];
};

static const char *program;
static uint64_t failed, failed_most;
static bool threads;

/* --- a case in a process ------------------------------------------------------ */

static void
run_here(const struct test_case *c, struct verdict *v)
{
	bool show = number_of("TREES_SHOW", 0) != 0;

	memset(v, 0, sizeof *v);
	alarm(CHILD_SECONDS);
	v->well = world_run(c, threads, show, v->why, sizeof v->why);
	v->hash = otpi_sim_hash();
}

static pid_t
run_apart(const struct test_case *c, int *end)
{
	struct verdict v;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		run_here(c, &v);
		if (write(ends[1], &v, sizeof v) != (ssize_t)sizeof v)
			_exit(2);
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	*end = ends[0];
	return pid;
}

/* What it has said, or how it ended without a word. */
static void
verdict_take(int end, int status, struct verdict *v)
{
	if (read(end, v, sizeof *v) != (ssize_t)sizeof *v) {
		memset(v, 0, sizeof *v);
		status_text(status, v->why, sizeof v->why);
	}
	close(end);
}

static bool
case_fails(const struct test_case *c, char *why, size_t size)
{
	struct verdict v;
	int end = -1, status = 0;
	pid_t pid = run_apart(c, &end);

	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	verdict_take(end, status, &v);
	snprintf(why, size, "%s", v.why);
	return !v.well;
}

/* --- failures ----------------------------------------------------------------- */

static void
print_smallest(struct test_case *c, char *why)
{
	const char *path = getenv("TREES_SMALLEST");
	FILE *file;

	case_shrink(c, case_fails, why, TEXT_SIZE);
	printf("# the smallest, %d nodes and %d events: %s\n", c->node_count,
		c->event_count, why);
	case_print(c, stdout);
	if (!path || !*path)
		return;
	file = fopen(path, "w");
	if (!file || (case_print(c, file), fclose(file)) != 0)
		printf("# it cannot be written to %s\n", path);
	else
		printf("# again: %sTREES_CASE=%s %s\n",
			threads ? "TREES_THREADS=1 " : "", path, program);
}

static void
print_failure(uint64_t seed, const char *what)
{
	struct test_case c;
	char why[TEXT_SIZE];

	failed++;
	snprintf(why, sizeof why, "%s", what);
	printf("FAIL seed %" PRIu64 ": %s; again: %sTREES_SEED=%" PRIu64
	       " %s\n",
		seed, why, threads ? "TREES_THREADS=1 " : "", seed, program);
	fflush(stdout);
	/* Threads do something else each time; and not too often. */
	if (threads || failed > 1 || !number_of("TREES_SHRINK", 1))
		return;
	case_draw(&c, seed, false);
	print_smallest(&c, why);
	fflush(stdout);
}

/* --- many ----------------------------------------------------------------------- */

static bool
job_start(struct job *job, uint64_t seed)
{
	struct test_case c;

	case_draw(&c, seed, threads);
	job->seed = seed;
	job->pid = run_apart(&c, &job->pipe);
	if (job->pid < 0)
		job->pid = 0;
	return job->pid > 0;
}

static bool
job_verdict(struct job *job, int status, uint64_t *hash)
{
	struct verdict v;

	verdict_take(job->pipe, status, &v);
	*hash = v.hash;
	if (!v.well)
		print_failure(job->seed, v.why);
	return v.well;
}

static bool
is_repeatable(void)
{
	return !threads;
}

static bool
may_go_on(void)
{
	return failed < failed_most;
}

/* --- one -------------------------------------------------------------------------- */

static int
run_one(const struct test_case *c)
{
	struct verdict v;

	run_here(c, &v);
	printf("%s%s, run %016" PRIx64 "\n", v.well ? "well" : "WRONG: ", v.why,
		v.hash);
	return !v.well;
}

static int
run_file(const char *path)
{
	struct test_case c;
	FILE *file = fopen(path, "r");
	bool well;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 2;
	}
	well = case_read(&c, file);
	fclose(file);
	if (!well)
		return 2;
	return run_one(&c);
}

int
main(int argc, char **argv)
{
	unsigned at_once = (unsigned)number_of("TREES_JOBS", 1);
	const char *path = getenv("TREES_CASE");
	double began = seconds();
	struct test_case c;
	uint64_t count;

	(void)argc;
	program = argv[0];
	threads = number_of("TREES_THREADS", 0) != 0;
	failed_most = number_of("TREES_MOST", 3);
	setenv("OTP_SIM_LIMIT", "120", 0);
	if (path && *path)
		return run_file(path);
	if (getenv("TREES_SEED")) {
		case_draw(&c, number_of("TREES_SEED", 0), threads);
		if (number_of("TREES_SHOW", 0))
			case_print(&c, stdout);
		return run_one(&c);
	}
	if (at_once < 1 || at_once > JOBS_MOST)
		at_once = 1;
	count = run_all(number_of("TREES_FIRST", 1),
		number_of("TREES_SEEDS", 100), at_once);
	printf("%" PRIu64 " trees (%s), %" PRIu64 " failed, %.0f trees/s\n",
		count, threads ? "threads" : "deterministic", failed,
		(double)count / (seconds() - began));
	return failed != 0;
}
