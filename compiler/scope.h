/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_SCOPE_H
#define OTPC_SCOPE_H

/*
 * How names find what they mean, for resolve and check. A name that cannot be
 * found is reported once, with the nearest candidate; it is passed over in
 * silence when what it means may have been lost to a syntax error or to an
 * import that could not be read.
 */

#include "otpc.h"

/* Which declarations a suggestion may name. */
enum wanted {
	WANTED_TYPE,
	WANTED_SERVER,
	WANTED_MESSAGE,
	WANTED_VALUE
};

/*
 * The declaration a path means, of whatever kind; NULL when there is none,
 * which was reported as `unknown` (its text takes the name).
 */
struct decl *find_decl(struct program *program, struct module *module,
	const struct path *path, enum wanted wanted, enum diag_id unknown);

/* The same for a path that may mean a gen_server or supervisor only. */
struct decl *find_server(struct program *program, struct module *module,
	const struct path *path);

/* Offers the module's declarations of that sort. */
void offer_decls(struct suggestion *suggestion, const struct module *module,
	enum wanted wanted);

/* Offers one of that very name in an imported module, as `money.Amount`. */
void offer_imported(struct program *program, struct suggestion *suggestion,
	const struct module *module, enum wanted wanted);

/* True when a name missing from this module may only have been lost. */
bool may_be_lost(const struct module *module, struct text name);

/* ------------------------------------------ resolve_type.c, for resolve.c */

struct scope {
	struct program *program;
	struct module *module;
};

/* Sets ref->type and gives it: TYPE_ERROR when it was reported. */
const struct type *resolve_type(struct scope *s, struct type_ref *ref);

void resolve_fields(struct scope *s, struct field_list *list);

#endif
