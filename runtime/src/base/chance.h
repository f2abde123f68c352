/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hard mode does by chance (tuning.h), at places where the outcome must be
 * right either way. Elsewhere none is ever taken, and the compiler leaves the
 * places out.
 *
 * How often is in chance.def, unless the environment of the program says
 * otherwise: OTP_HARD_<NAME>=n is once in n times, 1 always, 0 never (1/n will
 * do, too): OTP_HARD_PASS=1, OTP_HARD_FAIL_SLOT=200. OTP_HARD_FAIL=n is for all
 * that fails, and else nothing does. OTP_HARD_SEED=n is where the numbers begin
 * that are drawn; with OTP_HARD_COUNTS a program that ends says how often each
 * was taken. With another value, or a name that there is not, it ends at once,
 * with status 2 and a message.
 *
 * bool otpi_chance(chance): is it taken?
 * bool otpi_chance_fails(chance): does what may fail here fail?
 * uint32_t otpi_chance_once_in(chance): how often it is; 0: never.
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
	CHANCES,
	CHANCE_FAIL_FIRST = CHANCE_FAIL_ALLOC
};

#endif
