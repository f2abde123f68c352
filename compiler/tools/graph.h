/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_GRAPH_H
#define OTPC_GRAPH_H

/*
 * A graph has a node for each declaration, not for each place in the tree: a
 * supervisor that stands in several places is one node with several edges to
 * it, so the graph is never larger than the specs. Nodes and edges are in the
 * order of the files; the same specs give the same text.
 */

#include "command.h"

struct graph {
	struct program *program;
	struct arena *arena;
	bool tree; /* supervisors and what they start */
	bool calls; /* who calls whom */
	const struct decl **decls; /* the nodes */
	size_t n_decls;
	struct table chosen; /* the nodes by their id */
	bool has_modules; /* nodes of several: each has a frame */
};

/* "bank.Account" */
struct text graph_id(struct arena *arena, const struct decl *decl);

bool graph_has(const struct graph *graph, const struct decl *decl);

/* graph_dot.c: in the language of Graphviz. */
struct text graph_dot(const struct graph *graph);

/* graph_svg.c: what Graphviz makes of it; ptr NULL: it failed, which was
   reported. */
struct text graph_svg(struct program *program, struct text dot);

#endif
