/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

struct utf8_form {
	unsigned char mask;
	unsigned char lead;
	size_t len;
	uint32_t least; /* smaller ones would be overlong */
};

static const struct utf8_form forms[] = {
	{0x80, 0x00, 1, 0},
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

size_t
utf8_decode(struct text text, uint32_t *code_point)
{
	const struct utf8_form *form = forms;
	const struct utf8_form *end = forms + sizeof(forms) / sizeof(*forms);
	unsigned char first;
	uint32_t c;

	if (text.len == 0)
		return 0;
	first = (unsigned char)text.ptr[0];
	while (form < end && (first & form->mask) != form->lead)
		form++;
	if (form == end || form->len > text.len)
		return 0;
	c = first & (unsigned char)~form->mask;
	for (size_t i = 1; i < form->len; i++) {
		unsigned char next = (unsigned char)text.ptr[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (next & 0x3f);
	}
	if (c < form->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (code_point)
		*code_point = c;
	return form->len;
}

size_t
utf8_length(struct text text)
{
	size_t n = 0;

	while (text.len > 0) {
		size_t len = utf8_decode(text, NULL);

		len += len == 0;
		text.ptr += len;
		text.len -= len;
		n++;
	}
	return n;
}

struct range {
	uint32_t first;
	uint32_t last;
};

/* Our own reading of Unicode's tables, coarse on purpose: what matters is
   that carets stand under the right place of common text. */
static const struct range zero_width[] = {
	{0x0000, 0x001f},
	{0x007f, 0x009f},
	{0x0300, 0x036f},
	{0x0483, 0x0489},
	{0x0591, 0x05bd},
	{0x0610, 0x061a},
	{0x064b, 0x065f},
	{0x0e34, 0x0e3a},
	{0x0e47, 0x0e4e},
	{0x200b, 0x200f},
	{0x202a, 0x202e},
	{0x2060, 0x2064},
	{0x20d0, 0x20f0},
	{0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f},
	{0xfeff, 0xfeff},
	{0xe0100, 0xe01ef},
};

static const struct range double_width[] = {
	{0x1100, 0x115f},
	{0x2e80, 0x303e},
	{0x3041, 0x33ff},
	{0x3400, 0x4dbf},
	{0x4e00, 0x9fff},
	{0xa000, 0xa4cf},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff},
	{0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
};

static const struct range common[] = {
	{0x0020, 0x007e},
	{0x00a1, 0x00ac},
	{0x00ae, 0x024f},
	{0x0391, 0x03a1},
	{0x03a3, 0x03ff},
	{0x0400, 0x0482},
	{0x048a, 0x0523},
	{0x05d0, 0x05ea},
	{0x2010, 0x2027},
	{0x20a0, 0x20b5},
	{0x2190, 0x21ff},
	{0x3041, 0x3096},
	{0x30a0, 0x30ff},
	{0x4e00, 0x9fa5},
	{0xac00, 0xd7a3},
};

static bool
in_ranges(uint32_t c, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

#define IN(c, ranges) in_ranges((c), ranges, sizeof(ranges) / sizeof(*ranges))

unsigned
utf8_width(uint32_t code_point)
{
	if (IN(code_point, zero_width))
		return 0;
	return IN(code_point, double_width) ? 2 : 1;
}

bool
utf8_is_common(uint32_t code_point)
{
	return IN(code_point, common);
}
