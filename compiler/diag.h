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
#define WARNING(id, name, format) DIAG_##id,
#include "diag.def"
	DIAG_COUNT
};

/* The names that -W takes: one for each warning, or for several. */
enum diag_switch {
#define SWITCH(id, level, what) SWITCH_##id,
#include "diag.def"
	SWITCH_COUNT
};

enum diag_choice {
	CHOICE_NONE, /* as the more general options say */
	CHOICE_NO,
	CHOICE_YES
};

/* What the command line says about warnings. What it says of one by name
   counts more than what it says of all. */
struct diag_choices {
	bool all; /* -Wall, and `otpc lint` */
	bool none; /* -w */
	bool errors; /* -Werror */
	enum diag_choice shown[SWITCH_COUNT]; /* -Wx, -Wno-x */
	enum diag_choice error[SWITCH_COUNT]; /* -Werror=x, -Wno-error=x */
};

enum diag_format {
	FORMAT_TEXT,
	FORMAT_JSON, /* an object a line */
	FORMAT_GITHUB /* workflow commands */
};

/* One text of a report: the error or warning itself, or a note. */
struct diag_item {
	struct diag_item *next;
	enum diag_id id;
	struct span at; /* of a note: source NULL is the place of its report */
	struct text message;
	struct span fix_at; /* to be replaced by `fix` */
	struct text fix; /* ptr NULL: none */
};

/* An error or warning with its notes. */
struct diag_report {
	struct diag_report *next; /* in order of arrival */
	struct diag_item item;
	struct diag_item *notes;
	struct diag_item *last_note;
	size_t order; /* of arrival */
};

struct diag_sink {
	struct diag_report *first; /* in order of arrival */
	struct diag_report *last;
	struct diag_report *current; /* takes notes; NULL: it was dropped */
	size_t n_reports; /* kept ones; the rest is only counted */
	size_t n_errors;
	size_t n_wrong; /* of them, those that are no warnings */
	size_t n_warnings;
	struct diag_choices choices;
	enum diag_format format;
	bool show_all; /* however many errors: a list of changes */
	bool show_ids; /* --diag-ids, for tests/diag/coverage.sh */
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

/* Calls `visit` for each report, in the order of the files that were read and
   of places within them; those without a place come first. */
typedef void diag_visitor(void *data, const struct diag_report *report);
void diag_each(struct program *program, diag_visitor *visit, void *data);

/* What an entry counts as in this run: a warning may be made an error. */
enum diag_severity
diag_severity_of(const struct diag_sink *sink, enum diag_id id);

const char *diag_severity_name(enum diag_severity severity);

/* "unknown_type" */
const char *diag_id_name(enum diag_id id);

/* SWITCH_COUNT for what is no warning. */
enum diag_switch diag_switch_of(enum diag_id id);

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
struct suggestion suggestion_of(struct text wanted); /* always looked for */
void suggestion_offer(struct suggestion *suggestion, struct text candidate);

/* Adds the note and fix-it for what was found, if anything was. */
void suggest(struct program *program, const struct suggestion *suggestion,
	struct span at);

/* -------------------------------------------------------- diag_switch.c */

/* "unused-import" */
struct text diag_switch_name(struct arena *arena, enum diag_switch s);

/* What it warns of, for --help. */
const char *diag_switch_what(enum diag_switch s);

/* When it is on by itself. */
enum diag_level {
	LEVEL_DEFAULT, /* always */
	LEVEL_LINT, /* with -Wall and in `otpc lint` */
	LEVEL_ASKED /* never */
};

enum diag_level diag_switch_level(enum diag_switch s);

/* SWITCH_COUNT: there is none of that name. */
enum diag_switch diag_switch_find(struct text name);

/* Offers the names of all. */
void diag_switches_offer(struct arena *arena, struct suggestion *suggestion);

/* What this run makes of the warnings of a switch: SEVERITY_NOTE if they are
   not wanted. */
enum diag_severity
diag_severity_chosen(const struct diag_choices *choices, enum diag_switch s);

/* --------------------------------------------------------- diag_allow.c */

/* Takes in a comment: `// otpc: allow NAME...` keeps warnings of its line, or
   of the next one when it has a line of its own, from being reported. */
void
diag_allow(struct program *program, struct source *source, struct span comment);

bool diag_is_allowed(enum diag_switch s, struct span at);

/* Reports those that had nothing to keep, though it was looked for. */
void diag_unused_allows(struct program *program);

/* -------------------------------------------- diag_text.c, diag_data.c */

void diag_print_text(struct program *program);
void diag_print_json(void *program, const struct diag_report *report);
void diag_print_github(void *program, const struct diag_report *report);

#endif
