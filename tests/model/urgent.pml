/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `urgent`: an exit signal is received after the handler that runs, not behind
 * all that waits in the queue. otpi_signal_send_reason, otpi_receive_signals
 * (runtime/src/core/signals.c), otpi_drain (mailbox.h), otpi_receive_next.
 *
 * Shows: when signal and flag have reached memory and the owner has not
 * received the signal, the flag stands. The one model with a store buffer: what
 * the owner stores waits there, its own loads overtake it, an operation that is
 * seq_cst or reads and writes empties it first (x86-64).
 *
 * quick: -DRECEIPTS=2
 * full: -DRECEIPTS=4
 * mutant 1: the flag is cleared by a plain store
 *   fails with: urgent
 * mutant 2: the flag is set before the push
 *   fails with: urgent
 */
#ifndef RECEIPTS
#define RECEIPTS 2
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

byte inbox, received, sent;
bool urgent, buffered; /* buffered: the owner's store of false is on its way */
bool owner_done;

inline flush()
{
	atomic {
		if
		:: buffered ->
			urgent = false;
			buffered = false
		:: else
		fi
	}
}

proctype sender()
{
#if MUTANT == 2
	urgent = true;
	inbox++;
#else
	inbox++; /* otpi_push: the CAS */
	urgent = true;
#endif
	sent++
}

active proctype owner()
{
	byte round;

	/* In handlers and between them; the queue is never empty. */
	for (round : 1 .. RECEIPTS) {
		/* otpi_receive_signals */
#if MUTANT == 1
		buffered = true;
#else
		if
		:: urgent -> urgent = false /* seq_cst */
		:: else
		fi;
#endif
		/* otpi_drain */
		if
		:: inbox == 0
		:: else ->
			atomic {
				flush();
				received = received + inbox;
				inbox = 0
			}
		fi
	}
	owner_done = true
}

/* What is stored reaches memory at some time. */
active proctype memory()
{
end:
	do
	:: flush()
	:: owner_done && !buffered -> break
	od
}

init {
	atomic {
		run sender();
		run sender()
	}
	owner_done && !buffered && sent == 2;
	assert(inbox == 0 || urgent)
}
