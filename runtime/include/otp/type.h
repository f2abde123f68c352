/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors: what a type of a spec is, as data. Every type has one: scalars
 * here, `bank_receipt_type` and the like in generated headers. With a
 * descriptor and the address of a value a program walks, prints, encodes or
 * builds any value without code of its own for that type. All are constant.
 */
#ifndef OTP_TYPE_H
#define OTP_TYPE_H

#include <otp/copy.h>

OTP_BEGIN_DECLS

enum otp_type_kind {
	OTP_TYPE_BOOL, /* bool */
	OTP_TYPE_INT8, /* int8_t, and so on */
	OTP_TYPE_INT16,
	OTP_TYPE_INT32,
	OTP_TYPE_INT64,
	OTP_TYPE_UINT8,
	OTP_TYPE_UINT16,
	OTP_TYPE_UINT32,
	OTP_TYPE_UINT64,
	OTP_TYPE_FLOAT32, /* float */
	OTP_TYPE_FLOAT64, /* double */
	OTP_TYPE_STRING, /* otp_string, and so on */
	OTP_TYPE_ATOM,
	OTP_TYPE_BINARY,
	OTP_TYPE_PID,
	OTP_TYPE_REFERENCE,
	OTP_TYPE_TERM,
	OTP_TYPE_TIMESTAMP,
	OTP_TYPE_DURATION,
	OTP_TYPE_HANDLE, /* server<A>: a struct of one otp_to */
	OTP_TYPE_ENUM, /* an enum of C: the index of a member */
	OTP_TYPE_RECORD, /* a struct */
	OTP_TYPE_UNION, /* a struct: an enum, the index of a case, then a union */
	OTP_TYPE_PARAMS, /* a struct: the arguments of a message or case */
	OTP_TYPE_TUPLE, /* a struct */
	OTP_TYPE_LIST, /* struct {const E *ptr; size_t len;} */
	OTP_TYPE_MAP, /* struct {const pair *ptr; size_t len;}, sorted */
	OTP_TYPE_OPTIONAL /* const E *, NULL: absent */
};

/* What a record is on the wire. */
enum otp_type_form {
	OTP_FORM_MAP, /* #{account => ...} */
	OTP_FORM_TUPLE, /* {receipt, ...}; `tag` is the first element */
	OTP_FORM_STRUCT /* a map with '__struct__', whose value is `tag` */
};

struct otp_type;
struct otp_sizer;
struct otp_decoder;

/* A field, parameter, element of a tuple, case, or member of an enum. */
struct otp_member {
	const char *name; /* as in the spec; v0, v1 of a tuple; key, value */
	otp_atom wire; /* its key or atom; empty: it has its place only */
	/* NULL: a member of an enum, a case without parameters. */
	const struct otp_type *type;
	/* In the struct; the parameters of a case: in the union's struct. */
	size_t offset;
	/* What it is when the wire has none: a value of the C type, or NULL. */
	const void *fallback;
};

struct otp_type {
	const char *name; /* "bank.Receipt", "list<string>" */
	enum otp_type_kind kind;
	enum otp_type_form form; /* of a record */
	bool nil; /* an optional: absent is `nil`, not `undefined` */
	uint32_t size; /* of a value in C */
	uint32_t stride; /* of a map: of a pair of key and value */
	uint32_t count; /* of members */
	/* In the order of the spec; of a map key and value of a pair. */
	const struct otp_member *members;
	/* Of a map's keys on the wire: indices of members; NULL: as they are. */
	const uint16_t *order;
	otp_atom tag; /* of params and of records that are tuples or structs */
	const struct otp_type *element; /* of a list, an optional */
	otp_order *sorted_by; /* of a map: the order of its keys */
};

#define OTP_WIRE(text) \
	{ \
		text, sizeof(text) - 1 \
	}

#define OTP_TYPE_DECLARE(name, type) \
	extern const struct otp_type otp_##name##_type; \
	extern const struct otp_type otp_##name##_list_type; \
	extern const struct otp_type otp_##name##_opt_type; \
	extern const struct otp_type otp_##name##_opt_nil_type;
OTP_LIST_TYPES(OTP_TYPE_DECLARE)

/*
 * Encodes with the version byte in front, as term_to_binary does. *len is the
 * length; when OTP_NOMEM says that size bytes may not be enough, it is one
 * that is. Allocates nothing. OTP_BADARG for what has no encoding: NaN, an
 * infinity, an atom of more than 255 characters; OTP_TOO_DEEP, OTP_SYSTEM_LIMIT.
 */
OTP_MUST_USE otp_err otp_type_encode(const struct otp_type *type,
	const void *value, uint8_t *to, size_t size, size_t *len);

/*
 * Decodes what starts with a version byte. What the value points to is scratch
 * memory, at most OTP_DECODE_MAX(size) bytes of it. OTP_BAD_TERM for bytes that
 * are no such value: then otp_last_reason tells what stood where, such as
 * {bad_value,[receipt,note]}; *value is untouched. OTP_TOO_DEEP,
 * OTP_DUPLICATE_KEY, OTP_SYSTEM_LIMIT.
 */
OTP_MUST_USE otp_err otp_type_decode(const struct otp_type *type,
	const uint8_t *bytes, size_t size, void *value);

/* So many bytes may one value take that is decoded from `size` bytes. */
#define OTP_DECODE_MAX(size) \
	((size) < (size_t)1 << 18 ? (size_t)1 << 24 : (size_t)64 * (size))

/* The same from and to a term. The term is scratch memory. */
otp_term otp_type_to_term(const struct otp_type *type, const void *value);
OTP_MUST_USE otp_err otp_type_from_term(
	const struct otp_type *type, otp_term term, void *value);

/* As snprintf: gives the length of the whole text. */
size_t otp_type_print(const struct otp_type *type, const void *value,
	char *text, size_t size);

/*
 * A message whose type is known when the program runs only: a term. A program
 * in Erlang sends such; a server finds out which of its messages it is.
 * otp_send copies; errors as of otp_msg_send.
 */
extern const struct otp_msg_type otp_term_message;
otp_err otp_send(otp_to to, otp_term message);
/* Received by otp_receive: the message as a term, lent. */
otp_term otp_received_term(const struct otp_received *message);

OTP_END_DECLS

#endif
