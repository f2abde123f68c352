/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deferred calls: otp_from_of, otp_from_answer, pending_claim, pending_new,
 * pending_free, otpi_pending_done, otpi_pending_fail_one (runtime/src/core/
 * pending.[ch]), and PENDING_DONE against the server's end (death.c).
 *
 * Two servers, one after the other in one slot, take calls and give tokens of
 * them away; two other processes answer them, each with every token, and so do
 * the servers; the servers die. Records are used again.
 *
 * Shows: every call is answered once, with the answer that was made for it; a
 * record is freed once for each use, and none is left. A step is an access of
 * a field of a record; the lists are their owners', the free list has a lock.
 *
 * quick: -DCALLS=2
 * full: -DCALLS=3
 * mutant 1: the serial is not in the word that the CAS compares
 *   fails with: !(answered[
 * mutant 2: an answer is claimed by a load and a store
 *   fails with: !(answered[
 * mutant 3: who answers frees the record of a server that lives
 *   fails with: used[
 * mutant 4: a server's end forgets records that others have answered
 *   fails with: !(used[
 * mutant 5: PENDING_DONE reaches the next process of the server's slot
 *   fails with: used[
 */
#ifndef CALLS
#define CALLS 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define RECORDS CALLS
#define SERIALS 4 /* of a record's state: serial << 1 | wanted */

byte state[RECORDS + 1], call_of[RECORDS + 1], server_of[RECORDS + 1];
bool used[RECORDS + 1]; /* not in the free list */
byte listed[RECORDS + 1]; /* on which server's list */

byte serial = 1; /* of the servers' slot */
bool dead;
chan inbox = [CALLS + 1] of { byte, byte }; /* PENDING_DONE: record, serial */

/* Tokens, once they are known: record and serial. */
byte token[CALLS + 1], token_serial[CALLS + 1];
bool asked[CALLS + 1], answered[CALLS + 1];
byte calls;

inline pending_free(r)
{
	d_step {
		assert(used[r]);
		used[r] = false;
		listed[r] = 0
	}
}

/* pending_claim; won says whether; c and s are the record's fields. */
inline claim(r, n)
{
	won = false;
	if
#if MUTANT == 1
	:: (state[r] & 1) == 1 ->
#else
	:: state[r] == n * 2 + 1 ->
#endif
		c = call_of[r];
		s = server_of[r];
#if MUTANT == 2
		won = (state[r] == n * 2 + 1);
		if
		:: won -> state[r] = n * 2
		:: else
		fi
#elif MUTANT == 1
		atomic {
			if
			:: (state[r] & 1) == 1 ->
				state[r] = state[r] - 1;
				won = true
			:: else
			fi
		}
#else
		atomic {
			if
			:: state[r] == n * 2 + 1 ->
				state[r] = n * 2;
				won = true
			:: else
			fi
		}
#endif
	:: else
	fi
}

inline answer(call)
{
	d_step {
		assert(!answered[call]);
		answered[call] = true
	}
}

/* otp_from_answer by process self (a server's serial; 0: another). */
inline from_answer(k, self)
{
	r = token[k];
	claim(r, token_serial[k]);
	if
	:: won ->
		assert(c == k);
		answer(c);
		if
		:: s == self || MUTANT == 3 -> pending_free(r)
		:: else ->
			/* otpi_signal_send of PENDING_DONE */
			atomic {
				if
#if MUTANT == 5
				:: !dead -> inbox!r, serial
#else
				:: !dead && serial == s -> inbox!r, s
#endif
				:: else
				fi
			}
		fi
	:: else
	fi;
	c = 0;
	s = 0;
	r = 0;
	won = false
}

proctype other()
{
	byte k, r, c, s;
	bool won;

	for (k : 1 .. CALLS) {
		if
		:: asked[k] -> from_answer(k, 0)
		:: true /* it does not care */
		fi
	}
}

inline from_of()
{
	atomic {
		/* pending_new */
		r = 1;
		do
		:: used[r] -> r++
		:: else -> break
		od;
		used[r] = true
	}
	calls++;
	call_of[r] = calls;
	server_of[r] = serial;
	n = state[r] / 2 + 1;
	state[r] = n * 2 + 1;
	atomic {
		listed[r] = serial;
		token[calls] = r;
		token_serial[calls] = n;
		asked[calls] = true;
		r = 0;
		n = 0
	}
}

inline fail_one()
{
	/* otpi_pending_fail_one */
	n = state[r];
	if
	:: (n & 1) == 1 ->
		claim(r, n / 2);
		if
		:: won -> answer(c)
		:: else
		fi
#if MUTANT == 4
		;
		if
		:: won -> pending_free(r)
		:: else -> listed[r] = 0
		fi
	:: else -> listed[r] = 0
	fi;
#else
	:: else
	fi;
	pending_free(r);
#endif
	n = 0;
	c = 0;
	s = 0;
	won = false
}

proctype servers()
{
	byte r, n, c, s, k;
	bool won;

	do
	:: calls < CALLS -> from_of()
	:: calls > 0 && asked[calls] && server_of[token[calls]] == serial ->
		/* It answers itself, perhaps once more. */
		k = calls;
		from_answer(k, serial);
		k = 0;
		if
		:: calls < CALLS -> from_of()
		:: true
		fi
	:: inbox?r, s ->
		/* otpi_pending_done */
		if
		:: s == serial -> pending_free(r)
		:: else
		fi;
		r = 0;
		s = 0
	:: true ->
		/* It dies: the inbox is closed, what it held is dropped. */
		atomic {
			dead = true;
			do
			:: inbox?r, s
			:: empty(inbox) -> break
			od;
			r = 0;
			s = 0
		}
		for (r : 1 .. RECORDS) {
			if
			:: listed[r] == serial -> fail_one()
			:: else
			fi
		}
		r = 0;
		if
		:: serial == 2 -> break
		:: else
		fi;
		atomic {
			serial++;
			dead = false
		}
	od
}

init {
	byte i;

	atomic {
		run servers();
		run other();
		run other()
	}
	_nr_pr == 1;
	for (i : 1 .. CALLS) {
		assert(!asked[i] || answered[i]);
		assert(!used[i])
	}
}
