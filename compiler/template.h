/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_TEMPLATE_H
#define OTPC_TEMPLATE_H

/*
 * A template is the output with holes:
 *
 *   $name$                            the text of that name
 *   $for list$ ... $end$              once for each node of the list, whose
 *                                     names are seen first inside
 *   $if name$ ... $else$ ... $end$    a flag that is set, a text or a list
 *                                     that is not empty
 *   $include file$                    another template, in the same scope
 *   $$                                a dollar sign
 *
 * A line that holds one tag and nothing else vanishes, unless the tag is a
 * name. A name nobody set is an error with the template's file and line, and
 * never empty text. There are no expressions: the model gives a name to each
 * decision.
 */

#include "tree.h"

struct program;

/* One file of templates/, embedded when otpc is built. */
struct template_file {
	const char *name; /* "module.h.tpl" */
	const char *text;
	size_t len;
};

extern const struct template_file template_files[];
extern const size_t template_file_count;

/* Where templates come from. */
struct template_set {
	struct program *program;
	const char *directory; /* read before the embedded ones; or NULL */
	struct template_use *used; /* files of the directory that were read */
	struct template_use *last_used;
};

struct template_use {
	struct template_use *next;
	struct text path;
	struct text name;
	struct text text;
};

/* Appends the template, filled in, to `out`. False when it is wrong, which
   was reported. */
bool template_fill(struct template_set *set, const char *name,
	const struct tree *tree, struct textbuf *out);

#endif
