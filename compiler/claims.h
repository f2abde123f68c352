/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_CLAIMS_H
#define OTPC_CLAIMS_H

/*
 * Who takes which name of the generated C. Functions, types and macros share
 * one name space, the tags of structs, enums and unions another. The first to
 * take a name has it; who comes later is told whose it is, once. Modules come
 * after their imports, each once.
 */

#include "cname.h"

/* Whose a name is. */
struct claim {
	const char *kind; /* "call" */
	struct name name; /* of the declaration or member */
	bool is_type; /* put together: nothing that could be renamed */
};

struct claims {
	struct program *program;
	struct arena arena; /* of the names: forgotten with the claims */
	struct table names;
	struct table tags;
	struct table helpers; /* types that were claimed */
};

void take(struct claims *claims, struct table *table, struct text c_name,
	const struct claim *claim);

/* The prefix with each of the suffixes, up to NULL. */
void take_all(struct claims *claims, struct table *table, struct text prefix,
	const char *const *suffixes, const struct claim *claim);

/* What the fields of a spec are called must be free, too: where a parameter
   is, a type or function of its name would be hidden. After all was taken. */
void check_field_names(struct claims *claims, const struct module *module);

/* --- cname_types.c: the helper types that a declaration uses */
void take_helpers(struct claims *claims, const struct decl *decl);

#endif
