/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_PARSE_H
#define OTPC_PARSE_H

/*
 * What the grammar (parser.y), its actions (ast.c) and the driver around it
 * (parse.c) share. An action is one call; lists are built in file order; what
 * had a syntax error is absent from its list, and the list says so (`lost`),
 * so that later passes do not complain about what they cannot know.
 */

#include "otpc.h"

/* The most nested thing people write is a type: list<map<...>>. */
enum {
	parser_depth = 200
};

enum {
	kept_words = 256
};

/* A `{` that is not closed yet. */
struct open_brace {
	struct span span;
	int head; /* of the statement that it is in */
};

struct parser {
	struct program *program;
	struct module *module;
	struct lexer lexer;
	struct span previous; /* of the token fed last */
	struct open_brace *open; /* outermost first */
	size_t n_open;
	size_t open_capacity;
	struct text *words; /* of the declaration that is being read, up to a
	                       limit: one of them is its name */
	size_t n_words;
	int head; /* the first token of this statement; 0: not read yet */
	bool has_module_line;
	bool has_declaration; /* something other than the module line */
	bool has_failed; /* nested too deeply: no more tokens are fed */
};

struct enum_list {
	struct enum_member *first;
	struct enum_member *last;
	size_t count;
};

struct variant_list {
	struct variant *first;
	struct variant *last;
	size_t count;
	bool lost;
};

struct member_list {
	struct member *first;
	struct member *last;
	bool lost;
};

struct setting_list {
	struct setting *first;
	struct setting *last;
	struct child *first_child;
	struct child *last_child;
	size_t n_children;
	bool lost;
};

struct option_list {
	struct child_option *first;
	struct child_option *last;
	struct span close;
	bool lost;
};

struct app_list {
	struct app_item *first;
	struct app_item *last;
	bool lost;
};

struct expr_list {
	struct expr *first;
	struct expr *last;
	size_t count;
};

struct type_list {
	struct type_ref *first;
	struct type_ref *last;
};

struct reference_list {
	struct reference *first;
	struct reference *last;
};

struct args {
	struct expr_list list;
	struct span span;
	bool present;
};

struct params {
	struct field_list list;
	struct span span;
	bool present;
};

struct record_head {
	enum record_form form;
	struct span span;
	struct text struct_name;
};

/* What comes after a call's parameters. */
struct call_suffix {
	struct name wire;
	struct type_ref *reply;
	struct type_ref *refusal;
	struct expr *timeout;
	struct span deferred;
};

/* Puts an item at the end of a list with `first` and `last`. */
#define LIST_ADD(list, item) \
	do { \
		if ((list)->last) \
			(list)->last->next = (item); \
		else \
			(list)->first = (item); \
		(list)->last = (item); \
	} while (0)

/* ---------------------------------------------------- parser.y, for parse.c */

struct yyParser;

struct yyParser *syntax_new(struct parser *parser);
void syntax_free(struct yyParser *yy);
void syntax_feed(struct yyParser *yy, int kind, struct token token,
	struct parser *parser);

/* habit.c: adds what was meant instead of a token that cannot follow, to the
   report of that. */
void note_habits(
	struct parser *parser, const struct yyParser *yy, struct token token);

/* habit.c: `f(a: int64; b: int64)`, a `;` that was meant as a `,`. */
bool separates_params(const struct yyParser *yy, struct token token);

/* form.c: adds how the statement is written. */
void note_form(struct parser *parser, struct token token);

/* Offers a keyword for the word that other languages have for it. */
void offer_habit(const struct yyParser *yy, struct suggestion *suggestion);

/* Whether the grammar takes `first`, then `second` (-1: none) from here, each
   as itself and not as the name it may fall back to. */
bool syntax_accepts(const struct yyParser *yy, int first, int second);

/* The same for a token of the file, which may fall back to a name. */
bool syntax_takes(const struct yyParser *yy, int kind);

/* The `{`s that the parser has not closed. */
size_t syntax_open_braces(const struct yyParser *yy);

/* Inside an `error`, waiting for what ends it. */
bool syntax_is_recovering(const struct yyParser *yy);

/* ------------------------------------------------ parse.c, for tools/lsp*.c */

/* What may follow the end of the source, which ends where somebody types:
   expected[TK_...] is set for each token that the grammar takes there as
   itself. `new_line`: what is typed begins a line. */
void parse_expected(struct program *program, struct source *source,
	bool new_line, bool *expected);

/* ------------------------------------------------------ ast.c, for parser.y */

struct name make_name(struct token token);
struct name make_atom(struct token token);
struct path make_path(struct name module, struct name name);

void add_module_line(struct parser *parser, struct token keyword,
	struct name name, struct name wire);
void add_import(struct parser *parser, struct token keyword, struct token path,
	struct token end);
void add_decl(struct parser *parser, struct decl *decl);
void add_lost_decl(struct parser *parser);

struct decl *make_const(struct parser *parser, struct token keyword,
	struct name name, struct expr *expr, struct token end);
struct decl *make_enum(struct parser *parser, struct token keyword,
	struct name name, struct enum_list members, struct token end);
struct decl *
make_record(struct parser *parser, struct token keyword, struct name name,
	struct record_head head, struct field_list fields, struct token end);
struct decl *make_union(struct parser *parser, struct token keyword,
	struct name name, struct variant_list variants, struct token end);
struct decl *
make_message(struct parser *parser, struct token keyword, struct name name,
	struct params params, struct name wire, struct token end);
struct decl *make_server(struct parser *parser, struct token keyword,
	struct name name, struct member_list members, struct token end);
struct decl *
make_supervisor(struct parser *parser, struct token keyword, struct name name,
	struct params params, struct setting_list settings, struct token end);
struct decl *make_application(struct parser *parser, struct token keyword,
	struct name name, struct app_list items, struct token end);

struct enum_list add_enum_member(struct parser *parser, struct enum_list list,
	struct token token, struct name wire);
struct field *make_field(struct parser *parser, struct token name,
	struct type_ref *type, struct name wire, struct expr *initial);
struct field_list add_field(struct field_list list, struct field *field);
struct variant_list add_variant(struct parser *parser, struct variant_list list,
	struct token name, struct params params, struct name wire);

struct member *make_member(struct parser *parser, enum member_kind kind,
	struct token keyword, struct token end);
struct member *make_message_member(struct parser *parser, enum member_kind kind,
	struct token keyword, struct name name, struct params params,
	struct call_suffix suffix, struct token end);
struct member *make_info_reference(struct parser *parser, struct token keyword,
	struct path path, struct token end);
struct member *make_state(struct parser *parser, struct token keyword,
	struct field_list fields, bool opaque, struct token end);
struct member *
make_amount(struct parser *parser, enum member_kind kind, struct token keyword,
	struct expr *amount, struct name name, struct token end);
struct member *make_calls(struct parser *parser, struct token keyword,
	struct reference_list references, struct token end);
struct member_list add_member(struct member_list list, struct member *member);

struct setting_list add_setting(struct parser *parser, struct setting_list list,
	enum setting_kind kind, struct token keyword, struct name name,
	struct expr *amount, struct expr *period, struct token end);
struct child *make_child(struct parser *parser, struct token keyword,
	struct name name, struct expr *count, bool dynamic, struct start start,
	struct option_list options);
struct setting_list add_child(struct setting_list list, struct child *child);
struct start make_start(struct path target, struct args args);
struct option_list add_option(struct parser *parser, struct option_list list,
	enum child_option_kind kind, struct token keyword, struct name name,
	struct expr *expr, struct token end);

struct option_list add_backoff(struct parser *parser, struct option_list list,
	struct token keyword, struct expr *first, struct expr *most,
	struct expr *jitter, struct token end);

struct app_item *make_app_item(struct parser *parser, enum app_item_kind kind,
	struct token keyword, struct token end);
struct app_list add_version(struct parser *parser, struct app_list list,
	struct token keyword, struct token version, struct token end);
struct app_list add_root(struct parser *parser, struct app_list list,
	struct token keyword, struct start start, struct token end);
struct app_list add_env(struct parser *parser, struct app_list list,
	struct token keyword, struct field_list fields, struct token end);
struct app_list
add_depends(struct parser *parser, struct app_list list, struct token keyword,
	struct reference_list references, struct token end);

struct app_list add_hook(struct parser *parser, struct app_list list,
	enum app_item_kind kind, struct token keyword, struct token end);

struct reference_list add_reference(
	struct parser *parser, struct reference_list list, struct path path);
struct expr_list add_expr(struct expr_list list, struct expr *expr);
struct type_list add_type(struct type_list list, struct type_ref *type);

struct type_ref *make_named_type(struct parser *parser, struct path path);
struct type_ref *make_type(struct parser *parser, enum type_kind kind,
	struct span span, struct type_ref *key, struct type_ref *element);
struct type_ref *
make_tuple(struct parser *parser, struct span span, struct type_list elements);
struct type_ref *
make_server_type(struct parser *parser, struct span span, struct path path);

struct expr *
make_literal(struct parser *parser, enum expr_kind kind, struct token token);
struct expr *make_bool(struct parser *parser, struct token token, bool boolean);
struct expr *make_infinity(struct parser *parser, struct token token);
struct expr *
make_negative(struct parser *parser, struct token minus, struct expr *literal);
struct expr *make_name_expr(struct parser *parser, struct path path);

#endif
