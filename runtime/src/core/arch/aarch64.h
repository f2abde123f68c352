/* SPDX-License-Identifier: Apache-2.0 */
/* See arch.h, which includes this. */
#ifndef OTPI_ARCH_AARCH64_H
#define OTPI_ARCH_AARCH64_H

#include <asm/sigcontext.h>

#define ARCH_REGS 32
#define ARCH_SP 31
#define ARCH_RA 30
#define ARCH_CODE_STEP 4
#define ARCH_CODE_IS_EXACT true

static inline uint64_t
arch_control(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	return fpcr;
}

/* See switch_aarch64.S for the layout. */
static inline void *
arch_prepare(char *base, void (*start)(void), void *self, uint64_t control)
{
	uint64_t frame[22] = {[0] = control,
		[2] = (uint64_t)(uintptr_t)self,
		[13] = (uint64_t)(uintptr_t)start};

	return memcpy(base - sizeof frame, frame, sizeof frame);
}

/* The control word is in the record for the vector registers. */
static inline void
arch_rewrite_fp(mcontext_t *machine, uint64_t control)
{
	char *at = (char *)machine->__reserved;
	char *end = at + sizeof machine->__reserved;
	struct _aarch64_ctx head;
	struct fpsimd_context *fp;

	while (at + sizeof head <= end) {
		memcpy(&head, at, sizeof head);
		if (head.magic == 0 || head.size < sizeof head)
			return;
		if (head.magic == FPSIMD_MAGIC) {
			fp = (struct fpsimd_context *)(void *)at;
			fp->fpcr = (uint32_t)control;
			fp->fpsr = 0;
			return;
		}
		at += head.size;
	}
}

static inline void
arch_rewrite(ucontext_t *context, char *base, void (*start)(void), void *self,
	uint64_t control)
{
	const uint64_t branch_type = 3u << 10;
	mcontext_t *machine = &context->uc_mcontext;

	machine->pc = (uint64_t)(uintptr_t)start;
	machine->sp = (uint64_t)(uintptr_t)base;
	machine->regs[19] = (uint64_t)(uintptr_t)self;
	machine->regs[29] = 0;
	machine->regs[30] = 0;
	machine->pstate &= ~branch_type;
	arch_rewrite_fp(machine, control);
}

static inline uintptr_t
arch_load(const ucontext_t *context, uintptr_t regs[ARCH_REGS])
{
	const mcontext_t *machine = &context->uc_mcontext;

	for (unsigned i = 0; i < ARCH_SP; i++)
		regs[i] = (uintptr_t)machine->regs[i];
	regs[ARCH_SP] = (uintptr_t)machine->sp;
	return (uintptr_t)machine->pc;
}

/* xpaclri: does nothing where there are no signatures. */
static inline uintptr_t
arch_strip(uintptr_t address)
{
	register uintptr_t x30 __asm__("x30") = address;

	__asm__("hint #7" : "+r"(x30));
	return x30;
}

static inline bool
arch_pop_call(uintptr_t regs[ARCH_REGS], uintptr_t low, uintptr_t high)
{
	return regs[ARCH_SP] >= low && regs[ARCH_SP] <= high;
}

/* bl, or blr and its signed forms. */
static inline bool
arch_is_after_call(uintptr_t address, uintptr_t function)
{
	uint32_t code;

	if (address % 4 || address - function < 4)
		return false;
	memcpy(&code, (const void *)(address - 4), sizeof code);
	return (code & 0xfc000000) == 0x94000000 ||
		(code & 0xfefff000) == 0xd63f0000;
}

/* b; b.cond, cbz and cbnz; tbz and tbnz: a distance of 26, 19 or 14 bits. */
static inline uintptr_t
arch_jump(const uint8_t *code, size_t left)
{
	uint32_t word;
	int32_t distance;

	if (left < 4)
		return 0;
	memcpy(&word, code, sizeof word);
	if (word >> 26 == 0x05)
		distance = (int32_t)(word << 6) >> 6;
	else if (word >> 24 == 0x54 || (word >> 25 & 0x3f) == 0x1a)
		distance = (int32_t)(word << 8) >> 13;
	else if ((word >> 25 & 0x3f) == 0x1b)
		distance = (int32_t)(word << 13) >> 18;
	else
		return 0;
	return (uintptr_t)code + (uintptr_t)((intptr_t)distance * 4);
}

static inline bool
arch_is_wild(const siginfo_t *info, uintptr_t pc)
{
	return (uintptr_t)info->si_addr == pc;
}

#endif
