/* SPDX-License-Identifier: Apache-2.0 */
/* sys: to look into a process, hold it and change it (F1-F8, B37, B48, B50). */
#include "tree.h"

/* --- a probe whose state can be shown, and be replaced -------------------- */

struct box {
	struct probe probe;
	int64_t value;
	struct otp_string_kept label;
};

static const struct otp_member box_members[] = {
	{.name = "value",
		.wire = OTP_WIRE("value"),
		.type = &otp_int64_type,
		.offset = offsetof(struct box, value)},
	{.name = "label",
		.wire = OTP_WIRE("label"),
		.type = &otp_string_type,
		.offset = offsetof(struct box, label.v)},
};

static const struct otp_type box_type = {
	.name = "Box",
	.kind = OTP_TYPE_RECORD,
	.form = OTP_FORM_MAP,
	.size = sizeof(struct box),
	.count = 2,
	.members = box_members,
};

static void
box_set_state(void *state, const void *value)
{
	struct box *self = state;
	const struct box *new = value;

	self->value = new->value;
	otp_string_keep(&self->label, new->label.v);
}

static otp_next
box_init(void *state, struct otp_msg *m)
{
	struct box *self = state;

	otp_string_keep(&self->label, otp_str("new"));
	return probe_init(state, m);
}

static otp_next
box_add(void *state, struct otp_msg *m)
{
	struct box *self = state;
	const struct request *r = otp_msg_payload(m);

	self->value += r->value;
	return otp_noreply();
}

PROBE_TYPE(add, OTP_MSG_CAST, false, false, box_add);

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

#define BOX_CLASS(TRAP_EXIT) \
	{ \
		.process = {.behaviour = &otp_gen_server, .name = "box"}, \
		.owner = "probe", .state_size = sizeof(struct box), \
		.trap_exit = TRAP_EXIT, .init = box_init, \
		.timeout = probe_timeout, .exit = probe_exit, \
		.terminate = probe_terminate, .state = &box_type, \
		.set_state = box_set_state, \
	}

static struct otp_server_class box_class = BOX_CLASS(true);
static struct otp_server_class showing_class = BOX_CLASS(false);

static otp_pid
box(void)
{
	return probe(&box_class);
}

static void
add(otp_pid pid, int64_t n)
{
	otp_msg_send(otp_to_pid(pid), request_new(&add_type, REPLY, n, ""));
}

static void
sys_ok(otp_err err)
{
	if (err != OTP_OK)
		fail_msg("%s", otp_err_name(err));
}

static void
suspend(otp_pid pid)
{
	sys_ok(otp_sys_suspend(otp_to_pid(pid), PATIENCE_MS));
}

static void
resume(otp_pid pid)
{
	sys_ok(otp_sys_resume(otp_to_pid(pid), PATIENCE_MS));
}

static struct otp_sys_status
status_of(otp_pid pid)
{
	struct otp_sys_status status = {0};

	sys_ok(otp_sys_get_status(otp_to_pid(pid), PATIENCE_MS, &status));
	return status;
}

/* The state as text; static. */
static const char *
state_of(otp_pid pid)
{
	static char text[TEXT_SIZE];
	otp_term term;

	sys_ok(otp_sys_get_state(otp_to_pid(pid), PATIENCE_MS, &term));
	print_term(term, text);
	return text;
}

static void
assert_state(otp_pid pid, int value, const char *label)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "#{value => %d,label => <<\"%s\">>}", value,
		label);
	assert_string_equal(state_of(pid), text);
}

/* --- F1 ---------------------------------------------------------------------- */

/* Asks for the state, which another process tells the tester. */
static void
looker(void *arg)
{
	const otp_pid *pid = arg;
	otp_term term = OTP_UNDEFINED;

	if (otp_sys_get_state(otp_to_pid(*pid), PATIENCE_MS, &term) != OTP_OK)
		term = term_of("failed");
	tell(NOTE_DONE, 0, term);
}

static void
F1_sys_is_served_between_callbacks_in_queue_order(void **state)
{
	static otp_pid pid;
	struct note note;

	(void)state;
	pid = box();
	add(pid, 1);
	add(pid, 2);
	assert_state(pid, 3, "new");
	/* Within a callback nobody is served, then it is in its turn. */
	cast(pid, HOLD, 0, "");
	expect(NOTE_CAST);
	expect(NOTE_READY);
	add(pid, 10);
	otp_spawn(looker, &pid);
	otp_sleep(20);
	assert_false(have(NOTE_DONE));
	release(pid);
	note = expect(NOTE_DONE);
	assert_string_equal(note.text, "#{value => 13,label => <<\"new\">>}");
	end_probe(pid);
}

static void
F1_supervisors_serve_sys_too(void **state)
{
	static struct tree tree;
	struct otp_sys_status status;
	char text[TEXT_SIZE];

	(void)state;
	tree_init(&tree, OTP_ONE_FOR_ONE, 2);
	tree_start(&tree);
	expect_inits("01", NULL);
	suspend(tree.pid);
	status = status_of(tree.pid);
	assert_true(status.suspended);
	assert_string_equal(status.behaviour, "supervisor");
	resume(tree.pid);
	status = status_of(tree.pid);
	assert_false(status.suspended);
	print_term(status.state, text);
	assert_begins(text, "#{strategy => one_for_one,intensity => 3,"
			    "period => 60000,children => [{'0',<0.");
	assert_int_equal(otp_sys_replace_state(tree_to(&tree), PATIENCE_MS,
				 NULL, NULL, NULL),
		OTP_NOT_ALLOWED);
	tree_stop(&tree);
}

/* --- F2 ---------------------------------------------------------------------- */

static void
F2_a_suspended_server_serves_sys_only_and_the_rest_in_order_later(void **state)
{
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	assert_true(status_of(pid).suspended);
	for (int i = 0; i < 5; i++)
		cast(pid, NOREPLY, i, "");
	add(pid, 4);
	assert_state(pid, 0, "new");
	suspend(pid); /* once more: nothing */
	otp_exit_signal(pid, term_of("trapped"));
	cast(pid, NOREPLY, 5, "");
	assert_state(pid, 0, "new");
	expect_nothing();
	resume(pid);
	for (int i = 0; i < 5; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	assert_string_equal(expect(NOTE_EXIT).text, "trapped");
	assert_int_equal(expect(NOTE_CAST).value, 5);
	assert_state(pid, 4, "new");
	assert_false(status_of(pid).suspended);
	resume(pid); /* once more: nothing */
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	end_probe(pid);
}

/* A call waits until the server goes on. */
static void
F2_calls_to_a_suspended_server_wait(void **state)
{
	otp_pid pid = box();
	otp_request request;
	struct otp_msg *m;

	(void)state;
	suspend(pid);
	m = request_new(&ask_type, REPLY, 7, "");
	assert_int_equal(
		otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	assert_state(pid, 0, "new");
	expect_nothing();
	resume(pid);
	assert_int_equal(otp_msg_await(&request, &m, PATIENCE_MS), OTP_OK);
	assert_int_equal(*(int64_t *)otp_msg_payload(m), 8);
	otp_msg_free(m);
	expect(NOTE_CALL);
	end_probe(pid);
}

static void
parent(void *arg)
{
	otp_pid pid;

	(void)arg;
	if (otp_server_start(&box_class, OTP_START_LINK,
		    start_new((struct probe_start){0}), NULL, &pid,
		    NULL) != OTP_OK)
		abort();
	hold();
}

static void
F2_the_parents_exit_ends_a_suspended_server_past_what_waits(void **state)
{
	otp_pid starter = otp_spawn(parent, NULL);
	otp_pid pid = expect(NOTE_INIT).from;
	otp_ref ref = otp_monitor(pid);

	(void)state;
	expect(NOTE_READY);
	suspend(pid);
	for (int i = 0; i < 10; i++)
		cast(pid, NOREPLY, i, "");
	otp_exit_signal(starter, term_of("gone"));
	assert_string_equal(down_reason(ref), "gone");
	assert_string_equal(expect(NOTE_TERMINATE).text, "gone");
	expect_nothing();
}

static void
F2_a_suspended_server_can_be_killed_and_its_callers_hear_of_it(void **state)
{
	otp_pid pid = box();
	otp_request request;
	struct otp_msg *m;

	(void)state;
	suspend(pid);
	m = request_new(&ask_type, REPLY, 7, "");
	assert_int_equal(
		otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(
		otp_msg_await(&request, &m, PATIENCE_MS), OTP_DIED);
	assert_string_equal(last_reason(), "killed");
}

/* What waits is not looked at again for each message that comes. */
static void
F2_a_suspended_server_keeps_a_full_mailbox_in_order(void **state)
{
	const int count = 20000;
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	for (int i = 0; i < count; i++) {
		add(pid, 1);
		if (i % 1000 == 0)
			assert_state(pid, 0, "new");
	}
	assert_state(pid, 0, "new");
	resume(pid);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	assert_state(pid, count, "new");
	end_probe(pid);
}

static void
F2_a_bound_that_drops_the_oldest_holds_for_one_that_is_suspended(void **state)
{
	static struct otp_server_class class = BOX_CLASS(true);
	otp_pid pid;

	(void)state;
	class.process.mailbox = 3;
	class.process.policy = OTP_MAILBOX_DROP_OLDEST;
	pid = probe(&class);
	suspend(pid);
	for (int i = 0; i < 200; i++) {
		cast(pid, NOREPLY, i, "");
		if (i % 7 == 0)
			assert_state(pid, 0, "new");
	}
	expect_nothing();
	resume(pid);
	for (int i = 197; i < 200; i++)
		assert_int_equal(expect(NOTE_CAST).value, i);
	assert_state(pid, 0, "new");
	expect_nothing();
	end_probe(pid);
}

/* Its handler's own waits are as ever. */
static void
F2_terminate_of_a_suspended_server_receives_what_waits(void **state)
{
	otp_pid pid = probe_with(
		&box_class, (struct probe_start){.last = LAST_HOLD});

	(void)state;
	suspend(pid);
	cast(pid, NOREPLY, 1, "");
	release(pid); /* waits behind the cast */
	assert_state(pid, 0, "new");
	sys_ok(otp_sys_terminate(otp_to_pid(pid), OTP_NORMAL, PATIENCE_MS));
	expect(NOTE_TERMINATE);
	expect(NOTE_READY);
	expect_nothing();
}

/* Many at once, who push while the server comes to rest and goes on. */
#define CROWD 8
#define CROWD_ROUNDS 60

static void
crowd_member(void *arg)
{
	const otp_pid *pid = arg;

	for (int i = 0; i < CROWD_ROUNDS; i++) {
		add(*pid, 1);
		switch (i % 6) {
		case 0:
			suspend(*pid);
			break;
		case 1:
			resume(*pid);
			break;
		case 2:
			state_of(*pid);
			break;
		default:
			otp_yield();
		}
	}
	resume(*pid);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

static void
F2_suspend_and_resume_of_many_lose_nothing(void **state)
{
	static otp_pid pid;

	(void)state;
	pid = box();
	for (int i = 0; i < CROWD; i++)
		otp_spawn(crowd_member, &pid);
	for (int i = 0; i < CROWD; i++)
		await(NOTE_DONE);
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	assert_state(pid, CROWD * CROWD_ROUNDS, "new");
	end_probe(pid);
}

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
	sys_ok(otp_sys_replace_state(otp_to_pid(pid), PATIENCE_MS, change_add,
		&five, &term));
	print_term(term, text);
	assert_string_equal(text, "#{value => 5,label => <<\"changed\">>}");
	assert_state(pid, 5, "changed");
	sys_ok(otp_sys_replace_state(otp_to_pid(pid), PATIENCE_MS, change_add,
		&five, NULL));
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

static otp_pid changed_pid;
static otp_sys_change changer_does;

static void
changer(void *arg)
{
	int64_t hundred = 100;
	otp_err err = otp_sys_replace_state(otp_to_pid(changed_pid),
		PATIENCE_MS, changer_does, &hundred, NULL);

	(void)arg;
	tell(NOTE_DONE, err, OTP_UNDEFINED);
}

static otp_pid
changer_spawn(otp_pid pid, otp_sys_change does, otp_ref *ref)
{
	struct otp_spawn_opts opts = {.monitor = ref};
	otp_pid caller;

	changed_pid = pid;
	changer_does = does;
	assert_int_equal(otp_spawn_opt(changer, NULL, &opts, &caller), OTP_OK);
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
	assert_int_equal(
		otp_msg_request(otp_to_pid(pid), m, &request), OTP_OK);
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
	assert_int_equal(otp_sys_replace_state(otp_to_pid(pid), 10, change_add,
				 &five, NULL),
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
	assert_int_equal(
		otp_sys_get_state(otp_to_pid(pid), PATIENCE_MS, &term),
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

/* --- F4, statistics -------------------------------------------------------- */

static void
F4_get_status_says_what_it_is_and_how_it_stands(void **state)
{
	struct otp_start_opts opts = {.name = "f4"};
	struct otp_sys_status status;
	char text[TEXT_SIZE];
	otp_pid pid;

	(void)state;
	assert_int_equal(
		otp_server_start(&box_class, OTP_START_LINK,
			start_new((struct probe_start){0}), &opts, &pid, NULL),
		OTP_OK);
	expect(NOTE_INIT);
	status = status_of(pid);
	assert_true(otp_pid_equal(status.pid, pid));
	assert_true(otp_pid_equal(status.parent, tester));
	assert_string_equal(status.name, "f4");
	assert_string_equal(status.behaviour, "gen_server");
	assert_string_equal(status.class_name, "box");
	assert_false(status.suspended);
	assert_false(status.statistics);
	print_term(status.state, text);
	assert_string_equal(text, "#{value => 0,label => <<\"new\">>}");
	suspend(pid);
	sys_ok(otp_sys_statistics(otp_to_pid(pid), PATIENCE_MS, true));
	/* By its name, and its other questions, too. */
	sys_ok(otp_sys_get_status(otp_to_name("f4"), PATIENCE_MS, &status));
	assert_true(status.suspended);
	assert_true(status.statistics);
	otp_exit_signal(pid, OTP_KILL);
	exit_reason(pid);
}

static void
F4_statistics_count_messages_in_and_out(void **state)
{
	otp_pid pid = box();
	struct otp_sys_statistics before = {0}, after = {0};
	otp_to to = otp_to_pid(pid);

	(void)state;
	assert_int_equal(
		otp_sys_statistics_get(to, PATIENCE_MS, &before),
		OTP_NOT_RUNNING);
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &before));
	assert_true(before.since > 0);
	for (int i = 0; i < 10; i++)
		add(pid, 1);
	cast(pid, NOREPLY, 0, ""); /* tells the tester: one out */
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK); /* that, an answer */
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &after));
	/* And what it was asked before: one in, its answer out. */
	assert_int_equal(after.messages_in - before.messages_in, 12 + 1);
	assert_int_equal(after.messages_out - before.messages_out, 3 + 1);
	assert_true(after.since == before.since);
	expect(NOTE_CAST);
	expect(NOTE_CALL);
	/* Begun again. */
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	sys_ok(otp_sys_statistics_get(to, PATIENCE_MS, &after));
	assert_int_equal(after.messages_in, before.messages_in);
	assert_int_equal(after.messages_out, before.messages_out);
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, false));
	assert_int_equal(otp_sys_statistics_get(to, PATIENCE_MS, &after),
		OTP_NOT_RUNNING);
	/* One that ends while it counts. */
	sys_ok(otp_sys_statistics(to, PATIENCE_MS, true));
	end_probe(pid);
}

/* --- F6, F8, B48 -------------------------------------------------------------- */

static void
F6_terminate_runs_terminate_and_ends_with_the_reason(void **state)
{
	otp_pid pid = box();
	otp_ref ref = otp_monitor(pid);

	(void)state;
	sys_ok(otp_sys_terminate(
		otp_to_pid(pid), term_of("enough"), PATIENCE_MS));
	assert_string_equal(expect(NOTE_TERMINATE).text, "enough");
	assert_string_equal(down_reason(ref), "enough");
}

static void
F8_sys_of_nobody_is_noproc(void **state)
{
	otp_pid pid = box();
	otp_to dead = otp_to_pid(pid), nobody = otp_to_name("f8_nobody");
	struct otp_sys_statistics statistics;
	struct otp_sys_status status;
	otp_term term;

	(void)state;
	end_probe(pid);
	assert_int_equal(otp_sys_suspend(dead, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(otp_sys_suspend(nobody, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(otp_sys_resume(dead, OTP_SYS_TIMEOUT), OTP_NOPROC);
	assert_int_equal(
		otp_sys_get_state(dead, OTP_SYS_TIMEOUT, &term), OTP_NOPROC);
	assert_int_equal(otp_sys_replace_state(dead, OTP_SYS_TIMEOUT,
				 change_add, NULL, NULL),
		OTP_NOPROC);
	assert_int_equal(otp_sys_replace_state(nobody, OTP_SYS_TIMEOUT,
				 change_add, NULL, NULL),
		OTP_NOPROC);
	assert_int_equal(
		otp_sys_get_status(dead, OTP_SYS_TIMEOUT, &status), OTP_NOPROC);
	assert_int_equal(
		otp_sys_statistics(dead, OTP_SYS_TIMEOUT, true), OTP_NOPROC);
	assert_int_equal(otp_sys_statistics_get(
				 dead, OTP_SYS_TIMEOUT, &statistics),
		OTP_NOPROC);
	assert_int_equal(otp_sys_terminate(dead, OTP_NORMAL, OTP_SYS_TIMEOUT),
		OTP_NOPROC);
	assert_int_equal(OTP_SYS_TIMEOUT, 5000);
}

/* A plain process has no answer, a time no sense, oneself no turn. */
static void
F8_sys_times_out_and_refuses_what_makes_no_sense(void **state)
{
	otp_pid pid = agent_spawn(false);
	otp_term term;

	(void)state;
	assert_int_equal(otp_sys_get_state(otp_to_pid(pid), 10, &term),
		OTP_TIMEOUT);
	assert_int_equal(otp_sys_get_state(otp_to_pid(pid), -1, &term),
		OTP_BADARG);
	assert_int_equal(
		otp_sys_suspend(otp_to_pid(tester), 10), OTP_CALLING_SELF);
	command(pid, DO_RETURN, tester, 0, "");
}

static void
B48_a_suspended_server_can_be_stopped(void **state)
{
	otp_pid pid = box();

	(void)state;
	suspend(pid);
	cast(pid, NOREPLY, 0, "");
	assert_int_equal(otp_server_stop(otp_to_pid(pid), OTP_NORMAL, -3),
		OTP_BADARG);
	assert_true(otp_is_alive(pid));
	assert_int_equal(
		otp_server_stop(otp_to_pid(pid), OTP_NORMAL, PATIENCE_MS),
		OTP_OK);
	assert_string_equal(expect(NOTE_TERMINATE).text, "normal");
	expect_nothing();
}

/* --- B37 ----------------------------------------------------------------------- */

#define B37_MS 150

/* Has no message of sys been late? On a busy machine one may be. */
static bool
keeps_asking(otp_pid pid)
{
	int64_t last = otp_monotonic_ms(), end = last + 4 * B37_MS;

	while (last < end) {
		otp_sleep(5);
		state_of(pid);
		if (otp_monotonic_ms() - last >= B37_MS / 2)
			return false;
		last = otp_monotonic_ms();
	}
	return true;
}

static void
B37_a_system_message_restarts_the_time(void **state)
{
	otp_pid pid = box();
	int64_t asked;
	bool in_time;

	(void)state;
	do {
		cast(pid, TIMEOUT, B37_MS, "");
		expect(NOTE_CAST);
		in_time = keeps_asking(pid);
		asked = otp_monotonic_ms();
		if (in_time)
			assert_false(have(NOTE_TIMEOUT));
		await(NOTE_TIMEOUT);
	} while (!in_time);
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
	cast(pid, EXIT, 0, "secret");
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
		assert_true(otp_term_is_atom(
			status_of(pid).state, "undefined"));
	}
	assert_int_equal(ask(pid, REPLY, 0, ""), OTP_OK);
	expect(NOTE_CALL);
	end_probe(pid);
}

/* What nobody can write as a term it can. */
static void
B50_format_status_shows_an_opaque_state(void **state)
{
	static struct otp_server_class class = BOX_CLASS(false);
	otp_pid pid;

	(void)state;
	class.state = NULL;
	class.format_status = box_format;
	format_does = FORMAT_HIDES;
	pid = probe(&class);
	add(pid, 2);
	assert_string_equal(state_of(pid), "hidden_2");
	end_probe(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(F1_sys_is_served_between_callbacks_in_queue_order),
		RULE(F1_supervisors_serve_sys_too),
		RULE(F2_a_suspended_server_serves_sys_only_and_the_rest_in_order_later),
		RULE(F2_calls_to_a_suspended_server_wait),
		RULE(F2_the_parents_exit_ends_a_suspended_server_past_what_waits),
		RULE(F2_a_suspended_server_can_be_killed_and_its_callers_hear_of_it),
		RULE(F2_a_suspended_server_keeps_a_full_mailbox_in_order),
		RULE(F2_a_bound_that_drops_the_oldest_holds_for_one_that_is_suspended),
		RULE(F2_terminate_of_a_suspended_server_receives_what_waits),
		RULE(F2_suspend_and_resume_of_many_lose_nothing),
		RULE(F3_replace_state_gives_the_new_one_or_leaves_the_old_one),
		RULE(F3_nothing_is_handled_while_the_state_is_replaced),
		RULE(F3_a_caller_that_ends_while_it_changes_the_state_leaves_the_old_one),
		RULE(F3_a_caller_that_gives_up_does_not_hold_the_server),
		RULE(F3_many_replace_the_state_one_after_the_other),
		RULE(F3_an_opaque_state_is_not_shown),
		RULE(F4_get_status_says_what_it_is_and_how_it_stands),
		RULE(F4_statistics_count_messages_in_and_out),
		RULE(F6_terminate_runs_terminate_and_ends_with_the_reason),
		RULE(F8_sys_of_nobody_is_noproc),
		RULE(F8_sys_times_out_and_refuses_what_makes_no_sense),
		RULE(B48_a_suspended_server_can_be_stopped),
		RULE(B37_a_system_message_restarts_the_time),
		RULE(B37_a_suspended_server_has_no_time),
		RULE(B50_format_status_says_what_reports_and_status_show),
		RULE(B50_a_format_status_that_fails_does_not_break_the_report),
		RULE(B50_a_format_status_that_fails_does_not_harm_the_server),
		RULE(B50_format_status_shows_an_opaque_state),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
