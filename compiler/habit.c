/* SPDX-License-Identifier: Apache-2.0 */
#include "habit.h"

#include "parser.h"

#include <ctype.h>
#include <string.h>

/*
 * What people bring from other languages, and what they meant: notes and
 * fix-its behind "expected ..., found ...".
 */

static bool
accepts(const struct habit *h, int kind)
{
	return syntax_accepts(h->yy, kind, -1);
}

static void
hint(const struct habit *h, enum diag_id id, const char *instead)
{
	note(h->parser->program, id, (struct span){0});
	if (instead)
		fixit(h->parser->program, h->token.span, text_of(instead));
}

/* `money.Amount[]`: the words before the bracket. */
static struct text
list_of_previous(const struct habit *h)
{
	struct span span = h->parser->previous;
	const char *text = span.source->content.ptr;

	if (text_is(h->before, ">") || text_is(h->before, "?"))
		return TEXT_LITERAL("list<T>");
	while (span.start > 0 &&
		(text[span.start - 1] == '.' ||
			isalnum((unsigned char)text[span.start - 1]) ||
			text[span.start - 1] == '_'))
		span.start--;
	return text_printf(&h->parser->program->arena, "list<%.*s>",
		TEXT_ARG(span_text(span)));
}

/* `import money.otp;` and `import money;` */
static void
note_quotes(const struct habit *h)
{
	struct program *program = h->parser->program;
	struct span span = h->token.span;
	const char *text = span.source->content.ptr;
	struct text quoted;

	while (text[span.end] != '\0' && !strchr(" \t\r\n;\"'", text[span.end]))
		span.end++;
	quoted = span_text(span);
	quoted = text_printf(&program->arena, "\"%.*s%s\"", TEXT_ARG(quoted),
		text_ends_with(quoted, ".otp") ? "" : ".otp");
	note(program, DIAG_note_import_quotes, (struct span){0}, quoted);
	fixit(program, span, quoted);
}

/* `call get(number: int64;` */
static void
note_open_parenthesis(const struct habit *h)
{
	struct span end = h->parser->previous;

	end.start = end.end;
	note(h->parser->program, DIAG_note_open_parenthesis, (struct span){0});
	fixit(h->parser->program, end, TEXT_LITERAL(")"));
}

bool
separates_params(const struct yyParser *yy, struct token token)
{
	const char *p = token.span.source->content.ptr + token.span.end;

	if (token.kind != TK_SEMI || !syntax_accepts(yy, TK_COMMA, -1) ||
		!syntax_accepts(yy, TK_RP, -1))
		return false;
	p += strspn(p, " \t");
	if (!isalpha((unsigned char)*p) && *p != '_')
		return false;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	p += strspn(p, " \t");
	return *p == ':';
}

/* `a; b` in an enum, `a : int64, b : int64` elsewhere, `};`, `(a: int64,)` */
static void
note_separators(const struct habit *h)
{
	int found = h->token.kind;
	bool in_enum = accepts(h, TK_COMMA) && accepts(h, TK_RB);

	if (found == TK_SEMI && in_enum)
		hint(h, DIAG_note_enum_commas, ",");
	else if (found == TK_COMMA && accepts(h, TK_SEMI))
		hint(h, DIAG_note_semicolons, ";");
	else if (found == TK_SEMI && text_is(h->before, "}"))
		hint(h, DIAG_note_no_semicolon, "");
	else if (separates_params(h->yy, h->token))
		hint(h, DIAG_note_param_commas, ",");
	else if (found == TK_SEMI && accepts(h, TK_RP))
		note_open_parenthesis(h);
	else if (found == TK_RP && text_is(h->before, ","))
		hint(h, DIAG_note_no_comma, NULL);
	else if (found == TK_EQ && in_enum)
		hint(h, DIAG_note_enum_values, NULL);
	else if ((found == TK_EQ || found == TK_COLON) &&
		(h->parser->head == TK_CHILD || h->parser->head == TK_ROOT) &&
		accepts(h, TK_COMMA) && accepts(h, TK_RP))
		hint(h, DIAG_note_arguments, NULL);
	else if (found == TK_LB && h->parser->head == TK_MESSAGE)
		hint(h, DIAG_note_message_record, NULL);
	else if (found == TK_RB && accepts(h, TK_CONST))
		hint(h, DIAG_note_not_open, NULL);
}

/* `optional note: string`, `x?: int64`, `first-name: string` */
static void
note_field(const struct habit *h)
{
	int found = h->token.kind;

	if (found == TK_QUESTION || text_is(h->before, "optional"))
		hint(h, DIAG_note_absent, NULL);
	else if (text_is(h->before, "repeated"))
		hint(h, DIAG_note_repeated, NULL);
	else if (text_is(h->before, "required"))
		hint(h, DIAG_note_required, NULL);
	else if (found == TK_MINUS)
		hint(h, DIAG_note_name_form, NULL);
	else
		hint(h, DIAG_note_field_form, NULL);
}

static bool
is_type(const struct habit *h)
{
	return h->token.kind == TK_LIST || h->token.kind == TK_MAP ||
		h->token.kind == TK_TUPLE || h->token.kind == TK_SERVER ||
		type_named(h->parser->program, h->token.text);
}

/* `get(): int64`, `get() => int64`, `get() int64` */
static void
note_answer(const struct habit *h)
{
	struct program *program = h->parser->program;
	struct span span = h->token.span;
	const char *text = span.source->content.ptr;

	if (h->token.kind == TK_EQ && text[span.end] == '>')
		span.end++;
	else if (h->token.kind != TK_COLON && !is_type(h))
		return;
	else if (h->token.kind != TK_COLON)
		span.end = span.start;
	note(program, DIAG_note_arrow, (struct span){0});
	fixit(program, span,
		h->token.kind == TK_EQ              ? TEXT_LITERAL("->")
			: h->token.kind == TK_COLON ? TEXT_LITERAL(" ->")
						    : TEXT_LITERAL("-> "));
}

static bool
is_suffix(int kind)
{
	return kind == TK_AS || kind == TK_ARROW || kind == TK_BANG ||
		kind == TK_TIMEOUT || kind == TK_DEFERRED;
}

/* `int64 balance;`, `get() timeout 1s -> int64`, `cast stop() -> bool` */
static void
note_order(const struct habit *h)
{
	int head = h->parser->head;

	if (accepts(h, TK_COLON))
		note_field(h);
	else if (head == TK_CALL && is_suffix(h->token.kind))
		hint(h, DIAG_note_call_order, NULL);
	else if (accepts(h, TK_ARROW))
		note_answer(h);
	else if ((head == TK_CAST || head == TK_INFO) &&
		is_suffix(h->token.kind))
		hint(h, DIAG_note_no_answer, NULL);
	else if (h->token.kind == TK_MINUS && accepts(h, TK_CONST))
		hint(h, DIAG_note_dashes, NULL);
}

void
note_habits(
	struct parser *parser, const struct yyParser *yy, struct token token)
{
	struct habit h = {parser, yy, token, span_text(parser->previous)};

	if (token.kind == TK_LSQ && accepts(&h, TK_QUESTION))
		note(parser->program, DIAG_note_list, (struct span){0},
			list_of_previous(&h));
	if (token.text.ptr && token.kind != TK_ATOM &&
		text_is(h.before, "import") && accepts(&h, TK_STRING))
		note_quotes(&h);
	else
		note_quoting(&h);
	note_types(&h);
	note_separators(&h);
	note_order(&h);
}

/* The same things have other names elsewhere. */
static const struct {
	struct text foreign;
	struct text ours;
	int kind;
} words[] = {
	{TEXT_INIT("struct"), TEXT_INIT("record"), TK_RECORD},
	{TEXT_INIT("class"), TEXT_INIT("record"), TK_RECORD},
	{TEXT_INIT("type"), TEXT_INIT("record"), TK_RECORD},
	{TEXT_INIT("oneof"), TEXT_INIT("union"), TK_UNION},
	{TEXT_INIT("variant"), TEXT_INIT("union"), TK_UNION},
	{TEXT_INIT("event"), TEXT_INIT("message"), TK_MESSAGE},
	{TEXT_INIT("signal"), TEXT_INIT("message"), TK_MESSAGE},
	{TEXT_INIT("server"), TEXT_INIT("gen_server"), TK_GEN_SERVER},
	{TEXT_INIT("service"), TEXT_INIT("gen_server"), TK_GEN_SERVER},
	{TEXT_INIT("actor"), TEXT_INIT("gen_server"), TK_GEN_SERVER},
	{TEXT_INIT("process"), TEXT_INIT("gen_server"), TK_GEN_SERVER},
	{TEXT_INIT("app"), TEXT_INIT("application"), TK_APPLICATION},
	{TEXT_INIT("include"), TEXT_INIT("import"), TK_IMPORT},
	{TEXT_INIT("require"), TEXT_INIT("import"), TK_IMPORT},
	{TEXT_INIT("use"), TEXT_INIT("import"), TK_IMPORT},
	{TEXT_INIT("define"), TEXT_INIT("const"), TK_CONST},
	{TEXT_INIT("let"), TEXT_INIT("const"), TK_CONST},
	{TEXT_INIT("rpc"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("method"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("fn"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("func"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("function"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("def"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("handle_call"), TEXT_INIT("call"), TK_CALL},
	{TEXT_INIT("notify"), TEXT_INIT("cast"), TK_CAST},
	{TEXT_INIT("handle_cast"), TEXT_INIT("cast"), TK_CAST},
	{TEXT_INIT("handle_info"), TEXT_INIT("info"), TK_INFO},
	{TEXT_INIT("handle_continue"), TEXT_INIT("continue"), TK_CONTINUE},
	{TEXT_INIT("returns"), TEXT_INIT("->"), TK_ARROW},
	{TEXT_INIT("throws"), TEXT_INIT("!"), TK_BANG},
	{TEXT_INIT("raises"), TEXT_INIT("!"), TK_BANG},
	{TEXT_INIT("fields"), TEXT_INIT("state"), TK_STATE},
	{TEXT_INIT("worker"), TEXT_INIT("child"), TK_CHILD},
};

void
offer_habit(const struct yyParser *yy, struct suggestion *suggestion)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (suggestion->distance == 0 ||
			!text_equal(words[i].foreign, suggestion->wanted) ||
			!syntax_accepts(yy, words[i].kind, -1))
			continue;
		suggestion->best = words[i].ours;
		suggestion->distance = 0;
	}
}
