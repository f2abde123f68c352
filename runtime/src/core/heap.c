/* SPDX-License-Identifier: Apache-2.0 */
#include "core/heap.h"
#include "core/run.h"
#include "core/signals.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_MAX ((size_t)1 << 46)

/* The calling process asks for more than there is: only it ends. */
OTP_NORETURN static void
out_of_memory(struct thread *t)
{
	struct process *p = t->runner->process;

	if (t->runner->fiber == NULL)
		otpi_out_of_memory(HEAP_MAX);
	otpi_end_reason_limit(p);
	otpi_end_self(t, false);
}

void
otpi_heap_outgrown(struct runner *r, size_t more)
{
	struct process *p = r->process;

	r->outgrown = otpi_heap_size(p, r) + more;
	otpi_end_reason_set(p, &otpi_reason_killed);
	/* Its end may take what it takes: report, destructors. */
	p->flags &= (uint16_t)~PROCESS_LIMITED;
	/* Relaxed: a statistic. */
	atomic_fetch_add_explicit(
		&otpi_runtime.outgrown, 1, memory_order_relaxed);
}

void
otpi_heap_kill(struct thread *t, size_t more)
{
	otpi_heap_outgrown(t->runner, more);
	t->runner->ended = true; /* as of a kill, no `ending` (B41) */
	otpi_end_self(t, false);
}

/* What nobody has counted until now. */
static size_t
heap_count(const struct process *p)
{
	size_t sum = 0;

	for (const struct heap *h = p->heap; h; h = h->next)
		sum += h->size;
	return sum;
}

void
otpi_heap_limit_set(struct thread *t, size_t limit)
{
	struct runner *r = t->runner;
	struct process *p = r->process;

	if (limit == 0 && !(p->flags & PROCESS_LIMITED))
		return;
	otpi_rare(t, p)->max_heap = limit;
	if (limit == 0) {
		p->flags &= (uint16_t)~PROCESS_LIMITED;
		r->lent_size = 0;
	} else if (!(p->flags & PROCESS_LIMITED)) {
		p->flags |= PROCESS_LIMITED;
		p->extras->heap_used = heap_count(p);
		r->lent_size = OTPI_LENT_NONE + otpi_lent_count(r);
	}
}

static void
heap_link(struct process *p, struct heap *h)
{
	if (unlikely(p->flags & PROCESS_LIMITED))
		p->extras->heap_used += h->size;
	h->prev = NULL;
	h->next = p->heap;
	if (h->next)
		h->next->prev = h;
	p->heap = h;
}

void *
otpi_heap_new(struct process *p, size_t size)
{
	struct heap *h = size < HEAP_MAX ? calloc(1, sizeof *h + size) : NULL;

	if (h == NULL)
		return NULL;
	h->size = size;
	heap_link(p, h);
	return h + 1;
}

void *
otpi_heap_data(struct thread *t, struct process *p, size_t size)
{
	size_t total = size + sizeof(struct heap);
	struct heap *h;
	unsigned c;
	void *data;

	if (total > CELL_MAX) {
		if ((data = otpi_heap_new(p, size)) == NULL)
			otpi_out_of_memory(size);
		return data;
	}
	c = otpi_cell_class(total);
	h = otpi_cell_new(t, c);
	memset(h + 1, 0, size);
	h->size = size;
	h->cell = c + 1;
	heap_link(p, h);
	return h + 1;
}

static void
heap_free(struct thread *t, struct heap *h)
{
	if (h->cell)
		otpi_cell_free(t, h, (unsigned)h->cell - 1);
	else
		free(h);
}

void
otpi_heap_free_all(struct thread *t, struct heap *heap)
{
	struct heap *next;

	for (; heap; heap = next) {
		next = heap->next;
		heap_free(t, heap);
	}
}

void
otpi_heap_free_some(struct thread *t, struct heap **heap, int *budget)
{
	struct heap *next;

	for (; *heap && *budget > 0; (*budget)--) {
		next = (*heap)->next;
		heap_free(t, *heap);
		*heap = next;
	}
}

/* Not where the program would end of it. */
static inline bool
fails(const struct thread *t)
{
	return t->runner->fiber && otpi_chance_fails(CHANCE_FAIL_ALLOC);
}

void *
otp_alloc(size_t size)
{
	struct thread *t = otpi_enter();
	void *ptr;

	otpi_heap_check(t, size < HEAP_MAX ? size : 0);
	ptr = fails(t) ? NULL : otpi_heap_new(t->runner->process, size);
	if (ptr == NULL)
		out_of_memory(t);
	otpi_leave(t);
	return ptr;
}

static void
heap_unlink(struct process *p, struct heap *h)
{
	if (unlikely(p->flags & PROCESS_LIMITED))
		p->extras->heap_used -= h->size;
	if (h->prev)
		h->prev->next = h->next;
	else
		p->heap = h->next;
	if (h->next)
		h->next->prev = h->prev;
}

void
otp_free(void *ptr)
{
	struct thread *t;

	if (ptr == NULL)
		return;
	t = otpi_enter();
	heap_unlink(t->runner->process, (struct heap *)ptr - 1);
	free((struct heap *)ptr - 1);
	otpi_leave(t);
}

/*
 * Off the process's list at once, so that its death does not free it twice;
 * the block on the runner's list of lent memory has it now.
 */
void
otp_free_later(void *ptr)
{
	struct thread *t;
	struct otp_msg *m;

	if (ptr == NULL)
		return;
	t = otpi_enter();
	heap_unlink(t->runner->process, (struct heap *)ptr - 1);
	m = otpi_block_new(t, 0);
	m->kind = OTPI_LATER;
	m->status = 0;
	m->id = (uint64_t)(uintptr_t)((struct heap *)ptr - 1);
	otpi_lend(t->runner, m);
	otpi_leave(t);
}

size_t
otpi_heap_later_size(const struct otp_msg *m)
{
	return ((const struct heap *)(uintptr_t)m->id)->size;
}

void
otpi_heap_free_later(struct otp_msg *m)
{
	free((struct heap *)(uintptr_t)m->id);
}

void *
otp_realloc(void *ptr, size_t size)
{
	struct thread *t;
	struct heap *h, *grown;
	size_t old;

	if (ptr == NULL)
		return otp_alloc(size);
	t = otpi_enter();
	h = (struct heap *)ptr - 1;
	old = h->size;
	if (size > old && size < HEAP_MAX)
		otpi_heap_check(t, size - old);
	heap_unlink(t->runner->process, h);
	grown = size < HEAP_MAX && !fails(t) ? realloc(h, sizeof *h + size)
					     : NULL;
	if (grown)
		grown->size = size;
	heap_link(t->runner->process, grown ? grown : h);
	if (grown == NULL)
		out_of_memory(t);
	if (size > old)
		memset((char *)(grown + 1) + old, 0, size - old);
	otpi_leave(t);
	return grown + 1;
}

void
otp_own(void *ptr, void (*destructor)(void *ptr))
{
	struct thread *t = otpi_enter();
	struct extras *x = otpi_extras(t, t->runner->process);
	struct owned *owned = otpi_malloc(sizeof *owned);

	owned->ptr = ptr;
	owned->destructor = destructor;
	owned->next = x->owned;
	x->owned = owned;
	otpi_leave(t);
}

void
otp_disown(void *ptr)
{
	struct thread *t = otpi_enter();
	struct extras *x = t->runner->process->extras;
	struct owned **at = x ? &x->owned : NULL;

	while (at && *at && (*at)->ptr != ptr)
		at = &(*at)->next;
	if (at && *at) {
		struct owned *owned = *at;

		*at = owned->next;
		otpi_free(owned);
	}
	otpi_leave(t);
}

/* Apart, so that what is there already is handed out without a frame. */
__attribute__((noinline)) static struct otp_msg *
new_scratch(struct thread *t, size_t size)
{
	size_t room = 8 + (size > SCRATCH_SIZE ? size : SCRATCH_SIZE);
	struct otp_msg *m;

	otpi_heap_check(t, room);
	m = otpi_block_new(t, room);
	m->kind = OTPI_SCRATCH;
	m->id = 0;
	m->status = 0;
	otpi_lend(t->runner, m);
	return m;
}

static void *
scratch(struct thread *t, size_t size)
{
	struct otp_msg *m = t->runner->lent;
	bool fits = false;
	void *ptr;

	if (unlikely(size > HEAP_MAX))
		out_of_memory(t);
	size = (size + 15) & ~(size_t)15;
	if (m && m->kind == OTPI_SCRATCH)
		fits = size <= otpi_block_size(m) - sizeof *m - 8 - m->id;
	if (unlikely(!fits))
		m = new_scratch(t, size);
	/* 8 more than the header: aligned to 16. */
	ptr = (char *)(m + 1) + 8 + m->id;
	m->id += size;
	return ptr;
}

void *
otp_tmp(size_t size)
{
	struct thread *t = otpi_enter();
	void *ptr = scratch(t, size);

	otpi_leave(t);
	return ptr;
}

otp_string
otp_tmp_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		return otp_strn(NULL, 0);
	text = otp_tmp((size_t)len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return otp_strn(text, (size_t)len);
}

otp_mark
otp_mark_set(void)
{
	struct thread *t = otpi_enter();
	struct otp_msg *m = t->runner->lent;
	otp_mark mark = {m, 0};

	if (m && m->kind == OTPI_SCRATCH)
		mark.used = m->id;
	otpi_leave(t);
	return mark;
}

void
otp_release(otp_mark mark)
{
	struct thread *t = otpi_thread_self;
	struct otp_msg *m = t ? t->runner->lent : NULL;

	/* Lent memory is the calling thread's own: a look needs no entry. */
	if (t && (void *)m == mark.top && (!m || m->kind != OTPI_SCRATCH))
		return;
	t = otpi_enter();

	otpi_lent_release(t, t->runner, mark);
	otpi_leave(t);
}

void
otp_lent_free(void)
{
	otp_mark none = {NULL, 0};

	otp_release(none);
}

void
otp_lent_free_but(struct otp_msg *kept)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	otp_mark none = {NULL, 0};
	struct otp_msg **at = &r->lent;

	while (*at && *at != kept)
		at = &(*at)->next;
	if (*at)
		*at = kept->next;
	else
		kept = NULL;
	otpi_lent_release(t, r, none);
	if (kept)
		otpi_lend(r, kept);
	otpi_leave(t);
}

static bool
block_holds(const struct otp_msg *m, const void *ptr)
{
	const char *from = (const char *)m;

	return (const char *)ptr >= from &&
		(const char *)ptr < from + otpi_block_size(m);
}

bool
otp_is_lent(const void *ptr)
{
	struct thread *t = otpi_enter();
	struct runner *r = t->runner;
	bool found = r->current && block_holds(r->current, ptr);

	for (struct otp_msg *m = r->lent; m && !found; m = m->next)
		found = block_holds(m, ptr);
	otpi_leave(t);
	return found;
}
