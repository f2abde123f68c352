/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread keeps of free cells (block.h) and free slots (slot.h), and how
 * they travel between threads. They are named in arrays, not linked through
 * themselves: so the next ones to be used are known, and fetched while others
 * are, and one that has left the caches is not touched to count it or pass it
 * on. A magazine is its thread's; a bundle is under the lock of the list it is
 * on. Bundles themselves are kept for the next use, never freed.
 */
#ifndef OTPI_MAGAZINE_H
#define OTPI_MAGAZINE_H

#include "core/core.h"

/* The one that was put last; there is one. */
static inline void *
otpi_magazine_take(struct magazine *magazine)
{
	magazine->count--;
	return magazine->cells[MAGAZINE_AHEAD + magazine->count];
}

/* The one that will be taken MAGAZINE_AHEAD times later; NULL: not known. */
static inline void *
otpi_magazine_ahead(const struct magazine *magazine)
{
	return magazine->cells[magazine->count];
}

/* Gives how many there are now. */
static inline uint32_t
otpi_magazine_put(struct magazine *magazine, void *cell)
{
	magazine->cells[MAGAZINE_AHEAD + magazine->count] = cell;
	return ++magazine->count;
}

/* The last n of a bundle, into an empty magazine. */
void otpi_magazine_load(
	struct magazine *magazine, struct bundle *bundle, uint32_t n);
/* Those that were put first, n of them, behind what the bundle has. */
void otpi_magazine_unload(
	struct magazine *magazine, struct bundle *bundle, uint32_t n);

/* An empty one, and back. With the depot's lock. */
struct bundle *otpi_bundle_new(void);
void otpi_bundle_free(struct bundle *bundle);

#endif
