/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hard mode does by chance (tuning.h), at places where the outcome must be
 * right either way. Elsewhere none is ever taken, and the compiler leaves the
 * places out.
 *
 * bool otpi_chance(chance): is it taken?
 * bool otpi_chance_fails(chance): does what may fail here fail?
 * void otpi_chance_yield(chance): let other threads be faster, if it is taken.
 * void otpi_chances_allow(allowed): whether any is taken from now on. In the
 * deterministic mode none is, as other threads would come in; what is small
 * stays small.
 * void otpi_chance_pass(t): t's worker goes to another thread, if PASS is
 * taken; t is in the worker's loop.
 */
#ifndef OTPI_CHANCE_H
#define OTPI_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread;

enum chance {
#define CHANCE(name, once_in) CHANCE_##name,
#include "base/chance.def"
#undef CHANCE
	CHANCES
};

#endif
