/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1
/*
 * So many monitors on one process, set by a hundred servers, and its death.
 * set: one monitor, at both ends. DOWN: one of the messages of its death, from
 * its kill until the last of them has been handled. others wait: the longest
 * time that a process had to wait for its turn while the same went on, one
 * that does nothing but to let others run; there is one for each worker. It is
 * the time that the worker computed, so that a busy machine does not count.
 */
#include "monitors.otp.h"

#include "growth.h"

#include <stdatomic.h>

#define WATCHERS 100

struct monitors_watcher {
	monitors_watcher_await_from from;
	int64_t set;
	int64_t told;
	bool awaited;
};

OTP_STATE(monitors_watcher);

static monitors_watcher_ref watchers[WATCHERS];

otp_next
monitors_hub_init(struct monitors_hub *self)
{
	(void)self;
	return otp_ok();
}

otp_next
monitors_hub_handle_sync(struct monitors_hub *self, int64_t *reply)
{
	*reply = ++self->calls;
	return otp_reply();
}

otp_next
monitors_watcher_init(struct monitors_watcher *self)
{
	(void)self;
	return otp_ok();
}

otp_next
monitors_watcher_handle_watch(
	struct monitors_watcher *self, monitors_hub_ref hub, int64_t times)
{
	for (int64_t i = 0; i < times; i++)
		otp_monitor(hub.to.pid);
	self->set = times;
	self->told = 0;
	return otp_reply();
}

static otp_next
look(struct monitors_watcher *self)
{
	if (self->awaited && self->told == self->set) {
		self->awaited = false;
		monitors_watcher_await_reply(self->from, self->told);
	}
	return otp_noreply();
}

otp_next
monitors_watcher_handle_await(
	struct monitors_watcher *self, monitors_watcher_await_from from)
{
	self->from = from;
	self->awaited = true;
	return look(self);
}

otp_next
monitors_watcher_handle_down(struct monitors_watcher *self, otp_ref reference,
	otp_to who, otp_term reason)
{
	(void)reference;
	(void)who;
	bench_check(otp_term_equal(reason, OTP_KILLED));
	self->told++;
	return look(self);
}

/* --- somebody else ------------------------------------------------------- */

static atomic_bool bystanders_go;
static _Atomic(int64_t) longest_ns;

/* What this thread has computed so far. */
static int64_t
computed_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
bystander(void *arg)
{
	int64_t before = computed_ns(), now, most = 0;
	pid_t thread = gettid();

	(void)arg;
	while (atomic_load_explicit(&bystanders_go, memory_order_relaxed)) {
		otp_yield();
		now = computed_ns();
		if (thread == gettid() && now - before > most)
			most = now - before;
		thread = gettid();
		before = now;
	}
	now = atomic_load(&longest_ns);
	while (now < most &&
		!atomic_compare_exchange_weak(&longest_ns, &now, most))
		continue;
}

/* --- the hub's life and death -------------------------------------------- */

static monitors_hub_ref
watched_hub(int64_t many)
{
	int64_t calls = 0;
	monitors_hub_ref hub;

	bench_ok(monitors_hub_start(NULL, &hub));
	for (int i = 0; i < WATCHERS; i++)
		bench_ok(monitors_watcher_watch_within(
			watchers[i], OTP_INFINITY, hub, many / WATCHERS));
	bench_ok(monitors_hub_sync_within(hub, OTP_INFINITY, &calls));
	return hub;
}

static void
kill_hub(monitors_hub_ref hub, int64_t many)
{
	monitors_watcher_await_request requests[WATCHERS];
	int64_t told = 0, sum = 0;

	otp_exit_signal(hub.to.pid, OTP_KILL);
	for (int i = 0; i < WATCHERS; i++)
		bench_ok(monitors_watcher_await_async(
			watchers[i], &requests[i]));
	for (int i = 0; i < WATCHERS; i++) {
		bench_ok(monitors_watcher_await_await(
			&requests[i], OTP_INFINITY, &told));
		sum += told;
	}
	bench_check(sum == many);
}

static void
measure(int64_t many)
{
	int64_t start = bench_now();
	monitors_hub_ref hub = watched_hub(many);

	growth_each("monitor set", many, start, many);
	start = bench_now();
	kill_hub(hub, many);
	growth_each("monitor DOWN", many, start, many);
}

static void
measure_others(int64_t many)
{
	monitors_hub_ref hub = watched_hub(many);
	unsigned n = bench_workers();
	otp_ref refs[64];

	if (n > sizeof refs / sizeof refs[0])
		n = sizeof refs / sizeof refs[0];
	atomic_store(&bystanders_go, true);
	atomic_store(&longest_ns, 0);
	for (unsigned i = 0; i < n; i++) {
		struct otp_spawn_opts opts = {.monitor = &refs[i]};

		bench_ok(otp_spawn_opt(bystander, NULL, &opts, NULL));
	}
	otp_sleep(1);
	kill_hub(hub, many);
	atomic_store(&bystanders_go, false);
	for (unsigned i = 0; i < n; i++)
		bench_ok(otp_await_down(refs[i], OTP_INFINITY, NULL));
	growth_row("others wait at a death", many,
		(double)atomic_load(&longest_ns) / 1e3, "us");
}

static void
with(int64_t many)
{
	measure(many);
	measure_others(many);
}

static void
run(void)
{
	for (int i = 0; i < WATCHERS; i++)
		bench_ok(monitors_watcher_start(NULL, &watchers[i]));
	kill_hub(watched_hub(10000), 10000);
	growth_decades(1000, 1000000, with);
}

BENCH(run)
