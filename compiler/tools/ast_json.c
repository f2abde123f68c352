/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/ast_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put_string(struct ast_out *out, struct text text)
{
	textbuf_add_char(&out->buf, '"');
	while (text.len > 0) {
		size_t len = utf8_decode(text, NULL);
		unsigned char c = (unsigned char)*text.ptr;

		if (len == 0)
			textbuf_add(&out->buf, TEXT_LITERAL("\\ufffd"));
		else if (c == '"' || c == '\\')
			textbuf_printf(&out->buf, "\\%c", c);
		else if (c == '\n')
			textbuf_add(&out->buf, TEXT_LITERAL("\\n"));
		else if (c < 0x20 || c == 0x7f)
			textbuf_printf(&out->buf, "\\u%04x", c);
		else
			textbuf_add(&out->buf, (struct text){text.ptr, len});
		len = len > 0 ? len : 1;
		text.ptr += len;
		text.len -= len;
	}
	textbuf_add_char(&out->buf, '"');
}

static void
begin(struct ast_out *out, const char *key)
{
	if (!out->is_first)
		textbuf_add_char(&out->buf, ',');
	if (out->is_flat && !out->is_first)
		textbuf_add_char(&out->buf, ' ');
	if (!out->is_flat && out->buf.len > 0) {
		textbuf_add_char(&out->buf, '\n');
		for (size_t i = 0; i < out->depth; i++)
			textbuf_add_char(&out->buf, ' ');
	}
	out->is_first = false;
	if (!key)
		return;
	put_string(out, text_of(key));
	textbuf_add(&out->buf, TEXT_LITERAL(": "));
}

void
ast_open(struct ast_out *out, const char *key, char bracket)
{
	begin(out, key);
	textbuf_add_char(&out->buf, bracket);
	out->depth++;
	out->is_first = true;
}

void
ast_close(struct ast_out *out, char bracket)
{
	bool is_empty = out->is_first;

	out->is_first = true;
	out->depth--;
	if (!is_empty && !out->is_flat)
		begin(out, NULL);
	textbuf_add_char(&out->buf, bracket);
	out->is_first = false;
}

void
ast_null(struct ast_out *out, const char *key)
{
	begin(out, key);
	textbuf_add(&out->buf, TEXT_LITERAL("null"));
}

void
ast_bool(struct ast_out *out, const char *key, bool value)
{
	begin(out, key);
	textbuf_add(&out->buf, text_of(value ? "true" : "false"));
}

void
ast_number(struct ast_out *out, const char *key, uint64_t value)
{
	ast_integer(out, key, (struct integer){value, false});
}

void
ast_integer(struct ast_out *out, const char *key, struct integer value)
{
	begin(out, key);
	textbuf_printf(&out->buf, "%s%llu", value.negative ? "-" : "",
		(unsigned long long)value.magnitude);
}

/* The fewest digits that give the same float again. */
void
ast_real(struct ast_out *out, const char *key, double value)
{
	char digits[40];

	for (int precision = 1; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	begin(out, key);
	textbuf_printf(
		&out->buf, "%s%s", digits, strpbrk(digits, ".e") ? "" : ".0");
}

void
ast_string(struct ast_out *out, const char *key, struct text text)
{
	if (!text.ptr) {
		ast_null(out, key);
		return;
	}
	begin(out, key);
	put_string(out, text);
}

void
ast_word(struct ast_out *out, const char *key, const char *word)
{
	ast_string(out, key, text_of(word));
}

/* Goes on from the place before, if that is on the same line. */
static struct position
position_of(struct ast_out *out, const struct source *source, size_t offset)
{
	const char *content = source->content.ptr;
	size_t line = out->position.line;

	if (out->source == source && offset >= out->offset &&
		(line == source->n_lines || offset < source->lines[line])) {
		for (size_t i = out->offset; i < offset; i++)
			out->position.column += (content[i] & 0xc0) != 0x80;
	} else {
		out->position = source_position(source, offset);
	}
	out->source = source;
	out->offset = offset;
	return out->position;
}

void
ast_span(struct ast_out *out, const char *key, struct span span)
{
	struct position start;
	struct position end;

	if (!span.source) {
		ast_null(out, key);
		return;
	}
	start = position_of(out, span.source, span.start);
	end = position_of(out, span.source, span.end);
	begin(out, key);
	textbuf_printf(&out->buf,
		"{\"line\": %zu, \"column\": %zu, \"end_line\": %zu, "
		"\"end_column\": %zu}",
		start.line, start.column, end.line, end.column);
}

void
ast_duration(struct ast_out *out, const char *key, struct duration duration)
{
	if (duration.is_infinite)
		ast_null(out, key);
	else
		ast_number(out, key, duration.ms);
}

void
ast_head(struct ast_out *out, const char *kind, struct name name,
	struct text doc, struct span span)
{
	if (kind)
		ast_word(out, "kind", kind);
	ast_string(out, "name", name.text);
	ast_string(out, "doc", doc);
	ast_span(out, "span", span);
	ast_span(out, "name_span", name.span);
}

void
ast_wire(struct ast_out *out, struct name name, struct name wire)
{
	ast_string(out, "wire_name", wire_of(&name, &wire));
}
