/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process monitors a server and takes that back. One operation is both; after
 * each thousand it calls the server, so that what that one has to do for them
 * is done, too, and counts.
 */
#include "monitor.otp.h"

#include "bench.h"

#define BATCH 1000

otp_next
monitor_peer_init(struct monitor_peer *self)
{
	(void)self;
	return otp_ok();
}

otp_next
monitor_peer_handle_sync(struct monitor_peer *self, int64_t *reply)
{
	*reply = ++self->calls;
	return otp_reply();
}

static void
monitor_and_demonitor(monitor_peer_ref peer, int64_t times)
{
	int64_t calls = 0;

	for (int64_t done = 0; done < times; done += BATCH) {
		for (int i = 0; i < BATCH; i++)
			otp_demonitor(otp_monitor(peer.to.pid), true);
		bench_ok(monitor_peer_sync(peer, &calls));
	}
}

static void
run(void)
{
	int64_t times = bench_times(3000000, BATCH), start;
	struct otp_received received;
	monitor_peer_ref peer;

	bench_ok(monitor_peer_start(NULL, &peer));
	monitor_and_demonitor(peer, 20 * BATCH);
	start = bench_now();
	monitor_and_demonitor(peer, times);
	bench_each("ns", start, times);
	/* The monitors are gone: of its end nothing is heard. */
	bench_ok(otp_server_stop(peer.to, OTP_NORMAL, OTP_INFINITY));
	bench_check(otp_receive(&received, 0) == OTP_TIMEOUT);
}

BENCH(run)
