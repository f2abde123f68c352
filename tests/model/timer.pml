/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A timer that fires while it is cancelled: otpi_timer_start, timer_hand_over,
 * otpi_timer_cancel, otpi_timer_cancel_drop, cancel_here, timer_hand_back, timer_claim,
 * timer_unhold, timer_fire, slot_open, wheel_receive (runtime/src/core/
 * timer.c).
 *
 * Timers are started by threads that have no worker, which hand them to the
 * wheel's thread, and cancelled by the same or by the wheel's own thread; each
 * may be due at any moment.
 *
 * Shows: a timer fires or is cancelled, once; its memory is freed once, by the
 * last who holds it, and nobody looks at it then; one that was cancelled is off
 * the wheel when its thread has looked at what was handed back. An atomic
 * operation is a step; what only the wheel's thread touches is none.
 *
 * quick: -DTIMERS=2
 * full: -DTIMERS=3
 * mutant 1: who fires and who cancels do not use a compare-and-swap
 *   fails with: !(settled[
 * mutant 2: one that is handed back is not held
 *   fails with: !(freed[
 * mutant 3: what arrives is taken before what leaves
 *   fails with: !(on[
 * mutant 4: the canceller lets go first, and hands it back then
 *   fails with: !(freed[
 */
#ifndef TIMERS
#define TIMERS 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define ARMED 0
#define FIRED 1
#define CANCELLED 2

byte state[TIMERS], holds[TIMERS] = 2;
bool arriving[TIMERS], leaving[TIMERS]; /* the wheel's two inboxes */
bool on[TIMERS]; /* a slot of the wheel */
bool freed[TIMERS], settled[TIMERS];
byte cancelled_here = TIMERS; /* its owner runs on the wheel's worker now */
byte owners;

inline unhold(i)
{
	atomic {
		assert(!freed[i]);
		holds[i]--;
		if
		:: holds[i] == 0 -> freed[i] = true
		:: else
		fi
	}
}

inline claim(i, to)
{
	assert(!freed[i]);
#if MUTANT == 1
	won = (state[i] == ARMED);
	if
	:: won -> state[i] = to
	:: else
	fi;
#else
	atomic {
		won = (state[i] == ARMED);
		if
		:: won -> state[i] = to
		:: else
		fi
	}
#endif
	if
	:: won ->
		atomic {
			assert(!settled[i]);
			settled[i] = true
		}
	:: else
	fi
}

inline hand_back(i)
{
#if MUTANT != 2
	atomic {
		assert(!freed[i]);
		holds[i]++
	}
#endif
	atomic {
		assert(!freed[i]);
		leaving[i] = true
	}
}

/* Who started it. */
proctype owner(byte i)
{
	bool won;

	arriving[i] = true; /* timer_hand_over */
	if
	:: true ->
		/* otpi_timer_cancel_drop, from another thread */
		claim(i, CANCELLED);
#if MUTANT == 4
		unhold(i);
		if
		:: won -> hand_back(i)
		:: else
		fi
#else
		if
		:: won -> hand_back(i)
		:: else
		fi;
		unhold(i)
#endif
	:: true -> unhold(i) /* otpi_timer_drop */
	:: atomic {
		/* It goes on on the wheel's worker. */
		cancelled_here == TIMERS ->
		cancelled_here = i
	}
	fi;
	owners++
}

inline take_arriving()
{
	atomic {
		for (i : 0 .. TIMERS - 1) {
			arrived[i] = arriving[i];
			arriving[i] = false
		}
		i = 0
	}
}

inline take_leaving()
{
	atomic {
		for (i : 0 .. TIMERS - 1) {
			left[i] = leaving[i];
			leaving[i] = false
		}
		i = 0
	}
}

inline receive()
{
#if MUTANT == 3
	take_arriving();
	take_leaving();
#else
	take_leaving();
	take_arriving();
#endif
	for (i : 0 .. TIMERS - 1) {
		if
		:: arrived[i] ->
			assert(!freed[i]);
			on[i] = true;
			arrived[i] = false
		:: else
		fi
	}
	for (i : 0 .. TIMERS - 1) {
		if
		:: left[i] ->
			assert(!freed[i]);
			if
			:: on[i] ->
				on[i] = false;
				unhold(i)
			:: else
			fi;
			assert(!on[i] && !arriving[i]);
			unhold(i);
			left[i] = false
		:: else
		fi
	}
	i = 0
}

proctype wheel()
{
	byte i, due;
	bool arrived[TIMERS], left[TIMERS], won;

	do
	:: receive()
	:: atomic {
		/* timer_fire: any that is on the wheel may be due */
		if
		:: on[0] -> due = 0
		:: on[1] -> due = 1
#if TIMERS > 2
		:: on[2] -> due = 2
#endif
		fi;
		on[due] = false
	}
		claim(due, FIRED);
		unhold(due);
		due = 0
	:: atomic {
		/* otpi_timer_cancel_drop, on the wheel's own thread */
		cancelled_here < TIMERS ->
		due = cancelled_here;
		cancelled_here = TIMERS
	}
		if
		:: on[due] ->
			/* cancel_here: there is nobody else */
			assert(!freed[due]);
			if
			:: state[due] == ARMED ->
				atomic {
					assert(!settled[due]);
					assert(holds[due] == 2);
					settled[due] = true;
					on[due] = false;
					holds[due] = 0;
					freed[due] = true
				}
			:: else -> unhold(due)
			fi
		:: else ->
			claim(due, CANCELLED);
			if
			:: won -> hand_back(due)
			:: else
			fi;
			unhold(due)
		fi;
		due = 0
	:: owners == TIMERS && cancelled_here == TIMERS && freed[0] &&
		freed[1] && freed[TIMERS - 1] -> break
	od
}

init {
	byte i;

	atomic {
		run wheel();
		for (i : 0 .. TIMERS - 1) {
			run owner(i)
		}
	}
	_nr_pr == 1;
	for (i : 0 .. TIMERS - 1) {
		assert(settled[i] && freed[i] && holds[i] == 0)
	}
}
