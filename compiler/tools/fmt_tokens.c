/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

#include "parser.h"

#include <string.h>

void *
fmt_grow(struct arena *arena, void *array, size_t n, size_t *capacity,
	size_t size)
{
	size_t used = *capacity * size;

	if (n < *capacity)
		return array;
	*capacity = *capacity * 2 + 64;
	return arena_grow(arena, array, used, *capacity * size);
}

size_t
fmt_width(struct text text)
{
	size_t width = 0;

	while (text.len > 0) {
		uint32_t c = (unsigned char)*text.ptr;
		size_t len = 1;

		if (c >= 0x80 && (len = utf8_decode(text, &c)) == 0)
			len = 1;
		width += c >= ' ' && c < 0x7f ? 1 : utf8_width(c);
		text.ptr += len;
		text.len -= len;
	}
	return width;
}

bool
fmt_is_spaced(int before, int kind)
{
	switch (kind) {
	case TK_SEMI:
	case TK_COMMA:
	case TK_DOT:
	case TK_COLON:
	case TK_QUESTION:
	case TK_LP:
	case TK_RP:
	case TK_LSQ:
	case TK_RSQ:
	case TK_LT:
	case TK_GT:
		return false;
	default:
		return before != TK_LP && before != TK_LSQ && before != TK_LT &&
			before != TK_DOT && before != TK_MINUS;
	}
}

/* What stands between two tokens, in order. */
struct gap {
	const char *p;
	const char *end;
	uint8_t newlines; /* since the last comment, or the token before */
	bool own_line;
};

static void
add_comment(struct fmt_tokens *tokens, struct gap *gap)
{
	const char *end = memchr(gap->p, '\n', (size_t)(gap->end - gap->p));
	struct fmt_comment *comment;

	if (!end)
		end = gap->end;
	tokens->comments =
		fmt_grow(tokens->arena, tokens->comments, tokens->n_comments,
			&tokens->comment_capacity, sizeof(*tokens->comments));
	comment = &tokens->comments[tokens->n_comments++];
	*comment = (struct fmt_comment){
		.start = (uint32_t)(gap->p - tokens->content.ptr),
		.newlines = gap->newlines,
		.own_line = gap->own_line,
	};
	gap->p = end;
	while (strchr(" \t\r", end[-1]))
		end--;
	comment->len = (uint32_t)(end - tokens->content.ptr) - comment->start;
	gap->newlines = 0;
}

/* The newlines between the last thing in the gap and its end. A mark at the
   start of the file is passed like white space. */
static uint8_t
read_gap(struct fmt_tokens *tokens, size_t start, size_t end)
{
	struct gap gap = {
		.p = tokens->content.ptr + start,
		.end = tokens->content.ptr + end,
		.own_line = tokens->n_tokens == 0,
	};

	while (gap.p < gap.end) {
		if (*gap.p == '/') {
			add_comment(tokens, &gap);
			continue;
		}
		if (*gap.p == '\n') {
			gap.own_line = true;
			if (gap.newlines < 2)
				gap.newlines++;
		}
		gap.p++;
	}
	return gap.newlines;
}

static void
add_token(struct fmt_tokens *tokens, struct token token, size_t last_end)
{
	size_t n = tokens->n_tokens;
	size_t start = token.kind == 0 ? tokens->content.len : token.span.start;
	const struct fmt_token *before;
	struct fmt_token *t;

	tokens->tokens = fmt_grow(tokens->arena, tokens->tokens, n,
		&tokens->token_capacity, sizeof(*tokens->tokens));
	t = &tokens->tokens[n];
	*t = (struct fmt_token){
		.start = (uint32_t)start,
		.len = (uint32_t)(token.span.end - token.span.start),
		.kind = (uint8_t)token.kind,
	};
	t->width = (uint32_t)fmt_width(span_text(token.span));
	t->newlines = read_gap(tokens, last_end, start);
	t->comments_end = (uint32_t)tokens->n_comments;
	t->breaks = t->newlines > 0;
	tokens->n_tokens++;
	if (n == 0)
		return;
	before = t - 1;
	t->breaks += before->breaks;
	t->column = before->column + before->width +
		fmt_is_spaced(before->kind, t->kind);
}

struct fmt_tokens
fmt_read(struct program *program, struct source *source)
{
	struct fmt_tokens tokens = {
		.arena = &program->arena, .content = source->content};
	struct lexer lexer;
	struct token token;
	size_t last_end = 0;

	lexer_init(&lexer, program, source);
	do {
		token = lexer_next(&lexer);
		add_token(&tokens, token, last_end);
		last_end = token.span.end;
	} while (token.kind != 0);
	return tokens;
}

static bool
same_bytes(const struct fmt_tokens *a, uint32_t a_start, uint32_t a_len,
	const struct fmt_tokens *b, uint32_t b_start, uint32_t b_len)
{
	return text_equal((struct text){a->content.ptr + a_start, a_len},
		(struct text){b->content.ptr + b_start, b_len});
}

bool
fmt_same(const struct fmt_tokens *a, const struct fmt_tokens *b)
{
	if (a->n_tokens != b->n_tokens || a->n_comments != b->n_comments)
		return false;
	for (size_t i = 0; i < a->n_tokens; i++) {
		const struct fmt_token *s = &a->tokens[i];
		const struct fmt_token *t = &b->tokens[i];

		if (s->kind != t->kind || s->comments_end != t->comments_end ||
			!same_bytes(a, s->start, s->len, b, t->start, t->len))
			return false;
	}
	for (size_t i = 0; i < a->n_comments; i++) {
		const struct fmt_comment *s = &a->comments[i];
		const struct fmt_comment *t = &b->comments[i];

		if (!same_bytes(a, s->start, s->len, b, t->start, t->len))
			return false;
	}
	return true;
}
