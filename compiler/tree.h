/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_TREE_H
#define OTPC_TREE_H

/*
 * What a template is filled from: a node holds entries by name, each a text,
 * a flag or a list of nodes. A list that was begun and never added to is
 * there and empty, which is not the same as a name nobody set: a template
 * that asks for the latter is wrong. Setting a name again replaces it. Nodes
 * live in the arena; names are lent and are string constants.
 */

#include "text.h"

struct tree_entry;

struct tree {
	struct arena *arena;
	struct tree *next; /* in the list it is on */
	struct tree_entry *entries;
	struct tree_entry *last;
};

enum tree_kind {
	TREE_TEXT,
	TREE_FLAG,
	TREE_LIST
};

struct tree_entry {
	struct tree_entry *next;
	const char *name;
	enum tree_kind kind;
	struct text text;
	bool flag;
	struct tree *first; /* a list's nodes, linked by next */
	struct tree *last;
};

struct tree *tree_new(struct arena *arena);
void tree_text(struct tree *tree, const char *name, struct text text);
void tree_string(struct tree *tree, const char *name, const char *string);
void tree_flag(struct tree *tree, const char *name, bool flag);

/* An empty list, if the name is not there yet. */
void tree_list(struct tree *tree, const char *name);

/* A new node at the end of the list of that name. */
struct tree *tree_add(struct tree *tree, const char *name);

/* NULL when nobody set the name. */
const struct tree_entry *tree_find(const struct tree *tree, struct text name);

#endif
