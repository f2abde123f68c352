/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime owns, counted: how much of each kind was ever made, and how
 * much of it is free. Exact while no process is alive and no thread of the
 * runtime runs, that is, after a stop that gave OTP_OK. What threads of the
 * program keep then is theirs: free blocks and slots, but for those of the
 * calling one, which count as free, and the slot of each. A difference that
 * grows from one such moment to the next is a leak. For tests.
 */
#ifndef OTPI_AUDIT_H
#define OTPI_AUDIT_H

#include <otp/base.h>

struct otpi_count {
	uint64_t made;
	uint64_t free;
};

struct otpi_audit {
	struct otpi_count blocks; /* of the size classes */
	struct otpi_count stacks;
	struct otpi_count slots; /* that are not retired */
	struct otpi_count pending; /* records of deferred calls */
	uint64_t timers_left; /* ever found on a wheel at a stop */
	uint64_t threads; /* of the runtime, now */
};

/* Any thread of the program. Takes locks, and a while. */
void otpi_audit(struct otpi_audit *audit);

static inline uint64_t
otpi_count_used(struct otpi_count count)
{
	return count.made - count.free;
}

/* Blocks that are in use. */
static inline uint64_t
otpi_audit_blocks(void)
{
	struct otpi_audit audit;

	otpi_audit(&audit);
	return otpi_count_used(audit.blocks);
}

#endif
