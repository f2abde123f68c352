/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As little of a runtime as containment needs: one fiber on which a body runs
 * as a handler would, signal handlers on an alternate stack, and a landing.
 * Each body runs in a child process, which tells through shared memory what
 * became of it.
 */
#ifndef CONTAIN_WORLD_H
#define CONTAIN_WORLD_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/contain.h"

#include "test.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER "AddressSanitizer"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "ThreadSanitizer"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZER "AddressSanitizer"
#elif __has_feature(thread_sanitizer)
#define SANITIZER "ThreadSanitizer"
#endif
#endif
#ifndef SANITIZER
#define SANITIZER ""
#endif

/* Clang links its sanitizers into the program, so they pass for user code. */
#ifdef __clang__
#define INTERCEPTORS_ARE_OURS (SANITIZER[0] != '\0')
#else
#define INTERCEPTORS_ARE_OURS false
#endif

/* For code that is wrong on purpose. */
#define WRONG __attribute__((noinline, unused, no_sanitize("undefined")))

enum ending {
	CRASHED, /* the child ended without a word */
	RETURNED, /* the body returned */
	CONTAINED, /* landed after a fault */
	REFUSED /* the fault was not contained */
};

struct outcome {
	enum ending ending;
	struct otpi_fault fault;
	char rule[200];
	int status; /* of the child, as waitpid gives it */
	int refusals; /* of a signal that is not fatal */
	int64_t check_ns; /* that the last check took */
	int64_t number; /* whatever the body wants to tell */
};

struct world {
	struct otpi_fiber native;
	struct otpi_fiber *fiber;
	void (*body)(void);
	uintptr_t entry_sp;
	size_t stack_size; /* 0: the default */
	bool landed;
	bool faulty; /* the signal handler faults, too */
	struct outcome *outcome; /* shared with the parent */
};

static struct world world;

/* Hides from the compiler what is wrong. */
static char *volatile null_pointer;

static inline bool
is_sanitizer(const char *name)
{
	return strcmp(SANITIZER, name) == 0;
}

static inline void
skip_because(const char *why)
{
	print_message("# skip: %s\n", why);
	skip();
}

static __attribute__((unused)) volatile int sink;
static __attribute__((unused)) char *volatile wild_pointer = (char *)0x7ff000;

static WRONG void
write_null(void)
{
	*(volatile int *)(void *)null_pointer = 1;
}

static WRONG void
jump_to(uintptr_t address)
{
	void (*volatile to)(void) = (void (*)(void))address;

	to();
	sink++;
}

static int
kill_signal(void)
{
	return SIGRTMIN + 6;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void
world_main(void)
{
	if (!world.landed) {
		world.entry_sp = (uintptr_t)__builtin_frame_address(0);
		world.body();
	}
	otpi_fiber_switch(world.fiber, &world.native);
	abort();
}

static WRONG void
world_signal(int number, siginfo_t *info, void *context)
{
	struct outcome *outcome = world.outcome;
	int64_t start = now_ns();
	bool contained = otpi_contain_check(
		info, context, world.fiber, world.entry_sp, &outcome->fault);

	outcome->check_ns = now_ns() - start;
	if (contained && !world.faulty) {
		world.landed = true;
		otpi_fiber_rewrite(context, world.fiber, world_main);
		return;
	}
	if (world.faulty) {
		world.faulty = false;
		*(volatile char *)null_pointer = 1;
	}
	snprintf(outcome->rule, sizeof outcome->rule, "%s",
		outcome->fault.rule ? outcome->fault.rule : "");
	if (number == kill_signal()) {
		outcome->refusals++;
		return;
	}
	outcome->ending = REFUSED;
	_exit(0);
}

static void
world_handle(int number)
{
	struct sigaction action = {.sa_sigaction = world_signal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void
world_start(void)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	stack_t stack = {.ss_size = OTPI_SIGNAL_STACK};
	size_t size = world.stack_size;

	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		_exit(3);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		world_handle(faults[i]);
	world_handle(kill_signal());
	otpi_contain_init();
	otpi_fiber_thread_init(&world.native);
	if (otpi_fiber_new(size ? size : OTPI_STACK_DEFAULT, world_main,
		    &world.fiber) != OTP_OK)
		_exit(3);
}

/* Runs a body on the fiber; whether a fault ended it. */
static inline bool
world_enter(void (*body)(void))
{
	world.landed = false;
	world.body = body;
	otpi_fiber_free(world.fiber);
	if (otpi_fiber_new(
		    world.stack_size ? world.stack_size : OTPI_STACK_DEFAULT,
		    world_main, &world.fiber) != OTP_OK)
		_exit(3);
	otpi_fiber_switch(&world.native, world.fiber);
	return world.landed;
}

/* The body in a child process, whose messages go nowhere. */
static inline struct outcome
run_child(void (*body)(void))
{
	struct outcome *shared = mmap(NULL, sizeof *shared,
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct outcome outcome;
	pid_t pid;

	assert_true(shared != MAP_FAILED);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		world.outcome = shared;
		world_start();
		shared->ending = CRASHED;
		shared->ending = world_enter(body) ? CONTAINED : RETURNED;
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &shared->status, 0), pid);
	outcome = *shared;
	munmap(shared, sizeof *shared);
	return outcome;
}

static inline struct outcome
expect_contained(void (*body)(void), int number)
{
	struct outcome outcome = run_child(body);

	if (outcome.ending != CONTAINED)
		print_message("# ending %d, status %x, pc %lx: %s\n",
			outcome.ending, (unsigned)outcome.status,
			(unsigned long)outcome.fault.pc, outcome.rule);
	assert_int_equal(outcome.ending, CONTAINED);
	assert_int_equal(outcome.fault.signal, number);
	assert_null(outcome.fault.rule);
	return outcome;
}

/* Refused, with a rule that has these words. */
static inline struct outcome
expect_refused(void (*body)(void), const char *words)
{
	struct outcome outcome = run_child(body);

	if (outcome.ending != REFUSED || !strstr(outcome.rule, words))
		print_message("# ending %d, status %x, pc %lx: %s\n",
			outcome.ending, (unsigned)outcome.status,
			(unsigned long)outcome.fault.pc, outcome.rule);
	assert_int_equal(outcome.ending, REFUSED);
	assert_non_null(strstr(outcome.rule, words));
	return outcome;
}

#endif
