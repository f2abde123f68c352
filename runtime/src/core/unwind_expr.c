/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DWARF expressions, as far as compilers and linkers use them in unwind
 * tables: frames that realign their stack, and procedure linkage tables.
 */
#include "core/unwind.h"

#define DEPTH 16
#define MAX_STEPS 256

enum op {
	OP_ADDR = 0x03,
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08, /* then 1s 2u 2s 4u 4s 8u 8s */
	OP_CONST8S = 0x0f,
	OP_CONSTU = 0x10,
	OP_CONSTS = 0x11,
	OP_DUP = 0x12,
	OP_DROP = 0x13,
	OP_OVER = 0x14,
	OP_PICK = 0x15,
	OP_SWAP = 0x16,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_MUL = 0x1e,
	OP_NEG = 0x1f,
	OP_NOT = 0x20,
	OP_OR = 0x21,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_SHR = 0x25,
	OP_SHRA = 0x26,
	OP_XOR = 0x27,
	OP_BRA = 0x28,
	OP_EQ = 0x29,
	OP_GE = 0x2a,
	OP_GT = 0x2b,
	OP_LE = 0x2c,
	OP_LT = 0x2d,
	OP_NE = 0x2e,
	OP_SKIP = 0x2f,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
	OP_BREGX = 0x92,
	OP_NOP = 0x96
};

struct machine {
	const struct unwind *walk;
	const uint8_t *at;
	unsigned depth;
	uint64_t stack[DEPTH];
};

static bool
push(struct machine *m, uint64_t value)
{
	if (m->depth == DEPTH)
		return false;
	m->stack[m->depth++] = value;
	return true;
}

static bool
push_register(struct machine *m, uint64_t number)
{
	int64_t offset = read_sleb(&m->at);

	if (number >= ARCH_REGS)
		return false;
	return push(m, m->walk->regs[number] + (uint64_t)offset);
}

/* The n-th from the top, 0 being the top, once more. */
static bool
pick(struct machine *m, unsigned n)
{
	return m->depth > n && push(m, m->stack[m->depth - 1 - n]);
}

static bool
swap(struct machine *m)
{
	uint64_t *top = &m->stack[m->depth - 1];
	uint64_t value;

	if (m->depth < 2)
		return false;
	value = top[0];
	top[0] = top[-1];
	top[-1] = value;
	return true;
}

static bool
jump(struct machine *m, bool conditional)
{
	int64_t distance = read_fixed_signed(&m->at, 2);

	if (conditional) {
		if (m->depth == 0)
			return false;
		if (m->stack[--m->depth] == 0)
			return true;
	}
	m->at += distance;
	return true;
}

static bool
unary(struct machine *m, unsigned op)
{
	uint64_t *top = &m->stack[m->depth - 1];

	if (m->depth == 0)
		return false;
	switch (op) {
	case OP_DEREF:
		return otpi_unwind_word(m->walk, *top, top);
	case OP_NEG:
		*top = 0 - *top;
		return true;
	case OP_NOT:
		*top = ~*top;
		return true;
	case OP_PLUS_UCONST:
		*top += read_uleb(&m->at);
		return true;
	default:
		return false;
	}
}

static uint64_t
compute(unsigned op, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case OP_AND:
		return a & b;
	case OP_MINUS:
		return a - b;
	case OP_MUL:
		return a * b;
	case OP_OR:
		return a | b;
	case OP_PLUS:
		return a + b;
	case OP_SHL:
		return b < 64 ? a << b : 0;
	case OP_SHR:
		return b < 64 ? a >> b : 0;
	case OP_SHRA:
		return (uint64_t)(sa >> (b < 64 ? b : 63));
	case OP_XOR:
		return a ^ b;
	case OP_EQ:
		return a == b;
	case OP_GE:
		return sa >= sb;
	case OP_GT:
		return sa > sb;
	case OP_LE:
		return sa <= sb;
	case OP_LT:
		return sa < sb;
	default: /* OP_NE */
		return a != b;
	}
}

static bool
binary(struct machine *m, unsigned op)
{
	if (m->depth < 2)
		return false;
	m->depth--;
	m->stack[m->depth - 1] =
		compute(op, m->stack[m->depth - 1], m->stack[m->depth]);
	return true;
}

static bool
push_constant(struct machine *m, unsigned op)
{
	unsigned size = 1u << ((op - OP_CONST1U) / 2);

	if (op % 2)
		return push(m, (uint64_t)read_fixed_signed(&m->at, size));
	return push(m, read_fixed(&m->at, size));
}

static bool
step(struct machine *m)
{
	unsigned op = *m->at++;

	if (op >= OP_LIT0 && op <= OP_LIT31)
		return push(m, op - OP_LIT0);
	if (op >= OP_BREG0 && op <= OP_BREG31)
		return push_register(m, op - OP_BREG0);
	if (op >= OP_CONST1U && op <= OP_CONST8S)
		return push_constant(m, op);
	switch (op) {
	case OP_ADDR:
		return push(m, read_fixed(&m->at, 8));
	case OP_CONSTU:
		return push(m, read_uleb(&m->at));
	case OP_CONSTS:
		return push(m, (uint64_t)read_sleb(&m->at));
	case OP_DUP:
		return pick(m, 0);
	case OP_OVER:
		return pick(m, 1);
	case OP_PICK:
		return pick(m, *m->at++);
	case OP_DROP:
		return m->depth > 0 && m->depth--;
	case OP_SWAP:
		return swap(m);
	case OP_BRA:
		return jump(m, true);
	case OP_SKIP:
		return jump(m, false);
	case OP_BREGX:
		return push_register(m, read_uleb(&m->at));
	case OP_NOP:
		return true;
	case OP_AND:
	case OP_MINUS:
	case OP_MUL:
	case OP_OR:
	case OP_PLUS:
	case OP_SHL:
	case OP_SHR:
	case OP_SHRA:
	case OP_XOR:
	case OP_EQ:
	case OP_GE:
	case OP_GT:
	case OP_LE:
	case OP_LT:
	case OP_NE:
		return binary(m, op);
	default:
		return unary(m, op);
	}
}

bool
otpi_unwind_expr(const struct unwind *walk, const uint8_t *code,
	const uintptr_t *first, uintptr_t *result)
{
	struct machine m = {.walk = walk, .at = code};
	uint64_t size = read_uleb(&m.at);
	const uint8_t *start = m.at;
	unsigned steps = 0;

	if (first)
		push(&m, *first);
	while ((uint64_t)(m.at - start) < size)
		if (steps++ == MAX_STEPS || !step(&m))
			return false;
	if (m.depth == 0)
		return false;
	*result = m.stack[m.depth - 1];
	return true;
}
