/* SPDX-License-Identifier: Apache-2.0 */
#include "core/info.h"
#include "core/heap.h"
#include "core/run.h"
#include "core/trace.h"
#include "core/wait.h"

#include <otp/info.h>

/* --- parents -------------------------------------------------------------- */

/*
 * The name of the process of this key, and in *parent its parent. They are of
 * the slot: of another process if it has been given to one. That is seen by the
 * serial, which is read last (acquire; a parent is stored behind its serial). A
 * slot that nobody has had since still knows them.
 */
static uint32_t
read_known(uint64_t key, uint64_t *parent)
{
	struct process *p = otpi_slot_find(key);
	uint32_t name;

	*parent = 0;
	if (p == NULL)
		return 0;
	*parent = atomic_load_explicit(&p->parent, memory_order_acquire);
	name = atomic_load_explicit(&p->name, memory_order_acquire);
	if (process_key(p) == key)
		return otpi_name_text(name) ? name & NAME_INDEX : 0;
	*parent = 0;
	return 0;
}

otp_to
otpi_known_as(uint64_t key)
{
	otp_to to = otp_to_pid(key_pid(key));
	uint64_t parent;

	to.name = read_known(key, &parent);
	return to;
}

size_t
otpi_ancestors(const struct process *p, otp_to ancestors[OTP_ANCESTORS_MAX])
{
	uint64_t key = otpi_parent_of(p), next;
	size_t n = 0;

	for (; key && n < OTP_ANCESTORS_MAX; key = next) {
		ancestors[n] = otp_to_pid(key_pid(key));
		ancestors[n++].name = read_known(key, &next);
	}
	return n;
}

uintptr_t
otpi_entry_of(const struct process *p)
{
	const struct plain *plain = p->data;

	return p->kind == PROCESS_PLAIN ? (uintptr_t)plain->fn : 0;
}

/* --- an answer ------------------------------------------------------------ */

/* What it does now; its owner is asked. */
static const char *
handling_of(const struct process *p)
{
	const struct runner *r = p->runner;

	if (r && r->stage == STAGE_ENDING)
		return "terminate";
	if (p->flags & PROCESS_STARTING)
		return "init";
	return r && r->current ? otpi_message_word(r->current) : NULL;
}

/* Puts pids into the room behind an answer. */
struct pids {
	otp_pid *next;
};

static void
add(struct pids *room, struct otp_pid_list *list, uint64_t key)
{
	if (list->ptr == NULL)
		list->ptr = room->next;
	*room->next++ = key_pid(key);
	list->len++;
}

/* The links but for those that are being removed. */
static void
add_links(struct pids *room, struct otp_pid_list *list, struct process *p)
{
	struct table_iter it;

	if (p->flags & PROCESS_CHILD)
		add(room, list, otpi_parent_of(p));
	if (p->extras == NULL)
		return;
	otpi_table_iter_begin(&it, &p->extras->links);
	while (otpi_table_iter_next(&it))
		if (it.value == 0)
			add(room, list, it.key);
	otpi_table_iter_end(&it);
}

static void
add_values(struct pids *room, struct otp_pid_list *list, struct table *table)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, table);
	while (otpi_table_iter_next(&it))
		add(room, list, it.value);
	otpi_table_iter_end(&it);
}

static size_t
pid_count(const struct process *p)
{
	const struct extras *x = p->extras;

	return x ? (size_t)1 + otpi_table_count(&x->links) +
			otpi_table_count(&x->monitors) +
			otpi_table_count(&x->watchers)
		 : 1;
}

static void
look_at(struct otp_process_info *info, struct process *p)
{
	const struct otp_process_class *class = otpi_class_of(p);

	info->pid = key_pid(process_key(p));
	/* Acquire: somebody else may have given it, and made its text. */
	info->name = otpi_name_text(
		atomic_load_explicit(&p->name, memory_order_acquire));
	if (class) {
		info->behaviour = class->behaviour->name;
		info->class_name = class->name;
	}
	info->entry = otpi_entry_of(p);
	info->parent = key_pid(otpi_parent_of(p));
	info->ancestor_count = otpi_ancestors(p, info->ancestors);
	info->priority = (enum otp_priority)p->priority;
	info->trap_exit = p->flags & PROCESS_TRAP_EXIT;
	info->mailbox =
		atomic_load_explicit(&p->queue_len, memory_order_relaxed);
	info->messages =
		atomic_load_explicit(&p->handled, memory_order_relaxed);
	if (p->flags & PROCESS_LIMITED) {
		info->max_heap = otpi_heap_limit(p);
		info->heap_used = p->runner ? otpi_heap_size(p, p->runner)
					    : p->extras->heap_used;
	}
	info->handling = handling_of(p);
}

/* All of it in one block, that of a reply. */
static struct otp_msg *
answer_new(struct thread *t, struct process *p, uint64_t id)
{
	struct otp_process_info *info;
	struct otp_msg *m = otpi_block_new(
		t, sizeof *info + pid_count(p) * sizeof(otp_pid));
	struct pids room;

	m->id = id;
	otpi_signal_set_from(m, 0);
	otpi_answer_make(m, OTP_OK);
	info = otp_msg_payload(m);
	*info = (struct otp_process_info){0};
	look_at(info, p);
	room.next = (otp_pid *)(void *)(info + 1);
	add_links(&room, &info->links, p);
	if (p->extras) {
		add_values(&room, &info->monitors, &p->extras->monitors);
		add_values(&room, &info->monitored_by, &p->extras->watchers);
	}
	return m;
}

void
otpi_info_answer(struct thread *t, struct process *p, struct otp_msg *m)
{
	uint64_t asker = otpi_signal_from(m);
	struct otp_msg *answer;

	/* Its own. */
	if (atomic_load_explicit(&p->exiting, memory_order_relaxed)) {
		otpi_call_fail(t, m, OTP_NOPROC, &otpi_reason_noproc);
		return;
	}
	answer = answer_new(t, p, m->id);
	otpi_block_free(t, m);
	if (!otpi_push_to(t, asker, answer))
		otpi_block_free(t, answer);
}

/* --- asking --------------------------------------------------------------- */

static otp_err
ask(struct thread **t, struct process *p, uint64_t key, otp_duration timeout_ms,
	struct otp_msg **answer)
{
	struct runner *r = (*t)->runner;
	otp_err err;

	r->await = otpi_id_next(*t);
	otpi_signal_send(*t, key,
		otpi_signal_new(
			*t, SIGNAL_INFO, process_key(r->process), r->await));
	/* Not behind all that it has received: as in otpi_signal_send_reason. */
	atomic_store(&p->urgent, true);
	err = otpi_await(t, timeout_ms);
	*answer = r->answer;
	r->answer = NULL;
	if (err != OTP_OK || (*answer)->status == OTP_OK)
		return err;
	otpi_signal_free(*t, *answer);
	return OTP_NOPROC;
}

otp_err
otp_process_info(
	otp_pid pid, otp_duration timeout_ms, struct otp_process_info *info)
{
	struct thread *t = otpi_enter();
	struct process *self = t->runner->process;
	uint64_t key = pid_key(pid);
	struct process *p = otpi_slot_find(key);
	struct otp_process_stats stats;
	struct otp_msg *answer = NULL;
	otp_err err = OTP_OK;

	if (pid.node || pid.creation || timeout_ms < 0)
		err = OTP_BADARG;
	else if (p == NULL || !otpi_process_look(t, p, &stats) ||
		!otp_pid_equal(stats.pid, pid))
		err = OTP_NOPROC;
	else if (p != self)
		err = ask(&t, p, key, timeout_ms, &answer);
	if (err == OTP_OK && p == self) {
		otpi_receive_signals(t, self);
		otpi_check_end(t);
		answer = answer_new(t, self, 0);
	}
	if (err == OTP_OK) {
		otpi_lend(t->runner, answer);
		otpi_heap_check(t, 0);
	}
	otpi_leave(t);
	if (err == OTP_OK) {
		*info = *(struct otp_process_info *)otp_msg_payload(answer);
		info->status = stats.status;
	}
	return err;
}

static size_t
list_processes(otp_pid *pids, size_t most)
{
	struct process *p;
	size_t n = 0;

	for (uint32_t id = 1; n < most && (p = otpi_slot_at(id)); id++) {
		uint64_t key = process_key(p);

		if (otpi_alive(key))
			pids[n++] = key_pid(key);
	}
	return n;
}

/* So many more may be there when they are listed than when they were counted. */
#define LIST_SLACK 64

void
otp_process_list(struct otp_pid_list *processes)
{
	struct thread *t = otpi_enter();
	struct process *p;
	size_t most = LIST_SLACK;
	otp_pid *pids;

	for (uint32_t id = 1; (p = otpi_slot_at(id)); id++)
		most += otpi_alive(process_key(p));
	otpi_leave(t);
	pids = otp_tmp(most * sizeof *pids);
	t = otpi_enter_again();
	most = list_processes(pids, most);
	otpi_leave(t);
	processes->ptr = pids;
	processes->len = most;
}
