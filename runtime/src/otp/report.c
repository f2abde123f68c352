/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"
#include "symbol.h"

#include <otp/behaviour.h>

#include <signal.h>

#define MESSAGE_MOST 1024
#define STATE_MOST 2048
#define REASON_MOST 1024
#define BRIEF_MOST 256

static const struct {
	const char *title;
	enum otp_log_level level;
} kinds[] = {
	[OTP_REPORT_CRASH] = {"CRASH", OTP_LOG_ERROR},
	[OTP_REPORT_CHILD] = {"SUPERVISOR", OTP_LOG_ERROR},
	[OTP_REPORT_START] = {"SUPERVISOR", OTP_LOG_ERROR},
	[OTP_REPORT_SHUTDOWN] = {"SUPERVISOR", OTP_LOG_ERROR},
	[OTP_REPORT_INTENSITY] = {"SUPERVISOR", OTP_LOG_ERROR},
	[OTP_REPORT_STUCK] = {"WARNING", OTP_LOG_WARNING},
	[OTP_REPORT_BLOCKING] = {"WARNING", OTP_LOG_WARNING},
};

enum otp_log_level
otpi_report_level(enum otp_report_kind kind)
{
	return kinds[kind].level;
}

static void
head(struct text *text, const char *title, otp_timestamp at)
{
	otpi_text_add(text, "=%s REPORT==== ", title);
	otpi_text_time(text, at);
	otpi_text_add(text, " ===\n");
}

static void
field(struct text *text, const char *name)
{
	otpi_text_add(text, "  %-12s", name);
}

static const char *
message_kind_name(uint8_t kind)
{
	switch (kind) {
	case OTP_MSG_CALL:
		return "call";
	case OTP_MSG_CAST:
		return "cast";
	case OTP_MSG_INFO:
		return "info";
	case OTP_MSG_CONTINUE:
		return "continue";
	case OTP_MSG_INIT:
		return "init";
	default:
		return "message";
	}
}

/* `call withdraw {withdraw,13}`; the term only if it says more. */
static void
message_text(struct text *text, const struct otp_report *r)
{
	otpi_text_add(text, "%s", message_kind_name(r->message_kind));
	if (r->message_kind != OTP_MSG_INIT)
		otpi_text_add(text, " %s", r->message);
	if (r->message_term.len > 0 &&
		!otp_term_is_atom(r->message_term, r->message)) {
		otpi_text_add(text, " ");
		otpi_text_term(text, r->message_term, MESSAGE_MOST);
	}
}

/*
 * `{Why, Backtrace}`, as crashes are: true, and `Why` in *why. The addresses
 * say nothing to a reader who sees them as a backtrace.
 */
static bool
split_reason(otp_term reason, otp_term *why)
{
	otp_cursor cursor = otp_cursor_of(reason);
	otp_kind kind;
	uint32_t arity, len;
	uint64_t address;

	if (reason.len == 0 || otp_cursor_tuple(&cursor, &arity) != OTP_OK ||
		arity != 2 || otp_cursor_term(&cursor, why) != OTP_OK)
		return false;
	if (otp_cursor_kind(&cursor, &kind) != OTP_OK || kind != OTP_KIND_LIST)
		return false;
	return otp_cursor_list(&cursor, &len) == OTP_OK && len > 0 &&
		otp_cursor_uint(&cursor, &address) == OTP_OK;
}

static void
reason_text(struct text *text, otp_term reason, size_t most)
{
	otp_term why;

	if (split_reason(reason, &why)) {
		otpi_text_add(text, "{");
		otpi_text_term(text, why, most);
		otpi_text_add(text, ",[...]}");
	} else {
		otpi_text_term(text, reason, most);
	}
}

static const char *
signal_name(int signal)
{
	switch (signal) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGFPE:
		return "SIGFPE";
	case SIGILL:
		return "SIGILL";
	case SIGTRAP:
		return "SIGTRAP";
	case SIGABRT:
		return "SIGABRT";
	default:
		return "signal";
	}
}

/* {{fault,#{overflow => true, ...}}, Backtrace} */
static bool
is_overflow(otp_term reason)
{
	otp_term fault, value;
	otp_cursor cursor;
	uint32_t n;

	if (!split_reason(reason, &fault))
		return false;
	cursor = otp_cursor_of(fault);
	if (otp_cursor_tuple(&cursor, &n) != OTP_OK || n != 2 ||
		otp_cursor_atom_is(&cursor, "fault") != OTP_OK ||
		otp_cursor_map(&cursor, &n) != OTP_OK)
		return false;
	for (; n > 0; n--) {
		bool found = otp_cursor_atom_is(&cursor, "overflow") == OTP_OK;

		if (!found && otp_cursor_term(&cursor, &value) != OTP_OK)
			return false;
		if (otp_cursor_term(&cursor, &value) != OTP_OK)
			return false;
		if (found)
			return otp_term_is_atom(value, "true");
	}
	return false;
}

static const char *
signal_meaning(const struct otp_report *r)
{
	switch (r->signal) {
	case SIGSEGV:
	case SIGBUS:
		if (is_overflow(r->reason))
			return "stack overflow";
		return r->address < 4096 ? "NULL dereference"
					 : "invalid memory access";
	case SIGFPE:
		return "divide by zero or overflow";
	case SIGILL:
	case SIGTRAP:
		return "illegal instruction or trap";
	case SIGABRT:
		return "abort or failed assertion";
	default:
		return "unexpected";
	}
}

static void
signal_text(struct text *text, const struct otp_report *r)
{
	field(text, "signal");
	otpi_text_add(text, "%s", signal_name(r->signal));
	if (r->signal == SIGSEGV || r->signal == SIGBUS)
		otpi_text_add(
			text, " at 0x%llx", (unsigned long long)r->address);
	otpi_text_add(text, " (%s)\n", signal_meaning(r));
}

static void
frame_text(struct text *text, const struct otp_report *r, size_t i,
	struct symbols *symbols)
{
	/* A call's return address may be the first of the next function. */
	uintptr_t at = r->frames[i] - (i > 0 || r->signal == 0);
	struct symbol symbol = {0};

	if (symbols)
		otpi_symbol_find(symbols, at, &symbol);
	otpi_text_add(text, "    #%-2zu ", i);
	if (symbol.name)
		otpi_text_add(text, "%s+0x%llx in %s\n", symbol.name,
			(unsigned long long)(r->frames[i] - symbol.start),
			symbol.object);
	else if (symbol.object)
		otpi_text_add(text, "%s+0x%llx\n", symbol.object,
			(unsigned long long)(r->frames[i] - symbol.base));
	else
		otpi_text_add(
			text, "0x%llx\n", (unsigned long long)r->frames[i]);
}

static void
backtrace_text(
	struct text *text, const struct otp_report *r, struct symbols *symbols)
{
	size_t count = r->frame_count < OTP_REPORT_FRAMES ? r->frame_count
							  : OTP_REPORT_FRAMES;

	if (count == 0)
		return;
	otpi_text_add(text, "  backtrace\n");
	for (size_t i = 0; i < count; i++) {
		size_t same = 1;

		while (i + same < count && r->frames[i + same] == r->frames[i])
			same++;
		frame_text(text, r, i, symbols);
		/* A recursion says no more by being long. */
		if (same > 3) {
			otpi_text_add(text, "    ... %zu times\n", same);
			i += same - 1;
		}
	}
}

/* <0.12.3> account_17, gen_server bank_account */
static void
who_text(struct text *text, const struct otp_report *r)
{
	otpi_text_pid(text, r->pid);
	if (r->name)
		otpi_text_add(text, " %s", r->name);
	if (r->behaviour)
		otpi_text_add(text, ", %s", r->behaviour);
	if (r->class_name && (!r->name || strcmp(r->name, r->class_name) != 0))
		otpi_text_add(text, " %s", r->class_name);
}

static void
crash_text(
	struct text *text, const struct otp_report *r, struct symbols *symbols)
{
	field(text, "process");
	who_text(text, r);
	if (r->message) {
		otpi_text_add(text, "\n");
		field(text, "handling");
		message_text(text, r);
	}
	otpi_text_add(text, "\n");
	if (r->reason.len > 0) {
		field(text, "reason");
		reason_text(text, r->reason, REASON_MOST);
		otpi_text_add(text, "\n");
	}
	if (r->format_failed)
		otpi_text_add(text, "  format_status failed\n");
	if (r->signal)
		signal_text(text, r);
	if (r->heap_size > 0) {
		field(text, "max_heap");
		otpi_text_add(text, "%llu bytes of %llu\n",
			(unsigned long long)r->heap_size,
			(unsigned long long)r->max_heap);
	}
	if (r->state.len > 0) {
		field(text, "state");
		otpi_text_term(text, r->state, STATE_MOST);
		otpi_text_add(text, "\n");
	}
	field(text, "mailbox");
	otpi_text_add(text, "%u messages, %u links%s", r->mailbox_length,
		r->link_count, r->trap_exit ? ", traps exits" : "");
	if (!otp_pid_is_none(r->parent)) {
		otpi_text_add(text, ", started by ");
		otpi_text_pid(text, r->parent);
	}
	otpi_text_add(text, "\n");
	backtrace_text(text, r, symbols);
}

static void
supervisor_text(struct text *text, const struct otp_report *r)
{
	otpi_text_add(text, "  ");
	if (r->name || r->class_name)
		otpi_text_add(text, "%s", r->name ? r->name : r->class_name);
	else
		otpi_text_pid(text, r->pid);
	otpi_text_add(text, ": ");
	if (r->child_id) {
		otpi_text_add(text, "child ");
		if (!otp_pid_is_none(r->child)) {
			otpi_text_pid(text, r->child);
			otpi_text_add(text, " of ");
		}
		otpi_text_add(text, "%s ", r->child_id);
	}
}

static void
verdict_text(struct text *text, const struct otp_report *r, const char *what)
{
	supervisor_text(text, r);
	otpi_text_add(text, "%s", what);
	if (r->verdict)
		otpi_text_add(text, ": %s", r->verdict);
	otpi_text_add(text, "\n");
	if (r->reason.len > 0) {
		field(text, "reason");
		reason_text(text, r->reason, BRIEF_MOST);
		otpi_text_add(text, "\n");
	}
}

static void
stuck_text(
	struct text *text, const struct otp_report *r, struct symbols *symbols)
{
	otpi_text_add(text, "  ");
	who_text(text, r);
	otpi_text_add(text, " has run for %llu ms without a break",
		(unsigned long long)r->running_ms);
	if (r->message) {
		otpi_text_add(text, ": ");
		message_text(text, r);
	}
	otpi_text_add(text, "\n");
	backtrace_text(text, r, symbols);
}

static void
blocking_text(struct text *text, const struct otp_report *r)
{
	otpi_text_add(text,
		"  all %u threads for blocking servers are in handlers: "
		"%u servers wait for one\n",
		r->threads, r->mailbox_length);
}

void
otpi_report_text(struct text *text, const struct otp_report *report,
	otp_timestamp at, struct symbols *symbols)
{
	head(text, kinds[report->kind].title, at);
	switch (report->kind) {
	case OTP_REPORT_CRASH:
		crash_text(text, report, symbols);
		break;
	case OTP_REPORT_CHILD:
		verdict_text(text, report, "terminated");
		break;
	case OTP_REPORT_START:
		verdict_text(text, report, "could not be started");
		break;
	case OTP_REPORT_SHUTDOWN:
		verdict_text(text, report, "terminated");
		break;
	case OTP_REPORT_INTENSITY:
		verdict_text(text, report, "terminated once too often");
		break;
	case OTP_REPORT_STUCK:
		stuck_text(text, report, symbols);
		break;
	case OTP_REPORT_BLOCKING:
		blocking_text(text, report);
		break;
	}
	otpi_text_end(text);
}
