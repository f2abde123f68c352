/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a server: to see it, replace it, and what time it has (F3,
 * B37). */
#include "box.h"

/* --- F3 ---------------------------------------------------------------------- */

/* Adds *arg to the value; a new label. */
static otp_err
change_add(otp_term old, void *arg, otp_term *changed)
{
	const int64_t *n = arg;
	struct box value = {0};
	otp_err err = otp_type_from_term(&box_type, old, &value);

	if (err != OTP_OK)
		return err;
	value.value += *n;
	value.label.v = otp_str("changed");
	*changed = otp_type_to_term(&box_type, &value);
	return OTP_OK;
}

static otp_err
change_fails(otp_term old, void *arg, otp_term *changed)
{
	(void)arg;
	*changed = old;
	return OTP_REFUSED;
}

static otp_err
change_to_nonsense(otp_term old, void *arg, otp_term *changed)
{
	(void)old;
	(void)arg;
	*changed = term_of("nonsense");
	return OTP_OK;
}

static void
F3_replace_state_gives_the_new_one_or_leaves_the_old_one(void **state)
{
	otp_pid pid = box();
	int64_t five = 5;
	char text[TEXT_SIZE];
	otp_term term;

	(void)state;
	sys_ok(otp_sys_replace_state(
		otp_to_pid(pid), PATIENCE_MS, change_add, &five, &term));
	print_term(term, text);
	assert_string_equal(text, "#{value => 5,label => <<\"changed\">>}");
	assert_state(pid, 5, "changed");
	sys_ok(otp_sys_replace_state(
		otp_to_pid(pid), PATIENCE_MS, change_add, &five, NULL));
	assert_state(pid, 10, "changed");
	assert_int_equal(otp_sys_replace_state(otp_to_pid(pid), PATIENCE_MS,
				 change_fails, NULL, &term),
		OTP_REFUSED);
	assert_state(pid, 10, "changed");
	assert_int_equal(otp_sys_replace_state(otp_to_pid(pid), PATIENCE_MS,
				 change_to_nonsense, NULL, &term),
		OTP_BAD_TERM);
	assert_state(pid, 10, "changed");
	/* It goes on. */
	add(pid, 1);
	assert_state(pid, 11, "changed");
	end_probe(pid);
}

static otp_err
change_held(otp_term old, void *arg, otp_term *changed)
{
	hold();
	return change_add(old, arg, changed);
}

static otp_err
change_crashes(otp_term old, void *arg, otp_term *changed)
{
	(void)arg;
	*changed = old;
	crash();
	return OTP_OK;
}

/* What a changer is told; each has its own. */
static struct changing {
	otp_pid pid;
	otp_sys_change does;
} changings[64];
static size_t changing_count;

static void
changer(void *arg)
{
	const struct changing *changing = arg;
	int64_t hundred = 100;
	otp_err err = otp_sys_replace_state(otp_to_pid(changing->pid),
		PATIENCE_MS, changing->does, &hundred, NULL);

	tell(NOTE_DONE, err, OTP_UNDEFINED);
}

static otp_pid
changer_spawn(otp_pid pid, otp_sys_change does, otp_ref *ref)
{
	struct otp_spawn_opts opts = {.monitor = ref};
	struct changing *changing = &changings[changing_count++];
	otp_pid caller;

	*changing = (struct changing){pid, does};
	assert_int_equal(
		otp_spawn_opt(changer, changing, &opts, &caller), OTP_OK);
	return caller;
}

static void
F3_nothing_is_handled_while_the_state_is_replaced(void **state)
{
	otp_pid pid = box(), caller;
	otp_request request;
	struct otp_msg *m;
	otp_ref ref;

	(void)state;
	caller = changer_spawn(pid, change_held, &ref);
	expect(NOTE_READY);
	add(pid, 1);
	m = request_new(&ask_type, REPLY, 0, "");
	assert_int_equal(otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	otp_sleep(20);
	expect_nothing();
	release(caller);
	assert_int_equal(await(NOTE_DONE).value, OTP_OK);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_OK);
	otp_msg_free(m);
	await(NOTE_CALL);
	assert_state(pid, 101, "changed");
	down_reason(ref);
	end_probe(pid);
}

static void
F3_a_caller_that_ends_while_it_changes_the_state_leaves_the_old_one(
	void **state)
{
	otp_pid pid = box();
	otp_ref ref;

	(void)state;
	for (int i = 0; i < 20; i++) {
		changer_spawn(pid, change_crashes, &ref);
		add(pid, 1);
		assert_begins(down_reason(ref), "{{fault,");
	}
	assert_state(pid, 20, "new");
	assert_false(have(NOTE_DONE));
	/* Also of one that is suspended: it stays so. */
	suspend(pid);
	changer_spawn(pid, change_crashes, &ref);
	add(pid, 1);
	down_reason(ref);
	assert_state(pid, 20, "new");
	assert_true(status_of(pid).suspended);
	resume(pid);
	assert_state(pid, 21, "new");
	end_probe(pid);
}

/* Who no longer waits for the state does not hold the server. */
static void
F3_a_caller_that_gives_up_does_not_hold_the_server(void **state)
{
	otp_pid pid = box();
	int64_t five = 5;

	(void)state;
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	assert_int_equal(otp_sys_replace_state(
				 otp_to_pid(pid), 10, change_add, &five, NULL),
		OTP_TIMEOUT);
	release(pid);
	add(pid, 1);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	assert_state(pid, 1, "new");
	expect_nothing();
	end_probe(pid);
}

static void
F3_many_replace_the_state_one_after_the_other(void **state)
{
	otp_pid pid = box();
	otp_ref refs[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		changer_spawn(pid, change_add, &refs[i]);
	for (int i = 0; i < 10; i++)
		down_reason(refs[i]);
	while (have(NOTE_DONE))
		;
	assert_state(pid, 1000, "changed");
	end_probe(pid);
}

/* It is the behaviour's to show; other states can't be replaced either. */
static void
F3_an_opaque_state_is_not_shown(void **state)
{
	otp_pid pid = probe(&plain_class);
	otp_term term;
	struct otp_sys_status status = {0};
	int64_t five = 5;

	(void)state;
	assert_int_equal(otp_sys_get_state(otp_to_pid(pid), PATIENCE_MS, &term),
		OTP_NOT_ALLOWED);
	assert_int_equal(otp_sys_replace_state(otp_to_pid(pid), PATIENCE_MS,
				 change_add, &five, NULL),
		OTP_NOT_ALLOWED);
	status = status_of(pid);
	assert_true(otp_term_is_atom(status.state, "undefined"));
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	end_probe(pid);
}

/* --- B37 ----------------------------------------------------------------------- */

#define B37_MS 150

/*
 * Asks it, from *last_ms on, when its time began, again and again: was none of
 * that late? On a busy machine it may be, and then its time has been over. Sets
 * *last_ms to when it answered last.
 */
static bool
keeps_asking(otp_pid pid, int64_t *last_ms)
{
	int64_t end = *last_ms + 4 * B37_MS, now;
	bool is_over = false;

	while (*last_ms < end) {
		otp_sleep(5);
		state_of(pid);
		is_over |= have(NOTE_TIMEOUT);
		now = otp_monotonic_ms();
		if (now - *last_ms >= B37_MS / 2) {
			if (!is_over)
				await(NOTE_TIMEOUT);
			return false;
		}
		*last_ms = now;
	}
	assert_false(is_over);
	return true;
}

static void
B37_a_system_message_restarts_the_time(void **state)
{
	otp_pid pid = box();
	int64_t asked;

	(void)state;
	do {
		asked = otp_monotonic_ms();
		cast(pid, TIMEOUT, B37_MS, "");
		expect(NOTE_CAST);
	} while (!keeps_asking(pid, &asked));
	await(NOTE_TIMEOUT);
	/* The whole of it, from the last one on; it has its own clock. */
	assert_true(otp_monotonic_ms() - asked >= B37_MS / 2);
	/* And with no time to restart, nothing. */
	state_of(pid);
	otp_sleep(B37_MS / 2);
	expect_nothing();
	end_probe(pid);
}

static void
B37_a_suspended_server_has_no_time(void **state)
{
	otp_pid pid = box();
	int64_t resumed;

	(void)state;
	cast(pid, TIMEOUT, 40, "");
	expect(NOTE_CAST);
	suspend(pid);
	if (have(NOTE_TIMEOUT)) { /* a busy machine */
		resume(pid);
		end_probe(pid);
		return;
	}
	otp_sleep(120);
	state_of(pid);
	expect_nothing();
	resumed = otp_monotonic_ms();
	resume(pid);
	expect(NOTE_TIMEOUT);
	assert_true(otp_monotonic_ms() - resumed >= 40 - 1);
	/* What was queued meanwhile comes first, and cancels it. */
	cast(pid, TIMEOUT, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_TIMEOUT);
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	cast(pid, TIMEOUT, 0, "");
	release(pid);
	suspend(pid);
	while (have(NOTE_TIMEOUT))
		;
	cast(pid, NOREPLY, 1, "");
	await(NOTE_CAST);
	resume(pid);
	await(NOTE_CAST);
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F3_replace_state_gives_the_new_one_or_leaves_the_old_one),
		RULE(F3_nothing_is_handled_while_the_state_is_replaced),
		RULE(F3_a_caller_that_ends_while_it_changes_the_state_leaves_the_old_one),
		RULE(F3_a_caller_that_gives_up_does_not_hold_the_server),
		RULE(F3_many_replace_the_state_one_after_the_other),
		RULE(F3_an_opaque_state_is_not_shown),
		RULE(B37_a_system_message_restarts_the_time),
		RULE(B37_a_suspended_server_has_no_time),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
