/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Senders and receivers. What one sends to another comes once and in order
 * (A1), whatever the way and however it is received, and before the DOWN of
 * its sender; what is sent by a timer comes once, also when its sender is gone
 * (A55). Some senders are killed: then at most the message in hand is missing.
 *
 * Where it fails, a sender may end at any wait, as if it were killed, and so may
 * a receiver, but for those that are threads.
 */
#include "load.h"

#define MOST 24u /* of each kind */
#define DELAY_MS 5
#define LATE_MOST 64u

/* What each sender has begun, and done, for each receiver. */
struct ledger {
	_Atomic(uint64_t) begun, done;
	_Atomic(uint64_t) late_begun, late_done; /* bits */
};

static struct ledger ledgers[MOST][MOST];
static otp_pid receivers[MOST], senders[MOST];
static unsigned count; /* of each */

/* --- sending -------------------------------------------------------------- */

static otp_to
way_to(unsigned receiver, uint64_t *seed)
{
	char name[16];

	if (receiver >= NAMES || chance(seed, 2))
		return otp_to_pid(receivers[receiver]);
	snprintf(name, sizeof name, "n%u", receiver);
	return otp_to_name(name);
}

static void
send_one(unsigned sender, unsigned receiver, uint64_t *seed)
{
	struct ledger *ledger = &ledgers[sender][receiver];
	uint64_t number = atomic_fetch_add(&ledger->begun, 1) + 1;
	struct otp_msg *m = note_new(&note_type, number, any_size(seed));

	((struct note *)otp_msg_payload(m))->from = sender;
	otp_msg_send(way_to(receiver, seed), m);
	atomic_fetch_add(&ledger->done, 1);
}

static void
send_late(unsigned sender, unsigned receiver, uint64_t *seed)
{
	struct ledger *ledger = &ledgers[sender][receiver];
	uint64_t bits = atomic_load(&ledger->late_begun);
	unsigned number = 0;
	struct otp_msg *m;

	while (number < LATE_MOST && bits >> number & 1)
		number++;
	if (number == LATE_MOST)
		return;
	atomic_fetch_or(&ledger->late_begun, UINT64_C(1) << number);
	m = note_new(&late_type, number, 0);
	((struct note *)otp_msg_payload(m))->from = sender;
	otp_msg_send_after(
		way_to(receiver, seed), m, chance(seed, DELAY_MS), NULL);
	atomic_fetch_or(&ledger->late_done, UINT64_C(1) << number);
}

static void
sender_main(void *arg)
{
	unsigned self = (unsigned)(uintptr_t)arg;
	unsigned steps = world.steps / count;
	uint64_t seed = seed_next();

	for (unsigned i = 0; i < steps; i++) {
		unsigned receiver = chance(&seed, count);
		otp_mark mark = otp_mark_set();

		switch (chance(&seed, 12)) {
		case 0:
			otp_yield();
			break;
		case 1:
			otp_sleep(chance(&seed, 3));
			break;
		case 2:
			send_late(self, receiver, &seed);
			break;
		default:
			send_one(self, receiver, &seed);
			break;
		}
		otp_release(mark);
	}
}

/* --- receiving ------------------------------------------------------------ */

struct receiver {
	unsigned number;
	unsigned down; /* senders that are */
	uint64_t seed;
	uint64_t last[MOST]; /* of each sender */
	uint64_t late[MOST]; /* bits */
	otp_ref refs[MOST];
};

static void
receiver_begin(struct receiver *self, unsigned number)
{
	self->number = number;
	self->seed = seed_next();
	for (unsigned i = 0; i < count; i++)
		self->refs[i] = otp_monitor(senders[i]);
}

static void
take_note(struct receiver *self, const struct otp_msg_type *type,
	const struct note *note)
{
	uint64_t bit = UINT64_C(1) << note->number % LATE_MOST;

	note_check(note);
	if (type == &note_type) {
		if (note->number != self->last[note->from] + 1)
			complain("order", note->number, self->last[note->from]);
		self->last[note->from] = note->number;
	} else {
		if (self->late[note->from] & bit)
			complain("a late one twice", note->from, note->number);
		self->late[note->from] |= bit;
	}
}

/* Nothing of it comes behind its DOWN. */
static void
take_down(struct receiver *self, otp_ref ref)
{
	unsigned from = 0;
	struct ledger *ledger;

	while (from < count && !otp_ref_equal(self->refs[from], ref))
		from++;
	if (from == count) {
		complain("a DOWN too many", self->number, 0);
		return;
	}
	self->refs[from] = (otp_ref){0};
	self->down++;
	ledger = &ledgers[from][self->number];
	if (self->last[from] < atomic_load(&ledger->done) ||
		self->last[from] > atomic_load(&ledger->begun))
		complain("messages before the DOWN", self->last[from],
			atomic_load(&ledger->done));
}

/* All senders are gone, and what their timers are to send is here. */
static bool
is_complete(const struct receiver *self)
{
	if (self->down < count)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (atomic_load(&ledgers[i][self->number].late_done) &
			~self->late[i])
			return false;
	return true;
}

static void
receiver_end(struct receiver *self)
{
	for (unsigned i = 0; i < count; i++)
		if (self->late[i] &
			~atomic_load(&ledgers[i][self->number].late_begun))
			complain("late ones of nobody", self->late[i], i);
	tell(world.main, self->number);
}

static bool
is_from(const struct otp_received *r, void *arg)
{
	const unsigned *from = arg;

	return r->kind == OTP_RECEIVED_MESSAGE &&
		((const struct note *)r->payload)->from == *from;
}

static void
plain_main(void *arg)
{
	struct receiver *self = otp_alloc(sizeof *self);
	struct otp_received r;
	otp_mark mark = otp_mark_set();
	otp_err err;

	receiver_begin(self, (unsigned)(uintptr_t)arg);
	do {
		unsigned from = chance(&self->seed, count);

		if (chance(&self->seed, 3))
			err = otp_receive(
				&r, chance(&self->seed, 2) ? 2 * DELAY_MS : 0);
		else
			err = otp_receive_match(is_from, &from, &r,
				chance(&self->seed, 2) ? 1 : 0);
		if (err == OTP_OK && r.kind == OTP_RECEIVED_MESSAGE)
			take_note(self, r.type, r.payload);
		else if (err == OTP_OK && r.kind == OTP_RECEIVED_DOWN)
			take_down(self, r.ref);
		otp_release(mark);
	} while (!is_complete(self));
	/* Nothing more may come. */
	while (otp_receive(&r, 2 * DELAY_MS) == OTP_OK)
		if (r.kind == OTP_RECEIVED_MESSAGE)
			take_note(self, r.type, r.payload);
	receiver_end(self);
}

/* The same as a server, whose handlers are called. */

static enum otp_verdict
server_init(void *data, struct otp_msg *start)
{
	struct receiver *self = data;

	receiver_begin(self, (unsigned)note_in(start)->number);
	return OTP_GO_ON;
}

static enum otp_verdict
server_handle(void *data, struct otp_event *event)
{
	struct receiver *self = data;

	if (event->kind == OTP_EVENT_MESSAGE)
		take_note(self, event->msg->type, note_in(event->msg));
	else if (event->kind == OTP_EVENT_DOWN)
		take_down(self, event->ref);
	if (chance(&self->seed, 16) == 0)
		otp_sleep(chance(&self->seed, 2));
	if (event->kind == OTP_EVENT_IDLE && is_complete(self)) {
		receiver_end(self);
		return otp_process_end_with(OTP_NORMAL);
	}
	otp_process_idle_after(2 * DELAY_MS);
	return OTP_GO_ON;
}

static const struct otp_behaviour behaviour = {
	.name = "receiver", .init = server_init, .handle = server_handle};
static const struct otp_process_class classes[] = {
	{.behaviour = &behaviour,
		.name = "receiver",
		.data_size = sizeof(struct receiver)},
	{.behaviour = &behaviour,
		.name = "blocking",
		.data_size = sizeof(struct receiver),
		.blocking = true},
	{.behaviour = &behaviour,
		.name = "high",
		.data_size = sizeof(struct receiver),
		.priority = OTP_PRIORITY_HIGH},
	{.behaviour = &behaviour,
		.name = "low",
		.data_size = sizeof(struct receiver),
		.priority = OTP_PRIORITY_LOW},
};

/* --- all ------------------------------------------------------------------ */

/* It waits until it is known to all. */
static void
sender_begin(void *arg)
{
	struct otp_received r;

	(void)!otp_receive(&r, PATIENCE_MS);
	otp_lent_free();
	sender_main(arg);
}

static otp_pid
server_start(unsigned number, struct otp_process_opts *how)
{
	otp_pid pid = {0, 0, 0, 0};
	otp_ref ref = {0};
	unsigned tries = 0;
	otp_err err;

	how->how = OTP_START_MONITOR;
	do {
		how->start = note_new(&note_type, number, 0);
		err = otp_process_start(how, &pid, &ref);
	} while (is_tried_again(err, &tries));
	if (err != OTP_OK)
		complain("start of a receiver", number, err);
	helper_add(pid, ref);
	return pid;
}

static void
receiver_start(unsigned number, uint64_t *seed)
{
	struct otp_process_opts how = {
		.process_class = &classes[chance(seed, 4)]};
	otp_ref ref;
	struct otp_spawn_opts opts = {.monitor = &ref};
	void *arg = (void *)(uintptr_t)number;
	otp_pid pid;
	char name[16];

	snprintf(name, sizeof name, "n%u", number);
	how.name = opts.name = number < NAMES ? name : NULL;
	if (world.fails && number % 3 == 0) {
		pid = helper_thread(plain_main, arg);
		if (how.name && otp_register(name, pid) != OTP_OK)
			complain("a name for a thread", number, 0);
	} else if (chance(seed, 2)) {
		pid = server_start(number, &how);
	} else {
		pid = plain_start(plain_main, arg, &opts);
		helper_add(pid, ref);
	}
	receivers[number] = pid;
}

static void
run(void)
{
	uint64_t seed = seed_next();

	count = world.processes / 2 < MOST ? world.processes / 2 : MOST;
	for (unsigned i = 0; i < count; i++)
		senders[i] =
			plain_start(sender_begin, (void *)(uintptr_t)i, NULL);
	for (unsigned i = 0; i < count; i++)
		receiver_start(i, &seed);
	for (unsigned i = 0; i < count; i++)
		tell(senders[i], 0);
	for (unsigned i = 0; i < count / 3; i++) {
		otp_sleep(chance(&seed, 3));
		otp_exit_signal(senders[chance(&seed, count)], OTP_KILL);
	}
	await_helpers(NULL);
}

const struct load load_mail = {"mail", run};
