/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the semantic rules share. The thread of the test is a
 * process too (`tester`): everything under test tells it what happened by
 * notes, and it waits for notes, EXITs and DOWNs. A wait has a limit that is
 * never reached unless the test fails; nothing here depends on how long
 * anything takes. cmocka's asserts are used on the test's own thread only.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <otp.h>
#include <otp/report.h>

#define PATIENCE_MS 30000

/*
 * ThreadSanitizer delivers signals late, and in the deterministic mode nobody
 * is there to send one: an endless loop is not interrupted.
 */
#ifdef __SANITIZE_THREAD__
#define CAN_KILL_LOOPS false
#else
#define CAN_KILL_LOOPS (!otp_sim_seed(NULL))
#endif

/* Skips the test in the deterministic mode (seeds.sh), which cannot have it. */
static inline void
not_in_sim(const char *why)
{
	if (!otp_sim_seed(NULL))
		return;
	printf("# skip: %s\n", why);
	skip();
}

#define TEXT_SIZE 200

static otp_pid tester;

/* --- notes --------------------------------------------------------------- */

/* What a note is about: `value`, `from` and `text` say more. */
enum tag {
	NOTE_READY,
	NOTE_DONE,
	NOTE_MESSAGE,
	NOTE_EXIT,
	NOTE_DOWN,
	NOTE_TIMER,
	NOTE_INIT,
	NOTE_CALL,
	NOTE_CAST,
	NOTE_INFO,
	NOTE_CONTINUE,
	NOTE_TIMEOUT,
	NOTE_OTHER,
	NOTE_TERMINATE,
	NOTE_REPLY
};

struct note {
	enum tag tag;
	int64_t value;
	otp_pid from;
	char text[TEXT_SIZE];
};

static const struct otp_msg_type note_type = {
	.name = "note",
	.owner = "support",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INFO,
};

static inline void
print_term(otp_term term, char *text)
{
	if (term.len == 0)
		text[0] = '\0';
	else
		otp_term_print(term, text, TEXT_SIZE);
}

static inline void
note_text(otp_pid to, enum tag tag, int64_t value, const char *text)
{
	struct otp_msg *m = otp_msg_new(&note_type, 0);
	struct note *note = otp_msg_payload(m);

	memset(note, 0, sizeof *note);
	note->tag = tag;
	note->value = value;
	note->from = otp_self();
	snprintf(note->text, sizeof note->text, "%s", text);
	otp_msg_send(otp_to_pid(to), m);
}

/* Tells the tester. */
static inline void
tell(enum tag tag, int64_t value, otp_term term)
{
	char text[TEXT_SIZE];

	print_term(term, text);
	note_text(tester, tag, value, text);
}

static inline bool
is_note(const struct otp_received *r, void *arg)
{
	(void)arg;
	return r->kind == OTP_RECEIVED_MESSAGE && r->type == &note_type;
}

static inline bool
is_note_tagged(const struct otp_received *r, void *tag)
{
	return is_note(r, NULL) &&
		((const struct note *)r->payload)->tag == *(enum tag *)tag;
}

/* The next note, whatever it is about. */
static inline struct note
next_note(void)
{
	struct otp_received r;

	if (otp_receive_match(is_note, NULL, &r, PATIENCE_MS) != OTP_OK)
		fail_msg("no note came");
	return *(const struct note *)r.payload;
}

/* The next note must be this one. */
static inline struct note
expect(enum tag tag)
{
	struct note note = next_note();

	if (note.tag != tag)
		fail_msg("note %d (%s), not %d", note.tag, note.text, tag);
	return note;
}

/* The oldest note of this tag, passing over others. */
static inline struct note
await(enum tag tag)
{
	struct otp_received r;

	if (otp_receive_match(is_note_tagged, &tag, &r, PATIENCE_MS) != OTP_OK)
		fail_msg("note %d did not come", tag);
	return *(const struct note *)r.payload;
}

/* For use after something that comes behind whatever should not be there. */
static inline bool
have(enum tag tag)
{
	struct otp_received r;

	return otp_receive_match(is_note_tagged, &tag, &r, 0) == OTP_OK;
}

static inline void
expect_nothing(void)
{
	struct otp_received r;

	if (otp_receive(&r, 0) == OTP_OK)
		fail_msg("unexpected: kind %d, %s", r.kind,
			is_note(&r, NULL)
				? ((const struct note *)r.payload)->text
				: "");
}

/* --- EXIT and DOWN of the tester ------------------------------------------ */

static inline bool
is_down_of(const struct otp_received *r, void *ref)
{
	return r->kind == OTP_RECEIVED_DOWN &&
		otp_ref_equal(r->ref, *(otp_ref *)ref);
}

static inline bool
is_exit_of(const struct otp_received *r, void *pid)
{
	return r->kind == OTP_RECEIVED_EXIT &&
		otp_pid_equal(r->from, *(otp_pid *)pid);
}

/* The reason as text; static. */
static inline const char *
wait_for(bool (*match)(const struct otp_received *, void *), void *arg)
{
	static char text[TEXT_SIZE];
	struct otp_received r;

	if (otp_receive_match(match, arg, &r, PATIENCE_MS) != OTP_OK)
		fail_msg("neither EXIT nor DOWN came");
	print_term(r.reason, text);
	return text;
}

static inline const char *
down_reason(otp_ref ref)
{
	return wait_for(is_down_of, &ref);
}

/* Kill it, and wait until it has ended. */
static inline void
end(otp_pid pid)
{
	otp_ref ref = otp_monitor(pid);

	otp_exit_signal(pid, OTP_KILL);
	down_reason(ref);
}

static inline otp_pid
spawn_with(void (*fn)(void *), void *arg, struct otp_spawn_opts opts)
{
	otp_pid pid;

	assert_int_equal(otp_spawn_opt(fn, arg, &opts, &pid), OTP_OK);
	return pid;
}

static inline struct otp_process_info
info_of(otp_pid pid)
{
	struct otp_process_info info;
	otp_err err = otp_process_info(pid, PATIENCE_MS, &info);

	if (err != OTP_OK)
		fail_msg("no info: %s", otp_err_name(err));
	assert_true(otp_pid_equal(info.pid, pid));
	return info;
}

/* Waits until so many messages, EXITs among them, wait for a process. */
static inline void
await_mailbox(otp_pid pid, uint32_t count)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;

	while (info_of(pid).mailbox < count) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("%u messages do not come", count);
		otp_sleep(1);
	}
}

static inline const char *
exit_reason(otp_pid pid)
{
	return wait_for(is_exit_of, &pid);
}

static inline bool
have_exit(otp_pid pid)
{
	struct otp_received r;

	return otp_receive_match(is_exit_of, &pid, &r, 0) == OTP_OK;
}

static inline const char *
last_reason(void)
{
	static char text[TEXT_SIZE];

	print_term(otp_last_reason(), text);
	return text;
}

#define assert_begins(text, prefix) \
	do { \
		const char *text_ = (text); \
		if (strncmp(text_, prefix, strlen(prefix)) != 0) \
			fail_msg("\"%s\", not \"%s...\"", text_, prefix); \
	} while (0)

/* --- terms and faults ------------------------------------------------------ */

/* The builder's term as scratch memory. */
static inline otp_term
take_term(otp_term_builder *b)
{
	otp_term term = OTP_UNDEFINED;
	void *scratch;

	if (otp_term_builder_term(b, &term) != OTP_OK)
		abort();
	scratch = otp_tmp(term.len);
	memcpy(scratch, term.ptr, term.len);
	term.ptr = scratch;
	otp_term_builder_free(b);
	return term;
}

/* An atom, or "{shutdown,atom}". */
static inline otp_term
term_of(const char *text)
{
	otp_term_builder b = {0};
	char inner[64] = "";

	if (sscanf(text, "{shutdown,%63[^}]}", inner) == 1) {
		otp_build_tuple(&b, 2);
		otp_build_term(&b, OTP_SHUTDOWN);
		otp_build_atom(&b, otp_atom_of(inner));
	} else {
		otp_build_atom(&b, otp_atom_of(text));
	}
	return take_term(&b);
}

/* A fault that neither the optimiser nor a sanitizer sees coming. */
__attribute__((
	noinline, unused, no_sanitize("address", "undefined"))) static void
crash(void)
{
	static volatile int *volatile nowhere;

	*nowhere = 1;
}

/* --- reports -------------------------------------------------------------- */

/* Those since the test began, as they came, from whatever thread. */
struct told {
	enum otp_report_kind kind;
	char who[64]; /* child, or else class */
	char reason[TEXT_SIZE];
	char verdict[64];
};

static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER;
static struct told told[256];
static size_t told_count;

static inline void
report_handler(const struct otp_report *report)
{
	const char *who =
		report->child_id ? report->child_id : report->class_name;

	pthread_mutex_lock(&told_lock);
	if (told_count < sizeof told / sizeof told[0]) {
		struct told *t = &told[told_count++];

		t->kind = report->kind;
		snprintf(t->who, sizeof t->who, "%s", who ? who : "");
		snprintf(t->verdict, sizeof t->verdict, "%s",
			report->verdict ? report->verdict : "");
		print_term(report->reason, t->reason);
	}
	pthread_mutex_unlock(&told_lock);
}

/* Takes out the first of a kind, if there is one. */
static inline bool
told_take(enum otp_report_kind kind, struct told *found)
{
	bool any = false;

	pthread_mutex_lock(&told_lock);
	for (size_t i = 0; i < told_count && !any; i++) {
		if (told[i].kind != kind)
			continue;
		*found = told[i];
		memmove(&told[i], &told[i + 1],
			(--told_count - i) * sizeof told[0]);
		any = true;
	}
	pthread_mutex_unlock(&told_lock);
	return any;
}

/* The next report of that kind. */
static inline struct told
report(enum otp_report_kind kind)
{
	int64_t end_ms = otp_monotonic_ms() + PATIENCE_MS;
	struct told found = {0};

	while (!told_take(kind, &found)) {
		if (otp_monotonic_ms() > end_ms)
			fail_msg("no report of kind %d", kind);
		otp_sleep(1);
	}
	return found;
}

static inline bool
have_report(enum otp_report_kind kind)
{
	struct told found;

	return told_take(kind, &found);
}

static inline void
forget_reports(void)
{
	pthread_mutex_lock(&told_lock);
	told_count = 0;
	pthread_mutex_unlock(&told_lock);
}

/* --- the program ---------------------------------------------------------- */

/*
 * cmocka puts its own handlers of faults in place around every test; inside
 * one they are to be the runtime's.
 */
static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define FAULTS (sizeof fault_signals / sizeof fault_signals[0])
static struct sigaction fault_actions[FAULTS];

static inline int
runtime_begin(void **state)
{
	/* A busy machine must not make a handler count as stuck. */
	struct otp_runtime_opts opts = {.workers = 2, .stuck_ms = 2000};

	(void)state;
	if (otp_core_start(&opts) != OTP_OK)
		return -1;
	for (size_t i = 0; i < FAULTS; i++)
		sigaction(fault_signals[i], NULL, &fault_actions[i]);
	otp_report_set_handler(report_handler);
	tester = otp_self();
	return 0;
}

static inline int
runtime_finish(void **state)
{
	(void)state;
	return otp_core_stop(PATIENCE_MS) == OTP_OK ? 0 : -1;
}

typedef void (*rule_test)(void **state);

static inline void
run_rule(void **state)
{
	for (size_t i = 0; i < FAULTS; i++)
		sigaction(fault_signals[i], &fault_actions[i], NULL);
	(*(const rule_test *)*state)(state);
}

/* Each test begins with an empty mailbox; a thread traps exits. */
static inline int
test_begin(void **state)
{
	(void)state;
	forget_reports();
	return 0;
}

static inline int
test_finish(void **state)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	(void)state;
	while (otp_receive(&r, 0) == OTP_OK)
		;
	otp_release(mark);
	return 0;
}

/* A test, by the name of the rule it is about. */
#define RULE(name) \
	{ \
#name, run_rule, test_begin, test_finish, &(rule_test) \
		{ \
			name \
		} \
	}

#endif
