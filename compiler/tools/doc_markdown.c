/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

/*
 * CommonMark as GitHub and others show it. A code span cannot hold a link, so
 * code with links in it is written as several spans, some of them linked: what
 * is said of code is collected until a link or the end comes.
 */

static bool
is_numbered(const struct doc *doc, size_t depth)
{
	return depth < sizeof(doc->numbers) && doc->numbers[depth];
}

static void
indent(struct doc *doc)
{
	for (size_t i = 0; i < doc->depth; i++)
		textbuf_printf(&doc->out, is_numbered(doc, i) ? "   " : "  ");
}

static void
end_line(struct doc *doc)
{
	if (doc->out.len > 0 && doc->out.ptr[doc->out.len - 1] != '\n')
		textbuf_add_char(&doc->out, '\n');
}

/* A block begins: after a blank line, but first in a page or item. */
static void
begin_block(struct doc *doc)
{
	if (!doc->fresh) {
		end_line(doc);
		textbuf_add_char(&doc->out, '\n');
		indent(doc);
	}
	doc->fresh = false;
}

static void
begin_heading(struct doc *doc, const char *marks, struct text anchor)
{
	begin_block(doc);
	textbuf_printf(&doc->out, "%s ", marks);
	if (anchor.len > 0)
		textbuf_printf(
			&doc->out, "<a id=\"%.*s\"></a>", TEXT_ARG(anchor));
}

static void
begin_list(struct doc *doc, bool numbered)
{
	end_line(doc);
	if (!doc->fresh && doc->depth == 0)
		textbuf_add_char(&doc->out, '\n');
	if (doc->depth < sizeof(doc->numbers))
		doc->numbers[doc->depth] = numbered;
	doc->fresh = true;
}

/* Another mark begins another list where two follow each other. */
static void
begin_item(struct doc *doc, const char *mark)
{
	end_line(doc);
	indent(doc);
	textbuf_printf(
		&doc->out, "%s ", is_numbered(doc, doc->depth) ? "1." : mark);
	doc->depth++;
	doc->fresh = true;
}

static void
end_item(struct doc *doc)
{
	doc->depth--;
	end_line(doc);
	doc->fresh = false;
}

/* ------------------------------------------------------------------- code */

static size_t
longest_run(struct text text, char c)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.ptr[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void
repeat(struct textbuf *out, char c, size_t n)
{
	while (n-- > 0)
		textbuf_add_char(out, c);
}

/* What was collected, as a code span. */
static void
flush_code(struct doc *doc)
{
	struct text code = textbuf_text(&doc->code);
	size_t fence = longest_run(code, '`') + 1;
	bool padded = code.len > 0 &&
		(code.ptr[0] == '`' || code.ptr[code.len - 1] == '`');

	if (code.len == 0)
		return;
	repeat(&doc->out, '`', fence);
	repeat(&doc->out, ' ', padded);
	for (size_t i = 0; i < code.len; i++)
		textbuf_add_char(
			&doc->out, code.ptr[i] == '\n' ? ' ' : code.ptr[i]);
	repeat(&doc->out, ' ', padded);
	repeat(&doc->out, '`', fence);
	doc->code.len = 0;
}

static void
add_block(struct doc *doc, struct text text)
{
	size_t fence = longest_run(text, '`') + 1;

	fence = fence < 3 ? 3 : fence;
	repeat(&doc->out, '`', fence);
	textbuf_add_char(&doc->out, '\n');
	indent(doc);
	for (size_t i = 0; i < text.len; i++) {
		textbuf_add_char(&doc->out, text.ptr[i]);
		if (text.ptr[i] == '\n')
			indent(doc);
	}
	textbuf_add_char(&doc->out, '\n');
	indent(doc);
	repeat(&doc->out, '`', fence);
}

/* ------------------------------------------------------------------- text */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		is_digit(c) || (c & 0x80);
}

/* Whether the character at i would mean something anywhere. */
static bool
means_something(struct text text, size_t i)
{
	char c = text.ptr[i];

	if (c == '_')
		return i == 0 || i + 1 == text.len ||
			!is_word(text.ptr[i - 1]) || !is_word(text.ptr[i + 1]);
	return c != '\0' && strchr("\\`*[]<>&|~$", c) != NULL;
}

/* Whether it would where it stands in a line: as the mark of a heading, a
   rule or an item. */
static bool
begins_block(struct text text, size_t line, size_t i)
{
	if (i == line)
		return text.ptr[i] != '\0' && strchr("#+-=", text.ptr[i]);
	if (text.ptr[i] != '.' && text.ptr[i] != ')')
		return false;
	while (i > line && is_digit(text.ptr[i - 1]))
		i--;
	return i == line;
}

static bool
at_line_start(const struct doc *doc)
{
	size_t len = doc->out.len;

	while (len > 0 && doc->out.ptr[len - 1] == ' ')
		len--;
	return doc->fresh || len == 0 || doc->out.ptr[len - 1] == '\n';
}

static void
add_text(struct doc *doc, struct text text)
{
	size_t line = 0; /* where it starts */
	bool starts = at_line_start(doc);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n') {
			textbuf_add_char(&doc->out, '\n');
			indent(doc);
			line = i + 1;
			starts = true;
			continue;
		}
		if (means_something(text, i) ||
			(starts && begins_block(text, line, i)))
			textbuf_add_char(&doc->out, '\\');
		textbuf_add_char(&doc->out, c >= 0 && c < 0x20 ? ' ' : c);
	}
	doc->fresh = false;
}

/* ------------------------------------------------------------ the elements */

static void
begin_code(struct doc *doc)
{
	doc->is_code = true;
	doc->fresh = false;
	doc->code = (struct textbuf){.arena = doc->arena};
}

static void
end_code(struct doc *doc)
{
	flush_code(doc);
	doc->is_code = false;
}

static void
begin_link(struct doc *doc, struct text href)
{
	flush_code(doc);
	textbuf_add_char(&doc->out, '[');
	doc->fresh = false;
	doc->href = href;
}

static void
markdown_begin(struct doc *doc, enum doc_element element, struct text argument)
{
	switch (element) {
	case DOC_TITLE:
		begin_heading(doc, "#", argument);
		break;
	case DOC_SECTION:
		begin_heading(doc, "##", argument);
		break;
	case DOC_NAME:
		begin_heading(doc, "###", argument);
		break;
	case DOC_MEMBER:
		begin_heading(doc, "####", argument);
		break;
	case DOC_PARAGRAPH:
		begin_block(doc);
		break;
	case DOC_LIST:
	case DOC_ENTRIES:
		begin_list(doc, false);
		break;
	case DOC_NUMBERS:
		begin_list(doc, true);
		break;
	case DOC_ITEM:
		begin_item(doc, "-");
		break;
	case DOC_ENTRY:
		begin_item(doc, "*");
		break;
	case DOC_LABEL:
		textbuf_printf(&doc->out, "**");
		doc->fresh = false;
		break;
	case DOC_SIGNATURE:
		begin_block(doc);
		begin_code(doc);
		break;
	case DOC_TERM:
	case DOC_CODE:
		begin_code(doc);
		break;
	case DOC_BLOCK:
		begin_block(doc);
		doc->is_block = true;
		break;
	case DOC_LINK:
		begin_link(doc, argument);
		break;
	}
}

static void
markdown_end(struct doc *doc, enum doc_element element)
{
	switch (element) {
	case DOC_TITLE:
	case DOC_SECTION:
	case DOC_NAME:
	case DOC_MEMBER:
	case DOC_PARAGRAPH:
	case DOC_LIST:
	case DOC_ENTRIES:
	case DOC_NUMBERS:
		end_line(doc);
		break;
	case DOC_ITEM:
	case DOC_ENTRY:
		end_item(doc);
		break;
	case DOC_LABEL:
		textbuf_printf(&doc->out, "**");
		break;
	case DOC_SIGNATURE:
		end_code(doc);
		end_line(doc);
		break;
	case DOC_TERM:
	case DOC_CODE:
		end_code(doc);
		break;
	case DOC_BLOCK:
		doc->is_block = false;
		end_line(doc);
		break;
	case DOC_LINK:
		flush_code(doc);
		textbuf_printf(&doc->out, "](%.*s)", TEXT_ARG(doc->href));
		break;
	}
}

static void
markdown_text(struct doc *doc, struct text text)
{
	if (doc->is_block)
		add_block(doc, text);
	else if (doc->is_code)
		textbuf_add(&doc->code, text);
	else
		add_text(doc, text);
}

static struct text
markdown_page(struct doc *doc, struct text title)
{
	(void)title; /* the page says it itself */
	end_line(doc);
	return textbuf_text(&doc->out);
}

const struct doc_format doc_markdown = {
	.name = "markdown",
	.suffix = ".md",
	.begin = markdown_begin,
	.end = markdown_end,
	.text = markdown_text,
	.page = markdown_page,
};
