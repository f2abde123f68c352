/* SPDX-License-Identifier: Apache-2.0 */
#include "core/trace_ring.h"

#include <stdlib.h>
#include <string.h>

struct trace_ring *
otpi_trace_ring(struct thread *t)
{
	struct trace *trace = &otpi_runtime.trace;
	struct trace_ring *ring = t->trace_ring;

	if (ring)
		return ring;
	ring = aligned_alloc(64, sizeof *ring);
	if (ring == NULL)
		otpi_out_of_memory(sizeof *ring);
	atomic_init(&ring->ended, false);
	atomic_init(&ring->head, 0);
	atomic_init(&ring->tail, 0);
	t->trace_ring = ring;
	pthread_mutex_lock(&trace->rings_lock);
	list_push_back(&trace->rings, &ring->on);
	pthread_mutex_unlock(&trace->rings_lock);
	return ring;
}

static bool
is_text_lent(const struct otp_trace_event *event)
{
	return event->kind == OTP_TRACE_EXIT ||
		event->kind == OTP_TRACE_RESTART;
}

static uint32_t
ring_len(struct trace_ring *ring)
{
	/* Acquire: what the reader has left may be written anew. */
	return atomic_load_explicit(&ring->tail, memory_order_relaxed) -
		atomic_load_explicit(&ring->head, memory_order_acquire);
}

bool
otpi_trace_ring_is_busy(struct trace_ring *ring)
{
	return ring_len(ring) >= TRACE_RING_SIZE / 2;
}

bool
otpi_trace_ring_put(
	struct trace_ring *ring, const struct otp_trace_event *event)
{
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	struct otp_trace_event *at = &ring->events[tail % TRACE_RING_SIZE];

	if (ring_len(ring) == TRACE_RING_SIZE)
		return false;
	*at = *event;
	if (event->text && is_text_lent(event)) {
		size_t size = strlen(event->text) + 1;

		at->text = memcpy(otpi_malloc(size), event->text, size);
	}
	at->reason = (otp_term){0};
	/* Release: the reader that sees it sees the event. */
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	return true;
}

void
otpi_trace_thread_end(struct thread *t)
{
	if (t->trace_ring) /* release: its last event is seen */
		atomic_store_explicit(
			&t->trace_ring->ended, true, memory_order_release);
	t->trace_ring = NULL;
}

/* --- the reader ---------------------------------------------------------- */

static void
batch_clear(struct trace_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (is_text_lent(&batch->events[i]))
			otpi_free((void *)(uintptr_t)batch->events[i].text);
	batch->count = 0;
}

void
otpi_trace_batch_free(struct trace_batch *batch)
{
	batch_clear(batch);
	otpi_free(batch->events);
	*batch = (struct trace_batch){0};
}

static void
batch_add(struct trace_batch *batch, const struct otp_trace_event *event)
{
	if (batch->count == batch->capacity) {
		batch->capacity =
			batch->capacity ? 2 * batch->capacity : TRACE_RING_SIZE;
		batch->events = otpi_realloc(batch->events,
			batch->capacity * sizeof batch->events[0]);
	}
	batch->events[batch->count++] = *event;
}

/* True: it is empty, and stays so. */
static bool
ring_take(struct trace_ring *ring, struct trace_batch *batch, int64_t until_ns)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	/* Acquire: `ended` first, then there is no event behind the tail. */
	bool ended = atomic_load_explicit(&ring->ended, memory_order_acquire);
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);

	for (; head != tail; head++) {
		const struct otp_trace_event *event =
			&ring->events[head % TRACE_RING_SIZE];

		if (event->time_ns > until_ns)
			break;
		batch_add(batch, event);
	}
	/* Release: they have been read, and may be written over. */
	atomic_store_explicit(&ring->head, head, memory_order_release);
	return ended && head == tail;
}

/*
 * By time; what is of one time stays as it is: that of one thread stands in its
 * order.
 */
static int
compare(const void *a, const void *b)
{
	const struct otp_trace_event *x = *(struct otp_trace_event *const *)a;
	const struct otp_trace_event *y = *(struct otp_trace_event *const *)b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void
batch_sort(struct trace_batch *batch)
{
	size_t n = batch->count;
	struct otp_trace_event *sorted;
	const struct otp_trace_event **order;

	if (n < 2)
		return;
	sorted = otpi_malloc(batch->capacity * sizeof sorted[0]);
	order = otpi_malloc(n * sizeof order[0]);
	for (size_t i = 0; i < n; i++)
		order[i] = &batch->events[i];
	qsort(order, n, sizeof order[0], compare);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *order[i];
	otpi_free(order);
	otpi_free(batch->events);
	batch->events = sorted;
}

void
otpi_trace_collect(struct trace_batch *batch, int64_t until_ns)
{
	struct trace *trace = &otpi_runtime.trace;

	batch_clear(batch);
	pthread_mutex_lock(&trace->rings_lock);
	list_for_each_safe (it, after, &trace->rings) {
		struct trace_ring *ring =
			container_of(it, struct trace_ring, on);

		if (ring_take(ring, batch, until_ns)) {
			list_remove(&ring->on);
			free(ring);
		}
	}
	pthread_mutex_unlock(&trace->rings_lock);
	batch_sort(batch);
}
