/* SPDX-License-Identifier: Apache-2.0 */
/* Fibers: what stays with them, how they are abandoned, their stacks. */
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/arch/arch.h"
#include "core/sanitizer.h"
#include "core/stack.h"

#include "test.h"

#if defined(SAN_THREAD)
#define MANY 200
#define OFTEN 10000
#elif defined(SAN_ADDRESS)
#define MANY 1000
#define OFTEN 100000
#else
#define MANY 20000
#define OFTEN 5000000
#endif

static struct otpi_fiber native;
static struct otpi_fiber *fiber;
static int steps;
static volatile uintptr_t seen;

static struct otpi_fiber *
new_fiber(size_t size, void (*entry)(void))
{
	struct otpi_fiber *made = NULL;

	assert_int_equal(otpi_fiber_new(size, entry, &made), OTP_OK);
	return made;
}

static void
leave(void)
{
	otpi_fiber_switch(fiber, &native);
}

static void
enter(void)
{
	otpi_fiber_switch(&native, fiber);
}

static int
set_up(void **state)
{
	(void)state;
	otpi_fiber_thread_init(&native);
	steps = 0;
	seen = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	otpi_fiber_free(fiber);
	otpi_fiber_thread_fini(&native);
	return 0;
}

/* --- switching ------------------------------------------------------------ */

static void
count_steps(void)
{
	_Alignas(16) volatile char here = 0;

	seen = (uintptr_t)&here;
	for (;;) {
		steps++;
		leave();
	}
}

static void
test_switch(void **state)
{
	(void)state;
	fiber = new_fiber(0, count_steps);
	assert_int_equal(fiber->stack_size, SAN_STACK_MIN);
	for (int i = 1; i <= 3; i++) {
		enter();
		assert_int_equal(steps, i);
	}
#ifndef SAN_ADDRESS /* has variables elsewhere */
	assert_true(seen % 16 == 0);
#endif
}

static void
keep_errno(void)
{
	for (;;) {
		seen = (uintptr_t)errno;
		errno = EDOM;
		leave();
	}
}

static void
test_errno(void **state)
{
	(void)state;
	fiber = new_fiber(0, keep_errno);
	errno = ERANGE;
	enter();
	assert_int_equal(seen, 0);
	assert_int_equal(errno, ERANGE);
	errno = EILSEQ;
	enter();
	assert_int_equal(seen, EDOM);
	assert_int_equal(errno, EILSEQ);
}

static void
keep_rounding(void)
{
	for (;;) {
		seen = (uintptr_t)fegetround();
		fesetround(FE_UPWARD);
		leave();
	}
}

static void
test_rounding(void **state)
{
	(void)state;
	fiber = new_fiber(0, keep_rounding);
	fesetround(FE_DOWNWARD);
	enter();
	assert_int_equal(seen, FE_TONEAREST);
	assert_int_equal(fegetround(), FE_DOWNWARD);
	enter();
	assert_int_equal(seen, FE_UPWARD);
	assert_int_equal(fegetround(), FE_DOWNWARD);
	fesetround(FE_TONEAREST);
}

/* More values than there are registers that a call may not change. */
static __attribute__((noinline)) uint64_t
hold_values(uint64_t seed, struct otpi_fiber *from, struct otpi_fiber *to)
{
	uint64_t a[16];
	double d[16];
	uint64_t sum = 0;

	for (unsigned i = 0; i < 16; i++) {
		a[i] = seed * (i + 1);
		d[i] = (double)a[i] / 2;
	}
	otpi_fiber_switch(from, to);
	for (unsigned i = 0; i < 16; i++)
		sum += a[i] ^ (uint64_t)(d[i] * 2);
	return sum;
}

static void
hold_others(void)
{
	for (;;)
		seen = hold_values(77, fiber, &native);
}

static void
test_registers(void **state)
{
	(void)state;
	fiber = new_fiber(0, hold_others);
	for (uint64_t i = 1; i < 100; i++) {
		assert_int_equal(hold_values(i, &native, fiber), 0);
		assert_int_equal(seen, 0);
	}
}

/* --- threads -------------------------------------------------------------- */

static _Thread_local int of_thread;
static struct otpi_fiber *volatile back;

static __attribute__((noinline)) int
read_of_thread(void)
{
	__asm__ volatile("");
	return of_thread;
}

/* As user code must: compilers keep the address of errno. */
static __attribute__((noinline)) int
exchange_errno(int value)
{
	int former = errno;

	__asm__ volatile("");
	errno = value;
	return former;
}

static void
travel(void)
{
	for (;;) {
		seen = (uintptr_t)read_of_thread();
		steps += exchange_errno(EXDEV) == EXDEV;
		otpi_fiber_switch(fiber, back);
	}
}

static void *
run_elsewhere(void *arg)
{
	struct otpi_fiber here;

	(void)arg;
	otpi_fiber_thread_init(&here);
	of_thread = 2;
	errno = EBUSY;
	back = &here;
	otpi_fiber_switch(&here, fiber);
	seen += errno == EBUSY ? 0 : 100;
	otpi_fiber_thread_fini(&here);
	return NULL;
}

static void
test_other_thread(void **state)
{
	pthread_t thread;

	(void)state;
	fiber = new_fiber(0, travel);
	of_thread = 1;
	back = &native;
	enter();
	assert_int_equal(seen, 1);
	assert_int_equal(pthread_create(&thread, NULL, run_elsewhere, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(seen, 2);
	/* Its errno went with it. */
	assert_int_equal(steps, 1);
	back = &native;
	enter();
	assert_int_equal(seen, 1);
	assert_int_equal(steps, 2);
}

/* --- abandoning ----------------------------------------------------------- */

static void
start_again(void)
{
	volatile char room[1000];

	room[0] = (char)steps;
	if (steps++ < 5)
		otpi_fiber_restart(fiber, start_again);
	seen = (uintptr_t)room;
	for (;;)
		leave();
}

static void
test_restart(void **state)
{
	(void)state;
	fiber = new_fiber(0, start_again);
	enter();
	assert_int_equal(steps, 6);
#ifndef SAN_ADDRESS
	/* It is at the base, not deeper each time. */
	assert_in_range(
		(uintptr_t)fiber->stack + fiber->stack_size - seen, 0, 2000);
#endif
}

static bool
is_processor_sane(void)
{
#if defined(__x86_64__)
	const unsigned long long direction = 1 << 10;
	volatile long double one = 1.0L;

	/* With a full x87 stack this would be a NaN. */
	return !(__builtin_ia32_readeflags_u64() & direction) &&
		one + 1.0L == 2.0L;
#else
	return true;
#endif
}

static void
after_rewrite(void)
{
	seen = (uintptr_t)fegetround();
	for (;;) {
		steps = is_processor_sane() ? 100 : 99;
		leave();
	}
}

static void
rewrite(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	otpi_fiber_rewrite(context, fiber, after_rewrite);
}

/* Leaves the processor in a state that no C function may be called in. */
static __attribute__((noinline)) void
spoil_and_trap(void)
{
#if defined(__x86_64__)
	__asm__ volatile("std\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\t"
			 "fld1\n\tfld1\n\tfld1\n\tud2");
#else
	__asm__ volatile("udf #0");
#endif
}

static void
spoil(void)
{
	steps = 1;
	fesetround(FE_UPWARD);
	spoil_and_trap();
	steps = 2;
}

static void
test_rewrite(void **state)
{
	struct sigaction action = {
		.sa_sigaction = rewrite, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	struct sigaction former;

	(void)state;
	sigaction(SIGILL, &action, &former);
	fiber = new_fiber(0, spoil);
	enter();
	assert_int_equal(steps, 100);
	assert_int_equal(seen, FE_TONEAREST);
	sigaction(SIGILL, &former, NULL);
}

/* --- stacks --------------------------------------------------------------- */

static void
test_sizes(void **state)
{
	struct otpi_fiber *other = NULL;

	(void)state;
	fiber = new_fiber(SAN_STACK_MIN + 1, count_steps);
	assert_int_equal(fiber->stack_size, 2 * SAN_STACK_MIN);
	enter();
	assert_int_equal(
		otpi_fiber_new(OTPI_STACK_MAX + 1, count_steps, &other),
		OTP_BADARG);
	assert_null(other);
	other = new_fiber(OTPI_STACK_MAX, count_steps);
	assert_int_equal(other->stack_size, OTPI_STACK_MAX);
	otpi_fiber_free(other);
}

static void
test_reuse(void **state)
{
	struct otpi_fiber *first = new_fiber(0, count_steps);
	char *stack = first->stack;

	(void)state;
	fiber = first;
	enter();
	otpi_fiber_free(first);
	fiber = new_fiber(0, count_steps);
	assert_ptr_equal(fiber->stack, stack);
	assert_int_equal(otpi_fiber_stack_used(fiber),
		otpi_stacks.page_size); /* what a start needs */
}

static __attribute__((noinline)) void
use_stack(void)
{
	volatile char room[40000];

	for (size_t i = 0; i < sizeof room; i += 100)
		room[i] = 1;
	seen = (uintptr_t)room[100];
}

static void
use_and_stay(void)
{
	char held[3000];

	memset(held, 7, sizeof held);
	use_stack();
	for (;;) {
		leave();
		seen = 0;
		for (size_t i = 0; i < sizeof held; i++)
			seen += (uintptr_t)held[i];
	}
}

static void
test_trim(void **state)
{
	size_t used;

	(void)state;
	fiber = new_fiber(0, use_and_stay);
	enter();
	used = otpi_fiber_stack_used(fiber);
	assert_in_range(used, 40000, fiber->stack_size);
	otpi_fiber_trim(fiber, 16384);
	used = otpi_fiber_stack_used(fiber);
	assert_in_range(used, 4096, 20480);
	/* What it still uses stays, whatever is asked for. */
	otpi_fiber_trim(fiber, 0);
	enter();
	assert_int_equal(seen, 7 * 3000);
}

static struct otpi_fiber *guarded;

static void
report_guard(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(otpi_fiber_in_guard(guarded, (uintptr_t)info->si_addr) ? 0 : 1);
}

/* Whether a write there faults in the guard: in a child. */
static bool
is_guard(struct otpi_fiber *of, char *at)
{
	struct sigaction action = {
		.sa_sigaction = report_guard, .sa_flags = SA_SIGINFO};
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		guarded = of;
		sigaction(SIGSEGV, &action, NULL);
		sigaction(SIGBUS, &action, NULL);
		*(volatile char *)at = 1;
		_exit(2);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
check_guard(struct otpi_fiber *of)
{
	assert_true(is_guard(of, of->stack - 1));
	assert_true(is_guard(of, of->stack - of->guard_size));
	assert_false(is_guard(of, of->stack));
	assert_false(otpi_fiber_in_guard(of, (uintptr_t)of->stack));
	assert_false(otpi_fiber_in_guard(
		of, (uintptr_t)of->stack - of->guard_size - 1));
}

static void
test_guard(void **state)
{
	(void)state;
	fiber = new_fiber(0, count_steps);
	check_guard(fiber);
	print_message("# guards are %s\n",
		otpi_stacks.guard_install ? "page table marks" : "mappings");
}

/* As on a kernel before 6.13, and with room for three stacks more. */
static void
test_guard_mappings(void **state)
{
	struct otpi_fiber *made[4] = {NULL};
	bool install = otpi_stacks.guard_install;
	size_t limit = otpi_stacks.slot_limit;
	const size_t size = 1024 * 1024; /* no other test's */

	(void)state;
	otpi_stacks.guard_install = false;
	otpi_stacks.slot_limit = otpi_stacks.slots + 3;
	for (int i = 0; i < 3; i++)
		made[i] = new_fiber(size, count_steps);
	check_guard(made[1]);
	assert_int_equal(
		otpi_fiber_new(size, count_steps, &made[3]), OTP_SYSTEM_LIMIT);
	assert_null(made[3]);
	otpi_fiber_free(made[2]);
	made[2] = new_fiber(size, count_steps);
	otpi_stacks.slot_limit++;
	made[3] = new_fiber(size, count_steps);
	for (int i = 0; i < 4; i++)
		otpi_fiber_free(made[i]);
	otpi_stacks.guard_install = install;
	otpi_stacks.slot_limit = limit;
	fiber = new_fiber(0, count_steps);
}

static void
test_many(void **state)
{
	static struct otpi_fiber *all[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		all[i] = new_fiber(0, count_steps);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < MANY; i++) {
			fiber = all[i];
			enter();
		}
	assert_int_equal(steps, 2 * MANY);
	for (int i = 1; i < MANY; i++)
		otpi_fiber_free(all[i]);
	fiber = all[0];
}

static struct otpi_fiber *other_fiber;

static void
bounce(struct otpi_fiber *self, struct otpi_fiber *to)
{
	for (;;) {
		if (steps++ >= OFTEN)
			otpi_fiber_switch(self, &native);
		otpi_fiber_switch(self, to);
	}
}

static void
bounce_one(void)
{
	bounce(fiber, other_fiber);
}

static void
bounce_other(void)
{
	bounce(other_fiber, fiber);
}

static void
test_speed(void **state)
{
	struct timespec from, to;

	(void)state;
	fiber = new_fiber(0, bounce_one);
	other_fiber = new_fiber(0, bounce_other);
	clock_gettime(CLOCK_MONOTONIC, &from);
	enter();
	clock_gettime(CLOCK_MONOTONIC, &to);
	print_message("# a switch takes %.1f ns\n",
		((double)(to.tv_sec - from.tv_sec) * 1e9 +
			(double)(to.tv_nsec - from.tv_nsec)) /
			OFTEN);
	otpi_fiber_free(other_fiber);
}

#define FIBER_TEST(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIBER_TEST(test_switch),
		FIBER_TEST(test_errno),
		FIBER_TEST(test_rounding),
		FIBER_TEST(test_registers),
		FIBER_TEST(test_other_thread),
		FIBER_TEST(test_restart),
		FIBER_TEST(test_rewrite),
		FIBER_TEST(test_sizes),
		FIBER_TEST(test_reuse),
		FIBER_TEST(test_trim),
		FIBER_TEST(test_guard),
		FIBER_TEST(test_guard_mappings),
		FIBER_TEST(test_many),
		FIBER_TEST(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
