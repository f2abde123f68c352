/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of a worker and those who steal from it: ring_push, ring_pop,
 * ring_overflow, steal, otpi_has_backlog (runtime/src/core/ring.c).
 *
 * The owner pushes and pops at will, overflows into the global queue; thieves
 * take half of what they see, push the rest into their own rings, which are
 * stolen from in turn. Heads and tails wrap around in mid-run; in the code they
 * count to 2^32, here to WRAP, which is more than a run pushes.
 *
 * Shows: every process is taken once; none is lost; a batch fits where it is
 * put. A step is a load, a store, or a compare-and-swap.
 *
 * quick: -DPROCESSES=5 -DTHIEVES=1
 * full: -DPROCESSES=4 -DTHIEVES=2
 * full: -DPROCESSES=8 -DTHIEVES=1
 * mutant 1: a thief moves the head by a load and a store
 *   fails with: taken[
 * mutant 2: a thief does not check that head and tail are of one moment
 *   fails with: n<=
 * mutant 3: the owner pops without a compare-and-swap
 *   fails with: taken[
 * mutant 4: a ring is full one too late
 *   fails with: taken[
 * mutant 5: the tail is moved before the place is written
 *   fails with: all_taken
 */
#ifndef PROCESSES
#define PROCESSES 5
#endif
#ifndef THIEVES
#define THIEVES 1
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define RING 4 /* RING_SIZE */
#define WRAP 16
#define WORKERS (THIEVES + 1)
#define NOBODY 0

#define AHEAD(a, b) (((a) + WRAP - (b)) % WRAP)
#define PLACE(w, i) ring[(w) * RING + (i) % RING]

byte head[WORKERS] = WRAP - 2, tail[WORKERS] = WRAP - 2;
byte ring[WORKERS * RING];
bool global[PROCESSES + 1], taken[PROCESSES + 1];
byte ended;
bool all_taken;

inline take(p)
{
	d_step {
		assert(p != NOBODY);
		assert(!taken[p]);
		taken[p] = true
	}
}

inline cas_head(w, expected, new, ok)
{
	atomic {
		if
		:: head[w] == (expected) ->
			head[w] = (new) % WRAP;
			ok = true
		:: else -> ok = false
		fi
	}
}

/* ring_push, with ring_overflow. */
inline push(w, p)
{
	do
	:: true ->
		h = head[w];
		t = tail[w];
		if
#if MUTANT == 4
		:: AHEAD(t, h) <= RING ->
#else
		:: AHEAD(t, h) < RING ->
#endif
#if MUTANT == 5
			tail[w] = (t + 1) % WRAP;
			PLACE(w, t) = p;
#else
			PLACE(w, t) = p;
			tail[w] = (t + 1) % WRAP;
#endif
			break
		:: else ->
			n = AHEAD(t, h) / 2;
			for (i : 0 .. n - 1) {
				batch[i] = PLACE(w, h + i)
			}
			cas_head(w, h, h + n, ok);
			if
			:: ok ->
				atomic {
					for (i : 0 .. n - 1) {
						assert(!global[batch[i]]);
						global[batch[i]] = true;
						batch[i] = NOBODY
					}
					global[p] = true
				}
				break
			:: else
			fi
		fi
	od;
	h = 0;
	t = 0;
	n = 0;
	i = 0
}

inline pop(w, p)
{
	p = NOBODY;
	do
	:: true ->
		h = head[w];
		t = tail[w];
		if
		:: h == t -> break
		:: else ->
			p = PLACE(w, h);
#if MUTANT == 3
			head[w] = (h + 1) % WRAP;
			break
#else
			cas_head(w, h, h + 1, ok);
			if
			:: ok -> break
			:: else -> p = NOBODY
			fi
#endif
		fi
	od;
	h = 0;
	t = 0
}

/* Half of v's for w, whose ring is empty; p is one of it. */
inline steal(w, v, p)
{
	p = NOBODY;
	do
	:: true ->
		h = head[v];
		t = tail[v];
		n = AHEAD(t, h);
		n = n - n / 2;
		if
		:: n == 0 -> break
#if MUTANT != 2
		:: n > RING / 2 -> skip
		:: n > 0 && n <= RING / 2 ->
#else
		:: else ->
#endif
			assert(n <= RING / 2);
			for (i : 0 .. n - 1) {
				batch[i] = PLACE(v, h + i)
			}
#if MUTANT == 1
			ok = (head[v] == h);
			head[v] = (h + n) % WRAP;
#else
			cas_head(v, h, h + n, ok);
#endif
			if
			:: ok ->
				p = batch[0];
				more = n - 1;
				break
			:: else
			fi
		fi
	od;
	i = 0;
	h = 0;
	t = 0;
	n = 0;
	if
	:: more > 0 ->
		/* RING is 4: one more at most. */
		assert(more == 1);
		push(w, batch[1]);
		more = 0
	:: else
	fi;
	batch[0] = NOBODY;
	batch[1] = NOBODY
}

active proctype owner()
{
	byte p, made, h, t, n, i, batch[RING];
	bool ok;

	do
	:: made < PROCESSES ->
		made++;
		push(0, made)
	:: pop(0, p);
		if
		:: p != NOBODY -> take(p)
		:: else ->
			if
			:: made == PROCESSES -> break
			:: else
			fi
		fi
	od;
	ended++
}

proctype thief(byte me)
{
	byte p, h, t, n, i, more, batch[RING], tries;
	bool ok;

	do
	:: tries < 2 ->
		tries++;
		steal(me, (me == 1 || tries == 1 -> 0 : 1), p);
		if
		:: p != NOBODY -> take(p)
		:: else
		fi;
		/* Its own ring, before it steals again. */
		do
		:: pop(me, p);
			if
			:: p != NOBODY -> take(p)
			:: else -> break
			fi
		od
	:: else -> break
	od;
	ended++
}

init {
	byte p, w;

	atomic {
		run thief(1);
#if THIEVES > 1
		run thief(2)
#endif
	}
	ended == WORKERS;
	/* What is left must be in the global queue: no ring has anything. */
	all_taken = true;
	for (p : 1 .. PROCESSES) {
		assert(!(taken[p] && global[p]));
		all_taken = (all_taken && (taken[p] || global[p]))
	}
	assert(all_taken)
}
