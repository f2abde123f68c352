/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

#include "parser.h"

/*
 * What to write, where nothing better is known: the form of the statement that
 * went wrong, the block that a word belongs to, or the words that a block
 * takes.
 */

struct form {
	int block;
	int head;
	struct text text;
};

static const struct form forms[] = {
#define FORM(block, head, text) {block, head, TEXT_INIT(text)},
#include "form.def"
};

enum {
	n_forms = sizeof(forms) / sizeof(*forms)
};

static const struct form *
form_of(int block, int head)
{
	for (size_t i = 0; i < n_forms; i++) {
		if (forms[i].block == block &&
			(forms[i].head == head || forms[i].head == 0))
			return &forms[i];
	}
	return NULL;
}

/* "`init`, `state` and `call`" */
static struct text
heads_of(struct parser *parser, int block)
{
	struct textbuf buf = {.arena = &parser->program->arena};
	size_t n = 0;
	size_t i = 0;

	for (size_t k = 0; k < n_forms; k++)
		n += forms[k].block == block;
	for (size_t k = 0; k < n_forms; k++) {
		if (forms[k].block != block)
			continue;
		textbuf_printf(&buf, "%s%s",
			i == 0              ? ""
				: i + 1 < n ? ", "
					    : " and ",
			token_human_name(forms[k].head));
		i++;
	}
	return textbuf_text(&buf);
}

/* "gen_server NAME { }" */
static struct text
block_text(struct parser *parser, int block)
{
	struct text head = text_of(token_human_name(block));

	return text_printf(&parser->program->arena, "%.*s%s { }`",
		(int)head.len - 1, head.ptr,
		block == TK_CHILD ? " NAME = SERVER" : " NAME");
}

/* `child` in a gen_server, `record` in a supervisor. */
static bool
note_place(struct parser *parser, int block, struct token token)
{
	struct text word = token.text;

	for (size_t i = 0; i < n_forms; i++) {
		if (token.kind != forms[i].head || forms[i].block == block)
			continue;
		if (forms[i].block == 0)
			note(parser->program, DIAG_note_outside_blocks,
				(struct span){0}, word);
		else
			note(parser->program, DIAG_note_in_block,
				(struct span){0}, word,
				block_text(parser, forms[i].block));
		return true;
	}
	return false;
}

void
note_form(struct parser *parser, struct token token)
{
	int block = 0;
	const struct form *form;

	if (parser->n_open > 0)
		block = parser->open[parser->n_open - 1].head;
	form = form_of(block, parser->head);
	if (parser->head == 0 && token.text.ptr &&
		note_place(parser, block, token))
		return;
	if (block == TK_SUPERVISOR && parser->head == TK_INIT)
		note(parser->program, DIAG_note_supervisor_init,
			(struct span){0});
	else if (block == TK_SUPERVISOR && token.kind == TK_DYNAMIC)
		note(parser->program, DIAG_note_use_dynamic, (struct span){0});
	else if (form && (parser->head != 0 || form->head == 0))
		note(parser->program, DIAG_note_form, (struct span){0},
			form->text);
	else if (parser->head == 0 && (block == 0 || block == TK_GEN_SERVER))
		note(parser->program, DIAG_note_words, (struct span){0},
			heads_of(parser, block));
}
