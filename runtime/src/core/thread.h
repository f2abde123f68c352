/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who executes: entering and leaving the runtime.
 *
 * `inside` says whether a thread is in the runtime. The watchdog takes a
 * worker away from a thread, or declares its process dead, only while it is
 * outside: it sets `attention`, makes every thread pass a full barrier
 * (membarrier), and then looks at `inside`. A thread that enters sets `inside`
 * first and looks at `attention` second; so either the watchdog sees it inside
 * and gives up, or it sees the attention and settles it under the lock. The
 * fast path needs no barrier of its own: the compiler keeps the order
 * (atomic_signal_fence), membarrier supplies the processor's.
 * model: tests/model/watchdog.pml
 */
#ifndef OTPI_THREAD_H
#define OTPI_THREAD_H

#include "core/core.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
/* Where it is called twice, but one of them must not pay for the other. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

extern _Thread_local struct thread *otpi_thread_self;

/* The calling thread now; after a switch the caller's may be another one. */
struct thread *otpi_thread_now(void);

/* Makes the calling thread a process of the runtime. */
struct thread *otpi_foreign_attach(void);

/* Settle why attention was called for; may end the process on it. */
void otpi_attend(struct thread *t);

/* What lives as long as the program: tables, locks. Any thread, any time. */
void otpi_runtime_init(void);

/* A thread record; never fails. */
struct thread *otpi_thread_new(void);
void otpi_thread_free(struct thread *t);

/* Next value of the calling thread's range of ids; never 0. */
uint64_t otpi_id_range(struct thread *t);
static inline uint64_t
otpi_id_next(struct thread *t)
{
	return likely(t->next_id != t->last_id) ? t->next_id++
						: otpi_id_range(t);
}

/* Ends the process: its stack is as good as used up. */
OTP_NORETURN void otpi_stack_is_out(struct thread *t);

/* What the runtime's own functions may need of a process's stack. */
#define OTPI_STACK_RESERVE 8192

/*
 * The second time in a function whose thread may have changed meanwhile: not
 * inlined, as otpi_thread_now.
 */
struct thread *otpi_enter_again(void);

static inline struct thread *
otpi_enter(void)
{
	struct thread *t = otpi_thread_self;

	if (unlikely(t == NULL))
		t = otpi_foreign_attach();
	/* Relaxed: ordered against `attention` by the watchdog's membarrier. */
	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	otpi_chance_yield(CHANCE_ENTER);
	/* Acquire: what the watchdog wrote before is seen. */
	if (unlikely(atomic_load_explicit(&t->attention, memory_order_acquire)))
		otpi_attend(t);
	/*
	 * Too deep a recursion is told from the caller's fault here, while it
	 * is still the caller's and not the runtime's (contain.h).
	 */
	if (unlikely((uintptr_t)__builtin_frame_address(0) -
			    (uintptr_t)t->stack <
		    OTPI_STACK_RESERVE))
		otpi_stack_is_out(t);
	return t;
}

/* The same with a reason that the caller has made: if it is killed as it enters,
 * nobody else would give that back. */
struct thread *otpi_enter_with(struct otpi_reason *reason);

/* The same as otpi_enter for t, the calling thread, when user code has come back
 * to us. */
static inline void
otpi_return(struct thread *t)
{
	/* As in otpi_enter. */
	atomic_store_explicit(&t->inside, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (unlikely(atomic_load_explicit(&t->attention, memory_order_acquire)))
		otpi_attend(t);
}

/* t goes on on r. Also r's code learns from it which thread it is on. */
static inline void
otpi_thread_runs(struct thread *t, struct runner *r)
{
	t->runner = r;
	t->stack = r->fiber ? r->fiber->stack : NULL;
	r->thread = t;
}

static inline void
otpi_leave(struct thread *t)
{
	/* Release: the watchdog that reads 0 sees all that was done inside. */
	atomic_store_explicit(&t->inside, 0, memory_order_release);
}

/* Is p killed and may be interrupted? A destructor is left some time. */
static inline bool
otpi_kill_is_due(const struct process *p)
{
	uint32_t destructing;

	/* Relaxed: the watchdog asks again and again. */
	if (atomic_load_explicit(&p->kill_serial, memory_order_relaxed) !=
		atomic_load_explicit(&p->serial, memory_order_relaxed))
		return false;
	destructing =
		atomic_load_explicit(&p->destructing, memory_order_relaxed);
	return destructing == 0 ||
		destructing ==
		atomic_load_explicit(&p->overdue, memory_order_relaxed);
}

/* The process the calling thread runs; NULL: the worker's own loop. */
static inline struct process *
otpi_process_of(const struct thread *t)
{
	return t->runner->process;
}

/* Futex wait and wake; timeout_ns < 0: without limit. */
void
otpi_futex_wait(_Atomic(uint32_t) *word, uint32_t value, int64_t timeout_ns);
void otpi_futex_wake(_Atomic(uint32_t) *word);

/* Between two looks at what another thread may change. */
#if defined(__x86_64__)
#define OTPI_RELAX "pause"
#elif defined(__aarch64__)
#define OTPI_RELAX "yield"
#else
#error "libotp runs on x86-64 and aarch64"
#endif

static inline void
otpi_cpu_relax(void)
{
	__asm__ volatile(OTPI_RELAX);
}

/*
 * Misuse of the public interface: ends the calling process with {misuse, What};
 * a thread that is not the runtime's own gets a message and abort.
 */
OTP_NORETURN void otpi_misuse(const char *what);

#endif
