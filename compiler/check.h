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

/* check_wire.c: the names that things have in Erlang */
void check_wire_enum(const struct value_scope *scope, const struct decl *decl);
void
check_wire_record(const struct value_scope *scope, const struct decl *decl);
void check_wire_union(const struct value_scope *scope, const struct decl *decl);
void
check_wire_message(const struct value_scope *scope, const struct decl *decl);
void
check_wire_server(const struct value_scope *scope, const struct decl *decl);

/* `what` is known by its place: `as` would name nothing. */
void check_no_wire(const struct value_scope *scope,
	const struct field_list *list, const char *what);

/* check_server.c */
void check_server(const struct value_scope *scope, struct decl *decl);

/* check_process.c: mailbox, max_heap, priority, stack */
void
check_process_member(const struct value_scope *scope, struct member *member);

/* check_choice.c: a word of a closed set, with what stands for it; the last
   word is NULL */
struct choice {
	const char *word;
	int value;
};

/* A word that is none of them is reported: with the nearest, or else with a
   note that lists them. */
void check_choice(struct program *program, const struct choice *choices,
	const struct name *name, enum diag_id unknown, enum diag_id list,
	int *value);

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
/* Of a dynamic child: the first of them; the others come when it starts. */
void check_dynamic_start(const struct value_scope *scope, struct start *start);

/* cycles.c */
void check_cycles(struct program *program, struct module *module);

/* size.c: of a record or union, once all that it holds by value has been
   asked; it takes its place among the module's values, too */
void check_size(struct program *program, struct decl *decl);
/* Of the tuples in all fields and results, after that. */
void check_tuple_sizes(struct program *program, const struct module *module);

/* reserved.c: a name that C code sees as it is */
void check_c_name(struct program *program, const struct name *name);

#endif
