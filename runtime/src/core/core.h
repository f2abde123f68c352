/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structures of the core, and who may touch what.
 *
 * A process is a slot of a table that never moves and is never unmapped. It is
 * owned by one thread at a time: the one that runs it, found by its inbox word:
 *   INBOX_IDLE   nobody owns it; whoever pushes a signal takes over the
 *		  scheduling of it;
 *   0 or a list  it is scheduled, running or parked-and-woken: owned;
 *   INBOX_DEAD   the slot is free, or its process takes nothing any more.
 * Others write only the fields of the first group. A process that blocks is
 * idle too, but keeps its runner (a stack): it is woken on its home worker.
 *
 * A runner is a stack with what belongs to the activation on it. A worker is a
 * run queue with timers and runners; a thread is what executes. A thread
 * without a worker is a foreign thread, a spare, or one whose worker was given
 * to a spare because its handler took too long.
 */
#ifndef OTPI_CORE_H
#define OTPI_CORE_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include <otp/behaviour.h>
#include <otp/report.h>
#include <otp/runtime.h>
#include <otp/trace.h>

#include "base/alloc.h"
#include "base/atom.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/pages.h"
#include "base/reason.h"
#include "base/table.h"
#include "base/tuning.h"
#include "core/contain.h"
#include "core/fiber.h"
#include "core/starved.h"

enum signal_kind {
#define SIGNAL(name) SIGNAL_##name,
#include "core/signal.def"
#undef SIGNAL
};

/* What stands behind the header of EXIT, EXIT_LINK, DOWN and failed REPLY. */
struct signal_reason {
	struct otpi_reason *reason;
	/* DOWN: what was monitored, as in an otp_to, if by its name. */
	uint32_t name;
	uint32_t node;
};

#define INBOX_IDLE ((uintptr_t)1)
#define INBOX_DEAD ((uintptr_t)2)

enum process_kind {
	PROCESS_FREE,
	PROCESS_BEHAVIOUR,
	PROCESS_PLAIN,
	PROCESS_FOREIGN
};

enum process_flag {
	PROCESS_TRAP_EXIT = 1,
	PROCESS_NEW = 2, /* its init has not been called */
	PROCESS_DYING = 4, /* end_reason stands; only death goes on */
	PROCESS_CLOSED = 8, /* the inbox is closed */
	PROCESS_STARTING = 16, /* its starter waits for init */
	PROCESS_LIMITED = 32, /* it has a max_heap */
	PROCESS_BOUNDED = 64, /* it has a bound for the mailbox */
	/* A thread's own, blocking, or not of normal priority: see sched.c. */
	PROCESS_UNUSUAL = 128,
	/* Linked to its parent since its start, which `links` does not say. */
	PROCESS_CHILD = 256,
	PROCESS_PARENT = 512, /* its parent started it with a link (B42) */
	/* Most of what is queued is not to be handled: suspend.h. */
	PROCESS_SUSPENDED = 1024,
	PROCESS_ASLEEP = 2048, /* it hibernates: suspend.h, anew.c */
	PROCESS_RESPONSES = 4096 /* it is told of answers: requests.h */
};

/* Why a process is PROCESS_SUSPENDED: suspend.h. */
struct suspension {
	bool asked; /* otp_process_suspend */
	uint64_t holder; /* pid key; 0: none */
	uint64_t watch; /* the holder's monitor */
	struct otp_msg *passed; /* last of the queue that is known to wait */
};

/* What it counts for otp_sys_statistics; the first three: when that began. */
struct work {
	otp_timestamp since; /* 0: it does not count */
	uint64_t handled;
	uint64_t busy_us;
	uint64_t sent;
};

/* What sys asks for; see suspend.c. */
struct watched {
	struct suspension suspension;
	struct work work;
};

/* What few processes have, or only for a while. Owner's. */
struct rare {
	struct table names; /* reference -> name that is monitored, and node */
	struct table requests; /* call -> what came of it: requests.h */
	struct table taken; /* call -> block, of otp_event_take */
	struct table aliases; /* number -> enum otp_alias_end */
	struct list pending; /* deferred calls: struct pending */
	size_t max_heap; /* PROCESS_LIMITED: 0: that of its class */
	struct timer *idle_timer;
	struct timer *alarm; /* of a wait on the blocking pool: park.c */
	/* While PROCESS_STARTING: whom to tell, and what of. */
	uint64_t starter;
	uint64_t start_call;
	uint64_t start_monitor; /* the starter's reference; 0: none */
	struct otp_msg *start;
	otp_err start_status;
	bool start_linked;
	struct otpi_reason *start_reason; /* NULL: as of the end */
	otp_duration hibernate_after_ms; /* 0: never */
	bool dozing; /* the idle event that is waited for makes it hibernate */
	struct watched *watched; /* NULL: none of it */
};

/* What a process has only while it has any of it. Owner's. */
struct extras {
	struct table links; /* pid key -> 0, or the id of an unlink */
	struct table monitors; /* reference -> pid key of the target */
	struct table watchers; /* reference -> pid key of who watches */
	struct table timers; /* reference -> struct timer */
	struct owned *owned; /* destructors, last first */
	uint64_t idle_id; /* of the idle event that is waited for; 0: none */
	size_t heap_used; /* PROCESS_LIMITED: bytes on `heap` */
	struct rare *rare; /* never NULL: otpi_rare_none is empty */
};

struct process {
	/* Written by anybody. */
	_Atomic(uintptr_t) inbox;
	_Atomic(uint32_t) serial; /* generation */
	_Atomic(uint32_t) kill_serial; /* generation that was sent kill */
	_Atomic(bool) urgent; /* something in the inbox is not to wait */
	_Atomic(bool) exiting; /* owner's; read by anybody */
	uint16_t flags; /* enum process_flag; owner's */
	_Atomic(uint8_t) kind; /* enum process_kind; owner's */
	/* Where it waits: 0: between events, 1: with its runner, 2: between
	 * events, and hibernates. Owner's. */
	_Atomic(uint8_t) blocked;
	uint8_t priority; /* enum otp_priority; owner's */
	_Atomic(uint8_t) app; /* 0: none. Of who started it; by anybody */
	/* 0, or which of its destructors runs; owner's. */
	_Atomic(uint32_t) destructing;
	/* The one that runs for too long after a kill; watchdog's. */
	_Atomic(uint32_t) overdue;
	_Atomic(uint32_t) counted; /* messages under the bound: bound.h */
	_Atomic(uint32_t) bound; /* 0: none. Owner's; read by anybody */
	/* Owner's. */
	uint32_t id;
	struct runner *runner; /* while it runs or is parked */
	struct process *run_next; /* of the run queue it is on */
	struct otp_msg *mark; /* handled, but still in the inbox: mailbox.h */
	struct otp_msg *queue; /* received, not handled; oldest first */
	struct otp_msg *queue_last;
	_Atomic(uint32_t) queue_len; /* of `queue`; by anybody */
	_Atomic(uint32_t) name; /* registered; by anybody: otpi_name_word */
	_Atomic(const struct otp_process_class *)
		process_class; /* by anybody */
	void *data;
	struct extras *extras; /* NULL: none of it */
	struct heap *heap; /* otp_alloc's blocks */
	struct otpi_reason *end_reason;
	_Atomic(uint64_t) parent; /* pid key; read by anybody: info.c */
	_Atomic(uint64_t) handled; /* messages; by anybody */
	/* What the watchdog saw it run for; the watchdog's. */
	_Atomic(uint64_t) busy_us;
};

/* A wait with a limit, or a message to be sent later: see timer.c. */
struct timer {
	struct list on; /* a slot of its worker's wheel */
	struct worker *worker; /* whose wheel */
	struct timer *arriving; /* while it is handed to that wheel */
	struct timer *leaving; /* while it is cancelled there */
	_Atomic(int64_t) deadline_ms; /* or young: timer.h */
	int64_t asked_ms; /* how long it was to take */
	_Atomic(uint32_t) state; /* enum timer_state */
	_Atomic(uint32_t) holds; /* wheel's and owner's; 0 frees */
	_Atomic(uint8_t) kind; /* enum timer_kind */
	uint64_t id; /* reference, or idle id */
	uint64_t owner; /* pid key of who is told; 0: nobody */
	otp_to to;
	struct otp_msg *message;
	struct runner *runner; /* TIMER_WAKE */
};

enum activation_stage {
	STAGE_RUN, /* a handler, init, or a plain process */
	STAGE_ENDING, /* the behaviour's `ending` */
	STAGE_DESTRUCT, /* a destructor of otp_own */
	STAGE_REPORT, /* the report handler */
	STAGE_ENCODE, /* the state, for the crash report */
	STAGE_SHOW /* the same for sys: it is not the end (anew.c) */
};

/*
 * A stack, and what belongs to the activation on it. Owned by the thread that
 * runs it, or, parked, by the process's next owner on the same worker.
 */
struct runner {
	struct otpi_fiber *fiber; /* NULL: a foreign thread's */
	struct runner *next; /* in a pool */
	struct thread *thread; /* that runs it, or ran it last */
	struct worker *home; /* on whose thread it is parked; NULL: none's */
	struct process *process; /* on it now */
	struct process *first; /* to be run when it is switched to */
	uint8_t stage; /* enum activation_stage */
	bool landed; /* its frames were abandoned: see runner_main */
	bool anew; /* landed: its process goes on without them */
	bool interrupted; /* by a fault or a kill: `fault` stands */
	bool timed_out; /* the wait's limit is over */
	bool silent; /* the end needs no `ending` */
	bool ended; /* `ending` has begun: it runs once */
	bool killed; /* `kill` interrupted it */
	bool cut; /* the same, between any two instructions */
	bool searching; /* it has a place in the queue: receive.c */
	uintptr_t entry_sp; /* stack pointer when user code was entered */
	struct otp_msg *building; /* of otp_msg_new, not sent yet */
	struct otp_msg *current; /* being handled */
	struct otp_msg *lent; /* newest first */
	size_t lent_size; /* 0: not counted; see heap.h */
	uint64_t outgrown; /* bytes of the heap that outgrew max_heap */
	bool yielding; /* it left a pool thread, but does not wait */
	uint64_t await; /* call that is waited for; 0: none */
	struct otp_msg *answer; /* of it */
	struct otp_msg *held; /* the last answer, not freed or lent yet */
	struct otpi_reason *carried; /* otpi_enter_with */
	uint64_t caller; /* pid key, in a call's handler */
	struct otpi_reason *last_reason;
	struct timer timer; /* the limit of a wait */
	struct otp_msg *start; /* of a process declared dead in init */
	struct heap *quarantine; /* heap of a process declared dead */
	struct otpi_fault fault;
	/* Of the report being made: what is shown, and what it is made from. */
	otp_term_builder message, state, reason, raw;
	bool formatting; /* the hook that shows it has begun */
	struct otpi_reason *reported; /* of the end, whatever that calls */
};

#define BLOCK_CLASSES 15 /* 64, 96, 128, 192 ... bytes to 8 KiB */

#define MAGAZINE_AHEAD 4 /* fetched so many allocations ahead */

/* Free cells of a class, or free slots: magazine.h. */
struct magazine {
	uint32_t count;
	/* The first MAGAZINE_AHEAD are NULL. */
	void *cells[MAGAZINE_AHEAD + 2 * BATCH_SMALL];
};

/* The same on the way between threads. */
struct bundle {
	struct bundle *next;
	uint32_t count;
	void *cells[BATCH_SMALL];
};

/* Why a thread is to look up at its next entry into the runtime. */
enum attention {
	ATTENTION_NONE,
	ATTENTION_SIM, /* it is part of the deterministic mode: sim.h */
	ATTENTION_KILL, /* the process it runs was killed */
	ATTENTION_STUCK, /* it is to give up its worker, if that still waits */
	ATTENTION_ASKED, /* the watchdog is about to decide */
	ATTENTION_DETACHED, /* it has lost its worker */
	ATTENTION_DEAD, /* its process was declared dead without it */
	ATTENTION_FORKED /* it is in the child of a fork: fork.h */
};

struct thread {
	/* The thread's own; the watchdog reads, and writes `attention`. */
	_Atomic(uint32_t) inside; /* 1: in the runtime; 0: in user code */
	_Atomic(uint32_t) attention; /* enum attention */
	struct worker *worker; /* NULL: none. Changed by the watchdog while the
				* thread is in user code, told by attention */
	struct runner *runner; /* otpi_thread_runs */
	const char *stack; /* of its fiber; NULL: a foreign thread's */
	_Atomic(struct process *) running; /* whose user code */
	struct process *foreign; /* a foreign thread's record */
	struct magazine magazines[BLOCK_CLASSES];
	uint64_t next_id, last_id; /* references and calls: a range each */
	struct magazine slots; /* free ones: slot.h */
	/* Processes begun and ended on it; its own, read by others. */
	_Atomic(uint64_t) begun, ended;
	struct otpi_fiber native;
	struct runner *left; /* native: free it, its frames are over */
	struct process *leaving; /* native: it goes on elsewhere, or waits */
	bool pooled; /* of the blocking pool */
	bool lost; /* pooled, and its process was declared dead */
	struct runner *spare_runners; /* pooled: in the loop; by next */
	struct runner native_runner; /* foreign threads */
	pthread_t pthread;
	int tid; /* the system's number of it; for debuggers */
	uint32_t number; /* from 1, each its own; for traces */
	struct trace_ring *trace_ring; /* NULL: none yet; see trace_ring.h */
	void *altstack;
	_Atomic(uint32_t) wake; /* futex: foreign waits, spares wait */
	struct list on; /* runtime.threads */
	struct list spare; /* runtime.spares */
	struct list counted; /* runtime.counted */
	bool locked; /* the watchdog's own record: it has runtime.lock */
	struct party *party; /* foreign, in the deterministic mode */
	/* Watchdog's. */
	int64_t kill_since_ms; /* 0: none */
	struct otpi_watch kill_watch; /* since then */
	uint64_t kill_key; /* of whom */
	uint32_t kill_destructing; /* in which destructor */
};

/* Processes that are scheduled, by run_next. */
struct run_queue {
	struct process *first;
	struct process *last;
};

#define LEVELS 4 /* of enum otp_priority */

/* Threads for the handlers of blocking servers: see blocking.c. */
struct blocking_pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct run_queue queues[LEVELS];
	uint32_t turn; /* counts what was taken from them */
	uint32_t waiting; /* processes in the queues */
	unsigned threads;
	unsigned idle; /* of these, that wait for a process */
	uint32_t parked; /* processes that wait with their runner */
	_Atomic(uint32_t) busy; /* threads in a process */
	_Atomic(bool) full; /* to be reported */
	bool was_full; /* since there was room last */
};

/* Processes in the global queue: ring.h. A cell of 1 KiB. */
#define BATCH_SIZE 126u

struct batch {
	struct batch *next;
	uint32_t at; /* the first that is left */
	uint32_t count; /* those that have left included */
	struct process *items[BATCH_SIZE];
};

#define WHEEL_SLOTS (1 << WHEEL_BITS)

struct wheel {
	struct list slots[WHEEL_LEVELS][WHEEL_SLOTS];
	uint64_t used[WHEEL_LEVELS]; /* slots that may hold something */
	struct list young; /* waits whose deadline is not settled: timer.h */
	int64_t now_ms; /* everything up to here has fired */
	uint32_t count;
	_Atomic(struct timer *) arriving; /* of threads without a worker */
	_Atomic(struct timer *) leaving; /* cancelled by other threads */
};

/* Owned by its thread but for what says otherwise. */
struct worker {
	/* Thieves read and take. */
	_Atomic(uint32_t) head;
	_Atomic(uint32_t) tail;
	_Atomic(struct process *) ring[RING_SIZE];
	/* Others push: parked processes that were woken, run_next. */
	_Atomic(struct process *) remote;
	_Atomic(uint32_t) parked; /* futex; 1: asleep or about to be */
	_Atomic(bool) poke; /* a tick has passed: look at the clock */
	_Atomic(bool) lost; /* a stop was too early for it: stop.c */
	_Atomic(uint32_t) beat; /* counts activations */
	/* Its own. */
	/* Woken last: goes first, within bounds. Its own, but see sched.h. */
	_Atomic(struct process *) wake;
	uint32_t wake_streak;
	/* Has nothing to do, but is not idle; by anybody. */
	_Atomic(struct process *) resting;
	struct run_queue pinned[LEVELS]; /* woken with a stack */
	uint32_t urgent_streak; /* above normal priority, in a row */
	uint32_t max_streak; /* of priority max, in a row */
	uint32_t turn; /* counts down to a look around */
	/* Counted, so that each of two or three has its turn: sched.c. */
	uint32_t local_turn, look_turn, level_turn[LEVELS];
	struct batch *batch; /* of the global queue, in hand; NULL: none */
	uint32_t seed; /* whom to steal from */
	struct runner *pool;
	uint32_t pool_count;
	struct wheel wheel;
	struct thread *thread; /* changed under runtime.lock */
	unsigned index;
	/* Its thread's; otp_stats_workers reads. */
	_Atomic(uint32_t) pinned_len; /* all of `pinned` */
	_Atomic(uint64_t) steals; /* times, and processes */
	_Atomic(uint64_t) stolen;
	_Atomic(uint64_t) parks;
	_Atomic(uint64_t) parked_ns; /* in all, but for the one that lasts */
	_Atomic(int64_t) parked_since_ns; /* 0: it is not parked */
	/* Watchdog's. */
	uint32_t last_beat;
	int64_t beat_since_ms;
	struct otpi_watch watch; /* of its thread, since the beat stands */
	uint64_t given_up; /* pid key of whose thread gave it up itself */
};

#define SLOT_CHUNK (1u << SLOT_CHUNK_BITS)

#define TRACE_USERS 16u

/* See trace.h. */
struct trace {
	pthread_mutex_t lock; /* who sets the hook */
	otp_trace_handler handler;
	void *arg;
	/* Threads in the handler, by number. */
	struct {
		_Alignas(64) _Atomic(uint32_t) count;
	} users[TRACE_USERS];
	struct trace_file *file; /* that is written; NULL: none */
	bool is_ours; /* the runtime opened it, for OTP_TRACE */
	unsigned starts; /* that did so */
	pthread_mutex_t rings_lock;
	struct list rings; /* struct trace_ring: of all threads */
};

struct runtime {
	_Atomic(bool) running;
	_Atomic(bool) ready; /* it was started once: threads may come */
	_Atomic(bool) forked; /* in the child of a fork: fork.h */
	sigset_t signal_mask; /* of the thread that started it */
	struct otp_runtime_opts opts;
	/* Read by all through otpi_sim, written by start and stop. */
	_Atomic(struct sim_hooks *) sim; /* NULL: not the deterministic mode */
	struct sim_hooks *sim_kept; /* of an earlier start */
	/* Relaxed; threads that a late stop has left may still read them. */
	_Atomic(int) budget; /* messages of one activation */
	_Atomic(int) death_budget; /* a step of a death takes so many off */
	_Atomic(uint32_t) process_limit; /* opts.max_processes; by anybody */
	/*
	 * Threads of the program may look at them at any time, also while the
	 * runtime stops or starts: so the memory stays. Changed between two
	 * lives, under `lock`: stop.c.
	 */
	_Atomic(unsigned) worker_count;
	_Atomic(struct worker *) workers;
	bool workers_lost; /* a late stop: they may still be in use */
	int64_t started_ns; /* with these */
	uint64_t timers_left; /* on wheels at a stop: audit.h */
	_Atomic(uint32_t) idle; /* workers parked */
	_Atomic(uint32_t) searching; /* about to, looking for work */
	/* The global run queue. */
	pthread_mutex_t queue_lock;
	struct run_queue queues[LEVELS]; /* but for normal priority */
	struct batch *batches; /* of normal priority, oldest first */
	struct batch *batches_last;
	_Atomic(uint32_t) queue_len[LEVELS]; /* processes, batches included */
	/* The process table. */
	pthread_mutex_t slot_lock;
	struct pages slots;
	_Atomic(struct process *) *chunks;
	_Atomic(uint32_t) slot_count; /* ever made */
	_Atomic(uint32_t) slots_retired; /* of these; their serials are used */
	struct bundle *free_slots; /* oldest first */
	struct bundle *free_last;
	/* Threads; the watchdog's decisions are made under this lock. */
	pthread_mutex_t lock;
	struct list threads;
	struct list spares;
	struct list counted; /* all that have begun and ended processes */
	pthread_cond_t thread_ended;
	unsigned thread_count;
	pthread_t watchdog;
	_Atomic(uint32_t) watchdog_wake; /* futex; 0: it sleeps for long */
	_Atomic(uint32_t) detached; /* threads in a handler, no worker */
	_Atomic(bool) stopping;
	_Atomic(bool) closing; /* nothing new is started */
	_Atomic(bool) gives_up; /* a stop waits for no handler any more */
	_Atomic(bool) changing; /* somebody starts or stops it */
	_Atomic(uint64_t) foreigners; /* processes that are threads */
	_Atomic(bool) watchdog_stops; /* before the others */
	bool membarrier;
	struct blocking_pool blocking;
	/* Blocks in transit between threads, in batches. */
	pthread_mutex_t depot_lock;
	struct bundle *depot[BLOCK_CLASSES];
	struct bundle *bundles; /* empty ones, of slots, too */
	uint64_t carved[BLOCK_CLASSES]; /* ever made: audit.h */
	struct pages slabs;
	char *slab;
	char *slab_end;
	/* Pending calls: type-stable records. */
	pthread_mutex_t pending_lock;
	struct pending *pending_free;
	uint64_t pending_made; /* ever: audit.h */
	_Atomic(uint64_t) next_ids; /* ranges handed to threads */
	struct atom_table atoms;
	_Atomic(otp_report_handler) report;
	pthread_key_t thread_key;
	_Atomic(uint32_t) thread_numbers;
	struct trace trace;
	/* What the signals did before the runtime started. */
	struct sigaction previous[NSIG];
	sigset_t thread_mask; /* constant: of all threads of its own */
	/* otp_counters. */
	_Atomic(uint64_t) begun, ended; /* on threads that are over */
	_Atomic(uint64_t) contained, interrupted, abandoned, stuck, restarts,
		refused, dropped, outgrown;
};

/* The one mutable global. */
extern struct runtime otpi_runtime;

/* Relaxed: it is published with the pid, and given up with the slot. */
static inline void
process_kind_set(struct process *p, enum process_kind kind)
{
	atomic_store_explicit(&p->kind, (uint8_t)kind, memory_order_relaxed);
}

/* What debug information does not say: for runtime/share/gdb/otp.py. */
struct debug_facts {
	uint32_t slot_chunk; /* processes of a chunk of the table */
	uint32_t first_atoms; /* names of the first chunk of theirs */
	uintptr_t inbox_idle;
	uintptr_t inbox_dead;
};

extern const struct debug_facts otpi_debug_facts;

/* A pid in one word. Local pids only. */
static inline uint64_t
pid_key(otp_pid pid)
{
	return (uint64_t)pid.serial << 32 | pid.id;
}

static inline otp_pid
key_pid(uint64_t key)
{
	otp_pid pid = {(uint32_t)key, (uint32_t)(key >> 32), 0, 0};

	return pid;
}

static inline uint64_t
process_key(const struct process *p)
{
	return (uint64_t)atomic_load_explicit(&p->serial, memory_order_relaxed)
		<< 32 |
		p->id;
}

/* Relaxed: the owner's own; or cold, and its tables are constant. */
static inline const struct otp_process_class *
otpi_class_of(const struct process *p)
{
	return atomic_load_explicit(&p->process_class, memory_order_relaxed);
}

/* Relaxed: it is set before the process runs. */
static inline uint64_t
otpi_parent_of(const struct process *p)
{
	return atomic_load_explicit(&p->parent, memory_order_relaxed);
}

static inline otp_ref
id_ref(uint64_t id)
{
	otp_ref ref = {0, 0, 2, {(uint32_t)id, (uint32_t)(id >> 32), 0, 0, 0}};

	return ref;
}

/* 0 for a reference that was not made here. */
static inline uint64_t
ref_id(otp_ref ref)
{
	return ref.len == 2 && ref.node == 0
		? (uint64_t)ref.words[1] << 32 | ref.words[0]
		: 0;
}

#endif
