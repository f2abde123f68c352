/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_WARN_H
#define OTPC_WARN_H

/*
 * What is allowed and yet hardly meant. These parts run once all modules were
 * checked, since most of it only a look at the whole program can tell; they
 * change nothing and report warnings only. What is wrong elsewhere may be what
 * would have used something, so unused things are looked for when nothing is.
 * Style is looked at in the files of the command line, not in their imports.
 */

#include "otpc.h"

/* check_calls.c: calls that time out before those within them */
void warn_calls(struct program *program, struct module *module);

/* warn_tree.c: children that are killed before they had their time; an
   intensity of 0 */
void warn_trees(struct program *program, struct module *module);

/* warn_unused.c: imports, parameters of supervisors, messages; in a program
   without errors */
void warn_unused(struct program *program);

/* warn_style.c: names, doc comments */
void warn_style(struct program *program, struct module *module);

/* "250ms", "2m", "infinity": as a spec says it. */
struct text spell_duration(struct arena *arena, struct duration duration);

bool duration_is_longer(struct duration a, struct duration than);

#endif
