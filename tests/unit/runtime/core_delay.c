/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a long activation keeps waiting: nobody. What computes here goes on until
 * all others are done, so that it would never end if it held them up; how long
 * they waited is only printed.
 */
#include "core_world.h"

#define CROWD 20 /* of each kind */

static _Atomic(unsigned) parked, done;
static _Atomic(int64_t) last_us;
static int64_t begun_us;
static otp_pid gate, victim;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

static void
be_done(void)
{
	atomic_store(&last_us, now_us());
	atomic_fetch_add(&done, 1);
}

/* --- who waits ------------------------------------------------------------ */

/* Parked in a call, with its stack, until the gate opens. */
static void
call_gate(void *arg)
{
	uint64_t value = 0;

	(void)arg;
	atomic_fetch_add(&parked, 1);
	EXPECT(ask(gate, 1, &value) == OTP_OK && value == 1);
	be_done();
}

/* Parked with a limit, on the wheel of its worker. */
static void
sleep_a_little(void *arg)
{
	(void)arg;
	atomic_fetch_add(&parked, 1);
	EXPECT(hear().value == 1);
	otp_sleep(1);
	be_done();
}

/* Not begun yet: it stands in the queue. */
static void
begin_and_end(void *arg)
{
	(void)arg;
	be_done();
}

static enum otp_verdict
plain_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	return OTP_GO_ON;
}

struct gate {
	otp_from callers[CROWD];
	unsigned count;
};

/* Takes calls, and answers all of them when it is told a number. */
static enum otp_verdict
gate_handle(void *data, struct otp_event *event)
{
	struct gate *self = data;

	if (event->kind != OTP_EVENT_MESSAGE)
		return OTP_GO_ON;
	if (event->msg->type == &ask_type) {
		self->callers[self->count++] = otp_from_of(event->msg);
		return OTP_GO_ON;
	}
	for (unsigned i = 0; i < self->count; i++) {
		struct otp_msg *m = otp_answer_new(sizeof(struct number), 0);

		*(struct number *)otp_msg_payload(m) = (struct number){1, 0};
		otp_from_answer(self->callers[i], OTP_OK, m);
	}
	self->count = 0;
	return OTP_GO_ON;
}

static const struct otp_behaviour gate_behaviour = {
	.name = "gate", .init = plain_init, .handle = gate_handle};

static const struct otp_process_class gate_class = {
	.behaviour = &gate_behaviour,
	.name = "gate",
	.data_size = sizeof(struct gate),
};

/* --- who computes --------------------------------------------------------- */

static otp_pid sleepers[CROWD];

/* Everybody is woken by it, on its own worker; then it keeps that. */
static enum otp_verdict
calc_handle(void *data, struct otp_event *event)
{
	int64_t limit_us;

	(void)data;
	if (event->kind != OTP_EVENT_MESSAGE || event->msg->type != &ask_type)
		return OTP_GO_ON;
	for (int i = 0; i < CROWD; i++) {
		otp_spawn(begin_and_end, NULL);
		tell(sleepers[i], 1, 0);
	}
	tell(gate, 1, 0);
	begun_us = now_us();
	limit_us = begun_us + PATIENCE_MS * INT64_C(1000);
	while (atomic_load(&done) < 3 * CROWD && now_us() < limit_us)
		__asm__ volatile("");
	EXPECT(atomic_load(&done) == 3 * CROWD);
	answer(event->msg, 7);
	return OTP_GO_ON;
}

static const struct otp_behaviour calc_behaviour = {
	.name = "calc", .init = plain_init, .handle = calc_handle};

static const struct otp_process_class calc_class = {
	.behaviour = &calc_behaviour, .name = "calc", .data_size = 8};

static const struct otp_process_class blocking_class = {
	.behaviour = &calc_behaviour,
	.name = "calc",
	.data_size = 8,
	.blocking = true,
};

static otp_pid
start_of(const struct otp_process_class *process_class)
{
	struct otp_process_opts start = {.process_class = process_class};
	otp_pid pid = {0, 0, 0, 0};

	EXPECT(otp_process_start(&start, &pid, NULL) == OTP_OK);
	return pid;
}

/* Reports that it has run for too long: of others a busy machine has some. */
static _Atomic(uint32_t) calc_id;
static _Atomic(unsigned) calc_stuck;

static void
take_report(const struct otp_report *report)
{
	if (report->kind == OTP_REPORT_STUCK &&
		report->pid.id == atomic_load(&calc_id))
		atomic_fetch_add(&calc_stuck, 1);
}

static void
compute_beside(const struct otp_process_class *process_class, const char *who)
{
	otp_pid calc = start_of(process_class);
	uint64_t value = 0;

	atomic_store(&calc_id, calc.id);
	atomic_store(&parked, 0);
	atomic_store(&done, 0);
	gate = start_of(&gate_class);
	for (int i = 0; i < CROWD; i++) {
		otp_spawn(call_gate, NULL);
		sleepers[i] = otp_spawn(sleep_a_little, NULL);
	}
	EVENTUALLY(atomic_load(&parked) == 2 * CROWD);
	for (int i = 0; i < 5; i++)
		nap(); /* most have gone from there into their waits */
	assert_int_equal(ask(calc, 1, &value), OTP_OK);
	assert_int_equal(value, 7);
	print_message("# beside %s, the last of %d went on after %.1f ms\n",
		who, 3 * CROWD,
		(double)(atomic_load(&last_us) - begun_us) / 1e3);
	otp_exit_signal(calc, OTP_SHUTDOWN);
	otp_exit_signal(gate, OTP_SHUTDOWN);
}

/* The watchdog gives it 5 ms, and then starts a thread for the others. */
static void
a_handler_that_computes_keeps_nobody(void **state)
{
	uint64_t stuck = counters().handlers_stuck;

	(void)state;
	for (int i = 0; i < 3; i++)
		compute_beside(&calc_class, "a handler that computes");
	/* With other workers, they may have been faster than it. */
	if (world_workers == 1)
		assert_true(counters().handlers_stuck >= stuck + 3);
}

static void
a_blocking_server_keeps_nobody(void **state)
{
	(void)state;
	atomic_store(&calc_stuck, 0);
	otp_report_set_handler(take_report);
	for (int i = 0; i < 3; i++)
		compute_beside(&blocking_class, "a blocking server");
	otp_report_set_handler(NULL);
	/* No worker had to be taken from it: there are threads for such. */
	assert_int_equal(atomic_load(&calc_stuck), 0);
}

/* --- a death with many monitors ------------------------------------------- */

#if WORLD_TSAN
#define MONITORS 20000
#elif defined(__SANITIZE_ADDRESS__)
#define MONITORS 100000
#elif defined(NDEBUG)
#define MONITORS 1000000
#else
#define MONITORS 200000
#endif

/* A step of a death (death.c) tells at most so many; others go in between. */
#define A_STEP 1024

static _Atomic(uint64_t) turns, turns_before, longest_us;
static _Atomic(bool) over;

static void
count_turns(void *arg)
{
	int64_t last = now_us();

	(void)arg;
	while (!atomic_load(&over)) {
		int64_t now;

		otp_yield();
		now = now_us();
		if ((uint64_t)(now - last) > atomic_load(&longest_us))
			atomic_store(&longest_us, (uint64_t)(now - last));
		last = now;
		atomic_fetch_add(&turns, 1);
	}
}

static void
note_turns(void *ptr)
{
	atomic_store(&turns_before, atomic_load((_Atomic(uint64_t) *)ptr));
	atomic_store(&longest_us, 0);
}

/* The last it does is to note the turns; its death is all that follows. */
static void
die_when_told(void *arg)
{
	(void)arg;
	otp_own(&turns, note_turns);
	EXPECT(hear().value == 1);
}

static void
watch_many(void *arg)
{
	struct otp_received r;
	otp_mark mark = otp_mark_set();

	for (int i = 0; i < MONITORS; i++)
		otp_monitor(victim);
	tell(*(otp_pid *)arg, 1, 0);
	for (int i = 0; i < MONITORS; i++) {
		EXPECT(otp_receive(&r, PATIENCE_MS) == OTP_OK &&
			r.kind == OTP_RECEIVED_DOWN);
		otp_release(mark);
	}
	tell(*(otp_pid *)arg, 2, atomic_load(&turns));
}

static void
a_death_with_many_monitors_keeps_nobody(void **state)
{
	otp_pid self = otp_self();
	uint64_t between;
	struct number n;

	(void)state;
	atomic_store(&over, false);
	victim = otp_spawn(die_when_told, NULL);
	otp_spawn(watch_many, &self);
	assert_int_equal(hear().value, 1);
	otp_spawn(count_turns, NULL);
	tell(victim, 1, 0);
	n = hear();
	atomic_store(&over, true);
	assert_int_equal(n.value, 2);
	between = n.more - atomic_load(&turns_before);
	print_message("# %d monitors: %lu turns of another meanwhile, the "
		      "longest after %.1f ms\n",
		MONITORS, (unsigned long)between,
		(double)atomic_load(&longest_us) / 1e3);
	/* On another worker it depends on who has a processor. */
	if (world_workers == 1)
		assert_true(between >= MONITORS / A_STEP / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_handler_that_computes_keeps_nobody),
		TEST(a_blocking_server_keeps_nobody),
		TEST(a_death_with_many_monitors_keeps_nobody),
	};

	return WORLD_RUN(tests);
}
