/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hundred servers cast to one, which adds up: ten thousand messages each,
 * a million in all, and that several times over. One operation is one message.
 */
#include "mailbox.otp.h"

#include "bench.h"

#define PRODUCERS 100
#define EACH 10000

struct mailbox_counter {
	mailbox_counter_count_from from;
	int64_t left;
	int64_t sum;
};

OTP_STATE(mailbox_counter);

otp_next
mailbox_counter_init(struct mailbox_counter *self)
{
	(void)self;
	return otp_ok();
}

otp_next
mailbox_counter_handle_count(struct mailbox_counter *self, int64_t messages,
	mailbox_counter_count_from from)
{
	self->from = from;
	self->left = messages;
	self->sum = 0;
	return otp_noreply();
}

otp_next
mailbox_counter_handle_add(struct mailbox_counter *self, int64_t n)
{
	self->sum += n;
	if (--self->left == 0)
		mailbox_counter_count_reply(self->from, self->sum);
	return otp_noreply();
}

otp_next
mailbox_producer_init(
	struct mailbox_producer *self, mailbox_counter_ref counter)
{
	self->counter = counter;
	return otp_ok();
}

otp_next
mailbox_producer_handle_produce(struct mailbox_producer *self, int64_t messages)
{
	for (int64_t i = 0; i < messages; i++)
		mailbox_counter_add(self->counter, 3);
	return otp_noreply();
}

static void
produce(mailbox_counter_ref counter, mailbox_producer_ref *producers,
	int64_t each)
{
	mailbox_counter_count_request request;
	int64_t sum = 0;

	bench_ok(mailbox_counter_count_async(
		counter, PRODUCERS * each, &request));
	for (int i = 0; i < PRODUCERS; i++)
		mailbox_producer_produce(producers[i], each);
	bench_ok(mailbox_counter_count_await(&request, OTP_INFINITY, &sum));
	bench_check(sum == 3 * PRODUCERS * each);
}

static void
run(void)
{
	int64_t each = bench_scale < 0.1 ? EACH / 10 : EACH;
	int64_t messages = bench_times(15000000, PRODUCERS * each), start;
	mailbox_producer_ref producers[PRODUCERS];
	mailbox_counter_ref counter;

	bench_ok(mailbox_counter_start(NULL, &counter));
	for (int i = 0; i < PRODUCERS; i++)
		bench_ok(mailbox_producer_start(counter, NULL, &producers[i]));
	produce(counter, producers, each);
	start = bench_now();
	for (int64_t n = 0; n < messages; n += PRODUCERS * each)
		produce(counter, producers, each);
	bench_each("ns", start, messages);
}

BENCH(run)
