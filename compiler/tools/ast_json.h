/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_AST_JSON_H
#define OTPC_AST_JSON_H

/*
 * The checked AST as JSON, for programs that read specs: see specs/README.md.
 * Every object has all of its members always, in one order; what is not there
 * is null. Text is built in the arena and printed at the end. It is written
 * here and not with jansson, whose integers end at 2^63 - 1 where those of the
 * language end at 2^64 - 1.
 */

#include "otpc.h"

enum {
	ast_version = 1
};

struct ast_out {
	struct program *program;
	struct arena *arena;
	struct textbuf buf;
	const struct module *module; /* that is being written */
	size_t depth;
	bool is_first; /* in its object or array */
	bool is_flat; /* all on one line */
	/* where the last position was, since those that follow are near */
	const struct source *source;
	size_t offset;
	struct position position;
};

/* ------------------------------------------- ast_json.c: `key` NULL: in an
   array, or the whole */

void ast_open(struct ast_out *out, const char *key, char bracket);
void ast_close(struct ast_out *out, char bracket);
void ast_null(struct ast_out *out, const char *key);
void ast_bool(struct ast_out *out, const char *key, bool value);
void ast_number(struct ast_out *out, const char *key, uint64_t value);
void ast_integer(struct ast_out *out, const char *key, struct integer value);
void ast_real(struct ast_out *out, const char *key, double value);

/* A text whose ptr is NULL is null. */
void ast_string(struct ast_out *out, const char *key, struct text text);
void ast_word(struct ast_out *out, const char *key, const char *word);

void ast_span(struct ast_out *out, const char *key, struct span span);

/* Milliseconds; infinity is null. */
void
ast_duration(struct ast_out *out, const char *key, struct duration duration);

/* What begins an object of something with a name: kind (NULL: none), name,
   doc, span, name_span. */
void ast_head(struct ast_out *out, const char *kind, struct name name,
	struct text doc, struct span span);

/* `as 'x'`, or the name itself. */
void ast_wire(struct ast_out *out, struct name name, struct name wire);

/* ------------------------------------------------------------ ast_type.c */

void ast_type(struct ast_out *out, const char *key, const struct type *type);
void ast_value(struct ast_out *out, const char *key, const struct value *value);

/* module, name: of a declaration somewhere else; NULL: null. */
void ast_ref(struct ast_out *out, const char *key, const struct decl *decl);

/* How the default of a field or parameter is called in C: by its declaration,
   or by the prefix of its message's names. */
struct ast_defaults {
	const struct decl *decl;
	struct text prefix; /* ptr NULL: by decl */
};

void ast_fields(struct ast_out *out, const char *key,
	const struct field_list *fields, struct ast_defaults defaults);

/* --------------------------------------------- ast_server.c, ast_tree.c */

void ast_members(struct ast_out *out, const struct decl *decl);
void ast_supervisor(struct ast_out *out, const struct decl *decl);
void ast_application(struct ast_out *out, const struct decl *decl);

#endif
