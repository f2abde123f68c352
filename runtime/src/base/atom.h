/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interned names, for the registry: a name has one index for the life of the
 * table, entries never move and are never taken out, so a name once looked up
 * is one array access away. Only names this program registers or asks for
 * come in here, never what the wire says: at most OTPI_ATOM_MAX.
 *
 * Entries live in chunks that double in size. The index is an open-addressing
 * table of entry numbers; it is replaced by a bigger copy when it fills, and
 * the old one is kept, because readers take no lock and may still be in it.
 * All zero is an empty table.
 */
#ifndef OTPI_ATOM_H
#define OTPI_ATOM_H

#include <otp/err.h>
#include <otp/value.h>

#include <pthread.h>
#include <stdatomic.h>

#include "base/tuning.h"

#define OTPI_ATOM_MAX 1048576

struct atom_index;

struct atom {
	const char *text; /* NUL-terminated, len bytes before that */
	uint32_t len;
	uint32_t hash;
	/* Who has the name: id | serial << 32, or 0. Core's alone. */
	_Atomic uint64_t pid;
};

struct atom_table {
	pthread_mutex_t lock; /* of those who add */
	_Atomic uint32_t count;
	_Atomic(struct atom_index *) index; /* the newest; older ones behind */
	_Atomic(struct atom *) chunks[OTPI_ATOM_CHUNKS];
};

void otpi_atoms_init(struct atom_table *table);
/* Nobody may be using it any more. */
void otpi_atoms_fini(struct atom_table *table);

/* The index of the name, 0 if it never came in. Takes no lock. */
uint32_t otpi_atom_find(struct atom_table *table, otp_atom name);

/*
 * The index of the name, which comes in if it is new. OTP_BADARG if it is
 * empty or longer than 255 bytes, OTP_SYSTEM_LIMIT if the table is full.
 */
OTP_MUST_USE otp_err otpi_atom_intern(
	struct atom_table *table, otp_atom name, uint32_t *index);

/* The entry of an index that was given out. */
struct atom *otpi_atom_entry(struct atom_table *table, uint32_t index);

#endif
