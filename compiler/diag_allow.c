/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

/*
 * Problem: one place may be as it is for a reason that otpc cannot know, and
 * a switch for the whole run hides the next mistake too. Solution: a comment
 * `// otpc: allow NAME...` beside the place. It is taken in by the lexer, so
 * before any warning about what follows it is made.
 */

_Static_assert(SWITCH_COUNT <= 64, "a bit for each in diag_allowed");

struct diag_allowed {
	struct diag_allowed *next;
	const struct source *source;
	size_t first_line;
	size_t last_line;
	uint64_t switches; /* a bit for each */
	uint64_t needed; /* those that kept something from being reported */
	struct span comment;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct text
without_spaces(struct text text)
{
	while (text.len > 0 && is_space(*text.ptr)) {
		text.ptr++;
		text.len--;
	}
	return text;
}

/* Takes the next word off: up to a space or comma. */
static struct text
next_word(struct text *rest)
{
	struct text word = without_spaces(*rest);
	size_t n = 0;

	while (n < word.len && !is_space(word.ptr[n]) && word.ptr[n] != ',')
		n++;
	rest->ptr = word.ptr + n + (n < word.len && word.ptr[n] == ',');
	rest->len = (size_t)(word.ptr + word.len - rest->ptr);
	word.len = n;
	return word;
}

/* Blank, or nothing but a comment. */
static bool
says_nothing(struct text line)
{
	line = without_spaces(line);
	return line.len == 0 || text_starts_with(line, "//");
}

/* Its line; and if it has that for itself, what follows up to the first line
   with something else. */
static void
set_lines(struct diag_allowed *allowed, struct span comment)
{
	const struct source *source = comment.source;
	size_t line = source_position(source, comment.start).line;

	allowed->first_line = line;
	if (says_nothing(source_line(source, line))) {
		while (line < source->n_lines &&
			says_nothing(source_line(source, line)))
			line++;
	}
	allowed->last_line = line;
}

static struct span
span_of_word(struct span comment, struct text word)
{
	size_t start = (size_t)(word.ptr - comment.source->content.ptr);

	return (struct span){comment.source, start, start + word.len};
}

static uint64_t
bit_of(struct program *program, struct span at, struct text name)
{
	enum diag_switch s = diag_switch_find(name);
	struct suggestion suggestion;

	if (s != SWITCH_COUNT)
		return UINT64_C(1) << s;
	suggestion = suggestion_for(program, name);
	diag_switches_offer(&program->arena, &suggestion);
	report(program, DIAG_unknown_allow, at, name);
	suggest(program, &suggestion, at);
	return 0;
}

void
diag_allow(struct program *program, struct span comment)
{
	struct text rest = span_text(comment);
	struct diag_allowed *allowed;
	struct text word;

	rest.ptr += 2;
	rest.len -= 2;
	rest = without_spaces(rest);
	if (!text_starts_with(rest, "otpc:"))
		return;
	rest.ptr += sizeof("otpc:") - 1;
	rest.len -= sizeof("otpc:") - 1;
	word = next_word(&rest);
	if (!text_is(word, "allow") || without_spaces(rest).len == 0) {
		report(program, DIAG_bad_comment, comment);
		return;
	}
	allowed = ARENA_NEW(&program->arena, struct diag_allowed);
	allowed->source = comment.source;
	allowed->comment = comment;
	set_lines(allowed, comment);
	while ((word = next_word(&rest)).len > 0)
		allowed->switches |=
			bit_of(program, span_of_word(comment, word), word);
	allowed->next = program->diags.allowed;
	program->diags.allowed = allowed;
}

bool
diag_is_allowed(
	const struct diag_sink *sink, enum diag_switch s, struct span at)
{
	size_t line;

	if (!sink->allowed || !at.source)
		return false;
	line = source_position(at.source, at.start).line;
	for (struct diag_allowed *a = sink->allowed; a; a = a->next) {
		if (a->source == at.source && a->first_line <= line &&
			line <= a->last_line && (a->switches >> s & 1)) {
			a->needed |= UINT64_C(1) << s;
			return true;
		}
	}
	return false;
}

void
diag_unused_allows(struct program *program)
{
	struct diag_sink *sink = &program->diags;

	for (const struct diag_allowed *a = sink->allowed; a; a = a->next) {
		for (int s = 0; s < SWITCH_COUNT; s++) {
			if ((a->switches & ~a->needed) >> s & 1 &&
				diag_severity_chosen(&sink->choices,
					(enum diag_switch)s) != SEVERITY_NOTE)
				report(program, DIAG_unused_allow, a->comment,
					diag_switch_name(&program->arena,
						(enum diag_switch)s));
		}
	}
}
