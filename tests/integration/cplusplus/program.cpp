/* SPDX-License-Identifier: Apache-2.0 */
/* Servers, calls and messages from C++11, over the headers that C uses. */
#include "counter.otp.h"

#include <cstdio>
#include <new>
#include <string>
#include <vector>

/* --- the handlers: extern "C", as the header declared them ----------------- */

otp_next
counter_counter_init(
	struct counter_counter *self, otp_pid watcher, int64_t limit)
{
	self->limit = limit;
	self->watcher = watcher;
	return otp_ok();
}

otp_next
counter_counter_handle_add(struct counter_counter *self,
	const struct counter_change *change, int64_t *reply,
	enum counter_why *refusal)
{
	if (self->total + change->by > self->limit) {
		*refusal = COUNTER_WHY_TOO_MUCH;
		return otp_refuse();
	}
	self->total += change->by;
	counter_change_list_kept_push(&self->changes, change);
	*reply = self->total;
	return counter_counter_with_continue_announce(
		otp_reply(), change->text);
}

otp_next
counter_counter_handle_changes(
	struct counter_counter *self, struct counter_change_list *reply)
{
	*reply = self->changes.v;
	return otp_reply();
}

otp_next
counter_counter_handle_wait(
	struct counter_counter *, counter_counter_wait_from from)
{
	counter_counter_wait_reply(from, otp_str("waited"));
	return otp_noreply();
}

otp_next
counter_counter_handle_reset(struct counter_counter *self)
{
	self->total = 0;
	return otp_noreply();
}

otp_next
counter_counter_continue_announce(struct counter_counter *self, otp_string text)
{
	(void)counter_send_changed(
		otp_to_pid(self->watcher), self->total, text);
	return otp_noreply();
}

void
counter_counter_terminate(struct counter_counter *, otp_term)
{
}

/* The state is zeroed memory of this size: init makes the object in it, and
   the process gives it back whatever becomes of it. */
struct counter_words {
	std::vector<std::string> *words;
};

OTP_STATE(counter_words);

static void
forget_words(void *words)
{
	delete static_cast<std::vector<std::string> *>(words);
}

otp_next
counter_words_init(struct counter_words *self)
{
	self->words = new std::vector<std::string>;
	otp_own(self->words, forget_words);
	return otp_ok();
}

otp_next
counter_words_handle_push(
	struct counter_words *self, otp_string word, uint64_t *reply)
{
	self->words->push_back(std::string(word.ptr, word.len));
	*reply = self->words->size();
	return otp_reply();
}

/* --- the program ----------------------------------------------------------- */

static int failures;

static void
check(bool good, const char *name)
{
	std::printf("%s %s\n", good ? "ok" : "FAIL", name);
	failures += !good;
}

static counter_change
change_by(int64_t by, const char *text)
{
	counter_change change = counter_change();

	change.by = by;
	change.text = otp_str(text);
	return change;
}

static void
test_counter(counter_counter_ref counter)
{
	otp_string tags[2] = {otp_str("a"), otp_str("b")};
	otp_string note = otp_str("first");
	counter_change change = change_by(30, "thirty");
	counter_change_list changes = counter_change_list();
	counter_why why;
	int64_t total = 0;
	otp_received received;

	change.tags.ptr = tags;
	change.tags.len = 2;
	change.note = &note;
	check(counter_counter_add(counter, &change, &total, &why) == OTP_OK &&
			total == 30,
		"a call with a record");
	check(otp_receive(&received, 5000) == OTP_OK &&
			counter_changed_of(&received) &&
			counter_changed_of(&received)->total == 30,
		"a message from its continue");
	change = change_by(1000, "too much");
	check(counter_counter_add(counter, &change, &total, &why) ==
				OTP_REFUSED &&
			why == COUNTER_WHY_TOO_MUCH,
		"a refusal");
	check(counter_counter_changes(counter, &changes) == OTP_OK &&
			changes.len == 1 && changes.ptr[0].tags.len == 2 &&
			otp_string_equal(*changes.ptr[0].note, note),
		"a list of records from the state");
}

static void
run_tests()
{
	counter_tree_ref tree =
		counter_tree_of(otp_app_root(&counter_app_class));
	counter_counter_ref counter;
	counter_counter_wait_request request;
	otp_string text;
	uint64_t n = 0;

	check(counter_tree_start_counters(tree, otp_self(),
		      COUNTER_COUNTER_INIT_LIMIT, &counter) == OTP_OK,
		"a dynamic child");
	test_counter(counter);
	check(counter_counter_wait_async(counter, &request) == OTP_OK &&
			counter_counter_wait_await(&request, 5000, &text) ==
				OTP_OK &&
			std::string(text.ptr, text.len) == "waited",
		"an asynchronous call, answered later");
	check(counter_words_push(counter_tree_words(), otp_str("x"), &n) ==
				OTP_OK &&
			counter_words_push(counter_tree_words(), otp_str("y"),
				&n) == OTP_OK &&
			n == 2,
		"an opaque state that holds an object");
	check(!counter_env()->verbose, "the environment");
}

int
main()
{
	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	if (counter_app_start(nullptr) != OTP_OK)
		return 1;
	run_tests();
	if (counter_app_stop() != OTP_OK)
		return 1;
	return failures > 0;
}
