/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#ifdef HAVE_EI
#include <ei.h>
#include <stdlib.h>
#include <string.h>

#define VALUE(type) (*(const type *)value)
#define LOCAL "nonode@nohost"

struct array {
	const char *ptr;
	size_t len;
};

/* --- writing -------------------------------------------------------------- */

static void put(ei_x_buff *x, const struct otp_type *type, const void *value);

static void
put_atom(ei_x_buff *x, otp_atom atom)
{
	ei_x_encode_atom_len_as(x, atom.ptr ? atom.ptr : "", (int)atom.len,
		ERLANG_UTF8, ERLANG_UTF8);
}

static erlang_pid
pid_of(otp_pid pid)
{
	erlang_pid p = {LOCAL, pid.id, pid.serial, pid.creation};

	return p;
}

static erlang_ref
ref_of(otp_ref ref)
{
	erlang_ref r = {LOCAL, (int)ref.len, {0}, ref.creation};

	for (uint32_t i = 0; i < ref.len; i++)
		r.n[i] = ref.words[i];
	return r;
}

static void
put_handle(ei_x_buff *x, otp_to to)
{
	const char *node = otp_name_text(to.node);
	erlang_pid pid = pid_of(to.pid);

	if (!to.name) {
		ei_x_encode_pid(x, &pid);
		return;
	}
	ei_x_encode_tuple_header(x, 2);
	put_atom(x, otp_atom_of(otp_name_text(to.name)));
	put_atom(x, otp_atom_of(node ? node : LOCAL));
}

static int64_t
signed_of(const struct otp_type *type, const void *value)
{
	switch (type->size) {
	case 1:
		return VALUE(int8_t);
	case 2:
		return VALUE(int16_t);
	case 4:
		return VALUE(int32_t);
	default:
		return VALUE(int64_t);
	}
}

static uint64_t
unsigned_of(const struct otp_type *type, const void *value)
{
	switch (type->size) {
	case 1:
		return VALUE(uint8_t);
	case 2:
		return VALUE(uint16_t);
	case 4:
		return VALUE(uint32_t);
	default:
		return VALUE(uint64_t);
	}
}

static bool
is_unsigned(const struct otp_type *type)
{
	return type->kind >= OTP_TYPE_UINT8 && type->kind <= OTP_TYPE_UINT64;
}

static void
put_term(ei_x_buff *x, otp_term term)
{
	if (term.ptr)
		ei_x_append_buf(x, (const char *)term.ptr, (int)term.len);
	else
		put_atom(x, otp_atom_of("undefined"));
}

static void
put_scalar(ei_x_buff *x, const struct otp_type *type, const void *value)
{
	erlang_pid pid;
	erlang_ref ref;

	switch ((int)type->kind) {
	case OTP_TYPE_BOOL:
		ei_x_encode_boolean(x, VALUE(bool));
		break;
	case OTP_TYPE_FLOAT32:
		ei_x_encode_double(x, (double)VALUE(float));
		break;
	case OTP_TYPE_FLOAT64:
		ei_x_encode_double(x, VALUE(double));
		break;
	case OTP_TYPE_STRING:
		ei_x_encode_binary(
			x, VALUE(otp_string).ptr, (int)VALUE(otp_string).len);
		break;
	case OTP_TYPE_BINARY:
		ei_x_encode_binary(
			x, VALUE(otp_binary).ptr, (int)VALUE(otp_binary).len);
		break;
	case OTP_TYPE_ATOM:
		put_atom(x, VALUE(otp_atom));
		break;
	case OTP_TYPE_PID:
		pid = pid_of(VALUE(otp_pid));
		ei_x_encode_pid(x, &pid);
		break;
	case OTP_TYPE_REFERENCE:
		ref = ref_of(VALUE(otp_ref));
		ei_x_encode_ref(x, &ref);
		break;
	case OTP_TYPE_TERM:
		put_term(x, VALUE(otp_term));
		break;
	case OTP_TYPE_HANDLE:
		put_handle(x, VALUE(otp_to));
		break;
	case OTP_TYPE_ENUM:
		put_atom(x, type->members[VALUE(unsigned)].wire);
		break;
	default:
		if (type->kind == OTP_TYPE_DURATION &&
			VALUE(int64_t) == OTP_INFINITY)
			put_atom(x, otp_atom_of("infinity"));
		else if (is_unsigned(type))
			ei_x_encode_ulonglong(x, unsigned_of(type, value));
		else
			ei_x_encode_longlong(x, signed_of(type, value));
	}
}

/* Keys in the order of the spec, which is not ours. */
static void
put_struct(ei_x_buff *x, const struct otp_type *type, const char *value)
{
	bool keyed =
		type->kind == OTP_TYPE_RECORD && type->form != OTP_FORM_TUPLE;
	bool tagged = type->tag.len > 0;

	if (keyed)
		ei_x_encode_map_header(x, (int)type->count + tagged);
	else
		ei_x_encode_tuple_header(x, (int)type->count + tagged);
	if (keyed && tagged)
		put_atom(x, otp_atom_of("__struct__"));
	if (tagged)
		put_atom(x, type->tag);
	for (uint32_t i = 0; i < type->count; i++) {
		if (keyed)
			put_atom(x, type->members[i].wire);
		put(x, type->members[i].type, value + type->members[i].offset);
	}
}

static void
put_union(ei_x_buff *x, const struct otp_type *type, const void *value)
{
	const struct otp_member *m = &type->members[VALUE(unsigned)];

	if (m->type)
		put_struct(x, m->type, value);
	else
		put_atom(x, m->wire);
}

static void
put_list(ei_x_buff *x, const struct otp_type *type, const void *value)
{
	struct array a = VALUE(struct array);

	if (a.len > 0)
		ei_x_encode_list_header(x, (long)a.len);
	for (size_t i = 0; i < a.len; i++)
		put(x, type->element, a.ptr + i * type->element->size);
	ei_x_encode_empty_list(x);
}

static void
put_map(ei_x_buff *x, const struct otp_type *type, const void *value)
{
	struct array a = VALUE(struct array);

	ei_x_encode_map_header(x, (long)a.len);
	for (size_t i = a.len; i > 0; i--) { /* backwards */
		const char *pair = a.ptr + (i - 1) * type->stride;

		put(x, type->members[0].type, pair);
		put(x, type->members[1].type, pair + type->members[1].offset);
	}
}

static void
put(ei_x_buff *x, const struct otp_type *type, const void *value)
{
	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
	case OTP_TYPE_TUPLE:
		put_struct(x, type, value);
		break;
	case OTP_TYPE_UNION:
		put_union(x, type, value);
		break;
	case OTP_TYPE_LIST:
		put_list(x, type, value);
		break;
	case OTP_TYPE_MAP:
		put_map(x, type, value);
		break;
	case OTP_TYPE_OPTIONAL:
		if (VALUE(void *))
			put(x, type->element, VALUE(void *));
		else
			put_atom(x, otp_atom_of("undefined"));
		break;
	default:
		put_scalar(x, type, value);
	}
}

size_t
ei_writes(const struct otp_type *type, const void *value, uint8_t *bytes,
	size_t size)
{
	ei_x_buff x;
	size_t len;

	ei_x_new_with_version(&x);
	put(&x, type, value);
	len = (size_t)x.index <= size ? (size_t)x.index : 0;
	memcpy(bytes, x.buff, len);
	ei_x_free(&x);
	return len;
}

/* --- reading -------------------------------------------------------------- */

static bool
get(const char *from, int *at, const struct otp_type *type, const void *value);

static bool
atom_is(const char *from, int *at, otp_atom expected)
{
	char atom[MAXATOMLEN_UTF8];

	return ei_decode_atom_as(from, at, atom, sizeof atom, ERLANG_UTF8, NULL,
		       NULL) == 0 &&
		(memchr(expected.ptr, 0, expected.len) ||
			otp_atom_is(expected, atom));
}

static bool
binary_is(const char *from, int *at, const void *ptr, size_t len)
{
	char *read = malloc(len + 1);
	int kind, size;
	long n = 0;
	bool same = ei_get_type(from, at, &kind, &size) == 0 &&
		(size_t)size == len &&
		ei_decode_binary(from, at, read, &n) == 0 && (size_t)n == len &&
		(len == 0 || memcmp(read, ptr, len) == 0);

	free(read);
	return same;
}

static bool
pid_is(const char *from, int *at, otp_pid expected)
{
	erlang_pid p, e = pid_of(expected);

	return ei_decode_pid(from, at, &p) == 0 && p.num == e.num &&
		p.serial == e.serial && p.creation == e.creation &&
		strcmp(p.node, e.node) == 0;
}

static bool
ref_is(const char *from, int *at, otp_ref expected)
{
	erlang_ref r, e = ref_of(expected);

	return ei_decode_ref(from, at, &r) == 0 && r.len == e.len &&
		r.creation == e.creation &&
		memcmp(r.n, e.n, (size_t)e.len * sizeof *e.n) == 0;
}

static bool
handle_is(const char *from, int *at, otp_to to)
{
	const char *node = otp_name_text(to.node);
	int arity;

	if (!to.name)
		return pid_is(from, at, to.pid);
	return ei_decode_tuple_header(from, at, &arity) == 0 && arity == 2 &&
		atom_is(from, at, otp_atom_of(otp_name_text(to.name))) &&
		atom_is(from, at, otp_atom_of(node ? node : LOCAL));
}

static bool
term_is(const char *from, int *at, otp_term term)
{
	int start = *at;

	if (!term.ptr)
		return atom_is(from, at, otp_atom_of("undefined"));
	return ei_skip_term(from, at) == 0 &&
		otp_bytes_equal(from + start, (size_t)(*at - start), term.ptr,
			term.len);
}

static bool
number_is(const char *from, int *at, const struct otp_type *type,
	const void *value)
{
	unsigned long long u;
	long long i;

	if (type->kind == OTP_TYPE_DURATION && VALUE(int64_t) == OTP_INFINITY)
		return atom_is(from, at, otp_atom_of("infinity"));
	if (is_unsigned(type))
		return ei_decode_ulonglong(from, at, &u) == 0 &&
			u == unsigned_of(type, value);
	return ei_decode_longlong(from, at, &i) == 0 &&
		i == signed_of(type, value);
}

static bool
scalar_is(const char *from, int *at, const struct otp_type *type,
	const void *value)
{
	double real = 0;
	int truth;

	switch ((int)type->kind) {
	case OTP_TYPE_BOOL:
		return ei_decode_boolean(from, at, &truth) == 0 &&
			truth == VALUE(bool);
	case OTP_TYPE_FLOAT32:
		return ei_decode_double(from, at, &real) == 0 &&
			(float)real == VALUE(float);
	case OTP_TYPE_FLOAT64:
		return ei_decode_double(from, at, &real) == 0 &&
			real == VALUE(double);
	case OTP_TYPE_STRING:
		return binary_is(
			from, at, VALUE(otp_string).ptr, VALUE(otp_string).len);
	case OTP_TYPE_BINARY:
		return binary_is(
			from, at, VALUE(otp_binary).ptr, VALUE(otp_binary).len);
	case OTP_TYPE_ATOM:
		return atom_is(from, at, VALUE(otp_atom));
	case OTP_TYPE_PID:
		return pid_is(from, at, VALUE(otp_pid));
	case OTP_TYPE_REFERENCE:
		return ref_is(from, at, VALUE(otp_ref));
	case OTP_TYPE_TERM:
		return term_is(from, at, VALUE(otp_term));
	case OTP_TYPE_HANDLE:
		return handle_is(from, at, VALUE(otp_to));
	case OTP_TYPE_ENUM:
		return atom_is(from, at, type->members[VALUE(unsigned)].wire);
	default:
		return number_is(from, at, type, value);
	}
}

/* The member that a key names; NULL if none. */
static const struct otp_member *
member_of(const struct otp_type *type, const char *key)
{
	for (uint32_t i = 0; i < type->count; i++) {
		if (otp_atom_is(type->members[i].wire, key))
			return &type->members[i];
	}
	return NULL;
}

static bool
map_is(const char *from, int *at, const struct otp_type *type,
	const char *value)
{
	bool tagged = type->tag.len > 0;
	char key[MAXATOMLEN_UTF8];
	const struct otp_member *m;
	int arity;

	if (ei_decode_map_header(from, at, &arity) != 0 ||
		arity != (int)type->count + tagged)
		return false;
	while (arity-- > 0) {
		if (ei_decode_atom_as(from, at, key, sizeof key, ERLANG_UTF8,
			    NULL, NULL) != 0)
			return false;
		m = member_of(type, key);
		if (m ? !get(from, at, m->type, value + m->offset)
		      : strcmp(key, "__struct__") != 0 ||
					!atom_is(from, at, type->tag))
			return false;
	}
	return true;
}

static bool
tuple_is(const char *from, int *at, const struct otp_type *type,
	const char *value)
{
	bool tagged = type->tag.len > 0;
	int arity;

	if (ei_decode_tuple_header(from, at, &arity) != 0 ||
		arity != (int)type->count + tagged ||
		(tagged && !atom_is(from, at, type->tag)))
		return false;
	for (uint32_t i = 0; i < type->count; i++)
		if (!get(from, at, type->members[i].type,
			    value + type->members[i].offset))
			return false;
	return true;
}

static bool
list_is(const char *from, int *at, const struct otp_type *type,
	struct array array)
{
	int n;

	if (ei_decode_list_header(from, at, &n) != 0 || n != (int)array.len)
		return false;
	for (size_t i = 0; i < array.len; i++)
		if (!get(from, at, type->element,
			    array.ptr + i * type->element->size))
			return false;
	return n == 0 || (ei_decode_list_header(from, at, &n) == 0 && n == 0);
}

static bool
pairs_are(const char *from, int *at, const struct otp_type *type,
	struct array array)
{
	int n;

	if (ei_decode_map_header(from, at, &n) != 0 || n != (int)array.len)
		return false;
	for (size_t i = 0; i < array.len; i++) {
		const char *pair = array.ptr + i * type->stride;

		if (!get(from, at, type->members[0].type, pair) ||
			!get(from, at, type->members[1].type,
				pair + type->members[1].offset))
			return false;
	}
	return true;
}

static bool
get(const char *from, int *at, const struct otp_type *type, const void *value)
{
	const struct otp_member *m;

	switch ((int)type->kind) {
	case OTP_TYPE_RECORD:
		if (type->form != OTP_FORM_TUPLE)
			return map_is(from, at, type, value);
		return tuple_is(from, at, type, value);
	case OTP_TYPE_TUPLE:
		return tuple_is(from, at, type, value);
	case OTP_TYPE_UNION:
		m = &type->members[VALUE(unsigned)];
		return m->type ? tuple_is(from, at, m->type, value)
			       : atom_is(from, at, m->wire);
	case OTP_TYPE_LIST:
		return list_is(from, at, type, VALUE(struct array));
	case OTP_TYPE_MAP:
		return pairs_are(from, at, type, VALUE(struct array));
	case OTP_TYPE_OPTIONAL:
		if (VALUE(void *))
			return get(from, at, type->element, VALUE(void *));
		return atom_is(from, at, otp_atom_of("undefined"));
	default:
		return scalar_is(from, at, type, value);
	}
}

bool
ei_reads(const struct otp_type *type, const void *value, const uint8_t *bytes,
	size_t len)
{
	const char *from = (const char *)bytes;
	int at = 0, version;

	return ei_decode_version(from, &at, &version) == 0 &&
		get(from, &at, type, value) && (size_t)at == len;
}

#else

bool
ei_reads(const struct otp_type *type, const void *value, const uint8_t *bytes,
	size_t len)
{
	(void)type;
	(void)value;
	(void)bytes;
	(void)len;
	return false;
}

size_t
ei_writes(const struct otp_type *type, const void *value, uint8_t *bytes,
	size_t size)
{
	(void)type;
	(void)value;
	(void)bytes;
	(void)size;
	return 0;
}

#endif
