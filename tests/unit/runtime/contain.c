/* SPDX-License-Identifier: Apache-2.0 */
/* What ends one process only. */
#include <assert.h>

#include "contain_world.h"

#if defined(__x86_64__)
#define DIVISION_FAULTS true
#else
#define DIVISION_FAULTS false
#endif

/* --- faults of the handler's own code ------------------------------------ */

static WRONG void
read_null(void)
{
	sink = *(volatile int *)(void *)null_pointer;
}

static WRONG void
write_unmapped(void)
{
	*(volatile char *)wild_pointer = 1;
}

static void
test_read_null(void **state)
{
	struct outcome outcome = expect_contained(read_null, SIGSEGV);

	(void)state;
	assert_int_equal(outcome.fault.address, 0);
	assert_false(outcome.fault.overflow);
}

static void
test_write_null(void **state)
{
	(void)state;
	expect_contained(write_null, SIGSEGV);
}

static void
test_write_unmapped(void **state)
{
	(void)state;
	expect_contained(write_unmapped, SIGSEGV);
}

static WRONG void
jump_null(void)
{
	jump_to(0);
}

static WRONG void
jump_unmapped(void)
{
	jump_to(0x7ff000);
}

static WRONG void
jump_impossible(void)
{
	jump_to((uintptr_t)0xdead << 48);
}

static WRONG void
jump_data(void)
{
	static char data[64];

	jump_to((uintptr_t)data);
}

static void
test_jump(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = expect_contained(jump_null, SIGSEGV);
	assert_int_equal(outcome.fault.pc, 0);
	/* The caller is the first to be seen. */
	assert_in_range(outcome.fault.frames[0], (uintptr_t)jump_to,
		(uintptr_t)jump_to + 500);
	expect_contained(jump_unmapped, SIGSEGV);
	expect_contained(jump_impossible, SIGSEGV);
	expect_contained(jump_data, SIGSEGV);
}

static WRONG void
divide(void)
{
	volatile int zero = 0;

	sink = 7 / zero;
}

static void
test_divide(void **state)
{
	(void)state;
	if (!DIVISION_FAULTS) {
		skip_because("this processor divides by zero without a word");
		return;
	}
	expect_contained(divide, SIGFPE);
}

static WRONG void
trap(void)
{
	__builtin_trap();
}

static void
test_trap(void **state)
{
	struct outcome outcome = run_child(trap);

	(void)state;
	/* SIGTRAP on aarch64 with some compilers: then it is not ours. */
	if (outcome.ending == CRASHED && WTERMSIG(outcome.status) == SIGTRAP) {
		skip_because("__builtin_trap gives SIGTRAP here");
		return;
	}
	expect_contained(trap, SIGILL);
}

static WRONG void
bus_error(void)
{
	char name[] = "/tmp/otp-contain-XXXXXX";
	int file = mkstemp(name);
	char *map;

	unlink(name);
	if (file < 0 || ftruncate(file, 4096))
		return;
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
	if (map == MAP_FAILED || ftruncate(file, 0))
		return;
	sink = *(volatile char *)map;
}

static void
test_bus_error(void **state)
{
	(void)state;
	expect_contained(bus_error, SIGBUS);
}

/* --- leaves of the C library ---------------------------------------------- */

static void
strlen_null(void)
{
	size_t (*volatile length)(const char *) = strlen;

	sink = (int)length(null_pointer);
}

static void
memcpy_wild(void)
{
	void *(*volatile copy)(void *, const void *, size_t) = memcpy;
	char source[300] = {1};

	copy(wild_pointer, source, sizeof source);
	sink = source[0];
}

static void
test_leaves(void **state)
{
	(void)state;
	expect_contained(strlen_null, SIGSEGV);
	expect_contained(memcpy_wild, SIGSEGV);
}

/* --- abort ---------------------------------------------------------------- */

static void
call_abort(void)
{
	sink = 1;
	abort();
}

static void
call_raise(void)
{
	raise(SIGABRT);
	sink = 1;
}

static void
fail_assertion(void)
{
	volatile int one = 1;

	/* assert of <assert.h>, whatever NDEBUG and cmocka make of it. */
	if (one != 2)
		__assert_fail("one == 2", __FILE__, __LINE__, __func__);
	sink = 1;
}

extern void *__memcpy_chk(void *, const void *, size_t, size_t);

/* What memcpy becomes with -D_FORTIFY_SOURCE, and room for ten. */
static void
copy_too_much(void)
{
	void *(*volatile copy)(void *, const void *, size_t, size_t) =
		__memcpy_chk;
	char to[100], from[100] = {1};

	copy(to, from, sizeof from, 10);
	sink = to[0];
}

extern ssize_t __read_chk(int, void *, size_t, size_t);

static void
read_too_much(void)
{
	ssize_t (*volatile read_it)(int, void *, size_t, size_t) = __read_chk;
	char to[10];

	sink = (int)read_it(0, to, 100, sizeof to);
}

static void
abort_from_outside(void)
{
	kill(getpid(), SIGABRT);
	for (;;)
		sink++;
}

static void
test_abort(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = expect_contained(call_abort, SIGABRT);
	assert_int_equal(outcome.fault.address, 0);
	expect_contained(call_raise, SIGABRT);
	expect_contained(fail_assertion, SIGABRT);
	expect_contained(copy_too_much, SIGABRT);
	expect_contained(read_too_much, SIGABRT);
	expect_refused(abort_from_outside, "outside the handler");
}

/* --- running off the stack ------------------------------------------------ */

static WRONG int
recurse_small(int depth)
{
	if (depth < 0)
		return 0;
	return recurse_small(depth + 1) + (sink & 1);
}

static WRONG int
recurse_large(int depth)
{
	volatile char room[20000];

	room[0] = (char)depth;
	if (depth < 0)
		return 0;
	return recurse_large(depth + 1) + room[0];
}

static void
overflow_small(void)
{
	sink = recurse_small(0);
}

static void
overflow_large(void)
{
	sink = recurse_large(0);
}

static void
test_overflow(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = expect_contained(overflow_small, SIGSEGV);
	assert_true(outcome.fault.overflow);
	assert_int_equal(outcome.fault.frame_count, OTPI_FAULT_FRAMES);
	outcome = expect_contained(overflow_large, SIGSEGV);
	assert_true(outcome.fault.overflow);
}

/* The longest walk there is. */
static void
test_overflow_of_8_mib(void **state)
{
	struct outcome outcome;

	(void)state;
	if (is_sanitizer("ThreadSanitizer")) {
		skip_because("ThreadSanitizer follows at most 65,536 calls");
		return;
	}
	world.stack_size = OTPI_STACK_MAX;
	outcome = expect_contained(overflow_small, SIGSEGV);
	world.stack_size = 0;
	assert_true(outcome.fault.overflow);
	print_message(
		"# the walk took %ld us\n", (long)(outcome.check_ns / 1000));
}

/* --- what is told --------------------------------------------------------- */

static WRONG void
frame_three(void)
{
	write_null();
	sink = 3;
}

static WRONG void
frame_two(void)
{
	frame_three();
	sink = 2;
}

static WRONG void
frame_one(void)
{
	/* A frame that realigns its stack, and one of no fixed size. */
	volatile char *room = __builtin_alloca((size_t)(sink & 1) + 100);
	_Alignas(64) volatile char aligned[64];

	room[0] = 1;
	aligned[0] = 1;
	frame_two();
	sink = room[0] + aligned[0];
}

static void
test_frames(void **state)
{
	const uintptr_t expected[] = {(uintptr_t)frame_three,
		(uintptr_t)frame_two, (uintptr_t)frame_one};
	struct outcome outcome = expect_contained(frame_one, SIGSEGV);

	(void)state;
	assert_in_range(outcome.fault.pc, (uintptr_t)write_null,
		(uintptr_t)write_null + 500);
	assert_int_equal(outcome.fault.frame_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_in_range(outcome.fault.frames[i], expected[i],
			expected[i] + 1000);
}

/* --- many ----------------------------------------------------------------- */

#define MANY (SANITIZER[0] ? 1000 : 70000)

static long
resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long total = 0, resident = 0;

	if (file) {
		if (fscanf(file, "%ld %ld", &total, &resident) != 2)
			resident = 0;
		fclose(file);
	}
	return resident;
}

static struct otpi_fiber many_native, *many_fiber;

/* What world_main does, but the fiber is used again. */
static void
many_main(void)
{
	for (;;) {
		if (!world.landed) {
			world.entry_sp = (uintptr_t)__builtin_frame_address(0);
			write_null();
		}
		otpi_fiber_switch(many_fiber, &many_native);
		world.landed = false;
	}
}

static void
many_signal(int number, siginfo_t *info, void *context)
{
	(void)number;
	if (!otpi_contain_check(info, context, many_fiber, world.entry_sp,
		    &world.outcome->fault))
		_exit(0);
	world.landed = true;
	otpi_fiber_rewrite(context, many_fiber, many_main);
}

static void
fault_many_times(int count)
{
	for (int i = 0; i < count; i++)
		otpi_fiber_switch(&many_native, many_fiber);
}

static void
run_many(void)
{
	struct sigaction action = {.sa_sigaction = many_signal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK};
	int64_t start;
	long before;

	sigaction(SIGSEGV, &action, NULL);
	otpi_fiber_thread_init(&many_native);
	if (otpi_fiber_new(0, many_main, &many_fiber) != OTP_OK)
		_exit(3);
	fault_many_times(MANY / 70);
	before = resident_pages();
	start = now_ns();
	fault_many_times(MANY);
	world.outcome->number = (now_ns() - start) / MANY;
	world.outcome->refusals = (int)(resident_pages() - before);
	world.outcome->ending = RETURNED;
	_exit(0);
}

static void
test_many(void **state)
{
	struct outcome outcome;
	pid_t pid;

	(void)state;
	world.outcome = mmap(NULL, sizeof outcome, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		world_start();
		run_many();
	}
	waitpid(pid, &world.outcome->status, 0);
	outcome = *world.outcome;
	assert_int_equal(outcome.ending, RETURNED);
	print_message("# %d faults: %ld ns each, %d pages more\n", MANY,
		(long)outcome.number, outcome.refusals);
	/* A leak of 8 bytes each would be 136 pages; the kernel's count of
	 * them is exact to 64. */
	if (!SANITIZER[0])
		assert_true(outcome.refusals < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_null),
		cmocka_unit_test(test_write_null),
		cmocka_unit_test(test_write_unmapped),
		cmocka_unit_test(test_jump),
		cmocka_unit_test(test_divide),
		cmocka_unit_test(test_trap),
		cmocka_unit_test(test_bus_error),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_overflow_of_8_mib),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
