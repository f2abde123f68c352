/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_OUTPUT_H
#define OTPC_OUTPUT_H

/*
 * The files of one run. All are made in memory first and written at the end,
 * each to a temporary file that is renamed, so that nothing is written when
 * anything is wrong, and nobody ever sees half a file. When one cannot be put
 * in its place, all are as they were before. A device or pipe is no file: it is
 * written to where it is.
 */

#include "otpc.h"

struct template_set;

struct output {
	struct output *next;
	struct text path;
	struct text content;
	struct text temporary; /* ptr NULL: none is there */
	struct text former; /* what was at path, set aside; ptr NULL: nothing */
	const struct module *module;
	bool is_yours; /* a skeleton: never written over */
	bool is_left; /* it is yours, and there */
	bool is_device; /* what is at path is written to, and stays */
	bool is_placed; /* it is at its path */
};

struct output_list {
	struct output *first;
	struct output *last;
};

void output_add(struct output_list *list, struct arena *arena, struct text path,
	struct text content, const struct module *module);

/* False when a file could not be written, which was reported. */
bool output_write(struct program *program, const struct output_list *list);

/* verify.c: false when what is on the disk is not what would be written, which
   was reported. What is yours is not looked at. */
bool output_verify(struct program *program, const struct output_list *list);

/* depfile.c: adds what the outputs were made from, in make's syntax. */
void depfile_add(struct program *program, struct output_list *list,
	const struct template_set *templates);

#endif
