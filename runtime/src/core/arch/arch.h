/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between processors: how a stack is left and entered, what of
 * an interrupted thread is where in its ucontext, and how unwind tables
 * number the registers. Each processor has one header and one assembler file
 * that give the same names:
 *
 * ARCH_REGS		registers that unwinding follows, by DWARF's numbers
 * ARCH_SP, ARCH_RA	which of them are stack pointer and return address
 * arch_control()	the floating-point control words, in one value
 * arch_prepare()	makes a stack look as if it had been left at the base
 * arch_rewrite()	makes a signal handler return to the base of a stack
 * arch_load()		the registers of interrupted code; gives its pc
 * arch_strip()		a return address without its signature
 * arch_pop_call()	undoes a call, seen from the called function's first
 *			instruction; false if its address is not on the stack
 * arch_is_after_call() whether a return address follows a call instruction
 * arch_jump()		where a direct jump leads whose code may begin here, or 0;
 *			ARCH_CODE_STEP is the distance between such places;
 *			ARCH_CODE_IS_EXACT: whether it begins there for sure
 * arch_is_wild()	whether the kernel says that pc could not be fetched
 */
#ifndef OTPI_ARCH_H
#define OTPI_ARCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || !defined(__LP64__)
#error "libotp runs on 64-bit little-endian processors only"
#elif defined(__x86_64__)
#include "x86_64.h"
#elif defined(__aarch64__)
#include "aarch64.h"
#else
#error "libotp runs on x86-64 and aarch64 only"
#endif

struct otpi_fiber;

void otpi_arch_switch(void **save_sp, void *to_sp);
void otpi_arch_base(void);
_Noreturn void
otpi_arch_restart(struct otpi_fiber *self, void *base, uint64_t control);
/* Called by the base. */
_Noreturn void otpi_fiber_main(struct otpi_fiber *self);

#endif
