/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls and long queues. made: a server calls another one while so many
 * messages wait for itself, and the answer is found without a look at them.
 * into: so many messages are sent to a server, and then a call, which has its
 * turn after them; the cost is that of all by their number.
 */
#include "queue.otp.h"

#include "growth.h"

#define CALLS 100000

struct queue_busy {
	queue_other_ref other;
	queue_busy_call_while_from from;
	int64_t ns;
	int64_t jobs;
	int64_t last; /* job; then the caller gets its answer */
};

OTP_STATE(queue_busy);

static queue_busy_ref busy;

otp_next
queue_other_init(struct queue_other *self)
{
	(void)self;
	return otp_ok();
}

otp_next
queue_other_handle_add(struct queue_other *self, int64_t n, int64_t *reply)
{
	self->value += n;
	*reply = self->value;
	return otp_reply();
}

otp_next
queue_busy_init(struct queue_busy *self, queue_other_ref other)
{
	self->other = other;
	return otp_ok();
}

otp_next
queue_busy_handle_call_while(struct queue_busy *self, int64_t waiting,
	queue_busy_call_while_from from)
{
	queue_busy_ref me = queue_busy_of(otp_self());
	int64_t value = 0, first = 0, start;

	self->from = from;
	self->last = self->jobs + waiting;
	for (int64_t i = 0; i < waiting; i++)
		queue_busy_job(me);
	/* With this one they all go from the inbox to the queue. */
	bench_ok(queue_other_add(self->other, 1, &first));
	start = bench_now();
	for (int64_t i = 0; i < CALLS; i++)
		bench_ok(queue_other_add(self->other, 1, &value));
	self->ns = bench_now() - start;
	bench_check(value == first + CALLS);
	return otp_noreply();
}

otp_next
queue_busy_handle_job(struct queue_busy *self)
{
	if (++self->jobs == self->last)
		queue_busy_call_while_reply(self->from, self->ns);
	return otp_noreply();
}

otp_next
queue_busy_handle_jobs(struct queue_busy *self, int64_t *reply)
{
	*reply = self->jobs;
	return otp_reply();
}

static void
into(const char *what, int64_t many)
{
	int64_t before, jobs, start;

	bench_ok(queue_busy_jobs(busy, &before));
	start = bench_now();
	for (int64_t i = 0; i < many; i++)
		queue_busy_job(busy);
	bench_ok(queue_busy_jobs_within(busy, OTP_INFINITY, &jobs));
	bench_check(jobs == before + many);
	if (what)
		growth_each(what, many, start, many + 1);
}

static void
with(int64_t many)
{
	int64_t ns = 0;

	bench_ok(queue_busy_call_while_within(busy, OTP_INFINITY, many, &ns));
	growth_row("call made with a queue", many, (double)ns / CALLS, "ns");
	into(NULL, many);
	into("call into a queue", many);
}

static void
run(void)
{
	queue_other_ref other;

	bench_ok(queue_other_start(NULL, &other));
	bench_ok(queue_busy_start(other, NULL, &busy));
	growth_decades(1000, 1000000, with);
}

BENCH(run)
