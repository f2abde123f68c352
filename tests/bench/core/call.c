/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of a gen_server that adds a number to its state and answers with the
 * sum. A client is a plain process that calls in a loop, in blocking style.
 * One operation is one call with its answer: with one client; with a hundred
 * clients of one server; with fifty clients that have a server each. Peers
 * without gen_server do less: no link to the server's death, no timeout.
 */
#include "call.otp.h"

#include "bench.h"

struct client {
	call_counter_ref server;
	int64_t calls;
};

otp_next
call_counter_init(struct call_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
call_counter_handle_add(struct call_counter *self, int64_t n, int64_t *reply)
{
	self->value += n;
	*reply = self->value;
	return otp_reply();
}

static void
client_run(void *arg)
{
	const struct client *self = arg;
	int64_t value = 0, before = 0;

	for (int64_t i = 0; i < self->calls; i++) {
		bench_ok(call_counter_add(self->server, 1, &value));
		bench_check(value > before);
		before = value;
	}
}

/* So many calls by so many clients, of one server or one each. */
static void
measure(const char *metric, int64_t calls, size_t clients, size_t servers)
{
	struct client *all = otp_alloc(clients * sizeof *all);
	int64_t each = calls / (int64_t)clients, value, start;

	for (size_t i = 0; i < clients; i++) {
		all[i].calls = each;
		if (i < servers)
			bench_ok(call_counter_start(NULL, &all[i].server));
		else
			all[i].server = all[i % servers].server;
	}
	start = bench_now();
	bench_crowd(client_run, all, sizeof *all, clients);
	if (metric)
		bench_each(metric, start, each * (int64_t)clients);
	for (size_t i = 0; i < servers; i++) {
		bench_ok(call_counter_add(all[i].server, 0, &value));
		bench_check(value == each * (int64_t)(clients / servers));
		bench_ok(otp_server_stop(all[i].server.to, OTP_NORMAL, 5000));
	}
	otp_free(all);
}

static void
run(void)
{
	int64_t calls = bench_times(5000000, 100);

	measure(NULL, bench_times(100000, 100), 100, 1);
	measure("one_client_ns", calls, 1, 1);
	measure("hundred_clients_ns", calls, 100, 1);
	measure("fifty_pairs_ns", calls, 50, 50);
}

BENCH(run)
