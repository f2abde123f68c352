/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

/*
 * A subset of Markdown: paragraphs, `code`, lists of lines that begin with
 * `-`, `*` or `1.`, and blocks of code between lines of three backticks. All
 * else is text as it stands. specs/README.md says so.
 */

struct comment {
	struct doc *doc;
	struct text rest; /* what was not read */
	struct textbuf text; /* the paragraph or item at hand */
	enum doc_element list; /* the one that is open, if is_list */
	bool is_list;
	bool is_item;
};

/* ------------------------------------------------------------------- lines */

static struct text
next_line(struct text *rest)
{
	const char *end = memchr(rest->ptr, '\n', rest->len);
	struct text line = *rest;

	if (end)
		line.len = (size_t)(end - rest->ptr);
	rest->ptr += line.len + (end != NULL);
	rest->len -= line.len + (end != NULL);
	return line;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct text
trimmed(struct text line)
{
	while (line.len > 0 && is_space(*line.ptr)) {
		line.ptr++;
		line.len--;
	}
	while (line.len > 0 && is_space(line.ptr[line.len - 1]))
		line.len--;
	return line;
}

/* The length of the mark that an item begins with, the space included; 0 if
   the line begins none. */
static size_t
item_mark(struct text line, enum doc_element *list)
{
	size_t n = 0;

	*list = DOC_LIST;
	if (line.len > 1 && (line.ptr[0] == '-' || line.ptr[0] == '*'))
		return line.ptr[1] == ' ' ? 2 : 0;
	while (n < line.len && line.ptr[n] >= '0' && line.ptr[n] <= '9')
		n++;
	*list = DOC_NUMBERS;
	if (n == 0 || n + 1 >= line.len || line.ptr[n] != '.' ||
		line.ptr[n + 1] != ' ')
		return 0;
	return n + 2;
}

/* ------------------------------------------------------------------ inline */

/* What is in backticks leads to the declaration it names, if any. */
static void
put_code(struct doc *doc, struct text code)
{
	const struct decl *decl =
		doc->module ? table_get(&doc->module->names, code) : NULL;

	doc_open(doc, DOC_CODE);
	doc_decl_link(doc, decl, code);
	doc_end(doc, DOC_CODE);
}

static void
put_inline(struct doc *doc, struct text text)
{
	while (text.len > 0) {
		const char *open = memchr(text.ptr, '`', text.len);
		size_t before = open ? (size_t)(open - text.ptr) : text.len;
		size_t after = text.len - before;
		const char *close =
			after > 1 ? memchr(open + 1, '`', after - 1) : NULL;

		if (!close) { /* a lone one, or none */
			doc_text(doc, text);
			return;
		}
		doc_text(doc, (struct text){text.ptr, before});
		after = (size_t)(close - open) - 1;
		if (after > 0)
			put_code(doc, (struct text){open + 1, after});
		text.ptr += before + after + 2;
		text.len -= before + after + 2;
	}
}

/* ------------------------------------------------------------------ blocks */

static void
end_text(struct comment *c)
{
	if (c->text.len > 0 && !c->is_item)
		doc_open(c->doc, DOC_PARAGRAPH);
	put_inline(c->doc, textbuf_text(&c->text));
	if (c->text.len > 0 && !c->is_item)
		doc_end(c->doc, DOC_PARAGRAPH);
	if (c->is_item)
		doc_end(c->doc, DOC_ITEM);
	c->text = (struct textbuf){.arena = c->doc->arena};
	c->is_item = false;
}

static void
end_list(struct comment *c)
{
	end_text(c);
	if (c->is_list)
		doc_end(c->doc, c->list);
	c->is_list = false;
}

static void
begin_item(struct comment *c, enum doc_element list)
{
	end_text(c);
	if (c->is_list && c->list != list)
		end_list(c);
	if (!c->is_list)
		doc_open(c->doc, list);
	doc_open(c->doc, DOC_ITEM);
	c->list = list;
	c->is_list = true;
	c->is_item = true;
}

/* From a line of three backticks to the next, or to the end. */
static void
put_block(struct comment *c)
{
	struct textbuf code = {.arena = c->doc->arena};

	end_list(c);
	while (c->rest.len > 0) {
		struct text line = next_line(&c->rest);

		if (text_starts_with(trimmed(line), "```"))
			break;
		if (code.len > 0)
			textbuf_add_char(&code, '\n');
		textbuf_add(&code, line);
	}
	doc_open(c->doc, DOC_BLOCK);
	doc_text(c->doc, textbuf_text(&code));
	doc_end(c->doc, DOC_BLOCK);
}

static void
put_words(struct comment *c, struct text words)
{
	enum doc_element list;
	size_t mark = item_mark(words, &list);

	if (mark > 0)
		begin_item(c, list);
	else if (c->is_list && !c->is_item)
		end_list(c); /* a paragraph after it */
	if (c->text.len > 0)
		textbuf_add_char(&c->text, '\n');
	textbuf_add(&c->text,
		trimmed((struct text){words.ptr + mark, words.len - mark}));
}

void
doc_comment(struct doc *doc, struct text comment)
{
	struct comment c = {
		.doc = doc, .rest = comment, .text = {.arena = doc->arena}};

	while (c.rest.len > 0) {
		struct text words = trimmed(next_line(&c.rest));

		if (words.len == 0)
			end_text(&c);
		else if (text_starts_with(words, "```"))
			put_block(&c);
		else
			put_words(&c, words);
	}
	end_list(&c);
}

/* Whether a sentence ends before the character at i. */
static bool
ends_sentence(struct text text, size_t i)
{
	char c = i < text.len ? text.ptr[i] : '\n';

	if (i > 0 && text.ptr[i - 1] == '.')
		return c == ' ' || c == '\n';
	return i > 0 && text.ptr[i - 1] == '\n' && c == '\n';
}

void
doc_summary(struct doc *doc, struct text comment)
{
	size_t n = 0;

	while (n < comment.len && !ends_sentence(comment, n))
		n++;
	if (n == 0)
		return;
	doc_string(doc, " - ");
	put_inline(doc, trimmed((struct text){comment.ptr, n}));
}
