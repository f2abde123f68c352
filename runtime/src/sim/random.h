/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers drawn from a seed: splitmix64, whose state is a counter. */
#ifndef OTPI_SIM_RANDOM_H
#define OTPI_SIM_RANDOM_H

#include <stdint.h>

static inline uint64_t
random_mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint64_t
random_next(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return random_mix(*state);
}

/* Less than n, which is not 0. */
static inline uint32_t
random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

#endif
