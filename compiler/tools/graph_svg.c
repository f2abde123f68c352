/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Graphviz is a program beside this one. It is started without a shell, with
 * the graph on its standard input, which is a file, so that neither of the two
 * waits for the other; what it writes is read from a pipe to the end.
 */

extern char **environ;

static const struct span nowhere = {NULL, 0, 0};

static void
report_failure(struct program *program, int error)
{
	if (error == ENOENT)
		report(program, DIAG_no_graphviz, nowhere);
	else
		report(program, DIAG_graphviz_failed, nowhere, strerror(error));
}

/* An open file that holds the text and has no name; -1 with errno set. */
static int
unnamed_file(FILE **file, struct text text)
{
	*file = tmpfile();
	if (!*file)
		return -1;
	fwrite(text.ptr, 1, text.len, *file);
	if (fflush(*file) != 0 || fseek(*file, 0, SEEK_SET) != 0)
		return -1;
	return fileno(*file);
}

/* 0, or an error. */
static int
spawn_dot(pid_t *pid, int input, int output)
{
	static char name[] = "dot", format[] = "-Tsvg";
	char *const argv[] = {name, format, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(
			&actions, output, STDOUT_FILENO);
	if (!error)
		error = posix_spawnp(pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static void
read_all(int fd, struct textbuf *buf)
{
	char chunk[64 * 1024];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n > 0)
			textbuf_add(buf, (struct text){chunk, (size_t)n});
		else if (errno != EINTR)
			return;
	}
}

static bool
ended_well(struct program *program, pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			break;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	report(program, DIAG_graphviz_failed, nowhere,
		"it ended with an error");
	return false;
}

/* Between the making of the pipe and the end of the program. */
static bool
run_dot(struct program *program, int input, struct textbuf *svg)
{
	int ends[2];
	pid_t pid = 0;
	int error;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		report_failure(program, errno);
		return false;
	}
	error = spawn_dot(&pid, input, ends[1]);
	close(ends[1]);
	if (!error)
		read_all(ends[0], svg);
	close(ends[0]);
	if (error) {
		report_failure(program, error);
		return false;
	}
	return ended_well(program, pid);
}

struct text
graph_svg(struct program *program, struct text dot)
{
	struct textbuf svg = {.arena = &program->arena};
	struct text none = {NULL, 0};
	FILE *file;
	int input = unnamed_file(&file, dot);
	bool ok = input >= 0;

	if (ok)
		ok = run_dot(program, input, &svg);
	else
		report(program, DIAG_graphviz_failed, nowhere, strerror(errno));
	if (file)
		fclose(file);
	return ok ? textbuf_text(&svg) : none;
}
