/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ready-made handler: events go to the ring of the thread (trace_ring.h),
 * and a thread of its own writes them to a file (trace_json.h). A thread whose
 * ring is full waits for that one, which waits for nobody; once nothing more
 * can be written, events are thrown away.
 */
#include "core/thread.h"
#include "core/trace_json.h"
#include "core/trace_ring.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAUSE_NS ((int64_t)20 * 1000000) /* between two rounds */

struct trace_file {
	char *name;
	FILE *out;
	struct trace_json json;
	struct trace_batch batch;
	pthread_t writer;
	_Atomic(uint32_t) wake; /* futex; 1: something to do */
	_Atomic(bool) ends; /* a last round, then it is over */
	_Atomic(bool) failed; /* nothing more can be written */
};

static void
complain(const struct trace_file *file, int error)
{
	fprintf(stderr, "libotp: trace: can't write %s: %s; not traced\n",
		file->name, strerror(error));
}

/* --- the threads that are traced ----------------------------------------- */

static void
writer_wake(struct trace_file *file)
{
	/* seq_cst: against its store of 0 before it looks at the rings. */
	if (atomic_exchange(&file->wake, 1) == 0)
		otpi_futex_wake(&file->wake);
}

static void
file_event(const struct otp_trace_event *event, void *arg)
{
	struct trace_file *file = arg;
	struct trace_ring *ring = otpi_trace_ring(otpi_thread_now());
	struct timespec moment = {0, 50000};

	/* Relaxed: sooner or later. */
	while (!atomic_load_explicit(&file->failed, memory_order_relaxed)) {
		if (otpi_trace_ring_put(ring, event)) {
			if (otpi_trace_ring_is_busy(ring))
				writer_wake(file);
			return;
		}
		writer_wake(file);
		nanosleep(&moment, NULL);
	}
}

/* --- the writer ---------------------------------------------------------- */

static void
write_round(struct trace_file *file, int64_t until_ns)
{
	otpi_trace_collect(&file->batch, until_ns);
	if (atomic_load(&file->failed))
		return;
	for (size_t i = 0; i < file->batch.count; i++)
		otpi_json_event(&file->json, &file->batch.events[i]);
	if (fflush(file->out) || ferror(file->out)) {
		complain(file, errno);
		atomic_store(&file->failed, true);
	}
}

static void *
writer_main(void *arg)
{
	struct trace_file *file = arg;
	bool ends;

	do {
		otpi_futex_wait(&file->wake, 0, PAUSE_NS);
		atomic_store(&file->wake, 0);
		ends = atomic_load(&file->ends);
		write_round(file, ends ? INT64_MAX : otpi_clock_ns());
	} while (!ends);
	return NULL;
}

/* --- beginning and end --------------------------------------------------- */

/* The writer takes no signals. */
static int
writer_start(struct trace_file *file)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&file->writer, NULL, writer_main, file);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

static void
file_free(struct trace_file *file)
{
	otpi_trace_batch_free(&file->batch);
	otpi_free(file->name);
	otpi_free(file);
}

/* NULL: it can't be written, and somebody was told. */
static struct trace_file *
file_open(const char *name)
{
	struct trace_file *file = otpi_calloc(1, sizeof *file);
	size_t size = strlen(name) + 1;
	int err;

	file->name = memcpy(otpi_malloc(size), name, size);
	file->out = fopen(name, "we");
	if (file->out == NULL) {
		complain(file, errno);
		file_free(file);
		return NULL;
	}
	/* What a former trace has left in the rings is no part of this one. */
	otpi_trace_collect(&file->batch, INT64_MAX);
	otpi_json_begin(&file->json, file->out, otpi_clock_ns());
	err = writer_start(file);
	if (err) {
		complain(file, err);
		fclose(file->out);
		file_free(file);
		return NULL;
	}
	return file;
}

/* The hook is off, so that nobody puts anything into a ring. */
static otp_err
file_close(struct trace_file *file)
{
	bool failed;

	atomic_store(&file->ends, true);
	writer_wake(file);
	pthread_join(file->writer, NULL);
	failed = atomic_load(&file->failed);
	otpi_json_end(&file->json);
	if (fclose(file->out) && !failed) {
		complain(file, errno);
		failed = true;
	}
	file_free(file);
	return failed ? OTP_IO : OTP_OK;
}

/* With the lock. */
static otp_err
start(const char *name, bool is_ours)
{
	struct trace *trace = &otpi_runtime.trace;

	if (trace->file || atomic_load(&otpi_trace_switch.word) & TRACE_HOOK)
		return OTP_ALREADY_STARTED;
	trace->file = file_open(name);
	if (trace->file == NULL)
		return OTP_IO;
	trace->is_ours = is_ours;
	otpi_trace_hook(file_event, trace->file);
	return OTP_OK;
}

static otp_err
stop(void)
{
	struct trace *trace = &otpi_runtime.trace;
	struct trace_file *file = trace->file;

	if (file == NULL)
		return OTP_NOT_RUNNING;
	otpi_trace_hook(NULL, NULL);
	trace->file = NULL;
	return file_close(file);
}

otp_err
otp_trace_start(const char *file)
{
	struct trace *trace = &otpi_runtime.trace;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	otp_err err;

	otpi_runtime_init();
	pthread_mutex_lock(&trace->lock);
	err = start(file, false);
	pthread_mutex_unlock(&trace->lock);
	if (t)
		otpi_leave(t);
	return err;
}

otp_err
otp_trace_stop(void)
{
	struct trace *trace = &otpi_runtime.trace;
	struct thread *t = otpi_thread_self ? otpi_enter() : NULL;
	otp_err err;

	otpi_runtime_init();
	pthread_mutex_lock(&trace->lock);
	err = stop();
	pthread_mutex_unlock(&trace->lock);
	if (t)
		otpi_leave(t);
	return err;
}

void
otpi_trace_begin(void)
{
	struct trace *trace = &otpi_runtime.trace;
	const char *name = getenv("OTP_TRACE");
	size_t size;
	char *numbered;

	if (name == NULL || name[0] == '\0')
		return;
	pthread_mutex_lock(&trace->lock);
	size = strlen(name) + 16;
	numbered = otpi_malloc(size);
	if (trace->starts++ == 0)
		snprintf(numbered, size, "%s", name);
	else
		snprintf(numbered, size, "%s.%u", name, trace->starts);
	if (start(numbered, true) == OTP_ALREADY_STARTED)
		fprintf(stderr,
			"libotp: OTP_TRACE=%s is not written, as there "
			"is a trace already\n",
			name);
	otpi_free(numbered);
	pthread_mutex_unlock(&trace->lock);
}

void
otpi_trace_end(void)
{
	struct trace *trace = &otpi_runtime.trace;

	pthread_mutex_lock(&trace->lock);
	if (trace->file && trace->is_ours)
		stop(); /* it has said itself what went wrong */
	pthread_mutex_unlock(&trace->lock);
}
