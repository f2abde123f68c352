/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crash reports: what they hold, and what happens when the code of the program
 * that makes or takes them fails itself. Whatever it does, the process ends
 * once, with one report, its `ending` and its destructors.
 */
#include "core_world.h"

#define WRONG __attribute__((noinline, no_sanitize("undefined")))

static char *volatile null_pointer;

static void WRONG
crash(void)
{
	*null_pointer = 1;
}

/* --- who takes reports --------------------------------------------------- */

enum fail {
	FINE,
	FAULT,
	EXIT,
	ASSERT,
	FAILS
};

static enum fail fail_report, fail_message, fail_state, fail_ending;
static _Atomic(unsigned) reports, endings, destructors;
static char message_text[200], state_text[200], reason_text[2000];

static void
fail_as(enum fail how)
{
	switch (how) {
	case FAULT:
		crash();
		break;
	case EXIT:
		otp_exit(otp_term_system_limit);
	case ASSERT:
		otp_assert(how == FINE);
		break;
	default:
		break;
	}
}

static void
print(otp_term term, char *text, size_t size)
{
	text[0] = '\0';
	if (term.len)
		otp_term_print(term, text, size);
}

static void
take_report(const struct otp_report *report)
{
	if (report->kind != OTP_REPORT_CRASH)
		return;
	print(report->message_term, message_text, sizeof message_text);
	print(report->state, state_text, sizeof state_text);
	print(report->reason, reason_text, sizeof reason_text);
	EXPECT(report->message && strcmp(report->message, "deposit") == 0);
	EXPECT(report->class_name &&
		strcmp(report->class_name, "account") == 0);
	atomic_fetch_add(&reports, 1);
	otp_self(); /* the public interface is open to it */
	fail_as(fail_report);
}

/* --- who crashes --------------------------------------------------------- */

struct account {
	uint64_t balance;
};

static void
deposit_encode(otp_term_builder *builder, const struct otp_msg_type *type,
	const void *payload)
{
	const struct number *number = payload;

	(void)type;
	otp_build_tuple(builder, 2);
	otp_build_atom(builder, otp_atom_of("deposit"));
	fail_as(fail_message);
	otp_build_uint(builder, number->value);
}

static const struct otp_msg_type deposit_type = {
	.name = "deposit",
	.owner = "account",
	.size = sizeof(struct number),
	.reply_size = sizeof(struct number),
	.kind = OTP_MSG_CALL,
	.encode = deposit_encode,
};

static void
count_destructor(void *ptr)
{
	(void)ptr;
	atomic_fetch_add(&destructors, 1);
}

static enum otp_verdict
account_init(void *data, struct otp_msg *start)
{
	struct account *account = data;

	(void)start;
	account->balance = 77;
	otp_own(account, count_destructor);
	return OTP_GO_ON;
}

static enum otp_verdict
account_handle(void *data, struct otp_event *event)
{
	struct account *account = data;

	if (event->kind == OTP_EVENT_MESSAGE) {
		account->balance++;
		fail_as((enum fail)number_in(event->msg).value);
	}
	return OTP_GO_ON;
}

static void
account_ending(void *data, otp_term reason)
{
	(void)data;
	(void)reason;
	atomic_fetch_add(&endings, 1);
	fail_as(fail_ending);
}

static void
account_encode(otp_term_builder *builder, const void *data)
{
	const struct account *account = data;

	otp_build_map(builder, 1);
	otp_build_atom(builder, otp_atom_of("balance"));
	fail_as(fail_state);
	otp_build_uint(builder, account->balance);
}

static const struct otp_behaviour account_behaviour = {
	.name = "gen_account",
	.init = account_init,
	.handle = account_handle,
	.ending = account_ending,
	.encode_state = account_encode,
};

static const struct otp_process_class account_class = {
	.behaviour = &account_behaviour,
	.name = "account",
	.data_size = sizeof(struct account),
};

/* --- the tests ----------------------------------------------------------- */

static void
fine(void)
{
	fail_report = fail_message = fail_state = fail_ending = FINE;
}

/* A new account fails as `how` in its handler; the words of its DOWN. */
static void
one_death(enum fail how, char *text, size_t size)
{
	struct otp_process_opts start = {.process_class = &account_class};
	struct otp_msg *m;
	struct otp_received r;
	otp_pid pid;
	otp_ref ref;

	atomic_store(&reports, 0);
	atomic_store(&endings, 0);
	atomic_store(&destructors, 0);
	otp_report_set_handler(take_report);
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	ref = otp_monitor(pid);
	m = number_new(&deposit_type, how, 0);
	assert_int_equal(
		otp_msg_call(otp_to_pid(pid), &m, PATIENCE_MS), OTP_DIED);
	assert_int_equal(
		otp_receive_match(is_down, &ref, &r, PATIENCE_MS), OTP_OK);
	otp_term_print(r.reason, text, size);
	otp_lent_free();
	otp_report_set_handler(NULL);
	/* A signal comes to nobody. */
	otp_exit_signal(pid, OTP_KILL);
	assert_true(silence());
	assert_false(otp_is_alive(pid));
	/* What `ending` makes of it is a second one. */
	assert_int_equal(atomic_load(&reports), fail_ending == FINE ? 1 : 2);
	assert_int_equal(atomic_load(&endings), 1);
	assert_int_equal(atomic_load(&destructors), 1);
}

static void
is_reason_of(enum fail how, const char *text)
{
	static const char *const words[FAILS] = {
		"?", "{fault,", "system_limit", "{assert,"};

	if (!strstr(text, words[how]))
		fail_msg("no '%s' in '%s'", words[how], text);
}

static void
a_report_holds_message_state_and_reason(void **state)
{
	char text[2000], message[40];

	(void)state;
	may_crash();
	fine();
	for (enum fail how = FAULT; how < FAILS; how++) {
		one_death(how, text, sizeof text);
		is_reason_of(how, text);
		assert_string_equal(reason_text, text);
		snprintf(message, sizeof message, "{deposit,%d}", (int)how);
		assert_string_equal(message_text, message);
		assert_string_equal(state_text, "#{balance => 78}");
	}
}

/* Not even its reason is another one. */
static void
a_report_handler_may_fail(void **state)
{
	char text[2000];

	(void)state;
	may_crash();
	for (enum fail how = FAULT; how < FAILS; how++)
		for (enum fail again = FAULT; again < FAILS; again++) {
			fine();
			fail_report = again;
			one_death(how, text, sizeof text);
			is_reason_of(how, reason_text);
			if (again == FAULT)
				is_reason_of(how, text);
		}
	fine();
}

static void
encoders_may_fail(void **state)
{
	char text[2000];

	(void)state;
	may_crash();
	for (enum fail how = FAULT; how < FAILS; how++) {
		fine();
		fail_message = FAULT;
		one_death(how, text, sizeof text);
		is_reason_of(how, text);
		assert_string_equal(message_text, "");
		fine();
		fail_state = FAULT;
		one_death(how, text, sizeof text);
		is_reason_of(how, text);
		assert_string_equal(state_text, "");
		assert_true(strstr(message_text, "{deposit,") != NULL);
	}
	fine();
}

/* All of it at once, as when the state is damaged: B46 still holds. */
static void
everything_may_fail(void **state)
{
	char text[2000];

	(void)state;
	may_crash();
	for (unsigned set = 0; set < 8; set++) {
		fine();
		fail_ending = FAULT;
		fail_report = set & 1 ? FAULT : FINE;
		fail_message = set & 2 ? FAULT : FINE;
		fail_state = set & 4 ? FAULT : FINE;
		one_death(EXIT, text, sizeof text);
		is_reason_of(FAULT, reason_text);
		is_reason_of(FAULT, text);
	}
	fine();
}

/* A plain process has no message and no state. */
static void
exit_alone(void *arg)
{
	otp_own(arg, count_destructor);
	otp_exit(otp_term_error);
}

static void
take_and_fail(const struct otp_report *report)
{
	if (report->kind != OTP_REPORT_CRASH)
		return;
	EXPECT(report->message == NULL && report->state.len == 0);
	atomic_fetch_add(&reports, 1);
	fail_as(fail_report);
}

static void
a_plain_process_is_reported_once(void **state)
{
	static char thing;

	(void)state;
	may_crash();
	for (enum fail how = FINE; how < FAILS; how++) {
		struct otp_spawn_opts opts = {0};
		struct otp_received r;
		otp_ref ref;

		opts.monitor = &ref;
		fail_report = how;
		atomic_store(&reports, 0);
		atomic_store(&destructors, 0);
		otp_report_set_handler(take_and_fail);
		assert_int_equal(
			otp_spawn_opt(exit_alone, &thing, &opts, NULL), OTP_OK);
		assert_int_equal(
			otp_receive_match(is_down, &ref, &r, PATIENCE_MS),
			OTP_OK);
		otp_report_set_handler(NULL);
		assert_int_equal(atomic_load(&reports), 1);
		assert_int_equal(atomic_load(&destructors), 1);
	}
	fine();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_report_holds_message_state_and_reason),
		TEST(a_report_handler_may_fail),
		TEST(encoders_may_fail),
		TEST(everything_may_fail),
		TEST(a_plain_process_is_reported_once),
	};

	return WORLD_RUN(tests);
}
