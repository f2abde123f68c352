/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pages.h"

#include <sys/mman.h>

#include "base/alloc.h"

#define HUGE_PAGE ((size_t)2 * 1024 * 1024)

static char *
map(size_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		otpi_out_of_memory(size);
	return at;
}

/* At a multiple of a huge page; what stands out is unmapped again. */
static void
region_begin(struct pages *pages)
{
	char *from = map(OTPI_PAGES_MAX + HUGE_PAGE);
	size_t before = -(uintptr_t)from & (HUGE_PAGE - 1);

	if (before)
		munmap(from, before);
	pages->at = from + before;
	pages->end = pages->at + OTPI_PAGES_MAX;
	munmap(pages->end, HUGE_PAGE - before);
	/* Where it has no effect, small pages do. */
	(void)!madvise(pages->at, OTPI_PAGES_MAX, MADV_HUGEPAGE);
}

void *
otpi_pages_take(struct pages *pages, size_t size)
{
	char *piece;

	size = (size + 63) & ~(size_t)63;
	if (!pages->begun) {
		pages->begun = true;
		return map(size);
	}
	if ((size_t)(pages->end - pages->at) < size)
		region_begin(pages);
	piece = pages->at;
	pages->at += size;
	return piece;
}
