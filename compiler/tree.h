/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_TREE_H
#define OTPC_TREE_H

/*
 * What a template is filled from: a node holds entries by name, each a text,
 * a flag or a list of nodes. A list that was begun and never added to is
 * there and empty, which is not the same as a name nobody set: a template
 * that asks for the latter is wrong. Setting a name again replaces it. Nodes
 * live in the arena. Names are numbered as they come up, once for a whole
 * tree, so that neither setting nor finding one compares texts.
 */

#include "text.h"

struct tree;

/* Of a list whose nodes are made one at a time, when a template comes to them,
   and forgotten afterwards: a program of thousands of servers never has all
   of its model in memory. Fills the node, whose arena is all it may use. */
typedef void
tree_make(const void *context, struct tree *node, const void *item);

struct tree_names; /* the numbers of a tree's names */

enum {
	tree_seen_words = 8
};

struct tree {
	struct arena *arena;
	struct tree_names *names; /* shared by all nodes of a tree */
	struct tree *next; /* in the list it is on */
	struct tree_entry *entries;
	struct tree_entry *last;
	/* A bit for number % 512: clear, nobody set such a name. */
	uint64_t seen[tree_seen_words];
};

enum tree_kind {
	TREE_TEXT,
	TREE_FLAG,
	TREE_LIST, /* of nodes that are there */
	TREE_MADE /* of nodes that are made when they are needed */
};

struct tree_entry {
	struct tree_entry *next;
	unsigned name; /* its number */
	enum tree_kind kind;
	union {
		struct text text;
		bool flag;
		struct {
			struct tree *first; /* linked by next */
			struct tree *last;
		} list;
		struct {
			tree_make *make;
			const void *context;
			const void *const *items;
			size_t n;
		} made;
	} u;
};

/* The root of a new tree. */
struct tree *tree_new(struct arena *arena);

/* A node for a tree that is there, on no list of it. */
struct tree *tree_node(const struct tree *tree, struct arena *arena);

void tree_text(struct tree *tree, const char *name, struct text text);
void tree_string(struct tree *tree, const char *name, const char *string);
void tree_flag(struct tree *tree, const char *name, bool flag);

/* An empty list, if the name is not there yet. */
void tree_list(struct tree *tree, const char *name);

/* A new node at the end of the list of that name. */
struct tree *tree_add(struct tree *tree, const char *name);

/* A list of one node for each item. Lends context and items. */
void tree_made(struct tree *tree, const char *name, tree_make *make,
	const void *context, const void *const *items, size_t n);

/* NULL when nobody set the name. */
const struct tree_entry *tree_find(const struct tree *tree, struct text name);

/* The number of a name in this tree; a new one if nobody used it. */
unsigned tree_number(const struct tree *tree, struct text name);

/* One more than the greatest number given so far. */
unsigned tree_count(const struct tree *tree);

#endif
