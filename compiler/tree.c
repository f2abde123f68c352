/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

struct tree *
tree_new(struct arena *arena)
{
	struct tree *tree = ARENA_NEW(arena, struct tree);

	tree->arena = arena;
	return tree;
}

const struct tree_entry *
tree_find(const struct tree *tree, struct text name)
{
	for (const struct tree_entry *e = tree->entries; e; e = e->next) {
		if (text_is(name, e->name))
			return e;
	}
	return NULL;
}

/* The entry of that name, made when there is none. */
static struct tree_entry *
entry(struct tree *tree, const char *name, enum tree_kind kind)
{
	struct tree_entry *e = tree->entries;

	while (e && !text_is(text_of(name), e->name))
		e = e->next;
	if (!e) {
		e = ARENA_NEW(tree->arena, struct tree_entry);
		e->name = name;
		if (tree->last)
			tree->last->next = e;
		else
			tree->entries = e;
		tree->last = e;
	}
	e->kind = kind;
	return e;
}

void
tree_text(struct tree *tree, const char *name, struct text text)
{
	entry(tree, name, TREE_TEXT)->text = text;
}

void
tree_string(struct tree *tree, const char *name, const char *string)
{
	tree_text(tree, name, text_of(string));
}

void
tree_flag(struct tree *tree, const char *name, bool flag)
{
	entry(tree, name, TREE_FLAG)->flag = flag;
}

void
tree_list(struct tree *tree, const char *name)
{
	entry(tree, name, TREE_LIST);
}

struct tree *
tree_add(struct tree *tree, const char *name)
{
	struct tree_entry *list = entry(tree, name, TREE_LIST);
	struct tree *node = tree_new(tree->arena);

	if (list->last)
		list->last->next = node;
	else
		list->first = node;
	list->last = node;
	return node;
}
