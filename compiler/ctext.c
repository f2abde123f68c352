/* SPDX-License-Identifier: Apache-2.0 */
#include "ctext.h"

#include "cname.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ text in C */

/* One of those that turn the direction of text: left alone they make a reader
   see something else than the compiler does. Its length, or 0. */
static size_t
direction_mark(struct text text)
{
	uint32_t c = 0;
	size_t len = utf8_decode(text, &c);

	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return len;
	return 0;
}

static struct text
text_from(struct text text, size_t at)
{
	return (struct text){text.ptr + at, text.len - at};
}

/* A character that may stand in a string of C as it is, more than one byte
   long: its length, or 0. Others do not show, or not everywhere, or turn the
   direction of text, and clang-format and we may not find them as wide. */
static size_t
common_character(struct text text)
{
	uint32_t c = 0;
	size_t len = utf8_decode(text, &c);

	return len > 1 && utf8_is_common(c) ? len : 0;
}

static void
add_escaped(struct textbuf *buf, struct text text)
{
	size_t shown = 0; /* where a character ends that is left as it is */

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (i >= shown && c >= 0x80)
			shown = i + common_character(text_from(text, i));
		if (c == '"' || c == '\\')
			textbuf_printf(buf, "\\%c", c);
		else if (c == '\n')
			textbuf_printf(buf, "\\n");
		else if (c == '\t')
			textbuf_printf(buf, "\\t");
		else if (c < 0x20 || (c >= 0x7f && i >= shown))
			textbuf_printf(buf, "\\%03o", c);
		else if (c == '?' && i > 0 && text.ptr[i - 1] == '?')
			textbuf_printf(buf, "\\?"); /* no trigraphs */
		else
			textbuf_add_char(buf, (char)c);
	}
}

struct text
ctext_string(struct arena *arena, struct text text)
{
	struct textbuf buf = {.arena = arena};

	textbuf_add_char(&buf, '"');
	add_escaped(&buf, text);
	textbuf_add_char(&buf, '"');
	return textbuf_text(&buf);
}

/* Nothing in a doc comment may open or close a comment of C, join its line
   with the next one, or turn the direction of what follows. */
static struct text
comment_line(struct arena *arena, struct text line)
{
	struct textbuf buf = {.arena = arena};

	while (line.len > 0 &&
		(line.ptr[line.len - 1] == ' ' ||
			line.ptr[line.len - 1] == '\t' ||
			line.ptr[line.len - 1] == '\\'))
		line.len--;
	for (size_t i = 0; i < line.len; i++) {
		size_t marked = direction_mark(text_from(line, i));
		char c = line.ptr[i];
		char before = i > 0 ? line.ptr[i - 1] : '\0';

		if (marked > 0) {
			i += marked - 1;
			continue;
		}
		if (i + 1 == line.len && text_ends_with(line, "?\?/"))
			textbuf_add_char(&buf, ' ');
		if ((c == '/' && before == '*') || (c == '*' && before == '/'))
			textbuf_add_char(&buf, ' ');
		textbuf_add_char(&buf, c);
	}
	return textbuf_text(&buf);
}

static void
add_line(struct tree *tree, const char *name, const char *format,
	struct text line)
{
	struct tree *node = tree_add(tree, name);

	if (line.len == 0 && strcmp(format, " * %.*s") == 0)
		format = " *%.*s";
	tree_text(
		node, "line", text_printf(tree->arena, format, TEXT_ARG(line)));
}

void
ctext_doc(struct tree *tree, const char *name, struct text doc)
{
	tree_list(tree, name);
	if (!doc.ptr)
		return;
	if (!memchr(doc.ptr, '\n', doc.len)) {
		add_line(tree, name, "/* %.*s */",
			comment_line(tree->arena, doc));
		return;
	}
	add_line(tree, name, "/*%.*s", TEXT_LITERAL(""));
	while (doc.len > 0) {
		const char *end = memchr(doc.ptr, '\n', doc.len);
		size_t len = end ? (size_t)(end - doc.ptr) : doc.len;

		add_line(tree, name, " * %.*s",
			comment_line(tree->arena, (struct text){doc.ptr, len}));
		doc.ptr += end ? len + 1 : len;
		doc.len -= end ? len + 1 : len;
	}
	add_line(tree, name, " */%.*s", TEXT_LITERAL(""));
}

/* ---------------------------------------------------------------- numbers */

struct text
ctext_duration(struct arena *arena, struct duration duration)
{
	if (duration.is_infinite)
		return text_of("OTP_INFINITY");
	return text_printf(
		arena, "INT64_C(%llu)", (unsigned long long)duration.ms);
}

/* `bits` of the type; unsigned ones have a macro of their own. */
static struct text
integer_of(struct arena *arena, struct integer value, const char *macro)
{
	if (value.negative && value.magnitude == (uint64_t)1 << 63)
		return text_of("INT64_MIN");
	return text_printf(arena, "%s(%s%llu)", macro,
		value.negative ? "-" : "", (unsigned long long)value.magnitude);
}

static const char *
integer_macro(const struct type *type, struct integer value)
{
	static const char *const macros[] = {
		[TYPE_INT8] = "INT8_C",
		[TYPE_INT16] = "INT16_C",
		[TYPE_INT32] = "INT32_C",
		[TYPE_INT64] = "INT64_C",
		[TYPE_UINT8] = "UINT8_C",
		[TYPE_UINT16] = "UINT16_C",
		[TYPE_UINT32] = "UINT32_C",
		[TYPE_UINT64] = "UINT64_C",
		[TYPE_TIMESTAMP] = "INT64_C",
	};

	if (type && type->kind < sizeof(macros) / sizeof(macros[0]) &&
		macros[type->kind])
		return macros[type->kind];
	return !value.negative && value.magnitude > INT64_MAX ? "UINT64_C"
							      : "INT64_C";
}

/* The shortest decimal that reads back as the same number. */
static struct text
real_of(struct arena *arena, double value, bool single)
{
	char digits[40];

	for (int precision = 1; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (single ? strtof(digits, NULL) == (float)value
			   : strtod(digits, NULL) == value)
			break;
	}
	return text_printf(arena, "%s%s%s", digits,
		strpbrk(digits, ".e") ? "" : ".0", single ? "f" : "");
}

/* ----------------------------------------------------------------- values */

static const struct type *
type_of(const struct value *value)
{
	const struct type *type = value->type;

	return type && type->kind == TYPE_OPTIONAL ? type->element : type;
}

/* What only a function call can give at run time. */
static struct text
text_value(struct arena *arena, const struct type *type, struct text text)
{
	const char *function = "otp_str";
	struct text literal = ctext_string(arena, text);

	if (type->kind == TYPE_ATOM)
		function = "otp_atom_of";
	else if (type->kind == TYPE_BINARY)
		return text_printf(arena, "otp_bin(%.*s, %zu)",
			TEXT_ARG(literal), text.len);
	else if (text.len > 0 && memchr(text.ptr, '\0', text.len))
		return text_printf(arena, "otp_strn(%.*s, %zu)",
			TEXT_ARG(literal), text.len);
	return text_printf(arena, "%s(%.*s)", function, TEXT_ARG(literal));
}

static struct text
member_of(struct arena *arena, const struct value *value)
{
	return cname_enum_member(arena, type_of(value)->decl, value->u.member);
}

/* What is the same wherever it stands. */
static struct text
plain_value(struct arena *arena, const struct value *value)
{
	const struct type *type = type_of(value);

	switch (value->kind) {
	case VALUE_BOOL:
		return text_of(value->u.boolean ? "true" : "false");
	case VALUE_INTEGER:
		return integer_of(arena, value->u.integer,
			integer_macro(type, value->u.integer));
	case VALUE_FLOAT:
		return real_of(arena, value->u.real,
			type && type->kind == TYPE_FLOAT32);
	case VALUE_DURATION:
		return ctext_duration(arena, value->u.duration);
	case VALUE_ENUM:
		return member_of(arena, value);
	case VALUE_STRING:
	case VALUE_ATOM:
	case VALUE_ABSENT:
	case VALUE_PARAM:
	case VALUE_ENV:
	case VALUE_INDEX:
	case VALUE_ERROR:
		break;
	}
	return text_of("NULL");
}

/* A parameter or entry, as the place wants it. */
static struct text
variable(struct arena *arena, const struct value *value)
{
	const struct field *field = value->u.field;
	bool wrapped = value->type->kind == TYPE_OPTIONAL &&
		field->type->kind != TYPE_OPTIONAL;

	return text_printf(arena, "%s%s->%.*s",
		wrapped || type_by_pointer(field->type) ? "&" : "",
		value->kind == VALUE_PARAM ? "args" : "env",
		TEXT_ARG(field->name.text));
}

/* `index` is an uint32_t. */
static struct text
index_of(struct arena *arena, const struct value *value)
{
	struct text type = cname_value(arena, NULL, type_of(value));

	if (value->type->kind == TYPE_OPTIONAL)
		return text_printf(arena, "&(const %.*s){(%.*s)index}",
			TEXT_ARG(type), TEXT_ARG(type));
	if (value->type->kind == TYPE_UINT32)
		return text_of("index");
	return text_printf(arena, "(%.*s)index", TEXT_ARG(type));
}

struct text
ctext_value(struct arena *arena, const struct value *value)
{
	struct text c_type, inner;

	if (value->kind == VALUE_INDEX)
		return index_of(arena, value);
	if (value->kind == VALUE_PARAM || value->kind == VALUE_ENV)
		return variable(arena, value);
	if (value->type && value->type->kind == TYPE_OPTIONAL &&
		value->kind != VALUE_ABSENT) {
		c_type = cname_value(arena, NULL, value->type->element);
		inner = ctext_static_value(arena, value);
		if (inner.ptr[0] != '{')
			inner = text_printf(arena, "{%.*s}", TEXT_ARG(inner));
		return text_printf(arena, "&(const %.*s)%.*s", TEXT_ARG(c_type),
			TEXT_ARG(inner));
	}
	if (value->kind == VALUE_STRING || value->kind == VALUE_ATOM)
		return text_value(arena, type_of(value), value->u.text);
	return plain_value(arena, value);
}

struct text
ctext_static_value(struct arena *arena, const struct value *value)
{
	if (value->kind == VALUE_STRING || value->kind == VALUE_ATOM) {
		struct text literal = ctext_string(arena, value->u.text);

		if (type_of(value)->kind == TYPE_BINARY)
			return text_printf(arena,
				"{(const uint8_t *)%.*s, %zu, NULL}",
				TEXT_ARG(literal), value->u.text.len);
		return text_printf(arena, "{%.*s, %zu}", TEXT_ARG(literal),
			value->u.text.len);
	}
	return plain_value(arena, value);
}

struct text
ctext_constant(struct arena *arena, const struct value *value)
{
	if (value->kind == VALUE_STRING || value->kind == VALUE_ATOM)
		return ctext_string(arena, value->u.text);
	return plain_value(arena, value);
}
