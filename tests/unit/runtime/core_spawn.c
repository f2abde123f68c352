/* SPDX-License-Identifier: Apache-2.0 */
/* Many processes, their slots, and pids that outlived their process. */
#include "core_world.h"

#include "base/tuning.h"
#include "core/audit.h"
#include "core/core.h"

#define ROUNDS (WORLD_TSAN ? 2000u : 10000u)
#define CROWD (WORLD_TSAN ? 20000u : 100000u)

static void
nothing(void *arg)
{
	(void)arg;
}

/* --- a behaviour without a will of its own ------------------------------- */

static enum otp_verdict
idle_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

/* A call gives back what it brought; the number 0 ends the process. */
static enum otp_verdict
idle_handle(void *data, struct otp_event *event)
{
	uint64_t *count = data;
	uint64_t value;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	++*count;
	value = number_in(event->msg).value;
	if (event->msg->type == &ask_type)
		answer(event->msg, value + *count);
	else if (value == 0)
		return otp_process_end_with(OTP_SHUTDOWN);
	return OTP_GO_ON;
}

static const struct otp_behaviour idle_behaviour = {
	.name = "idle",
	.init = idle_init,
	.handle = idle_handle,
};

static const struct otp_process_class idle_class = {
	.behaviour = &idle_behaviour,
	.name = "idle",
	.data_size = sizeof(uint64_t),
};

static otp_err
idle_start(otp_pid *pid)
{
	struct otp_process_opts start = {.process_class = &idle_class};

	return otp_process_start(&start, pid, NULL);
}

/* --- tests --------------------------------------------------------------- */

static void
spawned_processes_end_and_are_seen_to(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct otp_spawn_opts opts = {0};
		otp_ref ref;
		otp_pid pid;

		opts.monitor = &ref;
		assert_int_equal(
			otp_spawn_opt(nothing, NULL, &opts, &pid), OTP_OK);
		assert_true(down_is(ref, OTP_NORMAL));
		assert_false(otp_is_alive(pid));
	}
}

static void
spawn_some(void *arg)
{
	otp_pid parent = *(otp_pid *)arg;
	unsigned downs = 0;

	for (unsigned i = 0; i < ROUNDS / 10; i++) {
		struct otp_spawn_opts opts = {.link = i % 2};
		otp_ref ref;

		opts.monitor = &ref;
		EXPECT(otp_spawn_opt(nothing, NULL, &opts, NULL) == OTP_OK);
		if (i % 3 == 0)
			downs += down_is(ref, OTP_NORMAL);
		else
			otp_demonitor(ref, true);
	}
	EXPECT(silence());
	tell(parent, downs, 0);
}

static void
many_processes_spawn_at_the_same_time(void **state)
{
	otp_pid self = otp_self();
	unsigned downs = (ROUNDS / 10 + 2) / 3;

	(void)state;
	for (int i = 0; i < 16; i++)
		otp_spawn(spawn_some, &self);
	for (int i = 0; i < 16; i++)
		assert_int_equal(hear().value, downs);
}

static void
a_crowd_is_alive_at_once(void **state)
{
	otp_pid *pids = calloc(CROWD, sizeof *pids);
	uint64_t value;
	uint64_t before = alive();

	(void)state;
	for (unsigned i = 0; i < CROWD; i++)
		assert_int_equal(idle_start(&pids[i]), OTP_OK);
	assert_int_equal(alive() - before, CROWD);
	for (unsigned i = 0; i < CROWD; i += 7) {
		assert_int_equal(ask(pids[i], i, &value), OTP_OK);
		assert_int_equal(value, i + 1);
	}
	for (unsigned i = 0; i < CROWD; i++)
		tell(pids[i], 0, 0);
	EVENTUALLY(alive() == before);
	for (unsigned i = 0; i < CROWD; i++)
		assert_false(otp_is_alive(pids[i]));
	free(pids);
}

/* Processes until one has the slot of `old`; those before it are ended. */
static otp_pid
next_owner(otp_pid old)
{
	otp_pid pid, others[64];
	otp_pid owner = {0, 0, 0, 0};

	for (unsigned round = 0; owner.id == 0; round++) {
		unsigned n = 0;

		for (; n < 64 && owner.id == 0; n++) {
			EXPECT(idle_start(&pid) == OTP_OK);
			if (pid.id == old.id)
				owner = pid;
			else
				others[n] = pid;
		}
		for (unsigned i = 0; i < n; i++)
			if (owner.id == 0 || i + 1 < n)
				tell(others[i], 0, 0);
	}
	return owner;
}

static void
a_stale_pid_never_reaches_the_next_owner(void **state)
{
	struct otp_received r;
	otp_pid old, owner;
	uint64_t count;
	otp_ref ref;

	(void)state;
	assert_int_equal(idle_start(&old), OTP_OK);
	ref = otp_monitor(old);
	tell(old, 0, 0);
	assert_true(down_is(ref, OTP_SHUTDOWN));
	owner = next_owner(old);
	assert_int_not_equal(owner.serial, old.serial);

	assert_false(otp_is_alive(old));
	assert_true(otp_is_alive(owner));
	for (int i = 0; i < 100; i++)
		tell(old, 1, 0);
	assert_int_equal(ask(old, 7, NULL), OTP_NOPROC);
	assert_true(otp_term_equal(otp_last_reason(), OTP_NOPROC_REASON));
	assert_true(down_is(otp_monitor(old), OTP_NOPROC_REASON));
	otp_link(old);
	assert_true(heard_within(&r, PATIENCE_MS));
	assert_int_equal(r.kind, OTP_RECEIVED_EXIT);
	assert_true(otp_pid_equal(r.from, old));
	assert_true(otp_term_equal(r.reason, OTP_NOPROC_REASON));
	otp_unlink(old);
	otp_exit_signal(old, OTP_KILL);
	otp_exit_signal(old, OTP_SHUTDOWN);
	assert_int_equal(otp_register("stale", old), OTP_NOPROC);

	/* All of it came to nothing: the owner has seen one message, ours. */
	assert_int_equal(ask(owner, 100, &count), OTP_OK);
	assert_int_equal(count, 101);
	assert_true(otp_is_alive(owner));
	tell(owner, 0, 0);
}

/* Stale pids under way while their slots change hands. */
static _Atomic(bool) storm_over;
static otp_pid storm_pids[64];
static _Atomic(unsigned) storm_count;

static void
storm(void *arg)
{
	otp_pid parent = *(otp_pid *)arg;
	uint64_t value, asked = 0;

	while (!atomic_load(&storm_over)) {
		unsigned n = atomic_load(&storm_count);

		for (unsigned i = 0; i < n; i++) {
			otp_err err = ask(storm_pids[i], 1, &value);

			EXPECT(err == OTP_NOPROC);
			otp_demonitor(otp_monitor(storm_pids[i]), true);
			asked++;
		}
		otp_yield();
	}
	EXPECT(silence());
	tell(parent, asked, 0);
}

static void
slots_change_hands_under_fire(void **state)
{
	otp_pid self = otp_self(), pid;

	(void)state;
	atomic_store(&storm_over, false);
	atomic_store(&storm_count, 0);
	for (unsigned i = 0; i < 64; i++) {
		otp_ref ref;

		assert_int_equal(idle_start(&storm_pids[i]), OTP_OK);
		ref = otp_monitor(storm_pids[i]);
		tell(storm_pids[i], 0, 0);
		assert_true(down_is(ref, OTP_SHUTDOWN));
	}
	atomic_store(&storm_count, 64);
	for (int i = 0; i < 4; i++)
		otp_spawn(storm, &self);
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t value;

		assert_int_equal(idle_start(&pid), OTP_OK);
		assert_int_equal(ask(pid, 5, &value), OTP_OK);
		assert_int_equal(value, 6);
		tell(pid, 0, 0);
	}
	atomic_store(&storm_over, true);
	for (int i = 0; i < 4; i++)
		hear();
}

static void
deep(void *arg)
{
	volatile char frame[400 * 1024];

	for (size_t i = 0; i < sizeof frame; i += 512)
		frame[i] = (char)i;
	tell(*(otp_pid *)arg, (uint64_t)frame[512 * 100] + 1, 0);
}

static void
a_plain_process_gets_the_stack_it_asks_for(void **state)
{
	struct otp_spawn_opts opts = {.stack = (size_t)1024 * 1024};
	otp_pid self = otp_self();
	otp_ref ref;

	(void)state;
	opts.monitor = &ref;
	assert_int_equal(otp_spawn_opt(deep, &self, &opts, NULL), OTP_OK);
	assert_true(down_is(ref, OTP_NORMAL));
	assert_int_equal(hear().value, (uint64_t)(char)(512 * 100) + 1);
	opts.stack = (size_t)1 << 40;
	assert_int_equal(
		otp_spawn_opt(deep, &self, &opts, NULL), OTP_SYSTEM_LIMIT);
}

static void
a_name_is_taken_once(void **state)
{
	struct otp_spawn_opts opts = {.name = "only"};
	otp_pid first, second;

	(void)state;
	assert_int_equal(idle_start(&first), OTP_OK);
	assert_int_equal(otp_register("only", first), OTP_OK);
	assert_int_equal(otp_spawn_opt(nothing, NULL, &opts, &second),
		OTP_ALREADY_STARTED);
	assert_true(otp_pid_equal(first, second));
	tell(first, 0, 0);
	EVENTUALLY(otp_whereis("only").id == 0);
	EVENTUALLY(otp_spawn_opt(nothing, NULL, &opts, &second) == OTP_OK);
	EVENTUALLY(otp_whereis("only").id == 0);
}

/* --- a runtime that holds few -------------------------------------------- */

static int
few_start(void **state)
{
	struct otp_runtime_opts opts = {.workers = 2, .max_processes = 8192};

	(void)state;
	return otp_core_start(&opts) != OTP_OK || world_await_watchdog();
}

static int
few_start_on_one(void **state)
{
	struct otp_runtime_opts opts = {.workers = 1,
		.max_processes = 8192,
		.stuck_ms = INT64_C(24) * 3600 * 1000};

	(void)state;
	return otp_core_start(&opts) != OTP_OK || world_await_watchdog();
}

static void
spawn_a_hundred(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++)
		EXPECT(otp_spawn_opt(nothing, NULL, NULL, NULL) == OTP_OK);
}

/* So many were started until there was no room. */
static uint32_t
fill(otp_pid *pids)
{
	uint32_t n = 0;

	while (n <= 8192 && idle_start(&pids[n]) == OTP_OK)
		n++;
	return n;
}

/* What threads keep of free slots is there for others when there are few. */
static void
the_limit_is_reached(void **state)
{
	otp_pid *pids = calloc(8193, sizeof *pids);
	uint64_t before = alive(), kept;
	struct otpi_audit audit;
	uint32_t n;

	(void)state;
	otp_spawn(spawn_a_hundred, NULL);
	EVENTUALLY(alive() == before);
	n = fill(pids);
	assert_in_range(n, 1, 8192 - before);
	tell(pids[--n], 0, 0);
	EVENTUALLY(alive() == before + n);
	n += fill(pids + n);
	otpi_audit(&audit);
	/* In hard mode slots go, and the worker has had many threads. */
	kept = (audit.threads - 1) * 2 * SLOT_BATCH;
	assert_in_range(before + n, audit.slots.made - kept, audit.slots.made);
	for (uint32_t i = 0; i < n; i++)
		tell(pids[i], 0, 0);
	free(pids);
}

static void
the_limit_is_an_error_and_nothing_is_lost(void **state)
{
	otp_pid *pids = calloc(8193, sizeof *pids), pid;
	uint64_t value;
	uint32_t n = 0;

	(void)state;
	while (n <= 8192 && idle_start(&pids[n]) == OTP_OK)
		n++;
	assert_in_range(n, 4096, 8192);
	assert_int_equal(idle_start(&pid), OTP_SYSTEM_LIMIT);
	assert_int_equal(
		otp_spawn_opt(nothing, NULL, NULL, &pid), OTP_SYSTEM_LIMIT);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(ask(pids[i], i, &value), OTP_OK);
		assert_int_equal(value, i + 1);
	}
	tell(pids[n / 2], 0, 0);
	EVENTUALLY(idle_start(&pids[n / 2]) == OTP_OK);
	assert_int_equal(idle_start(&pid), OTP_SYSTEM_LIMIT);
	for (uint32_t i = 0; i < n; i++)
		tell(pids[i], 0, 0);
	free(pids);
}

/* Slots that were free one by one are passed on together again. */
static void
a_table_that_was_full_costs_no_more_than_before(void **state)
{
	struct runtime *rt = &otpi_runtime;
	otp_pid *pids = calloc(8193, sizeof *pids);
	uint32_t n = fill(pids), bundles = 0, slots = 0;

	(void)state;
	assert_in_range(n, 4096, 8192);
	for (uint32_t i = 0; i < n; i++)
		tell(pids[i], 0, 0);
	free(pids);
	EVENTUALLY(alive() <= alive_before);
	pthread_mutex_lock(&rt->slot_lock);
	for (const struct bundle *b = rt->free_slots; b; b = b->next) {
		bundles++;
		slots += b->count;
	}
	pthread_mutex_unlock(&rt->slot_lock);
	assert_true(bundles <= 2 * slots / BATCH_SMALL + 2);
}

int
main(void)
{
	const struct CMUnitTest few[] = {
		TEST(the_limit_is_an_error_and_nothing_is_lost),
		TEST(a_table_that_was_full_costs_no_more_than_before),
	};
	const struct CMUnitTest few_on_one[] = {
		TEST(the_limit_is_reached),
	};
	const struct CMUnitTest tests[] = {
		TEST(spawned_processes_end_and_are_seen_to),
		TEST(many_processes_spawn_at_the_same_time),
		TEST(a_crowd_is_alive_at_once),
		TEST(a_stale_pid_never_reaches_the_next_owner),
		TEST(slots_change_hands_under_fire),
		TEST(a_plain_process_gets_the_stack_it_asks_for),
		TEST(a_name_is_taken_once),
	};

	/* First: what others need of slots stays. */
	return cmocka_run_group_tests_name("few processes, one worker",
		       few_on_one, few_start_on_one, world_stop) +
		cmocka_run_group_tests_name(
			"few processes", few, few_start, world_stop) +
		WORLD_RUN(tests);
}
