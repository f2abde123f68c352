/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names given to processes that end meanwhile, whose slot soon is another's:
 * no name ever leads to a process it was not given to.
 */
#include "core_world.h"

#define MAX_PROCESSES 4096
#define FREE_SLOTS 10
#define ROUNDS (WORLD_TSAN ? 20000 : 200000)

static _Atomic(uint64_t) newest;
static _Atomic(bool) over;

static void
sleep_on(void *arg)
{
	(void)arg;
	otp_sleep(OTP_INFINITY);
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Slots are few, so each soon has its next owner. */
static void
spawn_quick_ones(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		otp_pid pid;

		if (otp_spawn_opt(nothing, NULL, NULL, &pid) == OTP_OK)
			atomic_store(
				&newest, (uint64_t)pid.serial << 32 | pid.id);
		otp_yield();
	}
}

static bool
same(otp_pid a, otp_pid b)
{
	return a.id == b.id && a.serial == b.serial;
}

static otp_pid
newest_pid(void)
{
	uint64_t key = atomic_load(&newest);
	otp_pid pid = {(uint32_t)key, (uint32_t)(key >> 32), 0, 0};

	return pid;
}

static int
crowded_start(void **state)
{
	struct otp_runtime_opts opts = {.max_processes = MAX_PROCESSES};

	(void)state;
	return otp_core_start(&opts) != OTP_OK || world_await_watchdog();
}

static void
a_name_never_leads_to_the_slots_next_owner(void **state)
{
	unsigned given = 0;

	(void)state;
	atomic_store(&over, false);
	atomic_store(&newest, 0);
	while (alive() < MAX_PROCESSES - FREE_SLOTS)
		otp_spawn(sleep_on, NULL);
	otp_spawn(spawn_quick_ones, NULL);
	EVENTUALLY(atomic_load(&newest) != 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		otp_pid pid = newest_pid(), holder;
		otp_err err = otp_register("quick", pid);

		assert_true(err == OTP_OK || err == OTP_NOPROC ||
			err == OTP_ALREADY_REGISTERED);
		given += err == OTP_OK;
		holder = otp_whereis("quick");
		assert_true(holder.id == 0 || same(holder, pid));
		(void)!otp_unregister("quick");
		assert_int_equal(otp_whereis("quick").id, 0);
	}
	atomic_store(&over, true);
	assert_int_not_equal(given, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_never_leads_to_the_slots_next_owner),
	};

	alarm(240);
	return cmocka_run_group_tests(tests, crowded_start, world_stop);
}
