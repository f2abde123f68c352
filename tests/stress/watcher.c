/* SPDX-License-Identifier: Apache-2.0 */
#include "stress.h"

#define WATCHED 64

struct watched {
	otp_pid pid;
	otp_ref ref;
	bool monitored;
	bool linked;
	bool heard; /* something came from it */
	uint64_t last; /* number it sent */
};

struct watcher {
	uint64_t seed;
	struct watched list[WATCHED];
	uint64_t order_pids[4096]; /* who sent what last, by a hash */
	uint64_t order_last[4096];
};

static struct watched *
watched_by_pid(struct watcher *w, otp_pid pid)
{
	for (unsigned i = 0; i < WATCHED; i++)
		if (otp_pid_equal(w->list[i].pid, pid))
			return &w->list[i];
	return NULL;
}

static struct watched *
watched_by_ref(struct watcher *w, otp_ref ref)
{
	for (unsigned i = 0; i < WATCHED; i++)
		if (w->list[i].monitored && otp_ref_equal(w->list[i].ref, ref))
			return &w->list[i];
	return NULL;
}

/* A number from a sender is the one after its last. */
static void
watch_order(struct watcher *w, otp_pid from, const struct note *note)
{
	uint64_t key = key_of(from);
	unsigned at = (unsigned)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 52);

	note_check(note);
	if (w->order_pids[at] != key) {
		/* A new one; or another that has pushed it out. */
		if (w->order_pids[at] == 0 && note->number != 1)
			complain("the first is missing", key, note->number);
	} else if (note->number != w->order_last[at] + 1) {
		complain("order", note->number, w->order_last[at]);
	}
	w->order_pids[at] = key;
	w->order_last[at] = note->number;
}

static void
watch_one(struct watcher *w, const struct otp_received *r)
{
	struct watched *it;

	switch (r->kind) {
	case OTP_RECEIVED_MESSAGE:
		watch_order(w, r->from, r->payload);
		break;
	case OTP_RECEIVED_DOWN:
		it = watched_by_ref(w, r->ref);
		atomic_fetch_add(&world.downs, 1);
		if (it == NULL)
			complain("a DOWN too many", key_of(r->who.pid), 0);
		else
			it->monitored = false;
		break;
	case OTP_RECEIVED_EXIT:
		it = watched_by_pid(w, r->from);
		atomic_fetch_add(&world.exits, 1);
		if (it == NULL || !it->linked)
			complain("an EXIT too many", key_of(r->from), 0);
		else
			it->linked = false;
		break;
	case OTP_RECEIVED_TIMER:
		complain("a timer of nobody", 0, 0);
		break;
	case OTP_RECEIVED_RESPONSE:
		complain("a response that nobody asked for", 0, 0);
		break;
	}
}

static void
watch_change(struct watcher *w)
{
	struct watched *it = &w->list[chance(&w->seed, WATCHED)];

	if (!it->monitored && !it->linked) {
		it->pid = any_mortal(&w->seed);
		for (unsigned i = 0; i < WATCHED; i++)
			if (&w->list[i] != it &&
				otp_pid_equal(w->list[i].pid, it->pid))
				it->pid = pid_of(0);
		if (it->pid.id == 0)
			return;
	}
	switch (chance(&w->seed, 4)) {
	case 0:
		if (!it->monitored)
			it->ref = otp_monitor(it->pid);
		it->monitored = true;
		break;
	case 1:
		if (it->monitored)
			otp_demonitor(it->ref, true);
		it->monitored = false;
		break;
	case 2:
		otp_link(it->pid);
		it->linked = true;
		break;
	default:
		otp_unlink_flush(it->pid, NULL);
		it->linked = false;
		break;
	}
}

static unsigned
watch_open(const struct watcher *w)
{
	unsigned open = 0;

	for (unsigned i = 0; i < WATCHED; i++)
		open += w->list[i].monitored + w->list[i].linked;
	return open;
}

void
watcher_main(void *arg)
{
	struct watcher *w = otp_alloc(sizeof *w);
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	(void)arg;
	w->seed = seed_next();
	otp_trap_exit(true);
	while (!atomic_load(&world.over)) {
		watch_change(w);
		while (otp_receive(&r, chance(&w->seed, 8) == 0) == OTP_OK)
			watch_one(w, &r);
		otp_release(mark);
	}
	while (watch_open(w)) {
		if (otp_receive(&r, PATIENCE_MS) != OTP_OK) {
			complain("DOWN or EXIT missing", watch_open(w), 0);
			break;
		}
		watch_one(w, &r);
		otp_release(mark);
	}
	otp_msg_send(otp_to_pid(world.main_pid), note_new(&note_type, 0, 0));
	/* Nothing more may come, while the others report. */
	while (otp_receive(&r, 20) == OTP_OK)
		watch_one(w, &r);
}
