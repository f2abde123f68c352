/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that are started and stopped by processes of their own: anywhere,
 * in inits, and in what is done at an end (D1-D3, D5, D6).
 */
#include "asks.h"

APP(m, NULL);
APP(n, NULL);
APP(o, &m, NULL); /* o stands on m */

/* --- by its own ------------------------------------------------------------- */

static struct ask by_own; /* by a process of n */
static otp_pid own;
static _Atomic bool goes;

/* In n, but under nobody. */
static void
ask_when_told(void *traps)
{
	otp_trap_exit(traps != NULL);
	while (!goes)
		otp_sleep(1);
	do_ask(&by_own);
}

static void
leave_one(void)
{
	own = otp_spawn(ask_when_told, NULL);
}

static void
leave_one_that_traps(void)
{
	static bool traps;

	own = otp_spawn(ask_when_told, &traps);
}

static void
linked_one(void)
{
	const struct otp_spawn_opts opts = {.link = true};

	assert(otp_spawn_opt(ask_when_told, NULL, &opts, &own) == OTP_OK);
}

/* The reason with which the process of n ends, which stops n meanwhile. */
static const char *
n_stops_itself(void (*init)(void))
{
	static char text[64];
	otp_term reason = OTP_UNDEFINED;
	otp_ref down;

	by_own = (struct ask)ASK(STOPS, &n);
	goes = false;
	in_init['n' - 'a'] = init;
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	down = otp_monitor(own);
	is_held = init == leave_one_that_traps; /* until that has ended */
	goes = true;
	assert_int_equal(otp_await_down(down, PATIENCE_MS, &reason), OTP_OK);
	is_held = false;
	otp_term_print(reason, text, sizeof text);
	await_log("+n-n");
	in_init['n' - 'a'] = NULL;
	while (otp_app_start(&n, NULL) == OTP_ALREADY_STARTED)
		a_moment();
	assert_int_equal(otp_app_stop(&n), OTP_OK);
	happened();
	return text;
}

static void
D5_who_stops_its_own_application_ends_with_it(void **state)
{
	const char *reason = n_stops_itself(linked_one);

	(void)state;
	/* By its link to the root, or as what is left over, if that is faster. */
	assert_true(strcmp(reason, "shutdown") == 0 ||
		strcmp(reason, "killed") == 0);
	assert_false(by_own.is_done);
	assert_string_equal(n_stops_itself(leave_one), "killed");
	assert_false(by_own.is_done);
}

/* It must go on to take the EXIT. */
static void
D5_one_that_traps_goes_on_until_it_is_told(void **state)
{
	(void)state;
	assert_string_equal(n_stops_itself(leave_one_that_traps), "normal");
	assert_int_equal(by_own.err, OTP_OK);
}

static const struct otp_msg_type leave_type = {
	.name = "leave", .owner = "test", .kind = OTP_MSG_INFO};
static _Atomic otp_err left_with;

static enum otp_verdict
leaver_handle(void *data, struct otp_event *event)
{
	if (event->kind == OTP_EVENT_MESSAGE)
		left_with = otp_app_stop(*(const struct otp_app_class **)data);
	return event->kind == OTP_EVENT_EXIT
		? otp_process_end_with(event->reason)
		: OTP_GO_ON;
}

static enum otp_verdict
leaver_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_trap_exit(true);
	otp_process_started();
	return OTP_GO_ON;
}

static const struct otp_behaviour leaver_behaviour = {
	.name = "leaver",
	.init = leaver_init,
	.handle = leaver_handle,
	.ending = root_ending,
};
static const struct otp_process_class leaver_class = {
	.behaviour = &leaver_behaviour, .name = "leaver", .data_size = 8};
static const struct otp_app_class l;

static otp_err
start_leaver(const void *env, otp_pid *root)
{
	static const struct otp_app_class *const self = &l;
	const struct otp_process_opts how = {.process_class = &leaver_class,
		.seed = &self,
		.seed_size = sizeof self,
		.how = OTP_START_LINK};

	(void)env;
	return otp_process_start(&how, root, NULL);
}

static const struct otp_app_class *const l_depends[] = {&d};
static const struct otp_app_class l = {.name = "l",
	.env_size = 1,
	.env_defaults = "l",
	.start = start_leaver,
	.depends = l_depends,
	.depend_count = 1};

/* Whom everybody waits for without limit. */
static void
D5_a_root_may_stop_its_application(void **state)
{
	(void)state;
	left_with = OTP_TIMEOUT;
	assert_int_equal(otp_app_start(&l, NULL), OTP_OK);
	(void)otp_msg_send(
		otp_to_pid(otp_app_root(&l)), otp_msg_new(&leave_type, 0));
	await_log("+d-d"); /* left over */
	assert_int_equal(left_with, OTP_OK);
	assert_int_equal(otp_app_stop(&l), OTP_NOT_RUNNING);
}

/* --- in an init ------------------------------------------------------------- */

static struct ask in_start; /* in the init of n */

static void
ask_in_init(void)
{
	do_ask(&in_start);
}

static void
D1_an_init_may_start_and_stop_others(void **state)
{
	(void)state;
	in_start = (struct ask)ASK(ENSURES, &b);
	in_init['n' - 'a'] = ask_in_init;
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	assert_int_equal(in_start.err, OTP_OK);
	assert_string_equal(in_start.started, "db");
	assert_string_equal(happened(), "+d+b+n");
	assert_int_equal(otp_app_stop(&n), OTP_OK);
	in_start = (struct ask)ASK(STOPS, &b);
	assert_int_equal(otp_app_start(&n, NULL), OTP_OK);
	assert_int_equal(in_start.err, OTP_OK);
	assert_string_equal(happened(), "-n-b-d+n");
	assert_int_equal(otp_app_stop(&n), OTP_OK);
}

/* What it would wait for waits for it. */
static void
D1_D2_an_init_that_would_wait_for_itself_is_refused(void **state)
{
	(void)state;
	in_init['m' - 'a'] = ask_in_init;
	in_start = (struct ask)ASK(STARTS, &m);
	assert_int_equal(otp_app_start(&m, NULL), OTP_OK);
	assert_int_equal(in_start.err, OTP_NOT_ALLOWED);
	assert_int_equal(otp_app_stop(&m), OTP_OK);
	in_start = (struct ask)ASK(STOPS, &m);
	assert_int_equal(otp_app_start(&m, NULL), OTP_OK);
	assert_int_equal(in_start.err, OTP_NOT_RUNNING);
	assert_int_equal(otp_app_stop(&m), OTP_OK);
	in_start = (struct ask)ASK(STARTS, &o);
	assert_int_equal(otp_app_start(&m, NULL), OTP_OK);
	assert_int_equal(in_start.err, OTP_START_FAILED);
	assert_string_equal(in_start.reason, "{dependency_cycle,m}");
	assert_int_equal(otp_app_stop(&m), OTP_OK);
	assert_string_equal(happened(), "+m-m+m-m+m-m");
}

static otp_err
ask_and_start(const void *env, otp_pid *root)
{
	do_ask(&in_start);
	return start_root(env, root);
}

/* Not in the root's init, but before there is a root. */
static void
D1_a_start_function_may_start_others(void **state)
{
	static const struct otp_app_class s = {.name = "s",
		.env_size = 1,
		.env_defaults = "s",
		.start = ask_and_start};
	static const struct {
		enum deed deed;
		const struct otp_app_class *app;
		otp_err err;
	} cases[] = {{STARTS, &n, OTP_OK}, {STOPS, &n, OTP_OK},
		{STARTS, &s, OTP_NOT_ALLOWED}, {STOPS, &s, OTP_NOT_RUNNING}};

	(void)state;
	for (int i = 0; i < 4; i++) {
		in_start = (struct ask)ASK(cases[i].deed, cases[i].app);
		assert_int_equal(otp_app_start(&s, NULL), OTP_OK);
		assert_int_equal(in_start.err, cases[i].err);
		assert_int_equal(otp_app_stop(&s), OTP_OK);
	}
	assert_string_equal(happened(), "+n+s-s-n+s-s+s-s+s-s");
}

static struct ask there, back;

static void
ask_there(void)
{
	do_ask(&there);
}

static void
ask_back(void)
{
	do_ask(&back);
}

static void
D1_two_that_start_each_other_do_not_wait_for_ever(void **state)
{
	(void)state;
	there = (struct ask)ASK(STARTS, &n);
	back = (struct ask)ASK(STARTS, &m);
	in_init['m' - 'a'] = ask_there;
	in_init['n' - 'a'] = ask_back;
	assert_int_equal(otp_app_start(&m, NULL), OTP_OK);
	assert_int_equal(there.err, OTP_OK);
	assert_int_equal(back.err, OTP_NOT_ALLOWED);
	assert_string_equal(happened(), "+n+m");
	assert_int_equal(otp_app_stop(&m), OTP_OK);
	assert_int_equal(otp_app_stop(&n), OTP_OK);
}

static struct ask beside[2];

static void
ask_beside(void)
{
	begin(&beside[0]);
	begin(&beside[1]);
	wait_in_init();
}

/* Nobody waits for these: they get what all get. */
static void
D1_D2_a_process_beside_the_init_may_wait(void **state)
{
	struct ask start = ASK(STARTS, &m);

	(void)state;
	hold("m");
	in_init['m' - 'a'] = ask_beside;
	beside[0] = (struct ask)ASK(STARTS, &m);
	beside[1] = (struct ask)ASK(ENSURES, &o);
	begin(&start);
	await_inits(1);
	await_asked(&beside[0]);
	await_asked(&beside[1]);
	assert_false(beside[0].is_done || beside[1].is_done);
	hold_init = false;
	assert_int_equal(result(&start), OTP_OK);
	assert_int_equal(result(&beside[0]), OTP_OK);
	assert_int_equal(result(&beside[1]), OTP_OK);
	assert_string_equal(beside[1].started, "mo");
	assert_int_equal(otp_app_stop(&o), OTP_OK);
	assert_int_equal(otp_app_stop(&m), OTP_OK);
	assert_string_equal(happened(), "+m+o-o-m");
}

/* --- in prep_stop and stop ---------------------------------------------------- */

static struct ask hook_asks[2]; /* of h: prep_stop and stop */
static struct ask other_hook_asks; /* of k: prep_stop */
static _Atomic bool hold_hook, is_in_hook;

static void
prep_stop(const void *env)
{
	log_add('<', *(const char *)env);
	is_in_hook = true;
	while (hold_hook)
		otp_sleep(1);
	if (hook_asks[0].app)
		do_ask(&hook_asks[0]);
}

static void
after_stop(const void *env)
{
	if (hook_asks[1].app)
		do_ask(&hook_asks[1]);
	log_add('>', *(const char *)env);
}

static void
other_prep_stop(const void *env)
{
	(void)env;
	do_ask(&other_hook_asks);
}

static const struct otp_app_class h = {.name = "h",
	.env_size = 1,
	.env_defaults = "h",
	.start = start_root,
	.prep_stop = prep_stop,
	.stop = after_stop};
static const struct otp_app_class k = {.name = "k",
	.env_size = 1,
	.env_defaults = "k",
	.start = start_root,
	.prep_stop = other_prep_stop};
static const struct otp_app_class *const i_depends[] = {&h};
static const struct otp_app_class i = {.name = "i",
	.env_size = 1,
	.env_defaults = "i",
	.start = start_root,
	.depends = i_depends,
	.depend_count = 1};

static void
start_h(struct ask in_prep_stop, struct ask in_stop)
{
	hold_hook = is_in_hook = false;
	hook_asks[0] = in_prep_stop;
	hook_asks[1] = in_stop;
	assert_int_equal(otp_app_start(&h, NULL), OTP_OK);
	happened();
}

static void
D5_hooks_may_start_and_stop_others(void **state)
{
	(void)state;
	start_h((struct ask)ASK(ENSURES, &b), (struct ask)ASK(STOPS, &b));
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_int_equal(hook_asks[0].err, OTP_OK);
	assert_int_equal(hook_asks[1].err, OTP_OK);
	assert_string_equal(happened(), "<h+d+b-h-b-d>h");
}

static void
D5_D6_hooks_that_would_wait_for_themselves_are_refused(void **state)
{
	(void)state;
	start_h((struct ask)ASK(STARTS, &h), (struct ask)ASK(STOPS, &h));
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_int_equal(hook_asks[0].err, OTP_NOT_ALLOWED);
	assert_int_equal(hook_asks[1].err, OTP_NOT_RUNNING);
	/* The same when it ends by itself. */
	start_h((struct ask)ASK(STARTS, &h), (struct ask)ASK(STOPS, &h));
	end_root(&h, OTP_SHUTDOWN);
	await_log("-h<h>h");
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_int_equal(hook_asks[0].err, OTP_NOT_ALLOWED);
	assert_int_equal(hook_asks[1].err, OTP_NOT_RUNNING);
	start_h((struct ask)ASK(STARTS, &i), (struct ask)ASK(STOPS, &i));
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_int_equal(hook_asks[0].err, OTP_START_FAILED);
	assert_string_equal(hook_asks[0].reason, "{dependency_cycle,h}");
	assert_int_equal(hook_asks[1].err, OTP_NOT_RUNNING);
}

static void
D5_two_that_stop_each_other_do_not_wait_for_ever(void **state)
{
	(void)state;
	start_h((struct ask)ASK(STOPS, &k), (struct ask){.app = NULL});
	other_hook_asks = (struct ask)ASK(STOPS, &h);
	assert_int_equal(otp_app_start(&k, NULL), OTP_OK);
	assert_int_equal(otp_app_stop(&h), OTP_OK);
	assert_int_equal(hook_asks[0].err, OTP_OK);
	assert_int_equal(other_hook_asks.err, OTP_NOT_ALLOWED);
	assert_string_equal(happened(), "+k<h-k-h>h");
}

static void
D5_D6_a_root_that_is_killed_during_prep_stop_ends_once(void **state)
{
	struct ask by = ASK(STOPS, &h), late = ASK(STARTS, &h);
	otp_pid root;

	(void)state;
	start_h((struct ask){.app = NULL}, (struct ask){.app = NULL});
	hold_hook = true;
	root = otp_app_root(&h);
	begin(&by);
	while (!is_in_hook)
		a_moment();
	otp_exit_signal(root, OTP_KILL);
	while (otp_is_alive(root))
		a_moment();
	begin(&late);
	await_asked(&late);
	assert_false(by.is_done || late.is_done);
	hold_hook = false;
	assert_int_equal(result(&by), OTP_OK);
	assert_int_equal(result(&late), OTP_OK);
	assert_string_equal(happened(), "<h>h+h");
	assert_int_equal(otp_app_stop(&h), OTP_OK);
}

#undef RULE
#define RULE(NAME) RULE_IN_WORLD(NAME)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(D5_who_stops_its_own_application_ends_with_it),
		RULE(D5_one_that_traps_goes_on_until_it_is_told),
		RULE(D5_a_root_may_stop_its_application),
		RULE(D1_an_init_may_start_and_stop_others),
		RULE(D1_a_start_function_may_start_others),
		RULE(D1_D2_an_init_that_would_wait_for_itself_is_refused),
		RULE(D1_two_that_start_each_other_do_not_wait_for_ever),
		RULE(D1_D2_a_process_beside_the_init_may_wait),
		RULE(D5_hooks_may_start_and_stop_others),
		RULE(D5_D6_hooks_that_would_wait_for_themselves_are_refused),
		RULE(D5_two_that_stop_each_other_do_not_wait_for_ever),
		RULE(D5_D6_a_root_that_is_killed_during_prep_stop_ends_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
