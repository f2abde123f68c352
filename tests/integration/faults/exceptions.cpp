/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fiber that is left inside a catch block finds its exception again, though
 * others threw and caught theirs meanwhile.
 */
#include <cstdio>
#include <exception>

extern "C" {
#include "core/fiber.h"
}

static struct otpi_fiber native;
static struct otpi_fiber *fibers[2];
static int wrong;

static void
catch_and_leave(int number, struct otpi_fiber *self)
{
	try {
		try {
			throw number;
		} catch (int &) {
			otpi_fiber_switch(self, &native);
			throw;
		}
	} catch (int &caught) {
		wrong += caught != number;
	}
	wrong += std::current_exception() != nullptr;
}

static void
run_first(void)
{
	for (;;) {
		catch_and_leave(1, fibers[0]);
		otpi_fiber_switch(fibers[0], &native);
	}
}

static void
run_second(void)
{
	for (;;) {
		catch_and_leave(2, fibers[1]);
		otpi_fiber_switch(fibers[1], &native);
	}
}

int
main()
{
	otpi_fiber_thread_init(&native);
	if (otpi_fiber_new(0, run_first, &fibers[0]) != OTP_OK ||
		otpi_fiber_new(0, run_second, &fibers[1]) != OTP_OK)
		return 2;
	for (int round = 0; round < 6; round++) {
		otpi_fiber_switch(&native, fibers[round & 1]);
		wrong += std::current_exception() != nullptr;
	}
	/* The one first, which caught first. */
	otpi_fiber_switch(&native, fibers[0]);
	otpi_fiber_switch(&native, fibers[0]);
	std::printf("%d wrong\n", wrong);
	return wrong != 0;
}
