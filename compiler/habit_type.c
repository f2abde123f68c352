/* SPDX-License-Identifier: Apache-2.0 */
#include "habit.h"

#include "parser.h"

#include <ctype.h>
#include <string.h>

/* Types, values and quotes, as other languages write them. */

static bool
accepts(const struct habit *h, int kind)
{
	return syntax_accepts(h->yy, kind, -1);
}

static void
hint(const struct habit *h, enum diag_id id)
{
	note(h->parser->program, id, (struct span){0});
}

/* ------------------------------------------------------------------ quotes */

static bool
is_word(struct text text)
{
	if (text.len == 0 || isdigit((unsigned char)*text.ptr))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!isalnum((unsigned char)text.ptr[i]) && text.ptr[i] != '_')
			return false;
	}
	return true;
}

/* Up to where a quoted text would have ended: `Elixir.Bank`, `1.0.0` */
static struct span
unquoted(struct span span)
{
	const char *text = span.source->content.ptr;

	while (text[span.end] != '\0' && !strchr(" \t\r\n;{}", text[span.end]))
		span.end++;
	return span;
}

static void
quote(const struct habit *h, enum diag_id id, char mark)
{
	struct program *program = h->parser->program;
	bool was_quoted =
		h->token.kind == TK_STRING || h->token.kind == TK_ATOM;
	struct span span = was_quoted ? h->token.span : unquoted(h->token.span);
	struct text text = span_text(span);

	if (was_quoted)
		text = (struct text){text.ptr + 1, text.len - 2};
	hint(h, id);
	if (!h->token.bad && !memchr(text.ptr, mark, text.len))
		fixit(program, span,
			text_printf(&program->arena, "%c%.*s%c", mark,
				TEXT_ARG(text), mark));
}

void
note_quoting(const struct habit *h)
{
	int found = h->token.kind;
	bool is_quoted = found == TK_STRING || found == TK_ATOM;
	bool is_number = found == TK_INTEGER || found == TK_FLOAT;

	if (!is_quoted && !is_number && !h->token.text.ptr)
		return;
	if (accepts(h, TK_ATOM) && !accepts(h, TK_STRING) && !is_number)
		quote(h, DIAG_note_single_quotes, '\'');
	else if (accepts(h, TK_STRING) && !accepts(h, TK_MINUS))
		quote(h, DIAG_note_double_quotes, '"');
	else if (accepts(h, TK_ID) && !accepts(h, TK_MINUS) && is_quoted &&
		is_word(h->token.text)) {
		hint(h, DIAG_note_bare_name);
		fixit(h->parser->program, h->token.span, h->token.text);
	}
}

/* ------------------------------------------------------------------- types */

/* What stands before a `<` elsewhere; `T?` has none. */
static const struct {
	const char *foreign;
	const char *ours;
} generics[] = {
	{"Map", "map"},
	{"HashMap", "map"},
	{"dict", "map"},
	{"Dict", "map"},
	{"Record", "map"},
	{"List", "list"},
	{"Vec", "list"},
	{"vec", "list"},
	{"vector", "list"},
	{"array", "list"},
	{"Array", "list"},
	{"seq", "list"},
	{"set", "list"},
	{"Set", "list"},
	{"repeated", "list"},
	{"Tuple", "tuple"},
	{"pair", "tuple"},
	{"pid", "server"},
	{"ref", "server"},
	{"handle", "server"},
	{"optional", NULL},
	{"Optional", NULL},
	{"Option", NULL},
	{"Maybe", NULL},
	{"maybe", NULL},
};

/* At the `<` behind a name. */
static void
note_generic(const struct habit *h)
{
	struct program *program = h->parser->program;

	for (size_t i = 0; i < sizeof(generics) / sizeof(*generics); i++) {
		if (!text_is(h->before, generics[i].foreign))
			continue;
		if (!generics[i].ours) {
			hint(h, DIAG_note_absent);
			return;
		}
		note(program, DIAG_note_did_you_mean, (struct span){0},
			text_of(generics[i].ours));
		fixit(program, h->parser->previous, text_of(generics[i].ours));
		return;
	}
	hint(h,
		text_is(h->before, "result") || text_is(h->before, "Result")
			? DIAG_note_alternatives
			: DIAG_note_generic);
}

/* `list(T)`, a `map` alone, `map<string>` */
static bool
note_parameters(const struct habit *h)
{
	static const char *const forms[] = {
		"list<T>", "map<K, V>", "tuple<A, B>", "server<S>"};

	if (accepts(h, TK_LT) && !accepts(h, TK_QUESTION)) {
		for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
			size_t len = strcspn(forms[i], "<");

			if (text_equal(h->before, (struct text){forms[i], len}))
				note(h->parser->program, DIAG_note_form,
					(struct span){0},
					text_printf(&h->parser->program->arena,
						"`%s`", forms[i]));
		}
		return true;
	}
	if (h->token.kind == TK_GT && accepts(h, TK_COMMA)) {
		note(h->parser->program, DIAG_note_form, (struct span){0},
			TEXT_LITERAL("`map<K, V>`"));
		return true;
	}
	return false;
}

/* `timeout 5 s` */
static void
note_unit(const struct habit *h)
{
	static const char *const units[] = {
		"ms", "s", "m", "h", "d", "KiB", "MiB", "GiB"};
	struct program *program = h->parser->program;
	struct text whole;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!text_is(h->token.text, units[i]))
			continue;
		whole = text_printf(&program->arena, "%.*s%s",
			TEXT_ARG(h->before), units[i]);
		note(program, DIAG_note_unit_space, (struct span){0}, whole);
		fixit(program, span_join(h->parser->previous, h->token.span),
			whole);
	}
}

static bool
is_number(struct text text)
{
	return text.len > 0 && isdigit((unsigned char)*text.ptr);
}

/* `Colour::red` */
static void
note_scope(const struct habit *h)
{
	struct span word = h->token.span;
	const char *text = word.source->content.ptr;

	word.start = word.end = word.start + 2;
	while (isalnum((unsigned char)text[word.end]) || text[word.end] == '_')
		word.end++;
	note(h->parser->program, DIAG_note_bare_member, (struct span){0},
		span_text(word));
	fixit(h->parser->program, span_join(h->parser->previous, word),
		span_text(word));
}

void
note_types(const struct habit *h)
{
	int found = h->token.kind;
	bool wants_type = accepts(h, TK_LIST);
	bool wants_value = accepts(h, TK_MINUS) && !accepts(h, TK_CONST);

	if (found == TK_LT && accepts(h, TK_QUESTION))
		note_generic(h);
	else if (note_parameters(h))
		return;
	else if (found == TK_ID && is_number(h->before))
		note_unit(h);
	else if (found == TK_MINUS && is_number(h->before))
		hint(h, DIAG_note_no_arithmetic);
	else if (wants_type && (found == TK_LP || found == TK_LB))
		hint(h, DIAG_note_several);
	else if (found == TK_LB && accepts(h, TK_QUESTION) &&
		(text_is(h->before, "record") || text_is(h->before, "struct")))
		hint(h, DIAG_note_parts);
	else if (accepts(h, TK_STRUCT) && accepts(h, TK_TUPLE))
		hint(h, DIAG_note_record_forms);
	else if (wants_type && found == TK_LSQ)
		note(h->parser->program, DIAG_note_list, (struct span){0},
			TEXT_LITERAL("list<T>"));
	else if (wants_value && (found == TK_LSQ || found == TK_LB))
		hint(h, DIAG_note_no_collections);
	else if (found == TK_COLON && accepts(h, TK_DOT) &&
		h->token.span.source->content.ptr[h->token.span.end] == ':')
		note_scope(h);
	else if (wants_value && found == TK_DOT)
		hint(h, DIAG_note_numbers);
}
