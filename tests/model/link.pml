/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links: otp_link, unlink_peer (runtime/src/core/links.c), receive_link,
 * receive_unlink, receive_unlink_ack, receive_exit, otpi_signal_undeliverable,
 * otpi_signal_after_end (signals.c), tell_links (death.c).
 *
 * Two processes link, unlink and end, OPS times each, at any moment; they
 * receive what has come whenever they like. Signals from one to the other are
 * in order; one that meets a dead process is answered by its sender. A mailbox
 * is a channel (mailbox.pml).
 *
 * Shows: when all has been received both tables say the same, nothing is
 * half-way; no exit signal has an effect after unlink has returned, unless the
 * link was made anew (A18, A28), and none twice (A29); who is linked to one
 * that has ended is told (A23, A27); one that linked last, and was not unlinked
 * by the other, is linked.
 *
 * quick: -DOPS=2
 * full: -DOPS=5
 * mutant 1: an exit signal is heeded although an unlink is on its way
 *   fails with: expected[me]
 * mutant 2: a link signal is heeded although an unlink is on its way
 *   fails with: links[0]==links[1]
 * mutant 3: an acknowledgment is not compared with the unlink
 *   bounds: -DOPS=3
 *   fails with: links[0]==links[1]
 * mutant 4: an exit signal leaves the link in the table
 *   fails with: links[
 * mutant 5: a dead process does not acknowledge an unlink
 *   fails with: links[
 * mutant 6: the peer is not told of an end while its link was on its way
 *   fails with: links[
 */
#ifndef OPS
#define OPS 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

/* An entry of extras.links: none, linked (0 there), or the id of an unlink. */
#define NONE 0
#define LINKED 1
#define FIRST_ID 2

#define LINK 1
#define UNLINK 2
#define ACK 3
#define EXIT 4

chan inbox[2] = [4 * OPS + 4] of { byte, byte, byte }; /* kind, id, from */
bool dead[2]; /* the inbox is closed */
byte links[2]; /* what each says of the other */
byte next_id = FIRST_ID;

/* Ghosts: may an exit signal have an effect; the last thing each has done. */
bool expected[2];
byte last_op[2]; /* LINK or UNLINK */
bool told[2];
byte ended;

/*
 * Send to `to`; one who is dead is answered for (otpi_signal_undeliverable),
 * by the sender, to itself. Nothing else of it goes out in between.
 */
inline send(to, k, i, by)
{
	atomic {
		if
		:: !dead[to] -> inbox[to]!k, i, by
		:: else ->
			if
			:: k == LINK -> inbox[by]!EXIT, 0, to
			:: k == UNLINK && MUTANT != 5 -> inbox[by]!ACK, i, to
			:: else
			fi
		fi
	}
}

inline receive(me)
{
	if
	:: kind == LINK ->
		if
#if MUTANT == 2
		:: true ->
#else
		:: links[me] == NONE ->
#endif
			links[me] = LINKED;
			expected[me] = true
		:: else
		fi
	:: kind == UNLINK ->
		if
		:: links[me] == LINKED -> links[me] = NONE
		:: else
		fi;
		send(1 - me, ACK, id, me)
	:: kind == ACK ->
		if
#if MUTANT == 3
		:: true ->
#else
		:: links[me] == id ->
#endif
			links[me] = NONE
		:: else
		fi
	:: kind == EXIT ->
		if
#if MUTANT == 1
		:: links[me] != NONE ->
#else
		:: links[me] == LINKED ->
#endif
			assert(expected[me]);
			told[me] = true;
#if MUTANT != 4
			links[me] = NONE;
			expected[me] = false
#endif
		:: else
		fi
	fi;
	kind = 0;
	id = 0;
	from = 0
}

proctype process(byte me)
{
	byte kind, id, from, ops;

	do
	:: atomic {
		inbox[me]?kind, id, from ->
		receive(me)
	}
	:: ops < OPS ->
		ops++;
		if
		:: atomic {
			true -> /* otp_link */
			if
			:: links[me] != LINKED ->
				links[me] = LINKED;
				expected[me] = true;
				last_op[me] = LINK;
				send(1 - me, LINK, 0, me)
			:: else
			fi
		}
		:: atomic {
			true -> /* unlink_peer */
			if
			:: links[me] == LINKED ->
				id = next_id;
				next_id++;
				links[me] = id;
				expected[me] = false;
				last_op[me] = UNLINK;
				send(1 - me, UNLINK, id, me);
				id = 0
			:: else
			fi
		}
		:: goto dies
		fi
	:: ops == OPS ->
end:
		inbox[me]?kind, id, from ->
		receive(me)
	od;
dies:
	/* It is sure to end: what comes now is queued, and then answered. */
	dead[me] = true;
	do
	:: inbox[me]?kind, id, from ->
		/* otpi_signal_after_end */
		if
		:: kind == LINK && MUTANT != 6 -> send(1 - me, EXIT, 0, me)
		:: kind == UNLINK && MUTANT != 5 -> send(1 - me, ACK, id, me)
		:: else
		fi
	:: empty(inbox[me]) -> break
	od;
	/* tell_links */
	if
	:: links[me] == LINKED -> send(1 - me, EXIT, 0, me)
	:: else
	fi;
	links[me] = NONE;
	kind = 0;
	id = 0;
	from = 0
}

init {
	atomic {
		run process(0);
		run process(1)
	}
	timeout;
	assert(empty(inbox[0]) && empty(inbox[1]));
	assert(links[0] == links[1]);
	assert(links[0] <= LINKED);
	assert(!dead[0] || links[1] == NONE);
	assert(!dead[1] || links[0] == NONE);
	/* Nobody has unlinked, and one has linked. */
	assert(!(last_op[0] == LINK && last_op[1] != UNLINK && !dead[1]) ||
		dead[0] || links[0] == LINKED || told[0])
	assert(!(last_op[0] == LINK && last_op[1] != UNLINK && dead[1]) ||
		dead[0] || told[0])
}
