/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_H
#define OTPC_H

/*
 * The table of contents of the compiler, in pass order:
 *
 *   options   what the command line asks for   options*.c, command.c, *.def
 *   source    files read into memory                      source.c
 *   lex       bytes to tokens                             lexer.re, literal.c
 *   parse     tokens to the AST          parse.c, parser.y, ast.c, ast_value.c
 *   load      a module and its imports                    load.c
 *   resolve   names to declarations, types to struct type resolve.c, types.c
 *   check     values, arguments, cycles, everything else  check*.c, value.c
 *   warn      what is allowed but hardly meant            warn*.c
 *   cnames    names of the generated C                    cname*.c, claims.c
 *   emit      models and templates to files               model.c, emit.c
 *
 * What the passes hand on is the AST, see ast.h, and diagnostics, see diag.h.
 */

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "table.h"
#include "text.h"

/* ---------------------------------------------------------------- options */

/*
 * Files that are read from memory instead of from the disk: what an editor has
 * open. `find` gives the content of the file that a path leads to and a number
 * that is the same for every path to it, or false: it is on the disk.
 */
struct overlay {
	bool (*find)(const struct overlay *overlay, struct text path,
		struct text *content, uint64_t *identity);
};

struct depfile_target {
	const char *name;
	bool quote; /* -MQ: what make reads specially is escaped */
};

struct options {
	int command; /* enum command_id, see command.h */
	bool stdio; /* --stdio: what lsp does anyway */
	const char *out_dir; /* -o, "." otherwise */
	const char **include_dirs; /* -I, in order */
	size_t n_include_dirs;
	bool depfile; /* -MD or --depfile */
	const char *depfile_path; /* --depfile F; NULL: beside the output */
	struct depfile_target *targets; /* -MT, -MQ; none: the outputs */
	size_t n_targets;
	bool phony_sources; /* -MP: a rule for each source but the first */
	bool skeleton; /* --skeleton */
	bool emit_main; /* --main */
	bool list_outputs; /* --list-outputs: names only, no files */
	bool verify; /* --verify: compares the files, writes none */
	const char *doc_format; /* --format of doc; NULL: html */
	const char *graph_format; /* --format of graph; NULL: dot */
	const char *out_file; /* -o of graph; NULL: standard output */
	bool graph_tree; /* --tree; neither of the two: both */
	bool graph_calls; /* --calls */
	const char *new_dir; /* --dir of new; NULL: the name */
	const char *templates_dir; /* --templates; NULL: the built-in ones */
	struct diag_choices warnings; /* -W..., -w */
	enum diag_format error_format; /* --error-format */
	const char *against; /* --against: the old version */
	bool fmt_check; /* fmt --check */
	bool fmt_diff; /* fmt --diff */
	bool ast_json; /* ast --json: its only form */
	bool diag_ids; /* --diag-ids: "[id]" after each message */
	const struct overlay *overlay; /* NULL: none */
	const char **files;
	size_t n_files;
};

enum options_result {
	OPTIONS_RUN, /* go on */
	OPTIONS_DONE, /* --help and the like: answered, exit 0 */
	OPTIONS_MISUSE /* said so on stderr, exit 2 */
};

enum options_result options_parse(
	struct options *options, struct arena *arena, int argc, char **argv);

/* ----------------------------------------------------------------- source */

struct source {
	struct source *next; /* in order of loading */
	struct text path; /* as given or found: what diagnostics print */
	struct text directory; /* of the path, "." when it has none */
	struct text content; /* followed by a NUL that is not counted */
	size_t *lines; /* offset of each line's first byte */
	size_t n_lines;
	size_t *characters; /* so many before each block of source.c */
	size_t index; /* in order of loading, from 0 */
	struct module *module; /* [load] what was parsed from it */
	/* [lex] comments that allow something, see diag_allow.c */
	struct diag_allowed *allowed;
	size_t n_allowed;
	/* which file this is, so that two paths to it are one module */
	uint64_t device;
	uint64_t inode;
};

/* `device` of a source that was read from the overlay; its inode is the
   overlay's number. */
#define OVERLAY_DEVICE UINT64_MAX

struct position {
	size_t line; /* from 1 */
	size_t column; /* from 1, in characters */
};

/* NULL when it cannot be read, which has been reported at `at`. */
struct source *
source_load(struct program *program, struct text path, struct span at);

/* Whether there is such a file, perhaps in the overlay. */
bool source_exists(struct program *program, struct text path);

/* A source of a text, which it copies; the program does not know it. */
struct source *
source_of_text(struct program *program, struct text path, struct text content);

struct position source_position(const struct source *source, size_t offset);

/* The line (from 1) without its end. */
struct text source_line(const struct source *source, size_t line);

/* The text of a span. */
struct text span_text(struct span span);

/* -------------------------------------------------------------------- lex */

struct token {
	int kind; /* TK_..., 0 at the end of the file */
	struct span span;
	struct text doc; /* the `///` lines before it; ptr NULL: none */
	struct text text; /* a name, or an unescaped string or atom */
	bool starts_line; /* first token on its line */
	bool after_litter; /* characters before it were reported */
	bool bad; /* a literal that was reported: has no value */
	union {
		struct integer integer; /* INTEGER; SIZE, in bytes */
		double real; /* FLOAT */
		struct duration duration;
	} u;
};

struct lexer {
	struct program *program;
	struct source *source;
	const char *cursor;
	const char *end; /* of the content: the NUL that counts as its end */
	struct textbuf doc; /* `///` lines that no token has taken yet */
	struct span doc_span; /* source NULL: there are none */
	size_t last_end; /* of the token before */
	bool starts_line; /* a line end came after that token */
	bool has_litter; /* so did characters that mean nothing */
	bool is_quiet; /* the rest of this line is dropped anyway */
};

void
lexer_init(struct lexer *lexer, struct program *program, struct source *source);
struct token lexer_next(struct lexer *lexer);

/* "`;`", "a name", "`record`": for "expected ..." lists. */
const char *token_human_name(int kind);

/* ---------------------------------------------------------------- program */

struct program {
	struct arena arena;
	const struct options *options;
	struct diag_sink diags;
	struct source *sources; /* all files read, in order of loading */
	struct source *last_source;
	size_t n_sources;
	struct table sources_by_file; /* source.c */
	struct table sources_by_output; /* load.c */
	struct module *modules; /* imports before importers */
	struct module *last_module;
	struct type *types; /* the canonical types */
	struct table types_by_key; /* types.c */
};

/* -------------------------------------------------------- parse and load */

/* Always gives a module, with what was intact. */
struct module *parse(struct program *program, struct source *source);

/* Reads a file and what it imports into program->modules. */
void load(struct program *program, struct text path);

/* ---------------------------------------------------------------- resolve */

void resolve(struct program *program, struct module *module);

/* --- types.c */

/* A scalar type by its name in the language; NULL: there is none. */
const struct type *type_named(struct program *program, struct text name);
const struct type *type_scalar(struct program *program, enum type_kind kind);
const struct type *type_of_decl(struct program *program, struct decl *decl);
const struct type *
type_optional(struct program *program, const struct type *element);
const struct type *
type_list(struct program *program, const struct type *element);
const struct type *type_map(struct program *program, const struct type *key,
	const struct type *element);
const struct type *type_tuple(struct program *program,
	const struct type **elements, size_t n_elements);

/* --- used.c */

/* A type as it stands in a declaration: of a field, parameter or result. */
struct type_use {
	const struct type *type; /* never NULL */
	struct span at;
	bool in_state; /* of a field of a state */
};

typedef void type_visitor(void *context, const struct type_use *use);

/* Each one of the declaration, in file order; parts of types are left to the
   visitor. */
void
each_type_used(const struct decl *decl, type_visitor *visit, void *context);

/* --- types.c */

/* Offers the names of the scalar types. */
void types_offer(struct suggestion *suggestion);

/* Calls for the name of each scalar type. */
void types_each(void (*each)(void *data, struct text name), void *data);

bool type_is_integer(const struct type *type);
bool type_is_float(const struct type *type);

/* Whether a value holds pointers, so that it is copied in two passes. [check]
   knows it of records and unions: size.c. */
bool type_has_pointers(const struct type *type);

/* ------------------------------------------------------------------ check */

void check(struct program *program, struct module *module);

/* ------------------------------------------------------------------- warn */

/* Reports what is allowed but hardly meant, in all modules. */
void warn_program(struct program *program);

/* ----------------------------------------------------------------- cnames */

/* Reports generated C names that collide. Looks at nothing once anything is
   wrong: a module that comes after is not checked. */
void check_cnames(struct program *program);

/* ------------------------------------------------------------------- emit */

/* Writes the outputs of all modules with is_root (and their depfile), or
   lists their names. False when that failed, which was reported. Runs only
   when nothing was wrong. */
bool emit(struct program *program, const struct options *options);

/* ----------------------------------------------------------------- driver */

/* All passes before emit over options->files. What was found wrong is kept in
   program->diags; diag_flush tells it. */
void read_and_check(struct program *program, const struct options *options);

void program_init(struct program *program, const struct options *options);

#endif
