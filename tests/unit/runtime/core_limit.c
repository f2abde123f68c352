/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More processes block than there can be stacks, where a guard is a mapping of
 * its own, as on a kernel before 6.13: who finds none left ends with
 * system_limit, is told of like any other death, and everybody else goes on.
 */
#include "core_world.h"

#include "core/core.h"
#include "core/stack.h"

/* 20000: most of what the system allows, with two mappings each. */
#ifdef __SANITIZE_ADDRESS__
#define STACKS ((size_t)2000)
#else
#define STACKS ((size_t)(WORLD_TSAN ? 300 : 20000))
#endif
/* A loop that went on on a stack of the reserve frees another. */
#define TOO_MANY (STACK_RESERVE + 500u)
#define ENDED 500u
#define SERVERS 400u /* more than workers keep stacks for */

/* --- a gate, where calls wait -------------------------------------------- */

enum word {
	COUNT = 1, /* call: how many wait */
	OPEN, /* to all that wait: the number that was called with, plus one */
	ASK_GATE, /* call: call the gate, with `more`, and give its answer */
	FALL, /* to all: end, and call the gate with `more` as the last deed */
	WAIT = 100 /* call, this or more: wait until it opens */
};

struct server {
	otp_from *from;
	uint64_t *numbers;
	size_t count;
	size_t room;
	uint64_t last; /* of FALL */
};

static otp_pid gate;
static otp_term fallen; /* the reason of FALL */

static void
keep(struct server *s, struct otp_msg *m)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->from = otp_realloc(s->from, s->room * sizeof *s->from);
		s->numbers =
			otp_realloc(s->numbers, s->room * sizeof *s->numbers);
	}
	s->numbers[s->count] = number_in(m).value;
	s->from[s->count++] = otp_from_of(m);
}

static void
let_all_go(struct server *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct otp_msg *m = otp_answer_new(sizeof(struct number), 0);
		struct number *number = otp_msg_payload(m);

		number->value = s->numbers[i] + 1;
		otp_from_answer(s->from[i], OTP_OK, m);
	}
	s->count = 0;
}

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

static void
server_ending(void *data, otp_term reason)
{
	struct server *s = data;
	uint64_t value;

	(void)reason;
	if (s->last)
		EXPECT(ask_within(otp_to_pid(gate), s->last, &value,
			       OTP_INFINITY) == OTP_OK);
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct server *s = data;
	uint64_t value = 0;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	switch (number_in(event->msg).value) {
	case COUNT:
		answer(event->msg, s->count);
		break;
	case OPEN:
		let_all_go(s);
		break;
	case ASK_GATE:
		EXPECT(ask_within(otp_to_pid(gate), number_in(event->msg).more,
			       &value, OTP_INFINITY) == OTP_OK);
		answer(event->msg, value);
		break;
	case FALL:
		s->last = number_in(event->msg).more;
		otp_exit(fallen);
	default:
		keep(s, event->msg);
		break;
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour server_behaviour = {
	.name = "server",
	.init = server_init,
	.handle = server_handle,
	.ending = server_ending,
};

static const struct otp_process_class server_class = {
	.behaviour = &server_behaviour,
	.name = "server",
	.data_size = sizeof(struct server),
};

static otp_pid
server_start(void)
{
	struct otp_process_opts how = {.process_class = &server_class};
	otp_pid pid = {0};

	assert_int_equal(otp_process_start(&how, &pid, NULL), OTP_OK);
	return pid;
}

/* --- those who wait ------------------------------------------------------ */

static void
wait_at_gate(void *arg)
{
	uint64_t number = (uint64_t)(uintptr_t)arg, value = 0;

	EXPECT(ask_within(otp_to_pid(gate), number, &value, OTP_INFINITY) ==
		OTP_OK);
	EXPECT(value == number + 1);
}

static void
spawn_callers(uint64_t n)
{
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};

	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(
			otp_spawn_opt(wait_at_gate,
				(void *)(uintptr_t)(WAIT + i), &opts, NULL),
			OTP_OK);
}

static uint64_t
waiting(void)
{
	uint64_t count = 0;

	EXPECT(ask(gate, COUNT, &count) == OTP_OK);
	return count;
}

/* Of n that end: how many did for want of a stack; the others as they should. */
static uint64_t
limited_of(uint64_t n)
{
	struct otp_received down;
	uint64_t limited = 0;

	for (uint64_t i = 0; i < n; i++) {
		otp_mark mark = otp_mark_set();

		assert_int_equal(otp_receive(&down, PATIENCE_MS), OTP_OK);
		assert_int_equal(down.kind, OTP_RECEIVED_DOWN);
		if (otp_term_is_atom(down.reason, "system_limit"))
			limited++;
		else
			assert_true(otp_term_equal(down.reason, OTP_NORMAL));
		otp_release(mark);
	}
	return limited;
}

/* --- guards by mapping --------------------------------------------------- */

static bool install_before;
static size_t limit_before;

/* So many stacks more; false: this system has no room for them. */
static void
limit_stacks(size_t more)
{
	otpi_stacks_init();
	pthread_mutex_lock(&otpi_stacks.lock);
	install_before = otpi_stacks.guard_install;
	limit_before = otpi_stacks.slot_limit;
	otpi_stacks.guard_install = false;
	if (otpi_stacks.slots + more < limit_before)
		otpi_stacks.slot_limit = otpi_stacks.slots + more;
	pthread_mutex_unlock(&otpi_stacks.lock);
}

static int
unlimit_stacks(void **state)
{
	pthread_mutex_lock(&otpi_stacks.lock);
	otpi_stacks.guard_install = install_before;
	otpi_stacks.slot_limit = limit_before;
	pthread_mutex_unlock(&otpi_stacks.lock);
	return test_end(state);
}

static void
who_finds_no_stack_ends_and_is_told_of(void **state)
{
	uint64_t room, many, limited;

	(void)state;
	limit_stacks(STACKS);
	room = otpi_stacks.slot_limit - otpi_stacks.slots;
	many = otpi_stacks.slot_limit + TOO_MANY;
	gate = server_start();
	spawn_callers(many);
	/* A call arrives before its caller waits: no one is missing. */
	EVENTUALLY(waiting() == many);
	tell(gate, OPEN, 0);
	limited = limited_of(many);
	assert_in_range(limited, ENDED, many - room / 2);
	/* What those had who have gone is there for others. */
	spawn_callers(room / 2);
	EVENTUALLY(waiting() == room / 2);
	tell(gate, OPEN, 0);
	assert_int_equal(limited_of(room / 2), 0);
	otp_exit_signal(gate, OTP_KILL);
}

/* A call of a server that finds none is answered by its death. */
static void
a_server_that_finds_no_stack_ends(void **state)
{
	static otp_pid servers[SERVERS];
	static otp_request requests[SERVERS];
	uint64_t many, died = 0;
	struct otp_msg *m;

	(void)state;
	limit_stacks(0);
	many = otpi_stacks.slot_limit + TOO_MANY;
	gate = server_start();
	for (unsigned i = 0; i < SERVERS; i++)
		servers[i] = server_start();
	spawn_callers(many);
	EVENTUALLY(waiting() == many);
	for (unsigned i = 0; i < SERVERS; i++)
		assert_int_equal(
			otp_msg_request(otp_to_pid(servers[i]),
				number_new(&ask_type, ASK_GATE, WAIT + i),
				&requests[i]),
			OTP_OK);
	EVENTUALLY(waiting() == many + SERVERS);
	tell(gate, OPEN, 0);
	for (unsigned i = 0; i < SERVERS; i++) {
		otp_err err = otp_msg_await(&requests[i], &m, PATIENCE_MS);

		if (err == OTP_DIED) {
			assert_true(otp_term_is_atom(
				otp_last_reason(), "system_limit"));
			died++;
			continue;
		}
		assert_int_equal(err, OTP_OK);
		assert_int_equal(number_in(m).value, WAIT + i + 1);
		otp_msg_free(m);
		otp_exit_signal(servers[i], OTP_KILL);
	}
	assert_in_range(died, 1, SERVERS);
	assert_in_range(limited_of(many), ENDED, many);
	otp_exit_signal(gate, OTP_KILL);
}

/* Its reason stays what it was, and is given back. */
static void
who_ends_already_and_finds_no_stack_ends_as_it_did(void **state)
{
	otp_pid servers[SERVERS];
	otp_term_builder b = {0};
	struct otp_received down;
	uint64_t many, count = 0;

	(void)state;
	otp_build_tuple(&b, 1);
	otp_build_atom(&b, otp_atom_of("fallen"));
	assert_int_equal(otp_term_builder_term(&b, &fallen), OTP_OK);
	limit_stacks(0);
	many = otpi_stacks.slot_limit + TOO_MANY;
	gate = server_start();
	for (unsigned i = 0; i < SERVERS; i++)
		servers[i] = server_start();
	spawn_callers(many);
	EVENTUALLY(waiting() == many);
	for (unsigned i = 0; i < SERVERS; i++) {
		otp_monitor(servers[i]);
		tell(servers[i], FALL, WAIT + i);
	}
	EVENTUALLY(waiting() == many + SERVERS);
	tell(gate, OPEN, 0);
	for (uint64_t i = 0; i < many + SERVERS; i++) {
		otp_mark mark = otp_mark_set();

		assert_int_equal(otp_receive(&down, PATIENCE_MS), OTP_OK);
		count += otp_term_equal(down.reason, fallen);
		otp_release(mark);
	}
	assert_int_equal(count, SERVERS);
	otp_exit_signal(gate, OTP_KILL);
	otp_term_builder_free(&b);
}

/* --- a handler that takes too long --------------------------------------- */

static _Atomic(bool) another_ran;

static void
run_for_long(void *arg)
{
	(void)arg;
	while (!atomic_load(&another_ran))
		continue;
}

static void
let_it_go(void *arg)
{
	(void)arg;
	atomic_store(&another_ran, true);
}

/* Its worker goes to another thread, which needs a stack for its loop. */
static void
a_worker_is_taken_over_without_a_stack_left(void **state)
{
	uint64_t many;

	(void)state;
	limit_stacks(0);
	many = otpi_stacks.slot_limit + TOO_MANY;
	gate = server_start();
	spawn_callers(many);
	EVENTUALLY(waiting() == many);
	atomic_store(&another_ran, false);
	for (unsigned i = 0; i < otpi_runtime.worker_count; i++)
		otp_spawn(run_for_long, NULL);
	otp_spawn(let_it_go, NULL);
	EVENTUALLY(atomic_load(&another_ran));
	tell(gate, OPEN, 0);
	assert_in_range(limited_of(many), ENDED, many);
	otp_exit_signal(gate, OTP_KILL);
}

#define LIMITED(function) \
	cmocka_unit_test_setup_teardown(function, test_begin, unlimit_stacks)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIMITED(who_finds_no_stack_ends_and_is_told_of),
		LIMITED(a_server_that_finds_no_stack_ends),
		LIMITED(who_ends_already_and_finds_no_stack_ends_as_it_did),
		LIMITED(a_worker_is_taken_over_without_a_stack_left),
	};

	return WORLD_RUN(tests);
}
