/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_CHECK_H
#define OTPC_CHECK_H

/*
 * The parts of the check pass, a file each. All of them report what they find
 * and go on; each trusts resolve only as far as the pointers it sets, which
 * may be NULL or TYPE_ERROR for what was wrong already.
 */

#include "otpc.h"
#include "value.h"

/* check.c */
void check_fields(const struct value_scope *scope,
	const struct field_list *list, const char *what);
void
check_params(const struct value_scope *scope, const struct field_list *list);
void check_wire(const struct value_scope *scope, const struct name *wire);

/* check_server.c */
void check_server(const struct value_scope *scope, struct decl *decl);

/* check_calls.c: `calls` */
void check_calls(const struct value_scope *scope, struct decl *decl);

/* check_tree.c */
void check_supervisor(const struct value_scope *scope, struct decl *decl);

/* check_application.c: its env, what it depends on, its root */
void check_application(const struct value_scope *scope, struct decl *decl);

/* check_registered.c: names of processes, of all supervisors of a module */
void check_registered(const struct value_scope *scope);

/* check_start.c: the arguments of a child or root */
void check_start(const struct value_scope *scope, struct start *start);

/* cycles.c */
void check_cycles(struct program *program, struct module *module);

/* size.c: of a record, once all that it holds by value has been asked */
void check_size(struct program *program, struct decl *decl);

/* reserved.c: a name that C code sees as it is */
void check_c_name(struct program *program, const struct name *name);

#endif
