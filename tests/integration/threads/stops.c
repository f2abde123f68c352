/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stop gives up at its limit, whatever a handler does, and says so; then the
 * runtime has stopped all the same, and can be started again.
 */
#include "threads.h"

/* Where it is reached; others come to an end before, also on a busy machine. */
#define LIMIT_MS 400
#define BOUND_MS 2000 /* that a stop may take longer, on an idle machine */

static otp_err call_err;

/* Calls the server that does it; the call ends with the stop at the latest. */
static void *
call_main(void *arg)
{
	int64_t reply;

	call_err = threads_doer_act_within(
		threads_pool_doer(), OTP_INFINITY, *(enum act *)arg, &reply);
	return NULL;
}

static void *
sleeper_main(void *arg)
{
	int64_t reply;

	call_err = threads_sleeper_act_within(
		threads_pool_sleeper(), OTP_INFINITY, *(enum act *)arg, &reply);
	return NULL;
}

static int64_t
timed_stop(otp_duration limit_ms, otp_err *err)
{
	int64_t begin_ms = now_ms();

	*err = otp_core_stop(limit_ms);
	return now_ms() - begin_ms;
}

/* Nothing runs, and nobody is told otherwise. */
static void
check_stopped(void)
{
	uint64_t reply;
	threads_counter_ref counter;

	EXPECT(otp_core_stop(LIMIT_MS) == OTP_NOT_RUNNING);
	EXPECT(threads_counter_add_within(threads_pool_counter(), PATIENCE_MS,
		       1, &reply) == OTP_NOPROC);
	EXPECT(threads_counter_start(NULL, &counter) == OTP_NOT_RUNNING);
}

static void
check_works(void)
{
	uint64_t reply = 0;
	int64_t acted = -1;

	world_start();
	for (uint64_t i = 1; i <= 100; i++)
		EXPECT(threads_counter_add_within(threads_pool_counter(),
			       PATIENCE_MS, 1, &reply) == OTP_OK &&
			reply == i);
	EXPECT(threads_sleeper_act_within(threads_pool_sleeper(), PATIENCE_MS,
		       ACT_NOTHING, &acted) == OTP_OK);
}

static void
let_go(void)
{
	atomic_store(&world.let_go, true);
	EXPECT(write(world.pipes[1], "xxxx", 4) == 4);
}

/*
 * One handler does it, the runtime is stopped, and started again beside what
 * may have been left behind; that ends when it is let go.
 */
static void
stop_during(const char *name, void *(*fn)(void *arg), enum act what,
	int64_t limit, otp_err expected)
{
	pthread_t caller;
	int64_t took;
	otp_err err;

	atomic_store(&world.reached, false);
	world_start();
	caller = begin(fn, &what);
	EVENTUALLY(atomic_load(&world.reached));
	took = timed_stop(limit, &err);
	printf("%s: %s after %" PRId64 " ms, of %" PRId64 "\n", name,
		otp_err_name(err), took, limit);
	EXPECT(err == expected);
	/* A machine with other things to do may take its time. */
	if (took > LIMIT_MS + BOUND_MS)
		printf("%s: later than %d ms\n", name, LIMIT_MS + BOUND_MS);
	EXPECT(took < PATIENCE_MS);
	join(caller); /* told, whatever became of the handler */
	EXPECT(call_err == OTP_DIED);
	check_stopped();
	otp_lent_free();
	check_works();
	let_go();
	/* What was left behind goes: a stop has everything again. */
	world_stop();
	EXPECT(alive() == 1);
}

static void
stop_in_a_handler(void)
{
	uint64_t reply = 0;
	int64_t acted;
	otp_term reason;
	char text[200];

	world_start();
	EXPECT(threads_doer_act_within(threads_pool_doer(), PATIENCE_MS,
		       ACT_STOP, &acted) == OTP_DIED);
	reason = otp_last_reason();
	otp_term_print(reason, text, sizeof text);
	printf("a stop in a handler: %s\n", text);
	EXPECT(strncmp(text, "{misuse,", 8) == 0);
	EXPECT(threads_counter_add_within(threads_pool_counter(), PATIENCE_MS,
		       1, &reply) == OTP_OK);
	world_stop();
}

static _Atomic(unsigned) stopped;

static void *
stop_main(void *arg)
{
	otp_err err = otp_core_stop(PATIENCE_MS);

	(void)arg;
	EXPECT(err == OTP_OK || err == OTP_NOT_RUNNING);
	if (err == OTP_OK)
		atomic_fetch_add(&stopped, 1);
	return NULL;
}

/* One of them stops it, the others hear that it does not run. */
static void
stops_at_once(void)
{
	pthread_t threads[4];

	for (int round = 0; round < 20; round++) {
		atomic_store(&stopped, 0);
		world_start();
		for (int i = 0; i < 4; i++)
			threads[i] = begin(stop_main, NULL);
		for (int i = 0; i < 4; i++)
			join(threads[i]);
		EXPECT(atomic_load(&stopped) == 1);
		otp_lent_free();
	}
	EVENTUALLY(alive() == 1);
}

/* A thread that waits for messages is nobody's to be ended. */
static void *
receive_main(void *arg)
{
	struct otp_received r;

	*(_Atomic(uint64_t) *)arg =
		(uint64_t)otp_self().serial << 32 | otp_self().id;
	EXPECT(otp_receive(&r, OTP_INFINITY) == OTP_OK);
	EXPECT(r.kind == OTP_RECEIVED_MESSAGE);
	return NULL;
}

static void
a_thread_that_receives(void)
{
	static const struct otp_msg_type hello = {.name = "hello",
		.owner = "stops",
		.size = 8,
		.kind = OTP_MSG_INFO};
	_Atomic(uint64_t) key = 0;
	pthread_t thread;
	otp_pid pid = {0, 0, 0, 0};

	world_start();
	thread = begin(receive_main, (void *)&key);
	EVENTUALLY(atomic_load(&key) != 0);
	world_stop();
	otp_lent_free();
	check_works();
	pid.id = (uint32_t)atomic_load(&key);
	pid.serial = (uint32_t)(atomic_load(&key) >> 32);
	EXPECT(otp_is_alive(pid));
	otp_msg_send(otp_to_pid(pid), otp_msg_new(&hello, 0));
	join(thread);
	world_stop();
}

void
story_stops(const char *which)
{
	if (pipe(world.pipes))
		exit(2);
	if (strcmp(which, "loop") == 0)
		stop_during("an endless loop", call_main, ACT_LOOP, PATIENCE_MS,
			OTP_OK);
	else if (strcmp(which, "compute") == 0)
		stop_during("a long computation", call_main, ACT_COMPUTE,
			PATIENCE_MS, OTP_OK);
	else if (strcmp(which, "destroy") == 0)
		stop_during("a destructor that loops", call_main, ACT_DESTROY,
			PATIENCE_MS, OTP_OK);
	else if (strcmp(which, "read") == 0)
		stop_during(
			"read(2)", call_main, ACT_READ, PATIENCE_MS, OTP_OK);
	else if (strcmp(which, "sort") == 0)
		stop_during("a loop below qsort", call_main, ACT_SORT, LIMIT_MS,
			OTP_TIMEOUT);
	else if (strcmp(which, "sleeper") == 0)
		stop_during("read(2) of a blocking server", sleeper_main,
			ACT_READ, PATIENCE_MS, OTP_OK);
	else if (strcmp(which, "sleeper_sort") == 0)
		stop_during("a loop below qsort of a blocking server",
			sleeper_main, ACT_SORT, LIMIT_MS, OTP_TIMEOUT);
	else if (strcmp(which, "short") == 0)
		stop_during("a loop below qsort and hardly any time", call_main,
			ACT_SORT, 1, OTP_TIMEOUT);
	else if (strcmp(which, "handler") == 0)
		stop_in_a_handler();
	else if (strcmp(which, "twice") == 0)
		stops_at_once();
	else if (strcmp(which, "receive") == 0)
		a_thread_that_receives();
	else
		exit(2);
}
