/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include "base/tuning.h"
#include "core/audit.h"
#include "sim/sim.h"

struct world world;

const struct otp_msg_type note_type = {
	.name = "note",
	.owner = "load",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INFO,
};

const struct otp_msg_type late_type = {
	.name = "late",
	.owner = "load",
	.size = sizeof(struct note),
	.kind = OTP_MSG_INFO,
};

const struct otp_msg_type ask_type = {
	.name = "ask",
	.owner = "load",
	.size = sizeof(struct note),
	.reply_size = sizeof(struct note),
	.kind = OTP_MSG_CALL,
};

void
complain_of(const char *what, otp_term reason)
{
	char text[200];

	otp_term_print(reason, text, sizeof text);
	fprintf(stderr, "wrong: %s: %s\n", what, text);
	atomic_fetch_add(&world.wrong, 1);
}

struct otp_msg *
note_new(const struct otp_msg_type *type, uint64_t number, size_t len)
{
	struct otp_msg *m = otp_msg_new(type, len);
	struct note *note = otp_msg_payload(m);

	note->number = number;
	note->from = 0;
	note->len = len;
	note->bytes = (unsigned char *)(note + 1);
	memset(note->bytes, (int)(number & 255), len);
	return m;
}

void
note_check(const struct note *note)
{
	for (size_t i = 0; i < note->len; i += 97)
		if (note->bytes[i] != (note->number & 255)) {
			complain("bytes", note->number, i);
			break;
		}
}

void
tell(otp_pid to, uint64_t number)
{
	otp_msg_send(otp_to_pid(to), note_new(&note_type, number, 0));
}

void
give_answer(struct otp_msg *m, otp_err status)
{
	uint64_t number = note_in(m)->number;
	struct note *reply = otp_reply_begin(
		m, sizeof *reply, number % 3 ? 0 : number % 9000);

	*reply = (struct note){.number = number + 1};
	otp_call_answer(m, status);
}

/* --- for main ------------------------------------------------------------- */

void
await_end(otp_ref ref)
{
	if (otp_await_down(ref, PATIENCE_MS, NULL) != OTP_OK) {
		complain("a process does not end", 0, 0);
		world.over = true;
	}
	otp_lent_free();
}

uint64_t
alive(void)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	return counters.processes;
}

void
await_alive(uint64_t count)
{
	for (int i = 0; i < PATIENCE_MS && alive() != count; i++)
		otp_sleep(1);
	if (alive() != count)
		complain("processes that are alive", alive(), count);
}

/* --- a run ---------------------------------------------------------------- */

static void
look_at_names(void)
{
	char name[16];

	for (unsigned i = 0; i < NAMES; i++) {
		otp_pid pid;

		snprintf(name, sizeof name, "n%u", i);
		pid = otp_whereis(name);
		if (pid.id)
			complain("a name is taken", i, key_of(pid));
	}
}

static void
look_at_mailbox(void)
{
	struct otp_received r;

	while (otp_receive(&r, 0) == OTP_OK)
		complain("a message for nobody", r.kind, key_of(r.from));
	otp_lent_free();
}

/* The process of this thread, and where there is one the watchdog's. */
static uint64_t
base(void)
{
	return world.is_sim ? 1 : 2;
}

static bool
anything_fails(void)
{
	for (unsigned i = CHANCE_FAIL_FIRST; i < CHANCES; i++)
		if (otpi_chance_once_in((enum chance)i))
			return !world.is_sim;
	return false;
}

/* Its thread ends with it, so that its process has given back all, too. */
static void *
load_main(void *arg)
{
	const struct load *load = arg;
	const struct otp_runtime_opts opts = {
		.sim = world.is_sim, .sim_seed = world.seed};
	unsigned tries = 0;
	otp_err err;

	otp_logger_level(OTP_LOG_EMERGENCY);
	atomic_store(&world.seeds, world.seed << 20);
	world.fails = anything_fails();
	do
		err = otp_core_start(&opts);
	while (is_tried_again(err, &tries));
	if (err != OTP_OK) {
		complain("start", err, tries);
		return NULL;
	}
	world.main = otp_self();
	await_alive(base());
	load->run();
	if (!world.over)
		threads_join();
	await_alive(base());
	look_at_names();
	look_at_mailbox();
	err = otp_core_stop(PATIENCE_MS);
	if (err != OTP_OK)
		complain("stop", err, 0);
	return NULL;
}

static void
look_at_memory(void)
{
	struct otpi_audit audit;

	otpi_audit(&audit);
	if (otpi_count_used(audit.blocks))
		complain("blocks are lost", otpi_count_used(audit.blocks), 0);
	if (otpi_count_used(audit.stacks) || otpi_count_used(audit.slots))
		complain("stacks or slots are lost",
			otpi_count_used(audit.stacks),
			otpi_count_used(audit.slots));
	if (otpi_count_used(audit.pending))
		complain("deferred calls are lost",
			otpi_count_used(audit.pending), 0);
}

bool
load_run(const struct load *load, uint64_t *hash)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, load_main, (void *)load) ||
		pthread_join(thread, NULL))
		complain("no thread", 0, 0);
	*hash = otpi_sim_hash();
	look_at_memory();
	return atomic_load(&world.wrong) == 0;
}
