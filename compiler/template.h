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
	struct template *compiled; /* those that were used, by any module */
};

struct template_use {
	struct template_use *next;
	struct text path;
	struct text name;
	struct text text;
};

/* Where the output goes. What is in `out` may be taken out of it by `drain`,
   NULL for no such thing, whenever there is much of it. */
struct template_out {
	struct textbuf out;
	void (*drain)(struct template_out *to);
};

/* Appends the template, filled in, to `to`. False when it is wrong, which was
   reported. */
bool template_fill(struct template_set *set, const char *name,
	const struct tree *tree, struct template_out *to);

/* ----------------------------------------- between template*.c of this pass */

enum step_kind {
	STEP_TEXT, /* as it stands */
	STEP_NAME,
	STEP_FOR, /* up to `end` */
	STEP_IF, /* up to `otherwise`, then to `end` */
	STEP_INCLUDE
};

/* A template is compiled to steps once, then run for many nodes. */
struct step {
	enum step_kind kind;
	unsigned name; /* the number of word in the tree's names */
	struct text word; /* the text, name, list or file */
	size_t line; /* of the template, for errors */
	size_t otherwise; /* the step after $else$, or the same as end */
	size_t end; /* the step after $end$ */
	struct template *included; /* once it was looked for */
};

struct template
{
	struct template *next;
	const struct tree_names *names; /* whose numbers the steps hold */
	struct text name; /* of the file */
	struct step *steps;
	size_t n_steps;
	size_t capacity;
	bool failed; /* reported: it is not to be run */
};

/* Finds and compiles a template; the one of before when it was. NULL if there
   is none. */
struct template *template_get(
	struct template_set *set, const struct tree *tree, struct text name);

/* Tells what is wrong in a template. */
void template_error(struct template_set *set, struct text name, size_t line,
	const char *what, struct text word);

#endif
