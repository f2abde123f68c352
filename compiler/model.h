/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_MODEL_H
#define OTPC_MODEL_H

/*
 * The model is what the templates of a module are filled from: facts and names
 * only, no text of C that a template could hold. templates/README.md lists
 * the names. Every name a template asks for is set on every node where it may
 * ask, if only to an empty list or false.
 */

#include "cname.h"
#include "ctext.h"
#include "otpc.h"
#include "tree.h"

/* Of one module while its model is made. */
struct model {
	struct arena *arena;
	const struct module *module;
	struct tree *root;
	struct program *program; /* of the module's own model only */
};

/* The model of a checked module: all its names are on the tree. */
struct tree *model_module(struct program *program, const struct module *module);

/* --- model_type.c: facts about a type, a field, a list of parameters */

/* value, pointer, flat_fn and so on, of a value of the type. */
void model_type(
	const struct model *model, struct tree *node, const struct type *type);

/* The type's facts, and name, decl, wire, doc, default. */
void model_field(
	const struct model *model, struct tree *node, const struct field *f);

/* A node for each field in list `name`. */
void model_fields(const struct model *model, struct tree *node,
	const char *name, const struct field_list *fields);

/* A node in `defaults` for each field of the declaration that has one: macro,
   default, object. */
void model_defaults(const struct model *model, struct tree *node,
	const struct decl *decl, const struct field_list *fields);

/* model_default.c: the same for the parameters of a message. */
void model_param_defaults(const struct model *model, struct tree *node,
	struct text msg, const struct field_list *params);

/* model_argument.c: a value for a parameter of what another module may declare.
   What is of a type of its own there is made first: a node in `locals` with its
   decl and `parts`, each to and from. */
struct text model_argument(const struct model *model, struct tree *node,
	const struct value *value, const struct field *param,
	const struct module *target);

/* params, then_params, args and the like: the parameters as C has them. */
void model_params(const struct model *model, struct tree *node,
	const struct field_list *params);

/* enums, handles, lists, records and helpers. */
void model_types(const struct model *model);

/* --- model_codec.c: what goes over the wire */

/* bound_fn, put_fn, get_fn, type_obj of a value. */
void model_codec_type(
	const struct model *model, struct tree *node, const struct type *type);

/* Whether its levels are counted while it is encoded: it may hold itself, or
   any term. */
bool codec_is_deep(const struct type *type);

/* Fields on the wire: under keys, or one after the other. */
struct codec_shape {
	const struct field_list *fields;
	const char *form; /* OTP_FORM_... */
	bool keyed;
	bool never_read; /* so nothing is missing that had a default */
	struct text tag; /* before the fields, or under __struct__; or empty */
};

/* wire_fields, order, fallbacks, size_bound, deep, tag and so on. */
void model_codec_shape(const struct model *model, struct tree *node,
	const struct codec_shape *shape);
void model_codec_record(
	const struct model *model, struct tree *node, const struct decl *decl);
/* tag_wire, head, and what its fields are; head is all if it has none. */
void model_codec_variant(const struct model *model, struct tree *node,
	const struct decl *decl, const struct variant *variant);
void model_codec_tuple(
	const struct model *model, struct tree *node, const struct type *type);
/* The most a pair of a map takes, beside what bound functions add. */
struct text codec_pair_bound(struct arena *arena, const struct type *map);
bool codec_pair_has_bound(const struct type *map);
/* The arguments of a message. */
void model_codec_params(const struct model *model, struct tree *node,
	struct text name, struct text wire, const struct field_list *params);
/* One node in `state_shape`. */
void model_codec_state(const struct model *model, struct tree *server,
	const struct decl *decl);

/* --- model_message.c */

/* A message with its parameters: msg, args_struct, arity, my_... */
void
model_message(const struct model *model, struct tree *node, struct text msg,
	struct text name, struct text wire, const struct field_list *params);

/* my_NAME: a name for the generator's own, unlike any parameter's. */
void model_own_names(const struct model *model, struct tree *node,
	const struct field_list *params);

/* --- model_state.c: state_pointers and record_defaults of a state */
void model_state(struct tree *node, const struct field_list *fields);

/* --- model_server.c, model_tree.c */
void model_server(
	const struct model *model, struct tree *node, const struct decl *decl);
void model_supervisor(
	const struct model *model, struct tree *node, const struct decl *decl);
void model_application(
	const struct model *model, struct tree *node, const struct decl *decl);

#endif
