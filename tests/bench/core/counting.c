/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One server sends, another counts. One operation is one message.
 * unbounded: the producer casts a million in one go, then asks for the count;
 * several times over. window: it has credit for 1000, in halves; the last
 * message of each half has the counter give that half back. A channel with a
 * capacity does the window's work in both.
 */
#include "counting.otp.h"

#include "bench.h"

#define BATCH 1000000
#define HALF 500

struct counting_producer {
	counting_counter_ref counter;
	counting_producer_within_window_from from;
	int64_t left; /* to be sent */
	int64_t unacknowledged; /* halves */
};

OTP_STATE(counting_producer);

otp_next
counting_counter_init(struct counting_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
counting_counter_handle_add(struct counting_counter *self)
{
	self->count++;
	return otp_noreply();
}

otp_next
counting_counter_handle_add_and_ack(
	struct counting_counter *self, counting_producer_ref from)
{
	self->count++;
	counting_producer_ack(from);
	return otp_noreply();
}

otp_next
counting_counter_handle_take(struct counting_counter *self, int64_t *reply)
{
	*reply = self->count;
	self->count = 0;
	return otp_reply();
}

otp_next
counting_producer_init(
	struct counting_producer *self, counting_counter_ref counter)
{
	self->counter = counter;
	return otp_ok();
}

/* --- unbounded ----------------------------------------------------------- */

otp_next
counting_producer_handle_flood(struct counting_producer *self, int64_t messages,
	counting_producer_flood_from from)
{
	int64_t counted = 0;

	for (int64_t i = 0; i < messages; i++)
		counting_counter_add(self->counter);
	bench_ok(counting_counter_take_within(
		self->counter, OTP_INFINITY, &counted));
	counting_producer_flood_reply(from, counted);
	return otp_noreply();
}

/* --- with a window ------------------------------------------------------- */

static void
send_half(struct counting_producer *self)
{
	for (int i = 1; i < HALF; i++)
		counting_counter_add(self->counter);
	counting_counter_add_and_ack(
		self->counter, counting_producer_of(otp_self()));
	self->left -= HALF;
	self->unacknowledged++;
}

otp_next
counting_producer_handle_within_window(struct counting_producer *self,
	int64_t messages, counting_producer_within_window_from from)
{
	self->from = from;
	self->left = messages;
	send_half(self);
	send_half(self);
	return otp_noreply();
}

otp_next
counting_producer_handle_ack(struct counting_producer *self)
{
	int64_t counted = 0;

	self->unacknowledged--;
	if (self->left > 0) {
		send_half(self);
	} else if (self->unacknowledged == 0) {
		bench_ok(counting_counter_take(self->counter, &counted));
		counting_producer_within_window_reply(self->from, counted);
	}
	return otp_noreply();
}

/* --- both ---------------------------------------------------------------- */

static void
flood(counting_producer_ref producer, int64_t messages, int64_t batch)
{
	int64_t counted = 0;

	for (int64_t sent = 0; sent < messages; sent += batch) {
		bench_ok(counting_producer_flood_within(
			producer, OTP_INFINITY, batch, &counted));
		bench_check(counted == batch);
	}
}

static void
windowed(counting_producer_ref producer, int64_t messages)
{
	int64_t counted = 0;

	bench_ok(counting_producer_within_window_within(
		producer, OTP_INFINITY, messages, &counted));
	bench_check(counted == messages);
}

static void
run(void)
{
	int64_t batch = bench_scale < 0.1 ? BATCH / 10 : BATCH;
	int64_t floods = bench_times(10000000, batch);
	int64_t messages = bench_times(20000000, 2 * HALF);
	counting_counter_ref counter;
	counting_producer_ref producer;
	int64_t start;

	bench_ok(counting_counter_start(NULL, &counter));
	bench_ok(counting_producer_start(counter, NULL, &producer));
	flood(producer, batch, batch);
	start = bench_now();
	flood(producer, floods, batch);
	bench_each("unbounded_ns", start, floods);
	windowed(producer, 100 * HALF);
	start = bench_now();
	windowed(producer, messages);
	bench_each("window_ns", start, messages);
}

BENCH(run)
