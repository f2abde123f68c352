/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <string.h>

enum {
	n_recent = 1024 /* a power of two */
};

/*
 * Names by number, and numbers by name. Most names are string constants that
 * come by again and again, so where a constant is tells which one it was last
 * time; that is checked, since other texts may come to lie there.
 */
struct tree_names {
	struct arena *arena;
	struct text *names; /* by number */
	unsigned count;
	unsigned capacity;
	unsigned *buckets; /* number + 1, or 0; open addressing */
	unsigned n_buckets; /* a power of two, more than twice count */
	struct {
		const char *ptr;
		unsigned number;
	} recent[n_recent];
};

static unsigned
hash(struct text name)
{
	unsigned h = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.ptr[i]) * 16777619u;
	return h;
}

static unsigned *
bucket_of(const struct tree_names *names, struct text name)
{
	unsigned i = hash(name);

	for (;; i++) {
		unsigned *bucket = &names->buckets[i & (names->n_buckets - 1)];

		if (*bucket == 0 || text_equal(names->names[*bucket - 1], name))
			return bucket;
	}
}

static void
grow(struct tree_names *names)
{
	struct text *former = names->names;

	names->capacity = names->capacity ? 2 * names->capacity : 256;
	names->names = arena_array(
		names->arena, names->capacity, sizeof(*names->names));
	if (names->count > 0)
		memcpy(names->names, former, names->count * sizeof(*former));
	names->n_buckets = 4 * names->capacity;
	names->buckets = arena_array(
		names->arena, names->n_buckets, sizeof(*names->buckets));
	for (unsigned i = 0; i < names->count; i++)
		*bucket_of(names, names->names[i]) = i + 1;
}

static unsigned
number_of(struct tree_names *names, struct text name)
{
	unsigned *bucket = bucket_of(names, name);

	if (*bucket)
		return *bucket - 1;
	if (names->count == names->capacity) {
		grow(names);
		bucket = bucket_of(names, name);
	}
	names->names[names->count] = text_copy(names->arena, name);
	*bucket = ++names->count;
	return *bucket - 1;
}

static unsigned
number_of_string(struct tree_names *names, const char *name)
{
	size_t i = ((uintptr_t)name ^ ((uintptr_t)name >> 10)) & (n_recent - 1);
	unsigned number = names->recent[i].number;

	if (names->recent[i].ptr == name && text_is(names->names[number], name))
		return number;
	number = number_of(names, text_of(name));
	names->recent[i].ptr = name;
	names->recent[i].number = number;
	return number;
}

struct tree *
tree_new(struct arena *arena)
{
	struct tree *tree = ARENA_NEW(arena, struct tree);

	tree->arena = arena;
	tree->names = ARENA_NEW(arena, struct tree_names);
	tree->names->arena = arena;
	grow(tree->names);
	return tree;
}

struct tree *
tree_node(const struct tree *tree, struct arena *arena)
{
	struct tree *node = ARENA_NEW(arena, struct tree);

	node->arena = arena;
	node->names = tree->names;
	return node;
}

static struct tree_entry *
find(const struct tree *tree, unsigned number)
{
	struct tree_entry *e = tree->entries;

	if (!(tree->seen[number / 64 % tree_seen_words] >> number % 64 & 1))
		return NULL;
	while (e && e->name != number)
		e = e->next;
	return e;
}

const struct tree_entry *
tree_find(const struct tree *tree, struct text name)
{
	return find(tree, number_of(tree->names, name));
}

unsigned
tree_number(const struct tree *tree, struct text name)
{
	return number_of(tree->names, name);
}

unsigned
tree_count(const struct tree *tree)
{
	return tree->names->count;
}

/* The entry of that name, made when there is none. */
static struct tree_entry *
entry(struct tree *tree, const char *name, enum tree_kind kind)
{
	unsigned number = number_of_string(tree->names, name);
	struct tree_entry *e = find(tree, number);

	if (!e) {
		e = ARENA_NEW(tree->arena, struct tree_entry);
		e->name = number;
		if (tree->last)
			tree->last->next = e;
		else
			tree->entries = e;
		tree->last = e;
		tree->seen[number / 64 % tree_seen_words] |= UINT64_C(1)
			<< number % 64;
	} else if (e->kind != kind) {
		memset(&e->u, 0, sizeof(e->u));
	}
	e->kind = kind;
	return e;
}

void
tree_text(struct tree *tree, const char *name, struct text text)
{
	entry(tree, name, TREE_TEXT)->u.text = text;
}

void
tree_string(struct tree *tree, const char *name, const char *string)
{
	tree_text(tree, name, text_of(string));
}

void
tree_flag(struct tree *tree, const char *name, bool flag)
{
	entry(tree, name, TREE_FLAG)->u.flag = flag;
}

void
tree_list(struct tree *tree, const char *name)
{
	entry(tree, name, TREE_LIST);
}

struct tree *
tree_add(struct tree *tree, const char *name)
{
	struct tree_entry *e = entry(tree, name, TREE_LIST);
	struct tree *node = tree_node(tree, tree->arena);

	if (e->u.list.last)
		e->u.list.last->next = node;
	else
		e->u.list.first = node;
	e->u.list.last = node;
	return node;
}

void
tree_made(struct tree *tree, const char *name, tree_make *make,
	const void *context, const void *const *items, size_t n)
{
	struct tree_entry *e = entry(tree, name, TREE_MADE);

	e->u.made.make = make;
	e->u.made.context = context;
	e->u.made.items = items;
	e->u.made.n = n;
}
