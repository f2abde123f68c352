/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

/*
 * What goes over the wire, in the words of Erlang's type specifications: who
 * talks to the program from there reads them without this tool. A declared
 * type is called by its name, `receipt()` or `money:amount()`, and told once,
 * where it is declared.
 */

static const char *const erlang_words[] = {"after", "and", "andalso", "band",
	"begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond",
	"div", "else", "end", "fun", "if", "let", "maybe", "not", "of", "or",
	"orelse", "receive", "rem", "try", "when", "xor"};

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_plain(struct text name)
{
	if (name.len == 0 || !is_lower(name.ptr[0]))
		return false;
	for (size_t i = 0; i < sizeof(erlang_words) / sizeof(*erlang_words);
		i++) {
		if (text_is(name, erlang_words[i]))
			return false;
	}
	for (size_t i = 1; i < name.len; i++) {
		char c = name.ptr[i];

		if (!is_lower(c) && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && c != '_' && c != '@')
			return false;
	}
	return true;
}

struct text
doc_wire_atom(struct doc *doc, struct text name)
{
	struct textbuf buf = {.arena = doc->arena};

	if (is_plain(name))
		return name;
	textbuf_add_char(&buf, '\'');
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == '\'' || c == '\\')
			textbuf_add_char(&buf, '\\');
		if (c == '\n')
			textbuf_printf(&buf, "\\n");
		else if (c == '\t')
			textbuf_printf(&buf, "\\t");
		else if (c == '\r')
			textbuf_printf(&buf, "\\r");
		else
			textbuf_add_char(&buf, c);
	}
	textbuf_add_char(&buf, '\'');
	return textbuf_text(&buf);
}

/* `last_seen` -> `LastSeen`, as variables are written. */
static void
add_variable(struct textbuf *buf, struct text name)
{
	bool is_first = true;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == '_' && i + 1 < name.len) {
			is_first = true;
			continue;
		}
		if (is_first && is_lower(c))
			c = (char)(c - 'a' + 'A');
		else if (is_first && c >= '0' && c <= '9')
			textbuf_add_char(buf, '_');
		textbuf_add_char(buf, c);
		is_first = false;
	}
}

/* ------------------------------------------------------------------- types */

static void
add_type(struct doc *doc, struct textbuf *buf, const struct type *type);

static void
add_declared(struct doc *doc, struct textbuf *buf, const struct decl *decl)
{
	struct text name =
		doc_wire_atom(doc, text_snake(doc->arena, decl->name.text));

	if (decl->module != doc->module)
		textbuf_printf(buf, "%.*s:",
			TEXT_ARG(doc_wire_atom(doc, decl->module->name.text)));
	textbuf_printf(buf, "%.*s()", TEXT_ARG(name));
}

static void
add_tuple(struct doc *doc, struct textbuf *buf, const struct type *type)
{
	textbuf_add_char(buf, '{');
	for (size_t i = 0; i < type->n_elements; i++) {
		if (i > 0)
			textbuf_printf(buf, ", ");
		add_type(doc, buf, type->elements[i]);
	}
	textbuf_add_char(buf, '}');
}

static void
add_compound(struct doc *doc, struct textbuf *buf, const struct type *type)
{
	switch ((int)type->kind) {
	case TYPE_OPTIONAL:
		add_type(doc, buf, type->element);
		textbuf_printf(buf, " | %s",
			doc->module->wire_elixir ? "nil" : "undefined");
		break;
	case TYPE_LIST:
		textbuf_add_char(buf, '[');
		add_type(doc, buf, type->element);
		textbuf_add_char(buf, ']');
		break;
	case TYPE_MAP:
		textbuf_printf(buf, "#{");
		add_type(doc, buf, type->key);
		textbuf_printf(buf, " => ");
		add_type(doc, buf, type->element);
		textbuf_add_char(buf, '}');
		break;
	case TYPE_TUPLE:
		add_tuple(doc, buf, type);
		break;
	default:
		add_declared(doc, buf, type->decl);
		break;
	}
}

static const char *
scalar(enum type_kind kind)
{
	switch ((int)kind) {
	case TYPE_BOOL:
		return "boolean()";
	case TYPE_INT8:
		return "-128..127";
	case TYPE_UINT8:
		return "0..255";
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_INT64:
	case TYPE_TIMESTAMP:
		return "integer()";
	case TYPE_UINT16:
	case TYPE_UINT32:
	case TYPE_UINT64:
		return "non_neg_integer()";
	case TYPE_FLOAT32:
	case TYPE_FLOAT64:
		return "float()";
	case TYPE_ATOM:
		return "atom()";
	case TYPE_STRING:
	case TYPE_BINARY:
		return "binary()";
	case TYPE_PID:
		return "pid()";
	case TYPE_REFERENCE:
		return "reference()";
	case TYPE_TERM:
		return "term()";
	case TYPE_DURATION:
		return "non_neg_integer() | infinity";
	case TYPE_SERVER:
		return "pid() | {atom(), node()}";
	default:
		return NULL;
	}
}

static void
add_type(struct doc *doc, struct textbuf *buf, const struct type *type)
{
	const char *word = scalar(type->kind);

	if (word)
		textbuf_printf(buf, "%s", word);
	else
		add_compound(doc, buf, type);
}

struct text
doc_wire_type(struct doc *doc, const struct type *type)
{
	struct textbuf buf = {.arena = doc->arena};

	add_type(doc, &buf, type);
	return textbuf_text(&buf);
}

/* -------------------------------------------------------- what is declared */

/* `{name, A :: t(), ...}`; the bare atom when there is nothing to go with. */
static void
add_tagged(struct doc *doc, struct textbuf *buf, struct text name,
	const struct field_list *fields)
{
	struct text atom = doc_wire_atom(doc, name);

	if (fields->count == 0) {
		textbuf_add(buf, atom);
		return;
	}
	textbuf_printf(buf, "{%.*s", TEXT_ARG(atom));
	for (const struct field *f = fields->first; f; f = f->next) {
		textbuf_printf(buf, ", ");
		add_variable(buf, f->name.text);
		textbuf_printf(buf, " :: ");
		add_type(doc, buf, f->type);
	}
	textbuf_add_char(buf, '}');
}

struct text
doc_wire_message(
	struct doc *doc, struct text name, const struct field_list *params)
{
	struct textbuf buf = {.arena = doc->arena};

	add_tagged(doc, &buf, name, params);
	return textbuf_text(&buf);
}

struct text
doc_wire_answer(struct doc *doc, const struct member *call)
{
	struct textbuf buf = {.arena = doc->arena};

	if (!call->reply)
		textbuf_printf(&buf, "ok");
	else if (!call->refusal)
		add_type(doc, &buf, call->reply);
	else {
		textbuf_printf(&buf, "{ok, ");
		add_type(doc, &buf, call->reply);
		textbuf_add_char(&buf, '}');
	}
	if (call->refusal) {
		textbuf_printf(&buf, " | {error, ");
		add_type(doc, &buf, call->refusal);
		textbuf_add_char(&buf, '}');
	}
	return textbuf_text(&buf);
}

/* A field that may be absent, or has a default, may be left out. */
static void
add_map(struct doc *doc, struct textbuf *buf, const struct record_decl *record)
{
	textbuf_printf(buf, "#{");
	if (record->form == RECORD_STRUCT)
		textbuf_printf(buf, "'__struct__' := %.*s%s",
			TEXT_ARG(doc_wire_atom(doc, record->struct_name)),
			record->fields.first ? ", " : "");
	for (const struct field *f = record->fields.first; f; f = f->next) {
		textbuf_printf(buf, "%s%.*s %s ",
			f == record->fields.first ? "" : ", ",
			TEXT_ARG(doc_wire_atom(
				doc, wire_of(&f->name, &f->wire))),
			f->initial || f->type->kind == TYPE_OPTIONAL ? "=>"
								     : ":=");
		add_type(doc, buf, f->type);
	}
	textbuf_add_char(buf, '}');
}

static void
add_tuple_record(struct doc *doc, struct textbuf *buf, const struct decl *decl)
{
	struct text tag = text_snake(doc->arena, decl->name.text);

	textbuf_printf(buf, "{%.*s", TEXT_ARG(doc_wire_atom(doc, tag)));
	for (const struct field *f = decl->u.record.fields.first; f;
		f = f->next) {
		textbuf_printf(buf, ", ");
		add_variable(buf, f->name.text);
		textbuf_printf(buf, " :: ");
		add_type(doc, buf, f->type);
	}
	textbuf_add_char(buf, '}');
}

static void
add_members(struct doc *doc, struct textbuf *buf, const struct enum_decl *e)
{
	for (const struct enum_member *m = e->first; m; m = m->next)
		textbuf_printf(buf, "%s%.*s", m == e->first ? "" : " | ",
			TEXT_ARG(doc_wire_atom(
				doc, wire_of(&m->name, &m->wire))));
}

static void
add_variants(struct doc *doc, struct textbuf *buf, const struct union_decl *u)
{
	for (const struct variant *v = u->first; v; v = v->next) {
		if (v != u->first)
			textbuf_printf(buf, " | ");
		add_tagged(doc, buf, wire_of(&v->name, &v->wire), &v->fields);
	}
}

struct text
doc_wire_decl(struct doc *doc, const struct decl *decl)
{
	struct textbuf buf = {.arena = doc->arena};

	if (decl->kind == DECL_ENUM)
		add_members(doc, &buf, &decl->u.enumeration);
	else if (decl->kind == DECL_UNION)
		add_variants(doc, &buf, &decl->u.choice);
	else if (decl->u.record.form == RECORD_TUPLE)
		add_tuple_record(doc, &buf, decl);
	else
		add_map(doc, &buf, &decl->u.record);
	return textbuf_text(&buf);
}
