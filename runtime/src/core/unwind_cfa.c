/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions of unwind tables, run up to a pc. */
#include "core/unwind_entry.h"

enum cfa_op {
	CFA_ADVANCE = 0x40, /* these three have an operand in the low bits */
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_SET_LOC = 0x01,
	CFA_ADVANCE1 = 0x02,
	CFA_ADVANCE2 = 0x03,
	CFA_ADVANCE4 = 0x04,
	CFA_OFFSET_EXTENDED = 0x05,
	CFA_RESTORE_EXTENDED = 0x06,
	CFA_UNDEFINED = 0x07,
	CFA_SAME_VALUE = 0x08,
	CFA_REGISTER = 0x09,
	CFA_REMEMBER = 0x0a,
	CFA_RECALL = 0x0b,
	CFA_DEF_CFA = 0x0c,
	CFA_DEF_CFA_REGISTER = 0x0d,
	CFA_DEF_CFA_OFFSET = 0x0e,
	CFA_DEF_CFA_EXPR = 0x0f,
	CFA_EXPR = 0x10,
	CFA_OFFSET_EXTENDED_SF = 0x11,
	CFA_DEF_CFA_SF = 0x12,
	CFA_DEF_CFA_OFFSET_SF = 0x13,
	CFA_VAL_OFFSET = 0x14,
	CFA_VAL_OFFSET_SF = 0x15,
	CFA_VAL_EXPR = 0x16,
	CFA_NEGATE_RA_STATE = 0x2d, /* signatures are always stripped */
	CFA_ARGS_SIZE = 0x2e
};

#define REMEMBERED 4

struct program {
	const struct entry *entry;
	uintptr_t loc;
	uintptr_t pc;
	struct unwind_rules *rules;
	unsigned depth;
	struct unwind_rules initial; /* after the common instructions */
	struct unwind_rules remembered[REMEMBERED];
};

/* Registers that are not followed (vectors, mostly) have no rule. */
static void
set_rule(
	struct program *run, uint64_t reg, enum unwind_kind kind, int64_t value)
{
	if (reg >= ARCH_REGS)
		return;
	run->rules->kind[reg] = (uint8_t)kind;
	run->rules->value[reg] = value;
}

static void
restore_rule(struct program *run, uint64_t reg)
{
	if (reg < ARCH_REGS)
		set_rule(run, reg, (enum unwind_kind)run->initial.kind[reg],
			run->initial.value[reg]);
}

static bool
set_cfa(struct program *run, uint64_t reg, int64_t offset)
{
	run->rules->cfa_by_expr = false;
	run->rules->cfa_register = (uint8_t)reg;
	run->rules->cfa_value = offset;
	return reg < ARCH_REGS;
}

static int64_t
read_expr(const uint8_t **at)
{
	int64_t start = (int64_t)(uintptr_t)*at;
	uint64_t size = read_uleb(at);

	*at += size;
	return start;
}

static bool
remember(struct program *run)
{
	if (run->depth == REMEMBERED)
		return false;
	run->remembered[run->depth++] = *run->rules;
	return true;
}

static bool
recall(struct program *run)
{
	if (run->depth == 0)
		return false;
	*run->rules = run->remembered[--run->depth];
	return true;
}

static bool
run_cfa(struct program *run, unsigned op, const uint8_t **at)
{
	int64_t align = run->entry->data_align;
	uint64_t reg;

	switch (op) {
	case CFA_DEF_CFA:
		reg = read_uleb(at);
		return set_cfa(run, reg, (int64_t)read_uleb(at));
	case CFA_DEF_CFA_SF:
		reg = read_uleb(at);
		return set_cfa(run, reg, read_sleb(at) * align);
	case CFA_DEF_CFA_REGISTER:
		return set_cfa(run, read_uleb(at), run->rules->cfa_value);
	case CFA_DEF_CFA_OFFSET:
		run->rules->cfa_value = (int64_t)read_uleb(at);
		return true;
	case CFA_DEF_CFA_OFFSET_SF:
		run->rules->cfa_value = read_sleb(at) * align;
		return true;
	case CFA_DEF_CFA_EXPR:
		run->rules->cfa_by_expr = true;
		run->rules->cfa_value = read_expr(at);
		return true;
	case CFA_REMEMBER:
		return remember(run);
	case CFA_RECALL:
		return recall(run);
	case CFA_ARGS_SIZE:
		read_uleb(at);
		return true;
	case CFA_NOP:
	case CFA_NEGATE_RA_STATE:
		return true;
	default:
		return false;
	}
}

/* Instructions whose first operand is a register. */
static bool
run_register(struct program *run, unsigned op, const uint8_t **at)
{
	int64_t align = run->entry->data_align;
	uint64_t reg = read_uleb(at);
	uint64_t other;

	switch (op) {
	case CFA_OFFSET_EXTENDED:
		set_rule(
			run, reg, UNWIND_SAVED, (int64_t)read_uleb(at) * align);
		return true;
	case CFA_OFFSET_EXTENDED_SF:
		set_rule(run, reg, UNWIND_SAVED, read_sleb(at) * align);
		return true;
	case CFA_VAL_OFFSET:
		set_rule(run, reg, UNWIND_IS, (int64_t)read_uleb(at) * align);
		return true;
	case CFA_VAL_OFFSET_SF:
		set_rule(run, reg, UNWIND_IS, read_sleb(at) * align);
		return true;
	case CFA_RESTORE_EXTENDED:
		restore_rule(run, reg);
		return true;
	case CFA_UNDEFINED:
		set_rule(run, reg, UNWIND_UNDEFINED, 0);
		return true;
	case CFA_SAME_VALUE:
		set_rule(run, reg, UNWIND_SAME, 0);
		return true;
	case CFA_REGISTER:
		other = read_uleb(at);
		set_rule(run, reg, UNWIND_REGISTER, (int64_t)other);
		return other < ARCH_REGS;
	case CFA_EXPR:
		set_rule(run, reg, UNWIND_SAVED_EXPR, read_expr(at));
		return true;
	default: /* CFA_VAL_EXPR */
		set_rule(run, reg, UNWIND_IS_EXPR, read_expr(at));
		return true;
	}
}

static bool
is_register_op(unsigned op)
{
	return (op >= CFA_OFFSET_EXTENDED && op <= CFA_REGISTER) ||
		op == CFA_EXPR || op == CFA_OFFSET_EXTENDED_SF ||
		(op >= CFA_VAL_OFFSET && op <= CFA_VAL_EXPR);
}

static bool
run_one(struct program *run, const uint8_t **at)
{
	const struct entry *entry = run->entry;
	unsigned op = *(*at)++;
	unsigned operand = op & 0x3f;

	switch (op & 0xc0) {
	case CFA_ADVANCE:
		run->loc += operand * entry->code_align;
		return true;
	case CFA_OFFSET:
		set_rule(run, operand, UNWIND_SAVED,
			(int64_t)read_uleb(at) * entry->data_align);
		return true;
	case CFA_RESTORE:
		restore_rule(run, operand);
		return true;
	default:
		break;
	}
	if (op >= CFA_ADVANCE1 && op <= CFA_ADVANCE4) {
		run->loc += read_fixed(at, 1u << (op - CFA_ADVANCE1)) *
			entry->code_align;
		return true;
	}
	if (op == CFA_SET_LOC) {
		run->loc = otpi_unwind_pointer(at, entry->encoding);
		return true;
	}
	if (is_register_op(op))
		return run_register(run, op, at);
	return run_cfa(run, op, at);
}

static bool
run_until_pc(struct program *run, const uint8_t *at, const uint8_t *end)
{
	while (at < end && run->loc <= run->pc)
		if (!run_one(run, &at))
			return false;
	return true;
}

bool
otpi_unwind_run(
	const struct entry *entry, uintptr_t pc, struct unwind_rules *rules)
{
	struct program run;

	run.entry = entry;
	run.loc = entry->start;
	run.pc = pc;
	run.rules = rules;
	run.depth = 0;
	*rules = (struct unwind_rules){.function = entry->start,
		.function_end = entry->start + entry->size,
		.return_register = (uint8_t)entry->return_register,
		.is_signal = entry->is_signal};
	run.initial = *rules;
	if (!run_until_pc(&run, entry->common, entry->common_end))
		return false;
	run.initial = *rules;
	return run_until_pc(&run, entry->own, entry->own_end);
}
