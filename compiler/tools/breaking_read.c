/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

/* Declarations that are being compared: types may hold themselves. A pair that
   is met within itself can be read unless something else in it cannot. */
struct pending {
	const struct pending *parent;
	const struct decl *reader;
	const struct decl *writer;
};

static bool reads(const struct type *reader, const struct type *writer,
	const struct pending *pending);
static bool
list_reads(const struct field_list *reader, const struct field_list *writer,
	bool defaults, const struct pending *pending);

struct text
wire_of(const struct name *name, const struct name *wire)
{
	return wire->text.ptr ? wire->text : name->text;
}

/* --------------------------------------------------------------- numbers */

/* Bits of the value, without a sign; 0: no integer type. */
static unsigned
bits_of(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_INT8:
		return 7;
	case TYPE_UINT8:
		return 8;
	case TYPE_INT16:
		return 15;
	case TYPE_UINT16:
		return 16;
	case TYPE_INT32:
		return 31;
	case TYPE_UINT32:
		return 32;
	case TYPE_INT64:
	case TYPE_TIMESTAMP:
		return 63;
	case TYPE_UINT64:
		return 64;
	default:
		return 0;
	}
}

static bool
is_signed(const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_INT64:
	case TYPE_TIMESTAMP:
		return true;
	default:
		return false;
	}
}

static bool
number_reads(const struct type *reader, const struct type *writer)
{
	unsigned bits = bits_of(writer);

	if (bits_of(reader) > 0)
		return bits > 0 && bits <= bits_of(reader) &&
			(is_signed(reader) || !is_signed(writer));
	/* a float takes the integers that it holds exactly */
	if (reader->kind == TYPE_FLOAT64)
		return writer->kind == TYPE_FLOAT32 || (bits > 0 && bits <= 53);
	if (reader->kind == TYPE_FLOAT32)
		return bits > 0 && bits <= 24;
	/* milliseconds, not before now */
	if (reader->kind == TYPE_DURATION)
		return bits > 0 && bits <= 63 && !is_signed(writer);
	return false;
}

/* ---------------------------------------------------------- alternatives */

/* One of the values of an enum, one of the cases of a union. */
struct alternative {
	struct text wire;
	const struct field_list *params; /* NULL: a bare atom */
};

static bool
has_alternatives(const struct type *type)
{
	return type->kind == TYPE_ENUM || type->kind == TYPE_UNION ||
		type->kind == TYPE_BOOL;
}

static bool
alternative_at(const struct type *type, size_t i, struct alternative *a)
{
	*a = (struct alternative){0};
	if (type->kind == TYPE_BOOL) {
		a->wire = text_of(i == 0 ? "false" : "true");
		return i < 2;
	}
	if (type->kind == TYPE_ENUM) {
		const struct enum_member *m = type->decl->u.enumeration.first;

		for (; m && i > 0; i--)
			m = m->next;
		if (m)
			a->wire = wire_of(&m->name, &m->wire);
		return m != NULL;
	}
	for (const struct variant *v = type->decl->u.choice.first; v;
		v = v->next) {
		if (i-- > 0)
			continue;
		a->wire = wire_of(&v->name, &v->wire);
		a->params = v->fields.count > 0 ? &v->fields : NULL;
		return true;
	}
	return false;
}

static bool
takes(const struct type *reader, const struct alternative *sent,
	const struct pending *pending)
{
	struct alternative a;

	if (reader->kind == TYPE_ATOM)
		return !sent->params;
	if (!has_alternatives(reader))
		return false;
	for (size_t i = 0; alternative_at(reader, i, &a); i++) {
		if (!text_equal(a.wire, sent->wire))
			continue;
		if (!a.params || !sent->params)
			return !a.params && !sent->params;
		return list_reads(a.params, sent->params, true, pending);
	}
	return false;
}

static bool
alternatives_read(const struct type *reader, const struct type *writer,
	const struct pending *pending)
{
	struct alternative sent;

	if (!has_alternatives(writer) ||
		!(has_alternatives(reader) || reader->kind == TYPE_ATOM))
		return false;
	for (size_t i = 0; alternative_at(writer, i, &sent); i++) {
		if (!takes(reader, &sent, pending))
			return false;
	}
	return true;
}

/* --------------------------------------------------------------- records */

static const struct field *
field_by_wire(const struct field_list *fields, struct text wire)
{
	for (const struct field *f = fields->first; f; f = f->next) {
		if (text_equal(wire_of(&f->name, &f->wire), wire))
			return f;
	}
	return NULL;
}

static bool
record_reads(const struct decl *reader, const struct decl *writer,
	const struct pending *pending)
{
	const struct record_decl *r = &reader->u.record, *w = &writer->u.record;

	if (r->form == RECORD_TUPLE || w->form == RECORD_TUPLE)
		return false; /* its tag is its name, which is another one */
	if (r->form == RECORD_STRUCT &&
		(w->form != RECORD_STRUCT ||
			!text_equal(r->struct_name, w->struct_name)))
		return false;
	for (const struct field *f = r->fields.first; f; f = f->next) {
		const struct field *sent =
			field_by_wire(&w->fields, wire_of(&f->name, &f->wire));

		if (sent ? !reads(f->type, sent->type, pending)
			 : !f->value && f->type->kind != TYPE_OPTIONAL)
			return false;
	}
	return true;
}

/* ------------------------------------------------------------- all types */

static bool
is_declared(const struct type *type)
{
	return type->kind == TYPE_ENUM || type->kind == TYPE_RECORD ||
		type->kind == TYPE_UNION;
}

/* One declaration in two versions. */
static bool
is_same(const struct type *a, const struct type *b)
{
	return is_declared(a) && a->kind == b->kind &&
		text_equal(a->decl->name.text, b->decl->name.text) &&
		text_equal(
			a->decl->module->name.text, b->decl->module->name.text);
}

static bool
tuple_reads(const struct type *reader, const struct type *writer,
	const struct pending *pending)
{
	if (reader->n_elements != writer->n_elements)
		return false;
	for (size_t i = 0; i < reader->n_elements; i++) {
		if (!reads(reader->elements[i], writer->elements[i], pending))
			return false;
	}
	return true;
}

static bool
declared_reads(const struct type *reader, const struct type *writer,
	const struct pending *pending)
{
	struct pending here = {pending, reader->decl, writer->decl};

	for (const struct pending *p = pending; p; p = p->parent) {
		if (p->reader == here.reader && p->writer == here.writer)
			return true;
	}
	if (reader->kind == TYPE_RECORD)
		return record_reads(reader->decl, writer->decl, &here);
	return alternatives_read(reader, writer, &here);
}

static bool
same_kind_reads(const struct type *reader, const struct type *writer,
	const struct pending *pending)
{
	switch ((int)reader->kind) {
	case TYPE_LIST:
		return reads(reader->element, writer->element, pending);
	case TYPE_MAP:
		return reads(reader->key, writer->key, pending) &&
			reads(reader->element, writer->element, pending);
	case TYPE_TUPLE:
		return tuple_reads(reader, writer, pending);
	case TYPE_RECORD:
	case TYPE_ENUM:
	case TYPE_UNION:
		return declared_reads(reader, writer, pending);
	default:
		return true; /* a scalar; a handle, whoever it is to */
	}
}

static bool
reads(const struct type *reader, const struct type *writer,
	const struct pending *pending)
{
	if (reader->kind == TYPE_TERM || is_same(reader, writer))
		return true;
	if (reader->kind == TYPE_OPTIONAL)
		return reads(reader->element,
			writer->kind == TYPE_OPTIONAL ? writer->element
						      : writer,
			pending);
	if (reader->kind == writer->kind)
		return same_kind_reads(reader, writer, pending);
	if (reader->kind == TYPE_BINARY)
		return writer->kind == TYPE_STRING;
	if (reader->kind == TYPE_SERVER) /* an atom is a local name */
		return writer->kind == TYPE_PID || writer->kind == TYPE_ATOM;
	return number_reads(reader, writer) ||
		alternatives_read(reader, writer, pending);
}

bool
type_reads(const struct type *reader, const struct type *writer)
{
	return reads(reader, writer, NULL);
}

static bool
list_reads(const struct field_list *reader, const struct field_list *writer,
	bool defaults, const struct pending *pending)
{
	const struct field *sent = writer->first;

	for (const struct field *f = reader->first; f; f = f->next) {
		if (!sent && (!defaults || !f->value))
			return false;
		if (sent && !reads(f->type, sent->type, pending))
			return false;
		sent = sent ? sent->next : NULL;
	}
	return !sent;
}

bool
params_read(const struct field_list *reader, const struct field_list *writer,
	bool defaults)
{
	return list_reads(reader, writer, defaults, NULL);
}

/* Without a refusal the value stands alone, or is the atom `ok`. */
bool
answer_reads(const struct member *reader, const struct member *writer)
{
	static const struct alternative ok = {TEXT_INIT("ok"), NULL};

	if (!reader->refusal != !writer->refusal)
		return false;
	if (reader->refusal && !type_reads(reader->refusal, writer->refusal))
		return false;
	if (reader->reply && writer->reply)
		return type_reads(reader->reply, writer->reply);
	if (reader->reply && !reader->refusal)
		return reader->reply->kind == TYPE_TERM ||
			takes(reader->reply, &ok, NULL);
	return !reader->reply && !writer->reply;
}
