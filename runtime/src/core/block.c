/* SPDX-License-Identifier: Apache-2.0 */
#include "core/block.h"
#include "core/sanitizer.h"

#include <string.h>

/* With the depot's lock. */
static void *
slab_carve(size_t size)
{
	struct runtime *rt = &otpi_runtime;
	char *at;

	if ((size_t)(rt->slab_end - rt->slab) < size) {
		at = otpi_pages_take(&rt->slabs, SLAB_SIZE);
		san_region(at, SLAB_SIZE);
		rt->slab = at;
		rt->slab_end = at + SLAB_SIZE;
	}
	at = rt->slab;
	rt->slab += size;
	return at;
}

/* With the depot's lock. The lowest address is last, as that is taken first. */
static void
carve(struct magazine *magazine, unsigned c, uint32_t n)
{
	for (uint32_t i = n; i-- > 0;)
		magazine->cells[MAGAZINE_AHEAD + i] =
			slab_carve(otpi_cell_size(c));
	magazine->count = n;
	otpi_runtime.carved[c] += n;
}

void
otpi_magazine_refill(struct magazine *magazine, unsigned c)
{
	struct runtime *rt = &otpi_runtime;
	struct bundle *bundle;

	pthread_mutex_lock(&rt->depot_lock);
	bundle = rt->depot[c];
	if (bundle) {
		rt->depot[c] = bundle->next;
		otpi_magazine_load(magazine, bundle, bundle->count);
		otpi_bundle_free(bundle);
	} else {
		carve(magazine, c, otpi_block_batch(c));
	}
	pthread_mutex_unlock(&rt->depot_lock);
}

/* The first n of the magazine to the depot. */
static void
give(struct magazine *magazine, unsigned c, uint32_t n)
{
	struct runtime *rt = &otpi_runtime;
	struct bundle *bundle;

	pthread_mutex_lock(&rt->depot_lock);
	bundle = otpi_bundle_new();
	otpi_magazine_unload(magazine, bundle, n);
	bundle->next = rt->depot[c];
	rt->depot[c] = bundle;
	pthread_mutex_unlock(&rt->depot_lock);
}

void
otpi_magazine_spill(struct magazine *magazine, unsigned c)
{
	give(magazine, c, otpi_block_batch(c));
}

void
otpi_blocks_flush(struct thread *t)
{
	for (unsigned c = 0; c < BLOCK_CLASSES; c++) {
		struct magazine *magazine = &t->magazines[c];
		uint32_t most = otpi_block_batch(c);

		while (magazine->count)
			give(magazine, c,
				magazine->count < most ? magazine->count
						       : most);
	}
}

/* The size stands before the header. */
struct large {
	size_t size;
	size_t unused;
};

struct otp_msg *
otpi_block_large(size_t size)
{
	struct large *l = otpi_malloc(size + sizeof *l);
	struct otp_msg *m = (struct otp_msg *)(void *)(l + 1);

	l->size = size;
	m->size_class = BLOCK_LARGE;
	return m;
}

void
otpi_block_free_large(struct otp_msg *m)
{
	otpi_free((struct large *)(void *)m - 1);
}

size_t
otpi_block_large_size(const struct otp_msg *m)
{
	return ((const struct large *)(const void *)m - 1)->size;
}

void
otpi_block_poison(struct otp_msg *m)
{
	memset(m + 1, 0xdd, otpi_block_size(m) - sizeof *m);
}
