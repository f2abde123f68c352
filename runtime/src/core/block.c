/* SPDX-License-Identifier: Apache-2.0 */
#include "core/block.h"
#include "core/sanitizer.h"

#include <string.h>
#include <sys/mman.h>

static void
depot_push(unsigned size_class, struct otp_msg *batch)
{
	struct runtime *rt = &otpi_runtime;

	pthread_mutex_lock(&rt->depot_lock);
	batch->id = (uintptr_t)rt->depot[size_class];
	rt->depot[size_class] = batch;
	pthread_mutex_unlock(&rt->depot_lock);
}

/* With the depot's lock. */
static struct otp_msg *
slab_carve(size_t size)
{
	struct runtime *rt = &otpi_runtime;
	char *at;

	if ((size_t)(rt->slab_end - rt->slab) < size) {
		at = mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			otpi_out_of_memory(SLAB_SIZE);
		san_region(at, SLAB_SIZE);
		rt->slab = at;
		rt->slab_end = at + SLAB_SIZE;
	}
	at = rt->slab;
	rt->slab += size;
	return (struct otp_msg *)(void *)at;
}

struct otp_msg *
otpi_block_refill(struct thread *t, unsigned size_class)
{
	struct runtime *rt = &otpi_runtime;
	unsigned n = otpi_block_batch(size_class), count = 0;
	struct otp_msg *m;

	pthread_mutex_lock(&rt->depot_lock);
	m = rt->depot[size_class];
	if (m) {
		rt->depot[size_class] = otpi_batch_next(m);
	} else {
		for (unsigned i = 0; i < n; i++) {
			struct otp_msg *one =
				slab_carve(otpi_cell_size(size_class));

			one->next = m;
			m = one;
		}
		rt->carved[size_class] += n;
	}
	pthread_mutex_unlock(&rt->depot_lock);
	for (struct otp_msg *i = m; i; i = i->next)
		count++;
	t->magazines[size_class].free = m;
	t->magazines[size_class].count = count;
	return m;
}

void
otpi_block_overflow(struct thread *t, unsigned size_class)
{
	struct magazine *mag = &t->magazines[size_class];
	struct otp_msg *batch = mag->free, *last = batch;
	unsigned n = otpi_block_batch(size_class);

	for (unsigned i = 1; i < n; i++)
		last = last->next;
	mag->free = last->next;
	mag->count -= n;
	last->next = NULL;
	depot_push(size_class, batch);
}

void
otpi_blocks_flush(struct thread *t)
{
	for (unsigned c = 0; c < BLOCK_CLASSES; c++) {
		if (t->magazines[c].free)
			depot_push(c, t->magazines[c].free);
		t->magazines[c].free = NULL;
		t->magazines[c].count = 0;
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
