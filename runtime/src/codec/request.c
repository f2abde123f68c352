/* SPDX-License-Identifier: Apache-2.0 */
/* Terms that are messages of a server: found out, decoded, answered. */
#include "base/alloc.h"
#include "base/tuning.h"
#include "codec/codec.h"
#include "core/relay.h"

#include <otp/behaviour.h>

#define GEN_CALL "$gen_call"
#define GEN_CAST "$gen_cast"

/* --- what a term is ------------------------------------------------------- */

/* {Pid,Tag} */
static bool
read_from(otp_cursor *cursor, struct otp_term_request *request)
{
	otp_to from = {{0, 0, 0, 0}, 0, 0};
	uint32_t arity;

	if (otp_cursor_tuple(cursor, &arity) || arity != 2 ||
		otp_cursor_pid(cursor, &from.pid) ||
		otp_cursor_term(cursor, &request->tag))
		return false;
	request->from = from;
	return true;
}

bool
otp_term_request_of(otp_term term, struct otp_term_request *request)
{
	otp_cursor cursor = otp_cursor_of(term);
	uint32_t arity;

	*request =
		(struct otp_term_request){.kind = OTP_MSG_INFO, .body = term};
	if (otp_cursor_tuple(&cursor, &arity))
		return true;
	if (arity == 2 && otp_cursor_atom_is(&cursor, GEN_CAST) == OTP_OK)
		request->kind = OTP_MSG_CAST;
	else if (arity == 3 && otp_cursor_atom_is(&cursor, GEN_CALL) == OTP_OK)
		request->kind = OTP_MSG_CALL;
	else
		return true;
	if ((request->kind == OTP_MSG_CAST || read_from(&cursor, request)) &&
		otp_cursor_term(&cursor, &request->body) == OTP_OK)
		return true;
	*request =
		(struct otp_term_request){.kind = OTP_MSG_INFO, .body = term};
	return false;
}

/* An atom, or a tuple that begins with one. */
bool
otp_term_request_is(
	const struct otp_term_request *request, const struct otp_msg_type *type)
{
	const uint8_t *end = request->body.ptr + request->body.len;
	struct etf_head head;

	if (type->kind != request->kind || !type->args ||
		!otpi_etf_head(request->body.ptr, end, &head))
		return false;
	if (head.kind == OTP_KIND_TUPLE && head.parts > 0 &&
		!otpi_etf_head(head.next, end, &head))
		return false;
	return otpi_atom_matches(&head, type->args->tag);
}

/* --- decoding ------------------------------------------------------------- */

/* What is behind the payload, and the reply's, which may be written over it. */
static size_t
payload_room(const struct otp_msg_type *type)
{
	size_t size =
		type->size > type->reply_size ? type->size : type->reply_size;

	return (size + 7) & ~(size_t)7;
}

/* The message that is made: `spare` bytes of its block are at decoder.limit. */
struct making {
	struct otp_decoder decoder;
	const struct otp_msg_type *type;
	struct otp_msg *m;
	size_t spare;
};

static void
new_block(struct making *making, size_t room)
{
	struct otp_decoder *decoder = &making->decoder;
	size_t behind = payload_room(making->type);

	room = (room + 7) & ~(size_t)7;
	making->m = otp_msg_new(making->type, behind + room + making->spare);
	decoder->room = room;
	decoder->free = (char *)otp_msg_payload(making->m) + behind;
	decoder->limit = decoder->free + room;
}

static bool
get_message(struct making *making, bool generated)
{
	const struct otp_msg_type *type = making->type;
	struct otp_decoder *decoder = &making->decoder;
	void *payload = otp_msg_payload(making->m);
	const uint8_t *at;

	otpi_decode_restart(decoder);
	if (generated && type->get)
		at = type->get(decoder, decoder->start, payload);
	else
		at = otp_type_get(decoder, decoder->start, type->args, payload);
	return at && at == decoder->end;
}

/* Its room is doubled as that of any decoder. */
static otp_err
decode_message(struct making *making, otp_term body)
{
	struct otp_decoder *decoder = &making->decoder;
	bool generated = true;

	otp_from_term_begin(decoder, body, false);
	new_block(making, 2 * body.len + REQUEST_ROOM_MIN);
	while (!get_message(making, generated)) {
		if (decoder->err == OTP_NOMEM &&
			decoder->room < otpi_decode_most(decoder)) {
			otp_msg_free(making->m);
			new_block(making, 2 * decoder->room);
		} else if (generated) {
			generated = false;
		} else {
			otp_msg_free(making->m);
			return otpi_decode_failed(
				decoder, making->type->args->tag);
		}
	}
	return OTP_OK;
}

/* --- answering ------------------------------------------------------------ */

static void
build_tagged(otp_term_builder *b, const char *tag, const struct otp_type *type,
	const void *value)
{
	otp_build_tuple(b, 2);
	otp_build_atom(b, otp_atom_of(tag));
	otp_build_value(b, type, value);
}

/* `! E` makes a reply {ok,Value} or {error,E}; without a value it is ok. */
static void
build_reply(otp_term_builder *b, const struct otp_msg_type *type,
	otp_err status, const void *payload)
{
	if (status == OTP_REFUSED)
		build_tagged(b, "error", type->refusal, payload);
	else if (!type->reply)
		otp_build_atom(b, otp_atom_of("ok"));
	else if (type->refusal)
		build_tagged(b, "ok", type->reply, payload);
	else
		otp_build_value(b, type->reply, payload);
}

/* {Tag,Reply} */
static void
answer(const struct otpi_relay *relay, otp_err status, const void *payload)
{
	otp_term tag = {relay->tag, relay->tag_len};
	otp_term_builder b = {0};
	otp_term term;

	otp_build_tuple(&b, 2);
	otp_build_term(&b, tag);
	build_reply(&b, relay->type, status, payload);
	if (otp_term_builder_term(&b, &term) == OTP_OK)
		otp_send(relay->to, term);
	otp_term_builder_free(&b);
}

static struct otpi_relay *
make_relay(const struct making *making, const struct otp_term_request *request)
{
	struct otpi_relay *relay = (void *)making->decoder.limit;

	relay->answer = answer;
	relay->type = making->type;
	relay->to = request->from;
	relay->tag_len = (uint32_t)request->tag.len;
	relay->size = (uint32_t)(sizeof *relay + request->tag.len);
	memcpy(relay->tag, request->tag.ptr, request->tag.len);
	return relay;
}

otp_err
otp_event_decode(struct otp_event *event,
	const struct otp_term_request *request, const struct otp_msg_type *type)
{
	bool is_call = request->kind == OTP_MSG_CALL;
	struct making making = {.type = type};
	otp_err err;

	if (is_call)
		making.spare = sizeof(struct otpi_relay) + request->tag.len;
	err = decode_message(&making, request->body);
	if (err != OTP_OK)
		return err;
	otpi_event_become(
		event, making.m, is_call ? make_relay(&making, request) : NULL);
	return OTP_OK;
}
