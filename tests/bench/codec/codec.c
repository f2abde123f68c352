/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record, encoded and decoded by us and by those that were found when this
 * was built, in turn. Prints `WHO encode NS` and `WHO decode NS` for each
 * round.
 */
#include <otp.h>

#include "receipt.otp.h"

#ifdef HAVE_EI
#include <ei.h>
#endif
#ifdef HAVE_PROTOBUF
#include "receipt.pb-c.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	ROUNDS = 15,
	TIMES = 100000
};

static uint8_t bytes[512];
static size_t bytes_len;

/* The compiler may not know what it is, nor leave out what made it. */
static void
keep(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
require(bool worked, const char *what)
{
	if (worked)
		return;
	fprintf(stderr, "%s failed\n", what);
	exit(1);
}

/* --- ours ----------------------------------------------------------------- */

static const otp_string note = {"lunch and coffee", 16};
static struct bench_receipt receipt = {
	.account = {"alice@example.org", 17},
	.at = 1700000000123456,
	.balance = 123456789,
	.note = &note,
	.open = true,
	.rate = 1.25,
};

static void
ours_encode(void)
{
	require(bench_receipt_encode(
			&receipt, bytes, sizeof bytes, &bytes_len) == OTP_OK,
		"encode");
	keep(bytes);
}

static void
ours_decode(void)
{
	static int n;
	static otp_mark mark;
	struct bench_receipt read;

	/* As a handler that decodes some, and then returns. */
	if (n++ % 16 == 0) {
		if (n > 1)
			otp_release(mark);
		mark = otp_mark_set();
	}

	require(bench_receipt_decode(bytes, bytes_len, &read) == OTP_OK,
		"decode");
	keep(&read);
}

/* --- libei ---------------------------------------------------------------- */

#ifdef HAVE_EI
static char ei_bytes[512];

static void
libei_encode(void)
{
	char *to = ei_bytes;
	int at = 0;

	ei_encode_version(to, &at);
	ei_encode_map_header(to, &at, 6);
	ei_encode_atom(to, &at, "account");
	ei_encode_binary(
		to, &at, receipt.account.ptr, (long)receipt.account.len);
	ei_encode_atom(to, &at, "at");
	ei_encode_longlong(to, &at, receipt.at);
	ei_encode_atom(to, &at, "balance");
	ei_encode_longlong(to, &at, receipt.balance);
	ei_encode_atom(to, &at, "note");
	if (receipt.note)
		ei_encode_binary(
			to, &at, receipt.note->ptr, (long)receipt.note->len);
	else
		ei_encode_atom(to, &at, "undefined");
	ei_encode_atom(to, &at, "open");
	ei_encode_boolean(to, &at, receipt.open);
	ei_encode_atom(to, &at, "rate");
	ei_encode_double(to, &at, receipt.rate);
	keep(to);
}

static bool
key_is(const char *from, int *at, const char *name)
{
	char atom[MAXATOMLEN];

	return ei_decode_atom(from, at, atom) == 0 && strcmp(atom, name) == 0;
}

static void
libei_decode(void)
{
	const char *from = ei_bytes;
	char account[64], text[64];
	int at = 0, version, arity, open;
	long account_len, text_len;
	long long time, balance;
	double rate;

	require(ei_decode_version(from, &at, &version) == 0 &&
			ei_decode_map_header(from, &at, &arity) == 0 &&
			arity == 6 && key_is(from, &at, "account") &&
			ei_decode_binary(from, &at, account, &account_len) ==
				0 &&
			key_is(from, &at, "at") &&
			ei_decode_longlong(from, &at, &time) == 0 &&
			key_is(from, &at, "balance") &&
			ei_decode_longlong(from, &at, &balance) == 0 &&
			key_is(from, &at, "note") &&
			ei_decode_binary(from, &at, text, &text_len) == 0 &&
			key_is(from, &at, "open") &&
			ei_decode_boolean(from, &at, &open) == 0 &&
			key_is(from, &at, "rate") &&
			ei_decode_double(from, &at, &rate) == 0,
		"libei");
	keep(account);
	keep(text);
	keep(&time);
	keep(&balance);
	keep(&rate);
	keep(&open);
}
#endif

/* --- protobuf-c ----------------------------------------------------------- */

#ifdef HAVE_PROTOBUF
static uint8_t pb_bytes[512];
static size_t pb_len;

static void
protobuf_encode(void)
{
	static char account[] = "alice@example.org";
	static char text[] = "lunch and coffee";
	Receipt r = RECEIPT__INIT;

	r.account = account;
	r.at = receipt.at;
	r.balance = receipt.balance;
	r.note = text;
	r.open = receipt.open;
	r.rate = receipt.rate;
	pb_len = receipt__get_packed_size(&r);
	require(pb_len <= sizeof pb_bytes, "protobuf-c");
	receipt__pack(&r, pb_bytes);
	keep(pb_bytes);
}

static void
protobuf_decode(void)
{
	Receipt *r = receipt__unpack(NULL, pb_len, pb_bytes);

	require(r != NULL, "protobuf-c");
	keep(r);
	receipt__free_unpacked(r, NULL);
}
#endif

/* --- in turn -------------------------------------------------------------- */

static const struct {
	const char *who;
	void (*encode)(void);
	void (*decode)(void);
} codecs[] = {
	{"ours", ours_encode, ours_decode},
#ifdef HAVE_EI
	{"libei", libei_encode, libei_decode},
#endif
#ifdef HAVE_PROTOBUF
	{"protobuf-c", protobuf_encode, protobuf_decode},
#endif
};

static void
measure(const char *who, const char *what, void (*work)(void), bool shown)
{
	double from = now_ns();

	for (int i = 0; i < TIMES; i++)
		work();
	if (shown)
		printf("%s %s %.2f\n", who, what, (now_ns() - from) / TIMES);
}

static void
run(void *arg)
{
	(void)arg;
	/* As in a handler: there is some scratch already. */
	otp_tmp(16);
	for (int round = -1; round < ROUNDS; round++)
		for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
			measure(codecs[i].who, "encode", codecs[i].encode,
				round >= 0);
			measure(codecs[i].who, "decode", codecs[i].decode,
				round >= 0);
		}
}

int
main(void)
{
	struct otp_received done;
	struct otp_spawn_opts opts = {.stack = 1 << 20};
	otp_ref monitor;
	otp_pid pid;

	if (otp_runtime_start(NULL) != OTP_OK)
		return 1;
	opts.monitor = &monitor;
	if (otp_spawn_opt(run, NULL, &opts, &pid) != OTP_OK ||
		otp_receive(&done, OTP_INFINITY) != OTP_OK)
		return 1;
	return otp_runtime_stop(1000) != OTP_OK;
}
