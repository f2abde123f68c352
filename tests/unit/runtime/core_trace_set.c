/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of the events, and when; files of them (otp/trace.h). */
#include "core_trace.h"

static void
one_at_a_time(void **state)
{
	(void)state;
	listen();
	assert_int_equal(otp_trace_set(write_down, &book), OTP_ALREADY_STARTED);
	assert_int_equal(otp_trace_start("unused"), OTP_ALREADY_STARTED);
	listen_no_more();
	assert_int_equal(otp_trace_set(NULL, NULL), OTP_OK);
	assert_int_equal(otp_trace_stop(), OTP_NOT_RUNNING);
}

static otp_pid observer;
static _Atomic(bool) chatting;

#define CHATS 20 /* at least */

static void
chat(void *arg)
{
	otp_pid pid = server_start(NULL);

	(void)arg;
	for (unsigned i = 0; i < CHATS || atomic_load(&chatting); i++)
		EXPECT(ask(pid, 0, NULL) == OTP_OK);
	server_end(pid);
	tell(observer, 1, 0);
}

/* arg: where it counts; only while it is the handler. */
static void
count_here(const struct otp_trace_event *event, void *arg)
{
	_Atomic(unsigned) *now = arg;

	(void)event;
	EXPECT(atomic_fetch_add(now, 1) < 1000);
	atomic_fetch_sub(now, 1);
}

/* What the argument points to may go when the handler was taken back. */
static void
while_others_are_traced(void **state)
{
	(void)state;
	observer = otp_self();
	atomic_store(&chatting, true);
	for (int i = 0; i < 4; i++)
		otp_spawn(chat, NULL);
	for (int i = 0; i < 300; i++) {
		_Atomic(unsigned) *now = malloc(sizeof *now);

		atomic_init(now, 0);
		assert_int_equal(otp_trace_set(count_here, now), OTP_OK);
		if (i % 10 == 0)
			nap();
		assert_int_equal(otp_trace_set(NULL, NULL), OTP_OK);
		assert_int_equal(atomic_load(now), 0);
		atomic_store(now, 1000000); /* a late one would see this */
		free(now);
	}
	atomic_store(&chatting, false);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear().value, 1);
}

/* --- files --------------------------------------------------------------- */

static const char *
file_name(void)
{
	static char name[] = "core_trace.XXXXXX";
	static bool made;
	int fd;

	if (!made && (fd = mkstemp(name)) >= 0) {
		close(fd);
		made = true;
	}
	return name;
}

/* Its size, and whether it is closed as an array. */
static long
file_size(const char *name, bool *closed)
{
	FILE *in = fopen(name, "r");
	char end[3] = {0};
	long size;

	assert_non_null(in);
	fseek(in, -3, SEEK_END);
	*closed = fread(end, 1, 3, in) == 3 && memcmp(end, "\n]\n", 3) == 0;
	size = ftell(in);
	fclose(in);
	return size;
}

static void
files(void **state)
{
	const char *name = file_name();
	long sizes[3];
	bool closed;

	(void)state;
	observer = otp_self();
	for (int i = 0; i < 3; i++) {
		atomic_store(&chatting, true);
		assert_int_equal(otp_trace_start(name), OTP_OK);
		assert_int_equal(otp_trace_start(name), OTP_ALREADY_STARTED);
		assert_int_equal(
			otp_trace_set(write_down, &book), OTP_ALREADY_STARTED);
		assert_int_equal(
			otp_trace_set(NULL, NULL), OTP_ALREADY_STARTED);
		for (int k = 0; k < 3; k++)
			otp_spawn(chat, NULL);
		otp_sleep(30);
		atomic_store(&chatting, false);
		for (int k = 0; k < 3; k++)
			assert_int_equal(hear().value, 1);
		assert_int_equal(otp_trace_stop(), OTP_OK);
		sizes[i] = file_size(name, &closed);
		assert_true(closed);
		assert_true(sizes[i] > 2000);
	}
	unlink(name);
	assert_int_equal(otp_trace_start("no/such/folder/t"), OTP_IO);
	assert_int_equal(otp_trace_stop(), OTP_NOT_RUNNING);
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(
		otp_trace_kind_name(OTP_TRACE_SPAWN), "process__spawn");
	assert_string_equal(
		otp_trace_kind_name(OTP_TRACE_STUCK), "worker__stuck");
	assert_string_equal(otp_trace_kind_name(OTP_TRACE_KINDS), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_at_a_time),
		TEST(while_others_are_traced),
		TEST(files),
		TEST(names),
	};

	return WORLD_RUN(tests);
}
