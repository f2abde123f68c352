/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same as src/base/tuning.h, which says what each is, for hard mode: as
 * small as can be, so that queues overflow, budgets end and tables grow all
 * the time, and what comes once in a million times comes at once.
 */
#ifndef OTPI_TUNING_H
#define OTPI_TUNING_H

#include "base/chance.h"

#define OTPI_HARD 1

#define BUILDER_FIRST 1
#define OTPI_ATOM_FIRST 2u
#define OTPI_ATOM_CHUNKS 20
#define ATOM_FIRST_INDEX 2
#define DECODE_ROOM_MIN 8
#define REQUEST_ROOM_MIN 8

#define BATCH_SMALL 2
#define BATCH_LARGE 2
#define SLAB_SIZE ((size_t)16 * 1024)
#define SCRATCH_SIZE ((size_t)16)
#define ARENA_SIZE ((size_t)256 * 1024)
#define IDS_PER_RANGE ((uint64_t)4)

#define SLOT_CHUNK_BITS 8
#define SLOT_BATCH 1u
#define SLOT_SERIAL_BEFORE (UINT32_MAX - 50) /* used up soon */
#define DEATH_BUDGET 1

#define RING_SIZE 4u
#define WAKE_STREAK 1
#define WAKE_BACKLOG 1
#define BUDGET 1
/* As far apart as it takes for each priority to have more than the lower. */
#define GLOBAL_EVERY 19
#define PRIORITY_STREAK 8
#define PARK_SPINS 1
#define RELAX_SPINS 1
#define LOCK_SPINS 1
#define POOL_MAX 1
#define SPARES_KEPT 0u
#define SPARE_RUNNERS 0

#define WHEEL_BITS 2
#define WHEEL_LEVELS 12

bool otpi_chance(enum chance chance);
bool otpi_chance_fails(enum chance chance);
uint32_t otpi_chance_once_in(enum chance chance);
void otpi_chances_allow(bool allowed);
void otpi_chance_yield(enum chance chance);
void otpi_chance_pass(struct thread *t);

#endif
