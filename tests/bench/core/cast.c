/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain process casts a number to a gen_server, which adds it up; after each
 * thousand it calls for the sum, so that no more wait. One operation is one
 * cast; the call is part of it, a thousandth.
 */
#include "cast.otp.h"

#include "bench.h"

#define BATCH 1000

otp_next
cast_counter_init(struct cast_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
cast_counter_handle_add(struct cast_counter *self, int64_t n)
{
	self->sum += n;
	return otp_noreply();
}

otp_next
cast_counter_handle_sum(struct cast_counter *self, int64_t *reply)
{
	*reply = self->sum;
	return otp_reply();
}

static void
cast_all(cast_counter_ref server, int64_t casts)
{
	int64_t sum = 0, before;

	bench_ok(cast_counter_sum(server, &before));
	for (int64_t sent = 0; sent < casts; sent += BATCH) {
		for (int i = 0; i < BATCH; i++)
			cast_counter_add(server, 3);
		bench_ok(cast_counter_sum(server, &sum));
	}
	bench_check(sum - before == 3 * casts);
}

static void
run(void)
{
	int64_t casts = bench_times(15000000, BATCH), start;
	cast_counter_ref server;

	bench_ok(cast_counter_start(NULL, &server));
	cast_all(server, 100 * BATCH);
	start = bench_now();
	cast_all(server, casts);
	bench_each("ns", start, casts);
}

BENCH(run)
