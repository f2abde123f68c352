/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include "literal.h"
#include "parser.h"

#include <string.h>

/*
 * The source is followed by a NUL, which ends every token, so re2c's code
 * never asks whether there is more. A NUL inside the file was reported when it
 * was validated and is skipped here, like bytes that are not UTF-8.
 */

struct keyword {
	struct text word;
	int kind;
};

static const struct keyword keywords[] = {
#define TOKEN(name, human)
#define KEYWORD(name, word) {{word, sizeof(word) - 1}, TK_##name},
#include "token.def"
#undef KEYWORD
#undef TOKEN
};

static const char *const human_names[] = {
	[0] = "the end of the file",
#define TOKEN(name, human) [TK_##name] = human,
#define KEYWORD(name, word) [TK_##name] = "`" word "`",
#include "token.def"
#undef KEYWORD
#undef TOKEN
};

const char *
token_human_name(int kind)
{
	return human_names[kind];
}

static int
keyword_or_name(struct text word)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		if (text_equal(keywords[i].word, word))
			return keywords[i].kind;
	}
	return TK_ID;
}

static struct span
span_of(const struct lexer *lexer, const char *start, const char *end)
{
	return (struct span){
		lexer->source,
		(size_t)(start - lexer->source->content.ptr),
		(size_t)(end - lexer->source->content.ptr),
	};
}

/* Every run of bytes that is not text is reported once, wherever it stands. */
static void
validate(struct lexer *lexer)
{
	const char *p = lexer->cursor;

	while (p < lexer->end) {
		const char *start = p;
		size_t len = utf8_decode(
			(struct text){p, (size_t)(lexer->end - p)}, NULL);

		if (len > 0 && *p != '\0') {
			p += len;
			continue;
		}
		if (len > 0) {
			report(lexer->program, DIAG_nul_byte,
				span_of(lexer, p, p + 1));
			p++;
			continue;
		}
		while (p < lexer->end &&
			utf8_decode((struct text){p,
					    (size_t)(lexer->end - p)},
				NULL) == 0)
			p++;
		report(lexer->program, DIAG_invalid_utf8,
			span_of(lexer, start, p),
			(struct text){start, (size_t)(p - start)});
	}
}

void
lexer_init(struct lexer *lexer, struct program *program, struct source *source)
{
	*lexer = (struct lexer){
		.program = program,
		.source = source,
		.cursor = source->content.ptr,
		.end = source->content.ptr + source->content.len,
		.doc = {.arena = &program->arena},
		.starts_line = true,
	};
	/* the mark some editors put first */
	if (text_starts_with(source->content, "\xef\xbb\xbf"))
		lexer->cursor += 3;
	validate(lexer);
}

static const char *
line_end(const struct lexer *lexer, const char *p)
{
	const char *end = memchr(p, '\n', (size_t)(lexer->end - p));

	return end ? end : lexer->end;
}

/* `p` is behind the slashes. */
static void
add_doc_line(struct lexer *lexer, const char *start, const char *p)
{
	const char *end = line_end(lexer, p);

	lexer->cursor = end;
	if (p < end && *p == ' ')
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\r' ||
			end[-1] == '\t'))
		end--;
	if (lexer->doc_span.source)
		textbuf_add_char(&lexer->doc, '\n');
	textbuf_add(&lexer->doc, (struct text){p, (size_t)(end - p)});
	lexer->doc_span = span_join(
		lexer->doc_span, span_of(lexer, start, end));
}

static void
skip_block_comment(struct lexer *lexer, const char *start)
{
	const char *p = lexer->cursor;

	while (p < lexer->end && !(p[0] == '*' && p[1] == '/'))
		p++;
	lexer->cursor = p < lexer->end ? p + 2 : p;
	report(lexer->program, DIAG_block_comment,
		span_of(lexer, start, start + 2));
}

/* `5 * 60`, `a + b`, but not `char *` */
static bool
is_arithmetic(const struct lexer *lexer, const char *start)
{
	const char *text = lexer->source->content.ptr;
	char before = lexer->last_end > 0 ? text[lexer->last_end - 1] : ' ';

	if (lexer->starts_line)
		return false;
	return *start == '*' ? before >= '0' && before <= '9'
			     : strchr("+/%^~", *start) != NULL;
}

/* All of it was reported, and nothing before or after is the worse for it. */
static void
skip_line(struct lexer *lexer, const char *start)
{
	lexer->cursor = line_end(lexer, start);
	lexer->has_litter = false;
}

/* What the character means elsewhere. */
static void
note_character(struct lexer *lexer, const char *start)
{
	struct program *program = lexer->program;
	const struct span here = {0};

	if (is_arithmetic(lexer, start)) {
		note(program, DIAG_note_no_arithmetic, here);
	} else if (*start == '*' || *start == '&') {
		note(program, DIAG_note_pointers, here);
	} else if (*start == '|') {
		note(program, DIAG_note_alternatives, here);
	} else if (*start == '@') {
		note(program, DIAG_note_documentation, here);
		skip_line(lexer, start);
	} else if (*start == '#' || *start == '%') {
		note(program, DIAG_note_comment_form, here);
		skip_line(lexer, start);
	} else if (*start == '/') {
		note(program, DIAG_note_comment_form, here);
	}
}

static void
report_unexpected(struct lexer *lexer, const char *start)
{
	struct text rest = {start, (size_t)(lexer->end - start)};
	size_t len = utf8_decode(rest, NULL);

	if (len == 0 || *start == '\0')
		return;
	lexer->cursor = start + len;
	lexer->has_litter = true;
	if (lexer->is_quiet && !lexer->starts_line)
		return;
	report(lexer->program, DIAG_unexpected_character,
		span_of(lexer, start, lexer->cursor),
		(struct text){start, len});
	note_character(lexer, start);
}

/* The first run of bytes that are not ASCII. */
static struct span
foreign_part(const struct lexer *lexer, const char *start)
{
	const char *p = start;
	const char *end;

	while (p < lexer->cursor && (*p & 0x80) == 0)
		p++;
	end = p;
	while (end < lexer->cursor && (*end & 0x80) != 0)
		end++;
	return span_of(lexer, p, end);
}

/*
 * A word may hold letters that names cannot have: it is reported and taken for
 * a name, so that the parser goes on. Quotes, spaces and the like from outside
 * of ASCII, and broken bytes, which were reported, are no names but litter:
 * true.
 */
static bool
is_stray(struct lexer *lexer, const char *start)
{
	struct span part = foreign_part(lexer, start);
	struct text text = span_text(part);
	uint32_t c = 0;

	if (text.len == 0)
		return false;
	if (utf8_decode(text, &c) == 0)
		return text.len == (size_t)(lexer->cursor - start);
	report(lexer->program, DIAG_unexpected_character, part, text);
	if (c < 0xc0 || (c >= 0x2000 && c <= 0x206f) || c == 0xfeff)
		return text.len == (size_t)(lexer->cursor - start);
	note(lexer->program, DIAG_note_name_form, (struct span){0});
	return false;
}

static void
report_lost_doc(struct lexer *lexer)
{
	report(lexer->program, DIAG_lost_doc_comment, lexer->doc_span);
	note(lexer->program, DIAG_note_doc_comment, (struct span){0});
}

/* Gives the token its place and the doc comment before it. */
static struct token
finish(struct lexer *lexer, struct token token, const char *start)
{
	token.span = span_of(lexer, start, lexer->cursor);
	token.starts_line = lexer->starts_line;
	token.after_litter = lexer->has_litter;
	lexer->starts_line = false;
	lexer->has_litter = false;
	lexer->last_end = token.span.end;
	if (!lexer->doc_span.source)
		return token;
	if (token.kind == TK_RB || token.kind == 0)
		report_lost_doc(lexer);
	token.doc = textbuf_text(&lexer->doc);
	lexer->doc = (struct textbuf){.arena = &lexer->program->arena};
	lexer->doc_span = (struct span){0};
	return token;
}

/* \u2018 to \u201f, as text processors put them for ' and ". */
static bool
is_curly_quote(const char *p)
{
	return (unsigned char)p[0] == 0xe2 && (unsigned char)p[1] == 0x80 &&
		(unsigned char)p[2] >= 0x98 && (unsigned char)p[2] <= 0x9f;
}

/* What was meant as a string or an atom, up to the next such quote. */
static struct token
curly_token(struct lexer *lexer, const char *start)
{
	const char *end = line_end(lexer, start);
	const char *p = start + 3;
	bool is_string = (unsigned char)start[2] >= 0x9c;
	struct span span;

	while (p < end && !is_curly_quote(p))
		p++;
	if (p < end)
		lexer->cursor = p + 3;
	else
		p = lexer->cursor;
	span = span_of(lexer, start, lexer->cursor);
	report(lexer->program, DIAG_unexpected_character, span,
		(struct text){start, 3});
	note(lexer->program, DIAG_note_curly_quotes, (struct span){0});
	fixit(lexer->program, span,
		text_printf(&lexer->program->arena,
			is_string ? "\"%.*s\"" : "'%.*s'",
			(int)(p - start - 3), start + 3));
	return (struct token){.kind = is_string ? TK_STRING : TK_ATOM,
		.text = TEXT_LITERAL(""),
		.bad = true};
}

/* Before a `.` it can only be the name of a module: `server.Account`, where a
   keyword would have the parser look for `server<...>`. */
static struct token
word_token(struct lexer *lexer, const char *start)
{
	struct text word = {start, (size_t)(lexer->cursor - start)};
	const char *next = lexer->cursor + strspn(lexer->cursor, " \t\r\n");
	int kind = *next == '.' ? TK_ID : keyword_or_name(word);

	if (word.len > longest_atom)
		report(lexer->program, DIAG_name_too_long,
			span_of(lexer, start, lexer->cursor),
			(size_t)longest_atom);
	return (struct token){.kind = kind, .text = word};
}

/* The end of the file stands behind the last token, where something was
   missing, not on an empty line after it. */
static struct token
end_token(struct lexer *lexer)
{
	struct token token = {.kind = 0};
	const char *at = lexer->source->content.ptr + lexer->last_end;

	lexer->cursor = at;
	token = finish(lexer, token, at);
	lexer->cursor = lexer->end;
	token.starts_line = true;
	return token;
}

static struct token
number_token(struct lexer *lexer, const char *start)
{
	struct text text = {start, (size_t)(lexer->cursor - start)};

	return literal_number(
		lexer->program, text, span_of(lexer, start, lexer->cursor));
}

static struct token
quoted_token(struct lexer *lexer, const char *start)
{
	struct text rest = {start, (size_t)(lexer->end - start)};
	size_t len = 0;
	struct token token = literal_quoted(lexer->program, rest,
		span_of(lexer, start, lexer->cursor), &len);

	lexer->cursor = start + len;
	return token;
}

struct token
lexer_next(struct lexer *lexer)
{
	const char *start;
	const char *marker;
	int kind;

again:
	start = lexer->cursor;
	/*!re2c
	re2c:flags:input = custom;
	re2c:api:style = free-form;
	re2c:define:YYCTYPE = "unsigned char";
	re2c:define:YYPEEK = "(unsigned char)*lexer->cursor";
	re2c:define:YYSKIP = "++lexer->cursor;";
	re2c:define:YYBACKUP = "marker = lexer->cursor;";
	re2c:define:YYRESTORE = "lexer->cursor = marker;";
	re2c:yyfill:enable = 0;

	digit = [0-9];
	letter = [a-zA-Z_\x80-\xff];

	"\x00" {
		if (start == lexer->end)
			return end_token(lexer);
		goto again;
	}
	[ \t\r]+ { goto again; }
	"\n" { lexer->starts_line = true; goto again; }
	"////" | "//" {
		lexer->cursor = line_end(lexer, start);
		diag_allow(lexer->program, lexer->source,
			span_of(lexer, start, lexer->cursor));
		goto again;
	}
	"///" { add_doc_line(lexer, start, lexer->cursor); goto again; }
	"/" "*" { skip_block_comment(lexer, start); goto again; }

	letter (letter | digit)* {
		if (is_curly_quote(start))
			return finish(
				lexer, curly_token(lexer, start), start);
		if (is_stray(lexer, start)) {
			lexer->has_litter = true;
			goto again;
		}
		return finish(lexer, word_token(lexer, start), start);
	}
	digit (letter | digit)* | digit (digit | "_")* "." digit (letter |
		digit)* | digit (digit | "_")* ("." digit (digit | "_")*)?
		[eE] [+-] (letter | digit)* {
		return finish(lexer, number_token(lexer, start), start);
	}
	["'] { return finish(lexer, quoted_token(lexer, start), start); }

	"{"  { kind = TK_LB; goto simple; }
	"}"  { kind = TK_RB; goto simple; }
	"("  { kind = TK_LP; goto simple; }
	")"  { kind = TK_RP; goto simple; }
	"<"  { kind = TK_LT; goto simple; }
	">"  { kind = TK_GT; goto simple; }
	"["  { kind = TK_LSQ; goto simple; }
	"]"  { kind = TK_RSQ; goto simple; }
	";"  { kind = TK_SEMI; goto simple; }
	":"  { kind = TK_COLON; goto simple; }
	","  { kind = TK_COMMA; goto simple; }
	"."  { kind = TK_DOT; goto simple; }
	"="  { kind = TK_EQ; goto simple; }
	"->" { kind = TK_ARROW; goto simple; }
	"!"  { kind = TK_BANG; goto simple; }
	"?"  { kind = TK_QUESTION; goto simple; }
	"-"  { kind = TK_MINUS; goto simple; }

	* { report_unexpected(lexer, start); goto again; }
	*/
simple:
	return finish(lexer, (struct token){.kind = kind}, start);
}
