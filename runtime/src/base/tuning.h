/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes, budgets and chances that may be any: what is right does not hang on
 * them, only how fast it is. Hard mode (MODE=hard) puts another file in this
 * one's place, src/hard/base/tuning.h, in which they are as small as can be and
 * the chances (chance.def) are taken; nothing else differs.
 */
#ifndef OTPI_TUNING_H
#define OTPI_TUNING_H

#include "base/chance.h"

#define OTPI_HARD 0 /* for tests */

/* --- base and codec ------------------------------------------------------- */

#define BUILDER_FIRST 64 /* bytes of a term that is built */
/* Interned names: a power of two, and as many doublings as OTPI_ATOM_MAX
   takes. */
#define OTPI_ATOM_FIRST 64u
#define OTPI_ATOM_CHUNKS 15
#define ATOM_FIRST_INDEX 128 /* a power of two */
#define DECODE_ROOM_MIN 128 /* bytes, besides twice those that are read */
#define REQUEST_ROOM_MIN 64

/* --- memory --------------------------------------------------------------- */

/* Blocks that go to the depot and come from it at once. */
#define BATCH_SMALL 32 /* up to 512 bytes each */
#define BATCH_LARGE 8
#define SLAB_SIZE ((size_t)1 << 20) /* at least the largest block */
#define SCRATCH_SIZE ((size_t)2048) /* of otp_tmp, at once */
#define ARENA_SIZE ((size_t)4 * 1024 * 1024) /* of stacks */
#define IDS_PER_RANGE ((uint64_t)1 << 20) /* that a thread takes at once */

/* --- processes ------------------------------------------------------------ */

#define SLOT_CHUNK_BITS 12
#define SLOT_BATCH 32u /* that a thread takes or gives at once */
#define SLOT_SERIAL_BEFORE 0u /* the first process of a slot has one more */
#define DEATH_BUDGET 1024 /* links, monitors, messages... in a row */

/* --- scheduling: sched.h -------------------------------------------------- */

#define RING_SIZE 256u /* a power of two */
#define WAKE_STREAK 64
#define WAKE_BACKLOG 8
#define BUDGET 512 /* messages of one activation */
#define GLOBAL_EVERY 61
#define PRIORITY_STREAK 16
#define PARK_SPINS 64 /* looks for work before a worker sleeps */
#define RELAX_SPINS 16 /* between two of them */
#define LOCK_SPINS 64
#define POOL_MAX 64 /* runners that a worker keeps */
#define SPARES_KEPT 2u /* threads, and as many as there are workers */
#define SPARE_RUNNERS 1 /* that a thread for blocking servers keeps */

/* Of a wheel: a slot a bit of a word, so at most 6. */
#define WHEEL_BITS 6
#define WHEEL_LEVELS 6

/* --- chances: chance.h ---------------------------------------------------- */

static inline bool
otpi_chance(enum chance chance)
{
	(void)chance;
	return false;
}

static inline bool
otpi_chance_fails(enum chance chance)
{
	(void)chance;
	return false;
}

static inline uint32_t
otpi_chance_once_in(enum chance chance)
{
	(void)chance;
	return 0;
}

static inline void
otpi_chances_allow(bool allowed)
{
	(void)allowed;
}

static inline void
otpi_chance_yield(enum chance chance)
{
	(void)chance;
}

static inline void
otpi_chance_pass(struct thread *t)
{
	(void)t;
}

#endif
