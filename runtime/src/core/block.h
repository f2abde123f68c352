/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks: the memory of every signal, message and scratch area. Cells: what
 * they are made of, and other small structures of the core, too.
 *
 * A cell is of a size class, from 64 bytes to 8 KiB, two for each power of two.
 * Free cells are kept by the thread that freed them, in a magazine a class, and
 * travel between threads in bundles through the depot (magazine.h). Their memory
 * is never returned to the system and never changes its class. A block is a cell
 * that begins with the header, whose `size_class` is set while it lives; larger
 * ones come from malloc.
 */
#ifndef OTPI_BLOCK_H
#define OTPI_BLOCK_H

#include "core/magazine.h"
#include "core/thread.h"

#define BLOCK_LARGE 255

#define CELL_MAX ((size_t)8192)

/* From the depot, or new ones; and back, those that were freed first. */
void otpi_magazine_refill(struct magazine *magazine, unsigned size_class);
void otpi_magazine_spill(struct magazine *magazine, unsigned size_class);
struct otp_msg *otpi_block_large(size_t size);
void otpi_block_free_large(struct otp_msg *m);
size_t otpi_block_large_size(const struct otp_msg *m);
/* Hand what a thread holds to the depot. */
void otpi_blocks_flush(struct thread *t);
/* Fill the payload of a block that is about to be freed (debug builds). */
void otpi_block_poison(struct otp_msg *m);

#ifdef NDEBUG
#define OTPI_DEBUG 0
#else
#define OTPI_DEBUG 1
#endif

static inline size_t
otpi_cell_size(unsigned c)
{
	return (size_t)(c & 1 ? 96 : 64) << (c >> 1);
}

/* All bytes of the block, header included. */
static inline size_t
otpi_block_size(const struct otp_msg *m)
{
	if (unlikely(m->size_class == BLOCK_LARGE))
		return otpi_block_large_size(m);
	return otpi_cell_size(m->size_class);
}

static inline unsigned
otpi_block_batch(unsigned size_class)
{
	return size_class < 8 ? BATCH_SMALL : BATCH_LARGE;
}

/* The class of a cell of at least `size` bytes, at most CELL_MAX. */
static inline unsigned
otpi_cell_class(size_t size)
{
	size_t last = size - 1;
	unsigned log;

	if (size <= 64)
		return 0;
	log = (unsigned)(63 - __builtin_clzl(last));
	return (log - 6) * 2 + 1 + (unsigned)(last >> (log - 1) & 1);
}

/* A cell of this class, as whoever had it left it. */
static inline void *
otpi_cell_new(struct thread *t, unsigned c)
{
	struct magazine *magazine = &t->magazines[c];
	void *cell;

	if (unlikely(magazine->count == 0))
		otpi_magazine_refill(magazine, c);
	cell = otpi_magazine_take(magazine);
	__builtin_prefetch(otpi_magazine_ahead(magazine), 1);
	return cell;
}

static inline void
otpi_cell_free(struct thread *t, void *cell, unsigned c)
{
	struct magazine *magazine = &t->magazines[c];

	if (unlikely(otpi_magazine_put(magazine, cell) ==
		    2 * otpi_block_batch(c)))
		otpi_magazine_spill(magazine, c);
}

/* A block of `size` bytes behind the header; only size_class is set. */
static inline struct otp_msg *
otpi_block_new(struct thread *t, size_t size)
{
	size_t total = size + sizeof(struct otp_msg);
	struct otp_msg *m;
	unsigned c;

	if (unlikely(total > CELL_MAX))
		return otpi_block_large(total);
	c = otpi_cell_class(total);
	m = otpi_cell_new(t, c);
	m->size_class = (uint8_t)c;
	return m;
}

static inline void
otpi_block_free(struct thread *t, struct otp_msg *m)
{
	unsigned c = m->size_class;

	if (OTPI_DEBUG)
		otpi_block_poison(m);
	if (unlikely(c == BLOCK_LARGE)) {
		otpi_block_free_large(m);
		return;
	}
	otpi_cell_free(t, m, c);
}

#endif
