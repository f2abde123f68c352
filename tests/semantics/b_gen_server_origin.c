/* SPDX-License-Identifier: Apache-2.0 */
/* Where a process comes from, and what reports tell of it (B42, B49, B51). */
#include "probe.h"

/* --- ancestors ------------------------------------------------------------ */

static void
spawns_down(void *arg)
{
	intptr_t left = (intptr_t)arg;

	note_text(tester, NOTE_READY, left, "");
	if (left > 0)
		otp_spawn(spawns_down, (void *)(left - 1));
	agent(NULL);
}

/* Generations that live; the youngest last. */
static void
generations(otp_pid *pids, int n)
{
	pids[0] = spawn_with(spawns_down, (void *)(intptr_t)(n - 1),
		(struct otp_spawn_opts){.name = "b51_first"});
	expect(NOTE_READY);
	for (int i = 1; i < n; i++)
		pids[i] = expect(NOTE_READY).from;
}

static void
B51_each_process_knows_its_ancestors_and_what_it_runs(void **state)
{
	otp_pid pids[4];
	struct otp_process_info info;

	(void)state;
	generations(pids, 4);
	info = info_of(pids[3]);
	assert_true(info.entry == (uintptr_t)spawns_down);
	assert_true(otp_pid_equal(info.parent, pids[2]));
	assert_true(info.ancestor_count >= 4);
	for (int i = 0; i < 3; i++)
		assert_true(otp_pid_equal(info.ancestors[i].pid, pids[2 - i]));
	assert_true(otp_pid_equal(info.ancestors[3].pid, tester));
	assert_string_equal(otp_name_text(info.ancestors[2].name), "b51_first");
	assert_null(otp_name_text(info.ancestors[0].name));

	/* A parent is known when it is dead. */
	end(pids[2]);
	info = info_of(pids[3]);
	assert_true(otp_pid_equal(info.parent, pids[2]));
	assert_true(otp_pid_equal(info.ancestors[0].pid, pids[2]));
	end(pids[3]);
	end(pids[1]);
	end(pids[0]);
}

static void
B51_ancestors_are_told_to_a_limit(void **state)
{
	otp_pid pids[OTP_ANCESTORS_MAX + 4];
	struct otp_process_info info;
	int n = OTP_ANCESTORS_MAX + 4;

	(void)state;
	generations(pids, n);
	info = info_of(pids[n - 1]);
	assert_int_equal(info.ancestor_count, OTP_ANCESTORS_MAX);
	for (int i = 0; i < OTP_ANCESTORS_MAX; i++)
		assert_true(
			otp_pid_equal(info.ancestors[i].pid, pids[n - 2 - i]));
	for (int i = 0; i < n; i++)
		end(pids[i]);
}

#define CROWD 32

/* Fills slots on its worker, and tells whether one is that of `arg`. */
static void
spawns_a_crowd(void *arg)
{
	const otp_pid *gone = arg;
	bool found = false;

	for (int i = 0; i < CROWD; i++)
		found |= agent_spawn(true).id == gone->id;
	note_text(tester, NOTE_MESSAGE, found, "");
	agent(NULL);
}

/* Parents that are gone, whose slots others have: those are not told as such. */
static void
B51_who_has_the_slot_of_an_ancestor_is_none(void **state)
{
	otp_pid pids[3], crowds[50], line[3];
	struct otp_process_info info;
	bool found = false;
	int n = 0;

	(void)state;
	generations(pids, 3);
	line[0] = pids[1];
	line[1] = pids[0];
	line[2] = tester;
	end(pids[1]);
	end(pids[0]);
	while (!found && n < 50) {
		crowds[n++] = otp_spawn(spawns_a_crowd, &pids[1]);
		found = expect(NOTE_MESSAGE).value;
	}
	info = info_of(pids[2]);
	assert_in_range(info.ancestor_count, 1, 3);
	for (size_t i = 0; i < info.ancestor_count; i++)
		assert_true(otp_pid_equal(info.ancestors[i].pid, line[i]));
	if (found)
		assert_int_equal(info.ancestor_count, 1);
	while (n > 0)
		end(crowds[--n]);
	end(pids[2]);
}

/* Whoever starts is the parent; only with a link is it one that ends it. */
static void
B42_B51_the_starter_is_known_without_a_link(void **state)
{
	otp_pid pid = probe(&trapping_class);
	struct otp_process_info info = info_of(pid);

	(void)state;
	assert_true(otp_pid_equal(info.parent, tester));
	assert_true(otp_pid_equal(info.ancestors[0].pid, tester));
	assert_int_equal(info.ancestor_count, 1);
	/* An exit signal of the starter goes to the handler. */
	otp_exit_signal(pid, OTP_SHUTDOWN);
	assert_string_equal(expect(NOTE_EXIT).text, "shutdown");
	end_probe(pid);
}

/* --- reports -------------------------------------------------------------- */

static struct otp_report seen;

static void
see(const struct otp_report *report)
{
	if (report->kind != OTP_REPORT_CRASH)
		return;
	seen = *report;
	note_text(tester, NOTE_DONE, 0, "report");
}

static void
crashes_a_server(void *arg)
{
	struct otp_msg *m = request_new(&ask_type, CRASH, 0, "");

	(void)arg;
	if (otp_msg_call(otp_to_name("b49_server"), &m, PATIENCE_MS) == OTP_OK)
		abort();
	agent(NULL);
}

static void
crashes_by_itself(void *arg)
{
	(void)arg;
	crash();
}

static void
B49_a_report_tells_the_client_and_the_ancestors(void **state)
{
	otp_pid server = probe(&plain_class), client, pid;

	(void)state;
	assert_int_equal(otp_register("b49_server", server), OTP_OK);
	otp_report_set_handler(see);
	client = spawn_with(crashes_a_server, NULL,
		(struct otp_spawn_opts){.name = "b49_client"});
	await(NOTE_DONE);
	assert_true(otp_pid_equal(seen.pid, server));
	assert_true(otp_pid_equal(seen.client.pid, client));
	assert_string_equal(otp_name_text(seen.client.name), "b49_client");
	assert_true(otp_pid_equal(seen.parent, tester));
	assert_int_equal(seen.ancestor_count, 1);
	assert_true(otp_pid_equal(seen.ancestors[0].pid, tester));
	assert_true(seen.entry == 0);
	end(client);

	/* B51: a plain process, by what it runs; nobody called it. */
	pid = otp_spawn(crashes_by_itself, NULL);
	await(NOTE_DONE);
	assert_true(otp_pid_equal(seen.pid, pid));
	assert_true(otp_pid_is_none(seen.client.pid));
	assert_true(seen.entry == (uintptr_t)crashes_by_itself);

	/* A cast has no client. */
	server = probe(&plain_class);
	cast(server, CRASH, 0, "");
	await(NOTE_DONE);
	assert_true(otp_pid_equal(seen.pid, server));
	assert_string_equal(seen.message, "cast");
	assert_true(otp_pid_is_none(seen.client.pid));
	otp_report_set_handler(report_handler);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(B51_each_process_knows_its_ancestors_and_what_it_runs),
		RULE(B51_ancestors_are_told_to_a_limit),
		RULE(B51_who_has_the_slot_of_an_ancestor_is_none),
		RULE(B42_B51_the_starter_is_known_without_a_link),
		RULE(B49_a_report_tells_the_client_and_the_ancestors),
	};

	return cmocka_run_group_tests(tests, runtime_begin, runtime_finish);
}
