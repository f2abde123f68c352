/* SPDX-License-Identifier: Apache-2.0 */
/* What a program in Erlang sends to a server: terms, which are its messages if
   they decode, and answers that are terms. */
#include <otp.h>
#include <otp/behaviour.h>

#include "test.h"

#include "codec_message.otp.h"

static codec_message_box_ref box;
static char said[4000]; /* by the last handler; read after a call */
static codec_message_box_later_from later;

otp_next
codec_message_box_init(struct codec_message_box *self)
{
	(void)self;
	return otp_ok();
}

otp_next
codec_message_box_handle_put(struct codec_message_box *self,
	struct codec_message_point_list points, otp_string name,
	enum codec_message_colour colour, struct codec_message_point *reply,
	enum codec_message_colour *refusal)
{
	codec_message_point_list_keep(&self->points, points);
	snprintf(said, sizeof said, "put %zu %s %s", points.len, name.ptr,
		codec_message_colour_name(colour));
	if (points.len == 0) {
		*refusal = CODEC_MESSAGE_COLOUR_BLUE;
		return otp_refuse();
	}
	*reply = points.ptr[points.len - 1];
	return otp_reply();
}

otp_next
codec_message_box_handle_count(struct codec_message_box *self, int64_t *reply)
{
	*reply = (int64_t)self->points.v.len;
	return otp_reply();
}

otp_next
codec_message_box_handle_nothing(struct codec_message_box *self)
{
	(void)self;
	snprintf(said, sizeof said, "nothing, by %u",
		otp_pid_equal(otp_caller(), otp_self()));
	return otp_reply();
}

otp_next
codec_message_box_handle_try_it(struct codec_message_box *self, bool may,
	enum codec_message_colour *refusal)
{
	(void)self;
	*refusal = CODEC_MESSAGE_COLOUR_RED;
	return may ? otp_reply() : otp_refuse();
}

otp_next
codec_message_box_handle_later(struct codec_message_box *self, int64_t n,
	codec_message_box_later_from from)
{
	(void)self;
	(void)n;
	later = from;
	return otp_noreply();
}

otp_next
codec_message_box_handle_crash(struct codec_message_box *self)
{
	(void)self;
	otp_exit(otp_term_atom("on_purpose"));
}

otp_next
codec_message_box_handle_rename(
	struct codec_message_box *self, otp_string name, int8_t more)
{
	otp_string_keep(&self->renamed, name);
	snprintf(said, sizeof said, "rename %s %d", name.ptr, more);
	return otp_noreply();
}

otp_next
codec_message_box_handle_moved(struct codec_message_box *self, int64_t by,
	const struct codec_message_point *to)
{
	(void)self;
	snprintf(said, sizeof said, "moved %d to %d %d %s", (int)by, to->x,
		to->y, to->note.ptr);
	return otp_noreply();
}

otp_next
codec_message_box_handle_closed(struct codec_message_box *self)
{
	(void)self;
	snprintf(said, sizeof said, "closed");
	return otp_noreply();
}

otp_next
codec_message_box_handle_tick(struct codec_message_box *self, int8_t n)
{
	(void)self;
	snprintf(said, sizeof said, "tick %d", n);
	return otp_noreply();
}

otp_next
codec_message_box_handle_other(struct codec_message_box *self, otp_term term)
{
	(void)self;
	memcpy(said, "other ", 6);
	otp_term_print(term, said + 6, sizeof said - 6);
	return otp_noreply();
}

/* --- terms ---------------------------------------------------------------- */

/* `bytes` as they follow the version byte. */
#define TERM(bytes) \
	(otp_term) \
	{ \
		(const uint8_t *)(bytes), sizeof(bytes) - 1 \
	}

/* What was said last, when all that was sent before has been handled. */
static void
heard(const char *text)
{
	int64_t count;

	assert_int_equal(codec_message_box_count(box, &count), OTP_OK);
	assert_string_equal(said, text);
}

static void
send_term(otp_term term)
{
	otp_term checked;

	said[0] = '\0';
	assert_int_equal(
		otp_term_validate(term.ptr, term.len, &checked), OTP_OK);
	assert_int_equal(otp_send(codec_message_box_to(box), checked), OTP_OK);
}

static void
an_info_is_found_by_its_name(void **state)
{
	(void)state;
	send_term(TERM("h\003w\005moveda\007t\000\000\000\002w\001xa\001w\001ya"
		       "\002"));
	heard("moved 7 to 1 2 none");
	send_term(TERM("w\006closed"));
	heard("closed");
	send_term(TERM("h\002w\004ticka\005"));
	heard("tick 5");
}

static void
B23_what_does_not_decode_is_other(void **state)
{
	(void)state;
	send_term(TERM("h\002w\004ticka\200"));
	heard("other {tick,128}");
	send_term(TERM("h\002w\005movedw\001x"));
	heard("other {moved,x}");
	send_term(TERM("h\002w\004whata\001"));
	heard("other {what,1}");
	send_term(TERM("w\004tick"));
	heard("other tick");
	send_term(TERM("h\002w\011$gen_calla\001"));
	heard("other {'$gen_call',1}");
	/* a call's name is none of an info */
	send_term(TERM("w\010how many"));
	heard("other 'how many'");
}

static void
a_cast_is_found_in_a_term(void **state)
{
	(void)state;
	send_term(TERM("h\002w\011$gen_casth\003w\006renamem\000\000\000\003bob"
		       "a\010"));
	heard("rename bob 8");
	/* a default at the end may be left out; a charlist is a string */
	send_term(TERM("h\002w\011$gen_casth\002w\006renamek\000\003ann"));
	heard("rename ann 3");
	/* refused: none of these reaches a handler */
	send_term(TERM("h\002w\011$gen_casth\002w\006renamea\001"));
	heard("");
	send_term(TERM("h\002w\011$gen_castw\002no"));
	heard("");
	send_term(TERM("h\002w\011$gen_castw\006closed"));
	heard("");
}

/* {'$gen_call',{Self,Ref},Request} */
static otp_ref
call_term(otp_term request)
{
	otp_ref tag = otp_ref_new();
	otp_term_builder b = {0};
	otp_term term;

	otp_build_tuple(&b, 3);
	otp_build_atom(&b, otp_atom_of("$gen_call"));
	otp_build_tuple(&b, 2);
	otp_build_pid(&b, otp_self());
	otp_build_ref(&b, tag);
	otp_build_term(&b, request);
	assert_int_equal(otp_term_builder_term(&b, &term), OTP_OK);
	send_term(term);
	otp_term_builder_free(&b);
	return tag;
}

/* The answer has come under the tag, and is this. */
static void
answered(otp_ref tag, const char *text)
{
	struct otp_received message;
	otp_cursor cursor;
	otp_term reply;
	uint32_t arity;
	otp_ref ref;
	char printed[200];

	assert_int_equal(otp_receive(&message, 5000), OTP_OK);
	cursor = otp_cursor_of(otp_received_term(&message));
	assert_int_equal(otp_cursor_tuple(&cursor, &arity), OTP_OK);
	assert_int_equal(arity, 2);
	assert_int_equal(otp_cursor_ref(&cursor, &ref), OTP_OK);
	assert_true(otp_ref_equal(ref, tag));
	assert_int_equal(otp_cursor_term(&cursor, &reply), OTP_OK);
	otp_term_print(reply, printed, sizeof printed);
	assert_string_equal(printed, text);
}

static const char put_two[] =
	"h\004w\003putl\000\000\000\002"
	"t\000\000\000\002w\001xa\001w\001ya\002"
	"t\000\000\000\003w\001ya\004w\004notem\000\000\000\003hiyw\001xa\003j"
	"m\000\000\000\001nw\003red";

static void
a_call_is_answered_by_a_term(void **state)
{
	(void)state;
	answered(call_term(TERM(put_two)),
		"{ok,#{note => <<\"hiy\">>,x => 3,y => 4}}");
	assert_string_equal(said, "put 2 n red");
	answered(call_term(TERM("h\003w\003putjm\000\000\000\000")),
		"{error,blue}");
	assert_string_equal(said, "put 0  green");
	answered(call_term(TERM("w\010how many")), "0");
	answered(call_term(TERM("w\007nothing")), "ok");
	assert_string_equal(said, "nothing, by 0");
	answered(call_term(TERM("h\002w\006try_itw\004true")), "ok");
	answered(call_term(TERM("h\002w\006try_itw\005false")), "{error,red}");
}

static void
a_deferred_call_is_answered_later(void **state)
{
	struct otp_received message;
	otp_ref tag = call_term(TERM("h\002w\005latera\001"));

	(void)state;
	assert_int_equal(otp_receive(&message, 50), OTP_TIMEOUT);
	codec_message_box_later_reply(later, otp_str("at last"));
	answered(tag, "<<\"at last\">>");
	codec_message_box_later_reply(later, otp_str("twice"));
	assert_int_equal(otp_receive(&message, 50), OTP_TIMEOUT);
	/* one that is never answered goes with the server */
	call_term(TERM("h\002w\005latera\001"));
}

/* --- what hands calls on --------------------------------------------------- */

struct proxy {
	otp_to to;
};

static enum otp_verdict
proxy_init(void *data, struct otp_msg *start)
{
	(void)data;
	(void)start;
	otp_process_started();
	return OTP_GO_ON;
}

/* Any call of a box, typed or a term. */
static enum otp_verdict
proxy_handle(void *data, struct otp_event *event)
{
	const struct otp_server_class *class = &codec_message_box_class;
	struct proxy *proxy = data;
	struct otp_term_request request;

	if (event->kind != OTP_EVENT_MESSAGE ||
		event->msg->type != &otp_term_message ||
		!otp_term_request_of(
			*(const otp_term *)otp_msg_payload(event->msg),
			&request))
		return OTP_GO_ON;
	for (size_t i = 0; i < class->message_count; i++) {
		if (!otp_term_request_is(&request, class->messages[i]))
			continue;
		if (otp_event_decode(event, &request, class->messages[i]) ==
			OTP_OK)
			otp_call_forward(proxy->to, event->msg);
		break;
	}
	return OTP_GO_ON;
}

static const struct otp_behaviour proxy_behaviour = {
	.name = "proxy", .init = proxy_init, .handle = proxy_handle};

static const struct otp_process_class proxy_class = {
	.behaviour = &proxy_behaviour,
	.name = "proxy",
	.data_size = sizeof(struct proxy)};

static void
a_call_is_handed_on(void **state)
{
	struct proxy seed = {box.to};
	struct otp_process_opts start = {.process_class = &proxy_class,
		.seed = &seed,
		.seed_size = sizeof seed};
	codec_message_box_ref real = box;
	struct otp_received message;
	otp_ref ref, tag;
	otp_pid pid;

	(void)state;
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	box.to = otp_to_pid(pid);
	answered(call_term(TERM(put_two)),
		"{ok,#{note => <<\"hiy\">>,x => 3,y => 4}}");
	tag = call_term(TERM("h\002w\005latera\001"));
	assert_int_equal(otp_receive(&message, 50), OTP_TIMEOUT);
	codec_message_box_later_reply(later, otp_str("at last"));
	answered(tag, "<<\"at last\">>");
	/* To nobody, who can't tell. */
	ref = otp_monitor(pid);
	otp_exit_signal(pid, OTP_KILL);
	assert_int_equal(otp_await_down(ref, 5000, NULL), OTP_OK);
	seed.to = otp_to_pid(pid);
	assert_int_equal(otp_process_start(&start, &pid, NULL), OTP_OK);
	box.to = otp_to_pid(pid);
	call_term(TERM("w\007nothing"));
	assert_int_equal(otp_receive(&message, 20), OTP_TIMEOUT);
	box = real;
	otp_exit_signal(pid, OTP_KILL);
}

static void
a_call_that_does_not_decode_is_not_answered(void **state)
{
	struct otp_received message;

	(void)state;
	call_term(TERM("h\002w\005laterw\001x"));
	heard("");
	call_term(TERM("w\003who"));
	heard("");
	assert_int_equal(otp_receive(&message, 20), OTP_TIMEOUT);
}

static void
a_large_message_finds_room(void **state)
{
	enum {
		N = 20000
	};
	static uint8_t bytes[16 + 31 * N];
	uint8_t *at = bytes;

	(void)state;
	memcpy(at, "h\003w\003putl", 8);
	at += 8;
	*at++ = 0;
	*at++ = 0;
	*at++ = N >> 8;
	*at++ = N & 0xff;
	for (int i = 0; i < N; i++) {
		memcpy(at, "t\000\000\000\002w\001xa\001w\001ya\002", 15);
		at += 15;
	}
	memcpy(at, "jm\000\000\000\001n", 7);
	at += 7;
	answered(call_term((otp_term){bytes, (size_t)(at - bytes)}),
		"{ok,#{note => <<\"none\">>,x => 1,y => 2}}");
	assert_string_equal(said, "put 20000 n green");
}

static void
a_process_receives_terms(void **state)
{
	struct otp_received message;
	char text[40];

	(void)state;
	assert_int_equal(
		otp_send(otp_to_pid(otp_self()), otp_term_int(5)), OTP_OK);
	assert_int_equal(otp_receive(&message, 1000), OTP_OK);
	otp_term_print(otp_received_term(&message), text, sizeof text);
	assert_string_equal(text, "5");
	assert_int_equal(
		otp_send(otp_to_name("nobody_of_that_name"), otp_term_int(5)),
		OTP_NOPROC);
}

static void
a_crash_in_a_call_answers_nothing(void **state)
{
	struct otp_received message;
	otp_ref down = otp_monitor_to(codec_message_box_to(box));
	char text[40];

	(void)state;
	call_term(TERM("w\005crash"));
	assert_int_equal(otp_receive(&message, 5000), OTP_OK);
	assert_int_equal(message.kind, OTP_RECEIVED_DOWN);
	assert_true(otp_ref_equal(message.ref, down));
	otp_term_print(message.reason, text, sizeof text);
	assert_string_equal(text, "on_purpose");
	assert_int_equal(otp_receive(&message, 20), OTP_TIMEOUT);
}

static int
begin(void **state)
{
	(void)state;
	if (otp_runtime_start(NULL) != OTP_OK)
		return 1;
	return codec_message_box_start(NULL, &box) != OTP_OK;
}

static int
end(void **state)
{
	(void)state;
	return otp_runtime_stop(10000) != OTP_OK;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_info_is_found_by_its_name),
		cmocka_unit_test(B23_what_does_not_decode_is_other),
		cmocka_unit_test(a_cast_is_found_in_a_term),
		cmocka_unit_test(a_call_is_answered_by_a_term),
		cmocka_unit_test(a_deferred_call_is_answered_later),
		cmocka_unit_test(a_call_is_handed_on),
		cmocka_unit_test(a_call_that_does_not_decode_is_not_answered),
		cmocka_unit_test(a_large_message_finds_room),
		cmocka_unit_test(a_process_receives_terms),
		cmocka_unit_test(a_crash_in_a_call_answers_nothing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
