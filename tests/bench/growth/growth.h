/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program here does the same with few and with many, and prints a line
 * WHAT<TAB>HOW MANY<TAB>COST<TAB>UNIT for each: the cost of one operation,
 * which should not depend on how many there are. With SCALE below 1 the
 * largest are left out.
 */
#ifndef GROWTH_H
#define GROWTH_H

#include "bench.h"

static inline void
growth_row(const char *what, int64_t many, double cost, const char *unit)
{
	printf("%s\t%" PRId64 "\t%.2f\t%s\n", what, many, cost, unit);
	fflush(stdout);
}

/* What each of n operations took that began at start_ns and end now. */
static inline void
growth_each(const char *what, int64_t many, int64_t start_ns, int64_t n)
{
	growth_row(
		what, many, (double)(bench_now() - start_ns) / (double)n, "ns");
}

/* body(from), body(10 * from) ... body(to), less of them below scale 1. */
static inline void
growth_decades(int64_t from, int64_t to, void (*body)(int64_t many))
{
	for (int64_t many = from; many <= to; many *= 10)
		if (many == from || (double)many <= (double)to * bench_scale)
			body(many);
}

#endif
