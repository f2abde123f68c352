/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a pc to its unwind rules: the C library says which object has the code
 * (without a lock; it does so for exceptions), the sorted table in the
 * object's .eh_frame_hdr leads to the entry (FDE) of the function, and the
 * entry's instructions are run up to the pc. The tables are what the linker
 * wrote into read-only pages, and are trusted.
 */
#include "core/unwind.h"

#include <dlfcn.h>
#include <link.h>

/* How pointers in the tables are written. */
enum encoding {
	ENC_FORMAT = 0x0f,
	ENC_BASE = 0x70,
	ENC_INDIRECT = 0x80,
	ENC_OMIT = 0xff,
	ENC_ABSOLUTE = 0x00,
	ENC_PC_RELATIVE = 0x10,
	ENC_DATA_RELATIVE = 0x30,
	ENC_SORTED_TABLE = ENC_DATA_RELATIVE | 0x0b
};

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

/* Common information (CIE) and entry (FDE) of a function. */
struct entry {
	uint64_t code_align;
	int64_t data_align;
	uint64_t return_register;
	uint8_t encoding;
	bool has_augmentation;
	bool is_signal;
	const uint8_t *common; /* instructions */
	const uint8_t *common_end;
	const uint8_t *own;
	const uint8_t *own_end;
	uintptr_t start;
	uintptr_t size;
};

struct program {
	const struct entry *entry;
	uintptr_t loc;
	uintptr_t pc;
	struct unwind_rules *rules;
	unsigned depth;
	struct unwind_rules initial; /* after the common instructions */
	struct unwind_rules remembered[REMEMBERED];
};

extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));

bool
otpi_unwind_object(uintptr_t pc, struct unwind_object *object)
{
	struct dl_find_object found;

	if (!_dl_find_object || _dl_find_object((void *)pc, &found))
		return false;
	object->name = found.dlfo_link_map ? found.dlfo_link_map->l_name : "";
	object->start = (uintptr_t)found.dlfo_map_start;
	object->header = found.dlfo_eh_frame;
	return true;
}

/* Indirect pointers lead to personality routines only, which nobody wants. */
static uintptr_t
read_encoded(const uint8_t **at, uint8_t encoding)
{
	static const uint8_t sizes[16] = {
		8, 0, 2, 4, 8, 0, 0, 0, 8, 0, 2, 4, 8};
	uintptr_t place = (uintptr_t)*at;
	unsigned format = encoding & ENC_FORMAT;
	uint64_t value;

	if (format == 0x01)
		value = read_uleb(at);
	else if (format == 0x09)
		value = (uint64_t)read_sleb(at);
	else if (format & 0x08)
		value = (uint64_t)read_fixed_signed(at, sizes[format]);
	else
		value = read_fixed(at, sizes[format]);
	return (encoding & ENC_BASE) == ENC_PC_RELATIVE ? place + value : value;
}

/* The FDE that the sorted table gives for the pc; it may end before it. */
static const uint8_t *
search(const uint8_t *header, uintptr_t pc)
{
	const uint8_t *at = header + 4;
	intptr_t wanted = (intptr_t)(pc - (uintptr_t)header);
	uint64_t low = 0, high;

	if (header[0] != 1 || header[2] == ENC_OMIT ||
		header[3] != ENC_SORTED_TABLE)
		return NULL;
	read_encoded(&at, header[1]);
	high = read_encoded(&at, header[2]);
	/* Entries before low begin at or before the pc, those from high after. */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const uint8_t *key = at + middle * 8;

		if (read_fixed_signed(&key, 4) <= wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	at += (low - 1) * 8 + 4;
	return header + read_fixed_signed(&at, 4);
}

/* Moves *at behind the length; NULL for the end mark. */
static const uint8_t *
read_length(const uint8_t **at)
{
	uint64_t size = read_fixed(at, 4);

	if (size == 0xffffffff)
		size = read_fixed(at, 8);
	return size == 0 ? NULL : *at + size;
}

/* What the augmentation string says, from its data at `at`. */
static bool
read_augmentation(const char *text, const uint8_t *at, struct entry *entry)
{
	for (; *text; text++)
		switch (*text) {
		case 'R':
			entry->encoding = *at++;
			break;
		case 'P':
			at++;
			read_encoded(&at, at[-1] & (uint8_t)~ENC_INDIRECT);
			break;
		case 'L':
			at++;
			break;
		case 'S':
			entry->is_signal = true;
			break;
		case 'B': /* signed with the other key */
			break;
		default:
			return false;
		}
	return true;
}

static bool
read_common(const uint8_t *at, struct entry *entry)
{
	const char *augmentation;
	uint8_t version;

	entry->common_end = read_length(&at);
	if (!entry->common_end || read_fixed(&at, 4) != 0)
		return false;
	version = *at++;
	augmentation = (const char *)at;
	at += strlen(augmentation) + 1;
	if (version == 4)
		at += 2; /* sizes of addresses and segments */
	entry->code_align = read_uleb(&at);
	entry->data_align = read_sleb(&at);
	entry->return_register = version == 1 ? *at++ : read_uleb(&at);
	entry->common = at;
	if (*augmentation == '\0')
		return true;
	if (*augmentation != 'z')
		return false;
	entry->has_augmentation = true;
	uint64_t size = read_uleb(&at);
	entry->common = at + size;
	return read_augmentation(augmentation + 1, at, entry);
}

static bool
read_entry(const uint8_t *at, struct entry *entry)
{
	const uint8_t *place;

	*entry = (struct entry){.encoding = ENC_ABSOLUTE};
	entry->own_end = read_length(&at);
	if (!entry->own_end)
		return false;
	place = at;
	if (!read_common(place - read_fixed(&at, 4), entry) ||
		entry->return_register != ARCH_RA)
		return false;
	entry->start = read_encoded(&at, entry->encoding);
	entry->size = read_encoded(&at, entry->encoding & ENC_FORMAT);
	if (entry->has_augmentation) {
		uint64_t size = read_uleb(&at);
		at += size;
	}
	entry->own = at;
	return true;
}

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
		run->loc = read_encoded(at, entry->encoding);
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

static bool
run_entry(const struct entry *entry, uintptr_t pc, struct unwind_rules *rules)
{
	struct program run;

	run.entry = entry;
	run.loc = entry->start;
	run.pc = pc;
	run.rules = rules;
	run.depth = 0;
	*rules = (struct unwind_rules){.function = entry->start,
		.function_end = entry->start + entry->size,
		.is_signal = entry->is_signal};
	run.initial = *rules;
	if (!run_until_pc(&run, entry->common, entry->common_end))
		return false;
	run.initial = *rules;
	return run_until_pc(&run, entry->own, entry->own_end);
}

enum unwind_result
otpi_unwind_rules(uintptr_t pc, struct unwind_rules *rules)
{
	struct unwind_object object;
	struct entry entry;
	const uint8_t *found;

	if (!otpi_unwind_object(pc, &object))
		return UNWIND_NO_CODE;
	if (!object.header)
		return UNWIND_NO_TABLE;
	found = search(object.header, pc);
	if (!found || !read_entry(found, &entry) ||
		pc - entry.start >= entry.size)
		return UNWIND_NO_TABLE;
	if (!run_entry(&entry, pc, rules))
		return UNWIND_NO_TABLE;
	rules->object = object;
	return UNWIND_OK;
}
