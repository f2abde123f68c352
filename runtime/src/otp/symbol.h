/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an address in this program to the function it is in.
 *
 * Functions are read from the .symtab (else .dynsym) of the files that the
 * loader lists, once each, when an address in one is first asked for. The
 * tables are copied, not mapped: a file that is replaced or cut while the
 * program runs must not be able to fault. Nothing in a file is trusted; one
 * that does not hold together counts as one without symbols. A table has one
 * user at a time.
 */
#ifndef OTPI_SYMBOL_H
#define OTPI_SYMBOL_H

#include <otp/base.h>

struct symbol_object;

struct symbols {
	struct symbol_object *objects; /* owned */
	uint64_t loads; /* how many the loader had loaded when we looked */
};

/* What was found; the texts live as long as the table. */
struct symbol {
	const char *name; /* NULL: not known */
	uintptr_t start; /* of the function */
	const char *object; /* file name without folder; NULL: in none */
	uintptr_t base; /* what was added to the file's addresses */
};

void otpi_symbols_init(struct symbols *symbols);
void otpi_symbols_fini(struct symbols *symbols);

/* False, and all but the object unset, when no function is known there. */
bool otpi_symbol_find(
	struct symbols *symbols, uintptr_t address, struct symbol *symbol);

/* One file's functions, sorted by address. */
struct symbol_entry {
	uint64_t start; /* as in the file */
	uint64_t size; /* 0: up to the next one */
	uint32_t name; /* in names */
};

struct symbol_file {
	struct symbol_entry *entries; /* owned */
	size_t count;
	char *names; /* owned, NUL at the end */
};

/* Empty when the file cannot be read or is no such file. */
void otpi_symbol_file_read(struct symbol_file *file, const char *path);
void otpi_symbol_file_free(struct symbol_file *file);

#endif
