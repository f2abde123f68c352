/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a call takes under load: eight clients call one server in a loop,
 * and for each core there is a process that computes for 20 us, lets others
 * run, and so on. Given are the times below which are 50, 99 and 99.9 percent of
 * the calls, within a thirty-second of their value; the clock is read
 * before and after each call.
 */
#include "latency.otp.h"

#include "bench.h"

#include <stdatomic.h>

#define CLIENTS 8
#define HOG_NS 20000

/* Buckets of a length that grows with the value: 32 for each power of two. */
#define STEPS 32u
#define BUCKETS (60u * STEPS)

struct client {
	latency_counter_ref server;
	int64_t calls;
	uint64_t times[BUCKETS];
};

static atomic_bool over;

otp_next
latency_counter_init(struct latency_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
latency_counter_handle_add(
	struct latency_counter *self, int64_t n, int64_t *reply)
{
	self->value += n;
	*reply = self->value;
	return otp_reply();
}

static unsigned
bucket_of(uint64_t ns)
{
	unsigned power;

	if (ns < STEPS)
		return (unsigned)ns;
	power = 63u - (unsigned)__builtin_clzll(ns);
	return (power - 4) * STEPS + (unsigned)(ns >> (power - 5)) % STEPS;
}

/* The least value that is beyond the bucket. */
static double
bucket_end(unsigned bucket)
{
	unsigned shift = bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;
	uint64_t step = bucket < STEPS ? bucket : STEPS + bucket % STEPS;

	return (double)((step + 1) << shift);
}

static void
client_run(void *arg)
{
	struct client *self = arg;
	int64_t value = 0, before = 0;

	for (int64_t i = 0; i < self->calls; i++) {
		int64_t start = bench_now();

		bench_ok(latency_counter_add(self->server, 1, &value));
		self->times[bucket_of((uint64_t)(bench_now() - start))]++;
		bench_check(value > before);
		before = value;
	}
}

static void
hog(void *arg)
{
	(void)arg;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		int64_t start = bench_now();

		while (bench_now() - start < HOG_NS)
			continue;
		otp_yield();
	}
}

static void
percentile(const char *metric, const struct client *all, double share)
{
	uint64_t calls = CLIENTS * (uint64_t)all[0].calls, below = 0;
	unsigned bucket = 0;

	for (; bucket < BUCKETS; bucket++) {
		for (int i = 0; i < CLIENTS; i++)
			below += all[i].times[bucket];
		if ((double)below >= share * (double)calls)
			break;
	}
	bench_print(metric, bucket_end(bucket));
}

static struct client *
measure(latency_counter_ref server, int64_t each)
{
	struct client *all = otp_alloc(CLIENTS * sizeof *all);

	for (int i = 0; i < CLIENTS; i++) {
		all[i].server = server;
		all[i].calls = each;
	}
	bench_crowd(client_run, all, sizeof *all, CLIENTS);
	return all;
}

static void
run(void)
{
	int64_t each = bench_times(100000, 1), value = 0;
	latency_counter_ref server;
	struct client *all;

	bench_ok(latency_counter_start(NULL, &server));
	for (unsigned i = 0; i < bench_workers(); i++)
		otp_spawn(hog, NULL);
	otp_free(measure(server, 1000));
	all = measure(server, each);
	atomic_store(&over, true);
	percentile("p50_ns", all, 0.5);
	percentile("p99_ns", all, 0.99);
	percentile("p999_ns", all, 0.999);
	bench_ok(latency_counter_add(server, 0, &value));
	bench_check(value == CLIENTS * (each + 1000));
}

BENCH(run)
