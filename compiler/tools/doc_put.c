/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

#include <stdarg.h>

void
doc_begin(struct doc *doc, enum doc_element element, struct text argument)
{
	doc->format->begin(doc, element, argument);
}

void
doc_open(struct doc *doc, enum doc_element element)
{
	doc_begin(doc, element, TEXT_LITERAL(""));
}

void
doc_end(struct doc *doc, enum doc_element element)
{
	doc->format->end(doc, element);
}

void
doc_text(struct doc *doc, struct text text)
{
	if (text.len > 0)
		doc->format->text(doc, text);
}

void
doc_string(struct doc *doc, const char *string)
{
	doc_text(doc, text_of(string));
}

void
doc_printf(struct doc *doc, const char *format, ...)
{
	struct textbuf buf = {.arena = doc->arena};
	va_list args;

	va_start(args, format);
	textbuf_vprintf(&buf, format, args);
	va_end(args);
	doc_text(doc, textbuf_text(&buf));
}

void
doc_code(struct doc *doc, struct text text)
{
	doc_open(doc, DOC_CODE);
	doc_text(doc, text);
	doc_end(doc, DOC_CODE);
}

void
doc_fact(struct doc *doc, const char *label)
{
	doc_open(doc, DOC_ITEM);
	doc_open(doc, DOC_LABEL);
	doc_string(doc, label);
	doc_end(doc, DOC_LABEL);
	doc_string(doc, ": ");
}

void
doc_fact_end(struct doc *doc)
{
	doc_end(doc, DOC_ITEM);
}

void
doc_comma(struct doc *doc, bool *first)
{
	if (!*first)
		doc_string(doc, ", ");
	*first = false;
}

/* ---------------------------------------------------------- what leads on */

/* `-` is in no name of a module: no page is called like the index. */
struct text
doc_file(const struct doc *doc, const struct module *module)
{
	struct text name = module->name.text;

	return text_printf(doc->arena, "%.*s%s%s", TEXT_ARG(name),
		text_is(name, "index") ? "-module" : "", doc->format->suffix);
}

void
doc_decl_link(struct doc *doc, const struct decl *decl, struct text shown)
{
	struct text file;

	if (!decl || !decl->module->is_root) {
		doc_text(doc, shown);
		return;
	}
	file = decl->module == doc->module ? TEXT_LITERAL("")
					   : doc_file(doc, decl->module);
	doc_begin(doc, DOC_LINK,
		text_printf(doc->arena, "%.*s#%.*s", TEXT_ARG(file),
			TEXT_ARG(decl->name.text)));
	doc_text(doc, shown);
	doc_end(doc, DOC_LINK);
}

void
doc_path(struct doc *doc, const struct path *path, const struct decl *decl)
{
	struct text shown = path->name.text;

	if (path->module.text.ptr)
		shown = text_printf(doc->arena, "%.*s.%.*s",
			TEXT_ARG(path->module.text), TEXT_ARG(path->name.text));
	doc_decl_link(doc, decl, shown);
}

static const struct decl *
decl_of_type(const struct type *type)
{
	return type ? type->decl : NULL;
}

static void
put_types(struct doc *doc, const struct type_ref *first)
{
	for (const struct type_ref *r = first; r; r = r->next) {
		if (r != first)
			doc_string(doc, ", ");
		doc_type(doc, r);
	}
}

void
doc_type(struct doc *doc, const struct type_ref *ref)
{
	switch ((int)ref->kind) {
	case TYPE_OPTIONAL:
		doc_type(doc, ref->element);
		doc_string(doc, "?");
		return;
	case TYPE_LIST:
		doc_string(doc, "list<");
		doc_type(doc, ref->element);
		break;
	case TYPE_MAP:
		doc_string(doc, "map<");
		doc_type(doc, ref->key);
		doc_string(doc, ", ");
		doc_type(doc, ref->element);
		break;
	case TYPE_TUPLE:
		doc_string(doc, "tuple<");
		put_types(doc, ref->elements);
		break;
	case TYPE_SERVER:
		doc_string(doc, "server<");
		doc_path(doc, &ref->path, decl_of_type(ref->type));
		break;
	default: /* by name */
		doc_path(doc, &ref->path, decl_of_type(ref->type));
		return;
	}
	doc_string(doc, ">");
}

void
doc_value(struct doc *doc, const struct expr *expr)
{
	const struct decl *constant =
		expr->value ? expr->value->constant : NULL;

	doc_decl_link(doc, constant, span_text(expr->span));
}

void
doc_params(struct doc *doc, const struct field_list *params)
{
	doc_string(doc, "(");
	for (const struct field *f = params->first; f; f = f->next) {
		doc_printf(doc, "%s%.*s: ", f == params->first ? "" : ", ",
			TEXT_ARG(f->name.text));
		doc_type(doc, f->type_ref);
		if (f->initial) {
			doc_string(doc, " = ");
			doc_value(doc, f->initial);
		}
	}
	doc_string(doc, ")");
}
