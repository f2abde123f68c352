/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process links itself to a server and unlinks again. One operation is both;
 * after each thousand it calls the server, so that what that one has to do for
 * them is done, too, and counts.
 */
#include "link.otp.h"

#include "bench.h"

#define BATCH 1000

otp_next
link_peer_init(struct link_peer *self)
{
	(void)self;
	return otp_ok();
}

otp_next
link_peer_handle_sync(struct link_peer *self, int64_t *reply)
{
	*reply = ++self->calls;
	return otp_reply();
}

static void
link_and_unlink(link_peer_ref peer, int64_t times)
{
	int64_t calls = 0;

	for (int64_t done = 0; done < times; done += BATCH) {
		for (int i = 0; i < BATCH; i++) {
			otp_link(peer.to.pid);
			otp_unlink(peer.to.pid);
		}
		bench_ok(link_peer_sync(peer, &calls));
	}
}

static void
run(void)
{
	int64_t times = bench_times(2000000, BATCH), calls, start;
	link_peer_ref peer;

	bench_ok(link_peer_start(NULL, &peer));
	link_and_unlink(peer, 20 * BATCH);
	start = bench_now();
	link_and_unlink(peer, times);
	bench_each("ns", start, times);
	/* The links are gone: its end is not ours. */
	otp_exit_signal(peer.to.pid, OTP_KILL);
	bench_check(link_peer_sync(peer, &calls) != OTP_OK);
	otp_yield();
}

BENCH(run)
