/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking servers that are wanted several at once, where few threads are idle
 * or about to end: each gets a thread, though none returns before all have one.
 * Model: tests/model/pool.pml.
 */
#include "core_world.h"

#include "core/core.h"

#define CROWD 6
#define ROUNDS 500
#define IDLE_MS 2

static int pipes[2];
static _Atomic(unsigned) reading; /* handlers in read(2) */

static enum otp_verdict
reader_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static enum otp_verdict
reader_handle(void *data, struct otp_event *event)
{
	char c;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE || event->msg->type != &ask_type)
		return OTP_GO_ON;
	atomic_fetch_add(&reading, 1);
	while (read(pipes[0], &c, 1) < 0 && errno == EINTR)
		continue;
	atomic_fetch_sub(&reading, 1);
	answer(event->msg, 0);
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "reader", .init = reader_init, .handle = reader_handle};

static const struct otp_process_class reader_class = {
	.behaviour = &behaviour,
	.name = "reader",
	.data_size = 8,
	.blocking = true,
};

struct crowd {
	otp_pid readers[CROWD];
	pthread_barrier_t begin;
	_Atomic(bool) over;
};

static otp_pid
start_reader(void)
{
	struct otp_process_opts opts = {.process_class = &reader_class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&opts, &pid, NULL) == OTP_OK);
	return pid;
}

/* Have every second one read, from the one at `first` on. */
static void
ask_some(struct crowd *crowd, unsigned first, otp_request *requests)
{
	for (unsigned i = first; i < CROWD; i += 2)
		EXPECT(otp_msg_request(otp_to_pid(crowd->readers[i]),
			       number_new(&ask_type, 0, 0),
			       &requests[i]) == OTP_OK);
}

static void
await_some(unsigned first, otp_request *requests)
{
	struct otp_msg *m;

	for (unsigned i = first; i < CROWD; i += 2) {
		EXPECT(otp_msg_await(&requests[i], &m, PATIENCE_MS) == OTP_OK);
		if (m)
			otp_msg_free(m);
	}
}

static void *
ask_as_well(void *arg)
{
	struct crowd *crowd = arg;
	otp_request requests[CROWD];

	for (;;) {
		pthread_barrier_wait(&crowd->begin);
		if (atomic_load(&crowd->over))
			return NULL;
		ask_some(crowd, 0, requests);
		await_some(0, requests);
	}
}

static unsigned
pool_threads(void)
{
	struct blocking_pool *pool = &otpi_runtime.blocking;
	unsigned count;

	pthread_mutex_lock(&pool->lock);
	count = pool->threads;
	pthread_mutex_unlock(&pool->lock);
	return count;
}

static void
one_round(struct crowd *crowd)
{
	static const char bytes[CROWD];
	otp_request requests[CROWD];

	pthread_barrier_wait(&crowd->begin);
	ask_some(crowd, 1, requests);
	EVENTUALLY(atomic_load(&reading) == CROWD);
	EXPECT(write(pipes[1], bytes, CROWD) == CROWD);
	await_some(1, requests);
}

static void
no_two_count_on_the_same_thread(void **state)
{
	struct crowd crowd;
	pthread_t thread;

	(void)state;
	atomic_init(&crowd.over, false);
	pthread_barrier_init(&crowd.begin, NULL, 2);
	for (unsigned i = 0; i < CROWD; i++)
		crowd.readers[i] = start_reader();
	pthread_create(&thread, NULL, ask_as_well, &crowd);
	for (unsigned i = 0; i < ROUNDS && !atomic_load(&failures); i++) {
		/* So that some rounds find none, one or two that are idle. */
		EVENTUALLY(pool_threads() <= i % 3);
		one_round(&crowd);
	}
	atomic_store(&crowd.over, true);
	pthread_barrier_wait(&crowd.begin);
	pthread_join(thread, NULL);
	for (unsigned i = 0; i < CROWD; i++) {
		otp_ref ref = otp_monitor(crowd.readers[i]);

		otp_exit_signal(crowd.readers[i], OTP_KILL);
		EXPECT(down_is(ref, OTP_KILLED));
	}
	pthread_barrier_destroy(&crowd.begin);
}

static int
pool_start(void **state)
{
	struct otp_runtime_opts opts = {
		.blocking_threads = CROWD, .blocking_idle_ms = IDLE_MS};

	(void)state;
	if (pipe(pipes) || otp_core_start(&opts) != OTP_OK)
		return -1;
	return world_await_watchdog();
}

static int
pool_stop(void **state)
{
	close(pipes[0]);
	close(pipes[1]);
	return world_stop(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_two_count_on_the_same_thread),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, pool_start, pool_stop);
}
