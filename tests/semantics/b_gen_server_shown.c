/* SPDX-License-Identifier: Apache-2.0 */
/* What reports and status show of a server: format_status (B50). */
#include "box.h"

/* Whether format_status hides, crashes, or ends. */
static _Atomic int format_does;
enum {
	FORMAT_HIDES,
	FORMAT_CRASHES,
	FORMAT_EXITS
};

static otp_term
box_format(const void *state, enum otp_status_part part, otp_term term)
{
	const struct box *self = state;
	char text[32];

	if (part == OTP_STATUS_STATE && format_does == FORMAT_CRASHES)
		crash();
	if (part == OTP_STATUS_STATE && format_does == FORMAT_EXITS)
		otp_exit(term_of("in_format"));
	switch (part) {
	case OTP_STATUS_STATE:
		snprintf(text, sizeof text, "hidden_%d", (int)self->value);
		return term_of(text);
	case OTP_STATUS_MESSAGE:
		return term_of("some_message");
	case OTP_STATUS_REASON:
		return otp_term_is_atom(term, "secret") ? term_of("no_reason")
							: term;
	}
	return term;
}

static void
secret_encode(otp_term_builder *b, const struct otp_msg_type *type,
	const void *payload)
{
	const struct request *r = payload;

	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of(type->name));
	otp_build_atom(b, otp_atom_of(r->reason));
}

static const struct otp_msg_type secret_type = {
	.name = "secret",
	.owner = "probe",
	.size = sizeof(struct request),
	.kind = OTP_MSG_CAST,
	.handle = (void (*)(void))probe_cast,
	.encode = secret_encode,
};

static struct otp_server_class showing_class = BOX_CLASS(false);

/* --- B50 ----------------------------------------------------------------------- */

/* What the last crash report said; written by whoever crashed. */
static pthread_mutex_t shown_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int count;
	char message[TEXT_SIZE], state[TEXT_SIZE], reason[TEXT_SIZE];
	bool format_failed;
} shown;

static void
show(const struct otp_report *report)
{
	if (report->kind != OTP_REPORT_CRASH || !report->class_name)
		return;
	pthread_mutex_lock(&shown_lock);
	shown.count++;
	print_term(report->message_term, shown.message);
	print_term(report->state, shown.state);
	print_term(report->reason, shown.reason);
	shown.format_failed = report->format_failed;
	pthread_mutex_unlock(&shown_lock);
}

/* Ends a server that shows by format_status, with a reason it hides. */
static void
crash_showing(int does)
{
	otp_pid pid;
	otp_ref ref;

	format_does = does;
	showing_class.format_status = box_format;
	pid = probe(&showing_class);
	ref = otp_monitor(pid);
	shown.count = 0;
	otp_report_set_handler(show);
	otp_msg_send(
		otp_to_pid(pid), request_new(&secret_type, EXIT, 0, "secret"));
	/* Who watches sees what it was. */
	assert_string_equal(down_reason(ref), "secret");
	otp_report_set_handler(report_handler);
	expect(NOTE_CAST);
	assert_string_equal(expect(NOTE_TERMINATE).text, "secret");
	assert_int_equal(shown.count, 1);
}

static void
B50_format_status_says_what_reports_and_status_show(void **state)
{
	struct otp_sys_status status;
	char text[TEXT_SIZE];
	otp_pid pid;

	(void)state;
	crash_showing(FORMAT_HIDES);
	assert_string_equal(shown.state, "hidden_0");
	assert_string_equal(shown.message, "some_message");
	assert_string_equal(shown.reason, "no_reason");
	assert_false(shown.format_failed);
	pid = probe(&showing_class);
	add(pid, 3);
	status = status_of(pid);
	print_term(status.state, text);
	assert_string_equal(text, "hidden_3");
	assert_state(pid, 3, "new"); /* as it is */
	end_probe(pid);
}

/* Nothing that it has not seen is shown, and the rest is. */
static void
B50_a_format_status_that_fails_does_not_break_the_report(void **state)
{
	(void)state;
	for (int does = FORMAT_CRASHES; does <= FORMAT_EXITS; does++) {
		crash_showing(does);
		assert_string_equal(shown.state, "");
		assert_string_equal(shown.message, "some_message");
		assert_string_equal(shown.reason, "no_reason");
		assert_true(shown.format_failed);
	}
}

static void
B50_a_format_status_that_fails_does_not_harm_the_server(void **state)
{
	otp_pid pid;

	(void)state;
	showing_class.format_status = box_format;
	pid = probe(&showing_class);
	for (int does = FORMAT_CRASHES; does <= FORMAT_EXITS; does++) {
		format_does = does;
		for (int i = 0; i < 20; i++) {
			cast(pid, NOREPLY, i, "");
			assert_true(otp_term_is_atom(
				status_of(pid).state, "undefined"));
			assert_int_equal(expect(NOTE_CAST).value, i);
		}
	}
	format_does = FORMAT_HIDES;
	assert_true(otp_term_is_atom(status_of(pid).state, "hidden_0"));
	assert_false(have_report(OTP_REPORT_CRASH));
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	end_probe(pid);
}

/* What nobody can write as a term it can. */
static void
B50_format_status_shows_an_opaque_state(void **state)
{
	static struct otp_server_class class = BOX_CLASS(false);
	otp_term term;
	otp_pid pid;

	(void)state;
	class.state = NULL;
	class.format_status = box_format;
	format_does = FORMAT_HIDES;
	pid = probe(&class);
	add(pid, 2);
	assert_string_equal(state_of(pid), "hidden_2");
	format_does = FORMAT_CRASHES;
	assert_int_equal(otp_sys_get_state(otp_to_pid(pid), PATIENCE_MS, &term),
		OTP_BAD_TERM);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B50_format_status_says_what_reports_and_status_show),
		RULE(B50_a_format_status_that_fails_does_not_break_the_report),
		RULE(B50_a_format_status_that_fails_does_not_harm_the_server),
		RULE(B50_format_status_shows_an_opaque_state),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
