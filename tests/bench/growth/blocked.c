/* SPDX-License-Identifier: Apache-2.0 */
/*
 * So many processes blocked in a call at the same time: each is started, calls
 * a server, and is answered when all of them wait. blocked: a start, a call,
 * its answer, and an end. memory: what is resident for each that waits, page
 * tables included. Where a guard page needs a mapping of its own, not so many
 * can wait: then those beyond the limit end with system_limit, which is said.
 */
#include "blocked.otp.h"

#include "growth.h"

#define MOST 100000
#define MOST_BYTES 8192

struct blocked_gate {
	blocked_gate_pass_from *callers;
	int64_t *numbers;
	int64_t waiting;
};

OTP_STATE(blocked_gate);

static blocked_gate_ref gate;

otp_next
blocked_gate_init(struct blocked_gate *self)
{
	self->callers = otp_alloc(MOST * sizeof *self->callers);
	self->numbers = otp_alloc(MOST * sizeof *self->numbers);
	/* Touched before anything is measured. */
	memset(self->callers, 1, MOST * sizeof *self->callers);
	memset(self->numbers, 1, MOST * sizeof *self->numbers);
	return otp_ok();
}

otp_next
blocked_gate_handle_pass(
	struct blocked_gate *self, int64_t number, blocked_gate_pass_from from)
{
	self->callers[self->waiting] = from;
	self->numbers[self->waiting++] = number;
	return otp_noreply();
}

otp_next
blocked_gate_handle_waiting(struct blocked_gate *self, int64_t *reply)
{
	*reply = self->waiting;
	return otp_reply();
}

otp_next
blocked_gate_handle_open(struct blocked_gate *self)
{
	for (int64_t i = 0; i < self->waiting; i++)
		blocked_gate_pass_reply(self->callers[i], self->numbers[i] + 1);
	self->waiting = 0;
	return otp_noreply();
}

static void
caller(void *arg)
{
	int64_t number = (int64_t)(intptr_t)arg, answer = 0;

	bench_ok(blocked_gate_pass_within(gate, OTP_INFINITY, number, &answer));
	bench_check(answer == number + 1);
}

static void
start_callers(int64_t many)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};

	for (int64_t i = 0; i < many; i++)
		bench_ok(otp_spawn_opt(
			caller, (void *)(intptr_t)i, &opts, NULL));
}

static void
await_waiting(int64_t many)
{
	int64_t waiting = 0;

	for (int tries = 0; waiting < many && tries < 60000; tries++) {
		bench_ok(blocked_gate_waiting_within(
			gate, OTP_INFINITY, &waiting));
		if (waiting < many)
			otp_sleep(1);
	}
	bench_check(waiting == many);
}

/* How many ended at the limit; the others were answered. */
static int64_t
await_ends(int64_t many)
{
	struct otp_received down;
	int64_t limited = 0;

	for (int64_t i = 0; i < many; i++) {
		otp_mark mark = otp_mark_set();

		bench_ok(otp_receive(&down, OTP_INFINITY));
		bench_check(down.kind == OTP_RECEIVED_DOWN);
		if (otp_term_is_atom(down.reason, "system_limit"))
			limited++;
		else
			bench_check(otp_term_equal(down.reason, OTP_NORMAL));
		otp_release(mark);
	}
	return limited;
}

static void
with(int64_t many)
{
	int64_t limited, before = bench_resident(), start = bench_now();
	double bytes;

	start_callers(many);
	await_waiting(many);
	bytes = (double)(bench_resident() - before) / (double)many;
	blocked_gate_open(gate);
	limited = await_ends(many);
	growth_each("blocked in a call", many, start, many);
	if (limited)
		fprintf(stderr,
			"%" PRId64 " of %" PRId64 " ended with system_limit\n",
			limited, many);
	growth_row("memory of one blocked", many, bytes, "bytes");
	bench_check(bytes < MOST_BYTES);
}

static void
run(void)
{
	bench_ok(blocked_gate_start(NULL, &gate));
	growth_decades(1000, MOST, with);
}

BENCH(run)
