/* SPDX-License-Identifier: Apache-2.0 */
/* See arch.h, which includes this. */
#ifndef OTPI_ARCH_X86_64_H
#define OTPI_ARCH_X86_64_H

#define ARCH_REGS 17
#define ARCH_SP 7
#define ARCH_RA 16
#define ARCH_CODE_STEP 1
#define ARCH_CODE_IS_EXACT false

static inline uint64_t
arch_control(void)
{
	uint32_t mxcsr;
	uint16_t x87;

	__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(x87));
	/* Without the flags of exceptions that already happened. */
	return (mxcsr & ~0x3fu) | (uint64_t)x87 << 32;
}

/* See switch_x86_64.S for the layout. */
static inline void *
arch_prepare(char *base, void (*start)(void), void *self, uint64_t control)
{
	uint64_t frame[8] = {control, 0, 0, 0, 0, (uint64_t)(uintptr_t)self, 0,
		(uint64_t)(uintptr_t)start};

	return memcpy(base - sizeof frame, frame, sizeof frame);
}

/*
 * Empties the x87 stack, sets both control words, and has the wide halves of
 * the vector registers start from zero: left in use, they slow down code that
 * does not know of them.
 */
static inline void
arch_rewrite_fp(struct _libc_fpstate *fp, uint64_t control)
{
	enum {
		SW_RESERVED = 464,
		MAGIC1 = 0x46505853,
		XSTATE_BV = 512
	};
	const uint64_t wide = 1u << 2 | 7u << 5 | 3u << 17;
	char *area = (char *)fp;
	uint32_t magic;
	uint64_t present;

	if (!fp)
		return;
	fp->cwd = (uint16_t)(control >> 32);
	fp->swd = 0;
	fp->ftw = 0;
	fp->mxcsr = (uint32_t)control;
	memcpy(&magic, area + SW_RESERVED, sizeof magic);
	if (magic != MAGIC1)
		return;
	memcpy(&present, area + XSTATE_BV, sizeof present);
	present &= ~wide;
	memcpy(area + XSTATE_BV, &present, sizeof present);
}

static inline void
arch_rewrite(ucontext_t *context, char *base, void (*start)(void), void *self,
	uint64_t control)
{
	enum {
		TRAP = 1 << 8,
		DIRECTION = 1 << 10,
		ALIGNMENT = 1 << 18
	};
	greg_t *reg = context->uc_mcontext.gregs;

	reg[REG_RIP] = (greg_t)(uintptr_t)start;
	reg[REG_RSP] = (greg_t)(uintptr_t)base;
	reg[REG_RBX] = (greg_t)(uintptr_t)self;
	reg[REG_RBP] = 0;
	reg[REG_EFL] &= ~(greg_t)(DIRECTION | ALIGNMENT);
	arch_rewrite_fp(context->uc_mcontext.fpregs, control);
}

static inline uintptr_t
arch_load(const ucontext_t *context, uintptr_t regs[ARCH_REGS])
{
	static const uint8_t order[ARCH_RA] = {REG_RAX, REG_RDX, REG_RCX,
		REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9,
		REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
	const greg_t *from = context->uc_mcontext.gregs;

	for (unsigned i = 0; i < ARCH_RA; i++)
		regs[i] = (uintptr_t)from[order[i]];
	regs[ARCH_RA] = (uintptr_t)from[REG_RIP];
	return regs[ARCH_RA];
}

static inline uintptr_t
arch_strip(uintptr_t address)
{
	return address;
}

static inline bool
arch_pop_call(uintptr_t regs[ARCH_REGS], uintptr_t low, uintptr_t high)
{
	uintptr_t sp = regs[ARCH_SP];

	if (sp < low || sp > high - 8 || sp % 8)
		return false;
	memcpy(&regs[ARCH_RA], (const void *)sp, 8);
	regs[ARCH_SP] = sp + 8;
	return true;
}

/* e8 rel32, or ff /2 with any operand: two to seven bytes, maybe a prefix. */
static inline bool
arch_is_after_call(uintptr_t address, uintptr_t function)
{
	const uint8_t *end = (const uint8_t *)address;

	if (address - function >= 5 && end[-5] == 0xe8)
		return true;
	for (unsigned size = 2; size <= 7; size++)
		if (address - function >= size && *(end - size) == 0xff &&
			(end[1 - (int)size] & 0x38) == 0x10)
			return true;
	return false;
}

/*
 * e9 or 0f 80 to 0f 8f, and four bytes of distance; eb or 70 to 7f, and one.
 * Where instructions begin is not known, so that it may also be the middle
 * of one.
 */
static inline uintptr_t
arch_jump(const uint8_t *code, size_t left)
{
	size_t opcode = left >= 5 && code[0] == 0xe9                       ? 1
		: left >= 6 && code[0] == 0x0f && (code[1] & 0xf0) == 0x80 ? 2
									   : 0;
	int32_t distance;

	if (left >= 2 && (code[0] == 0xeb || (code[0] & 0xf0) == 0x70))
		return (uintptr_t)code + 2 + (uintptr_t)(int8_t)code[1];
	if (opcode == 0)
		return 0;
	memcpy(&distance, code + opcode, sizeof distance);
	return (uintptr_t)code + opcode + 4 + (uintptr_t)(intptr_t)distance;
}

/*
 * An address that cannot be mapped gives no si_addr (the processor calls it
 * a general protection fault); with it, pc is outside the halves of the
 * address space that exist.
 */
static inline bool
arch_is_wild(const siginfo_t *info, uintptr_t pc)
{
	return (uintptr_t)info->si_addr == pc ||
		(info->si_code == SI_KERNEL &&
			(pc + ((uintptr_t)1 << 47)) >> 48);
}

#endif
