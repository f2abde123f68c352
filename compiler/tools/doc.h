/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_DOC_H
#define OTPC_DOC_H

/*
 * A page is made by one walk over the declarations of a module (doc_page.c,
 * doc_server.c, doc_tree.c). The walk knows no format: it begins and ends
 * elements and hands over text, and doc_html.c or doc_markdown.c writes them
 * down. Whatever a spec says ends up as text: only a format writes anything
 * that means something to who reads the page, and it escapes all it is given.
 */

#include "command.h"
#include "output.h"

/* What a page is made of; the argument is what doc_begin takes. */
enum doc_element {
	DOC_TITLE, /* of the page */
	DOC_SECTION, /* a heading; argument: its anchor or "" */
	DOC_NAME, /* of a declaration; argument: its anchor */
	DOC_MEMBER, /* of a declaration's member; argument: its anchor */
	DOC_PARAGRAPH,
	DOC_LIST,
	DOC_NUMBERS,
	DOC_ITEM, /* of a list */
	DOC_ENTRIES, /* fields and the like */
	DOC_ENTRY, /* of entries; begins with a DOC_TERM */
	DOC_TERM,
	DOC_LABEL, /* the word that an item begins with */
	DOC_SIGNATURE, /* a declaration as in the spec; may hold links */
	DOC_CODE, /* the same within a text */
	DOC_BLOCK, /* lines of code */
	DOC_LINK /* argument: where it leads */
};

struct doc {
	struct program *program;
	struct arena *arena;
	const struct module *module; /* NULL: the index */
	const struct doc_format *format;
	struct textbuf out;
	/* of doc_markdown.c */
	size_t depth; /* of lists that are open */
	bool fresh; /* nothing was written since the page or item began */
	bool is_code; /* in an element whose text is code */
	bool is_block; /* in lines of code */
	struct textbuf code; /* what was said of it since the last link */
	struct text href; /* of the link that is open; ptr NULL: none */
	bool numbers[8]; /* by depth: the list is numbered */
};

struct doc_format {
	const char *name; /* as --format has it */
	const char *suffix; /* of the files */
	bool has_pictures; /* SVG may stand in it */
	void (*begin)(struct doc *doc, enum doc_element element,
		struct text argument);
	void (*end)(struct doc *doc, enum doc_element element);
	void (*text)(struct doc *doc, struct text text);
	/* Puts what such a file needs around `out`. */
	struct text (*page)(struct doc *doc, struct text title);
};

extern const struct doc_format doc_html;
extern const struct doc_format doc_markdown;

/* -------------------------------------------------------------- doc_put.c */

void doc_begin(struct doc *doc, enum doc_element element, struct text argument);
void doc_open(struct doc *doc, enum doc_element element);
void doc_end(struct doc *doc, enum doc_element element);
void doc_text(struct doc *doc, struct text text);
void doc_string(struct doc *doc, const char *string);
void doc_printf(struct doc *doc, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The text as code within a text. */
void doc_code(struct doc *doc, struct text text);

/* "`a`, `b`": an item with a label in front. */
void doc_fact(struct doc *doc, const char *label);
void doc_fact_end(struct doc *doc);

/* A comma, but before the first. */
void doc_comma(struct doc *doc, bool *first);

/* The name of a declaration, leading to it if it has a page in this run. */
void doc_decl_link(struct doc *doc, const struct decl *decl, struct text shown);

/* As written; each name leads to its declaration. */
void doc_type(struct doc *doc, const struct type_ref *ref);
void
doc_path(struct doc *doc, const struct path *path, const struct decl *decl);
void doc_value(struct doc *doc, const struct expr *expr);

/* "(amount: uint64, n: int8 = 2)" */
void doc_params(struct doc *doc, const struct field_list *params);

/* The file of a module's page, beside the others. */
struct text doc_file(const struct doc *doc, const struct module *module);

/* ---------------------------------------------------------- doc_comment.c */

/* A doc comment with its paragraphs, lists and blocks. */
void doc_comment(struct doc *doc, struct text comment);

/* Its first sentence, after " - ", or nothing. */
void doc_summary(struct doc *doc, struct text comment);

/* ------------------------------------------------------------- doc_wire.c */

/* The form of a message: "{deposit, Amount :: non_neg_integer()}". */
struct text doc_wire_message(
	struct doc *doc, struct text name, const struct field_list *params);

/* What an answer is: "{ok, receipt()} | {error, refusal()}". */
struct text doc_wire_answer(struct doc *doc, const struct member *call);

/* The type of a value, in the words of Erlang. */
struct text doc_wire_type(struct doc *doc, const struct type *type);

/* An enum, record or union: what its type stands for. */
struct text doc_wire_decl(struct doc *doc, const struct decl *decl);

/* An atom, in quotes where it needs them. */
struct text doc_wire_atom(struct doc *doc, struct text name);

/* --------------------------------------------------- the walk over a page */

/* doc_page.c: the text of a module's page, and of the index of all. */
struct text doc_module(struct doc *doc, const struct module *module);
struct text doc_index(struct doc *doc);

/* "Account.deposit" */
struct text
doc_anchor(struct doc *doc, const struct decl *decl, struct text member);

/* Fields or parameters, each with its comment. `keys`: their names on the
   wire are told where they differ. */
void doc_fields(struct doc *doc, const struct field_list *fields, bool keys);

/* doc_server.c */
void doc_server(struct doc *doc, const struct decl *decl);
void doc_message(struct doc *doc, const struct decl *decl);

/* doc_tree.c */
void doc_supervisor(struct doc *doc, const struct decl *decl);
void doc_application(struct doc *doc, const struct decl *decl);

/* The trees of the application and of supervisors that nobody in this module
   starts. */
void doc_trees(struct doc *doc);

/* doc_picture.c: one of them as SVG. */
void doc_picture(struct doc *doc, const struct decl *top);

#endif
