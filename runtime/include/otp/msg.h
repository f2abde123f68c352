/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message blocks: what generated code and behaviours use to make, send,
 * answer and read messages. Programs normally use the generated functions.
 *
 * A message is one block: this header, then the payload (the struct of its
 * arguments), then all that the payload points to. It has one owner at a
 * time: the one who makes it, the mailbox, the handler's process, or, as a
 * reply, the caller. Nobody else keeps a pointer into it.
 */
#ifndef OTP_MSG_H
#define OTP_MSG_H

#include <string.h>

#include <otp/process.h>

OTP_BEGIN_DECLS

struct otp_term_builder;
struct otp_type;
struct otp_sizer;
struct otp_decoder;

enum otp_msg_kind {
	OTP_MSG_CALL = 1,
	OTP_MSG_CAST,
	OTP_MSG_INFO,
	OTP_MSG_CONTINUE,
	OTP_MSG_INIT
};

/* What a message is: one constant per call, cast, info, continue, init. */
struct otp_msg_type {
	const char *name; /* as in the spec: "deposit" */
	const char
		*owner; /* "bank_account", or "bank" for a module's message */
	uint32_t size; /* of the payload struct; 0 without arguments */
	uint32_t reply_size; /* of the reply struct; 0 without a reply */
	uint8_t kind; /* enum otp_msg_kind */
	bool refuses; /* a call with a typed refusal */
	bool deferred; /* a call that is answered later */
	bool system; /* between behaviours: no bound of a mailbox holds (A71) */
	bool while_suspended; /* of sys: see otp_process_suspend */
	/* The arguments' handler in its own server: see gen_server.h. */
	void (*handle)(void);
	/* Writes the message as a term, `{deposit,100}`; NULL: the bare name. */
	void (*encode)(struct otp_term_builder *builder,
		const struct otp_msg_type *type, const void *payload);
	/* What it is on the wire: its arguments, tag included; see type.h. */
	const struct otp_type *args;
	const struct otp_type *reply; /* NULL: `ok` */
	const struct otp_type *refusal; /* NULL: it refuses nothing */
	/* The passes of encoding, and decoding, of its payload; see codec.h.
	   NULL: by `args`. */
	void (*bound)(struct otp_sizer *sizer, const void *payload);
	uint8_t *(*put)(uint8_t *at, const void *payload);
	const uint8_t *(*get)(
		struct otp_decoder *decoder, const uint8_t *at, void *payload);
};

/* Fields belong to the runtime: see runtime/src/core/signals.h. */
struct otp_msg {
	struct otp_msg *next;
	const struct otp_msg_type *type;
	uint32_t to_serial;
	uint8_t kind;
	uint8_t size_class;
	uint16_t status;
	uint32_t from_id;
	uint32_t from_serial;
	uint64_t id;
};

/* The first byte after the header; aligned for any type a spec can name. */
static inline void *
otp_msg_payload(struct otp_msg *m)
{
	return m + 1;
}

/*
 * A new block of `type` with `extra` bytes behind the payload. Payload and
 * extra bytes are not initialised. Until it is sent it belongs to the calling
 * process: a crash while it is filled gives it back. One at a time.
 */
struct otp_msg *otp_msg_new(const struct otp_msg_type *type, size_t extra);
/* Give back a block that was made or received and not sent. */
void otp_msg_free(struct otp_msg *m);
/* A received block: keep until the handler returns (lent). Takes m. */
void otp_msg_lend(struct otp_msg *m);

/*
 * Send; takes m in any case. For casts, infos and messages: OTP_OK also when
 * nobody is there (A5, B31); OTP_NOPROC for an info or message to a name here
 * that nobody has (A6); OTP_MAILBOX_FULL at a bound.
 */
otp_err otp_msg_send(otp_to to, struct otp_msg *m);
/*
 * The same after ms milliseconds (A52, A54). *timer may be NULL. OTP_BADARG for a
 * negative time: then it is not sent (A56).
 */
otp_err otp_msg_send_after(
	otp_to to, struct otp_msg *m, otp_duration ms, otp_ref *timer);

/*
 * Call: send *m and wait up to timeout_ms for its answer. Takes *m; blocks.
 * On OTP_OK *m is the answer's block, whose payload is the reply, on
 * OTP_REFUSED one whose payload is the refusal: the caller ends with
 * otp_msg_free or otp_msg_lend. Otherwise *m is NULL: OTP_TIMEOUT, OTP_NOPROC,
 * OTP_DIED (otp_last_reason tells why), OTP_BAD_REQUEST, OTP_CALLING_SELF,
 * OTP_MAILBOX_FULL, OTP_BADARG for an alias or a negative time (then nothing is
 * sent: B25), OTP_NOCONNECTION.
 */
OTP_MUST_USE otp_err otp_msg_call(
	otp_to to, struct otp_msg **m, otp_duration timeout_ms);

/*
 * Send a call and go on (OTP's send_request, B33). Takes m. That nobody is
 * there, or that the mailbox is full, is the answer, as all else that becomes of
 * it; so is the answer of a process to itself, which it can't give while it
 * waits. OTP_BADARG, and no request: `to` is an alias.
 */
OTP_MUST_USE otp_err otp_msg_request(
	otp_to to, struct otp_msg *m, otp_request *request);
/*
 * Wait for its answer as otp_msg_call does. On OTP_TIMEOUT the request is
 * abandoned (B33, receive_response). A request is awaited once, by its maker.
 * OTP_BADARG, and the request stands: a negative time; it is in a collection, or
 * is none of the caller's.
 */
OTP_MUST_USE otp_err otp_msg_await(
	otp_request *request, struct otp_msg **m, otp_duration timeout_ms);

/*
 * Wait until one of the requests has its answer, which stays to be awaited:
 * *which is the first such one. Blocks up to timeout_ms; 0 only looks. After
 * OTP_TIMEOUT all stand, and it may be asked again (B33, wait_response and
 * check_response). OTP_BADARG: none is given, or one is no request of the
 * caller's, or was awaited already; a negative time.
 */
OTP_MUST_USE otp_err otp_request_wait(const otp_request *requests, size_t count,
	otp_duration timeout_ms, size_t *which);
/* Its answer is dropped when it comes. Of one that is over, or another process's:
 * nothing. */
void otp_request_abandon(otp_request *request);

/*
 * A collection of requests (OTP's reqids_*): any number of them, each with a
 * label of the caller's own, such as an index or a pointer. The zero value is
 * empty. It belongs to the process that puts in the first, and is not copied; an
 * empty one holds no memory, and is anybody's, another one gives it back at the
 * death of the process.
 */
typedef struct otp_requests {
	void *items;
	uint64_t owner;
} otp_requests;
/*
 * Takes *request. OTP_BADARG: no request of the caller's, or the collection is
 * another process's.
 */
OTP_MUST_USE otp_err otp_requests_add(
	otp_requests *all, otp_request *request, uint64_t label);
/* 0 also of another process's. */
size_t otp_requests_count(const otp_requests *all);
/*
 * The next that has its answer leaves the collection, oldest answer first:
 * *request, which is then awaited without a wait, and its label. Blocks up to
 * timeout_ms; 0 only looks. OTP_TIMEOUT: nothing has changed. OTP_NOT_FOUND:
 * the collection is empty. OTP_BADARG: a negative time; the collection is another
 * process's.
 */
OTP_MUST_USE otp_err otp_requests_next(otp_requests *all,
	otp_duration timeout_ms, otp_request *request, uint64_t *label);
/* Of all that are in it; it is empty then. Of another process's: nothing. */
void otp_requests_abandon(otp_requests *all);

/*
 * On: the calling process is told when one of its requests has its answer, or
 * what became of it instead (B33): a server by OTP_EVENT_RESPONSE, which is
 * `info response`, and then on already; others by OTP_RECEIVED_RESPONSE. It is
 * told in the order of its mailbox, of answers that are there already, too, but
 * not of one that is awaited at that moment, or whose request is over when its
 * turn comes. The answer stays to be awaited, without a wait; so one that nobody
 * takes is held until the request is abandoned. Off: of nothing more. Gives what
 * was.
 */
bool otp_responses_set(bool on);

/* Is it that request whose answer is there? (check_response) */
static inline bool
otp_request_is(otp_request request, otp_request response)
{
	return request.id != 0 && request.id == response.id;
}

/*
 * The request of that response leaves the collection, and is awaited by
 * `response`; *label is its label. OTP_NOT_FOUND: it is not in there. OTP_BADARG:
 * the collection is another process's.
 */
OTP_MUST_USE otp_err otp_requests_check(
	otp_requests *all, otp_request response, uint64_t *label);

/*
 * Answering, in generated code. Inside the handler of call m: room for a
 * reply of `size` bytes with `extra` behind it, in m's own block where it fits
 * and nothing the reply may point to is overwritten. Sent by gen_server.
 */
void *otp_reply_begin(struct otp_msg *m, size_t size, size_t extra);

/* A call that is answered later: plain data, may be copied and kept. */
typedef struct otp_from {
	void *pending;
	uint64_t serial;
} otp_from;
/*
 * The token of deferred call m, in its handler. Answering twice, or after
 * the server died, does nothing (B19, B20).
 */
otp_from otp_from_of(struct otp_msg *m);
/* A block for an answer (type's reply or refusal of `size` + `extra`). */
struct otp_msg *otp_answer_new(size_t size, size_t extra);
/* Answer; status OTP_OK or OTP_REFUSED. Takes m. From any process. */
void otp_from_answer(otp_from from, otp_err status, struct otp_msg *m);

OTP_END_DECLS
#endif
