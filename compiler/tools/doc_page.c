/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

#include "cname.h"

static void
reset(struct doc *doc, const struct module *module)
{
	doc->module = module;
	doc->out = (struct textbuf){.arena = doc->arena};
	doc->fresh = true;
}

struct text
doc_anchor(struct doc *doc, const struct decl *decl, struct text member)
{
	return text_printf(doc->arena, "%.*s.%.*s", TEXT_ARG(decl->name.text),
		TEXT_ARG(member));
}

/* ------------------------------------------------------------------ fields */

static void
field(struct doc *doc, const struct field *f, bool keys)
{
	doc_open(doc, DOC_ENTRY);
	doc_open(doc, DOC_TERM);
	doc_printf(doc, "%.*s: ", TEXT_ARG(f->name.text));
	doc_type(doc, f->type_ref);
	if (f->initial) {
		doc_string(doc, " = ");
		doc_value(doc, f->initial);
	}
	doc_end(doc, DOC_TERM);
	doc_comment(doc, f->doc);
	if (keys && f->wire.text.ptr) {
		doc_open(doc, DOC_PARAGRAPH);
		doc_string(doc, "On the wire it is called ");
		doc_code(doc, doc_wire_atom(doc, f->wire.text));
		doc_string(doc, ".");
		doc_end(doc, DOC_PARAGRAPH);
	}
	doc_end(doc, DOC_ENTRY);
}

void
doc_fields(struct doc *doc, const struct field_list *fields, bool keys)
{
	if (fields->count == 0)
		return;
	doc_open(doc, DOC_ENTRIES);
	for (const struct field *f = fields->first; f; f = f->next)
		field(doc, f, keys);
	doc_end(doc, DOC_ENTRIES);
}

/* ------------------------------------------------------------ declarations */

static void
constant(struct doc *doc, const struct decl *decl)
{
	doc_open(doc, DOC_SIGNATURE);
	doc_printf(doc, "const %.*s = ", TEXT_ARG(decl->name.text));
	doc_value(doc, decl->u.constant.expr);
	doc_end(doc, DOC_SIGNATURE);
	doc_comment(doc, decl->doc);
	doc_open(doc, DOC_LIST);
	doc_fact(doc, "In C");
	doc_code(doc, cname_macro(doc->arena, cname_decl(doc->arena, decl)));
	doc_fact_end(doc);
	doc_end(doc, DOC_LIST);
}

static void
type_facts(struct doc *doc, const struct decl *decl, const char *tag)
{
	doc_open(doc, DOC_LIST);
	doc_fact(doc, "In C");
	doc_code(doc,
		text_printf(doc->arena, "%s %.*s", tag,
			TEXT_ARG(cname_decl(doc->arena, decl))));
	doc_fact_end(doc);
	doc_fact(doc, "On the wire");
	doc_code(doc, doc_wire_decl(doc, decl));
	doc_fact_end(doc);
	doc_end(doc, DOC_LIST);
}

static void
enum_member(struct doc *doc, const struct decl *decl,
	const struct enum_member *member)
{
	struct text wire = wire_of(&member->name, &member->wire);

	doc_open(doc, DOC_ENTRY);
	doc_open(doc, DOC_TERM);
	doc_text(doc, doc_wire_atom(doc, member->name.text));
	doc_end(doc, DOC_TERM);
	doc_comment(doc, member->doc);
	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "In C ");
	doc_code(doc, cname_enum_member(doc->arena, decl, member));
	if (member->wire.text.ptr) {
		doc_string(doc, ", on the wire ");
		doc_code(doc, doc_wire_atom(doc, wire));
	}
	doc_string(doc, ".");
	doc_end(doc, DOC_PARAGRAPH);
	doc_end(doc, DOC_ENTRY);
}

static void
enumeration(struct doc *doc, const struct decl *decl)
{
	doc_comment(doc, decl->doc);
	type_facts(doc, decl, "enum");
	doc_open(doc, DOC_ENTRIES);
	for (const struct enum_member *m = decl->u.enumeration.first; m;
		m = m->next)
		enum_member(doc, decl, m);
	doc_end(doc, DOC_ENTRIES);
}

static void
record(struct doc *doc, const struct decl *decl)
{
	const struct record_decl *r = &decl->u.record;

	if (r->form != RECORD_MAP) {
		doc_open(doc, DOC_SIGNATURE);
		doc_printf(doc, "record %.*s as ", TEXT_ARG(decl->name.text));
		doc_text(doc, span_text(r->form_span));
		doc_end(doc, DOC_SIGNATURE);
	}
	doc_comment(doc, decl->doc);
	type_facts(doc, decl, "struct");
	doc_fields(doc, &r->fields, r->form != RECORD_TUPLE);
}

static void
variant(struct doc *doc, const struct decl *decl, const struct variant *v)
{
	doc_open(doc, DOC_ENTRY);
	doc_open(doc, DOC_TERM);
	doc_text(doc, v->name.text);
	if (v->fields.count > 0)
		doc_params(doc, &v->fields);
	doc_end(doc, DOC_TERM);
	doc_comment(doc, v->doc);
	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "In C ");
	doc_code(doc, cname_variant_tag(doc->arena, decl, v));
	doc_string(doc, ", made by ");
	doc_code(doc, cname_variant(doc->arena, decl, v));
	doc_string(doc, "; on the wire ");
	doc_code(doc,
		doc_wire_message(doc, wire_of(&v->name, &v->wire), &v->fields));
	doc_string(doc, ".");
	doc_end(doc, DOC_PARAGRAPH);
	doc_end(doc, DOC_ENTRY);
}

static void
choice(struct doc *doc, const struct decl *decl)
{
	doc_comment(doc, decl->doc);
	doc_open(doc, DOC_LIST);
	doc_fact(doc, "In C");
	doc_code(doc,
		text_printf(doc->arena, "struct %.*s",
			TEXT_ARG(cname_decl(doc->arena, decl))));
	doc_fact_end(doc);
	doc_end(doc, DOC_LIST);
	doc_open(doc, DOC_ENTRIES);
	for (const struct variant *v = decl->u.choice.first; v; v = v->next)
		variant(doc, decl, v);
	doc_end(doc, DOC_ENTRIES);
}

static void
put_decl(struct doc *doc, const struct decl *decl)
{
	doc_begin(doc, DOC_NAME, decl->name.text);
	doc_printf(doc, "%s %.*s", decl_kind_name(decl->kind),
		TEXT_ARG(decl->name.text));
	doc_end(doc, DOC_NAME);
	switch (decl->kind) {
	case DECL_CONST:
		constant(doc, decl);
		break;
	case DECL_ENUM:
		enumeration(doc, decl);
		break;
	case DECL_RECORD:
		record(doc, decl);
		break;
	case DECL_UNION:
		choice(doc, decl);
		break;
	case DECL_MESSAGE:
		doc_message(doc, decl);
		break;
	case DECL_GEN_SERVER:
		doc_server(doc, decl);
		break;
	case DECL_SUPERVISOR:
		doc_supervisor(doc, decl);
		break;
	case DECL_APPLICATION:
		doc_application(doc, decl);
		break;
	}
}

/* -------------------------------------------------------------- the module */

/* What a reader looks for first comes first. */
static const struct {
	enum decl_kind kind;
	const char *title;
} sections[] = {
	{DECL_APPLICATION, "Application"},
	{DECL_SUPERVISOR, "Supervisors"},
	{DECL_GEN_SERVER, "Servers"},
	{DECL_MESSAGE, "Messages"},
	{DECL_RECORD, "Records"},
	{DECL_UNION, "Unions"},
	{DECL_ENUM, "Enums"},
	{DECL_CONST, "Constants"},
};

static const struct decl *
next_of(const struct decl *decl, enum decl_kind kind)
{
	while (decl && decl->kind != kind)
		decl = decl->next;
	return decl;
}

static void
contents_of(struct doc *doc, const struct decl *first, const char *title)
{
	bool is_first = true;

	doc_fact(doc, title);
	for (const struct decl *d = first; d;
		d = next_of(d->next, first->kind)) {
		doc_comma(doc, &is_first);
		doc_open(doc, DOC_CODE);
		doc_decl_link(doc, d, d->name.text);
		doc_end(doc, DOC_CODE);
	}
	doc_fact_end(doc);
}

static void
contents(struct doc *doc, const struct module *module)
{
	if (!module->decls)
		return;
	doc_open(doc, DOC_LIST);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		const struct decl *first =
			next_of(module->decls, sections[i].kind);

		if (first)
			contents_of(doc, first, sections[i].title);
	}
	doc_end(doc, DOC_LIST);
}

static void
module_link(struct doc *doc, const struct module *module)
{
	if (!module->is_root) {
		doc_code(doc, module->name.text);
		return;
	}
	doc_begin(doc, DOC_LINK, doc_file(doc, module));
	doc_code(doc, module->name.text);
	doc_end(doc, DOC_LINK);
}

static void
imports(struct doc *doc, const struct module *module)
{
	bool is_first = true;

	if (!module->imports)
		return;
	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "It imports ");
	for (const struct import *i = module->imports; i; i = i->next) {
		if (!i->module)
			continue;
		doc_comma(doc, &is_first);
		module_link(doc, i->module);
	}
	doc_string(doc, ".");
	doc_end(doc, DOC_PARAGRAPH);
}

static void
introduction(struct doc *doc, const struct module *module)
{
	struct text file = text_base_name(module->source->path);

	doc_open(doc, DOC_TITLE);
	doc_printf(doc, "Module %.*s", TEXT_ARG(module->name.text));
	doc_end(doc, DOC_TITLE);
	doc_comment(doc, module->doc);
	doc_open(doc, DOC_PARAGRAPH);
	doc_string(doc, "Declared in ");
	doc_code(doc, file);
	doc_string(doc, "; C includes ");
	doc_code(doc, text_printf(doc->arena, "%.*s.h", TEXT_ARG(file)));
	doc_string(doc,
		module->wire_elixir
			? ". What is absent is nil on the wire, as in Elixir."
			: ".");
	doc_end(doc, DOC_PARAGRAPH);
	imports(doc, module);
}

struct text
doc_module(struct doc *doc, const struct module *module)
{
	reset(doc, module);
	introduction(doc, module);
	contents(doc, module);
	doc_trees(doc);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		const struct decl *d = next_of(module->decls, sections[i].kind);

		if (!d)
			continue;
		doc_open(doc, DOC_SECTION);
		doc_string(doc, sections[i].title);
		doc_end(doc, DOC_SECTION);
		for (; d; d = next_of(d->next, sections[i].kind))
			put_decl(doc, d);
	}
	return doc->format->page(doc,
		text_printf(doc->arena, "Module %.*s",
			TEXT_ARG(module->name.text)));
}

/* Alphabetical: the order of the command line means nothing to a reader. */
static const struct module *
next_in_order(const struct program *program, const struct module *after)
{
	const struct module *best = NULL;

	for (const struct module *m = program->modules; m; m = m->next) {
		if (!m->is_root ||
			(after &&
				text_compare(m->name.text, after->name.text) <=
					0))
			continue;
		if (!best || text_compare(m->name.text, best->name.text) < 0)
			best = m;
	}
	return best;
}

struct text
doc_index(struct doc *doc)
{
	const struct module *m = NULL;

	reset(doc, NULL);
	doc_open(doc, DOC_TITLE);
	doc_string(doc, "Modules");
	doc_end(doc, DOC_TITLE);
	doc_open(doc, DOC_LIST);
	while ((m = next_in_order(doc->program, m))) {
		doc_open(doc, DOC_ITEM);
		module_link(doc, m);
		doc_summary(doc, m->doc);
		contents(doc, m);
		doc_end(doc, DOC_ITEM);
	}
	doc_end(doc, DOC_LIST);
	return doc->format->page(doc, TEXT_LITERAL("Modules"));
}
