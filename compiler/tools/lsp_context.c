/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include "parse.h"
#include "parser.h"

#include <string.h>

/*
 * Problem: while somebody types, the statement they are in is no syntax yet,
 * and is missing from the AST. Solution: the file is cut where the word begins
 * (and before `money.`, if that is there), and the grammar is asked what could
 * follow; where it says "a name" the words of the statement so far tell which
 * sort. Why it is right: the same tables parse files, so a word that is offered
 * can be typed, and recovery makes them know about the blocks around even when
 * what is before is wrong.
 */

/* Of the tokens, the last number and one. */
enum {
	n_token_kinds = 256
};

#define TOKEN(name, human) \
	_Static_assert(TK_##name < (int)n_token_kinds, "a place for each");
#define KEYWORD(name, word) TOKEN(name, word)
#include "token.def"
#undef KEYWORD
#undef TOKEN

struct words {
	struct token *tokens;
	size_t n;
	size_t capacity;
	size_t first; /* of the statement */
	size_t depth; /* of its parentheses */
};

/* ------------------------------------------------------- where it begins */

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

static size_t
line_start(struct text text, size_t offset)
{
	while (offset > 0 && text.ptr[offset - 1] != '\n')
		offset--;
	return offset;
}

/* Comments and strings end with their line. Where the one begins that the
   offset is in; SIZE_MAX: it is in none. */
static size_t
silence(struct text text, size_t offset)
{
	size_t i = line_start(text, offset);

	while (i < offset) {
		char c = text.ptr[i];
		size_t start = i++;

		if (c == '/' && i < text.len && text.ptr[i] == '/')
			return start;
		if (c != '"' && c != '\'')
			continue;
		while (i < offset && text.ptr[i] != c)
			i += text.ptr[i] == '\\' ? 2 : 1;
		if (i >= offset)
			return start;
		i++;
	}
	return SIZE_MAX;
}

bool
is_silent(struct text text, size_t offset)
{
	return silence(text, offset) != SIZE_MAX;
}

static size_t
skip_back(struct text text, size_t offset)
{
	while (offset > 0 && strchr(" \t\r\n", text.ptr[offset - 1]) &&
		text.ptr[offset - 1] != '\0')
		offset--;
	return offset;
}

/* Not over the end of a line. */
static size_t
skip_blanks_back(struct text text, size_t offset)
{
	while (offset > 0 &&
		(text.ptr[offset - 1] == ' ' || text.ptr[offset - 1] == '\t'))
		offset--;
	return offset;
}

static size_t
word_start(struct text text, size_t offset)
{
	while (offset > 0 && is_word_char(text.ptr[offset - 1]))
		offset--;
	return offset;
}

/* `money.` before the word: gives where that begins. */
static size_t
find_qualifier(struct context *context, struct text text, size_t start)
{
	size_t end;
	size_t begin;

	if (start == 0 || text.ptr[start - 1] != '.')
		return start;
	end = start - 1;
	begin = word_start(text, end);
	if (begin == end)
		return start;
	context->qualifier = (struct text){text.ptr + begin, end - begin};
	return begin;
}

/* The name of a file that is being typed begins behind its last slash. */
static void
find_file_word(
	struct context *context, struct text text, size_t quote, size_t offset)
{
	size_t before = skip_back(text, quote);
	size_t start = offset;

	context->silent = true;
	if (text.ptr[quote] != '"' || before < 6 ||
		strncmp(text.ptr + before - 6, "import", 6) != 0)
		return;
	while (start > quote + 1 && text.ptr[start - 1] != '/')
		start--;
	context->names = EXPECT_FILE;
	context->start = start;
	context->word = (struct text){text.ptr + start, offset - start};
	context->qualifier =
		(struct text){text.ptr + quote + 1, start - quote - 1};
}

/* ------------------------------------------------------------- statements */

/* A word that begins a statement, wherever it stands, if its line does; the
   one before may lack its `;`. */
static bool
is_starter(int kind)
{
	static const int starters[] = {TK_MODULE, TK_IMPORT, TK_CONST, TK_ENUM,
		TK_RECORD, TK_UNION, TK_MESSAGE, TK_GEN_SERVER, TK_SUPERVISOR,
		TK_APPLICATION, TK_INIT, TK_STATE, TK_CALL, TK_CAST, TK_INFO,
		TK_CONTINUE, TK_MAILBOX, TK_MAX_HEAP, TK_PRIORITY, TK_STACK,
		TK_CALLS, TK_STRATEGY, TK_INTENSITY, TK_AUTO_SHUTDOWN, TK_CHILD,
		TK_RESTART, TK_SHUTDOWN, TK_REGISTER, TK_MAX_CHILDREN,
		TK_SIGNIFICANT, TK_BACKOFF, TK_VERSION, TK_ROOT, TK_ENV,
		TK_DEPENDS};

	for (size_t i = 0; i < sizeof(starters) / sizeof(*starters); i++) {
		if (starters[i] == kind)
			return true;
	}
	return false;
}

static void
find_statement(struct words *words, const struct token *token)
{
	int kind = token->kind;

	if (kind == TK_SEMI || kind == TK_LB || kind == TK_RB) {
		words->first = words->n;
		words->depth = 0;
	} else if (kind == TK_LP) {
		words->depth++;
	} else if (kind == TK_RP && words->depth > 0) {
		words->depth--;
	} else if (token->starts_line && words->depth == 0 &&
		is_starter(kind)) {
		words->first = words->n - 1;
	}
}

static void
read_words(struct words *words, struct program *program, struct source *source)
{
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, program, source);
	while ((token = lexer_next(&lexer)).kind != 0) {
		if (words->n == words->capacity) {
			size_t capacity = words->capacity * 2 + 64;
			struct token *grown = arena_array(
				&program->arena, capacity, sizeof(*grown));

			for (size_t i = 0; i < words->n; i++)
				grown[i] = words->tokens[i];
			words->tokens = grown;
			words->capacity = capacity;
		}
		words->tokens[words->n++] = token;
		find_statement(words, &token);
	}
}

/* The kind of a token of the statement, from its start or, when negative, from
   its end; -1: there is none. */
static int
kind_at(const struct words *words, int index)
{
	size_t i = index < 0 ? words->n - (size_t)-index
			     : words->first + (size_t)index;

	if (index < 0 && (size_t)-index > words->n - words->first)
		return -1;
	return i < words->n ? words->tokens[i].kind : -1;
}

static struct name
name_of(const struct token *token)
{
	return (struct name){token->text, token->span, false};
}

/* The tokens from `from` to before `to`, if they are a path. */
static struct path
path_of(const struct words *words, size_t from, size_t to)
{
	const struct token *t = words->tokens;
	struct path path = {0};

	if (to - from == 1 && t[from].text.ptr)
		path.name = name_of(&t[from]);
	if (to - from == 3 && t[from + 1].kind == TK_DOT && t[from].text.ptr &&
		t[from + 2].text.ptr) {
		path.module = name_of(&t[from]);
		path.name = name_of(&t[from + 2]);
	}
	return path;
}

/* `name : TYPE [as 'x'] = ` */
static void
find_type(struct context *context, const struct words *words)
{
	size_t to = words->n - 1;
	size_t from = to;

	while (from > words->first && words->tokens[from - 1].kind != TK_COLON)
		from--;
	if (from == words->first)
		return;
	for (size_t i = from; i < to; i++) {
		if (words->tokens[i].kind == TK_AS)
			to = i;
	}
	if (to > from && words->tokens[to - 1].kind == TK_QUESTION) {
		context->optional = true;
		to--;
	}
	context->type = path_of(words, from, to);
}

/* `Target(a, b, ` */
static void
find_target(struct context *context, const struct words *words)
{
	size_t open = words->n;
	size_t from;

	while (open > words->first && words->tokens[open - 1].kind != TK_LP) {
		if (words->tokens[open - 1].kind == TK_COMMA)
			context->argument++;
		open--;
	}
	if (open == words->first)
		return;
	from = --open;
	while (from > words->first && words->tokens[from - 1].kind != TK_EQ &&
		words->tokens[from - 1].kind != TK_ROOT &&
		words->tokens[from - 1].kind != TK_DYNAMIC)
		from--;
	context->target = path_of(words, from, open);
}

static void
find_value(struct context *context, const struct words *words)
{
	int first = kind_at(words, 0);
	int last = kind_at(words, -1);

	context->names = EXPECT_VALUE;
	if (first == TK_SHUTDOWN)
		context->names = EXPECT_SHUTDOWN;
	context->in_root = first == TK_ROOT;
	context->in_child = first == TK_CHILD;
	context->in_const = first == TK_CONST;
	context->is_duration =
		first == TK_SHUTDOWN || last == TK_TIMEOUT || last == TK_IN;
	if (last == TK_EQ && !context->in_const)
		find_type(context, words);
	else if (context->in_root || context->in_child)
		find_target(context, words);
}

/* The sort of name that a statement asks for. */
static enum expected_name
find_names(const struct words *words)
{
	int last = kind_at(words, -1);

	if (last == TK_LT && kind_at(words, -2) == TK_SERVER)
		return EXPECT_SERVER;
	switch (kind_at(words, 0)) {
	case TK_CALLS:
		return EXPECT_SERVER;
	case TK_ROOT:
		return EXPECT_SERVER;
	case TK_CHILD:
		return last == TK_EQ || last == TK_DYNAMIC ? EXPECT_SERVER
							   : EXPECT_NOTHING;
	case TK_INFO:
		return last == TK_INFO ? EXPECT_MESSAGE : EXPECT_NOTHING;
	case TK_STRATEGY:
		return EXPECT_STRATEGY;
	case TK_RESTART:
		return EXPECT_RESTART;
	case TK_AUTO_SHUTDOWN:
		return EXPECT_AUTO_SHUTDOWN;
	case TK_MAILBOX:
		return EXPECT_POLICY;
	case TK_PRIORITY:
		return EXPECT_PRIORITY;
	case TK_MODULE:
		return last == TK_WIRE ? EXPECT_WIRE : EXPECT_NOTHING;
	default:
		return EXPECT_NOTHING;
	}
}

static void
find_expected(struct context *context, struct analysis *analysis,
	struct text text, size_t end)
{
	struct program *program = &context->program;
	struct text before = {text.ptr, end};
	struct source *source =
		source_of_text(program, analysis->source->path, before);
	struct words words = {0};
	bool new_line = skip_blanks_back(text, end) == line_start(text, end);

	read_words(&words, program, source);
	parse_expected(program, source, new_line, context->expected);
	if (context->expected[TK_LIST])
		context->names = EXPECT_TYPE;
	else if (context->expected[TK_MINUS])
		find_value(context, &words);
	else if (context->expected[TK_ID])
		context->names = find_names(&words);
}

void
context_init(struct context *context, struct analysis *analysis,
	struct text text, size_t offset)
{
	size_t quiet = silence(text, offset);

	*context = (struct context){.start = word_start(text, offset)};
	arena_init(&context->program.arena);
	program_init(&context->program, &analysis->options);
	context->expected = arena_array(
		&context->program.arena, n_token_kinds, sizeof(bool));
	context->word = (struct text){
		text.ptr + context->start, offset - context->start};
	if (quiet != SIZE_MAX)
		find_file_word(context, text, quiet, offset);
	else
		find_expected(context, analysis, text,
			find_qualifier(context, text, context->start));
}

void
context_fini(struct context *context)
{
	arena_fini(&context->program.arena);
}
