/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mailboxes that drop the oldest: otpi_bound_push, inbox_trim, inbox_cut, lock,
 * otpi_bound_drain, otpi_bound_close, otpi_bound_left (runtime/src/core/
 * bound.[ch]).
 *
 * Senders push to a process, whose slot then has another, and take what is too
 * much out of its inbox, while the owner drains it, or closes it and ends.
 *
 * Shows: nobody follows the link of a block that is somebody else's by then;
 * every message is received, dropped or refused, once, and dropped only by who
 * found too many for its own process; what is counted is subtracted. A step is
 * an access of the inbox, of `counted`, of a link.
 *
 * quick: -DSENDERS=3
 * full: -DSENDERS=3
 * full: -DSENDERS=3 -DKEEP=1
 * mutant 1: the owner drains without the lock
 *   fails with: settled[
 * mutant 2: a sender may take the newest out
 *   fails with: settled[
 * mutant 3: the inbox is closed without the lock
 *   fails with: settled[
 * mutant 4: a sender does not look whose inbox it is
 *   fails with: to_serial[m]==key
 */
#ifndef SENDERS
#define SENDERS 3
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define EMPTY 0
#define IDLE 100
#define DEAD 101
#ifndef KEEP
#define KEEP 0 /* the limit; a sender that finds more trims */
#endif

byte inbox, counted, serial = 1, known = 1;
bool locked;
byte next[SENDERS + 1], to_serial[SENDERS + 1];
/* Ghosts: it is in the inbox, and so its link may be followed. */
bool inside[SENDERS + 1], settled[SENDERS + 1];

inline lock()
{
	atomic {
		!locked ->
		locked = true
	}
}

inline settle(m)
{
	d_step {
		assert(!settled[m]);
		settled[m] = true
	}
}

inline cut()
{
	/* inbox_cut: all but the newest KEEP, and never the newest of all */
#if MUTANT == 2
	before = EMPTY;
	m = newest;
	keep = 0;
#else
	before = newest;
	m = next[newest];
	keep = KEEP;
#endif
	do
	:: m != EMPTY ->
		assert(inside[m]);
		after = next[m];
		if
#if MUTANT == 4
		:: keep == 0 ->
#else
		:: to_serial[m] == key && keep == 0 ->
#endif
			assert(to_serial[m] == key);
			if
			:: before != EMPTY -> next[before] = after
			:: else -> inbox = after
			fi;
			atomic {
				inside[m] = false;
				next[m] = list;
				list = m
			}
		:: else ->
			if
			:: keep > 0 && to_serial[m] == key -> keep--
			:: else
			fi;
			before = m
		fi;
		m = after
	:: else -> break
	od;
	m = 0;
	before = 0;
	after = 0;
	keep = 0
}

proctype sender(byte me; byte key)
{
	byte old, seen, newest, m, before, after, keep, list;

	known >= key;
	to_serial[me] = key;
	if
	:: serial != key -> goto refused
	:: else
	fi;
	/* otpi_bound_push */
	atomic {
		seen = counted;
		counted++
	}
	old = inbox;
	do
	:: true ->
		if
		:: old == DEAD ->
			counted--;
			goto refused
		:: else
		fi;
		next[me] = (old == IDLE -> EMPTY : old);
		atomic {
			if
			:: inbox == old ->
				inbox = me;
				inside[me] = true;
				break
			:: else -> old = inbox
			fi
		}
	od;
	old = 0;
	if
	:: seen > KEEP ->
		/* inbox_trim */
		lock();
		newest = inbox;
		if
		:: newest != EMPTY && newest < IDLE &&
			(serial == key || MUTANT == 4) -> cut()
		:: else
		fi;
		locked = false;
		newest = 0;
		do
		:: list != EMPTY ->
			m = list;
			list = next[m];
			settle(m); /* dropped */
			counted--;
			m = 0
		:: else -> break
		od
	:: else
	fi;
	goto done;
refused:
	settle(me);
done:
	skip
}

/* A list that the owner has taken out. */
inline sort()
{
	do
	:: m != EMPTY ->
		list = next[m];
		settle(m); /* received, or a stray */
		counted--;
		m = list
	:: else -> break
	od;
	list = 0
}

inline take(instead)
{
	atomic {
		m = inbox;
		inbox = instead;
		if
		:: m >= IDLE -> m = EMPTY
		:: else
		fi;
		/* Whole: the links are the owner's from now on. */
		list = m;
		do
		:: list != EMPTY ->
			inside[list] = false;
			list = next[list]
		:: else -> break
		od
	}
}

proctype owner()
{
	byte m, list;

	do
	:: inbox != EMPTY && inbox < IDLE ->
#if MUTANT != 1
		lock();
#endif
		take(EMPTY);
#if MUTANT != 1
		locked = false;
#endif
		sort()
	:: atomic {
		inbox == EMPTY ->
		inbox = IDLE
	}
end:
		inbox != IDLE || (serial == 1);
		atomic {
			if
			:: inbox == IDLE -> inbox = EMPTY /* by a kill */
			:: else
			fi
		}
	:: serial == 1 ->
#if MUTANT != 3
		lock();
#endif
		take(DEAD);
#if MUTANT != 3
		locked = false;
#endif
		sort();
		serial = 2;
		inbox = EMPTY;
		known = 2
	od
}

init {
	byte i;

	atomic {
		run owner();
		run sender(1, 1);
		run sender(2, 1);
		run sender(3, 2);
#if SENDERS > 3
		run sender(4, 2)
#endif
	}
	timeout;
	for (i : 1 .. SENDERS) {
		assert(settled[i])
	}
	assert(counted == 0)
}
