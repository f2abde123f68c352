/* SPDX-License-Identifier: Apache-2.0 */
#include "print.h"

#include "utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void
otpi_put_char(struct sink *s, char c)
{
	if (s->len < s->size)
		s->text[s->len] = c;
	s->len++;
}

void
otpi_put_text(struct sink *s, const char *text)
{
	while (*text)
		otpi_put_char(s, *text++);
}

static void
put_bytes(struct sink *s, const uint8_t *ptr, size_t len)
{
	for (size_t i = 0; i < len; i++)
		otpi_put_char(s, (char)ptr[i]);
}

static void
put_uint(struct sink *s, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, value);
	otpi_put_text(s, digits);
}

/* Characters of quoted text; those without a shape by number. */
static void
put_quoted(struct sink *s, const uint8_t *ptr, size_t len, char quote)
{
	otpi_put_char(s, quote);
	for (size_t i = 0; i < len; i++) {
		char c = (char)ptr[i];
		char number[8];

		if (c == quote || c == '\\') {
			otpi_put_char(s, '\\');
			otpi_put_char(s, c);
		} else if (c == '\n') {
			otpi_put_text(s, "\\n");
		} else if (c == '\t') {
			otpi_put_text(s, "\\t");
		} else if (c == '\r') {
			otpi_put_text(s, "\\r");
		} else if (ptr[i] < 0x20 || ptr[i] == 0x7f) {
			snprintf(number, sizeof number, "\\x{%X}", ptr[i]);
			otpi_put_text(s, number);
		} else {
			otpi_put_char(s, c);
		}
	}
	otpi_put_char(s, quote);
}

static bool
is_between(uint8_t c, char first, char last)
{
	return c >= (uint8_t)first && c <= (uint8_t)last;
}

static bool
is_plain_atom(const uint8_t *ptr, size_t len)
{
	if (len == 0 || !is_between(ptr[0], 'a', 'z'))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_between(ptr[i], 'a', 'z') &&
			!is_between(ptr[i], 'A', 'Z') &&
			!is_between(ptr[i], '0', '9') && ptr[i] != '_' &&
			ptr[i] != '@')
			return false;
	return true;
}

/* The words of Erlang itself, which are atoms only when quoted. */
static bool
is_reserved(const uint8_t *ptr, size_t len)
{
	static const char *const words[] = {"after", "and", "andalso", "band",
		"begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch",
		"cond", "div", "else", "end", "fun", "if", "let", "maybe",
		"not", "of", "or", "orelse", "receive", "rem", "try", "when",
		"xor"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (otp_bytes_equal(ptr, len, words[i], strlen(words[i])))
			return true;
	return false;
}

void
otpi_put_atom(struct sink *s, const uint8_t *ptr, size_t len)
{
	if (is_plain_atom(ptr, len) && !is_reserved(ptr, len))
		put_bytes(s, ptr, len);
	else
		put_quoted(s, ptr, len, '\'');
}

/* More than 64 bits: hexadecimal, which takes no arithmetic. */
void
otpi_put_integer(struct sink *s, const struct etf_head *head)
{
	char digits[4];

	if (head->is_negative)
		otpi_put_char(s, '-');
	if (!head->data) {
		put_uint(s, head->magnitude);
		return;
	}
	otpi_put_text(s, "16#");
	for (size_t i = head->len; i > 0; i--) {
		snprintf(digits, sizeof digits, i == head->len ? "%X" : "%02X",
			head->data[i - 1]);
		otpi_put_text(s, digits);
	}
}

/* The shortest digits that read back as the same value, with a point. */
void
otpi_put_float(struct sink *s, double value)
{
	char digits[40];
	bool has_point = false;

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof digits, "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	for (const char *c = digits; *c; c++) {
		bool is_digit = is_between((uint8_t)*c, '0', '9');

		if (*c == 'e' && !has_point)
			otpi_put_text(s, ".0");
		/* The point of the locale may be something else. */
		if (is_digit || *c == '-' || *c == 'e')
			otpi_put_char(s, *c);
		else if (!has_point && *c != '+')
			otpi_put_char(s, '.');
		has_point |= !is_digit && *c != '-' && *c != '+';
	}
	if (!has_point)
		otpi_put_text(s, ".0");
}

/* 0: not text; 1: ASCII; 2: more than that. */
static int
text_kind(const uint8_t *ptr, size_t len)
{
	int kind = 1;

	while (len > 0) {
		uint32_t c;
		size_t n = otpi_utf8_next(ptr, len, &c);

		if (n == 0 || c == 0x7f || (c >= 0x80 && c < 0xa0) ||
			(c < 0x20 && c != '\n' && c != '\t' && c != '\r'))
			return 0;
		if (n > 1)
			kind = 2;
		ptr += n;
		len -= n;
	}
	return kind;
}

void
otpi_put_binary(struct sink *s, const uint8_t *ptr, size_t len)
{
	int kind = text_kind(ptr, len);

	otpi_put_text(s, "<<");
	if (kind && len > 0)
		put_quoted(s, ptr, len, '"');
	if (kind == 2)
		otpi_put_text(s, "/utf8");
	for (size_t i = 0; !kind && i < len; i++) {
		if (i > 0)
			otpi_put_char(s, ',');
		put_uint(s, ptr[i]);
	}
	otpi_put_text(s, ">>");
}

void
otpi_put_pid(struct sink *s, const struct etf_head *head)
{
	const uint8_t *p = head->data + head->len;
	otp_pid pid;

	otpi_put_char(s, '<');
	if (otpi_etf_pid(head, &pid))
		otpi_put_char(s, '0');
	else
		put_bytes(s, head->data, head->len);
	otpi_put_char(s, '.');
	put_uint(s, otpi_be32(p));
	otpi_put_char(s, '.');
	put_uint(s, otpi_be32(p + 4));
	otpi_put_char(s, '>');
}

void
otpi_put_ref(struct sink *s, const struct etf_head *head)
{
	const uint8_t *words = head->data + head->len + 4;
	otp_ref ref;

	otpi_put_text(s, "#Ref<");
	if (otpi_etf_ref(head, &ref))
		otpi_put_char(s, '0');
	else
		put_bytes(s, head->data, head->len);
	for (uint64_t i = head->magnitude; i > 0; i--) {
		otpi_put_char(s, '.');
		put_uint(s, otpi_be32(words + 4 * (i - 1)));
	}
	otpi_put_char(s, '>');
}
