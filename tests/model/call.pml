/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call against the end of its server, the limit of the caller's wait, and the
 * caller's end: request_send, otpi_await, otp_reply_begin, otp_call_answer,
 * otp_call_refuse, otp_call_forward, otp_event_take (runtime/src/core/call.c),
 * otpi_call_fail, receive_reply, otpi_signal_after_end (signals.c),
 * otpi_current_drop (end.c), fail_taken (death.c), declare_dead,
 * answer_current, answer_taken (watchdog.c).
 *
 * A caller makes calls to a server, which answers in the request's block or in
 * a second one, refuses, forgets, takes, hands on to a second server, dies in
 * the handler or between two, or is declared dead by the watchdog.
 *
 * Shows: every call is answered once, by whomever; the caller takes only the
 * answer of the call it waits for, and does not wait for ever; every block is
 * freed once, and none is left. Mailboxes are channels (mailbox.pml), a push is
 * a step; what only their owner touches is none.
 *
 * quick: -DCALLS=1
 * full: -DCALLS=2
 * mutant 1: a server that dies forgets the calls in its queue
 *   fails with: all_answered
 * mutant 2: an answer that comes too late is not freed
 *   bounds: -DCALLS=2
 *   fails with: blocks==0
 * mutant 3: an answer is not compared with the call that is waited for
 *   bounds: -DCALLS=2
 *   fails with: id==call
 * mutant 4: who is declared dead answers, and so does its handler's thread
 *   fails with: !(answered
 * mutant 5: the request of an answer in a second block is freed with it
 *   fails with: live[
 * mutant 6: a call that was taken is forgotten
 *   fails with: all_answered
 */
#ifndef CALLS
#define CALLS 1
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define NONE 0
#define CALL 1
#define REPLY 2
#define BLOCKS 9 /* at once; 0 is none */
#define CALLER 0 /* processes: the caller, and two servers */
#define SERVERS 2

chan inbox[SERVERS + 1] = [4] of { byte }; /* of blocks */
bool dead[SERVERS + 1]; /* INBOX_DEAD */
bool live[BLOCKS];
byte kind[BLOCKS], id_of[BLOCKS];
byte blocks; /* that are live */
bool sent[CALLS + 1], answered[CALLS + 1]; /* ghosts, by the call's id */
bool all_answered;

inline block_new(m, k, id)
{
	d_step {
		m = 1;
		do
		:: live[m] ->
			m++;
			assert(m < BLOCKS)
		:: else -> break
		od;
		live[m] = true;
		kind[m] = k;
		id_of[m] = id;
		blocks++
	}
}

inline block_free(m)
{
	d_step {
		assert(live[m]);
		live[m] = false;
		kind[m] = NONE;
		blocks--
	}
}

/* otpi_push; ok: m is the process's. */
inline push(to, m, ok)
{
	atomic {
		assert(live[m]);
		if
		:: dead[to] -> ok = false
		:: else ->
			inbox[to]!m;
			ok = true
		fi
	}
}

/* An answer goes out; this is where it must be the only one. */
inline send_reply(m)
{
	atomic {
		kind[m] = REPLY;
		assert(!answered[id_of[m]]);
		answered[id_of[m]] = true
	}
	push(CALLER, m, ok);
	if
	:: !ok -> block_free(m)
	:: else
	fi
}

/* otpi_call_fail. */
inline call_fail(m)
{
	id = id_of[m];
	block_free(m);
	block_new(m, REPLY, id);
	send_reply(m);
	id = 0
}

proctype caller()
{
	byte call, await, m, answer, id;
	bool ok;

	do
	:: call < CALLS ->
		call++;
		block_new(m, CALL, call);
		await = call;
		sent[call] = true;
		push(1, m, ok);
		if
		:: !ok ->
			block_free(m);
			await = NONE;
			answered[call] = true /* NOPROC */
		:: else ->
			m = NONE;
			/* otpi_await */
			answer = NONE;
			do
			:: inbox[CALLER]?m ->
				/* receive_reply */
				if
#if MUTANT == 3
				:: await != NONE ->
#else
				:: await == id_of[m] ->
#endif
					await = NONE;
					answer = m;
					m = NONE;
					break
				:: else ->
#if MUTANT != 2
					block_free(m);
#endif
					m = NONE
				fi
			:: call % 2 == 1 -> break /* its limit */
			:: goto end_it /* it is killed */
			od;
			await = NONE;
			if
			:: answer != NONE ->
				atomic {
					id = id_of[answer];
					assert(id == call)
				}
				block_free(answer)
			:: else
			fi
		fi
	:: call == CALLS -> break
	:: goto end_it
	od;
end_it:
	/* close_inbox, flush_queue */
	dead[CALLER] = true;
	do
	:: inbox[CALLER]?m -> block_free(m)
	:: empty(inbox[CALLER]) -> break
	od
}

proctype server(byte me)
{
	byte m, id, current, second, taken, stuck, stuck_second;
	bool ok;

	do
	:: atomic {
		inbox[me]?m ->
		current = m;
		m = NONE
	}
		second = NONE;
		if
		:: true -> /* otp_reply_begin: in a second block */
			block_new(second, NONE, id_of[current])
		:: true
		fi;
		if
		:: goto dies /* in the handler */
		:: goto declared_dead
		:: true ->
			/* otp_call_answer */
			m = current;
			current = NONE;
			if
			:: second != NONE ->
				send_reply(second);
#if MUTANT == 5
				block_free(m);
#endif
				/* Lent: it is read until the handler returns. */
				assert(live[m]);
				block_free(m);
				second = NONE
			:: else -> send_reply(m)
			fi;
			m = NONE
		:: true ->
			/* otp_call_refuse; or it returns and has not answered */
			m = current;
			current = NONE;
			if
			:: second != NONE ->
				block_free(second);
				second = NONE
			:: else
			fi;
			call_fail(m);
			m = NONE
		:: me == 1 ->
			/* otp_call_forward */
			m = current;
			current = NONE;
			if
			:: second != NONE ->
				block_free(second);
				second = NONE
			:: else
			fi;
			push(2, m, ok);
			if
			:: !ok -> call_fail(m)
			:: else
			fi;
			m = NONE
		:: taken == NONE && second == NONE ->
			/* otp_event_take; answered in a later handler, or never */
			taken = current;
			current = NONE
		fi
	:: taken != NONE ->
		m = taken;
		taken = NONE;
		send_reply(m);
		m = NONE
	:: goto dies
	:: goto declared_dead
	od;
declared_dead:
	/* answer_current, answer_taken; the blocks stay with the thread */
	if
	:: current != NONE ->
		stuck = current;
		stuck_second = second;
		block_new(m, REPLY, id_of[current]);
		send_reply(m);
		m = NONE;
#if MUTANT != 4
		current = NONE;
		second = NONE
#endif
	:: else
	fi;
	if
	:: taken != NONE ->
		block_new(m, REPLY, id_of[taken]);
		send_reply(m);
		m = NONE;
		block_free(taken);
		taken = NONE
	:: else
	fi;
dies:
	/* otpi_end_stages: close_inbox, otpi_current_drop, flush_queue, ... */
	dead[me] = true;
	if
	:: second != NONE && stuck == NONE ->
		block_free(second);
		second = NONE
	:: else
	fi;
	if
	:: current != NONE ->
		call_fail(current);
		current = NONE
	:: else
	fi;
	do
	:: inbox[me]?m ->
#if MUTANT == 1
		block_free(m);
#else
		call_fail(m);
#endif
		m = NONE
	:: empty(inbox[me]) -> break
	od;
	/* fail_taken */
	if
	:: taken != NONE ->
#if MUTANT == 6
		block_free(taken);
#else
		call_fail(taken);
#endif
		taken = NONE
	:: else
	fi;
	/* otpi_abandoned_end: the thread comes back at some time. */
	if
	:: stuck != NONE -> block_free(stuck)
	:: else
	fi;
	if
	:: stuck_second != NONE -> block_free(stuck_second)
	:: else
	fi
}

init {
	byte i;

	atomic {
		run caller();
		run server(1);
		run server(2)
	}
	_nr_pr == 1;
	/* Whoever was left alive has nothing to do: all have ended. */
	all_answered = true;
	for (i : 1 .. CALLS) {
		all_answered = (all_answered && (answered[i] || !sent[i]))
	}
	assert(all_answered);
	assert(blocks == 0)
}
