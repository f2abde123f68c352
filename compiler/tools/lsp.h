/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_LSP_H
#define OTPC_LSP_H

/*
 * `otpc lsp`: the Language Server Protocol 3.17 on stdin and stdout.
 *
 * Open documents are kept as text; everything that is known about one comes
 * from an analysis: the compiler's passes over it and what it imports, open
 * files read from memory, all in one arena. An analysis is thrown away as a
 * whole when one of its files changes; nothing of it is kept elsewhere, so
 * memory does not grow with the number of edits. Whatever a client sends, the
 * answer is a result or an error; only what is no message at all ends us.
 *
 *   lsp.c              states, dispatch               lsp_method.def
 *   lsp_message.c      framing, answers
 *   lsp_json.c         reading and making JSON
 *   lsp_uri.c          file names and their URIs
 *   lsp_position.c     offsets to positions and back
 *   lsp_document.c     open documents and edits
 *   lsp_analysis.c     the compiler run over one of them
 *   lsp_workspace.c    settings, folders, the files that nobody has open
 *   lsp_publish.c      diagnostics while typing
 *   lsp_action.c       fix-its as code actions
 *   lsp_index.c        every name in a module, and what it means
 *   lsp_hover.c        what is shown about a name         lsp_cnames.c
 *   lsp_navigate.c     definition, references, rename
 *   lsp_complete.c     what could stand here              lsp_context.c
 *   lsp_outline.c      document symbols, folding
 *   lsp_tokens.c       semantic tokens
 *   lsp_words.c        words of the language explained    lsp_words.def
 */

#include "otpc.h"

#include <jansson.h>

/* --------------------------------------------------------------- messages */

enum lsp_code {
	LSP_OK = 0,
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_NOT_INITIALIZED = -32002,
	LSP_REQUEST_FAILED = -32803
};

struct lsp_error {
	enum lsp_code code; /* LSP_OK: none */
	char message[200];
};

enum lsp_state {
	LSP_FRESH, /* before `initialize` */
	LSP_RUNNING,
	LSP_SHUT_DOWN, /* after `shutdown` */
	LSP_EXITED, /* from here on nothing is read */
	LSP_ABANDONED /* `exit` without `shutdown` */
};

enum lsp_encoding {
	LSP_UTF16, /* what every client has */
	LSP_UTF8
};

/* What the client said it can do. */
struct lsp_client {
	bool related_information;
	bool versions; /* in diagnostics */
	bool nested_symbols;
	bool markdown; /* in hovers */
	bool markdown_items; /* in completion items */
	bool literal_actions; /* code actions that are not commands */
	bool watches_files; /* on request */
};

struct lsp {
	struct overlay overlay; /* first: what the compiler is handed */
	const struct options *options; /* of the command line */
	enum lsp_state state;
	enum lsp_encoding encoding;
	struct lsp_client client;
	struct document *documents;
	uint64_t last_identity; /* of a document */
	char **include_dirs; /* -I, then the client's; owned, as its strings */
	size_t n_include_dirs;
	char **folders; /* of the workspace; owned, as its strings */
	size_t n_folders;
	json_t *published; /* by URI: the diagnostics the client shows */
	bool is_stale; /* `published` is behind the documents */
	struct arena scratch; /* until the message is done with */
};

/* Reads one message's body; it is the caller's to free. NULL: there will be
   none, for the stream has ended or what came is no message, which was said on
   stderr (*broken). */
char *lsp_read(size_t *length, bool *broken);

/* Whether something can be read without waiting. */
bool lsp_has_input(void);

/* These take what they are given. */
void lsp_answer(json_t *id, json_t *result);
void lsp_refuse(json_t *id, const struct lsp_error *error);
void lsp_notify(const char *method, json_t *params);
void lsp_request(const char *id, const char *method, json_t *params);

void lsp_fail(struct lsp_error *error, enum lsp_code code, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* --- lsp_json.c; results are lent or NULL, and a NULL object has nothing */

json_t *json_at(json_t *object, const char *path); /* "a.b.c" */
const char *json_word(json_t *object, const char *path);
bool json_flag(json_t *object, const char *path);
bool json_has(json_t *array, const char *word);

/* A string; what is not UTF-8 becomes U+FFFD. */
json_t *json_text(struct text text);
json_t *json_size(size_t size);

/* -------------------------------------------------------------- positions */

/* The lines of a text as the protocol counts them: ended by \n, \r\n or \r. */
struct lines {
	struct text text;
	enum lsp_encoding encoding;
	size_t *starts; /* of the lines */
	size_t count;
	size_t *sums; /* units before each step of bytes */
};

void lines_init(struct lines *lines, struct arena *arena, struct text text,
	enum lsp_encoding encoding);
json_t *position_json(const struct lines *lines, size_t offset);
json_t *range_json(const struct lines *lines, size_t start, size_t end);

/* Line (from 0) and column of an offset. */
void lines_find(
	const struct lines *lines, size_t offset, size_t *line, size_t *column);

/* How many units of the encoding the text is long. */
size_t text_units(struct text text, enum lsp_encoding encoding);

/* The offset of a position, the nearest there is. False: it is none. */
bool offset_of_position(struct text text, enum lsp_encoding encoding,
	json_t *position, size_t *offset);

/* ------------------------------------------------------------------- URIs */

/* The file that a URI names, to be freed; of what is not a file the URI. */
char *path_of_uri(const char *uri);
json_t *uri_of_path(struct text path);

/* -------------------------------------------------------------- documents */

struct document {
	struct document *next;
	char *uri; /* as the client spells it; owned */
	char *path; /* owned */
	char *text; /* owned */
	size_t length;
	json_int_t version;
	bool is_told; /* diagnostics of this version were sent */
	uint64_t identity;
	uint64_t device; /* of the file, if there is one */
	uint64_t inode;
	struct analysis *analysis; /* owned; NULL: to be made */
};

struct document *document_find(struct lsp *lsp, const char *uri);
struct document *document_by_identity(struct lsp *lsp, uint64_t identity);
void documents_free(struct lsp *lsp);

/* Looks again which files they are: some may have been replaced. */
void documents_find_files(struct lsp *lsp);

/* For struct overlay. */
bool documents_overlay(const struct overlay *overlay, struct text path,
	struct text *content, uint64_t *identity);

/* --------------------------------------------------------------- analyses */

struct analysis {
	struct program program;
	struct options options;
	const char *file;
	struct source *source; /* of the file; NULL: it could not be read */
	struct module *module; /* NULL: nor parsed */
	struct lines **lines; /* by source->index; made when asked for */
	struct occurrence *occurrences; /* lsp_index.c */
	size_t n_occurrences;
};

struct analysis *analysis_new(struct lsp *lsp, const char *path);
void analysis_free(struct analysis *analysis);

/* That of an open document, made if need be; it is the document's. */
struct analysis *analysis_of(struct lsp *lsp, struct document *document);

/* Throws away what the document is part of; NULL: everything. */
void analyses_drop(struct lsp *lsp, const struct document *document);

const struct lines *lines_of(struct lsp *lsp, struct analysis *analysis,
	const struct source *source);
json_t *
span_range(struct lsp *lsp, struct analysis *analysis, struct span span);
json_t *source_uri(struct lsp *lsp, const struct source *source);
json_t *
span_location(struct lsp *lsp, struct analysis *analysis, struct span span);

/* Where a request points to. */
struct place {
	struct document *document;
	struct analysis *analysis;
	size_t offset; /* when the request has a position */
};

/* False: the request is no good, which `error` says. */
bool find_document(struct lsp *lsp, json_t *params, struct place *place,
	struct lsp_error *error);
bool find_place(struct lsp *lsp, json_t *params, struct place *place,
	struct lsp_error *error);

/* -------------------------------------------------------------- workspace */

/* Settings of the client: {"includePaths": ["..."]}, perhaps inside "otpc". */
void workspace_configure(struct lsp *lsp, json_t *settings);
void workspace_open(struct lsp *lsp, json_t *params);
void workspace_free(struct lsp *lsp);

/* Calls for each .otp file that belongs to the workspace and is not open, up
   to a limit. */
void workspace_each(struct lsp *lsp,
	void (*each)(struct lsp *lsp, const char *path, void *context),
	void *context);

/* ------------------------------------------------------------ diagnostics */

/* Tells the client what has changed in the diagnostics of all files. */
void publish(struct lsp *lsp);

json_t *diagnostic_json(struct lsp *lsp, struct analysis *analysis,
	const struct diag_report *report);

void each_report(struct analysis *analysis, diag_visitor *visit, void *data);

/* A TextEdit. */
json_t *edit_of(struct lsp *lsp, struct analysis *analysis, struct span span,
	struct text new);

/* ------------------------------------------------------------------ index */

enum symbol_kind {
	SYMBOL_MODULE, /* struct module */
	SYMBOL_IMPORT, /* struct import: its string */
	SYMBOL_DECL, /* struct decl */
	SYMBOL_FIELD, /* struct field, of a record or state */
	SYMBOL_PARAM, /* struct field */
	SYMBOL_ENV, /* struct field */
	SYMBOL_MEMBER, /* struct member */
	SYMBOL_ENUM_MEMBER, /* struct enum_member */
	SYMBOL_VARIANT, /* struct variant */
	SYMBOL_CHILD, /* struct child */
	SYMBOL_TYPE /* struct type: a built-in one */
};

/* A name in a file, and what it means. */
struct occurrence {
	struct span span;
	enum symbol_kind kind;
	const void *node;
	const struct decl *owner; /* the declaration around the node */
	struct span target; /* where the node is named; source NULL: nowhere */
	bool declares; /* this is that place */
	/* of the message in `info NAME;`: the member, and its server */
	const struct member *taker;
	const struct decl *taker_server;
};

/* Makes the list of all names in all modules, once. */
void index_build(struct analysis *analysis);

/* The name at an offset of the analysed file; NULL: there is none. */
const struct occurrence *index_at(struct analysis *analysis, size_t offset);

struct decl *find_named(struct module *module, const struct path *path);
struct module *find_imported(struct module *module, struct text name);

/* `init`, and infos that are not declared: nobody gave them their names. */
bool member_is_builtin(const struct member *member);

/* The top declaration around an offset of the analysed file, or NULL. */
struct decl *decl_around(const struct analysis *analysis, size_t offset);

/* ------------------------------------------------------------ words, hover */

/* A sentence about a word of the language, NULL: it is none. */
const char *word_help(struct text word);

/* "`bank_account_deposit`, ..." as lines of markdown, added to the text. */
void add_c_names(struct textbuf *buf, const struct analysis *analysis,
	const struct occurrence *occurrence);

/* The doc comment of what the name means. */
struct text occurrence_doc(const struct occurrence *occurrence);

/* How it is declared, without what is inside if that is long. */
struct text
occurrence_signature(struct arena *arena, const struct occurrence *occurrence);

/* Its first words, up to the `{`. */
struct text decl_head(const struct decl *decl);

/* "calls Ledger", in one line. */
struct text one_line(struct arena *arena, struct text text);

/* --------------------------------------------------------------- context */

enum expected_name {
	EXPECT_NOTHING, /* a new name, or none at all */
	EXPECT_TYPE,
	EXPECT_SERVER,
	EXPECT_MESSAGE,
	EXPECT_VALUE,
	EXPECT_STRATEGY,
	EXPECT_RESTART,
	EXPECT_SHUTDOWN, /* a value, or brutal_kill */
	EXPECT_AUTO_SHUTDOWN,
	EXPECT_POLICY,
	EXPECT_PRIORITY,
	EXPECT_WIRE,
	EXPECT_FILE /* in the string of an import */
};

/* Whether an offset is in a comment or a string. */
bool is_silent(struct text text, size_t offset);

/* What may be typed at a place: found from the text before it alone. */
struct context {
	struct program program; /* its arena holds what follows */
	size_t start; /* of the word that is being typed */
	struct text word;
	bool silent; /* in a comment or a string */
	enum expected_name names;
	struct text qualifier; /* `money` of `money.`; ptr NULL: none */
	struct path type; /* of the value; its name's ptr NULL: not by name */
	bool optional; /* the type ends in `?` */
	struct path target; /* child x = Target(..., here */
	size_t argument; /* which one */
	bool in_root; /* of an application: env.x stands for something */
	bool in_child; /* parameters of the supervisor do */
	bool in_const; /* a value of any type */
	bool is_duration; /* the statement says so */
	bool *expected; /* by TK_... */
};

void context_init(struct context *context, struct analysis *analysis,
	struct text text, size_t offset);
void context_fini(struct context *context);

/* -------------------------------------------------------------- handlers */

/* The types of tokens, as `initialize` announces them. */
json_t *lsp_token_legend(void);

#define REQUEST(method, name) \
	json_t *lsp_##name( \
		struct lsp *lsp, json_t *params, struct lsp_error *error);
#define NOTIFICATION(method, name) \
	void lsp_##name(struct lsp *lsp, json_t *params);
#include "lsp_method.def"
#undef NOTIFICATION
#undef REQUEST

#endif
