/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What AddressSanitizer and ThreadSanitizer are told about fibers; nothing in
 * other builds. san_leave and san_arrive stand around the switch itself, in
 * functions that are SAN_PLAIN: instrumented code between them would run with
 * the one's stack and the other's bookkeeping.
 *
 * LeakSanitizer looks for pointers on the stacks it was told of only, hence
 * the root regions.
 */
#ifndef OTPI_SANITIZER_H
#define OTPI_SANITIZER_H

#include "core/fiber.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SAN_ADDRESS 1
#elif __has_feature(thread_sanitizer)
#define SAN_THREAD 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SAN_ADDRESS 1
#elif defined(__SANITIZE_THREAD__)
#define SAN_THREAD 1
#endif

#if defined(SAN_ADDRESS)
#include "core/sanitizer_address.h"
#elif defined(SAN_THREAD)
#include "core/sanitizer_thread.h"
#else

#define SAN_PLAIN
#define SAN_STACK_MIN OTPI_STACK_DEFAULT

static inline void
san_fiber_new(struct otpi_fiber *fiber)
{
	(void)fiber;
}

static inline void
san_fiber_free(struct otpi_fiber *fiber)
{
	(void)fiber;
}

static inline void
san_thread_init(struct otpi_fiber *fiber)
{
	(void)fiber;
}

static inline void
san_leave(struct otpi_fiber *from, struct otpi_fiber *to)
{
	(void)from;
	(void)to;
}

static inline void
san_arrive(struct otpi_fiber *self)
{
	(void)self;
}

/* The fiber that is running goes on at its base, its frames abandoned. */
static inline void
san_abandon(struct otpi_fiber *self)
{
	(void)self;
}

/* Memory outside of malloc that points into it. */
static inline void
san_region(void *at, size_t size)
{
	(void)at;
	(void)size;
}

#endif
#endif
