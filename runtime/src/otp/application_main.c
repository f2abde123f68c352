/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <otp/logger.h>
#include <otp/msg.h>
#include <otp/runtime.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NOT_HALTED (-1)
#define REASON_MOST 512

/*
 * What otp_app_main waits for. The event descriptor is written after `status`
 * or `root_is_gone`, and read before them: it orders all else. In the
 * deterministic mode it is a message, so that it comes in its turn.
 */
static struct {
	_Atomic int event; /* eventfd + 1; 0: nobody waits */
	_Atomic bool by_message; /* main, which is set before */
	otp_pid main;
	_Atomic int status; /* of otp_halt */
	_Atomic int roots; /* that are gone; the first is kept: */
	_Atomic bool root_is_gone;
	const struct otp_app_class *app; /* before root_is_gone, whose it was */
	char reason[REASON_MOST];
} halt = {.status = NOT_HALTED};

static const struct otp_msg_type wake_type = {
	.name = "wake", .owner = "application", .kind = OTP_MSG_INFO};

static void
wake_main(void)
{
	int event = atomic_load(&halt.event);
	uint64_t one = 1;

	if (atomic_load(&halt.by_message))
		(void)otp_msg_send(
			otp_to_pid(halt.main), otp_msg_new(&wake_type, 0));
	/* A full counter has woken it already. */
	if (event > 0 && write(event - 1, &one, sizeof one) < 0)
		return;
}

void
otp_halt(int status)
{
	int none = NOT_HALTED;

	/* The first one counts. */
	if (atomic_compare_exchange_strong(&halt.status, &none, status & 0xff))
		wake_main();
}

static void
root_gone(const struct otp_app_class *app, otp_term reason)
{
	if (atomic_fetch_add(&halt.roots, 1) > 0)
		return;
	halt.app = app;
	otp_term_print(reason, halt.reason, sizeof halt.reason);
	atomic_store(&halt.root_is_gone, true);
	wake_main();
}

/* --- signals ------------------------------------------------------------- */

static void
stop_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

static void
end_at_once(int signal)
{
	_exit(128 + signal);
}

/* From here on a signal does not wait for the orderly stop. */
static void
end_at_signal(void)
{
	struct sigaction action = {.sa_handler = end_at_once};
	sigset_t set;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	stop_signals(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* --- main ---------------------------------------------------------------- */

static int
end_of_root(const struct otp_app_class *app)
{
	otp_logger_flush();
	if (halt.app == app)
		fprintf(stderr, "%s: the root supervisor ended: %s\n",
			app->name, halt.reason);
	else
		fprintf(stderr, "%s: the root supervisor of %s ended: %s\n",
			app->name, halt.app->name, halt.reason);
	return 1;
}

/* The same where a signal is nothing that a run could do again: it ends the
 * program at once. */
static int
wait_in_turn(const struct otp_app_class *app)
{
	otp_mark mark = otp_mark_set();
	struct otp_received wake;
	int status;

	end_at_signal();
	halt.main = otp_self();
	atomic_store(&halt.by_message, true);
	while ((status = atomic_load(&halt.status)) == NOT_HALTED &&
		!atomic_load(&halt.root_is_gone)) {
		(void)!otp_receive(&wake, OTP_INFINITY);
		otp_release(mark);
	}
	atomic_store(&halt.by_message, false);
	return status == NOT_HALTED ? end_of_root(app) : status;
}

/* Until a signal, otp_halt, or the root's end; the exit status. */
static int
wait_for_end(const struct otp_app_class *app, int signals)
{
	struct pollfd polled[2] = {{signals, POLLIN, 0},
		{atomic_load(&halt.event) - 1, POLLIN, 0}};
	struct signalfd_siginfo info;

	for (;;) {
		int status = atomic_load(&halt.status);

		if (status != NOT_HALTED)
			return status;
		if (atomic_load(&halt.root_is_gone))
			return end_of_root(app);
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return 1;
		if ((polled[0].revents & POLLIN) &&
			read(signals, &info, sizeof info) ==
				(ssize_t)sizeof info) {
			otp_log_notice("%s: stopping on %s", app->name,
				info.ssi_signo == SIGINT ? "SIGINT"
							 : "SIGTERM");
			return 0;
		}
	}
}

static int
start_failed(const struct otp_app_class *app, otp_err err)
{
	char reason[REASON_MOST] = "";

	if (err == OTP_START_FAILED || err == OTP_DIED)
		otp_term_print(otp_last_reason(), reason, sizeof reason);
	if (err != OTP_ALREADY_STARTED)
		(void)!otp_runtime_stop(1000);
	fprintf(stderr, "%s: could not start: %s\n", app->name,
		reason[0] ? reason : otp_err_text(err));
	return 1;
}

static int
run(const struct envs *envs, int signals)
{
	const struct otp_app_class *app = envs->all[0].app;
	const struct app_how how = {.type = OTP_APP_PERMANENT, .envs = envs};
	otp_err err;
	int status;

	atomic_store(&otpi_app_gone, root_gone);
	err = otpi_app_start(app, &how);
	if (err != OTP_OK)
		return start_failed(app, err);
	status = otp_sim_seed(NULL) ? wait_in_turn(app)
				    : wait_for_end(app, signals);
	end_at_signal();
	otp_logger_flush();
	err = otpi_app_stop_from(app);
	if (err != OTP_OK)
		fprintf(stderr, "%s: stopping: %s\n", app->name,
			otp_err_text(err));
	return status;
}

static int
run_with_signals(const struct envs *envs)
{
	const struct otp_app_class *app = envs->all[0].app;
	int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigset_t set, before;
	int signals, status = 1;

	/* Blocked before there are threads, so that they inherit it. */
	stop_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (event < 0 || signals < 0) {
		fprintf(stderr, "%s: no file descriptors: %s\n", app->name,
			strerror(errno));
	} else {
		atomic_store(&halt.event, event + 1);
		status = run(envs, signals);
		atomic_store(&otpi_app_gone, NULL);
		atomic_store(&halt.event, 0);
		atomic_store(&halt.status, NOT_HALTED);
		atomic_store(&halt.root_is_gone, false);
		atomic_store(&halt.roots, 0);
	}
	if (event >= 0)
		close(event);
	if (signals >= 0)
		close(signals);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

int
otp_app_main(const struct otp_app_class *app, int argc, char **argv)
{
	struct envs envs;
	int status = 2;

	otpi_envs_init(&envs, app);
	switch (otpi_app_options(&envs, argc, argv)) {
	case APP_SAID:
		status = 0;
		break;
	case APP_RUN:
		status = run_with_signals(&envs);
		break;
	case APP_WRONG:
		break;
	}
	otpi_envs_free(&envs);
	return status;
}
