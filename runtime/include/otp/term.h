/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terms: values whose type is known only when the program runs, such as exit
 * reasons. An otp_term is a view of validated bytes in Erlang's external term
 * format; it owns nothing and lives as long as those bytes. Nothing here
 * trusts a length it reads, nests deeper than OTP_TERM_DEPTH_MAX, or blocks.
 *
 * Understood are integers of any size, floats, atoms, tuples, lists, maps,
 * binaries, pids and references; pids and references of this node only, which
 * is nonode@nohost, creation 0.
 */
#ifndef OTP_TERM_H
#define OTP_TERM_H

#include <otp/err.h>
#include <otp/value.h>

OTP_BEGIN_DECLS

/* A term within a term within ... so many, then it is OTP_TOO_DEEP. */
#define OTP_TERM_DEPTH_MAX 128

/* The tags of the external term format that are written or read. */
enum otp_etf_tag {
	OTP_ETF_NEW_FLOAT = 70,
	OTP_ETF_NEW_PID = 88,
	OTP_ETF_NEWER_REFERENCE = 90,
	OTP_ETF_SMALL_INTEGER = 97,
	OTP_ETF_INTEGER = 98,
	OTP_ETF_ATOM = 100, /* read only, and only if it is ASCII */
	OTP_ETF_SMALL_TUPLE = 104,
	OTP_ETF_LARGE_TUPLE = 105,
	OTP_ETF_NIL = 106,
	OTP_ETF_STRING = 107, /* read only: a list of bytes */
	OTP_ETF_LIST = 108,
	OTP_ETF_BINARY = 109,
	OTP_ETF_SMALL_BIG = 110,
	OTP_ETF_LARGE_BIG = 111, /* read only */
	OTP_ETF_SMALL_ATOM = 115, /* read only, and only if it is ASCII */
	OTP_ETF_MAP = 116,
	OTP_ETF_ATOM_UTF8 = 118,
	OTP_ETF_SMALL_ATOM_UTF8 = 119
};

enum otp_kind {
	OTP_KIND_INTEGER,
	OTP_KIND_FLOAT,
	OTP_KIND_ATOM,
	OTP_KIND_PID,
	OTP_KIND_REF,
	OTP_KIND_TUPLE,
	OTP_KIND_MAP,
	OTP_KIND_LIST, /* the empty list too */
	OTP_KIND_BINARY
};
typedef enum otp_kind otp_kind;

/* Constant terms. */
#define OTP_ATOM(name, text) extern const otp_term otp_term_##name;
#include <otp/atoms.def>
#undef OTP_ATOM

#define OTP_NORMAL otp_term_normal
#define OTP_SHUTDOWN otp_term_shutdown
#define OTP_KILL otp_term_kill
#define OTP_KILLED otp_term_killed
#define OTP_NOPROC_REASON otp_term_noproc
#define OTP_NOCONNECTION_REASON otp_term_noconnection
#define OTP_TIMEOUT_REASON otp_term_timeout
#define OTP_UNDEFINED otp_term_undefined
#define OTP_TRUE otp_term_true
#define OTP_FALSE otp_term_false

/*
 * Looks at foreign bytes: *term becomes a view of them when they are exactly
 * one well-formed term. OTP_BAD_TERM, OTP_TOO_DEEP or OTP_DUPLICATE_KEY.
 */
OTP_MUST_USE otp_err otp_term_validate(
	const void *ptr, size_t len, otp_term *term);

otp_kind otp_term_kind(otp_term term);

/* Whether the term is this atom. */
bool otp_term_is_atom(otp_term term, const char *text);

/*
 * Same value, as =:= in Erlang: maps in any order, integers however they are
 * encoded; 1 is not 1.0.
 */
bool otp_term_equal(otp_term a, otp_term b);

/*
 * Writes the term as Erlang would, `{shutdown,{failed,ledger}}`, cut to size
 * and NUL-terminated when size is not 0. Returns the length of the whole
 * text, as snprintf does.
 */
size_t otp_term_print(otp_term term, char *text, size_t size);

/*
 * A cursor reads a term from left to right: a tuple, list or map is entered
 * by reading its head, then its parts are read one by one. A read that does
 * not find what it wants returns OTP_BAD_TERM and stays where it is. What is
 * given back is lent by the term. The fields are private.
 */
typedef struct otp_cursor {
	const uint8_t *at;
	const uint8_t *end;
	uint32_t bytes_left; /* of a list that is encoded as a string */
	bool in_bytes;
} otp_cursor;

otp_cursor otp_cursor_of(otp_term term);
bool otp_cursor_at_end(const otp_cursor *cursor);

/* The kind of what comes next; OTP_BAD_TERM at the end. */
OTP_MUST_USE otp_err otp_cursor_kind(const otp_cursor *cursor, otp_kind *kind);
OTP_MUST_USE otp_err otp_cursor_int(otp_cursor *cursor, int64_t *value);
OTP_MUST_USE otp_err otp_cursor_uint(otp_cursor *cursor, uint64_t *value);
/* Also from an integer that a double holds exactly. */
OTP_MUST_USE otp_err otp_cursor_float(otp_cursor *cursor, double *value);
OTP_MUST_USE otp_err otp_cursor_bool(otp_cursor *cursor, bool *value);
OTP_MUST_USE otp_err otp_cursor_atom(otp_cursor *cursor, otp_atom *value);
/* Moves on only if the next term is this atom. */
OTP_MUST_USE otp_err otp_cursor_atom_is(otp_cursor *cursor, const char *text);
OTP_MUST_USE otp_err otp_cursor_binary(otp_cursor *cursor, otp_binary *value);
OTP_MUST_USE otp_err otp_cursor_pid(otp_cursor *cursor, otp_pid *value);
OTP_MUST_USE otp_err otp_cursor_ref(otp_cursor *cursor, otp_ref *value);
/* The elements follow. */
OTP_MUST_USE otp_err otp_cursor_tuple(otp_cursor *cursor, uint32_t *arity);
/* So many pairs of a key and a value follow. */
OTP_MUST_USE otp_err otp_cursor_map(otp_cursor *cursor, uint32_t *pairs);
/*
 * So many elements follow, then the tail: otp_cursor_list_end for a proper
 * list, or, for an improper one, any other read.
 */
OTP_MUST_USE otp_err otp_cursor_list(otp_cursor *cursor, uint32_t *len);
OTP_MUST_USE otp_err otp_cursor_list_end(otp_cursor *cursor);
/* One whole term, whatever it is. */
OTP_MUST_USE otp_err otp_cursor_term(otp_cursor *cursor, otp_term *value);

/*
 * A builder writes a term into a buffer that grows. Start with all zero, add
 * a term's parts from left to right, take the result, free the builder. The
 * first failure sticks and is told by otp_term_builder_term.
 *
 *	otp_term_builder b = {0};
 *	otp_build_tuple(&b, 2);
 *	otp_build_atom(&b, otp_atom_of("shutdown"));
 *	otp_build_int(&b, 7);
 *	err = otp_term_builder_term(&b, &term);
 *	...
 *	otp_term_builder_free(&b);
 */
typedef struct otp_term_builder {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	otp_err err;
} otp_term_builder;

/*
 * The finished term, lent by the builder until the next otp_build or _free.
 * OTP_BAD_TERM if parts are missing or too many, or what went wrong before.
 */
OTP_MUST_USE otp_err otp_term_builder_term(
	const otp_term_builder *builder, otp_term *term);
/* Empties it, the buffer stays. */
void otp_term_builder_reset(otp_term_builder *builder);
void otp_term_builder_free(otp_term_builder *builder);

/* All of these copy. */
void otp_build_int(otp_term_builder *builder, int64_t value);
void otp_build_uint(otp_term_builder *builder, uint64_t value);
/* NaN and infinity do not encode: OTP_BADARG. */
void otp_build_float(otp_term_builder *builder, double value);
void otp_build_bool(otp_term_builder *builder, bool value);
/* OTP_BADARG if it is not UTF-8 or longer than 255 characters. */
void otp_build_atom(otp_term_builder *builder, otp_atom value);
void otp_build_binary(otp_term_builder *builder, otp_binary value);
void otp_build_string(otp_term_builder *builder, otp_string value);
void otp_build_pid(otp_term_builder *builder, otp_pid value);
void otp_build_ref(otp_term_builder *builder, otp_ref value);
void otp_build_term(otp_term_builder *builder, otp_term value);
/* The head; as many terms follow, for a map twice as many. */
void otp_build_tuple(otp_term_builder *builder, uint32_t arity);
void otp_build_map(otp_term_builder *builder, uint32_t pairs);
/* For a list that is not empty the tail comes after: otp_build_nil. */
void otp_build_list(otp_term_builder *builder, uint32_t len);
void otp_build_nil(otp_term_builder *builder);

OTP_END_DECLS

#endif
