/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names given to and taken from a process by anybody, against its death and
 * the slot's next owners: otpi_name_claim, otpi_name_release, name_register,
 * name_unregister (runtime/src/core/links.c), otpi_slot_new (slot.c), and what
 * death.c does: exiting, otpi_name_release, close_inbox, otpi_name_release.
 *
 * Shows: when all is done a name leads to a live process that knows it, and
 * back, or to nobody (so no name is lost for ever); a new process gets a name
 * that nobody else asks for; who is told NOPROC asked for a dead process.
 * One slot. An atomic operation is a step, and so is each load.
 *
 * quick: -DGENERATIONS=2
 * full: -DGENERATIONS=2 -DTAKERS=2
 * full: -DGENERATIONS=3
 * mutant 1: the name in the slot does not say of which generation it is
 *   fails with: holder[1]==0
 * mutant 2: the same, seen by the slot's new owner
 *   fails with: claimed
 * mutant 3: registering is not checked against death
 *   fails with: holder[1]==0
 * mutant 4: one that was taken back at once is told that nobody is there
 *   fails with: dead[key]
 * mutant 5: who registers does not look whether the process is alive
 *   fails with: holder[1]==0
 * mutant 6: a process that ends does not look again whether it has a name
 *   fails with: holder[1]==0
 */
#ifndef GENERATIONS
#define GENERATIONS 2
#endif
#ifndef TAKERS
#define TAKERS 1
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define NONE 0
#define X 1 /* anybody gives and takes it */
#define Y 2 /* only the slot's owners take it */
#define CLOSED 3

/* The word `name` of the slot: which name, and of which generation. */
#if MUTANT == 1 || MUTANT == 2
#define WORD(key, name) (name)
#else
#define WORD(key, name) ((key) * 4 + (name))
#endif
#define NAME_IN(word) ((word) & 3)

byte serial = 1, word = WORD(1, NONE);
byte known = 1; /* pids up to here are known to others */
bool exiting, closed; /* inbox: INBOX_DEAD */
byte holder[3]; /* key, which is the serial here; 0: nobody */
bool dead[GENERATIONS + 2]; /* ghost: it has begun to die */

inline cas(place, expected, new, ok)
{
	atomic {
		if
		:: place == (expected) ->
			place = (new);
			ok = true
		:: else ->
			ok = false
		fi
	}
}

inline claim(key, name, ok)
{
	cas(word, WORD(key, NONE), WORD(key, name), ok);
	if
	:: ok ->
		cas(holder[name], 0, key, ok);
		if
		:: !ok ->
			cas(word, WORD(key, name), WORD(key, NONE), ignored)
		:: else
		fi
	:: else
	fi
}

/* Read one after the other: `exiting`, the inbox, the serial. */
inline alive(key, ok)
{
	ok = !exiting;
	if
	:: ok ->
		ok = !closed;
		if
		:: ok -> ok = (serial == key)
		:: else
		fi
	:: else
	fi
}

proctype registrar(byte key)
{
	bool ok, ignored;
	byte seen;

	known >= key; /* it has heard of the process */
	alive(key, ok);
	if
	:: !ok -> goto noproc
	:: else
	fi;
	claim(key, X, ok);
	if
	:: !ok -> goto done /* ALREADY_REGISTERED, or NOPROC */
	:: else
	fi;
#if MUTANT == 3
	goto done;
#endif
	seen = word;
	if
	:: seen == WORD(key, X) ->
#if MUTANT == 5
		goto done;
#endif
		alive(key, ok);
		if
		:: ok -> goto done
		:: else
		fi
#if MUTANT != 4
	/* Somebody has taken it back already. */
	:: seen == WORD(key, NONE) || seen == WORD(key, Y) -> goto done
#endif
	:: else
	fi;
	/* It ended meanwhile. */
	cas(holder[X], key, 0, ok);
	cas(word, WORD(key, X), WORD(key, NONE), ignored);
noproc:
	assert(dead[key]);
done:
	skip
}

proctype unregistrar()
{
	byte key;
	bool ok, ignored;

	key = holder[X];
	if
	:: key != 0 && serial == key ->
		cas(holder[X], key, 0, ok);
		if
		:: ok -> cas(word, WORD(key, X), WORD(key, NONE), ignored)
		:: else
		fi
	:: else
	fi
}

inline release(key)
{
	old = NAME_IN(word);
	if
	:: old == NONE -> skip
	:: else ->
		atomic {
			old = NAME_IN(word);
			word = WORD(key, CLOSED)
		}
		if
		:: old != NONE && old != CLOSED ->
			cas(holder[old], key, 0, ignored)
		:: else
		fi
	fi
}

/* One process after another in the slot; the last one may live on. */
proctype life()
{
	byte key = 1, old;
	bool claimed, ignored;

	do
	:: key == GENERATIONS && !closed -> break
	:: !closed ->
		/* otpi_death_begin */
		dead[key] = true;
		/* A plain store: it may reach memory behind the look. */
		if
		:: true ->
			exiting = true;
			release(key)
		:: true ->
			release(key);
			exiting = true
		fi;
		closed = true; /* otpi_close: an exchange */
#if MUTANT != 6
		release(key)
#endif
	:: closed && key == GENERATIONS -> break
	:: closed && key < GENERATIONS ->
		/* otpi_slot_new */
		exiting = false;
		key++;
		serial = key;
		word = WORD(key, NONE);
		closed = false;
		if
		:: true -> skip
		:: true ->
			claim(key, Y, claimed);
			assert(claimed)
		:: true -> claim(key, X, ignored)
		fi;
		known = key
	od
}

init {
	atomic {
		run life();
		run registrar(1);
		run registrar(2);
		run unregistrar();
#if TAKERS > 1
		run unregistrar()
#endif
	}
	timeout;
#if MUTANT != 2
	assert(holder[X] == 0 ||
		(holder[X] == serial && !dead[serial] &&
		word == WORD(serial, X)));
	assert(holder[Y] == 0 ||
		(holder[Y] == serial && !dead[serial] &&
		word == WORD(serial, Y)));
	assert(dead[serial] || NAME_IN(word) == NONE ||
		holder[NAME_IN(word)] == serial)
#endif
}
