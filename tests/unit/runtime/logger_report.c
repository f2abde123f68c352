/* SPDX-License-Identifier: Apache-2.0 */
/* Reports in words. Needs no running runtime. */
#include "otp/log.h"

#include <otp/behaviour.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static char buffer[OTPI_REPORT_TEXT];

static const otp_pid account = {12, 3, 0, 0};
static const otp_pid parent = {4, 1, 0, 0};

static const char *
words(const struct otp_report *report)
{
	struct text text;

	otpi_text_init(&text, buffer, sizeof buffer);
	otpi_report_text(&text, report, 1767225600250000, NULL);
	assert_int_equal(text.len, strlen(buffer));
	return buffer;
}

static void
has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static otp_term
withdraw_13(otp_term_builder *b)
{
	otp_term term;

	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of("withdraw"));
	otp_build_int(b, 13);
	assert_int_equal(otp_term_builder_term(b, &term), OTP_OK);
	return term;
}

/* The reason of a fault, as the core makes it. */
static otp_term
fault(otp_term_builder *b, bool overflow)
{
	otp_term term;

	otp_build_tuple(b, 2);
	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of("fault"));
	otp_build_map(b, 2);
	otp_build_atom(b, otp_atom_of("address"));
	otp_build_uint(b, 0);
	otp_build_atom(b, otp_atom_of("overflow"));
	otp_build_bool(b, overflow);
	otp_build_list(b, 1);
	otp_build_uint(b, 94008);
	otp_build_nil(b);
	assert_int_equal(otp_term_builder_term(b, &term), OTP_OK);
	return term;
}

static void
a_crash_says_who_what_and_where(void **state)
{
	otp_term_builder message = {0}, reason = {0};
	struct otp_report report = {
		.kind = OTP_REPORT_CRASH,
		.pid = account,
		.name = "account_17",
		.parent = parent,
		.behaviour = "gen_server",
		.class_name = "bank_account",
		.message = "withdraw",
		.message_kind = OTP_MSG_CALL,
		.message_term = withdraw_13(&message),
		.reason = fault(&reason, false),
		.mailbox_length = 2,
		.link_count = 1,
		.signal = SIGSEGV,
		.frames = {94008, 94100},
		.frame_count = 2,
	};
	const char *text = words(&report);

	(void)state;
	has(text, "=CRASH REPORT==== 2026-01-01T00:00:00.250Z ===\n");
	has(text, "<0.12.3> account_17, gen_server bank_account\n");
	has(text, "call withdraw {withdraw,13}\n");
	has(text, "SIGSEGV at 0x0 (NULL dereference)\n");
	has(text, "{{fault,#{");
	has(text, "}},[...]}\n");
	has(text, "2 messages, 1 links, started by <0.4.1>\n");
	has(text, "#0  0x16f38\n");
	assert_null(strstr(text, "state"));
	otp_term_builder_free(&message);
	otp_term_builder_free(&reason);
}

static void
a_format_status_that_failed_is_named(void **state)
{
	struct otp_report report = {.kind = OTP_REPORT_CRASH,
		.pid = account,
		.class_name = "bank_account",
		.format_failed = true};
	const char *text = words(&report);

	(void)state;
	has(text, "  format_status failed\n");
	assert_null(strstr(text, "reason"));
}

static void
an_overflow_is_called_so(void **state)
{
	otp_term_builder reason = {0};
	struct otp_report report = {.kind = OTP_REPORT_CRASH,
		.pid = account,
		.reason = fault(&reason, true),
		.signal = SIGSEGV,
		.address = 0x7f0000001000};

	(void)state;
	has(words(&report), "SIGSEGV at 0x7f0000001000 (stack overflow)\n");
	otp_term_builder_free(&reason);
}

static void
a_supervisor_says_what_follows(void **state)
{
	struct otp_report report = {.kind = OTP_REPORT_CHILD,
		.pid = parent,
		.class_name = "bank_accounts",
		.behaviour = "supervisor",
		.reason = OTP_KILLED,
		.child_id = "account",
		.child = account,
		.verdict = "restarting (1 of 3 in 5 s)"};

	(void)state;
	has(words(&report),
		"  bank_accounts: child <0.12.3> of account terminated: "
		"restarting (1 of 3 in 5 s)\n");
	has(words(&report), "killed\n");
	report.kind = OTP_REPORT_START;
	report.child = (otp_pid){0};
	report.verdict = NULL;
	has(words(&report),
		"  bank_accounts: child account could not be started\n");
	report.kind = OTP_REPORT_INTENSITY;
	report.verdict = "the supervisor gives up";
	has(words(&report), "terminated once too often: the supervisor");
	report.kind = OTP_REPORT_SHUTDOWN;
	report.verdict = "killed";
	has(words(&report), "child account terminated: killed\n");
}

static void
a_stuck_handler_is_a_warning(void **state)
{
	struct otp_report report = {.kind = OTP_REPORT_STUCK,
		.pid = account,
		.behaviour = "gen_server",
		.class_name = "bank_account",
		.message = "tick",
		.message_kind = OTP_MSG_INFO,
		.running_ms = 12};

	(void)state;
	has(words(&report),
		"  <0.12.3>, gen_server bank_account has run for 12 ms "
		"without a break: info tick\n");
	assert_int_equal(otpi_report_level(OTP_REPORT_STUCK), OTP_LOG_WARNING);
	assert_int_equal(otpi_report_level(OTP_REPORT_CRASH), OTP_LOG_ERROR);
}

static void
what_a_limit_did_is_said(void **state)
{
	struct otp_report full = {.kind = OTP_REPORT_BLOCKING,
		.threads = 256,
		.mailbox_length = 3};
	struct otp_report heap = {.kind = OTP_REPORT_CRASH,
		.pid = account,
		.reason = OTP_KILLED,
		.heap_size = 70000,
		.max_heap = 65536};

	(void)state;
	has(words(&full),
		"  all 256 threads for blocking servers are in handlers: "
		"3 servers wait for one\n");
	assert_int_equal(
		otpi_report_level(OTP_REPORT_BLOCKING), OTP_LOG_WARNING);
	has(words(&heap), "  max_heap    70000 bytes of 65536\n");
}

static void
all_unset_is_no_harm(void **state)
{
	struct otp_report report = {0};

	(void)state;
	for (int kind = 0; kind <= OTP_REPORT_BLOCKING; kind++) {
		report.kind = (enum otp_report_kind)kind;
		report.reason = otp_term_normal;
		assert_true(strlen(words(&report)) > 0);
	}
}

static void
a_long_text_is_cut_with_a_mark(void **state)
{
	char small[64];
	struct text text;

	(void)state;
	otpi_text_init(&text, small, sizeof small);
	for (int i = 0; i < 20; i++)
		otpi_text_add(&text, "%s", "0123\303\244");
	otpi_text_end(&text);
	assert_int_equal(text.len, strlen(small));
	assert_true(text.len < sizeof small);
	assert_string_equal(strchr(small, ' '), " ...(cut)\n");
}

static void
a_cut_leaves_whole_characters(void **state)
{
	(void)state;
	for (size_t size = 16; size < 48; size++) {
		char small[64];
		struct text text;
		size_t i = 0;

		otpi_text_init(&text, small, size);
		for (int n = 0; n < 40; n++)
			otpi_text_add(&text, "\303\244");
		otpi_text_end(&text);
		while (small[i] == '\303') {
			assert_int_equal((unsigned char)small[i + 1], 0244);
			i += 2;
		}
		assert_string_equal(small + i, " ...(cut)\n");
	}
}

static void
a_pid_looks_as_in_a_term(void **state)
{
	otp_term_builder builder = {0};
	char small[64], printed[64];
	struct text text;
	otp_term term;

	(void)state;
	otp_build_pid(&builder, account);
	assert_int_equal(otp_term_builder_term(&builder, &term), OTP_OK);
	otp_term_print(term, printed, sizeof printed);
	otpi_text_init(&text, small, sizeof small);
	otpi_text_pid(&text, account);
	assert_string_equal(small, printed);
	otp_term_builder_free(&builder);
}

static void
levels_are_found_by_name(void **state)
{
	enum otp_log_level level = OTP_LOG_DEBUG;

	(void)state;
	assert_true(otpi_log_level_find("emergency", &level));
	assert_int_equal(level, OTP_LOG_EMERGENCY);
	assert_true(otpi_log_level_find("debug", &level));
	assert_int_equal(level, OTP_LOG_DEBUG);
	assert_false(otpi_log_level_find("Debug", &level));
	assert_false(otpi_log_level_find("", &level));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crash_says_who_what_and_where),
		cmocka_unit_test(a_format_status_that_failed_is_named),
		cmocka_unit_test(an_overflow_is_called_so),
		cmocka_unit_test(a_supervisor_says_what_follows),
		cmocka_unit_test(a_stuck_handler_is_a_warning),
		cmocka_unit_test(what_a_limit_did_is_said),
		cmocka_unit_test(all_unset_is_no_harm),
		cmocka_unit_test(a_long_text_is_cut_with_a_mark),
		cmocka_unit_test(a_cut_leaves_whole_characters),
		cmocka_unit_test(a_pid_looks_as_in_a_term),
		cmocka_unit_test(levels_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
