/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORLD_H
#define WORLD_H

/*
 * Random specs that otpc must take without a word. Everything comes from one
 * seed: the same seed gives the same files everywhere. Declarations are made
 * first, as text and facts, values before what holds them; then they are
 * written in another order. A number behind the name of each declaration keeps
 * names that C would put together apart. Nothing is freed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------ chance, text */

void chance_seed(uint64_t seed);
/* 0 to n - 1. */
size_t chance(size_t n);
/* Once in n times. */
bool rarely(size_t n);
const char *pick(const char *const *list, size_t n);
#define PICK(list) pick(list, sizeof(list) / sizeof(*(list)))

void *take(size_t size);
char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct text {
	char *ptr;
	size_t len;
	size_t capacity;
};

void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void add_char(struct text *text, char c);
const char *text_of(const struct text *text);

/* A set of names. */
struct names {
	const char **names;
	size_t n;
};

bool names_have(const struct names *names, const char *name);
/* False: it was there. */
bool names_add(struct names *names, const char *name);

/* ------------------------------------------------------------------- names */

/* Of a field or parameter: none of these yet, nor later. */
const char *field_name(struct names *used);
/* Of a call, a cast, a case of a union, a child. */
const char *member_name(struct names *used);
/* Of a declaration; big: UpperCamel. */
const char *type_name(bool big);
const char *module_name(struct names *used);
/* An atom in quotes, another one each time. */
const char *atom_new(void);
/* What stands between two quotes of that sort, at most n characters. */
const char *quoted(char quote, size_t n);
/* Lines of a doc comment, or none. */
void add_doc(struct text *text, const char *indent);

/* ---------------------------------------------------------------- the world */

enum kind {
	BOOL,
	INT8,
	INT16,
	INT32,
	INT64,
	UINT8,
	UINT16,
	UINT32,
	UINT64,
	FLOAT32,
	FLOAT64,
	ATOM,
	STRING,
	BINARY,
	TIMESTAMP,
	DURATION,
	PID,
	REFERENCE,
	TERM,
	N_SCALARS,
	ENUM = N_SCALARS,
	RECORD,
	UNION,
	HANDLE,
	LIST,
	MAP,
	TUPLE,
	OPTIONAL
};

enum {
	most_parts = 12
};

struct type {
	enum kind kind;
	struct decl *decl;
	const struct type *parts[most_parts]; /* key and value, elements */
	size_t n_parts;
};

struct field {
	const char *name;
	const struct type *type;
	bool has_default;
};

struct fields {
	struct field *fields;
	size_t n;
	struct names names;
};

enum sort {
	D_CONST,
	D_ENUM,
	D_RECORD,
	D_UNION,
	D_MESSAGE,
	D_SERVER,
	D_SUPERVISOR,
	D_APPLICATION
};

struct decl {
	enum sort sort;
	const char *name;
	struct module *module;
	struct text text;
	struct names members; /* of an enum: as a spec writes them */
	struct fields params; /* of what is started */
	const struct type *type; /* of a const, of what is a value */
	size_t size; /* of a value, about; 0: not made yet; a const's amount */
	bool reads_as_absent; /* there is no T? */
	uint64_t slowest_ms; /* of a server's calls */
	uint64_t time_to_end; /* of a supervisor's children */
	size_t processes; /* that a supervisor starts, itself included */
	bool registers; /* a name below it: only one may run */
	bool is_started;
	bool is_made;
	bool handled; /* a message: someone takes it */
};

/* What a type that is put together is called in C. */
struct composed {
	const char *name;
	const struct type *type;
	struct composed *next;
};

struct module {
	const char *name;
	const char *folder; /* of its file: "" or "sub/" */
	const char *app;
	bool elixir;
	struct decl **decls;
	size_t n;
	struct names imports; /* names of modules of which something is used */
	struct composed *composed;
};

struct world {
	struct module **modules;
	size_t n;
	struct names registered, apps;
};

extern struct world world;

struct decl *declare(struct module *module, enum sort sort);
/* One of the sort, in the module or in one before it; NULL: there is none. */
struct decl *find(const struct module *module, enum sort sort);
/* As it is called there; whose module is then imported. */
const char *path(struct module *module, const struct decl *decl);

/* ------------------------------------------------------------------ values */

const struct type *type_scalar(enum kind kind);
const struct type *type_declared(struct decl *decl);
/* Any type; by_value: it is part of a value, so its parts must be made. */
const struct type *type_new(struct module *module, bool by_value);
/* One that a literal can be of. */
const struct type *type_plain(struct module *module);
const char *spell(struct module *module, const struct type *type);
bool type_same(const struct type *a, const struct type *b);
size_t type_size(const struct type *type);
bool type_has_literal(const struct type *type);
/* A literal or the name of a const. */
const char *literal(struct module *module, const struct type *type);
const char *
duration_literal(struct module *module, uint64_t least, uint64_t *ms);
/* A literal or a const for an amount. */
const char *amount(struct module *module, uint64_t n);

/* "name: type = default", with defaults at the end only if these are
   parameters. */
void add_params(struct text *text, struct module *module, struct fields *fields,
	size_t most, bool plain);
/* Gives the size of all. */
size_t add_fields(struct text *text, struct module *module, size_t most,
	const char *indent, bool wire);

void make_const(struct module *module);
/* All its enums, records and unions. */
void make_values(struct module *module);
void make_message(struct module *module);
void make_server(struct module *module);
/* is_root: from an application, so all its arguments are literals or env. */
struct decl *make_supervisor(struct module *module, bool is_root);
void make_application(struct module *module);

#endif
