/* SPDX-License-Identifier: Apache-2.0 */
/* The wire table, byte by byte: what is written, what else is taken, what is
   refused and why. Bytes are without the version. */
#include <otp.h>
#include <otp/codec.h>

#include "test.h"

#include "codec_wire.otp.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1
#define VALUE(type, ...) \
	&(const type) \
	{ \
		__VA_ARGS__ \
	}
#define NODE "w\015nonode@nohost"
#define ZEROS "\000\000\000\000\000\000\000\000"
#define ZEROS_64 ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS

#define A_16 "aaaaaaaaaaaaaaaa"
#define A_64 A_16 A_16 A_16 A_16

struct row {
	const struct otp_type *type;
	const void *value;
	const uint8_t *bytes;
	size_t len;
};

static const otp_string text = {"hi", 2};
static const uint8_t many[] = {1, 200};
static const codec_wire_owner_ref nobody = {{{7, 8, 9, 0}, 0, 0}};
/* As otp_alias gives it: it has no name, no node and no encoding. */
static const codec_wire_owner_ref alias = {
	{{7, 8, 9, 0}, UINT32_MAX, UINT32_MAX}};
static const struct codec_wire_map_string_int32_pair pairs[] = {
	{{"a", 1}, 1}, {{"b", 1}, 2}};
static const int32_t numbers[] = {1, -2, 300};

static const struct row rows[] = {
	{&otp_bool_type, VALUE(bool, true), BYTES("w\004true")},
	{&otp_bool_type, VALUE(bool, false), BYTES("w\005false")},
	{&otp_int8_type, VALUE(int8_t, -1), BYTES("b\377\377\377\377")},
	{&otp_uint8_type, VALUE(uint8_t, 255), BYTES("a\377")},
	{&otp_int16_type, VALUE(int16_t, 256), BYTES("b\000\000\001\000")},
	{&otp_uint16_type, VALUE(uint16_t, 65535), BYTES("b\000\000\377\377")},
	{&otp_int32_type, VALUE(int32_t, INT32_MIN),
		BYTES("b\200\000\000\000")},
	{&otp_uint32_type, VALUE(uint32_t, UINT32_MAX),
		BYTES("n\004\000\377\377\377\377")},
	{&otp_int64_type, VALUE(int64_t, INT64_C(1) << 40),
		BYTES("n\006\000\000\000\000\000\000\001")},
	{&otp_int64_type, VALUE(int64_t, INT64_MIN),
		BYTES("n\010\001\000\000\000\000\000\000\000\200")},
	{&otp_uint64_type, VALUE(uint64_t, UINT64_MAX),
		BYTES("n\010\000\377\377\377\377\377\377\377\377")},
	{&otp_float64_type, VALUE(double, 1.5),
		BYTES("F\077\370\000\000\000\000\000\000")},
	{&otp_float32_type, VALUE(float, -2),
		BYTES("F\300\000\000\000\000\000\000\000")},
	{&otp_string_type, VALUE(otp_string, "n\303\266", 3),
		BYTES("m\000\000\000\003n\303\266")},
	{&otp_binary_type, VALUE(otp_binary, many, 2, NULL),
		BYTES("m\000\000\000\002\001\310")},
	{&otp_atom_type, VALUE(otp_atom, "ok", 2), BYTES("w\002ok")},
	{&otp_timestamp_type, VALUE(otp_timestamp, 1000000),
		BYTES("b\000\017B@")},
	{&otp_duration_type, VALUE(otp_duration, 250), BYTES("a\372")},
	{&otp_duration_type, VALUE(otp_duration, OTP_INFINITY),
		BYTES("w\010infinity")},
	{&otp_pid_type, VALUE(otp_pid, 1, 2, 3, 0),
		BYTES("X" NODE
		      "\000\000\000\001\000\000\000\002\000\000\000\003")},
	{&otp_reference_type, VALUE(otp_ref, 0, 5, 2, {1, 2}),
		BYTES("Z\000\002" NODE
		      "\000\000\000\005\000\000\000\001\000\000\000\002")},
	{&otp_term_type, VALUE(otp_term, NULL, 0), BYTES("w\011undefined")},
	{&otp_string_opt_type, VALUE(otp_string *, NULL),
		BYTES("w\011undefined")},
	{&otp_string_opt_nil_type, VALUE(otp_string *, NULL),
		BYTES("w\003nil")},
	{&otp_string_opt_type, VALUE(const otp_string *, &text),
		BYTES("m\000\000\000\002hi")},
	{&otp_int32_list_type, VALUE(struct otp_int32_list, NULL, 0),
		BYTES("j")},
	{&otp_int32_list_type, VALUE(struct otp_int32_list, numbers, 3),
		BYTES("l\000\000\000\003a\001b\377\377\377\376b\000\000\001,"
		      "j")},
	{&codec_wire_colour_type,
		VALUE(enum codec_wire_colour, CODEC_WIRE_COLOUR_GREEN),
		BYTES("w\005Gr\303\274n")},
	{&codec_wire_receipt_type,
		VALUE(struct codec_wire_receipt, .account = {"me", 2},
			.balance = 5, .many = {many, 2}),
		BYTES("t\000\000\000\004w\007balancea\005"
		      "w\004manyl\000\000\000\002a\001a\310j"
		      "w\004notew\003nilw\003whom\000\000\000\002me")},
	{&codec_wire_pair_type, VALUE(struct codec_wire_pair, 1, 2),
		BYTES("h\003w\004paira\001a\002")},
	{&codec_wire_struct_type,
		VALUE(struct codec_wire_struct, .on = true, .zulu = 3),
		BYTES("t\000\000\000\003w\004Zulua\003w\012__struct__"
		      "w\015Elixir.Bank.Rw\002onw\004true")},
	{&codec_wire_event_type,
		VALUE(struct codec_wire_event, CODEC_WIRE_EVENT_CLOSED),
		BYTES("w\006closed")},
	{&codec_wire_event_type,
		VALUE(struct codec_wire_event, .tag = CODEC_WIRE_EVENT_MOVED,
			.u.moved = {4, CODEC_WIRE_COLOUR_RED}),
		BYTES("h\003w\005Moveda\004w\003red")},
	{&codec_wire_types_type,
		VALUE(struct codec_wire_types, .m = {pairs, 2}, .t = {1, true},
			.p = {2, 3}, .who = &nobody),
		BYTES("t\000\000\000\004"
		      "w\001mt\000\000\000\002m\000\000\000\001aa\001"
		      "m\000\000\000\001ba\002"
		      "w\001ph\003w\004paira\002a\003"
		      "w\001th\002a\001w\004true"
		      "w\003whoX" NODE
		      "\000\000\000\007\000\000\000\010\000\000\000\011")},
};

enum {
	ROWS = sizeof rows / sizeof *rows
};

static uint8_t buffer[1000];

static void
show(const char *what, size_t i)
{
	fprintf(stderr, "%s %zu\n", what, i);
}

static void
what_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		size_t len = 0;

		if (otp_type_encode(row->type, row->value, buffer,
			    sizeof buffer, &len) != OTP_OK ||
			len != row->len + 1 || buffer[0] != 131 ||
			memcmp(buffer + 1, row->bytes, row->len) != 0) {
			show("row", i);
			fail();
		}
	}
}

/* The other forms of a value: each reads as the value that is printed so. */
static const struct form {
	const struct otp_type *type;
	const uint8_t *bytes;
	size_t len;
	const char *printed;
} forms[] = {
	{&otp_bool_type, BYTES("d\000\004true"), "true"},
	{&otp_bool_type, BYTES("s\005false"), "false"},
	{&otp_bool_type, BYTES("v\000\004true"), "true"},
	{&otp_atom_type, BYTES("d\000\003n\366x"), "'n\303\266x'"},
	{&codec_wire_colour_type, BYTES("s\004Gr\374n"), "'Gr\303\274n'"},
	{&codec_wire_colour_type, BYTES("d\000\004Gr\374n"), "'Gr\303\274n'"},
	{&otp_int8_type, BYTES("b\377\377\377\200"), "-128"},
	{&otp_uint8_type, BYTES("b\000\000\000\377"), "255"},
	{&otp_uint8_type, BYTES("n\003\000\007\000\000"), "7"},
	{&otp_int64_type, BYTES("o\000\000\000\002\001\001\002"), "-513"},
	{&otp_uint64_type, BYTES("n\010\000\377\377\377\377\377\377\377\377"),
		"18446744073709551615"},
	{&otp_float64_type, BYTES("a\007"), "7.0"},
	{&otp_float64_type, BYTES("n\007\000\000\000\000\000\000\000\040"),
		"9007199254740992.0"},
	{&otp_float32_type, BYTES("b\001\000\000\000"), "16777216.0"},
	{&otp_float64_type, BYTES("n\011\000" ZEROS "\001"),
		"1.8446744073709552e19"},
	{&otp_float64_type,
		BYTES("n\020\001" ZEROS "\000\377\377\377\377\377"
		      "\037\000"),
		"-1.6615349947310976e35"},
	{&otp_float32_type, BYTES("n\013\000" ZEROS "\000\001\000"),
		"4.722366482869645e21"},
	{&otp_string_type, BYTES("k\000\003n\366x"), "<<\"n\303\266x\"/utf8>>"},
	{&otp_string_type, BYTES("j"), "<<>>"},
	{&otp_string_type, BYTES("l\000\000\000\002anb\000\001\366\000j"),
		"<<\"n\360\237\230\200\"/utf8>>"},
	{&otp_string_opt_type, BYTES("w\003nil"), "undefined"},
	{&otp_string_opt_nil_type, BYTES("d\000\011undefined"), "nil"},
	{&otp_int32_list_type, BYTES("k\000\002\001\377"), "[1,255]"},
	{&otp_int32_list_type,
		BYTES("l\000\000\000\001a\001l\000\000\000\001a\002j"),
		"[1,2]"},
	{&otp_duration_type, BYTES("d\000\010infinity"), "infinity"},
	/* keys in any order; others are skipped, in any encoding */
	{&codec_wire_receipt_type,
		BYTES("t\000\000\000\006w\004notew\011undefinedd\000\003who"
		      "k\000\001xa\001a\002w\004manyjw\005otherl\000\000\000"
		      "\001a\001jw\007balancea\005"),
		"#{balance => 5,many => [],note => nil,who => <<\"x\">>}"},
	/* what is missing has a default, or is absent */
	{&codec_wire_defaulted_type, BYTES("t\000\000\000\001w\004namej"),
		"#{n => 7,name => <<>>,nick => <<\"nick\">>,none => nil}"},
	{&codec_wire_defaulted_type,
		BYTES("t\000\000\000\002w\001na\001w\004namej"),
		"#{n => 1,name => <<>>,nick => <<\"nick\">>,none => nil}"},
	{&codec_wire_struct_type,
		BYTES("t\000\000\000\004w\001ea\001w\012__struct__"
		      "w\015Elixir.Bank.Rw\002onw\004truew\004Zulua\003"),
		"#{'Zulu' => 3,'__struct__' => 'Elixir.Bank.R',on => true}"},
	/* keys in Latin-1 */
	{&codec_wire_latin_type,
		BYTES("t\000\000\000\001d\000\005Gr\366\337ea\001"),
		"#{'Gr\303\266\303\237e' => 1,b => 1}"},
	{&codec_wire_event_type, BYTES("h\002w\005Moveda\004"),
		"{'Moved',4,'Gr\303\274n'}"},
	{&codec_wire_pair_type, BYTES("i\000\000\000\003w\004paira\001a\002"),
		"{pair,1,2}"},
	/* a map that is not sorted */
	{&codec_wire_map_string_int32_type,
		BYTES("t\000\000\000\002m\000\000\000\001ba\002"
		      "m\000\000\000\001aa\001"),
		"#{<<\"a\">> => 1,<<\"b\">> => 2}"},
	/* handles: {Name,Node} and a name alone */
	{&codec_wire_owner_ref_type, BYTES("w\003bob"), "{bob,nonode@nohost}"},
	{&codec_wire_owner_ref_type, BYTES("h\002w\003bobw\004n@ho"),
		"{bob,n@ho}"},
	{&codec_wire_owner_ref_type, BYTES("h\002w\003bob" NODE),
		"{bob,nonode@nohost}"},
};

static void
what_else_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *form = &forms[i];
		char value[500], printed[500];

		buffer[0] = 131;
		memcpy(buffer + 1, form->bytes, form->len);
		if (otp_type_decode(form->type, buffer, form->len + 1, value) !=
			OTP_OK)
			show("not taken: form", i);
		otp_type_print(form->type, value, printed, sizeof printed);
		assert_string_equal(printed, form->printed);
	}
}

/* The name of the struct twice, and a field that may be missing. */
static const char twice[] =
	"t\000\000\000\003w\012__struct__w\010Elixir.Tw\001aa\001"
	"w\012__struct__w\010Elixir.T";

static const struct refusal {
	const struct otp_type *type;
	const uint8_t *bytes;
	size_t len;
	otp_err err;
	const char *why;
} refusals[] = {
	{&otp_int8_type, BYTES("a\200"), OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_int8_type, BYTES("b\377\377\377\177"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_uint8_type, BYTES("b\377\377\377\377"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_uint64_type,
		BYTES("n\011\000\000\000\000\000\000\000\000\000\001"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_int64_type, BYTES("n\010\000\000\000\000\000\000\000\000\200"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float64_type, BYTES("n\007\000\001\000\000\000\000\000\040"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float64_type,
		BYTES("n\011\000\001\000\000\000\000\000\000\000"
		      "\001"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float64_type, BYTES("n\010\000\001\000\000\000\000\000\000\200"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float64_type, BYTES("n\201\000" ZEROS_64 ZEROS_64 "\001"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float32_type, BYTES("n\021\000" ZEROS ZEROS "\001"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_float32_type, BYTES("b\001\000\000\001"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_float32_type, BYTES("F\177\340\000\000\000\000\000\000"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_float64_type, BYTES("F\177\360\000\000\000\000\000\000"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_string_type, BYTES("m\000\000\000\001\377"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_string_type, BYTES("l\000\000\000\001b\000\000\330\000j"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_atom_type, BYTES("w\001\377"), OTP_BAD_TERM, "{bad_value,[]}"},
	/* of 256 characters, in UTF-8 and Latin-1 */
	{&otp_atom_type, BYTES("v\001\000" A_64 A_64 A_64 A_64), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_atom_type, BYTES("d\001\000" A_64 A_64 A_64 A_64), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_string_type, BYTES("l\000\000\000\001b\000\000\337\377j"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_string_type, BYTES("l\000\000\000\001b\000\021\000\000j"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	/* a sign is 0 or 1, wherever the number stands */
	{&codec_wire_pair_type,
		BYTES("h\003w\004pairn\001\002\001n\010\000" ZEROS),
		OTP_BAD_TERM, "{bad_value,[x]}"},
	{&codec_wire_defaulted_type,
		BYTES("t\000\000\000\002w\001nn\001\002\001w\004namej"),
		OTP_BAD_TERM, "{bad_value,[n]}"},
	/* infinity has a word */
	{&otp_duration_type, BYTES("n\010\000\377\377\377\377\377\377\377\177"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&codec_wire_owner_ref_type, BYTES("w\003a\000b"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_binary_type, BYTES("k\000\001x"), OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_int32_list_type, BYTES("l\000\000\000\001a\001a\002"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&otp_int32_list_type, BYTES("l\377\377\377\377a\001"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&otp_int32_list_type, BYTES("ja\001"), OTP_BAD_TERM,
		"{trailing_bytes,[]}"},
	{&otp_pid_type,
		BYTES("Xw\001n\000\000\000\001\000\000\000\002\000\000\000"
		      "\003"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&codec_wire_colour_type, BYTES("w\004blue"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&codec_wire_defaulted_type, BYTES("t\000\000\000\000"), OTP_BAD_TERM,
		"{missing,[name]}"},
	{&codec_wire_defaulted_type,
		BYTES("t\000\000\000\002w\004namejw\001nw\001x"), OTP_BAD_TERM,
		"{bad_value,[n]}"},
	{&codec_wire_defaulted_type,
		BYTES("t\000\000\000\002w\004namejw\004namej"),
		OTP_DUPLICATE_KEY, "{duplicate_key,[name]}"},
	{&codec_wire_defaulted_type,
		BYTES("t\000\000\000\003w\004namejw\001xjw\001xj"),
		OTP_DUPLICATE_KEY, "{duplicate_key,[]}"},
	{&codec_wire_struct_type,
		BYTES("t\000\000\000\002w\002onw\004truew\004Zulua\003"),
		OTP_BAD_TERM, "{missing,['__struct__']}"},
	{&codec_wire_struct_type,
		BYTES("t\000\000\000\003w\004Zulua\003w\012__struct__"
		      "w\001Rw\002onw\004true"),
		OTP_BAD_TERM, "{bad_value,[]}"},
	{&codec_wire_twice_type, BYTES(twice), OTP_DUPLICATE_KEY,
		"{duplicate_key,['__struct__']}"},
	{&codec_wire_pair_type, BYTES("h\002w\004paira\001"), OTP_BAD_TERM,
		"{bad_arity,[]}"},
	{&codec_wire_pair_type, BYTES("h\003w\004peara\001a\002"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&codec_wire_event_type, BYTES("w\005Moved"), OTP_BAD_TERM,
		"{missing,[moved,amount]}"},
	{&codec_wire_event_type, BYTES("h\001w\006closed"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&codec_wire_event_type, BYTES("h\003w\005Moveda\001w\001x"),
		OTP_BAD_TERM, "{bad_value,[moved,to]}"},
	{&codec_wire_event_type, BYTES("w\006opened"), OTP_BAD_TERM,
		"{unknown_member,[]}"},
	{&codec_wire_map_string_int32_type,
		BYTES("t\000\000\000\002m\000\000\000\001aa\002k\000\001aa"
		      "\001"),
		OTP_DUPLICATE_KEY, "{duplicate_key,[]}"},
	{&codec_wire_types_type,
		BYTES("t\000\000\000\003w\001mt\000\000\000\000w\001ph\003"
		      "w\004paira\002a\003w\001th\002a\001a\001"),
		OTP_BAD_TERM, "{bad_value,[t,v1]}"},
	{&codec_wire_owner_ref_type, BYTES("a\001"), OTP_BAD_TERM,
		"{bad_value,[]}"},
	{&codec_wire_loop_type, BYTES("t\000\000\000\001w\003anyq\001"),
		OTP_BAD_TERM, "{bad_term,[any]}"},
};

static void
what_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		const struct refusal *r = &refusals[i];
		char value[500], before[500], why[100];
		otp_err err;

		memset(value, 0x5a, sizeof value);
		memcpy(before, value, sizeof value);
		buffer[0] = 131;
		memcpy(buffer + 1, r->bytes, r->len);
		err = otp_type_decode(r->type, buffer, r->len + 1, value);
		otp_term_print(otp_last_reason(), why, sizeof why);
		if (err != r->err || strcmp(why, r->why) != 0)
			show("refusal", i);
		assert_string_equal(why, r->why);
		assert_int_equal(err, r->err);
		assert_memory_equal(value, before, sizeof value);
	}
}

/* Generated code gives up in the middle; it is refused all the same. */
static void
a_struct_has_one_name(void **state)
{
	struct codec_wire_twice value;

	(void)state;
	buffer[0] = 131;
	memcpy(buffer + 1, twice, sizeof twice - 1);
	assert_int_equal(codec_wire_twice_decode(buffer, sizeof twice, &value),
		OTP_DUPLICATE_KEY);
}

/* The same of keys that are skipped. */
static void
skipped_keys_differ(void **state)
{
	static const char keys[] =
		"\203t\000\000\000\004w\001na\001w\004namejw\001xjw\001xj";
	struct codec_wire_defaulted value;

	(void)state;
	memcpy(buffer, keys, sizeof keys - 1);
	assert_int_equal(
		codec_wire_defaulted_decode(buffer, sizeof keys - 1, &value),
		OTP_DUPLICATE_KEY);
	buffer[sizeof keys - 3] = 'y';
	assert_int_equal(
		codec_wire_defaulted_decode(buffer, sizeof keys - 1, &value),
		OTP_OK);
}

static void
refuse_whole(const uint8_t *bytes, size_t len, const char *expected)
{
	bool value;
	char why[100];

	assert_int_equal(otp_type_decode(&otp_bool_type, bytes, len, &value),
		OTP_BAD_TERM);
	otp_term_print(otp_last_reason(), why, sizeof why);
	assert_string_equal(why, expected);
}

static void
the_version_comes_first(void **state)
{
	(void)state;
	refuse_whole(BYTES(""), "{bad_version,[]}");
	refuse_whole(BYTES("\203"), "{bad_version,[]}");
	refuse_whole(BYTES("w\004true"), "{bad_version,[]}");
	refuse_whole(BYTES("\203P\000\000\000\006x"), "{compressed,[]}");
}

static void
what_has_no_encoding(void **state)
{
	const struct {
		const struct otp_type *type;
		const void *value;
		otp_err err;
	} values[] = {
		{&otp_float64_type, VALUE(double, __builtin_nan("")),
			OTP_BADARG},
		{&otp_float32_type, VALUE(float, __builtin_inff()), OTP_BADARG},
		{&otp_atom_type, VALUE(otp_atom, "\377", 1), OTP_BADARG},
		{&otp_atom_type, VALUE(otp_atom, A_64 A_64 A_64 A_64, 256),
			OTP_BADARG},
		{&otp_pid_type, VALUE(otp_pid, 1, 2, 3, 4), OTP_BADARG},
		{&otp_reference_type, VALUE(otp_ref, 0, 5, 6, {1}), OTP_BADARG},
		{&codec_wire_colour_type, VALUE(unsigned, 2), OTP_BADARG},
		{&codec_wire_event_type,
			VALUE(struct codec_wire_event,
				.tag = (enum codec_wire_event_tag)7),
			OTP_BADARG},
		{&codec_wire_types_type,
			VALUE(struct codec_wire_types, .who = &alias),
			OTP_BADARG},
		{&otp_string_type, VALUE(otp_string, "", (size_t)1 << 40),
			OTP_SYSTEM_LIMIT},
		{&otp_int32_list_type,
			VALUE(struct otp_int32_list, numbers, (size_t)1 << 40),
			OTP_SYSTEM_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		size_t len;

		assert_int_equal(
			otp_type_encode(values[i].type, values[i].value, buffer,
				sizeof buffer, &len),
			values[i].err);
	}
	otp_type_print(&otp_float64_type, values[0].value, (char *)buffer,
		sizeof buffer);
	assert_string_equal((char *)buffer, "<badarg>");
}

/* Many of the largest: a bound that is too small by a byte shows. */
#define LARGEST(name, type, ...) \
	do { \
		type values[20]; \
		struct otp_##name##_list list = {values, 20}; \
		struct otp_sizer sizer = {0, 0, OTP_OK}; \
		struct otp_sizer general = {0, 0, OTP_OK}; \
		size_t len; \
\
		for (size_t i = 0; i < 20; i++) \
			values[i] = (type)__VA_ARGS__; \
		otp_##name##_list_bound(&sizer, list); \
		otp_type_bound(&general, &otp_##name##_list_type, &list); \
		assert_int_equal(sizer.err, OTP_OK); \
		len = (size_t)(otp_##name##_list_put(buffer, list) - buffer); \
		assert_true(len <= sizer.size); \
		assert_true(len <= general.size); \
		assert_true(sizer.size <= len + 7); \
	} while (0)

static void
bounds_are_tight(void **state)
{
	(void)state;
	LARGEST(bool, bool, false);
	LARGEST(int8, int8_t, -1);
	LARGEST(int32, int32_t, INT32_MIN);
	LARGEST(int64, int64_t, INT64_MIN);
	LARGEST(uint8, uint8_t, UINT8_MAX);
	LARGEST(uint16, uint16_t, UINT16_MAX);
	LARGEST(uint64, uint64_t, UINT64_MAX);
	LARGEST(timestamp, otp_timestamp, INT64_MIN);
	LARGEST(duration, otp_duration, INT64_MIN);
	LARGEST(float32, float, 1);
	LARGEST(float64, double, 1);
	LARGEST(string, otp_string, {"hi", 2});
	LARGEST(binary, otp_binary, {many, 2, NULL});
	LARGEST(pid, otp_pid, {1, 2, 3, 0});
	LARGEST(reference, otp_ref, {0, 5, 5, {1, 2, 3, 4, 5}});
}

static int
begin(void **state)
{
	(void)state;
	return otp_runtime_start(NULL) != OTP_OK;
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
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(what_else_is_taken),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_struct_has_one_name),
		cmocka_unit_test(skipped_keys_differ),
		cmocka_unit_test(the_version_comes_first),
		cmocka_unit_test(what_has_no_encoding),
		cmocka_unit_test(bounds_are_tight),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
