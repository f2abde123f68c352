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
 * change of a record is told at the record, not wherever it is used. Registered
 * names are those of the whole program.
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
	struct table parts; /* by a declaration, see breaking_index.c */
	struct table pairs; /* see breaking_read.c */
	size_t n_questions; /* that were asked of pairs */
};

enum verdict verdict_of(bool new_reads_old, bool old_reads_new);

/* Tells one change: `what` it is, and `why` it has this verdict. */
void tell(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why);

/* As tell, for what is only in the old file. */
void tell_gone(struct comparison *c, enum verdict verdict, struct span at,
	struct text what, const char *why);

/* --- breaking_index.c */

/* Parts of an enum, union or record; NULL: there is none. */
const struct enum_member *
member_by_wire(struct comparison *c, const struct decl *decl, struct text wire);
const struct variant *
case_by_wire(struct comparison *c, const struct decl *decl, struct text wire);
const struct field *
field_by_wire(struct comparison *c, const struct decl *decl, struct text wire);

/* A message to a gen_server, of that kind; what the runtime itself sends is
   none. */
const struct member *message_by_wire(struct comparison *c,
	const struct decl *server, enum member_kind kind, struct text wire);
bool is_message_of_peers(const struct member *m);
struct text wire_of_member(const struct member *m);

/* A parameter or field by the name that it has in C. */
const struct field *field_by_name(struct comparison *c,
	const struct field_list *fields, struct text name);

/* The child that is found under a registered name, in the whole program. */
const struct child *child_by_name(
	struct comparison *c, const struct program *program, struct text name);

/* --- breaking_read.c */

/* Whether all that a writer of one type sends can be read as the other. What
   is in two versions of one declaration counts as readable. */
bool type_reads(struct comparison *c, const struct type *reader,
	const struct type *writer);

/* The same for a list of parameters or the fields of a tuple, by position.
   `defaults`: trailing ones that are not sent may have one. */
bool params_read(struct comparison *c, const struct field_list *reader,
	const struct field_list *writer, bool defaults);

/* What an answer looks like: that of a call. */
bool answer_reads(struct comparison *c, const struct member *reader,
	const struct member *writer);

/* Two versions of one declaration: they are compared by themselves. */
bool is_same_decl(const struct decl *a, const struct decl *b);
bool is_same_type(const struct type *a, const struct type *b);

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

/* The names that the children of an old supervisor had. */
void compare_names(struct comparison *c, const struct decl *old);

#endif
