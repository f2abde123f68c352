/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <string.h>

/* Lines of a declaration that are shown; the rest is left to the file. */
enum {
	shown_lines = 30
};

/* -------------------------------------------------------------- signature */

/* Up to the `{`, without what is before it. */
static struct text
head_of(struct text text)
{
	const char *brace = memchr(text.ptr, '{', text.len);

	if (brace)
		text.len = (size_t)(brace - text.ptr);
	while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]))
		text.len--;
	return text;
}

struct text
decl_head(const struct decl *decl)
{
	return head_of(span_text(decl->span));
}

static struct text
whole_or_head(struct text text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines < shown_lines ? text : head_of(text);
}

static struct text
server_signature(struct arena *arena, const struct decl *decl)
{
	struct text head = decl_head(decl);
	const struct member *init = decl->u.server.init;

	/* resolve makes an empty one where there is none */
	if (!init || init->span.start == decl->name.span.start)
		return head;
	return text_printf(arena, "%.*s\n%.*s", TEXT_ARG(head),
		TEXT_ARG(span_text(init->span)));
}

static struct text
decl_signature(struct arena *arena, const struct decl *decl)
{
	switch (decl->kind) {
	case DECL_CONST:
	case DECL_ENUM:
	case DECL_RECORD:
	case DECL_UNION:
	case DECL_MESSAGE:
		return whole_or_head(span_text(decl->span));
	case DECL_GEN_SERVER:
		return server_signature(arena, decl);
	case DECL_SUPERVISOR:
	case DECL_APPLICATION:
		break;
	}
	return decl_head(decl);
}

static struct text
variant_signature(struct arena *arena, const struct variant *variant)
{
	struct textbuf buf = {.arena = arena};
	const char *between = "(";

	textbuf_add(&buf, variant->name.text);
	for (const struct field *f = variant->fields.first; f; f = f->next) {
		textbuf_printf(
			&buf, "%s%.*s", between, TEXT_ARG(span_text(f->span)));
		between = ", ";
	}
	if (variant->fields.first)
		textbuf_add_char(&buf, ')');
	return textbuf_text(&buf);
}

static struct text
import_signature(struct arena *arena, const struct import *import)
{
	struct text line = text_printf(
		arena, "import %.*s;", TEXT_ARG(span_text(import->span)));

	if (!import->module)
		return line;
	return text_printf(arena, "%.*s // module %.*s", TEXT_ARG(line),
		TEXT_ARG(import->module->name.text));
}

struct text
occurrence_signature(struct arena *arena, const struct occurrence *occurrence)
{
	const void *node = occurrence->node;

	switch (occurrence->kind) {
	case SYMBOL_MODULE:
		return text_printf(arena, "module %.*s;",
			TEXT_ARG(((const struct module *)node)->name.text));
	case SYMBOL_IMPORT:
		return import_signature(arena, node);
	case SYMBOL_DECL:
		return decl_signature(arena, node);
	case SYMBOL_FIELD:
	case SYMBOL_PARAM:
	case SYMBOL_ENV:
		return span_text(((const struct field *)node)->span);
	case SYMBOL_MEMBER:
		return span_text(((const struct member *)node)->span);
	case SYMBOL_ENUM_MEMBER:
		return span_text(((const struct enum_member *)node)->name.span);
	case SYMBOL_VARIANT:
		return variant_signature(arena, node);
	case SYMBOL_CHILD:
		return whole_or_head(
			span_text(((const struct child *)node)->span));
	case SYMBOL_TYPE:
		break;
	}
	return ((const struct type *)node)->spelling;
}

struct text
occurrence_doc(const struct occurrence *occurrence)
{
	const void *node = occurrence->node;

	switch (occurrence->kind) {
	case SYMBOL_MODULE:
		return ((const struct module *)node)->doc;
	case SYMBOL_DECL:
		return ((const struct decl *)node)->doc;
	case SYMBOL_FIELD:
	case SYMBOL_PARAM:
	case SYMBOL_ENV:
		return ((const struct field *)node)->doc;
	case SYMBOL_MEMBER:
		return ((const struct member *)node)->doc;
	case SYMBOL_ENUM_MEMBER:
		return ((const struct enum_member *)node)->doc;
	case SYMBOL_VARIANT:
		return ((const struct variant *)node)->doc;
	case SYMBOL_CHILD:
		return ((const struct child *)node)->doc;
	case SYMBOL_IMPORT:
	case SYMBOL_TYPE:
		break;
	}
	return (struct text){0};
}

struct text
one_line(struct arena *arena, struct text text)
{
	struct textbuf buf = {.arena = arena};
	bool was_space = false;

	for (size_t i = 0; i < text.len; i++) {
		bool is_space = strchr(" \t\r\n", text.ptr[i]) != NULL &&
			text.ptr[i] != '\0';

		if (!is_space) {
			if (was_space && buf.len > 0)
				textbuf_add_char(&buf, ' ');
			textbuf_add_char(&buf, text.ptr[i]);
		}
		was_space = is_space;
	}
	return buf.ptr ? textbuf_text(&buf) : TEXT_LITERAL("");
}

/* ------------------------------------------------------------------ hover */

/* A fence that the code does not end by itself; none where nobody sees it as
   one. */
static void
add_code(struct textbuf *buf, struct text code, bool markdown)
{
	const char *fence = "```";

	for (size_t i = 0; i + 2 < code.len; i++) {
		if (memcmp(code.ptr + i, "```", 3) == 0)
			fence = "~~~~";
	}
	if (markdown)
		textbuf_printf(
			buf, "%sotp\n%.*s\n%s", fence, TEXT_ARG(code), fence);
	else
		textbuf_add(buf, code);
}

static void
add_owner(struct textbuf *buf, const struct occurrence *o)
{
	static const char *const roles[] = {
		[SYMBOL_FIELD] = "field",
		[SYMBOL_PARAM] = "parameter",
		[SYMBOL_ENV] = "env entry",
		[SYMBOL_MEMBER] = "member",
		[SYMBOL_ENUM_MEMBER] = "member",
		[SYMBOL_VARIANT] = "variant",
		[SYMBOL_CHILD] = "child",
		[SYMBOL_TYPE] = NULL,
	};

	if (!roles[o->kind] || !o->owner)
		return;
	textbuf_printf(buf, "\n\n%s of %s `%.*s`", roles[o->kind],
		decl_kind_name(o->owner->kind), TEXT_ARG(o->owner->name.text));
	if (!o->declares && o->owner->module)
		textbuf_printf(buf, " in module `%.*s`",
			TEXT_ARG(o->owner->module->name.text));
}

/* What nobody documents, since it is everybody's: NULL for the rest. */
static const char *
builtin_help(const struct occurrence *occurrence)
{
	const struct member *member = occurrence->node;
	const struct type *type = occurrence->node;

	if (occurrence->kind == SYMBOL_TYPE)
		return word_help(type->spelling);
	if (occurrence->kind == SYMBOL_MEMBER && member_is_builtin(member))
		return word_help(member->name.text);
	return NULL;
}

static struct text
hover_text(struct lsp *lsp, const struct analysis *analysis,
	const struct occurrence *occurrence)
{
	struct arena *arena = &lsp->scratch;
	struct textbuf buf = {.arena = arena};
	struct text doc = occurrence_doc(occurrence);
	const char *help = builtin_help(occurrence);

	add_code(&buf, occurrence_signature(arena, occurrence),
		lsp->client.markdown);
	add_owner(&buf, occurrence);
	if (doc.len > 0)
		textbuf_printf(&buf, "\n\n%.*s", TEXT_ARG(doc));
	else if (help)
		textbuf_printf(&buf, "\n\n%s", help);
	add_c_names(&buf, analysis, occurrence);
	return textbuf_text(&buf);
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

/* A word of the language that names nothing. */
static struct span
word_at(const struct source *source, size_t offset)
{
	struct span span = {source, offset, offset};
	const char *text = source->content.ptr;

	while (span.start > 0 && is_word(text[span.start - 1]))
		span.start--;
	while (span.end < source->content.len && is_word(text[span.end]))
		span.end++;
	return span;
}

static json_t *
hover_json(struct lsp *lsp, struct analysis *analysis, struct span span,
	struct text text)
{
	return json_pack("{s:{s:s, s:o}, s:o}", "contents", "kind",
		lsp->client.markdown ? "markdown" : "plaintext", "value",
		json_text(text), "range", span_range(lsp, analysis, span));
}

json_t *
lsp_hover(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	const struct occurrence *found;
	struct place place;
	struct span span;
	const char *help;

	if (!find_place(lsp, params, &place, error))
		return NULL;
	found = index_at(place.analysis, place.offset);
	if (found)
		return hover_json(lsp, place.analysis, found->span,
			hover_text(lsp, place.analysis, found));
	if (is_silent(place.analysis->source->content, place.offset))
		return json_null();
	span = word_at(place.analysis->source, place.offset);
	help = word_help(span_text(span));
	if (!help)
		return json_null();
	return hover_json(lsp, place.analysis, span, text_of(help));
}
