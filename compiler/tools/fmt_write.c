/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fmt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
write_all(int fd, struct text text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text.ptr += n;
		text.len -= (size_t)n;
	}
	return true;
}

/* The new file is whose the old one was, if that can be; and it never has
   rights for anybody who had none. */
static bool
copy_rights(int fd, const struct stat *status)
{
	mode_t mode = status->st_mode & 07777;

	if (fchown(fd, status->st_uid, status->st_gid) != 0) {
		mode &= 0777;
		if (fchown(fd, (uid_t)-1, status->st_gid) != 0)
			mode &= 0707;
	}
	return fchmod(fd, mode) == 0;
}

/* What somebody has protected from writing is not written, although renaming
   could. */
static bool
may_be_written(const char *path, struct stat *status)
{
	if (stat(path, status) != 0)
		return false;
	if (!S_ISREG(status->st_mode)) {
		errno = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
		return false;
	}
	return access(path, W_OK) == 0;
}

static bool
fill(const char *path, struct text text, const struct stat *status)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;
	int error;

	if (fd < 0)
		return false;
	ok = write_all(fd, text) && copy_rights(fd, status) && fsync(fd) == 0;
	error = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		error = errno;
	}
	if (!ok)
		unlink(path);
	errno = error;
	return ok;
}

static bool
replace(const char *path, const char *temporary, struct text text,
	const struct stat *status)
{
	int error;

	if (!fill(temporary, text, status))
		return false;
	if (rename(temporary, path) == 0)
		return true;
	error = errno;
	unlink(temporary);
	errno = error;
	return false;
}

/* A link is followed: the file it leads to is replaced, not the link. */
bool
fmt_write(struct arena *arena, const char *path, struct text text)
{
	char *real = realpath(path, NULL);
	struct stat status;
	bool ok = false;
	int error;

	if (real && may_be_written(real, &status)) {
		struct text temporary =
			text_printf(arena, "%s.%ld.tmp", real, (long)getpid());

		ok = replace(real, temporary.ptr, text, &status);
	}
	error = errno;
	free(real);
	errno = error;
	return ok;
}
