/* SPDX-License-Identifier: Apache-2.0 */
/* What does not end one process only; and kills, of which some do. */
#include <ucontext.h>

#include "contain_world.h"

#if defined(__x86_64__)
#define JUMP_WITHOUT_CALL \
	__asm__ volatile("pushq $0\n\tpushq $4096\n\tret" ::: "memory")
#define UNDEFINED_INSTRUCTION \
	{ \
		0x0f, 0x0b \
	}
#else
#define JUMP_WITHOUT_CALL \
	__asm__ volatile("mov x30, #0\n\tmov x16, #4096\n\tbr x16" :: \
				 : "x30", "x16", "memory")
#define UNDEFINED_INSTRUCTION \
	{ \
		0, 0, 0, 0 \
	}
#endif

/* --- the library is among the frames --------------------------------------- */

static void
print_wild(void)
{
	int (*volatile print)(FILE *, const char *, ...) = fprintf;

	print(stderr, "%s", wild_pointer);
}

static void
free_wild(void)
{
	void (*volatile release)(void *) = free;

	release(wild_pointer);
}

static WRONG int
compare_and_fault(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return *(volatile int *)(void *)null_pointer;
}

static void
sort_and_fault(void)
{
	int numbers[] = {3, 1, 2};

	qsort(numbers, 3, sizeof numbers[0], compare_and_fault);
	sink = numbers[0];
}

static void
test_library(void **state)
{
	(void)state;
	if (INTERCEPTORS_ARE_OURS) {
		skip_because(SANITIZER " is linked into the program");
		return;
	}
	expect_refused(print_wild, "is inside");
	expect_refused(sort_and_fault, "called by");
}

static void
test_free_wild(void **state)
{
	(void)state;
	if (SANITIZER[0]) {
		skip_because(SANITIZER " reports a wild free and exits");
		return;
	}
	expect_refused(free_wild, "is inside libc");
}

static void
send_segv(void)
{
	kill(getpid(), SIGSEGV);
	for (;;)
		sink++;
}

static void
test_sent(void **state)
{
	(void)state;
	expect_refused(send_segv, "was sent");
}

static WRONG void
fault_in_handler(void)
{
	world.faulty = true;
	write_null();
}

/* The second one is on the alternate stack, not on the fiber's. */
static void
test_fault_in_fault(void **state)
{
	struct outcome outcome;

	(void)state;
	if (is_sanitizer("ThreadSanitizer")) {
		/* It blocks the signal: the kernel ends the program. */
		outcome = run_child(fault_in_handler);
		assert_int_equal(outcome.ending, CRASHED);
		assert_int_equal(WTERMSIG(outcome.status), SIGSEGV);
		return;
	}
	expect_refused(fault_in_handler, "not the process's own");
}

static ucontext_t outer, inner;

static void
write_elsewhere(void)
{
	static char stack[65536];

	getcontext(&inner);
	inner.uc_stack.ss_sp = stack;
	inner.uc_stack.ss_size = sizeof stack;
	inner.uc_link = &outer;
	makecontext(&inner, write_null, 0);
	swapcontext(&outer, &inner);
}

static void
test_own_stack(void **state)
{
	(void)state;
	expect_refused(write_elsewhere, "not the process's own");
}

static WRONG __attribute__((no_sanitize("address"))) void
smash(void)
{
	volatile uintptr_t *frame = __builtin_frame_address(0);

	frame[0] = 0x4141414141414141;
	frame[1] = 0x4141414141414141;
	*(volatile int *)(void *)null_pointer = 1;
}

static void
call_smash(void)
{
	smash();
	sink = 1;
}

static void
test_damaged_stack(void **state)
{
	(void)state;
	expect_refused(call_smash, "");
}

static void
run_generated_code(void)
{
	static const unsigned char code[] = UNDEFINED_INSTRUCTION;
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	memcpy(page, code, sizeof code);
	__builtin___clear_cache(page, page + sizeof code);
	jump_to((uintptr_t)page);
}

static void
test_generated_code(void **state)
{
	(void)state;
	expect_refused(run_generated_code, "in no loaded object");
}

/* --- jumps and aborts of others ------------------------------------------- */

static WRONG void
jump_without_call(void)
{
	JUMP_WITHOUT_CALL;
}

static void
test_jump_without_call(void **state)
{
	(void)state;
	expect_refused(jump_without_call, "stack is damaged");
}

static void
corrupt_heap(void)
{
	size_t *volatile block = malloc(100);
	void (*volatile release)(void *) = free;

	/* An odd size: malloc notices and aborts with its lock held. */
	if (block)
		block[-1] = 0x1003;
	release(block);
	sink = 1;
}

extern void __stack_chk_fail(void);

static void
fail_stack_check(void)
{
	void (*volatile check)(void) = __stack_chk_fail;

	check();
	sink = 1;
}

static void
test_stack_check(void **state)
{
	(void)state;
	expect_refused(fail_stack_check, "a library aborted");
}

static void
test_abort_of_library(void **state)
{
	(void)state;
	if (SANITIZER[0]) {
		skip_because(SANITIZER " has an allocator of its own");
		return;
	}
	expect_refused(corrupt_heap, "a library aborted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jump_without_call),
		cmocka_unit_test(test_abort_of_library),
		cmocka_unit_test(test_stack_check),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_free_wild),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_fault_in_fault),
		cmocka_unit_test(test_own_stack),
		cmocka_unit_test(test_damaged_stack),
		cmocka_unit_test(test_generated_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
