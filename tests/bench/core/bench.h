/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every benchmark here has: `NAME [SCALE]` runs its body in a process, on
 * BENCH_CORES workers (all cores, if it is not set), with the logger off. The
 * body warms up, measures, checks its result and prints lines METRIC<TAB>VALUE.
 * A wrong result ends the program with status 1. Included once in a program.
 */
#ifndef BENCH_H
#define BENCH_H

#include <otp.h>
#include <otp/behaviour.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double bench_scale = 1;

#define bench_check(condition) \
	((condition) ? (void)0 : bench_fail(#condition, __FILE__, __LINE__))

/* The same for what gives an otp_err. */
#define bench_ok(call) bench_err(call, #call, __FILE__, __LINE__)

static inline OTP_NORETURN void
bench_fail(const char *what, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: wrong: %s\n", file, line, what);
	_Exit(1);
}

static inline void
bench_err(otp_err err, const char *what, const char *file, int line)
{
	if (err == OTP_OK)
		return;
	fprintf(stderr, "%s: ", otp_err_name(err));
	bench_fail(what, file, line);
}

/* Nanoseconds of a clock that only goes forward. */
static inline int64_t
bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* So many times, scaled; a multiple of `unit`, and not 0. */
static inline int64_t
bench_times(int64_t times, int64_t unit)
{
	int64_t n = (int64_t)((double)times * bench_scale) / unit * unit;

	return n > 0 ? n : unit;
}

static inline void
bench_print(const char *metric, double value)
{
	printf("%s\t%.2f\n", metric, value);
	fflush(stdout);
}

/* What one of n operations took that began at start_ns and end now. */
static inline void
bench_each(const char *metric, int64_t start_ns, int64_t n)
{
	bench_print(metric, (double)(bench_now() - start_ns) / (double)n);
}

/* How many bytes of the program are resident, with its page tables. */
static inline int64_t
bench_resident(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	int64_t sum = 0, kib;
	char line[200];

	bench_check(status != NULL);
	while (fgets(line, sizeof line, status))
		if (sscanf(line, "VmRSS: %" SCNd64, &kib) == 1 ||
			sscanf(line, "VmPTE: %" SCNd64, &kib) == 1)
			sum += kib * 1024;
	fclose(status);
	bench_check(sum > 0);
	return sum;
}

/* How many workers the runtime has. */
static inline unsigned
bench_workers(void)
{
	const char *cores = getenv("BENCH_CORES");
	unsigned n = cores ? (unsigned)strtoul(cores, NULL, 10) : 0;

	return n ? n : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

/* Start n processes that run fn(args + i * size), wait until all have ended. */
static inline void
bench_crowd(void (*fn)(void *arg), void *args, size_t size, size_t n)
{
	otp_ref *refs = otp_alloc(n * sizeof *refs);
	struct otp_spawn_opts opts = {0};
	otp_term reason;

	for (size_t i = 0; i < n; i++) {
		opts.monitor = &refs[i];
		bench_ok(otp_spawn_opt(
			fn, (char *)args + i * size, &opts, NULL));
	}
	for (size_t i = 0; i < n; i++) {
		bench_ok(otp_await_down(refs[i], OTP_INFINITY, &reason));
		bench_check(otp_term_equal(reason, OTP_NORMAL));
	}
	otp_free(refs);
}

static inline void
bench_body(void *arg)
{
	(*(void (**)(void))arg)();
}

/* Run body in a process of a runtime with these options. */
static inline int
bench_run(const struct otp_runtime_opts *opts, void (*body)(void))
{
	struct otp_spawn_opts spawn = {0};
	struct otp_received down;
	otp_ref ref;

	otp_logger_level(OTP_LOG_EMERGENCY);
	bench_ok(otp_runtime_start(opts));
	spawn.monitor = &ref;
	bench_ok(otp_spawn_opt(bench_body, &body, &spawn, NULL));
	bench_ok(otp_receive(&down, OTP_INFINITY));
	bench_check(otp_term_equal(down.reason, OTP_NORMAL));
	bench_ok(otp_runtime_stop(60000));
	return 0;
}

static inline int
bench_main(int argc, char **argv, void (*body)(void))
{
	struct otp_runtime_opts opts = {.workers = bench_workers()};

	if (argc > 1)
		bench_scale = strtod(argv[1], NULL);
	if (argc > 2 || !(bench_scale > 0)) {
		fprintf(stderr, "usage: %s [SCALE]\n", argv[0]);
		return 2;
	}
	return bench_run(&opts, body);
}

/* The program: BENCH(body) at its end. */
#define BENCH(body) \
	int main(int argc, char **argv) \
	{ \
		return bench_main(argc, argv, body); \
	}

#endif
