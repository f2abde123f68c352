/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What many do at the same time: whichever comes first, what is promised to each
 * holds.
 */
#include <stdatomic.h>

#include "tree.h"

#define NAME "b_gen_server_races"

enum {
	many = 8
};

/* They begin together, as far as that goes. */
static _Atomic bool begins;

static void
wait_for_begin(void)
{
	while (!begins)
		otp_yield();
}

/* What one of them gives: an error, who has the name, how often it went well. */
struct deed {
	otp_pid who;
	otp_err err;
	otp_pid pid;
	int count;
	char died_of[TEXT_SIZE];
};

static struct deed deeds[many];

static void
all_do(void (*what)(void *deed), otp_pid who)
{
	begins = false;
	for (int i = 0; i < many; i++) {
		deeds[i] = (struct deed){.who = who};
		otp_spawn(what, &deeds[i]);
	}
	begins = true;
	for (int i = 0; i < many; i++)
		await(NOTE_DONE);
}

/* --- names ------------------------------------------------------------------------- */

static void
registers(void *arg)
{
	struct deed *d = arg;

	wait_for_begin();
	d->pid = otp_self();
	d->err = otp_register(NAME, otp_self());
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
	agent(NULL);
}

static void
A45_A47_of_many_that_want_a_name_one_has_it(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		int winners = 0;

		all_do(registers, (otp_pid){0});
		for (int i = 0; i < many; i++) {
			if (deeds[i].err != OTP_OK) {
				assert_int_equal(
					deeds[i].err, OTP_ALREADY_REGISTERED);
				continue;
			}
			winners++;
			assert_true(
				otp_pid_equal(otp_whereis(NAME), deeds[i].pid));
		}
		assert_int_equal(winners, 1);
		for (int i = 0; i < many; i++)
			end(deeds[i].pid);
		assert_true(otp_pid_is_none(otp_whereis(NAME)));
		expect_nothing();
	}
}

static void
starts(void *arg)
{
	const struct otp_start_opts opts = {.name = NAME};
	struct deed *d = arg;

	wait_for_begin();
	d->err = otp_server_start(&plain_class, OTP_START,
		start_new((struct probe_start){0}), &opts, &d->pid, NULL);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/* One init runs, and all are told of that server. */
static void
B4_B5_of_many_that_start_a_named_server_one_does(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		int winners = 0;

		all_do(starts, (otp_pid){0});
		for (int i = 0; i < many; i++) {
			assert_true(deeds[i].err == OTP_OK ||
				deeds[i].err == OTP_ALREADY_STARTED);
			winners += deeds[i].err == OTP_OK;
			assert_true(otp_pid_equal(deeds[i].pid, deeds[0].pid));
		}
		assert_int_equal(winners, 1);
		assert_true(otp_pid_equal(await(NOTE_INIT).from, deeds[0].pid));
		expect_nothing();
		end(deeds[0].pid);
	}
}

/* --- calls -------------------------------------------------------------------------- */

static int64_t handled; /* of one server at a time */

enum {
	lifetime = 40
};

/* Stops with the last reply of its life. */
static otp_next
count_down(void *state, struct otp_msg *m)
{
	(void)state;
	*(int64_t *)otp_reply_begin(m, sizeof(int64_t), 0) = ++handled;
	return handled == lifetime ? otp_stop_reply(term_of("worn_out"))
				   : otp_reply();
}

PROBE_TYPE(count, OTP_MSG_CALL, false, false, count_down);

static void
calls_until_it_ends(void *arg)
{
	struct deed *d = arg;

	wait_for_begin();
	do {
		struct otp_msg *m = request_new(&count_type, REPLY, 0, "");

		d->err = otp_msg_call(otp_to_pid(d->who), &m, PATIENCE_MS);
		if (m)
			otp_msg_free(m);
		d->count += d->err == OTP_OK;
	} while (d->err == OTP_OK);
	if (d->err == OTP_DIED)
		print_term(otp_last_reason(), d->died_of);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/* Each call that was handled has its reply, and all others an error. */
static void
B21_B24_B27_many_call_a_server_that_stops_with_a_reply(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		int count = 0;

		handled = 0;
		all_do(calls_until_it_ends, probe(&plain_class));
		for (int i = 0; i < many; i++) {
			count += deeds[i].count;
			if (deeds[i].err == OTP_DIED)
				assert_string_equal(
					deeds[i].died_of, "worn_out");
			else
				assert_int_equal(deeds[i].err, OTP_NOPROC);
		}
		assert_int_equal(count, lifetime);
		await(NOTE_TERMINATE);
		expect_nothing();
	}
}

/* --- stops ---------------------------------------------------------------------------- */

static void
stops(void *arg)
{
	struct deed *d = arg;

	wait_for_begin();
	d->err = otp_server_stop(otp_to_pid(d->who), OTP_NORMAL, PATIENCE_MS);
	if (d->err == OTP_DIED)
		print_term(otp_last_reason(), d->died_of);
	tell(NOTE_DONE, 0, OTP_UNDEFINED);
}

/*
 * A permanent child is stopped by many, and by its supervisor. Those who come
 * first have stopped it, the others find that it ended so or is dead.
 */
static void
B47_C12_C39_a_child_is_stopped_by_many_and_terminated(void **state)
{
	(void)state;
	for (int round = 0; round < 30; round++) {
		static struct tree tree;
		otp_pid pids[TREE_MAX];

		tree_init(&tree, OTP_ONE_FOR_ONE, 1);
		plans[0].plain = true;
		tree_start(&tree);
		expect_inits("0", pids);
		begins = false;
		for (int i = 0; i < many; i++) {
			deeds[i] = (struct deed){.who = pids[0]};
			otp_spawn(stops, &deeds[i]);
		}
		begins = true;
		for (int i = 0; i < round % 5; i++)
			otp_yield();
		assert_int_equal(
			otp_supervisor_terminate_child(tree_to(&tree), "0"),
			OTP_OK);
		assert_int_equal(child_is(&tree, "0", NULL), 's');
		assert_false(otp_is_alive(pids[0]));
		for (int i = 0; i < many; i++)
			await(NOTE_DONE);
		for (int i = 0; i < many; i++) {
			if (deeds[i].err == OTP_DIED)
				assert_string_equal(
					deeds[i].died_of, "shutdown");
			else
				assert_true(deeds[i].err == OTP_OK ||
					deeds[i].err == OTP_NOPROC);
		}
		assert_true(plans[0].starts <= 2);
		while (have(NOTE_INIT) || have(NOTE_TERMINATE))
			;
		tree_stop(&tree);
	}
}

/* --- links ---------------------------------------------------------------------------- */

static void
links_and_unlinks(void *arg)
{
	const otp_pid *peer = arg;

	for (int i = 0; i < 5; i++) {
		otp_link(*peer);
		otp_yield();
		otp_unlink(*peer);
	}
	tell(NOTE_READY, 0, OTP_UNDEFINED);
	agent(NULL);
}

/* It ends with the link or not at all: unlinked, nothing comes any more. */
static void
A7_A18_A28_who_has_unlinked_outlives_its_peer(void **state)
{
	int survived = 0;

	(void)state;
	for (int round = 0; round < 200; round++) {
		otp_pid peer = agent_spawn(false), pid;
		otp_ref ref;
		struct otp_received r;

		pid = spawn_with(links_and_unlinks, &peer,
			(struct otp_spawn_opts){.monitor = &ref});
		for (int i = 0; i < round % 20; i++)
			otp_yield();
		end(peer);
		/* It says that it has, or has ended: of that, or of `noproc`. */
		if (otp_receive(&r, PATIENCE_MS) != OTP_OK)
			fail_msg("neither came");
		if (r.kind == OTP_RECEIVED_DOWN) {
			char reason[TEXT_SIZE];

			print_term(r.reason, reason);
			assert_true(strcmp(reason, "killed") == 0 ||
				strcmp(reason, "noproc") == 0);
		} else {
			survived++;
			obey(pid, DO_NOTHING, pid);
			end(pid);
			down_reason(ref);
		}
		expect_nothing();
	}
	printf("# %d of 200 outlived their peer\n", survived);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(A45_A47_of_many_that_want_a_name_one_has_it),
		RULE(B4_B5_of_many_that_start_a_named_server_one_does),
		RULE(B21_B24_B27_many_call_a_server_that_stops_with_a_reply),
		RULE(B47_C12_C39_a_child_is_stopped_by_many_and_terminated),
		RULE(A7_A18_A28_who_has_unlinked_outlives_its_peer),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
