/* SPDX-License-Identifier: Apache-2.0 */
/* What a supervisor keeps: its restarts in a ring, its children by pid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <otp.h>

#include "otp/supervisor_tree.h"

static int
begin(void **state)
{
	(void)state;
	return otp_core_start(NULL) == OTP_OK ? 0 : -1;
}

static int
finish(void **state)
{
	(void)state;
	return otp_core_stop(OTP_INFINITY) == OTP_OK ? 0 : -1;
}

/* --- restarts ------------------------------------------------------------ */

static void
intensity_zero_allows_nothing_and_keeps_nothing(void **state)
{
	struct restart_log log = {0};

	(void)state;
	assert_false(otpi_restart_log_add(&log, 1000, 0, 5000));
	assert_null(log.at_ms);
}

static void
so_many_within_the_period_and_no_more(void **state)
{
	struct restart_log log = {0};

	(void)state;
	for (int64_t i = 0; i < 3; i++)
		assert_true(otpi_restart_log_add(&log, 1000 + i, 3, 100));
	assert_false(otpi_restart_log_add(&log, 1100, 3, 100));
	/* The first is 101 ms ago. */
	assert_true(otpi_restart_log_add(&log, 1101, 3, 100));
	assert_false(otpi_restart_log_add(&log, 1101, 3, 100));
	assert_true(otpi_restart_log_add(&log, 9000, 3, 100));
	assert_int_equal(log.count, 1);
	otp_free(log.at_ms);
}

static void
the_ring_grows_as_needed_up_to_the_intensity(void **state)
{
	struct restart_log log = {0};

	(void)state;
	for (int64_t i = 0; i < 100000; i++) {
		assert_true(otpi_restart_log_add(&log, i, UINT32_MAX, 9));
		assert_true(log.count <= 10);
	}
	assert_true(log.capacity <= 16);
	for (int64_t i = 0; i < 1000; i++)
		assert_true(
			otpi_restart_log_add(&log, 2000000 + i, 1000, 1000000));
	assert_int_equal(log.capacity, 1000);
	assert_false(otpi_restart_log_add(&log, 2001000, 1000, 1000000));
	otp_free(log.at_ms);
}

/* In the order they came, also after the ring has turned and grown. */
static void
the_oldest_leave_first(void **state)
{
	struct restart_log log = {0};

	(void)state;
	for (int64_t i = 0; i < 500; i++) {
		int64_t period_ms = i % 7 == 0 ? 3 : 20;

		assert_true(otpi_restart_log_add(&log, i, 100, period_ms));
		for (uint32_t k = 0; k < log.count; k++)
			assert_int_equal(
				log.at_ms[(log.first + k) % log.capacity],
				i - (int64_t)(log.count - 1 - k));
	}
	otp_free(log.at_ms);
}

/* --- children by pid ----------------------------------------------------- */

#define CHILDREN 3000

static void
children_are_found_by_their_pid(void **state)
{
	static struct dynamic_child children[CHILDREN];
	struct pid_table table = {0};

	(void)state;
	assert_null(otpi_pid_table_find(&table, (otp_pid){1, 1, 0, 0}));
	for (uint32_t i = 0; i < CHILDREN; i++) {
		/* Few slots of the process table, many generations. */
		children[i].pid = (otp_pid){i % 50, i / 50 + 1, 0, 0};
		otpi_pid_table_add(&table, &children[i]);
	}
	assert_int_equal(table.count, CHILDREN);
	for (uint32_t i = 0; i < CHILDREN; i += 3)
		otpi_pid_table_remove(&table, &children[i]);
	for (uint32_t i = 0; i < CHILDREN; i++)
		assert_ptr_equal(otpi_pid_table_find(&table, children[i].pid),
			i % 3 ? &children[i] : NULL);
	for (uint32_t i = 0; i < CHILDREN; i++)
		if (i % 3)
			otpi_pid_table_remove(&table, &children[i]);
	assert_int_equal(table.count, 0);
	assert_true(table.capacity <= 16);
	assert_null(otpi_pid_table_find(&table, children[1].pid));
	otp_free(table.slots);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			intensity_zero_allows_nothing_and_keeps_nothing),
		cmocka_unit_test(so_many_within_the_period_and_no_more),
		cmocka_unit_test(the_ring_grows_as_needed_up_to_the_intensity),
		cmocka_unit_test(the_oldest_leave_first),
		cmocka_unit_test(children_are_found_by_their_pid),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
