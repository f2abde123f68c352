/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the runtime: never NULL. When there is none, the hook is called,
 * and the program ends, each time in a process of its own here.
 */
#include "test.h"

#include "base/alloc.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than any system gives; the compiler is not to know. */
static volatile size_t absurd = SIZE_MAX / 4;

/* The sanitizers end a program that asks for it, unless told otherwise. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
never_null(void **state)
{
	(void)state;
	char *p = otpi_malloc(0);

	assert_non_null(p);
	p = otpi_realloc(p, 100);
	memset(p, 1, 100);
	otpi_free(p);
	p = otpi_calloc(10, 10);
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	otpi_free(p);
	otpi_free(NULL);
}

/* --- when there is none --------------------------------------------------- */

static void
use_malloc(void)
{
	otpi_malloc(absurd);
}

static void
use_calloc(void)
{
	otpi_calloc(absurd / 8, 8);
}

static void
use_realloc(void)
{
	void *moved = otpi_realloc(otpi_malloc(8), absurd);

	(void)moved;
}

static void
use_none(void)
{
	otpi_out_of_memory(12345);
}

static const struct {
	void (*run)(void);
	size_t size; /* 0: absurd, a multiple of 8 */
} uses[] = {
	{use_malloc, 0}, {use_calloc, 0}, {use_realloc, 0}, {use_none, 12345}};

#define USES (sizeof uses / sizeof uses[0])

static size_t
size_of(size_t use)
{
	return uses[use].size                 ? uses[use].size
		: uses[use].run == use_calloc ? absurd / 8 * 8
					      : absurd;
}

/* Runs one in a child; its stderr, up to `size` bytes, and how it ended. */
static int
status_of(size_t use, void (*hook)(size_t size), char *text, size_t size)
{
	int ends[2], status = 0;
	ssize_t n;
	size_t len = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		otpi_out_of_memory_set(hook);
		uses[use].run();
		_exit(7); /* it went on */
	}
	close(ends[1]);
	while ((n = read(ends[0], text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void
without_a_hook_it_says_so_and_aborts(void **state)
{
	char text[4096], wanted[80];

	(void)state;
	for (size_t i = 0; i < USES; i++) {
		int status = status_of(i, NULL, text, sizeof text);

		snprintf(wanted, sizeof wanted,
			"otp: out of memory (%zu bytes)\n", size_of(i));
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
		assert_non_null(strstr(text, wanted));
	}
}

static size_t expected;

static void
note_and_leave(size_t size)
{
	_exit(size == expected ? 42 : 1);
}

static void
the_hook_is_called_with_the_size(void **state)
{
	char text[4096];

	(void)state;
	for (size_t i = 0; i < USES; i++) {
		int status;

		expected = size_of(i);
		status = status_of(i, note_and_leave, text, sizeof text);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 42);
		assert_null(strstr(text, "otp: out of memory"));
	}
}

static void
return_in_vain(size_t size)
{
	fprintf(stderr, "the hook was told %zu\n", size);
}

static void
a_hook_that_returns_aborts(void **state)
{
	char text[4096];
	int status;

	(void)state;
	status = status_of(USES - 1, return_in_vain, text, sizeof text);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_non_null(strstr(text, "the hook was told 12345\n"));
	assert_null(strstr(text, "otp: out of memory"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_null),
		cmocka_unit_test(without_a_hook_it_says_so_and_aborts),
		cmocka_unit_test(the_hook_is_called_with_the_size),
		cmocka_unit_test(a_hook_that_returns_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
