/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"
#include "tools/doc.h"

/* HTML5 that is well-formed XML too: every element is closed. */
static const struct {
	const char *begin; /* `%` stands for the argument */
	const char *end;
} tags[] = {
	[DOC_TITLE] = {"<h1>", "</h1>\n"},
	[DOC_SECTION] = {"<h2>", "</h2>\n"},
	[DOC_NAME] = {"<h3 id=\"%\">", "</h3>\n"},
	[DOC_MEMBER] = {"<h4 id=\"%\">", "</h4>\n"},
	[DOC_PARAGRAPH] = {"<p>", "</p>\n"},
	[DOC_LIST] = {"<ul>\n", "</ul>\n"},
	[DOC_NUMBERS] = {"<ol>\n", "</ol>\n"},
	[DOC_ITEM] = {"<li>", "</li>\n"},
	[DOC_ENTRIES] = {"<dl>\n", "</dl>\n"},
	[DOC_ENTRY] = {"", "</dd>\n"},
	[DOC_TERM] = {"<dt><code>", "</code></dt>\n<dd>"},
	[DOC_LABEL] = {"<b>", "</b>"},
	[DOC_SIGNATURE] = {"<pre class=\"signature\"><code>",
		"</code></pre>\n"},
	[DOC_CODE] = {"<code>", "</code>"},
	[DOC_BLOCK] = {"<pre><code>", "</code></pre>\n"},
	[DOC_LINK] = {"<a href=\"%\">", "</a>"},
};

/* What neither HTML nor XML may hold. */
static bool
is_forbidden(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') ||
		(c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe ||
		(c >= 0xfdd0 && c <= 0xfdef);
}

static void
add_character(struct textbuf *out, struct text text, uint32_t c)
{
	if (c == '&')
		textbuf_printf(out, "&amp;");
	else if (c == '<')
		textbuf_printf(out, "&lt;");
	else if (c == '>')
		textbuf_printf(out, "&gt;");
	else if (c == '"')
		textbuf_printf(out, "&quot;");
	else if (is_forbidden(c))
		textbuf_add_code_point(out, 0xfffd);
	else
		textbuf_add(out, text);
}

static void
add_escaped(struct textbuf *out, struct text text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(text, &c);

		if (len == 0) { /* not in a file that was read */
			len = 1;
			c = 0;
		}
		add_character(out, (struct text){text.ptr, len}, c);
		text.ptr += len;
		text.len -= len;
	}
}

static void
html_begin(struct doc *doc, enum doc_element element, struct text argument)
{
	for (const char *p = tags[element].begin; *p; p++) {
		if (*p == '%')
			add_escaped(&doc->out, argument);
		else
			textbuf_add_char(&doc->out, *p);
	}
}

static void
html_end(struct doc *doc, enum doc_element element)
{
	textbuf_add(&doc->out, text_of(tags[element].end));
}

static void
html_text(struct doc *doc, struct text text)
{
	add_escaped(&doc->out, text);
}

static struct text
html_page(struct doc *doc, struct text title)
{
	struct template_set set = {.program = doc->program};
	struct template_out page = {.out = {.arena = doc->arena}};
	struct textbuf escaped = {.arena = doc->arena};
	struct tree *tree = tree_new(doc->arena);

	add_escaped(&escaped, title);
	tree_text(tree, "title", textbuf_text(&escaped));
	tree_text(tree, "body", textbuf_text(&doc->out));
	template_fill(&set, "doc/page.html.tpl", tree, &page);
	return textbuf_text(&page.out);
}

const struct doc_format doc_html = {
	.name = "html",
	.suffix = ".html",
	.has_pictures = true,
	.begin = html_begin,
	.end = html_end,
	.text = html_text,
	.page = html_page,
};
