/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the frames of interrupted code, from the innermost outwards, for the
 * handler of a fault. It reads the unwind tables of loaded objects, which the
 * linker wrote, and of memory only the words of one stack, each after a check
 * that it lies there: however damaged the frames are, the walk cannot fault.
 * A frame's canonical address (CFA, the stack pointer before its call) grows
 * from frame to frame, so a walk over n bytes of stack ends after n / 8 steps.
 *
 * Allocates nothing, takes no lock, keeps no state but in struct unwind.
 */
#ifndef OTPI_UNWIND_H
#define OTPI_UNWIND_H

#include <otp/base.h>

#include "core/arch/arch.h"

enum unwind_kind {
	UNWIND_SAME, /* the register is what it is in the inner frame */
	UNWIND_UNDEFINED,
	UNWIND_SAVED, /* at CFA + value */
	UNWIND_IS, /* CFA + value */
	UNWIND_REGISTER, /* is in register number value */
	UNWIND_SAVED_EXPR, /* at what the expression at value says */
	UNWIND_IS_EXPR
};

/* Whose code it is. */
struct unwind_object {
	const char *name; /* its path; empty for the program itself */
	uintptr_t start;
	const uint8_t *header; /* its .eh_frame_hdr, or NULL */
};

/* How to get from one frame to the next outer one, for one pc. */
struct unwind_rules {
	uintptr_t function; /* the code they are for begins here, */
	uintptr_t function_end; /* and ends before here */
	struct unwind_object object; /* that the code is in */
	bool cfa_by_expr;
	uint8_t cfa_register;
	uint8_t return_register; /* that leads to the caller: mostly ARCH_RA */
	bool is_signal; /* interrupted by a signal, not left by a call */
	uint8_t kind[ARCH_REGS]; /* enum unwind_kind */
	int64_t cfa_value; /* offset, or address of the expression */
	int64_t value[ARCH_REGS];
};

#define UNWIND_CACHE 4

struct unwind {
	/* The frame that is looked at. */
	uintptr_t pc;
	uintptr_t regs[ARCH_REGS];
	uintptr_t cfa; /* once otpi_unwind_look was called */
	const struct unwind_rules *rules; /* as cfa */
	bool exact; /* pc is an instruction, not a return address */
	/* The stack: from low to below high. */
	uintptr_t low;
	uintptr_t high;
	uintptr_t last_cfa;
	/* Recursion meets the same pc again and again. */
	uintptr_t cached_pc[UNWIND_CACHE];
	struct unwind_rules cached[UNWIND_CACHE];
	unsigned next_cached;
};

enum unwind_result {
	UNWIND_OK,
	UNWIND_NO_CODE, /* pc is in no loaded object */
	UNWIND_NO_TABLE, /* or in one, but has no unwind information */
	UNWIND_DAMAGED, /* what the frame refers to is not on the stack */
	UNWIND_END /* the base of the stack */
};

/* Begins at interrupted code. The stack is [low, high). */
void otpi_unwind_init(struct unwind *walk, const ucontext_t *context,
	uintptr_t low, uintptr_t high);

/* Finds rules and CFA of the frame. */
enum unwind_result otpi_unwind_look(struct unwind *walk);

/* From a frame that was looked at to its caller. */
enum unwind_result otpi_unwind_up(struct unwind *walk);

/*
 * From code that cannot be looked at, since pc is wild, to whoever called it.
 * UNWIND_DAMAGED if no call led here.
 */
enum unwind_result otpi_unwind_pop(struct unwind *walk);

/* The object that has the code; false if none. */
bool otpi_unwind_object(uintptr_t pc, struct unwind_object *object);

/* The rules for a pc; UNWIND_OK, _NO_CODE or _NO_TABLE. */
enum unwind_result otpi_unwind_rules(uintptr_t pc, struct unwind_rules *rules);

/*
 * Runs a DWARF expression of `size` bytes on a stack with `first` on it
 * (nothing if NULL); false if it reads outside the stack or is not known.
 */
bool otpi_unwind_expr(const struct unwind *walk, const uint8_t *code,
	const uintptr_t *first, uintptr_t *result);

/* A word of the walked stack; false if it is not there. */
bool
otpi_unwind_word(const struct unwind *walk, uintptr_t address, uintptr_t *word);

/* Reading the tables: each moves *at behind what it read. */
static inline uint64_t
read_uleb(const uint8_t **at)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		byte = *(*at)++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return value;
}

static inline int64_t
read_sleb(const uint8_t **at)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		byte = *(*at)++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && byte & 0x40)
		value |= ~(uint64_t)0 << shift;
	return (int64_t)value;
}

/* Of 1, 2, 4 or 8 bytes. */
static inline uint64_t
read_fixed(const uint8_t **at, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)(*at)[i] << (8 * i);
	*at += size;
	return value;
}

static inline int64_t
read_fixed_signed(const uint8_t **at, unsigned size)
{
	unsigned unused = 64 - 8 * size;

	return (int64_t)(read_fixed(at, size) << unused) >> unused;
}

#endif
