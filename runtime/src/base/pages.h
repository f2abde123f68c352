/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is never given back, for what there may be millions of. The first
 * piece is mapped by itself: most programs need no more. Others lie one behind
 * the other in regions whose pages the system is asked to make huge, where it
 * does that for who asks: then a fault comes with every 2 MiB instead of every 4
 * KiB, and the processor finds its way to any of a million processes.
 *
 * Pieces are zeroed. A `pages` belongs to whoever holds its owner's lock.
 */
#ifndef OTPI_PAGES_H
#define OTPI_PAGES_H

#include <otp/base.h>

#define OTPI_PAGES_MAX ((size_t)64 * 1024 * 1024)

struct pages {
	char *at; /* of a region: what is left */
	char *end;
	bool begun;
};

/* A piece of at most OTPI_PAGES_MAX bytes, aligned to 64; never NULL. */
void *otpi_pages_take(struct pages *pages, size_t size);

#endif
