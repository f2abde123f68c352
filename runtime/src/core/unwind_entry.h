/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry of a function in an unwind table, between unwind_table.c, which
 * finds and reads it, and unwind_cfa.c, which runs its instructions.
 */
#ifndef OTPI_UNWIND_ENTRY_H
#define OTPI_UNWIND_ENTRY_H

#include "core/unwind.h"

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

/* A pointer as `encoding` says, if not an indirect one. */
uintptr_t otpi_unwind_pointer(const uint8_t **at, uint8_t encoding);

/* The rules for a pc in the function; false if an instruction is not known. */
bool otpi_unwind_run(
	const struct entry *entry, uintptr_t pc, struct unwind_rules *rules);

#endif
