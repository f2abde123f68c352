/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_DIAG_H
#define OTPC_DIAG_H

/*
 * Every message the compiler can give is an entry of diag.def; passes name the
 * entry and hand over what its text leaves open. Reports are kept and printed
 * once at the end, in file order, so that passes may find them in any order;
 * one entry is reported once per place. A pass reports all it finds and goes
 * on. Errors are counted: no output is written when there was one.
 */

#include "text.h"

struct program;
struct source;

/* A range of bytes of a source file. `source` is NULL for what has no place
   in a file, such as the command line. */
struct span {
	const struct source *source;
	size_t start;
	size_t end; /* one past the last byte */
};

/* From the start of `first` to the end of `last`, in one file. */
struct span span_join(struct span first, struct span last);

enum diag_severity {
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_NOTE
};

enum diag_id {
#define DIAG(id, severity, format) DIAG_##id,
#include "diag.def"
#undef DIAG
	DIAG_COUNT
};

struct diag_report; /* an error or warning that notes can be added to */

struct diag_sink {
	struct diag_report *first; /* in order of arrival */
	struct diag_report *last;
	struct diag_report *current; /* takes notes; NULL: it was dropped */
	size_t n_reports; /* kept ones; the rest is only counted */
	size_t n_errors;
	size_t n_warnings;
	bool show_ids; /* --diag-ids, for tests/diag/coverage.sh */
	bool warnings_are_errors; /* -Werror */
};

/*
 * Reports an entry at a place. The text of the entry takes, in order: %t a
 * struct text (by value), %s a C string, %u a size_t, %d an int64_t.
 */
void report(struct program *program, enum diag_id id, struct span at, ...);

/* Adds a note to the report made last; of no effect when that one was
   dropped. Same arguments as report. */
void note(struct program *program, enum diag_id id, struct span at, ...);

/* Adds a fix-it to the report made last: replace the span by this text. */
void fixit(struct program *program, struct span at, struct text replacement);

/* Prints what was reported to stderr and forgets it. */
void diag_flush(struct program *program);

/* Prints the source line of a span with a caret range and a fix-it line
   (`fix.ptr` NULL: none) under it. */
void snippet_print(struct span at, struct span fix_at, struct text fix,
	const char *caret_on, const char *caret_off);

/* All ids, one per line, on stdout (--list-diags). */
void diag_list_ids(void);

/*
 * "did you mean ...?": offer candidates, then ask for the nearest. A
 * candidate that is too far from the wanted name is never suggested, and
 * nothing is after a hundred errors: nobody reads so far.
 */
struct suggestion {
	struct text wanted;
	struct text best; /* ptr NULL: none */
	size_t distance; /* of the best; 0: look no further */
};

struct suggestion
suggestion_for(const struct program *program, struct text wanted);
void suggestion_offer(struct suggestion *suggestion, struct text candidate);

/* Adds the note and fix-it for what was found, if anything was. */
void suggest(struct program *program, const struct suggestion *suggestion,
	struct span at);

#endif
