/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot that one process has after another, and calls to each of them:
 * otpi_slot_new, otpi_slot_free, otpi_slot_find (runtime/src/core/slot.[ch]),
 * otpi_push, otpi_close (mailbox.h), receive and stray (signals.c), close_inbox
 * and flush_queue (death.c), slot_abandon (spawn.c).
 *
 * Shows: no process sees a message that was for another generation; every call
 * is answered once: by the process it was for, or that it died, or that it is
 * not there; who is told the latter did not call a process that lives on.
 * A step is an access of the inbox or the serial. How an idle process comes to
 * run is in mailbox.pml: here it just does.
 *
 * quick: -DGENERATIONS=3 -DCALLS=3
 * full: -DGENERATIONS=4 -DCALLS=4
 * mutant 1: the owner does not compare serials at receipt
 *   fails with: to_serial[m]==serial
 * mutant 2: nor when it closes the inbox
 *   fails with: to_serial[m]==serial
 * mutant 3: a push into a dead inbox is not refused
 *   fails with: all_answered
 * mutant 4: the inbox is closed by a load and a store
 *   fails with: all_answered
 * mutant 5: the slot is free before its inbox is closed
 *   fails with: all_answered
 */
#ifndef GENERATIONS
#define GENERATIONS 3
#endif
#ifndef CALLS
#define CALLS 3
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define EMPTY 0
#define IDLE 100
#define DEAD 101

byte inbox, serial = 1, mark;
bool scheduled;
byte known = 1; /* pids up to here are known to others */
bool over[GENERATIONS + 2]; /* ghost: it has begun to die */
byte next[CALLS + 1], to_serial[CALLS + 1];
bool answered[CALLS + 1];
bool all_answered;

inline answer(m)
{
	d_step {
		assert(!answered[m]);
		answered[m] = true
	}
}

/* NOPROC: otpi_signal_undeliverable. */
inline refuse(m)
{
	assert(over[to_serial[m]]);
	answer(m)
}

proctype caller(byte m; byte key)
{
	byte old;

	known >= key;
	to_serial[m] = key;
	/* otpi_slot_find */
	if
	:: serial != key -> goto nobody
	:: else
	fi;
	/* otpi_push */
	old = inbox;
	do
	:: true ->
#if MUTANT != 3
		if
		:: old == DEAD -> goto nobody
		:: else
		fi;
#endif
		next[m] = (old == IDLE || old == DEAD -> EMPTY : old);
		atomic {
			if
			:: inbox == old ->
				inbox = m;
				if
				:: old == IDLE ->
					assert(!scheduled);
					scheduled = true
				:: else
				fi;
				goto done
			:: else -> old = inbox
			fi
		}
	od;
nobody:
	refuse(m);
done:
	skip
}

/*
 * A list that was taken from the inbox, by the owner: at receipt, or when it
 * dies, which answers with another reason (otpi_signal_after_end).
 */
inline sort(list, check)
{
	do
	:: list != EMPTY ->
		m = list;
		list = next[m];
		if
		:: to_serial[m] == serial || !(check) ->
			assert(to_serial[m] == serial);
			answer(m)
		:: else -> refuse(m) /* otpi_signal_stray */
		fi
	:: else -> break
	od;
	m = 0
}

inline unmark()
{
	if
	:: mark != EMPTY ->
		atomic {
			if
			:: inbox == mark -> inbox = EMPTY
			:: else ->
				m = inbox;
				do
				:: next[m] == mark -> break
				:: else -> m = next[m]
				od;
				next[m] = EMPTY;
				m = 0
			fi;
			mark = EMPTY
		}
	:: else
	fi
}

/* otpi_receive_next, until nothing is left. */
inline run_it()
{
	do
	:: inbox == mark -> break
	:: inbox != mark ->
		m = inbox;
		if
		:: next[m] == mark && to_serial[m] == serial ->
			mark = m;
			answer(m);
			m = 0
		:: else ->
			unmark();
			atomic {
				list = inbox;
				inbox = EMPTY
			}
			sort(list, MUTANT != 1)
		fi
	od
}

/* close_inbox, flush_queue. */
inline close()
{
	unmark();
#if MUTANT == 4
	list = inbox;
	inbox = DEAD;
#else
	atomic {
		list = inbox;
		inbox = DEAD
	}
#endif
	sort(list, MUTANT != 2)
}

proctype slot()
{
	byte list, m;

again:
	run_it();
	if
	:: serial < GENERATIONS -> goto die
	:: atomic {
		inbox == mark -> /* otpi_go_idle */
		inbox = IDLE;
		mark = EMPTY
	}
	:: inbox != mark -> goto again
	fi;
end:
	if
	:: atomic {
		scheduled ->
		scheduled = false
	}
		goto again
	:: atomic {
		inbox == IDLE && serial < GENERATIONS -> /* killed */
		inbox = EMPTY
	}
	fi;
die:
	over[serial] = true;
#if MUTANT != 5
	close();
#endif
	/* otpi_slot_free; otpi_slot_new, by whomever. */
	serial++;
	inbox = EMPTY;
	if
	:: true ->
		known = serial;
		goto again
	:: serial < GENERATIONS -> goto die /* slot_abandon */
	fi
}

init {
	byte m;

	atomic {
		run slot();
		run caller(1, 1);
		run caller(2, 1);
		run caller(3, 2);
#if CALLS > 3
		run caller(4, 3)
#endif
	}
	timeout;
	all_answered = true;
	for (m : 1 .. CALLS) {
		all_answered = (all_answered && answered[m])
	}
	assert(all_answered)
}
