/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <string.h>

/*
 * Problem: one place may be as it is for a reason that otpc cannot know, and
 * a switch for the whole run hides the next mistake too. Solution: a comment
 * `// otpc: allow NAME...` beside the place. It is taken in by the lexer, so
 * before any warning about what follows it is made. The lexer goes from top to
 * bottom: the comments of a source are in the order of their lines, those they
 * are for too.
 */

_Static_assert(SWITCH_COUNT <= 64, "a bit for each in diag_allowed");

enum {
	/* what stands above one line: more can say nothing new */
	most_together = SWITCH_COUNT
};

struct diag_allowed {
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
   with something else. The one before may have found that line. */
static void
set_lines(struct diag_allowed *allowed, const struct source *source)
{
	const struct diag_allowed *before = source->n_allowed > 0
		? &source->allowed[source->n_allowed - 1]
		: NULL;
	size_t line = source_position(source, allowed->comment.start).line;

	allowed->first_line = line;
	if (says_nothing(source_line(source, line))) {
		if (before && before->last_line > line)
			line = before->last_line;
		while (line < source->n_lines &&
			says_nothing(source_line(source, line)))
			line++;
	}
	allowed->last_line = line;
}

static void
add(struct program *program, struct source *source,
	const struct diag_allowed *allowed)
{
	size_t n = source->n_allowed;

	/* read a second time, as otpc fmt does */
	if (n > 0 && source->allowed[n - 1].first_line >= allowed->first_line)
		return;
	/* full at each power of two */
	if ((n & (n - 1)) == 0) {
		struct diag_allowed *more = arena_array(
			&program->arena, n ? 2 * n : 1, sizeof(*more));

		if (n > 0)
			memcpy(more, source->allowed, n * sizeof(*more));
		source->allowed = more;
	}
	source->allowed[source->n_allowed++] = *allowed;
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
diag_allow(struct program *program, struct source *source, struct span comment)
{
	struct text rest = span_text(comment);
	struct diag_allowed allowed = {.comment = comment};
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
	set_lines(&allowed, source);
	while ((word = next_word(&rest)).len > 0)
		allowed.switches |=
			bit_of(program, span_of_word(comment, word), word);
	add(program, source, &allowed);
}

/* One past the last comment on the line or above it. */
static size_t
find(const struct source *source, size_t line)
{
	size_t low = 0;
	size_t high = source->n_allowed;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (source->allowed[middle].first_line <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
diag_is_allowed(enum diag_switch s, struct span at)
{
	size_t line, after;

	if (!at.source || at.source->n_allowed == 0)
		return false;
	line = source_position(at.source, at.start).line;
	after = find(at.source, line);
	for (size_t n = 1; n <= after && n <= most_together; n++) {
		struct diag_allowed *a = &at.source->allowed[after - n];

		if (a->last_line < line)
			return false;
		if (a->switches >> s & 1) {
			a->needed |= UINT64_C(1) << s;
			return true;
		}
	}
	return false;
}

static void
report_unused(struct program *program, const struct diag_allowed *allowed)
{
	const struct diag_choices *choices = &program->diags.choices;

	for (int i = 0; i < SWITCH_COUNT; i++) {
		enum diag_switch s = (enum diag_switch)i;

		/* only a whole program is asked for messages */
		if ((allowed->switches & ~allowed->needed) >> s & 1 &&
			s != SWITCH_unhandled_message &&
			diag_severity_chosen(choices, s) != SEVERITY_NOTE)
			report(program, DIAG_unused_allow, allowed->comment,
				diag_switch_name(&program->arena, s));
	}
}

/* Some warnings are for the files of the command line only. */
void
diag_unused_allows(struct program *program)
{
	for (const struct source *s = program->sources; s; s = s->next) {
		if (!s->module || !s->module->is_root)
			continue;
		for (size_t i = 0; i < s->n_allowed; i++)
			report_unused(program, &s->allowed[i]);
	}
}
