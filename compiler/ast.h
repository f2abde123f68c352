/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_AST_H
#define OTPC_AST_H

/*
 * The AST is one set of structs: the parser fills the first part of each, the
 * passes that follow fill the rest. What they fill is marked [resolve] or
 * [check]. After a check without errors every marked field is set, and emit
 * may follow each of these pointers without looking. Lists are linked by
 * `next` in file order. Everything lives in the program's arena. A `doc` is
 * the lines of a doc comment joined by \n, with `///` and one space removed;
 * its ptr is NULL when there was none.
 */

#include "diag.h"
#include "table.h"

/* A name where it stands in the file. `text` of a quoted atom is what is
   between the quotes, unescaped; the span includes the quotes. */
struct name {
	struct text text; /* ptr NULL: absent */
	struct span span;
	bool quoted; /* written as 'an atom' */
};

/* Magnitude and sign, so that uint64 and int64 both fit. -0 is not made. */
struct integer {
	uint64_t magnitude;
	bool negative;
};

/* Milliseconds; `ms` is 0 when infinite. */
struct duration {
	uint64_t ms;
	bool is_infinite;
};

/* -------------------------------------------------------- the AST: types */

enum type_kind {
	TYPE_ERROR, /* could not be resolved; never seen by emit */
	TYPE_BOOL,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_UINT8,
	TYPE_UINT16,
	TYPE_UINT32,
	TYPE_UINT64,
	TYPE_FLOAT32,
	TYPE_FLOAT64,
	TYPE_ATOM,
	TYPE_STRING,
	TYPE_BINARY,
	TYPE_PID,
	TYPE_REFERENCE,
	TYPE_TERM,
	TYPE_TIMESTAMP,
	TYPE_DURATION,
	TYPE_OPTIONAL, /* element */
	TYPE_LIST, /* element */
	TYPE_MAP, /* key, element */
	TYPE_TUPLE, /* elements, n_elements */
	TYPE_ENUM, /* decl */
	TYPE_RECORD, /* decl */
	TYPE_UNION, /* decl */
	TYPE_SERVER /* decl: a gen_server or supervisor */
};

/* Canonical: two equal types are the same pointer in one program. */
struct type {
	enum type_kind kind;
	const struct type *element;
	const struct type *key;
	const struct type **elements;
	size_t n_elements;
	struct decl *decl;
	struct text spelling; /* for diagnostics: "list<Amount>?" */
	struct type *next; /* all of a program's, in program->types */
};

/* A name as a reference: `Receipt` or `money.Amount`. */
struct path {
	struct name module; /* text.ptr NULL: not qualified */
	struct name name;
	struct span span;
};

/* A type as written. Only the front end looks at more than `type`. */
struct type_ref {
	enum type_kind kind; /* TYPE_ERROR: by name, see path */
	struct span span;
	struct path path; /* also of TYPE_SERVER */
	struct type_ref *element; /* of an optional, list, map */
	struct type_ref *key; /* of a map */
	struct type_ref *elements; /* of a tuple, linked by next */
	struct type_ref *next;
	const struct type *type; /* [resolve] */
};

/* ------------------------------------------------------- the AST: values */

enum value_kind {
	VALUE_ERROR, /* was wrong; never seen by emit */
	VALUE_BOOL,
	VALUE_INTEGER, /* a size too */
	VALUE_FLOAT,
	VALUE_STRING, /* also what a binary is given as */
	VALUE_ATOM,
	VALUE_DURATION,
	VALUE_ENUM, /* a member of the enum `type` */
	VALUE_ABSENT, /* `undefined` for a T? */
	/* only as arguments of children and roots */
	VALUE_PARAM, /* a parameter of the supervisor around */
	VALUE_ENV, /* an entry of the application's env */
	VALUE_INDEX /* the number within a partition */
};

/*
 * A value converted to the type of its place: the kind follows from `type`
 * (TYPE_INT8..TYPE_UINT64 and TYPE_TIMESTAMP: VALUE_INTEGER in range, and so
 * on); in an optional it is VALUE_ABSENT or the kind of the element. A param
 * or env entry may have a narrower integer or float type than the place, or
 * the element type of an optional place, and nothing else.
 */
struct value {
	enum value_kind kind;
	const struct type *type; /* of the place; NULL in a const */
	const struct decl *constant; /* the const it was written as, or NULL */
	union {
		bool boolean;
		struct integer integer;
		double real;
		struct text text; /* string, atom */
		struct duration duration;
		struct enum_member *member;
		struct field *field; /* param, env */
	} u;
};

enum expr_kind {
	EXPR_BOOL,
	EXPR_INTEGER,
	EXPR_SIZE,
	EXPR_FLOAT,
	EXPR_STRING,
	EXPR_ATOM,
	EXPR_DURATION,
	EXPR_NAME /* const, enum member, parameter, env.x ... */
};

/* A value as written. Only the front end looks at more than `value`. */
struct expr {
	enum expr_kind kind;
	struct span span;
	bool bad; /* a literal that was reported */
	union {
		bool boolean;
		struct integer integer; /* integer, size */
		double real;
		struct text text; /* string, atom */
		struct duration duration;
		struct path path;
	} u;
	const struct value *value; /* [check] */
	struct expr *next; /* of an argument list */
};

/* ------------------------------------------------- the AST: declarations */

/*
 * A field of a record or state, a parameter, an env entry: a name with a type
 * and perhaps a default.
 */
struct field {
	struct field *next;
	struct name name;
	struct text doc;
	struct span span;
	struct type_ref *type_ref;
	struct name wire; /* as 'x'; text.ptr NULL: the name itself */
	struct expr *initial; /* the default; NULL: none */
	const struct type *type; /* [resolve] = type_ref->type */
	const struct value *value; /* [check] = initial->value; NULL: none */
	size_t index; /* in its list, from 0 */
};

struct field_list {
	struct field *first;
	struct field *last;
	size_t count;
	bool lost; /* one with a syntax error is missing */
};

struct enum_member {
	struct enum_member *next;
	struct name name; /* perhaps a quoted atom */
	struct text doc;
	struct name wire; /* as 'x' */
	size_t index;
};

struct enum_decl {
	struct enum_member *first;
	struct enum_member *last;
	size_t count;
	struct table names; /* [resolve] members by name */
};

enum record_form {
	RECORD_MAP,
	RECORD_TUPLE,
	RECORD_STRUCT
};

struct record_decl {
	struct field_list fields;
	enum record_form form;
	struct span form_span;
	struct text struct_name; /* RECORD_STRUCT: "Elixir.Bank.R" */
};

struct variant {
	struct variant *next;
	struct name name;
	struct text doc;
	struct name wire;
	struct field_list fields;
	size_t index;
};

struct union_decl {
	struct variant *first;
	struct variant *last;
	size_t count;
	struct table names; /* [resolve] members by name */
};

struct message_decl {
	struct field_list params;
	bool handled; /* [warn] by a gen_server of the program */
};

struct const_decl {
	struct expr *expr;
	const struct value *value; /* [check] type NULL */
};

enum member_kind {
	MEMBER_INIT,
	MEMBER_STATE,
	MEMBER_CALL,
	MEMBER_CAST,
	MEMBER_INFO,
	MEMBER_CONTINUE,
	MEMBER_TRAP_EXIT,
	MEMBER_TERMINATE,
	MEMBER_FORMAT_STATUS,
	MEMBER_MAILBOX,
	MEMBER_MAX_HEAP,
	MEMBER_BLOCKING,
	MEMBER_PRIORITY,
	MEMBER_STACK,
	MEMBER_CALLS
};

enum info_kind {
	INFO_OWN, /* info tick(); declared here */
	INFO_DECLARED, /* info price_changed; see `message` */
	/* built in */
	INFO_TIMEOUT,
	INFO_EXIT,
	INFO_DOWN,
	INFO_NODEUP,
	INFO_NODEDOWN,
	INFO_RESPONSE,
	INFO_TIMER,
	INFO_OTHER
};

/* A reference by name in `calls A, B;` and `depends x, y;`. */
struct reference {
	struct reference *next;
	struct path path;
	struct decl *decl; /* [resolve] of calls: the server; [check] of
	                      depends: the application */
};

/* One statement in a gen_server. Which fields mean something is said by the
   kind; the others are zero. */
struct member {
	struct member *next;
	enum member_kind kind;
	struct span span; /* all of it */
	struct name name; /* call, cast, info, continue, mailbox policy,
	                          priority; of an info by path its last part */
	struct text doc;
	struct name wire; /* call, cast, info: as 'x' */
	struct field_list params; /* init, call, cast, info, continue: as
	                             parameters; state: the fields */
	/* call */
	struct type_ref *reply_ref; /* -> T; NULL: none */
	struct type_ref *refusal_ref; /* ! E; NULL: none */
	struct expr *timeout_expr; /* timeout D; NULL: 5s */
	struct span deferred_span;
	bool deferred;
	const struct type *reply; /* [resolve] NULL: replies ok */
	const struct type *refusal; /* [resolve] NULL: cannot refuse */
	struct duration timeout; /* [check] the default filled in */
	/* info */
	bool has_params; /* `info x();`: of its own */
	struct path path;
	enum info_kind info; /* [resolve] */
	struct decl *message; /* [resolve] INFO_DECLARED */
	/* state */
	bool opaque;
	/* mailbox, max_heap, stack */
	struct expr *amount_expr;
	uint64_t amount; /* [check] messages or bytes */
	/* calls */
	struct reference *references;
};

struct server_decl {
	struct member *members; /* all, in file order */
	struct member *last;
	/* [resolve] the members that there is at most one of; NULL: absent,
	   but init and state are always there: an empty one is made */
	struct member *init;
	struct member *state;
	struct member *trap_exit;
	struct member *terminate;
	struct member *format_status;
	struct member *stack;
	struct member *mailbox;
	struct member *max_heap;
	struct member *blocking;
	struct member *priority;
};

enum restart {
	RESTART_PERMANENT,
	RESTART_TRANSIENT,
	RESTART_TEMPORARY
};

enum strategy {
	STRATEGY_ONE_FOR_ONE,
	STRATEGY_ONE_FOR_ALL,
	STRATEGY_REST_FOR_ONE
};

enum auto_shutdown {
	AUTO_SHUTDOWN_NEVER,
	AUTO_SHUTDOWN_ANY_SIGNIFICANT,
	AUTO_SHUTDOWN_ALL_SIGNIFICANT
};

enum shutdown_kind {
	SHUTDOWN_BRUTAL_KILL,
	SHUTDOWN_AFTER
};

struct shutdown {
	enum shutdown_kind kind;
	struct duration after; /* SHUTDOWN_AFTER; may be infinite */
};

/* What a child or a root starts: `Ledger(path, 5)`. */
struct start {
	struct span span;
	struct path target;
	struct expr *args; /* as written, linked by next */
	struct span args_span;
	size_t n_args;
	bool has_args; /* there were parentheses */
	struct decl *decl; /* [resolve] a gen_server or supervisor */
	/* [check] one per parameter of the target, left-out ones filled with
	   their defaults; values[i] is for the parameter with that index. Of a
	   dynamic child those that are given: the first ones. */
	const struct value **values;
	size_t n_values;
};

enum child_option_kind {
	OPTION_RESTART,
	OPTION_SHUTDOWN,
	OPTION_REGISTER,
	OPTION_MAX_CHILDREN,
	OPTION_SIGNIFICANT,
	OPTION_BACKOFF
};

struct child_option {
	struct child_option *next;
	enum child_option_kind kind;
	struct span span;
	struct name name; /* restart: which; register: the atom, if given */
	struct expr *expr; /* shutdown, max_children, backoff: the first */
	/* backoff */
	struct expr *most; /* to D; NULL: each delay is the first */
	struct expr *jitter; /* jitter N; NULL: none */
};

/* How long a restart waits. */
struct backoff {
	uint64_t first_ms; /* 0: not at all */
	uint64_t most_ms; /* doubled up to this; 0: always the first */
	uint64_t jitter; /* percent of each, more or less */
};

struct child {
	struct child *next;
	struct name name;
	struct text doc;
	struct span span;
	struct expr *count_expr; /* x[4]; NULL: not a partition */
	bool dynamic;
	bool any; /* `dynamic` alone: of any kind, nothing in `start` */
	struct start start;
	struct child_option *options; /* as written */
	size_t index; /* in its supervisor, from 0 */
	bool lost; /* an option with a syntax error */
	/* [check] the options with their defaults filled in */
	enum restart restart;
	struct shutdown shutdown; /* 5s for a server, infinity for a supervisor
	                           */
	bool registered;
	struct text registered_name; /* the child's name or the quoted atom */
	uint64_t max_children; /* 0: no limit */
	bool significant;
	struct backoff backoff;
	uint64_t count; /* of a partition; 0: not one */
};

enum setting_kind {
	SETTING_STRATEGY,
	SETTING_INTENSITY,
	SETTING_AUTO_SHUTDOWN,
	SETTING_INIT
};

/* strategy X; intensity N in D; auto_shutdown X; init; as written */
struct setting {
	struct setting *next;
	enum setting_kind kind;
	struct span span;
	struct name name;
	struct expr *amount;
	struct expr *period;
};

struct supervisor_decl {
	struct field_list params;
	struct setting *settings;
	struct child *children;
	struct child *last_child;
	size_t n_children;
	/* [check] with OTP's defaults: one_for_one, 1 in 5s, never */
	enum strategy strategy;
	uint64_t intensity;
	uint64_t period_ms;
	enum auto_shutdown auto_shutdown;
	bool has_init; /* you write whether it starts */
};

enum app_item_kind {
	APP_VERSION,
	APP_ROOT,
	APP_ENV,
	APP_DEPENDS,
	APP_PREP_STOP,
	APP_STOP
};

/* A statement in an application, as written. */
struct app_item {
	struct app_item *next;
	enum app_item_kind kind;
	struct span span;
	struct name version; /* the string's text */
	struct start start;
	struct field_list env;
	struct reference *references;
};

struct application_decl {
	struct app_item *items;
	/* [resolve] */
	struct text version; /* ptr NULL: none given */
	struct start *root; /* always there in a checked program */
	struct field_list env;
	struct reference *depends;
	const struct app_item *prep_stop; /* NULL: none; so stop */
	const struct app_item *stop;
};

enum decl_kind {
	DECL_CONST,
	DECL_ENUM,
	DECL_RECORD,
	DECL_UNION,
	DECL_MESSAGE,
	DECL_GEN_SERVER,
	DECL_SUPERVISOR,
	DECL_APPLICATION
};

struct decl {
	struct decl *next; /* in its module, in file order */
	enum decl_kind kind;
	struct module *module;
	struct name name;
	struct text doc; /* lines joined by \n, `///` and one space removed;
	                    ptr NULL: none. So everywhere. */
	struct span span;
	struct name wire; /* message: as 'x' */
	bool lost; /* a member with a syntax error is missing */
	union {
		struct const_decl constant;
		struct enum_decl enumeration;
		struct record_decl record;
		struct union_decl choice;
		struct message_decl message;
		struct server_decl server;
		struct supervisor_decl supervisor;
		struct application_decl application;
	} u;
	size_t mark; /* scratch of the search for cycles */
	/* [check] of a record or union */
	struct decl *next_value; /* see module->first_value */
	size_t size; /* of its struct in C */
	size_t alignment;
	size_t depth; /* so many values within each other, itself included */
	bool has_pointers; /* a value of it owns what lies elsewhere */
	size_t wire_levels; /* [model] scratch of model_codec; 0: not counted */
	const struct type *type; /* [resolve] of an enum, record, union; the
	                            server<X> of a gen_server or supervisor */
};

/* "gen_server", "supervisor", ...: as in the language. */
const char *decl_kind_name(enum decl_kind kind);

/* The start parameters of a gen_server or supervisor. */
const struct field_list *start_params(const struct decl *decl);

/* The name that stands on the wire: that of `as`, if there is one. */
const struct name *
on_the_wire(const struct name *name, const struct name *wire);
struct text wire_of(const struct name *name, const struct name *wire);

struct import {
	struct import *next;
	struct text path; /* as written */
	struct span span;
	struct span statement; /* all of it */
	bool used; /* [resolve, check] something of it was looked up */
	struct module *module; /* [load] NULL: could not be loaded */
};

struct module {
	struct module *next; /* in program->modules: imports before importers */
	struct source *source;
	struct name name;
	struct text doc;
	bool wire_elixir;
	struct span wire_span;
	struct import *imports;
	struct import *last_import;
	struct table imported; /* [load] imports by their modules' names */
	struct decl *decls; /* in file order */
	struct decl *last_decl;
	struct decl *application; /* [resolve] NULL: none */
	/* [check] records and unions, each after what it holds by value */
	struct decl *first_value;
	struct decl *last_value;
	struct table names; /* [resolve] declarations by name */
	bool is_root; /* named on the command line: is emitted */
	bool lost; /* a declaration with a syntax error is missing */
	struct table lost_names; /* what it may have been called */
	bool lost_rest; /* no more of the file was read */
	bool is_loading; /* scratch of load */
	struct table *helpers; /* scratch of cnames: see helpers.c */
};

#endif
