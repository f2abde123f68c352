/* SPDX-License-Identifier: Apache-2.0 */
/*
 * So many children under one supervisor. start: one of them. death: one is
 * killed and started anew, until the new one says so. end: of the supervisor,
 * with all of them; the cost for each.
 */
#include "children.otp.h"

#include "growth.h"

#define MOST 100000
#define DEATHS 1000

struct children_observer {
	children_observer_await_start_from from;
	bool awaited;
};

OTP_STATE(children_observer);

otp_next
children_observer_init(struct children_observer *self)
{
	(void)self;
	return otp_ok();
}

otp_next
children_observer_handle_await_start(
	struct children_observer *self, children_observer_await_start_from from)
{
	self->from = from;
	self->awaited = true;
	return otp_noreply();
}

otp_next
children_observer_handle_up(struct children_observer *self, int64_t number)
{
	if (self->awaited)
		children_observer_await_start_reply(self->from, number);
	self->awaited = false;
	return otp_noreply();
}

otp_next
children_child_init(struct children_child *self, children_observer_ref observer,
	int64_t number)
{
	self->number = number;
	children_observer_up(observer, number);
	return otp_ok();
}

otp_next
children_child_handle_number(struct children_child *self, int64_t *reply)
{
	*reply = self->number;
	return otp_reply();
}

static children_child_ref *children;
static children_observer_ref observer;

static void
start_all(children_top_ref top, int64_t many)
{
	for (int64_t i = 0; i < many; i++)
		bench_ok(children_top_start_child(
			top, observer, i, &children[i]));
}

/* Some of them, each once: what was killed has another pid then. */
static void
kill_some(int64_t many, int64_t deaths)
{
	children_observer_await_start_request request;
	int64_t number = 0;

	for (int64_t i = 0; i < deaths; i++) {
		int64_t doomed = i * (many / deaths);

		bench_ok(children_observer_await_start_async(
			observer, &request));
		otp_exit_signal(children[doomed].to.pid, OTP_KILL);
		bench_ok(children_observer_await_start_await(
			&request, OTP_INFINITY, &number));
		bench_check(number == doomed);
	}
}

static void
with(int64_t many)
{
	int64_t deaths = many < DEATHS ? many : DEATHS, number = 0, start;
	struct otp_child_counts counts;
	children_top_ref top;

	bench_ok(children_top_start(NULL, &top));
	start = bench_now();
	start_all(top, many);
	growth_each("child started", many, start, many);
	start = bench_now();
	kill_some(many, deaths);
	growth_each("child died, new one up", many, start, deaths);
	bench_ok(otp_supervisor_count_children(children_top_to(top), &counts));
	bench_check(counts.active == (uint32_t)many);
	start = bench_now();
	bench_ok(otp_server_stop(
		children_top_to(top), OTP_SHUTDOWN, OTP_INFINITY));
	growth_each("child stopped with all", many, start, many);
	bench_check(children_child_number(children[many - 1], &number) ==
		OTP_NOPROC);
}

static void
run(void)
{
	children = otp_alloc(MOST * sizeof *children);
	bench_ok(children_observer_start(NULL, &observer));
	growth_decades(100, MOST, with);
}

BENCH(run)
