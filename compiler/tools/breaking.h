/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_BREAKING_H
#define OTPC_BREAKING_H

/*
 * What a change of a spec means for a peer of the other version that runs on.
 * Everything follows from one question: can a reader of one type take every
 * value that a writer of another one sends? Asked both ways it gives the
 * verdict:
 *
 *   new reads old   old reads new   verdict
 *   yes             yes             ok
 *   yes             no              receivers first: they must be of the new
 *                                   version before a sender is
 *   no                              breaks: an old sender may still run
 *
 * Declarations with one name are compared with each other and nowhere else: a
 * change of a record is told at the record, not wherever it is used.
 * Everything is asked of what goes over the wire, so names that C alone sees
 * don't matter.
 */

#include "command.h"

enum verdict {
	VERDICT_SAME, /* nothing to say */
	VERDICT_OK,
	VERDICT_RECEIVERS_FIRST,
	VERDICT_BREAKS
};

/* Two programs side by side; reports go to the new one's. */
struct comparison {
	struct program *program; /* the new one */
	struct program *old;
	size_t counts[VERDICT_BREAKS + 1]; /* of what was told */
};

enum verdict verdict_of(bool new_reads_old, bool old_reads_new);

/* Tells one change: `what` it is, and `why` it has this verdict. */
void tell(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why);

/* As tell, for what is only in the old file. */
void tell_gone(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why);

/* --- breaking_read.c */

/* Whether all that a writer of one type sends can be read as the other. What
   is in declarations of the same name counts as readable. */
bool type_reads(const struct type *reader, const struct type *writer);

/* The same for a list of parameters or the fields of a tuple, by position.
   `defaults`: trailing ones that are not sent may have one. */
bool params_read(const struct field_list *reader,
	const struct field_list *writer, bool defaults);

/* What an answer looks like: that of a call. */
bool answer_reads(const struct member *reader, const struct member *writer);

/* A name on the wire. */
struct text wire_of(const struct name *name, const struct name *wire);

/* --- breaking_type.c */
void compare_enums(
	struct comparison *c, const struct decl *now, const struct decl *old);
void compare_records(
	struct comparison *c, const struct decl *now, const struct decl *old);
void compare_unions(
	struct comparison *c, const struct decl *now, const struct decl *old);

/* Parameters of a message, call, cast, info or case that is called `name`. */
void compare_params(struct comparison *c, struct name name,
	const struct field_list *now, const struct field_list *old);

/* --- breaking_server.c */
void compare_servers(
	struct comparison *c, const struct decl *now, const struct decl *old);
void compare_supervisors(
	struct comparison *c, const struct decl *now, const struct decl *old);

#endif
