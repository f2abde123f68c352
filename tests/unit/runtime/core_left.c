/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process has in hand when it ends, or gives up its frames, is given
 * back: after a stop no block is in use.
 */
#include "core_world.h"

#include "core/audit.h"

static const struct otp_runtime_opts opts = {.workers = 2};

#define EXTRA 100 /* behind a reply: it needs a block of its own */

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

/* Answers 1; takes 2, and ends when its answer is made but not sent. */
static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct otp_msg *m;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	if (number_in(event->msg).value == 1) {
		answer(event->msg, 2);
		return OTP_GO_ON;
	}
	if (number_in(event->msg).value == 3) {
		otp_reply_begin(event->msg, sizeof(struct number), EXTRA);
		otp_tmp(EXTRA);
		otp_process_show(OTP_STATUS_STATE, OTP_UNDEFINED);
	}
	m = otp_event_take(event);
	otp_reply_begin(m, sizeof(struct number), EXTRA);
	otp_exit(OTP_SHUTDOWN);
}

static otp_term
server_format(const void *data, enum otp_status_part part, otp_term term)
{
	(void)data;
	(void)part;
	(void)term;
	otp_msg_new(&number_type, EXTRA);
	otp_exit(OTP_SHUTDOWN);
}

static const struct otp_behaviour behaviour = {
	.name = "server",
	.init = server_init,
	.handle = server_handle,
	.format = server_format,
};
static const struct otp_process_class class = {
	.behaviour = &behaviour, .name = "server"};

static otp_pid
server_start(void)
{
	struct otp_process_opts how = {.process_class = &class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&how, &pid, NULL) == OTP_OK);
	return pid;
}

/* Ends with the answer in hand. */
static void
ends_with_answer(void *arg)
{
	struct otp_msg *m = number_new(&ask_type, 1, 0);

	EXPECT(otp_msg_call(otp_to_pid(*(otp_pid *)arg), &m, PATIENCE_MS) ==
		OTP_OK);
	EXPECT(m && number_in(m).value == 2);
	otp_exit(OTP_SHUTDOWN);
}

static struct otp_msg *kept;

static void
free_kept(void *arg)
{
	(void)arg;
	otp_msg_free(kept);
}

/* Hands it over, so that it is not freed twice. */
static void
ends_with_answer_owned(void *arg)
{
	kept = number_new(&ask_type, 1, 0);
	EXPECT(otp_msg_call(otp_to_pid(*(otp_pid *)arg), &kept, PATIENCE_MS) ==
		OTP_OK);
	otp_own(&kept, free_kept);
	otp_exit(OTP_SHUTDOWN);
}

/* With an answer, one to come, a block that is begun, and scratch; and with a
 * message, so that it wakes at once. */
static struct otp_msg *
take_in_hand(otp_pid server)
{
	otp_request request;
	struct otp_msg *m;

	tell(otp_self(), 1, 0);
	m = number_new(&ask_type, 1, 0);
	EXPECT(otp_msg_request(otp_to_pid(server), m, &request) == OTP_OK);
	m = number_new(&ask_type, 1, 0);
	EXPECT(otp_msg_call(otp_to_pid(server), &m, PATIENCE_MS) == OTP_OK);
	otp_tmp(EXTRA);
	return otp_msg_new(&number_type, EXTRA);
}

static void
ends(void *arg)
{
	(void)arg;
}

static void
hibernates_with_all(void *arg)
{
	take_in_hand(*(otp_pid *)arg);
	otp_hibernate(ends, NULL);
}

/* The block it was begun with is its own. */
static enum otp_verdict
other_init(void *data, struct otp_msg *start)
{
	EXPECT(*(int *)data == 7);
	EXPECT(start && start->type == &number_type);
	return otp_process_end_with(OTP_SHUTDOWN);
}

static const struct otp_behaviour other_behaviour = {
	.name = "other", .init = other_init};
static const struct otp_process_class other_class = {
	.behaviour = &other_behaviour, .name = "other"};

static void
becomes_with_all(void *arg)
{
	int data = 7;

	otp_process_become(&other_class, &data, sizeof data,
		take_in_hand(*(otp_pid *)arg));
}

static void
becomes_with_a_lent_one(void *arg)
{
	struct otp_msg *start = take_in_hand(*(otp_pid *)arg);
	int data = 7;

	otp_msg_lend(start);
	otp_tmp(EXTRA * EXTRA);
	otp_process_become(&other_class, &data, sizeof data, start);
}

/* --- a supervisor that is killed ------------------------------------------ */

static const struct otp_msg_type init_type = {
	.name = "init",
	.owner = "child",
	.size = sizeof(struct number),
	.kind = OTP_MSG_INIT,
};

static otp_next
child_init(void *state, struct otp_msg *m)
{
	(void)state;
	(void)m;
	return otp_ok();
}

static const struct otp_server_class child_class = {
	.process = {.behaviour = &otp_gen_server, .name = "child"},
	.owner = "child",
	.init = child_init,
};

static const struct otp_child_class template = {
	.id = "child", .restart = OTP_TRANSIENT, .shutdown_ms = PATIENCE_MS};
static const struct otp_supervisor_class dynamic = {
	.process = {.behaviour = &otp_supervisor, .name = "dynamic"},
	.strategy = OTP_SIMPLE_ONE_FOR_ONE,
	.period_ms = 5000,
	.children = &template,
	.child_count = 1,
	.server = &child_class,
};

/* It keeps what each of its children was started with. */
static void
kill_supervisor(void (*unused)(void *arg))
{
	otp_pid pid, child;
	otp_ref ref;

	(void)unused;
	EXPECT(otp_supervisor_start(&dynamic, OTP_START_MONITOR, NULL, NULL,
		       &pid, &ref) == OTP_OK);
	for (int i = 0; i < 10; i++)
		EXPECT(otp_supervisor_start_child(otp_to_pid(pid), NULL,
			       number_new(&init_type, 1, 0), &child) == OTP_OK);
	otp_exit_signal(pid, OTP_KILL);
	EXPECT(otp_await_down(ref, PATIENCE_MS, NULL) == OTP_OK);
}

/* --- a thread that is a process for as long ------------------------------ */

static void
run_caller(void (*caller)(void *arg))
{
	otp_pid server = server_start();
	otp_ref ref = otp_monitor(otp_spawn(caller, &server));

	EXPECT(otp_await_down(ref, PATIENCE_MS, NULL) == OTP_OK);
}

static void
call_two(void (*unused)(void *arg))
{
	struct otp_msg *m = number_new(&ask_type, 2, 0);

	(void)unused;
	EXPECT(otp_msg_call(otp_to_pid(server_start()), &m, PATIENCE_MS) ==
		OTP_DIED);
}

/* It loses the call, and answers the next one. */
static void
call_three(void (*unused)(void *arg))
{
	struct otp_msg *m = number_new(&ask_type, 3, 0);
	otp_pid server = server_start();

	(void)unused;
	EXPECT(otp_msg_call(otp_to_pid(server), &m, PATIENCE_MS) ==
		OTP_BAD_TERM);
	m = number_new(&ask_type, 1, 0);
	EXPECT(otp_msg_call(otp_to_pid(server), &m, PATIENCE_MS) == OTP_OK);
	if (m)
		otp_msg_free(m);
}

static const struct otp_msg_type later_type = {
	.name = "later",
	.owner = "world",
	.size = sizeof(struct number),
	.reply_size = sizeof(struct number),
	.kind = OTP_MSG_CALL,
};

/*
 * Ends with requests of all states, in collections and not, answered or never to
 * be; with aliases, and messages that came through them; while it is asked.
 */
static void
ends_with_requests(void *arg)
{
	otp_pid server = *(otp_pid *)arg;
	otp_requests all = {NULL}, gone = {NULL};
	otp_to alias = {{0, 0, 0, 0}, 0, 0};
	otp_request request;
	size_t which;

	for (int i = 0; i < 40; i++) {
		EXPECT(otp_msg_request(otp_to_pid(server),
			       number_new(&ask_type, 1, 0),
			       &request) == OTP_OK);
		if (i % 3 == 0)
			EXPECT(otp_requests_add(&all, &request, 7) == OTP_OK);
		else if (i % 3 == 1)
			EXPECT(otp_requests_add(&gone, &request, 7) == OTP_OK);
		alias = i % 2 ? otp_alias(OTP_ALIAS_EXPLICIT)
			      : otp_alias(OTP_ALIAS_REPLY);
		otp_msg_send(alias, number_new(&number_type, 1, 0));
		otp_msg_send(alias, number_new(&number_type, 2, 0));
	}
	/* When it is answered, all before it are. */
	EXPECT(otp_msg_request(otp_to_pid(server), number_new(&ask_type, 1, 0),
		       &request) == OTP_OK);
	EXPECT(otp_request_wait(&request, 1, PATIENCE_MS, &which) == OTP_OK);
	otp_requests_abandon(&gone);
	/* Those that nobody has answered yet; the first ends the server. */
	for (int i = 0; i < 10; i++)
		EXPECT(otp_msg_request(otp_to_pid(server),
			       number_new(&later_type, 2, 0),
			       &request) == OTP_OK);
	otp_monitor_alias(
		otp_to_pid(server), OTP_ALIAS_REPLY_DEMONITOR, &alias);
	otp_exit(OTP_SHUTDOWN);
}

static void
asks(void *arg)
{
	struct otp_process_info info;

	for (int i = 0; i < 20; i++)
		if (otp_process_info(*(otp_pid *)arg, 0, &info) == OTP_NOPROC)
			return;
}

/* The question may come before, in, or after the death. */
static void
run_asked(void (*caller)(void *arg))
{
	otp_pid server = server_start();
	otp_pid pid = otp_spawn(caller, &server);
	otp_ref ref = otp_monitor(otp_spawn(asks, &pid));
	otp_ref other = otp_monitor(pid);

	EXPECT(otp_await_down(ref, PATIENCE_MS, NULL) == OTP_OK);
	EXPECT(otp_await_down(other, PATIENCE_MS, NULL) == OTP_OK);
}

struct deed {
	void (*run)(void (*caller)(void *arg));
	void (*caller)(void *arg);
};

static void *
deed_main(void *arg)
{
	const struct deed *deed = arg;

	EXPECT(otp_core_start(&opts) == OTP_OK);
	deed->run(deed->caller);
	otp_lent_free();
	EXPECT(otp_core_stop(PATIENCE_MS) == OTP_OK);
	return NULL;
}

static void
assert_nothing_is_left(struct deed deed)
{
	struct otpi_audit audit;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, deed_main, &deed), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(atomic_exchange(&failures, 0), 0);
	otpi_audit(&audit);
	assert_int_equal(otpi_count_used(audit.blocks), 0);
}

static void
an_answer_in_hand(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){run_caller, ends_with_answer});
}

static void
an_answer_that_a_destructor_frees(void **state)
{
	(void)state;
	assert_nothing_is_left(
		(struct deed){run_caller, ends_with_answer_owned});
}

static void
a_reply_that_was_begun(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){call_two, NULL});
}

static void
what_was_in_hand_of_one_that_hibernates(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){run_caller, hibernates_with_all});
}

static void
what_was_in_hand_of_one_that_becomes_another(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){run_caller, becomes_with_all});
	assert_nothing_is_left(
		(struct deed){run_caller, becomes_with_a_lent_one});
}

static void
what_a_hook_had_in_hand(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){call_three, NULL});
}

static void
requests_and_aliases(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_nothing_is_left(
			(struct deed){run_caller, ends_with_requests});
		assert_nothing_is_left(
			(struct deed){run_asked, ends_with_requests});
	}
}

static void
what_children_of_a_killed_supervisor_were_started_with(void **state)
{
	(void)state;
	assert_nothing_is_left((struct deed){kill_supervisor, NULL});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_in_hand),
		cmocka_unit_test(an_answer_that_a_destructor_frees),
		cmocka_unit_test(a_reply_that_was_begun),
		cmocka_unit_test(what_was_in_hand_of_one_that_hibernates),
		cmocka_unit_test(what_was_in_hand_of_one_that_becomes_another),
		cmocka_unit_test(what_a_hook_had_in_hand),
		cmocka_unit_test(requests_and_aliases),
		cmocka_unit_test(
			what_children_of_a_killed_supervisor_were_started_with),
	};

	alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
