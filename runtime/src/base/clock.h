/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's clocks. The monotonic ones never go back and do not jump when
 * somebody sets the time; only the wall clock says what time it is. The
 * coarse one costs a quarter of the exact one and lags it by up to its
 * resolution, so it may wake a timer late but never early.
 */
#ifndef OTPI_CLOCK_H
#define OTPI_CLOCK_H

#include <otp/base.h>

int64_t otpi_clock_ns(void);
int64_t otpi_clock_coarse_ms(void);
/* Rounded up to whole milliseconds, at least 1. */
int64_t otpi_clock_coarse_resolution_ms(void);
/* Microseconds since 1970, UTC. */
int64_t otpi_clock_wall_us(void);

#endif
