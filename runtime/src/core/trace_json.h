/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events as Chrome's trace event format: an array of objects, one a line, which
 * Perfetto reads, too.
 *
 * "Process" 1 has the threads, "process" 2 the processes, which are lines of
 * time of their own: a handler may begin on one thread and end on another. What
 * is open on a line is counted, so that each end has a beginning: ends of what
 * began before the trace are left out, what was abandoned is closed, and so is
 * all that is open at the end.
 */
#ifndef OTPI_TRACE_JSON_H
#define OTPI_TRACE_JSON_H

#include <stdio.h>

#include "base/table.h"
#include "core/core.h"

struct trace_json {
	FILE *out;
	bool has_lines; /* a comma goes before the next */
	int64_t start_ns; /* the time that is 0 */
	int64_t last_ns;
	uint32_t lines; /* of time, of processes: ever made */
	struct table processes; /* pid key -> struct line of those alive */
	struct table threads; /* number -> struct line */
};

void otpi_json_begin(struct trace_json *json, FILE *out, int64_t start_ns);
void
otpi_json_event(struct trace_json *json, const struct otp_trace_event *event);
/* What is open is closed; the array, too. */
void otpi_json_end(struct trace_json *json);

#endif
