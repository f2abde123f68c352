/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intrusive lists: the links live in the listed object, so nothing is
 * allocated and an object is on at most one list per link. Neither kind is
 * safe against other threads.
 *
 * A `list` is a ring through a head that is no element: head.next is the
 * first, head.prev the last, and a head that points to itself is empty. An
 * object off every list points to itself, so removing it twice is harmless.
 * A `fifo` is a chain with its last element remembered; `last` means nothing
 * while `first` is NULL.
 */
#ifndef OTPI_LIST_H
#define OTPI_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

/* The object of `type` whose member `field` is the link at ptr. */
#define container_of(ptr, type, field) \
	((type *)(void *)((char *)(ptr)-offsetof(type, field)))

#define list_for_each(it, head) \
	for (struct list *it = (head)->next; it != (head); it = it->next)

/* The element at `it` may be removed; `after` is the next one. */
#define list_for_each_safe(it, after, head) \
	for (struct list *it = (head)->next, *after = it->next; it != (head); \
		it = after, after = it->next)

static inline void
list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool
list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline void
list_insert_before(struct list *at, struct list *node)
{
	node->next = at;
	node->prev = at->prev;
	at->prev->next = node;
	at->prev = node;
}

static inline void
list_push_back(struct list *head, struct list *node)
{
	list_insert_before(head, node);
}

static inline void
list_push_front(struct list *head, struct list *node)
{
	list_insert_before(head->next, node);
}

static inline void
list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* NULL when the list is empty. */
static inline struct list *
list_pop_front(struct list *head)
{
	struct list *node = head->next;

	if (node == head)
		return NULL;
	list_remove(node);
	return node;
}

/* Moves all of `from` behind what `to` has; `from` is empty then. */
static inline void
list_splice_back(struct list *to, struct list *from)
{
	if (list_is_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

struct fifo_node {
	struct fifo_node *next;
};

struct fifo {
	struct fifo_node *first;
	struct fifo_node *last;
};

static inline bool
fifo_is_empty(const struct fifo *fifo)
{
	return !fifo->first;
}

static inline void
fifo_push(struct fifo *fifo, struct fifo_node *node)
{
	node->next = NULL;
	if (fifo->first)
		fifo->last->next = node;
	else
		fifo->first = node;
	fifo->last = node;
}

static inline void
fifo_push_front(struct fifo *fifo, struct fifo_node *node)
{
	if (!fifo->first)
		fifo->last = node;
	node->next = fifo->first;
	fifo->first = node;
}

/* NULL when there is none. */
static inline struct fifo_node *
fifo_pop(struct fifo *fifo)
{
	struct fifo_node *node = fifo->first;

	if (node)
		fifo->first = node->next;
	return node;
}

/*
 * Takes `node` out, whose predecessor is `before`, or NULL if it is the
 * first.
 */
static inline void
fifo_remove_after(
	struct fifo *fifo, struct fifo_node *before, struct fifo_node *node)
{
	if (before)
		before->next = node->next;
	else
		fifo->first = node->next;
	if (fifo->last == node)
		fifo->last = before;
}

/* Moves all of `from` behind what `to` has; `from` is empty then. */
static inline void
fifo_splice(struct fifo *to, struct fifo *from)
{
	if (!from->first)
		return;
	if (to->first)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	from->first = NULL;
}

#endif
