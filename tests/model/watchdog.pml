/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the watchdog takes from a thread that is in user code: runtime/src/core/
 * thread.h (otpi_enter, otpi_leave), watchdog.c (caught_outside, detach,
 * look_at_worker, look_at_kill, declare_dead, otpi_attend), run.c (activate),
 * start.c (spare_wait, thread_main), sched.c (otpi_wake_slot_clear).
 *
 * A thread handles two processes, one after the other; the first one was sent
 * kill. Each handler computes and may call the runtime in between. The
 * watchdog, at any moment, empties the wake slot, gives the worker to a spare,
 * asks for attention for the kill, and declares the process dead.
 *
 * Shows: only one thread works on a worker's queues, and none of them while the
 * watchdog does; a process that was not killed is not declared dead; who was is
 * ended once, by its thread or by the watchdog; what was in the wake slot runs
 * once. Each access of `inside` and `attention` is a step, runtime.lock a lock;
 * membarrier is what makes steps of them (thread.h).
 *
 * quick: -DTICKS=2
 * full: -DTICKS=3
 * mutant 1: the thread looks at `attention` before it sets `inside`
 *   fails with: !(touching)
 * mutant 2: the watchdog looks at `inside` before it asks for attention
 *   fails with: !(touching)
 * mutant 3: the process on the thread may be another one when it is caught
 *   fails with: killed[p]
 * mutant 4: who enters does not wait for the lock when it was asked
 *   fails with: !(touching)
 */
#ifndef MUTANT
#define MUTANT 0
#endif

#ifndef TICKS
#define TICKS 2
#endif

#define NO_ATTENTION 0
#define KILL 1
#define STUCK 2
#define ASKED 3
#define DETACHED 4
#define DEAD 5

#define NOBODY 0
#define FIRST 1 /* was killed */
#define SECOND 2
#define WOKEN 3 /* in the wake slot when it begins */

#define T 1 /* the thread; it has the worker */
#define SPARE 2

bool inside = true, locked, touching;
byte attention, running, worker_of = T, wake = WOKEN, queue = SECOND;
bool global; /* WOKEN is in the global queue */
bool killed[4], ended[4], handled[4];
bool thread_over;
byte idle_word; /* what the spare waits for */

inline lock()
{
	atomic {
		!locked ->
		locked = true
	}
}

inline unlock()
{
	locked = false
}

/* Somebody works on the worker's own fields for some time. */
inline touch()
{
	atomic {
		assert(!touching);
		touching = true
	}
	touching = false
}

inline end_of(p)
{
	atomic {
		assert(!ended[p]);
		assert(killed[p]);
		ended[p] = true
	}
}

/* The queues of a worker, by its thread. */
inline next(p)
{
	touch();
	atomic {
		if
		:: wake != NOBODY ->
			p = wake;
			wake = NOBODY
		:: else ->
			p = queue;
			queue = NOBODY
		fi
	}
}

/* otpi_enter; over: its process is ended, by whomever. */
inline enter(over)
{
	over = false;
#if MUTANT == 1
	why = attention;
	inside = true;
#else
	inside = true;
	why = attention;
#endif
	if
	:: why != NO_ATTENTION ->
		/* otpi_attend */
#if MUTANT != 4
		lock();
#endif
		why = attention;
		if
		:: why != DEAD -> attention = NO_ATTENTION
		:: else
		fi;
		if
		:: why == STUCK && worker_of == T && running != NOBODY ->
			worker_of = SPARE /* give_up_worker */
		:: else
		fi;
#if MUTANT != 4
		unlock();
#endif
		if
		:: why == DEAD -> over = true
		:: why != DEAD && killed[now] ->
			end_of(now);
			over = true
		:: else
		fi
	:: else
	fi
}

/* activate, for one process. */
inline handle(p)
{
	now = p;
	running = p;
	inside = false;
	/* User code; it calls the runtime now and then. */
	if
	:: true ->
		enter(over);
		if
		:: !over ->
			if
			:: worker_of == T -> touch()
			:: else
			fi;
			inside = false
		:: else
		fi
	:: true -> over = false
	fi;
	if
	:: !over ->
		/* It returns: otpi_return. */
		enter(over);
		if
		:: !over && killed[p] -> end_of(p) /* received */
		:: else
		fi
	:: else
	fi;
	handled[p] = true;
	running = NOBODY
}

proctype thread()
{
	byte why, now, p = FIRST;
	bool over;

	do
	:: p != NOBODY && worker_of == T ->
		handle(p);
		p = NOBODY;
		if
		:: why == DEAD -> break /* otpi_abandoned_end */
		:: else
		fi;
		if
		:: worker_of == T -> next(p)
		:: else
		fi
	:: else -> break
	od;
	thread_over = true
}

/* The spare goes on with the worker's loop. */
proctype spare()
{
	byte p;

end:
	worker_of == SPARE;
	lock();
	unlock();
	do
	:: next(p);
		if
		:: p == NOBODY -> break
		:: else -> handled[p] = true
		fi
	od
}

/* With the lock. */
inline caught_outside(caught)
{
#if MUTANT == 2
	caught = !inside && running != NOBODY;
#endif
	atomic {
		before = attention;
		attention = ASKED
	}
#if MUTANT != 2
	caught = !inside;
	if
	:: caught -> caught = (running != NOBODY)
	:: else
	fi;
#endif
	if
	:: !caught -> attention = before
	:: else
	fi
}

inline detach(done)
{
	caught_outside(done);
	if
	:: done ->
		touch();
		worker_of = SPARE;
		attention = DETACHED
	:: else ->
		atomic {
			if
			:: attention == NO_ATTENTION -> attention = STUCK
			:: else
			fi
		}
	fi
}

inline declare_dead(key)
{
	caught = true;
	if
	:: worker_of == T -> detach(caught)
	:: else
	fi;
	if
	:: caught -> caught_outside(caught)
	:: else
	fi;
#if MUTANT != 3
	if
	:: caught && running != key ->
		attention = NO_ATTENTION;
		caught = false
	:: else
	fi;
#endif
	if
	:: caught ->
		attention = DEAD;
		p = running;
		end_of(p);
		running = NOBODY
	:: else
	fi
}

proctype watchdog()
{
	byte before, p, tick;
	bool caught, asked; /* for KILL_PATIENCE_MS, with no effect */

	for (tick : 0 .. TICKS - 1) {
		lock();
		/* look_at_worker */
		if
		:: wake != NOBODY && worker_of == T ->
			caught_outside(caught);
			if
			:: caught ->
				touch();
				if
				:: wake == WOKEN ->
					wake = NOBODY;
					global = true
				:: else
				fi;
				attention = NO_ATTENTION
			:: else
			fi
		:: true
		fi;
		if
		:: worker_of == T && running != NOBODY -> detach(caught)
		:: true
		fi;
		/* look_at_kill */
		p = running;
		if
		:: p != NOBODY && killed[p] ->
			if
			:: atomic {
				asked = true;
				if
				:: attention == NO_ATTENTION ->
					attention = KILL
				:: else
				fi
			}
			:: asked && p == FIRST -> declare_dead(FIRST)
			fi
		:: else
		fi;
		unlock()
	}
}

init {
	atomic {
		killed[FIRST] = true;
		run thread();
		run spare();
		run watchdog()
	}
	timeout;
	/* Nobody has been lost, wherever the worker is. */
	assert(thread_over);
	assert(ended[FIRST]);
	assert(handled[SECOND]);
	assert(handled[WOKEN] != global)
}
