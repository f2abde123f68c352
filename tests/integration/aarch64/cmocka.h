/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of cmocka as the tests of fibers and containment use, where there
 * is no cmocka: no output but of what fails and what is skipped.
 */
#ifndef CMOCKA_H
#define CMOCKA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*run)(void **state);
	int (*set_up)(void **state);
	int (*tear_down)(void **state);
};

static jmp_buf test_end;
enum {
	TEST_FAILED = 1,
	TEST_SKIPPED = 2
};

static inline void
test_check(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	printf("# %s:%d: %s\n", file, line, what);
	longjmp(test_end, TEST_FAILED);
}

static inline bool
test_in_range(unsigned long x, unsigned long low, unsigned long high)
{
	return x >= low && x <= high;
}

#define CHECK(condition) test_check((condition), #condition, __FILE__, __LINE__)
#define assert_true(x) CHECK((x))
#define assert_false(x) CHECK(!(x))
#define assert_null(x) CHECK((x) == NULL)
#define assert_non_null(x) CHECK((x) != NULL)
#define assert_int_equal(x, y) CHECK((unsigned long)(x) == (unsigned long)(y))
#define assert_ptr_equal(x, y) CHECK((const void *)(x) == (const void *)(y))
#define assert_in_range(x, low, high) \
	CHECK(test_in_range((unsigned long)(x), (unsigned long)(low), \
		(unsigned long)(high)))
#define print_message printf
#define skip() longjmp(test_end, TEST_SKIPPED)
#define cmocka_unit_test(test) \
	{ \
#test, test, NULL, NULL \
	}
#define cmocka_unit_test_setup_teardown(test, before, after) \
	{ \
#test, test, before, after \
	}

static inline int
test_run_all(const struct CMUnitTest *tests, size_t count)
{
	static volatile int failed;

	for (volatile size_t i = 0; i < count; i++) {
		void *state = NULL;
		int end = setjmp(test_end);

		if (end == 0) {
			if (tests[i].set_up)
				tests[i].set_up(&state);
			tests[i].run(&state);
		}
		if (end != TEST_FAILED && tests[i].tear_down)
			tests[i].tear_down(&state);
		if (end == TEST_FAILED)
			printf("FAILED %s\n", tests[i].name);
		failed += end == TEST_FAILED;
	}
	return failed;
}

#define cmocka_run_group_tests(tests, before, after) \
	test_run_all(tests, sizeof(tests) / sizeof(tests)[0])

#endif
