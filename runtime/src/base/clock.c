/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <time.h>

#define NS_PER_S INT64_C(1000000000)

/* The clocks used exist on every Linux: reading them cannot fail. */
static int64_t
read_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
otpi_clock_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t
otpi_clock_wall_us(void)
{
	return read_ns(CLOCK_REALTIME) / 1000;
}
