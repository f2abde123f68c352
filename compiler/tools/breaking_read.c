/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

/*
 * Types may hold themselves, be held in many places, and be nested as deep as
 * a file is long. So what is asked of declarations is kept in pairs, each
 * looked at once, from a list instead of the C stack. A pair that waits counts
 * as readable: there are no choices on the way, so one pair that is not makes
 * the answer no, wherever it stands.
 */
struct pair {
	struct pair *next; /* in question->first */
	const struct decl *reader;
	const struct decl *writer;
	size_t asked; /* the number of the question that met it last */
	enum {
		PAIR_OPEN,
		PAIR_READS,
		PAIR_FAILS
	} found;
};

struct question {
	struct comparison *c;
	struct pair *first; /* all that were met */
	struct pair *last;
};

static bool list_reads(struct question *q, const struct field_list *reader,
	const struct field_list *writer, bool defaults);
static bool
reads(struct question *q, const struct type *reader, const struct type *writer);

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
	/* milliseconds; the largest int64 is what C has for infinity */
	if (reader->kind == TYPE_DURATION)
		return bits > 0 && bits < 63;
	return false;
}

/* ---------------------------------------------------------- alternatives */

/* One of the values of an enum, one of the cases of a union. */
struct alternative {
	struct text wire;
	const struct field_list *params; /* of a bare atom: none */
};

static const struct field_list no_params;

static bool
takes(struct question *q, const struct type *reader,
	const struct alternative *sent)
{
	bool bare = sent->params->count == 0;
	const struct variant *v;

	switch ((int)reader->kind) {
	case TYPE_ATOM:
		return bare;
	case TYPE_BOOL:
		return bare &&
			(text_is(sent->wire, "false") ||
				text_is(sent->wire, "true"));
	case TYPE_ENUM:
		return bare && member_by_wire(q->c, reader->decl, sent->wire);
	case TYPE_UNION:
		v = case_by_wire(q->c, reader->decl, sent->wire);
		return v && list_reads(q, &v->fields, sent->params, true);
	default:
		return false;
	}
}

static bool
takes_atom(struct question *q, const struct type *reader, struct text wire)
{
	return takes(q, reader, &(struct alternative){wire, &no_params});
}

static bool
takes_members(struct question *q, const struct type *reader,
	const struct enum_member *m)
{
	for (; m; m = m->next) {
		if (!takes_atom(q, reader, wire_of(&m->name, &m->wire)))
			return false;
	}
	return true;
}

static bool
takes_cases(
	struct question *q, const struct type *reader, const struct variant *v)
{
	for (; v; v = v->next) {
		struct alternative sent = {
			wire_of(&v->name, &v->wire), &v->fields};

		if (!takes(q, reader, &sent))
			return false;
	}
	return true;
}

static bool
alternatives_read(struct question *q, const struct type *reader,
	const struct type *writer)
{
	if (writer->kind == TYPE_BOOL)
		return takes_atom(q, reader, TEXT_LITERAL("false")) &&
			takes_atom(q, reader, TEXT_LITERAL("true"));
	if (writer->kind == TYPE_ENUM)
		return takes_members(
			q, reader, writer->decl->u.enumeration.first);
	return writer->kind == TYPE_UNION &&
		takes_cases(q, reader, writer->decl->u.choice.first);
}

/* --------------------------------------------------------------- records */

/* Its name in small letters stands in front. */
static bool
tuple_record_reads(struct question *q, const struct decl *reader,
	const struct decl *writer)
{
	struct arena *arena = &q->c->program->arena;

	return reader->u.record.form == writer->u.record.form &&
		text_equal(text_snake(arena, reader->name.text),
			text_snake(arena, writer->name.text)) &&
		list_reads(q, &reader->u.record.fields,
			&writer->u.record.fields, false);
}

static bool
record_reads(struct question *q, const struct decl *reader,
	const struct decl *writer)
{
	const struct record_decl *r = &reader->u.record, *w = &writer->u.record;

	if (r->form == RECORD_TUPLE || w->form == RECORD_TUPLE)
		return tuple_record_reads(q, reader, writer);
	if (r->form == RECORD_STRUCT &&
		(w->form != RECORD_STRUCT ||
			!text_equal(r->struct_name, w->struct_name)))
		return false;
	for (const struct field *f = r->fields.first; f; f = f->next) {
		const struct field *sent = field_by_wire(
			q->c, writer, wire_of(&f->name, &f->wire));

		if (sent ? !reads(q, f->type, sent->type)
			 : !f->value && f->type->kind != TYPE_OPTIONAL)
			return false;
	}
	return true;
}

/* ---------------------------------------------------------- declarations */

/* A module of the one program is compared with one of the other: those that
   were named with each other, imported ones by their names. */
static bool
are_compared(const struct module *a, const struct module *b)
{
	if (!a->next || !b->next) /* the last one was named */
		return !a->next && !b->next;
	return text_equal(a->name.text, b->name.text);
}

bool
is_same_decl(const struct decl *a, const struct decl *b)
{
	return a->kind == b->kind && text_equal(a->name.text, b->name.text) &&
		are_compared(a->module, b->module);
}

/* Whether what is different in them is told elsewhere: at declarations. */
bool
is_same_type(const struct type *a, const struct type *b)
{
	if (a->decl && b->decl)
		return text_equal(a->decl->name.text, b->decl->name.text) &&
			are_compared(a->decl->module, b->decl->module);
	if (a->kind != b->kind || a->n_elements != b->n_elements)
		return false;
	if (a->key && !is_same_type(a->key, b->key))
		return false;
	if (a->element && !is_same_type(a->element, b->element))
		return false;
	for (size_t i = 0; i < a->n_elements; i++) {
		if (!is_same_type(a->elements[i], b->elements[i]))
			return false;
	}
	return true;
}

static struct pair *
pair_of(struct comparison *c, const struct decl *reader,
	const struct decl *writer)
{
	struct text key = text_printf(&c->program->arena, "%p %p",
		(const void *)reader, (const void *)writer);
	struct pair *pair = table_get(&c->pairs, key);

	if (pair)
		return pair;
	pair = ARENA_NEW(&c->program->arena, struct pair);
	pair->reader = reader;
	pair->writer = writer;
	table_put(&c->pairs, key, pair);
	return pair;
}

/* Adds the pair to those that question_end() looks at; until then it counts as
   readable. */
static bool
declared_reads(struct question *q, const struct decl *reader,
	const struct decl *writer)
{
	struct pair *pair = pair_of(q->c, reader, writer);

	if (pair->found != PAIR_OPEN || pair->asked == q->c->n_questions)
		return pair->found != PAIR_FAILS;
	pair->asked = q->c->n_questions;
	pair->next = NULL;
	if (q->last)
		q->last->next = pair;
	else
		q->first = pair;
	q->last = pair;
	return true;
}

static bool
pair_reads(struct question *q, const struct pair *pair)
{
	const struct decl *reader = pair->reader, *writer = pair->writer;

	if (reader->kind == DECL_RECORD && writer->kind == DECL_RECORD)
		return record_reads(q, reader, writer);
	return alternatives_read(q, reader->type, writer->type);
}

/* ------------------------------------------------------------- all types */

static bool
is_declared(const struct type *type)
{
	return type->kind == TYPE_ENUM || type->kind == TYPE_RECORD ||
		type->kind == TYPE_UNION;
}

static bool
tuple_reads(struct question *q, const struct type *reader,
	const struct type *writer)
{
	if (reader->n_elements != writer->n_elements)
		return false;
	for (size_t i = 0; i < reader->n_elements; i++) {
		if (!reads(q, reader->elements[i], writer->elements[i]))
			return false;
	}
	return true;
}

static bool
same_kind_reads(struct question *q, const struct type *reader,
	const struct type *writer)
{
	switch ((int)reader->kind) {
	case TYPE_LIST:
		return reads(q, reader->element, writer->element);
	case TYPE_MAP:
		return reads(q, reader->key, writer->key) &&
			reads(q, reader->element, writer->element);
	case TYPE_TUPLE:
		return tuple_reads(q, reader, writer);
	case TYPE_RECORD:
	case TYPE_ENUM:
	case TYPE_UNION:
		return is_same_decl(reader->decl, writer->decl) ||
			declared_reads(q, reader->decl, writer->decl);
	default:
		return true; /* a scalar; a handle, whoever it is to */
	}
}

static bool
reads(struct question *q, const struct type *reader, const struct type *writer)
{
	if (reader->kind == TYPE_TERM)
		return true;
	if (reader->kind == TYPE_OPTIONAL)
		return reads(q, reader->element,
			writer->kind == TYPE_OPTIONAL ? writer->element
						      : writer);
	if (reader->kind == writer->kind)
		return same_kind_reads(q, reader, writer);
	if (reader->kind == TYPE_BINARY)
		return writer->kind == TYPE_STRING;
	if (reader->kind == TYPE_SERVER) /* not every atom is a name */
		return writer->kind == TYPE_PID;
	if (is_declared(reader) && is_declared(writer))
		return declared_reads(q, reader->decl, writer->decl);
	return number_reads(reader, writer) ||
		alternatives_read(q, reader, writer);
}

static bool
list_reads(struct question *q, const struct field_list *reader,
	const struct field_list *writer, bool defaults)
{
	const struct field *sent = writer->first;

	for (const struct field *f = reader->first; f; f = f->next) {
		if (!sent && (!defaults || !f->value))
			return false;
		if (sent && !reads(q, f->type, sent->type))
			return false;
		sent = sent ? sent->next : NULL;
	}
	return !sent;
}

/* ------------------------------------------------------------- questions */

static struct question
question_begin(struct comparison *c)
{
	c->n_questions++;
	return (struct question){.c = c};
}

/* Looks at all pairs that were met; there may be more of them then. */
static bool
question_end(struct question *q, bool ok)
{
	for (struct pair *pair = q->first; pair && ok; pair = pair->next) {
		ok = pair_reads(q, pair);
		if (!ok)
			pair->found = PAIR_FAILS;
	}
	for (struct pair *pair = q->first; pair && ok; pair = pair->next)
		pair->found = PAIR_READS;
	return ok;
}

bool
type_reads(struct comparison *c, const struct type *reader,
	const struct type *writer)
{
	struct question q = question_begin(c);

	return question_end(&q, reads(&q, reader, writer));
}

bool
params_read(struct comparison *c, const struct field_list *reader,
	const struct field_list *writer, bool defaults)
{
	struct question q = question_begin(c);

	return question_end(&q, list_reads(&q, reader, writer, defaults));
}

/* Without a refusal the value stands alone, or is the atom `ok`. */
bool
answer_reads(struct comparison *c, const struct member *reader,
	const struct member *writer)
{
	struct question q;

	if (!reader->refusal != !writer->refusal)
		return false;
	if (reader->refusal && !type_reads(c, reader->refusal, writer->refusal))
		return false;
	if (reader->reply && writer->reply)
		return type_reads(c, reader->reply, writer->reply);
	if (!reader->reply || reader->refusal)
		return !reader->reply && !writer->reply;
	q = question_begin(c);
	return reader->reply->kind == TYPE_TERM ||
		takes_atom(&q, reader->reply, TEXT_LITERAL("ok"));
}
