/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's clocks. The monotonic one never goes back and does not jump when
 * somebody sets the time; only the wall clock says what time it is.
 */
#ifndef OTPI_CLOCK_H
#define OTPI_CLOCK_H

#include <otp/base.h>

int64_t otpi_clock_ns(void);
/* Microseconds since 1970, UTC. */
int64_t otpi_clock_wall_us(void);

#endif
