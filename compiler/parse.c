/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

#include "parser.h"

#include <ctype.h>
#include <string.h>

/*
 * Problem: one mistake must give one error and cost one item, wherever it is.
 * Solution: every token is tried before it is fed. One that cannot follow is
 * reported with all that could; then BAD, which the grammar never takes,
 * makes lemon unwind to the innermost list, and tokens are dropped until the
 * list can go on: at a `;`, at the `}` of the list, or at a word on a new line
 * that can begin an item. A block whose `{` was unwound or dropped is dropped
 * up to its `}`. The end of an item is told to lemon by a `;` of our own.
 * Why it is right: what is tried is lemon's own tables, so nothing is refused
 * that could be parsed, and the trial never changes the parser.
 */

struct feeder {
	struct parser *parser;
	struct yyParser *yy;
	size_t drop_depth; /* `}`s until the dropped block ends */
	bool dropped; /* a block, just now: a `;` may follow */
	size_t n_closed; /* blocks that were closed for the user */
};

static void
push_open(struct parser *parser, struct open_brace brace)
{
	if (parser->n_open == parser->open_capacity) {
		size_t capacity = parser->open_capacity * 2 + 16;
		struct open_brace *open = arena_array(
			&parser->program->arena, capacity, sizeof(*open));

		if (parser->n_open > 0)
			memcpy(open, parser->open,
				parser->n_open * sizeof(*open));
		parser->open = open;
		parser->open_capacity = capacity;
	}
	parser->open[parser->n_open++] = brace;
}

/* The name of a declaration comes early in it. */
static void
keep_word(struct parser *parser, struct token token)
{
	if (token.text.ptr && token.kind != TK_STRING &&
		parser->n_words < kept_words)
		parser->words[parser->n_words++] = token.text;
}

static void
feed(struct feeder *f, struct token token)
{
	struct parser *parser = f->parser;

	if (token.kind == TK_LB)
		push_open(
			parser, (struct open_brace){token.span, parser->head});
	else if (token.kind == TK_RB && parser->n_open > 0)
		parser->n_open--;
	if (token.kind == TK_LB || token.kind == TK_RB || token.kind == TK_SEMI)
		parser->head = 0;
	else if (parser->head == 0)
		parser->head = token.kind;
	parser->previous = token.span;
	if (!parser->has_failed)
		syntax_feed(f->yy, token.kind, token, parser);
}

/* A token that is not in the file, where the one before ended. */
static void
inject(struct feeder *f, int kind)
{
	struct token token = {.kind = kind, .span = f->parser->previous};

	token.span.start = token.span.end;
	feed(f, token);
}

/* ---------------------------------------------------------------- reports */

/* What is said once instead of naming all of its tokens. */
struct token_class {
	int sign; /* the token that tells that all of them are possible */
	const int *members; /* up to -1 */
	const char *human;
};

static const int types[] = {TK_LIST, TK_MAP, TK_TUPLE, TK_SERVER, TK_ID, -1};
static const int values[] = {TK_INTEGER, TK_FLOAT, TK_STRING, TK_ATOM,
	TK_DURATION, TK_SIZE, TK_TRUE, TK_FALSE, TK_INFINITY, TK_MINUS, TK_ID,
	-1};
static const int declarations[] = {TK_MODULE, TK_IMPORT, TK_CONST, TK_ENUM,
	TK_RECORD, TK_UNION, TK_MESSAGE, TK_GEN_SERVER, TK_SUPERVISOR,
	TK_APPLICATION, -1};
static const int members[] = {TK_INIT, TK_STATE, TK_CALL, TK_CAST, TK_INFO,
	TK_CONTINUE, TK_TRAP_EXIT, TK_TERMINATE, TK_FORMAT_STATUS, TK_MAILBOX,
	TK_MAX_HEAP, TK_BLOCKING, TK_PRIORITY, TK_STACK, TK_CALLS, -1};

static const struct token_class classes[] = {
	{TK_LIST, types, "a type"},
	{TK_MINUS, values, "a value"},
	{TK_CONST, declarations, "a declaration"},
	{TK_STATE, members, "a member of the gen_server"},
};

enum {
	n_classes = sizeof(classes) / sizeof(*classes)
};

static const struct {
	int kind;
	struct text word; /* of a keyword */
} all_tokens[] = {
#define TOKEN(name, human) {TK_##name, {NULL, 0}},
#define KEYWORD(name, word) {TK_##name, {word, sizeof(word) - 1}},
#include "token.def"
#undef KEYWORD
#undef TOKEN
};

enum {
	n_tokens = sizeof(all_tokens) / sizeof(*all_tokens)
};

static bool
is_member(const int *list, int kind)
{
	for (; *list >= 0; list++) {
		if (*list == kind)
			return true;
	}
	return false;
}

static bool
is_in_class(const bool *has_class, int kind)
{
	for (size_t i = 0; i < n_classes; i++) {
		if (has_class[i] && is_member(classes[i].members, kind))
			return true;
	}
	return false;
}

/* "a type", "`;`, `as` or `->`" */
static struct text
expected(struct feeder *f)
{
	struct textbuf buf = {.arena = &f->parser->program->arena};
	const char *names[n_tokens + n_classes + 1];
	bool has_class[n_classes];
	size_t n = 0;

	for (size_t i = 0; i < n_classes; i++) {
		has_class[i] = syntax_accepts(f->yy, classes[i].sign, -1);
		if (has_class[i])
			names[n++] = classes[i].human;
	}
	for (size_t i = 0; i < n_tokens; i++) {
		int kind = all_tokens[i].kind;

		if (!is_in_class(has_class, kind) &&
			syntax_accepts(f->yy, kind, -1))
			names[n++] = token_human_name(kind);
	}
	if (syntax_accepts(f->yy, 0, -1))
		names[n++] = token_human_name(0);
	for (size_t i = 0; i < n; i++)
		textbuf_printf(&buf, "%s%s",
			i == 0              ? ""
				: i + 1 < n ? ", "
					    : " or ",
			names[i]);
	return textbuf_text(&buf);
}

static struct text
found(struct feeder *f, struct token token)
{
	struct text text = span_text(token.span);

	if (token.kind == 0)
		return text_of(token_human_name(0));
	if (token.kind == TK_STRING || token.kind == TK_ATOM || text.len > 60)
		return text_of(token_human_name(token.kind));
	return text_printf(
		&f->parser->program->arena, "`%.*s`", TEXT_ARG(text));
}

static void
report_unclosed(struct feeder *f, struct token token)
{
	struct parser *parser = f->parser;

	report(parser->program, DIAG_unclosed_brace, token.span,
		found(f, token));
	note(parser->program, DIAG_note_opened,
		parser->open[parser->n_open - 1].span);
}

static void
report_token(struct feeder *f, struct token token)
{
	struct program *program = f->parser->program;
	struct suggestion suggestion = suggestion_for(program, token.text);

	if (token.kind == 0 && f->parser->n_open > 0) {
		report_unclosed(f, token);
		return;
	}
	report(program, DIAG_unexpected_token, token.span, expected(f),
		found(f, token));
	if (token.text.ptr && token.kind != TK_STRING && token.kind != TK_ATOM)
		offer_habit(f->yy, &suggestion);
	for (size_t i = 0; token.kind == TK_ID && i < n_tokens; i++) {
		if (all_tokens[i].word.ptr &&
			syntax_accepts(f->yy, all_tokens[i].kind, -1))
			suggestion_offer(&suggestion, all_tokens[i].word);
	}
	suggest(program, &suggestion, token.span);
	note_habits(f->parser, f->yy, token);
	if (program->diags.current && !program->diags.current->notes)
		note_form(f->parser, token);
}

static void
report_missing_semicolon(struct feeder *f, struct token token)
{
	struct program *program = f->parser->program;
	struct span gap = f->parser->previous;

	gap.start = gap.end;
	report(program, DIAG_missing_semicolon, token.span, found(f, token));
	if (source_position(gap.source, gap.start).line !=
		source_position(gap.source, token.span.start).line)
		note(program, DIAG_note_insert, gap);
	fixit(program, gap, TEXT_LITERAL(";"));
}

/* --------------------------------------------------------------- recovery */

/* A `;` and then this token: is that where the item ended? A name on the same
   line would be a guess. */
static bool
ends_item_before(struct feeder *f, struct token token)
{
	return (token.starts_line || token.kind != TK_ID) &&
		token.kind != TK_SEMI &&
		syntax_accepts(f->yy, TK_SEMI, token.kind);
}

static size_t
indentation(const struct source *source, size_t at)
{
	const char *text = source->content.ptr;
	size_t start = at;
	size_t n = 0;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	while (text[start + n] == ' ' || text[start + n] == '\t')
		n++;
	return n;
}

/* Whether the keyword is a name here, with what the next word then means. */
static bool
is_name_before(struct feeder *f, struct text word)
{
	int kind = TK_ID;

	for (size_t i = 0; i < n_tokens; i++) {
		if (text_equal(all_tokens[i].word, word))
			kind = all_tokens[i].kind;
	}
	return syntax_accepts(f->yy, TK_ID, kind) ||
		syntax_accepts(f->yy, TK_ID, TK_ID);
}

/* `record Next {` where fields stand: a word that begins a statement outside
   of the block, as far to the left as the block began, with a name behind it.
   Then it is the `}` that is missing. */
static bool
closes_block_before(struct feeder *f, struct token token)
{
	const struct parser *parser = f->parser;
	struct text next = {token.span.source->content.ptr + token.span.end, 0};
	struct span open;

	if (parser->n_open == 0 || !token.starts_line || token.kind == TK_ID ||
		!token.text.ptr || syntax_accepts(f->yy, token.kind, -1) ||
		(!syntax_accepts(f->yy, TK_RB, token.kind) &&
			!syntax_accepts(f->yy, TK_RB, TK_RB)))
		return false;
	open = parser->open[parser->n_open - 1].span;
	while (*next.ptr == ' ' || *next.ptr == '\t')
		next.ptr++;
	while (isalnum((unsigned char)next.ptr[next.len]) ||
		next.ptr[next.len] == '_')
		next.len++;
	return next.len > 0 && !isdigit((unsigned char)*next.ptr) &&
		!is_name_before(f, next) &&
		indentation(token.span.source, token.span.start) <=
		indentation(open.source, open.start);
}

static void
enter_error(struct feeder *f)
{
	struct token bad = {.kind = TK_BAD, .span = f->parser->previous};
	size_t depth;

	syntax_feed(f->yy, TK_BAD, bad, f->parser);
	depth = syntax_open_braces(f->yy);
	if (f->parser->n_open > depth)
		f->drop_depth = f->parser->n_open - depth;
	f->parser->n_open = depth;
}

/* Takes one token of what is dropped. True when it was used up. */
static bool
drop(struct feeder *f, struct token token)
{
	if (token.kind == TK_LB) {
		f->drop_depth++;
		return true;
	}
	if (f->drop_depth > 0 && token.kind != 0) {
		if (token.kind == TK_RB && --f->drop_depth == 0)
			f->dropped = true;
		return true;
	}
	if (f->dropped && !token.starts_line &&
		(token.kind == TK_RP || token.kind == TK_COMMA ||
			token.kind == TK_DOT)) {
		f->dropped = false; /* the block was but a part of the item */
		return true;
	}
	if (f->dropped || token.kind == TK_SEMI || token.kind == TK_RB ||
		token.kind == 0 ||
		(token.starts_line &&
			syntax_accepts(f->yy, TK_SEMI, token.kind))) {
		f->dropped = false;
		inject(f, TK_SEMI);
		return token.kind == TK_SEMI ||
			(token.kind == TK_RB &&
				!syntax_accepts(f->yy, TK_RB, -1));
	}
	return true;
}

/* What is still open is closed, so that what was read of it counts. */
static void
close_all(struct feeder *f)
{
	for (int i = 0; i < parser_depth; i++) {
		if (f->parser->has_failed || syntax_accepts(f->yy, 0, -1))
			return;
		if (syntax_accepts(f->yy, TK_RB, -1)) {
			inject(f, TK_RB);
			continue;
		}
		enter_error(f);
		inject(f, TK_SEMI);
	}
}

static void
step(struct feeder *f, struct token token)
{
	keep_word(f->parser, token);
	if (syntax_is_recovering(f->yy) && drop(f, token))
		return;
	while (closes_block_before(f, token)) {
		report_unclosed(f, token);
		inject(f, TK_RB);
		f->n_closed++;
	}
	if (syntax_takes(f->yy, token.kind)) {
		feed(f, token);
		return;
	}
	if (ends_item_before(f, token)) {
		if (!token.after_litter)
			report_missing_semicolon(f, token);
		inject(f, TK_SEMI);
		feed(f, token);
		return;
	}
	if (token.kind == TK_RB && f->parser->n_open == 0 && f->n_closed > 0) {
		f->n_closed--;
		return;
	}
	if (!token.after_litter || token.kind == 0)
		report_token(f, token);
	if (separates_params(f->yy, token)) {
		token.kind = TK_COMMA;
		feed(f, token);
		return;
	}
	if (token.kind == 0) {
		close_all(f);
		feed(f, token);
		return;
	}
	enter_error(f);
	if (syntax_is_recovering(f->yy) && !drop(f, token))
		step(f, token);
}

static struct text
base_name(struct text path)
{
	struct text name = text_base_name(path);

	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '.')
			name.len = i;
	}
	return name;
}

/* What the module of a file `my-bank.otp` could be called. */
static struct text
as_name(struct program *program, struct text text)
{
	struct textbuf buf = {.arena = &program->arena};

	if (text.len == 0 || isdigit((unsigned char)*text.ptr))
		textbuf_add_char(&buf, 'm');
	for (size_t i = 0; i < text.len; i++)
		textbuf_add_char(&buf,
			isalnum((unsigned char)text.ptr[i]) ? text.ptr[i]
							    : '_');
	return textbuf_text(&buf);
}

/* Later passes need some name to go on with. */
static void
require_module_line(struct parser *parser)
{
	struct source *source = parser->module->source;
	struct span start = {source, 0, 0};

	if (parser->has_module_line)
		return;
	parser->module->name.text = base_name(source->path);
	parser->module->name.span = start;
	if (parser->module->lost || parser->has_failed)
		return;
	report(parser->program, DIAG_no_module, start);
	note(parser->program, DIAG_note_module_name, (struct span){0},
		as_name(parser->program, parser->module->name.text));
}

static void
begin(struct feeder *f, struct parser *parser, struct program *program,
	struct source *source)
{
	struct module *module = ARENA_NEW(&program->arena, struct module);

	module->source = source;
	module->names.arena = &program->arena;
	module->lost_names.arena = &program->arena;
	*parser = (struct parser){.program = program, .module = module};
	parser->words = arena_array(
		&program->arena, kept_words, sizeof(*parser->words));
	parser->previous = (struct span){source, 0, 0};
	lexer_init(&parser->lexer, program, source);
	*f = (struct feeder){.parser = parser, .yy = syntax_new(parser)};
}

struct module *
parse(struct program *program, struct source *source)
{
	struct parser parser;
	struct feeder f;
	struct token token;

	begin(&f, &parser, program, source);
	do {
		parser.lexer.is_quiet = syntax_is_recovering(f.yy);
		token = lexer_next(&parser.lexer);
		step(&f, token);
	} while (token.kind != 0 && !parser.has_failed);
	parser.module->lost_rest = parser.has_failed;
	syntax_free(f.yy);
	require_module_line(&parser);
	return parser.module;
}

/* In the dropped rest of an item, and where a `;` may be missing, a word on a
   new line begins the next item: then what is possible after a `;` is too. */
void
parse_expected(struct program *program, struct source *source, bool new_line,
	bool *expected)
{
	struct parser parser;
	struct feeder f;
	struct token token;

	begin(&f, &parser, program, source);
	while ((token = lexer_next(&parser.lexer)).kind != 0 &&
		!parser.has_failed)
		step(&f, token);
	for (size_t i = 0; i < n_tokens && !parser.has_failed; i++) {
		int kind = all_tokens[i].kind;

		expected[kind] = f.drop_depth == 0 &&
			(syntax_accepts(f.yy, kind, -1) ||
				((new_line || f.dropped) &&
					syntax_accepts(f.yy, TK_SEMI, kind)));
	}
	syntax_free(f.yy);
}
