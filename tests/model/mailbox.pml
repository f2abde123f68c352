/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mailbox against scheduling and parking: otpi_push, otpi_drain, otpi_go_idle,
 * otpi_unmark, otpi_receive_next (runtime/src/core/mailbox.h, signals.[ch]),
 * activate, activation_over (run.c), otpi_block (park.c), otpi_schedule,
 * otpi_rest, otpi_rest_settle, remote_push, remote_receive, global_push,
 * otpi_wake_any, otpi_worker_wake, worker_park, otpi_next (sched.[ch], ring.c).
 *
 * Two processes and two workers. Threads of the program's own send to process
 * P; P sends to Q, Q to P, which makes them rest and use the wake slot. On one
 * message P waits with its runner, as in a call, for another. Blocks are used
 * again once they are free.
 *
 * Shows: every message is handled, once; a process is run by one worker at a
 * time, scheduled in one place, and parked only on its home; no block is freed
 * twice or while it is in a mailbox; no worker sleeps on while a process waits
 * that it could run.
 * An atomic operation is a step; what only the owner of a process touches is
 * none. Rings are sets (ring.pml has their workings); locks are single steps.
 *
 * quick: -DCASE=1
 * full: -DCASE=1
 * full: -DCASE=2
 * mutant 1: a worker parks without a second look at the queues
 *   fails with: all_handled
 * mutant 2: a process goes idle by a plain store
 *   fails with: all_handled
 * mutant 3: the inbox is drained by a load and a store
 *   bounds: -DCASE=2
 *   fails with: all_handled
 * mutant 4: who pushes to the global queue looks for idle workers first
 *   fails with: all_handled
 * mutant 5: the home of a process is set after it went idle
 *   bounds: -DCASE=2
 *   fails with: home[p]==me
 * mutant 6: a marked block is freed while it is in the mailbox
 *   fails with: used[
 * mutant 7: a process that rests is not settled before the worker parks
 *   fails with: all_handled
 * mutant 8: a worker is said to be searching until it sleeps
 *   fails with: all_handled
 */
#ifndef CASE
#define CASE 1
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define P 0
#define Q 1
#define NOBODY 2
#define OUTSIDE 2 /* in place of a worker: a thread that has none */

#define IDLE 200 /* INBOX_IDLE */
#define NONE 0

/* Messages. */
#define TELL_Q 1 /* to P: it sends PING to Q */
#define PING 2 /* to Q: it sends PONG to P */
#define PONG 3 /* to P */
#define WAIT 4 /* to P: it waits for ANSWER with its runner */
#define ANSWER 5
#define MESSAGES 6

#define BLOCKS 6

byte inbox[2] = IDLE, mark[2], home[2] = NOBODY;
bool runner[2]; /* it is parked with one, or runs on one */
chan queue[2] = [MESSAGES] of { byte };
byte next[BLOCKS], message[BLOCKS]; /* block 0 is none */
bool used[BLOCKS];
bool handled[MESSAGES];

/* Workers. */
byte wake[2] = NOBODY, resting[2] = NOBODY;
bool ring[4], pinned[4], remote[4], global[2]; /* of worker w: 2 * w + p */
bool parked[2];
byte idle, searching;

/* Ghosts: in how many places a process is scheduled; who runs it. */
byte places[2];
bool runs[2];

bool answered; /* P's runner has the answer */

bool all_handled;

inline enqueued(p)
{
	assert(places[p] == 0 && !runs[p]);
	places[p]++
}

inline dequeued(p)
{
	assert(places[p] == 1);
	places[p]--
}

inline block_new(m, what)
{
	atomic {
		if
		:: !used[1] -> m = 1
		:: used[1] && !used[2] -> m = 2
		:: used[1] && used[2] && !used[3] -> m = 3
		:: used[1] && used[2] && used[3] && !used[4] -> m = 4
		:: used[1] && used[2] && used[3] && used[4] && !used[5] -> m = 5
		fi;
		used[m] = true;
		message[m] = what;
		next[m] = NONE
	}
}

inline block_free(m)
{
	assert(used[m]);
	used[m] = false
}

/* otpi_worker_wake. */
inline worker_wake(w)
{
	if
	:: parked[w] -> parked[w] = false
	:: else
	fi
}

inline wake_any()
{
	if
	:: idle > 0 && searching == 0 ->
		if
		:: parked[0] -> parked[0] = false
		:: else ->
			worker_wake(1)
		fi
	:: else
	fi
}

inline global_push(p)
{
#if MUTANT == 4
	if
	:: idle == 0 -> seen_idle = false
	:: else -> seen_idle = true
	fi;
#endif
	atomic {
		enqueued(p);
		global[p] = true
	}
#if MUTANT == 4
	if
	:: seen_idle -> wake_any()
	:: else
	fi
#else
	wake_any()
#endif
}

inline remote_push(w, p)
{
	atomic {
		enqueued(p);
		remote[2 * w + p] = true
	}
	worker_wake(w)
}

/* local_push: p was in the wake slot, or rested, or was taken. */
inline local_push(w, p)
{
	atomic {
		unmark(p);
		if
		:: runner[p] -> pinned[2 * w + p] = true
		:: else -> ring[2 * w + p] = true
		fi
	}
}

/* otpi_schedule, on worker w or outside. */
inline schedule(w, p)
{
	if
	:: runner[p] && home[p] != w ->
		to = home[p];
		remote_push(to, p);
		to = 0
	:: else ->
		if
		:: w == OUTSIDE -> global_push(p)
		:: else ->
			atomic {
				enqueued(p);
				other = wake[w];
				wake[w] = p;
				if
				:: other != NOBODY -> local_push(w, other)
				:: else
				fi;
				other = NOBODY
			}
		fi
	fi
}

inline push(w, p, m)
{
	old = inbox[p];
	do
	:: true ->
		if
		:: old == IDLE -> next[m] = NONE
		:: else -> next[m] = old
		fi;
		atomic {
			if
			:: inbox[p] == old ->
				inbox[p] = m;
				break
			:: else -> old = inbox[p]
			fi
		}
	od;
	if
	:: old == IDLE -> schedule(w, p)
	:: else
	fi;
	old = NONE
}

/* What follows is the owner's; a step is where the inbox is touched. */

/* otpi_unmark. */
inline unmark(p)
{
	if
	:: mark[p] != NONE ->
		if
		:: inbox[p] == mark[p] -> inbox[p] = NONE
		:: else ->
			walk = inbox[p];
			do
			:: next[walk] == mark[p] -> break
			:: else ->
				walk = next[walk];
				assert(used[walk])
			od;
			next[walk] = NONE;
			walk = NONE
		fi;
		if
		:: current != mark[p] -> block_free(mark[p])
		:: else
		fi;
		mark[p] = NONE
	:: else
	fi
}

/* Put a drained list, down to the marked block, into the queue, oldest first. */
inline enqueue_list(p, m)
{
	d_step {
		reversed = NONE;
		do
		:: m != mark[p] ->
			assert(m != NONE && used[m]);
			walk = next[m];
			next[m] = reversed;
			reversed = m;
			m = walk
		:: else -> break
		od;
		do
		:: reversed != NONE ->
			if
			:: message[reversed] == ANSWER ->
				assert(!answered);
				answered = true;
				block_free(reversed)
			:: else -> queue[p]!reversed
			fi;
			reversed = next[reversed]
		:: else -> break
		od;
		walk = NONE
	}
}

/* otpi_receive_signals: the marked block is the oldest of what is drained. */
inline receive_signals(p)
{
	if
	:: inbox[p] != NONE ->
#if MUTANT == 3
		m = inbox[p];
		inbox[p] = NONE;
#else
		atomic {
			m = inbox[p];
			inbox[p] = NONE
		}
#endif
		enqueue_list(p, m);
		d_step {
			if
			:: mark[p] != NONE && current != mark[p] ->
				block_free(mark[p])
			:: else
			fi;
			mark[p] = NONE
		}
	:: else ->
		assert(mark[p] == NONE)
	fi
}

/* otpi_go_idle; m is NONE if it has worked. */
inline go_idle(p)
{
#if MUTANT == 2
	m = (inbox[p] == mark[p] -> NONE : 1);
#endif
	atomic {
#if MUTANT != 2
		m = (inbox[p] == mark[p] -> NONE : 1);
#endif
		if
		:: m == NONE ->
			runs[p] = false;
			inbox[p] = IDLE;
			if
			:: mark[p] != NONE ->
				walk = mark[p];
				mark[p] = NONE;
				block_free(walk);
				walk = NONE
			:: else
			fi
		:: else
		fi
	}
}

#define MAY_REST(w) (wake[w] != NOBODY || (resting[w] != NOBODY && \
	inbox[resting[w]] != mark[resting[w]]))

/* otpi_rest_settle. */
inline rest_settle(w)
{
	if
	:: resting[w] != NOBODY ->
		other = resting[w];
		resting[w] = NOBODY;
		runs[other] = true;
		go_idle(other);
		if
		:: m != NONE ->
			atomic {
				runs[other] = false;
				enqueued(other);
				if
				:: wake[w] != NOBODY -> local_push(w, other)
				:: else -> wake[w] = other
				fi
			}
		:: else
		fi;
		m = NONE;
		other = NOBODY
	:: else
	fi
}

inline rest(w, p)
{
	rest_settle(w);
	atomic {
		runs[p] = false;
		resting[w] = p
	}
}

#define ANYTHING_FOR(w) (remote[2 * (w)] || remote[2 * (w) + 1] || \
	global[0] || global[1] || ring[0] || ring[1] || ring[2] || ring[3])

proctype worker(byte me)
{
	byte p = NOBODY, m, old, to, other = NOBODY, walk, reversed, current;
	bool seen_idle;

loop:
	/* otpi_next */
	atomic {
		/* remote_receive */
		if
		:: remote[2 * me] ->
			remote[2 * me] = false;
			pinned[2 * me] = true
		:: else
		fi;
		if
		:: remote[2 * me + 1] ->
			remote[2 * me + 1] = false;
			pinned[2 * me + 1] = true
		:: else
		fi
	}
	if
	:: wake[me] != NOBODY
	:: MUTANT != 7 -> rest_settle(me)
	fi;
	/* The wake slot, one's own queues, the global one, another's ring. */
	atomic {
		if
		:: wake[me] != NOBODY ->
			p = wake[me];
			wake[me] = NOBODY
		:: wake[me] != NOBODY -> /* WAKE_STREAK */
			local_push(me, wake[me]);
			wake[me] = NOBODY;
			goto loop
		:: pinned[2 * me] ->
			p = P;
			pinned[2 * me] = false
		:: pinned[2 * me + 1] ->
			p = Q;
			pinned[2 * me + 1] = false
		:: ring[2 * me] ->
			p = P;
			ring[2 * me] = false
		:: ring[2 * me + 1] ->
			p = Q;
			ring[2 * me + 1] = false
		:: else ->
			if
			:: global[P] ->
				p = P;
				global[P] = false
			:: global[Q] ->
				p = Q;
				global[Q] = false
			:: ring[2 * (1 - me)] ->
				p = P;
				ring[2 * (1 - me)] = false
			:: ring[2 * (1 - me) + 1] ->
				p = Q;
				ring[2 * (1 - me) + 1] = false
			:: else -> goto park
			fi
		fi;
		dequeued(p);
		assert(!runs[p]);
		runs[p] = true
	}
	if
	:: runner[p] ->
		assert(home[p] == me);
		goto resumed
	:: else -> goto activate
	fi;
park:
	searching++;
	if
	:: ANYTHING_FOR(me) ->
		searching--;
		goto loop
	:: else
	fi;
#if MUTANT != 8
	searching--;
#endif
	parked[me] = true;
	idle++;
	if
#if MUTANT != 1
	:: ANYTHING_FOR(me)
#endif
	:: else ->
#if MUTANT == 8
		searching--;
#endif
end:
		!parked[me]
	fi;
	idle--;
	parked[me] = false;
	goto loop;
activate:
	/* otpi_receive_next */
	if
	:: nempty(queue[p]) -> goto handle
	:: empty(queue[p]) ->
		m = inbox[p];
		if
		:: m == mark[p] -> goto over
		:: m != mark[p] ->
			assert(used[m]);
			if
			:: next[m] == mark[p] && message[m] != ANSWER ->
				atomic {
					/* otpi_mark */
					if
					:: mark[p] != NONE ->
						block_free(mark[p])
					:: else
					fi;
					mark[p] = m
				}
				goto handle_this
			:: else ->
				receive_signals(p);
				goto activate
			fi
		fi
	fi;
handle:
	queue[p]?m;
handle_this:
	atomic {
		current = m;
		next[m] = NONE;
		assert(!handled[message[m]]);
		handled[message[m]] = true;
#if MUTANT == 6
		block_free(m);
#endif
		assert((p == P) == (message[m] != PING))
	}
	if
	:: message[current] == TELL_Q ->
		block_new(m, PING);
		push(me, Q, m)
	:: message[current] == PING ->
		block_new(m, PONG);
		push(me, P, m)
	:: message[current] == PONG
	:: message[current] == WAIT ->
		runner[p] = true;
wait:
		/* otpi_block */
		if
		:: answered -> goto done
		:: else
		fi;
#if MUTANT != 5
		home[p] = me;
#endif
		atomic {
			unmark(p)
		}
		if
		:: MAY_REST(me) ->
			rest(me, p);
			goto leave
		:: else ->
			go_idle(p);
			if
			:: m == NONE ->
#if MUTANT == 5
				home[p] = me;
#endif
				goto leave
			:: else
			fi
		fi;
resumed:
		receive_signals(p);
		goto wait;
done:
		runner[p] = false;
		home[p] = NOBODY;
		goto dropped
	fi;
	/* current_done */
	atomic {
		if
		:: current != mark[p] -> block_free(current)
		:: else
		fi
	}
dropped:
	current = NONE;
	m = NONE;
	goto activate;
over:
	/* activation_over */
	if
	:: MAY_REST(me) -> rest(me, p)
	:: else ->
		go_idle(p);
		if
		:: m != NONE -> goto activate
		:: else
		fi
	fi;
leave:
	p = NOBODY;
	m = NONE;
	current = NONE;
	goto loop
}

proctype sender(byte what; byte then)
{
	byte m, old, to, other = NOBODY, walk, current;
	bool seen_idle;

	block_new(m, what);
	push(OUTSIDE, P, m);
	if
	:: then != NONE ->
		block_new(m, then);
		push(OUTSIDE, P, m)
	:: else
	fi
}

init {
	atomic {
		run worker(0);
		run worker(1);
#if CASE == 1
		run sender(TELL_Q, NONE)
#elif CASE == 2
		run sender(WAIT, ANSWER);
		run sender(PONG, NONE)
#else
		run sender(WAIT, ANSWER);
		run sender(TELL_Q, NONE)
#endif
	}
	timeout;
	all_handled = (handled[PONG] &&
		(CASE == 2 || (handled[TELL_Q] && handled[PING])) &&
		(CASE == 1 || (handled[WAIT] && answered)));
	assert(all_handled);
	assert(inbox[P] == IDLE && inbox[Q] == IDLE);
	assert(!runs[P] && !runs[Q] && places[P] == 0 && places[Q] == 0)
}
