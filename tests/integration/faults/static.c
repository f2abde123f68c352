/* SPDX-License-Identifier: Apache-2.0 */
/* In a static program nothing is contained, and the rule says why. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/contain.h"

static struct otpi_fiber native;
static struct otpi_fiber *fiber;
static struct otpi_fault fault;
static uintptr_t entry_sp;
static char *volatile null_pointer;

static void
handle(int number, siginfo_t *info, void *context)
{
	bool contained =
		otpi_contain_check(info, context, fiber, entry_sp, &fault);

	(void)number;
	if (fault.rule)
		(void)!write(1, fault.rule, strlen(fault.rule));
	_exit(contained ? 1 : 0);
}

static void
run(void)
{
	entry_sp = (uintptr_t)__builtin_frame_address(0);
	*null_pointer = 1;
	otpi_fiber_switch(fiber, &native);
}

int
main(void)
{
	static char stack[OTPI_SIGNAL_STACK];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {
		.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	if (sigaltstack(&alternate, NULL) || sigaction(SIGSEGV, &action, NULL))
		return 2;
	otpi_contain_init();
	otpi_fiber_thread_init(&native);
	if (otpi_fiber_new(0, run, &fiber) != OTP_OK)
		return 2;
	otpi_fiber_switch(&native, fiber);
	return 2;
}
