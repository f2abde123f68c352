/* SPDX-License-Identifier: Apache-2.0 */
#include "core/magazine.h"

#include <string.h>

void
otpi_magazine_load(struct magazine *magazine, struct bundle *bundle, uint32_t n)
{
	bundle->count -= n;
	memcpy(&magazine->cells[MAGAZINE_AHEAD], &bundle->cells[bundle->count],
		n * sizeof *bundle->cells);
	magazine->count = n;
}

void
otpi_magazine_unload(
	struct magazine *magazine, struct bundle *bundle, uint32_t n)
{
	void **cells = &magazine->cells[MAGAZINE_AHEAD];

	memcpy(&bundle->cells[bundle->count], cells, n * sizeof *cells);
	bundle->count += n;
	magazine->count -= n;
	memmove(cells, cells + n, magazine->count * sizeof *cells);
}

struct bundle *
otpi_bundle_new(void)
{
	struct runtime *rt = &otpi_runtime;
	struct bundle *bundle = rt->bundles;

	if (bundle)
		rt->bundles = bundle->next;
	else
		bundle = otpi_malloc(sizeof *bundle);
	bundle->count = 0;
	return bundle;
}

void
otpi_bundle_free(struct bundle *bundle)
{
	bundle->next = otpi_runtime.bundles;
	otpi_runtime.bundles = bundle;
}
