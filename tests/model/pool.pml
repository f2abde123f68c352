/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool of threads for blocking servers: runtime/src/core/blocking.c.
 *
 * Shows: a process that is pushed is served, although all other threads sit in
 * handlers that will not return before it was; no thread is counted that is
 * not there. Each section under pool->lock is one step; a thread may find its
 * wait timed out at any moment, also when it was signalled meanwhile.
 *
 * Modelled: otpi_blocking_push, needs_thread, take, wait_for_more, serve.
 * Left out: that no thread can be had; processes that park (parked).
 *
 * quick: -DPUSHERS=2
 * full: -DPUSHERS=3
 * mutant 1: a push decides about a thread before it is counted as waiting
 *   fails with: served
 * mutant 2: an idle thread leaves although a process is about to be queued
 *   fails with: served
 */
#ifndef PUSHERS
#define PUSHERS 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif
#define THREADS (PUSHERS + 2) /* that are ever started */

byte queue, waiting, threads, idle, started;
bool queued[PUSHERS], done[PUSHERS];
bool signalled[THREADS], asleep[THREADS];

#define OTHERS_DONE (done[1] && (PUSHERS < 3 || done[PUSHERS - 1]))

/* Process 0 sits in read(2) until all others are done. */
inline serve(p)
{
	if
	:: p == 0 -> OTHERS_DONE
	:: else
	fi;
	assert(!done[p]);
	done[p] = true
}

/* pick: any process that is queued. */
inline pick(p)
{
	p = PUSHERS;
	if
	:: queue > 0 ->
		if
		:: queued[0] -> p = 0
		:: queued[1] -> p = 1
#if PUSHERS > 2
		:: queued[2] -> p = 2
#endif
		fi;
		queued[p] = false;
		queue--;
		waiting--
	:: else
	fi
}

proctype pool_thread(byte me)
{
	byte p;
	bool lasting = true;

take:
	atomic {
		pick(p);
		if
		:: p < PUSHERS -> goto have
		:: p == PUSHERS && (lasting
#if MUTANT != 2
			|| waiting > 0
#endif
			) ->
			idle++;
			asleep[me] = true;
			signalled[me] = false
		:: else ->
			threads--;
			goto leave
		fi
	}
	if
	:: signalled[me] -> lasting = true
	:: lasting = false /* timed out */
	fi;
	atomic {
		idle--;
		asleep[me] = false;
		signalled[me] = false;
		goto take
	}
have:
	serve(p);
	lasting = true;
	goto take;
leave:
	skip
}

/* otpi_blocking_push. */
proctype pusher(byte p)
{
	bool start;
	byte i;

	atomic {
#if MUTANT == 1
		start = (waiting + 1 > idle);
#else
		waiting++;
		start = (waiting > idle);
#endif
		threads = threads + start
	}
	if
	:: start ->
		atomic {
			assert(started < THREADS);
			run pool_thread(started);
			started++
		}
	:: else
	fi;
	atomic {
#if MUTANT == 1
		waiting++;
#endif
		queued[p] = true;
		queue++;
		/* pthread_cond_signal: one that waits, if there is one. */
		if
		:: asleep[0] && !signalled[0] -> signalled[0] = true
		:: asleep[1] && !signalled[1] -> signalled[1] = true
		:: asleep[2] && !signalled[2] -> signalled[2] = true
		:: asleep[3] && !signalled[3] -> signalled[3] = true
#if THREADS > 4
		:: asleep[4] && !signalled[4] -> signalled[4] = true
#endif
		:: else
		fi
	}
}

bool served;

init {
	byte i;

	atomic {
		/* One thread is there from before. */
		threads = 1;
		started = 1;
		run pool_thread(0);
		for (i : 0 .. PUSHERS - 1) {
			run pusher(i)
		}
	}
	timeout;
	served = done[0] && OTHERS_DONE;
	assert(served);
	assert(queue == 0 && waiting == 0)
}
