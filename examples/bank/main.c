/* SPDX-License-Identifier: Apache-2.0 */
/* The program: options, start, orderly stop are generated. And the log. */
#include "bank.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Written by the logger process only, read after otp_logger_flush. The file is
 * opened by the first report.
 */
static struct {
	int file; /* -1: none */
	unsigned reports;
	char crash[4096];
	char verdict[1024];
} report_log = {.file = -1};

static void
keep_sample(char *sample, size_t size, const char *text, const char *head)
{
	if (sample[0] == '\0' && strncmp(text, head, strlen(head)) == 0)
		snprintf(sample, size, "%s", text);
}

static void
write_log(enum otp_log_level level, const char *text, size_t len, void *arg)
{
	(void)level;
	(void)arg;
	if (report_log.file < 0)
		report_log.file = open(bank_env()->log.ptr,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (write(report_log.file, text, len) < 0)
		return; /* there is nowhere to say so */
	report_log.reports++;
	keep_sample(report_log.crash, sizeof report_log.crash, text,
		"=CRASH REPORT");
	if (report_log.crash[0])
		keep_sample(report_log.verdict, sizeof report_log.verdict, text,
			"=SUPERVISOR REPORT");
}

void
log_show_sample(void)
{
	if (!report_log.crash[0])
		return;
	printf("What a crash looks like (%u reports are in %s):\n\n%s%s",
		report_log.reports, bank_env()->log.ptr, report_log.crash,
		report_log.verdict);
}

int
main(int argc, char **argv)
{
	otp_logger_set(write_log, NULL);
	return bank_app_main(argc, argv);
}
