/* SPDX-License-Identifier: Apache-2.0 */
#include "core/trace.h"
#include "core/probe.h"
#include "core/run.h"

#include <sched.h>
#include <string.h>

/* A section of the file, and writable, as tools want it. */
struct trace_switch otpi_trace_switch
	__attribute__((section(".probes"), visibility("hidden")));

#define OTP_TRACE_KIND(name, probe) PROBE_SEMAPHORE(probe);
#include <otp/trace.def>
#undef OTP_TRACE_KIND

/* --- the hook ------------------------------------------------------------ */

static bool
is_hooked(void)
{
	return atomic_load(&otpi_trace_switch.word) & TRACE_HOOK;
}

bool
otpi_trace_hook(otp_trace_handler handler, void *arg)
{
	struct trace *trace = &otpi_runtime.trace;

	if (handler && is_hooked())
		return false;
	atomic_fetch_and(&otpi_trace_switch.word, ~TRACE_HOOK);
	/* Acquire: what the handler did is seen, and over. */
	for (unsigned i = 0; i < TRACE_USERS; i++)
		while (atomic_load(&trace->users[i].count))
			sched_yield();
	trace->handler = handler;
	trace->arg = arg;
	if (handler)
		atomic_fetch_or(&otpi_trace_switch.word, TRACE_HOOK);
	return true;
}

static void
hook_call(struct thread *self, const struct otp_trace_event *event)
{
	struct trace *trace = &otpi_runtime.trace;
	_Atomic(uint32_t) *count =
		&trace->users[self->number % TRACE_USERS].count;

	if (!is_hooked())
		return;
	atomic_fetch_add(count, 1);
	if (is_hooked())
		trace->handler(event, trace->arg);
	/* Release: who waits for it sees what the handler did. */
	atomic_fetch_sub_explicit(count, 1, memory_order_release);
}

otp_err
otp_trace_set(otp_trace_handler handler, void *arg)
{
	struct trace *trace = &otpi_runtime.trace;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	bool done;

	otpi_runtime_init();
	pthread_mutex_lock(&trace->lock);
	done = trace->file == NULL && otpi_trace_hook(handler, arg);
	pthread_mutex_unlock(&trace->lock);
	if (t)
		otpi_leave(t);
	return done ? OTP_OK : OTP_ALREADY_STARTED;
}

const char *
otp_trace_kind_name(enum otp_trace_kind kind)
{
	static const char *const names[] = {
#define OTP_TRACE_KIND(name, probe) #probe,
#include <otp/trace.def>
#undef OTP_TRACE_KIND
	};

	return (unsigned)kind < OTP_TRACE_KINDS ? names[kind] : "unknown";
}

/* --- events -------------------------------------------------------------- */

#define FIRE(probe) \
	PROBE(probe, e->pid.id, e->pid.serial, e->peer.id, e->peer.serial, \
		e->class_name, e->text, e->number, e->id)

/* t's process has sent something: see otp_sys_statistics. */
static void
count_sent(struct thread *t)
{
	struct process *p = t->runner->process;

	struct watched *watched =
		p && p->extras ? p->extras->rare->watched : NULL;

	if (watched && watched->work.since)
		watched->work.sent++;
}

/* On t, by the calling thread: mostly the same. */
static void
emit(struct thread *t, struct otp_trace_event *e)
{
	/* Relaxed: who calls the handler looks again. */
	if (atomic_load_explicit(
		    &otpi_trace_switch.word, memory_order_relaxed) %
			TRACE_COUNTS ==
		0)
		return;
	e->thread = t->number;
	e->worker = t->worker ? (int32_t)t->worker->index : -1;
	e->time_ns = otpi_clock_ns();
	switch (e->kind) {
#define OTP_TRACE_KIND(name, probe) \
	case OTP_TRACE_##name: \
		FIRE(probe); \
		break;
#include <otp/trace.def>
#undef OTP_TRACE_KIND
	case OTP_TRACE_KINDS:
		break;
	}
	hook_call(otpi_thread_now(), e);
}

/* An event that concerns p, which its owner or killer tells of. */
static struct otp_trace_event
event_of(enum otp_trace_kind kind, struct process *p, uint64_t peer)
{
	struct otp_trace_event e = {.kind = kind, .peer = key_pid(peer)};
	const struct otp_process_class *class;

	if (p == NULL)
		return e;
	class = otpi_class_of(p);
	e.pid = key_pid(process_key(p));
	/* Acquire: somebody else may have given it, and made its text. */
	e.name = otpi_name_text(
		atomic_load_explicit(&p->name, memory_order_acquire));
	e.class_name = class ? class->name : NULL;
	return e;
}

/* Signals of the runtime's own are not sent by anybody who is traced. */
static uint64_t
id_of(const struct otp_msg *m)
{
	return m && m->kind <= SIGNAL_MESSAGE ? (uint64_t)(uintptr_t)m : 0;
}

static const char *
text_of(const struct otp_msg *m)
{
	return m && m->type ? m->type->name : NULL;
}

/* Something that is told in a few words. */
static void
tell(struct thread *t, enum otp_trace_kind kind, struct process *p,
	uint64_t peer, uint64_t id, int64_t number)
{
	struct otp_trace_event e = event_of(kind, p, peer);

	e.id = id;
	e.number = number;
	emit(t, &e);
}

/* Something that t's process does with a message. */
static void
tell_message(struct thread *t, enum otp_trace_kind kind, uint64_t peer,
	const struct otp_msg *m, int64_t number)
{
	struct otp_trace_event e = event_of(kind, t->runner->process, peer);

	e.text = text_of(m);
	e.id = id_of(m);
	e.number = number;
	emit(t, &e);
}

void
otpi_trace_spawn(struct thread *t, struct process *p)
{
	struct process *by = t->runner->process;
	uint64_t parent = by && by != p ? process_key(by) : 0;

	tell(t, OTP_TRACE_SPAWN, p, parent, 0, 0);
}

void
otpi_trace_exit(struct thread *t, struct process *p)
{
	struct otp_trace_event e = event_of(OTP_TRACE_EXIT, p, 0);
	char text[96];

	if (p->end_reason) {
		e.reason = otpi_reason_term(p->end_reason);
		otp_term_print(e.reason, text, sizeof text);
		e.text = text;
	}
	emit(t, &e);
}

void
otpi_trace_run(struct thread *t, struct process *p)
{
	tell(t, OTP_TRACE_RUN, p, 0, 0, 0);
}

void
otpi_trace_hibernate(struct thread *t, struct process *p)
{
	tell(t, OTP_TRACE_HIBERNATE, p, 0, 0, 0);
}

void
otpi_trace_stop(struct thread *t, struct process *p)
{
	tell(t, OTP_TRACE_STOP, p, 0, 0, 0);
}

const char *
otpi_message_word(const struct otp_msg *m)
{
	if (m->type)
		return m->type->name;
	switch (m->kind) {
	case SIGNAL_EXIT:
	case SIGNAL_EXIT_LINK:
		return "exit";
	case SIGNAL_DOWN:
		return "down";
	case SIGNAL_TIMER:
		return "timer";
	case SIGNAL_IDLE:
		return "idle";
	case SIGNAL_RESPONSE:
		return "response";
	default:
		return "message";
	}
}

void
otpi_trace_handler(struct thread *t, struct process *p, const struct otp_msg *m,
	const char *what)
{
	struct otp_trace_event e = event_of(
		OTP_TRACE_HANDLER_BEGIN, p, m ? otpi_signal_from(m) : 0);

	e.text = what ? what : otpi_message_word(m);
	e.id = id_of(m);
	emit(t, &e);
}

void
otpi_trace_handler_end(struct thread *t, struct process *p, bool abandoned)
{
	tell(t, OTP_TRACE_HANDLER_END, p, 0, 0, abandoned);
}

void
otpi_trace_send(struct thread *t, uint64_t to, const struct otp_msg *m)
{
	count_sent(t);
	tell_message(t, OTP_TRACE_SEND, to, m, 0);
}

/* By whoever finds out, also the receiver. */
void
otpi_trace_drop(
	struct thread *t, uint64_t to, const struct otp_msg *m, otp_err status)
{
	uint64_t from = otpi_signal_from(m);
	struct otp_trace_event e = event_of(OTP_TRACE_DROP, NULL, to);

	e.pid = key_pid(from);
	e.text = text_of(m);
	e.id = id_of(m);
	e.number = status;
	emit(t, &e);
}

void
otpi_trace_receive(struct thread *t, struct process *p, const struct otp_msg *m)
{
	struct otp_trace_event e =
		event_of(OTP_TRACE_RECEIVE, p, otpi_signal_from(m));

	e.text = otpi_message_word(m);
	e.id = id_of(m);
	emit(t, &e);
}

void
otpi_trace_call(struct thread *t, uint64_t to, const struct otp_msg *m)
{
	if (m)
		count_sent(t);
	tell_message(t, OTP_TRACE_CALL, to, m, 0);
}

void
otpi_trace_call_end(struct thread *t, uint64_t to, uint64_t id, otp_err status)
{
	struct process *p = t->runner->process;

	if (status == OTP_TIMEOUT)
		tell(t, OTP_TRACE_TIMEOUT, p, to, id, 0);
	tell(t, OTP_TRACE_CALL_END, p, to, id, status);
}

void
otpi_trace_reply(struct thread *t, uint64_t to, uint64_t id, otp_err status)
{
	count_sent(t);
	tell(t, OTP_TRACE_REPLY, t->runner->process, to, id, status);
}

void
otpi_trace_fault(
	struct thread *t, struct process *p, const struct otpi_fault *fault)
{
	tell(t, OTP_TRACE_FAULT, p, 0, fault->address, fault->signal);
}

void
otpi_trace_kill(struct thread *t, uint64_t to)
{
	tell(t, OTP_TRACE_KILL, t->runner->process, to, 0, 0);
}

void
otpi_trace_restart(struct thread *t, otp_pid child, const char *id)
{
	struct otp_trace_event e =
		event_of(OTP_TRACE_RESTART, t->runner->process, pid_key(child));

	e.text = id;
	emit(t, &e);
}

void
otpi_trace_worker(
	struct thread *t, enum otp_trace_kind kind, uint32_t n, uint32_t from)
{
	tell(t, kind, NULL, 0, from, n);
}

void
otpi_trace_stuck(struct thread *t, const struct thread *spare)
{
	tell(t, OTP_TRACE_STUCK,
		atomic_load_explicit(&t->running, memory_order_relaxed), 0, 0,
		spare->number);
}
