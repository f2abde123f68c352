/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process starts gen_servers, each as soon as the init of the one before has
 * returned: a thousand, which are then asked for their number and stopped. One
 * operation is one start; asking and stopping do not count.
 */
#include "server_start.otp.h"

#include "bench.h"

#define SERVERS 1000

otp_next
server_start_server_init(struct server_start_server *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

otp_next
server_start_server_handle_value(
	struct server_start_server *self, int64_t *reply)
{
	*reply = self->value;
	return otp_reply();
}

otp_next
server_start_server_handle_stop(struct server_start_server *self)
{
	(void)self;
	return otp_stop(OTP_NORMAL);
}

static int64_t
start_all(server_start_server_ref *servers)
{
	int64_t start = bench_now();

	for (int64_t i = 0; i < SERVERS; i++)
		bench_ok(server_start_server_start(i, NULL, &servers[i]));
	return bench_now() - start;
}

static void
stop_all(const server_start_server_ref *servers)
{
	struct otp_received down;
	int64_t value = 0;

	for (int64_t i = 0; i < SERVERS; i++) {
		bench_ok(server_start_server_value(servers[i], &value));
		bench_check(value == i);
		otp_monitor(servers[i].to.pid);
		server_start_server_stop(servers[i]);
	}
	for (int64_t i = 0; i < SERVERS; i++) {
		otp_mark mark = otp_mark_set();

		bench_ok(otp_receive(&down, OTP_INFINITY));
		bench_check(down.kind == OTP_RECEIVED_DOWN);
		otp_release(mark);
	}
}

static void
run(void)
{
	int64_t rounds = bench_times(700, 1), ns = 0;
	server_start_server_ref *servers = otp_alloc(SERVERS * sizeof *servers);

	start_all(servers);
	stop_all(servers);
	for (int64_t i = 0; i < rounds; i++) {
		ns += start_all(servers);
		stop_all(servers);
	}
	bench_print("ns", (double)ns / (double)(rounds * SERVERS));
}

BENCH(run)
