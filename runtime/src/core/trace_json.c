/* SPDX-License-Identifier: Apache-2.0 */
#include "core/trace_json.h"
#include "base/alloc.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

enum {
	THREADS = 1,
	PROCESSES = 2
};

/* A line of time. */
struct line {
	int group; /* THREADS or PROCESSES */
	uint32_t number; /* in it */
	uint32_t open; /* slices */
};

/* --- text ---------------------------------------------------------------- */

/* What belongs into a string; what is not UTF-8 becomes a question mark. */
static void
put_text(FILE *out, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = strlen(text), n;
	uint32_t character;

	for (; left > 0; at += n, left -= n) {
		n = otpi_utf8_next(at, left, &character);
		if (n == 0) {
			putc('?', out);
			n = 1;
		} else if (character < 0x20) {
			fprintf(out, "\\u%04x", (unsigned)character);
		} else if (character == '"' || character == '\\') {
			putc('\\', out);
			putc((int)character, out);
		} else {
			fwrite(at, 1, n, out);
		}
	}
}

static void
put_pid(FILE *out, otp_pid pid)
{
	fprintf(out, "<0.%" PRIu32 ".%" PRIu32 ">", pid.id, pid.serial);
}

/* Who it is, and what. */
static void
put_who(FILE *out, const struct otp_trace_event *e)
{
	put_pid(out, e->pid);
	if (e->name) {
		putc(' ', out);
		put_text(out, e->name);
	}
	if (e->class_name) {
		putc(' ', out);
		put_text(out, e->class_name);
	}
}

/* --- events -------------------------------------------------------------- */

/* Its beginning; the caller goes on and closes it. */
static void
begin(struct trace_json *json, const char *phase, const struct line *line,
	int64_t time_ns)
{
	uint64_t ns = time_ns > json->start_ns
		? (uint64_t)(time_ns - json->start_ns)
		: 0;

	fputs(json->has_lines ? ",\n" : "\n", json->out);
	json->has_lines = true;
	fprintf(json->out,
		"{\"ph\":\"%s\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%" PRIu64
		".%03u",
		phase, line->group, line->number, ns / 1000,
		(unsigned)(ns % 1000));
}

/* The name of a group or of a line. The caller goes on behind it. */
static void
begin_name(
	struct trace_json *json, const char *what, int group, uint32_t number)
{
	fputs(json->has_lines ? ",\n" : "\n", json->out);
	json->has_lines = true;
	fprintf(json->out,
		"{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%" PRIu32
		",\"args\":{\"name\":\"",
		what, group, number);
}

static void
end_slice(struct trace_json *json, struct line *line, int64_t time_ns)
{
	begin(json, "E", line, time_ns);
	putc('}', json->out);
	line->open--;
}

static void
end_slices(struct trace_json *json, struct line *line, int64_t time_ns)
{
	while (line->open > 0)
		end_slice(json, line, time_ns);
}

/* An arrow from slice to slice: "s" where it begins, "f" where it ends. */
static void
put_arrow(struct trace_json *json, const struct line *line, const char *phase,
	const char *what, const struct otp_trace_event *e)
{
	if (e->id == 0)
		return;
	begin(json, phase, line, e->time_ns);
	fprintf(json->out,
		",\"name\":\"%s\",\"cat\":\"%s\",\"id\":\"0x%" PRIx64 "\"%s}",
		what, what, e->id, phase[0] == 'f' ? ",\"bp\":\"e\"" : "");
}

/* A slice, or an instant, with a name of two parts. Open: see put_peer. */
static void
begin_named(struct trace_json *json, const struct line *line, const char *phase,
	const char *what, const char *text, const struct otp_trace_event *e)
{
	begin(json, phase, line, e->time_ns);
	fprintf(json->out, "%s,\"cat\":\"%s\",\"name\":\"",
		phase[0] == 'i' ? ",\"s\":\"t\"" : "", what);
	fputs(what, json->out);
	if (text) {
		if (what[0])
			putc(' ', json->out);
		put_text(json->out, text);
	}
	putc('"', json->out);
}

/* The rest of an event: who else is concerned, and a number. */
static void
end_named(struct trace_json *json, const char *peer, const char *number,
	const struct otp_trace_event *e)
{
	fputs(",\"args\":{\"thread\":", json->out);
	fprintf(json->out, "%" PRIu32, e->thread);
	if (peer && e->peer.id) {
		fprintf(json->out, ",\"%s\":\"", peer);
		put_pid(json->out, e->peer);
		putc('"', json->out);
	}
	if (number)
		fprintf(json->out, ",\"%s\":%" PRId64, number, e->number);
	fputs("}}", json->out);
}

static void
put_instant(struct trace_json *json, const struct line *line, const char *what,
	const char *text, const char *peer, const char *number,
	const struct otp_trace_event *e)
{
	if (line == NULL)
		return;
	begin_named(json, line, "i", what, text, e);
	end_named(json, peer, number, e);
}

/* --- lines --------------------------------------------------------------- */

static struct line *
line_new(struct table *table, uint64_t key, int group, uint32_t number)
{
	struct line *line = otpi_malloc(sizeof *line);

	*line = (struct line){group, number, 0};
	otpi_table_put_ptr(table, key, line);
	return line;
}

/* The thread's, by what it is when it is seen first. */
static struct line *
line_of_thread(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = otpi_table_get_ptr(&json->threads, e->thread);

	if (line)
		return line;
	line = line_new(&json->threads, e->thread, THREADS, e->thread);
	begin_name(json, "thread_name", THREADS, line->number);
	if (e->worker >= 0)
		fprintf(json->out, "worker %" PRId32 ", ", e->worker);
	fprintf(json->out, "thread %" PRIu32 "\"}}", e->thread);
	return line;
}

static uint64_t
key_of(const struct otp_trace_event *e)
{
	return (uint64_t)e->pid.serial << 32 | e->pid.id;
}

/* The process's, if it has begun or does something now. */
static struct line *
line_of(struct trace_json *json, const struct otp_trace_event *e)
{
	uint64_t key = key_of(e);
	struct line *line;

	if (e->pid.id == 0)
		return NULL;
	line = otpi_table_get_ptr(&json->processes, key);
	if (line)
		return line;
	line = line_new(&json->processes, key, PROCESSES, ++json->lines);
	begin_name(json, "thread_name", PROCESSES, line->number);
	put_who(json->out, e);
	fputs("\"}}", json->out);
	return line;
}

/* NULL: it is not known, or has ended. */
static struct line *
line_of_known(struct trace_json *json, const struct otp_trace_event *e)
{
	return e->pid.id ? otpi_table_get_ptr(&json->processes, key_of(e))
			 : NULL;
}

/* --- kinds --------------------------------------------------------------- */

static void
put_spawn(struct trace_json *json, const struct otp_trace_event *e)
{
	struct otp_trace_event by = {.kind = e->kind, .pid = e->peer};

	line_of(json, e);
	by.time_ns = e->time_ns;
	by.thread = e->thread;
	by.peer = e->pid;
	put_instant(json, line_of_known(json, &by), "spawn", e->class_name,
		"child", NULL, &by);
}

static void
put_exit(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of(json, e);

	end_slices(json, line, e->time_ns);
	put_instant(json, line, "exit", e->text, NULL, NULL, e);
	otpi_table_remove(&json->processes, key_of(e), NULL);
	otpi_free(line);
}

static void
put_run(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of_thread(json, e);

	end_slices(json, line, e->time_ns);
	begin(json, "B", line, e->time_ns);
	fputs(",\"cat\":\"run\",\"name\":\"", json->out);
	put_who(json->out, e);
	fprintf(json->out, "\",\"args\":{\"worker\":%" PRId32 "}}", e->worker);
	line->open++;
}

static void
put_park(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of_thread(json, e);

	end_slices(json, line, e->time_ns);
	begin_named(json, line, "B", "parked", NULL, e);
	putc('}', json->out);
	line->open++;
}

/* A handler, or a call within one. */
static void
put_slice(struct trace_json *json, const char *what, const char *peer,
	const struct otp_trace_event *e)
{
	struct line *line = line_of(json, e);
	bool is_call = e->kind == OTP_TRACE_CALL;

	if (line == NULL)
		return;
	begin(json, "B", line, e->time_ns);
	fprintf(json->out, ",\"cat\":\"%s\",\"name\":\"%s", what,
		is_call ? "call " : "");
	put_text(json->out, e->text ? e->text : "await");
	putc('"', json->out);
	end_named(json, peer, NULL, e);
	line->open++;
	put_arrow(json, line, is_call ? "s" : "f", "message", e);
}

static void
put_handler_end(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of_known(json, e);

	if (line)
		end_slices(json, line, e->time_ns);
}

/* Has a reply come from the server, for an arrow? */
static bool
is_answered(const struct otp_trace_event *e)
{
	return e->number == OTP_OK || e->number == OTP_REFUSED;
}

/* The arrow ends within the slice, hence before it. */
static void
put_call_end(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of_known(json, e);

	if (line == NULL || line->open == 0)
		return;
	if (is_answered(e))
		put_arrow(json, line, "f", "reply", e);
	begin(json, "E", line, e->time_ns);
	fprintf(json->out, ",\"args\":{\"result\":\"%s\"}}",
		otp_err_name((otp_err)e->number));
	line->open--;
}

static void
put_message(struct trace_json *json, const struct otp_trace_event *e)
{
	bool is_sent = e->kind == OTP_TRACE_SEND;
	struct line *line = line_of(json, e);

	if (line == NULL)
		return;
	put_instant(json, line, is_sent ? "send" : "receive", e->text,
		is_sent ? "to" : "from", NULL, e);
	put_arrow(json, line, is_sent ? "s" : "f", "message", e);
}

static void
put_reply(struct trace_json *json, const struct otp_trace_event *e)
{
	struct line *line = line_of_known(json, e);

	if (line == NULL)
		return;
	put_instant(json, line, "reply", otp_err_name((otp_err)e->number), "to",
		NULL, e);
	if (is_answered(e))
		put_arrow(json, line, "s", "reply", e);
}

static void
put_fault(struct trace_json *json, const struct otp_trace_event *e)
{
	char text[32];

	snprintf(text, sizeof text, "at 0x%" PRIx64, e->id);
	put_instant(json, line_of(json, e), "fault", text, NULL, "signal", e);
}

/* On the line of the process, or of the thread for what has none. */
static void
put_other(struct trace_json *json, const struct otp_trace_event *e)
{
	switch (e->kind) {
	case OTP_TRACE_DROP:
		put_instant(json, line_of_known(json, e), "drop", e->text, "to",
			"why", e);
		break;
	case OTP_TRACE_TIMEOUT:
		put_instant(json, line_of_known(json, e), "timeout", NULL, "of",
			NULL, e);
		break;
	case OTP_TRACE_HIBERNATE:
		put_instant(json, line_of(json, e), "hibernate", NULL, NULL,
			NULL, e);
		break;
	case OTP_TRACE_KILL:
		put_instant(
			json, line_of(json, e), "kill", NULL, "whom", NULL, e);
		break;
	case OTP_TRACE_RESTART:
		put_instant(json, line_of(json, e), "restart", e->text, "child",
			NULL, e);
		break;
	case OTP_TRACE_STEAL:
		put_instant(json, line_of_thread(json, e), "steal", NULL, NULL,
			"processes", e);
		break;
	case OTP_TRACE_STUCK:
		put_instant(json, line_of_thread(json, e), "stuck", NULL, NULL,
			"spare", e);
		break;
	default:
		break;
	}
}

void
otpi_json_event(struct trace_json *json, const struct otp_trace_event *e)
{
	if (e->time_ns > json->last_ns)
		json->last_ns = e->time_ns;
	switch (e->kind) {
	case OTP_TRACE_SPAWN:
		put_spawn(json, e);
		break;
	case OTP_TRACE_EXIT:
		put_exit(json, e);
		break;
	case OTP_TRACE_RUN:
		put_run(json, e);
		break;
	case OTP_TRACE_PARK:
		put_park(json, e);
		break;
	case OTP_TRACE_STOP:
	case OTP_TRACE_UNPARK:
		end_slices(json, line_of_thread(json, e), e->time_ns);
		break;
	case OTP_TRACE_HANDLER_BEGIN:
		put_slice(json, "handler", "from", e);
		break;
	case OTP_TRACE_HANDLER_END:
		put_handler_end(json, e);
		break;
	case OTP_TRACE_CALL:
		put_slice(json, "call", "to", e);
		break;
	case OTP_TRACE_CALL_END:
		put_call_end(json, e);
		break;
	case OTP_TRACE_SEND:
	case OTP_TRACE_RECEIVE:
		put_message(json, e);
		break;
	case OTP_TRACE_REPLY:
		put_reply(json, e);
		break;
	case OTP_TRACE_FAULT:
		put_fault(json, e);
		break;
	default:
		put_other(json, e);
		break;
	}
}

/* --- beginning and end --------------------------------------------------- */

void
otpi_json_begin(struct trace_json *json, FILE *out, int64_t start_ns)
{
	*json = (struct trace_json){.out = out};
	json->start_ns = json->last_ns = start_ns;
	putc('[', out);
	begin_name(json, "process_name", THREADS, 0);
	fputs("threads\"}}", out);
	begin_name(json, "process_name", PROCESSES, 0);
	fputs("processes\"}}", out);
}

static void
lines_close(struct trace_json *json, struct table *table)
{
	struct table_iter it;

	otpi_table_iter_begin(&it, table);
	while (otpi_table_iter_next(&it)) {
		struct line *line = (struct line *)(uintptr_t)it.value;

		end_slices(json, line, json->last_ns);
		otpi_free(line);
		otpi_table_iter_remove(&it);
	}
	otpi_table_iter_end(&it);
	otpi_table_free(table);
}

void
otpi_json_end(struct trace_json *json)
{
	lines_close(json, &json->processes);
	lines_close(json, &json->threads);
	fputs("\n]\n", json->out);
}
