/* SPDX-License-Identifier: Apache-2.0 */
#include "literal.h"

#include "parser.h"

#include <math.h>
#include <stdlib.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit duration_units[] = {
	{"ms", 1},
	{"s", 1000},
	{"m", 60 * 1000},
	{"h", 60 * 60 * 1000},
	{"d", 24 * 60 * 60 * 1000},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"KiB", 1024},
	{"MiB", 1024 * 1024},
	{"GiB", 1024 * 1024 * 1024},
	{NULL, 0},
};

static const struct unit *
find_unit(const struct unit *units, struct text name)
{
	for (; units->name; units++) {
		if (text_is(name, units->name))
			return units;
	}
	return NULL;
}

static unsigned
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

struct digits {
	uint64_t value;
	size_t len; /* bytes taken, `_` included */
	bool is_too_large;
	bool ends_in_underscore;
};

static struct digits
read_digits(struct text text, unsigned base)
{
	struct digits d = {0};

	for (; d.len < text.len; d.len++) {
		unsigned digit = digit_value(text.ptr[d.len]);

		d.ends_in_underscore = text.ptr[d.len] == '_' && d.len > 0;
		if (d.ends_in_underscore)
			continue;
		if (digit >= base)
			break;
		if (d.value > (UINT64_MAX - digit) / base)
			d.is_too_large = true;
		d.value = d.value * base + digit;
	}
	d.ends_in_underscore = d.len > 0 && text.ptr[d.len - 1] == '_';
	return d;
}

static struct text
skip(struct text text, size_t len)
{
	return (struct text){text.ptr + len, text.len - len};
}

static bool
is_float(struct text text)
{
	if (text_starts_with(text, "0x") || text_starts_with(text, "0b"))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '.')
			return true;
		if ((c == 'e' || c == 'E') && i + 1 < text.len &&
			(digit_value(text.ptr[i + 1]) < 10 ||
				text.ptr[i + 1] == '+' ||
				text.ptr[i + 1] == '-'))
			return true;
	}
	return false;
}

static void
report_bad_number(
	struct program *program, struct span span, struct text text, bool octal)
{
	report(program, DIAG_bad_number, span, text);
	note(program, octal ? DIAG_note_leading_zero : DIAG_note_numbers,
		(struct span){0});
}

static struct token
float_token(struct program *program, struct text text, struct span span)
{
	struct textbuf digits = {.arena = &program->arena};
	struct token token = {.kind = TK_FLOAT};
	char *end;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '_')
			textbuf_add_char(&digits, text.ptr[i]);
	}
	token.u.real = strtod(digits.ptr, &end);
	token.bad = *end != '\0' || isinf(token.u.real);
	if (*end != '\0')
		report_bad_number(program, span, text, false);
	else if (token.bad)
		report(program, DIAG_float_too_large, span);
	return token;
}

/* A number with letters behind it: a duration or a size. */
static struct token
unit_token(struct program *program, struct text text, struct span span,
	struct digits digits)
{
	struct text name = skip(text, digits.len);
	const struct unit *unit = find_unit(duration_units, name);
	struct token token = {.kind = TK_DURATION};
	uint64_t limit = INT64_MAX;

	if (!unit) {
		unit = find_unit(size_units, name);
		token.kind = TK_SIZE;
		limit = UINT64_MAX;
	}
	if (!unit) {
		report(program, DIAG_bad_unit, span, name, text);
		note(program, DIAG_note_units, (struct span){0});
		token.kind = TK_INTEGER;
		token.bad = true;
		return token;
	}
	if (digits.is_too_large || digits.value > limit / unit->factor) {
		report(program, DIAG_number_too_large, span, text);
		token.bad = true;
	}
	if (token.kind == TK_DURATION)
		token.u.duration.ms = digits.value * unit->factor;
	else
		token.u.integer.magnitude = digits.value * unit->factor;
	return token;
}

struct token
literal_number(struct program *program, struct text text, struct span span)
{
	struct token token = {.kind = TK_INTEGER};
	struct text rest = text;
	unsigned base = 10;
	struct digits digits;
	bool octal; /* in C, and not so in Erlang */

	if (is_float(text))
		return float_token(program, text, span);
	if (text_starts_with(text, "0x"))
		base = 16;
	else if (text_starts_with(text, "0b"))
		base = 2;
	if (base != 10)
		rest = skip(text, 2);
	digits = read_digits(rest, base);
	octal = base == 10 && digits.len > 1 && text.ptr[0] == '0';
	token.bad = octal || digits.len == 0 || digits.ends_in_underscore ||
		(base != 10 && digits.len < rest.len);
	if (token.bad) {
		report_bad_number(program, span, text, octal);
	} else if (digits.len < rest.len) {
		return unit_token(program, text, span, digits);
	} else if (digits.is_too_large) {
		report(program, DIAG_number_too_large, span, text);
		token.bad = true;
	}
	token.u.integer.magnitude = digits.value;
	return token;
}

/* ----------------------------------------------------------------- quoted */

struct quoted {
	struct program *program;
	struct text rest; /* from the quote */
	struct span span; /* of the quote */
	struct textbuf value;
	size_t at;
};

static struct span
place(const struct quoted *q, size_t start, size_t end)
{
	struct span span = q->span;

	span.end = span.start + end;
	span.start += start;
	return span;
}

/* \uXXXX; false when it is none. */
static bool
read_code_point(struct quoted *q)
{
	uint32_t c = 0;

	for (size_t i = 2; i < 6; i++) {
		unsigned digit = q->at + i < q->rest.len
			? digit_value(q->rest.ptr[q->at + i])
			: 99;

		if (digit > 15)
			return false;
		c = c * 16 + digit;
	}
	if (c >= 0xd800 && c <= 0xdfff)
		return false;
	textbuf_add_code_point(&q->value, c);
	q->at += 6;
	return true;
}

/* At a backslash that is not the last byte of the line. */
static void
read_escape(struct quoted *q)
{
	static const char from[] = "nrt\\\"'";
	static const char to[] = "\n\r\t\\\"'";
	char c = q->rest.ptr[q->at + 1];
	size_t len = 2;

	if (c == 'u' && read_code_point(q))
		return;
	for (size_t i = 0; c != 'u' && from[i]; i++) {
		if (from[i] == c) {
			textbuf_add_char(&q->value, to[i]);
			q->at += 2;
			return;
		}
	}
	if ((c & 0x80) != 0) {
		size_t n = utf8_decode(skip(q->rest, q->at + 1), NULL);

		len = 1 + (n > 0 ? n : 1);
	}
	report(q->program, DIAG_bad_escape, place(q, q->at, q->at + len),
		(struct text){q->rest.ptr + q->at, len});
	note(q->program, DIAG_note_escapes, (struct span){0});
	q->at += len;
}

static bool
at_line_end(const struct quoted *q, size_t at)
{
	return at >= q->rest.len || q->rest.ptr[at] == '\n' ||
		(q->rest.ptr[at] == '\r' && at + 1 < q->rest.len &&
			q->rest.ptr[at + 1] == '\n');
}

/* The rest of the line belongs to it, but for the `;` that was meant to end
   the statement. */
static void
report_unterminated(struct quoted *q)
{
	size_t end = q->at;

	if (end > 1 && q->rest.ptr[end - 1] == ';') {
		q->at = end - 1;
		q->value.len -= q->value.len > 0;
	}
	report(q->program, DIAG_unterminated, place(q, 0, end),
		q->rest.ptr[0] == '"' ? "string" : "quoted atom");
	fixit(q->program, place(q, q->at, q->at),
		q->rest.ptr[0] == '"' ? TEXT_LITERAL("\"") : TEXT_LITERAL("'"));
}

struct token
literal_quoted(struct program *program, struct text rest, struct span span,
	size_t *len)
{
	struct quoted q = {program, rest, span, {.arena = &program->arena}, 1};
	char quote = rest.ptr[0];
	struct token token = {.kind = quote == '"' ? TK_STRING : TK_ATOM};

	while (!at_line_end(&q, q.at) && rest.ptr[q.at] != quote) {
		if (rest.ptr[q.at] == '\\' && !at_line_end(&q, q.at + 1)) {
			read_escape(&q);
		} else {
			textbuf_add_char(&q.value, rest.ptr[q.at]);
			q.at++;
		}
	}
	if (at_line_end(&q, q.at))
		report_unterminated(&q);
	else
		q.at++;
	token.text = textbuf_text(&q.value);
	*len = q.at;
	if (token.kind == TK_ATOM && utf8_length(token.text) > longest_atom)
		report(program, DIAG_atom_too_long, place(&q, 0, q.at),
			(size_t)longest_atom);
	if (token.kind == TK_STRING && token.text.len > longest_string)
		report(program, DIAG_string_too_long, place(&q, 0, q.at),
			(size_t)longest_string);
	return token;
}
