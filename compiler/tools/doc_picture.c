/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/doc.h"

/*
 * A tree as SVG, from left to right: a leaf takes a row of its own, what is
 * above it stands in the middle of its children. A supervisor that is in
 * several places is drawn once. Widths are those of a monospaced font.
 */

enum {
	row_height = 34,
	box_height = 24,
	char_width = 8,
	box_margin = 8,
	column_gap = 36,
	most_columns = 12, /* what is deeper, or longer, is not drawn */
	most_rows = 200
};

struct box {
	struct box *next; /* in order of drawing */
	struct text label;
	const struct decl *decl;
	const struct box *parent;
	size_t column;
	size_t row; /* in half rows, so that a middle is one */
	bool many; /* drawn with a second frame */
};

struct picture {
	struct doc *doc;
	struct box *first;
	struct box *last;
	struct table drawn;
	size_t rows;
	size_t widths[most_columns]; /* in characters */
	size_t columns;
	bool too_large;
};

/* Characters, not bytes: names are ASCII, but a label is not made of names
   alone. */
static size_t
length(struct text text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += (text.ptr[i] & 0xc0) != 0x80;
	return n;
}

static struct box *
add_box(struct picture *p, const struct box *parent, struct text label,
	const struct decl *decl)
{
	struct box *box = ARENA_NEW(p->doc->arena, struct box);

	box->label = label;
	box->decl = decl;
	box->parent = parent;
	box->column = parent ? parent->column + 1 : 0;
	if (p->last)
		p->last->next = box;
	else
		p->first = box;
	p->last = box;
	if (box->column >= most_columns) {
		p->too_large = true;
		box->column = 0;
	}
	if (box->column >= p->columns)
		p->columns = box->column + 1;
	if (length(label) > p->widths[box->column])
		p->widths[box->column] = length(label);
	return box;
}

static struct text
child_label(struct picture *p, const struct child *child)
{
	struct text name = child->name.text;

	if (child->dynamic)
		return text_printf(p->doc->arena, "%.*s *", TEXT_ARG(name));
	if (child->count_expr)
		return text_printf(p->doc->arena, "%.*s[%.*s]", TEXT_ARG(name),
			TEXT_ARG(span_text(child->count_expr->span)));
	return name;
}

/* Whether its children are drawn below it, here. */
static bool
has_children(struct picture *p, const struct decl *decl)
{
	return decl && decl->kind == DECL_SUPERVISOR &&
		decl->u.supervisor.children && !p->too_large &&
		!table_put(&p->drawn,
			text_printf(p->doc->arena, "%p", (const void *)decl),
			p);
}

/* Gives the box its row, that of the middle of what is below it. */
static void
place(struct picture *p, struct box *box)
{
	size_t top = 0, bottom = 0;

	if (!has_children(p, box->decl)) {
		box->row = 2 * p->rows++;
		p->too_large |= p->rows > most_rows;
		return;
	}
	for (const struct child *c = box->decl->u.supervisor.children; c;
		c = c->next) {
		struct box *below =
			add_box(p, box, child_label(p, c), c->start.decl);

		below->many = c->dynamic || c->count_expr;
		place(p, below);
		top = c == box->decl->u.supervisor.children ? below->row : top;
		bottom = below->row;
	}
	box->row = (top + bottom) / 2;
}

/* ----------------------------------------------------------------- drawing */

static size_t
width_of(const struct picture *p, size_t column)
{
	return p->widths[column] * char_width + 2 * box_margin;
}

static size_t
left_of(const struct picture *p, size_t column)
{
	size_t x = 4;

	for (size_t i = 0; i < column; i++)
		x += width_of(p, i) + column_gap;
	return x;
}

static size_t
middle_of(const struct box *box)
{
	return box->row * row_height / 2 + row_height / 2;
}

static void
draw_line(struct picture *p, const struct box *box)
{
	size_t from = left_of(p, box->parent->column) +
		width_of(p, box->parent->column);
	size_t to = left_of(p, box->column);

	textbuf_printf(&p->doc->out, "<path d=\"M%zu %zuH%zuV%zuH%zu\"/>\n",
		from, middle_of(box->parent), to - column_gap / 2,
		middle_of(box), to);
}

static void
draw_frame(struct picture *p, const struct box *box, size_t shift)
{
	textbuf_printf(&p->doc->out,
		"<rect x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%d\"%s/>\n",
		left_of(p, box->column) + shift,
		middle_of(box) - box_height / 2 + shift,
		width_of(p, box->column), box_height,
		box->decl && box->decl->kind == DECL_SUPERVISOR ? ""
								: " rx=\"12\"");
}

static void
draw_box(struct picture *p, const struct box *box)
{
	if (box->many)
		draw_frame(p, box, 3);
	draw_frame(p, box, 0);
	textbuf_printf(&p->doc->out, "<text x=\"%zu\" y=\"%zu\">",
		left_of(p, box->column) + box_margin, middle_of(box) + 4);
	doc_text(p->doc, box->label);
	textbuf_printf(&p->doc->out, "</text>\n");
}

static void
draw(struct picture *p)
{
	size_t width =
		left_of(p, p->columns - 1) + width_of(p, p->columns - 1) + 8;
	size_t height = p->rows * row_height + 4;

	textbuf_printf(&p->doc->out,
		"<div class=\"picture\"><svg "
		"xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" "
		"height=\"%zu\" viewBox=\"0 0 %zu %zu\" role=\"img\" "
		"aria-label=\"the tree above\">\n",
		width, height, width, height);
	for (const struct box *b = p->first; b; b = b->next) {
		if (b->parent)
			draw_line(p, b);
	}
	for (const struct box *b = p->first; b; b = b->next)
		draw_box(p, b);
	textbuf_printf(&p->doc->out, "</svg></div>\n");
}

void
doc_picture(struct doc *doc, const struct decl *top)
{
	struct picture p = {.doc = doc, .drawn = {.arena = doc->arena}};

	place(&p, add_box(&p, NULL, top->name.text, top));
	if (!p.too_large)
		draw(&p);
}
