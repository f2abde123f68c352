/* SPDX-License-Identifier: Apache-2.0 */
#include "otpc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A spec is written by people: more than this is a mistake in the call. */
static const size_t largest_file = (size_t)64 * 1024 * 1024;

/* A line may be as long as a file: characters are counted once for each block,
   and then from its start. */
static const size_t block = 1024;

/* Every byte but those that continue a character; a broken character counts
   for each of its bytes that could start one. */
static size_t
count_characters(const char *start, const char *end)
{
	size_t n = 0;

	for (const char *p = start; p < end; p++)
		n += (*p & 0xc0) != 0x80;
	return n;
}

static void
index_characters(struct arena *arena, struct source *source)
{
	const char *start = source->content.ptr;
	size_t n = source->content.len / block;

	source->characters =
		arena_array(arena, n + 1, sizeof(*source->characters));
	for (size_t i = 0; i < n; i++)
		source->characters[i + 1] = source->characters[i] +
			count_characters(
				start + i * block, start + (i + 1) * block);
}

/* Before an offset. */
static size_t
characters_before(const struct source *source, size_t offset)
{
	const char *start = source->content.ptr;

	return source->characters[offset / block] +
		count_characters(
			start + offset / block * block, start + offset);
}

static void
index_lines(struct arena *arena, struct source *source)
{
	const char *start = source->content.ptr;
	const char *end = start + source->content.len;
	size_t n = 1;

	for (const char *p = start; (p = memchr(p, '\n', (size_t)(end - p)));
		p++)
		n++;
	source->lines = arena_array(arena, n, sizeof(*source->lines));
	source->n_lines = n;
	n = 1;
	for (const char *p = start; (p = memchr(p, '\n', (size_t)(end - p)));
		p++)
		source->lines[n++] = (size_t)(p + 1 - start);
}

/* Reads to the end, whatever the size that stat told: pipes have none.
   False with errno set; EFBIG when it is too large. */
static bool
read_all(int fd, struct textbuf *buf)
{
	char chunk[64 * 1024];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		textbuf_add(buf, (struct text){chunk, (size_t)n});
		if (buf->len > largest_file) {
			errno = EFBIG;
			return false;
		}
	}
	textbuf_add(buf, TEXT_LITERAL(""));
	return true;
}

static struct text
directory_of(struct arena *arena, struct text path)
{
	size_t len = path.len;

	while (len > 0 && path.ptr[len - 1] != '/')
		len--;
	if (len == 0)
		return TEXT_LITERAL(".");
	return text_copy(arena, (struct text){path.ptr, len > 1 ? len - 1 : 1});
}

static void
report_unreadable(struct program *program, struct text path, struct span at)
{
	if (errno == EFBIG)
		report(program, DIAG_file_too_large, at, path,
			largest_file / 1024 / 1024);
	else
		report(program, DIAG_cannot_read, at, path, strerror(errno));
}

static struct text
file_key(struct program *program, uint64_t device, uint64_t inode)
{
	return text_printf(
		&program->arena, "%" PRIu64 " %" PRIu64, device, inode);
}

static struct source *
find_loaded(struct program *program, uint64_t device, uint64_t inode)
{
	return table_get(
		&program->sources_by_file, file_key(program, device, inode));
}

/* `content` is in the arena, followed by a NUL. */
static struct source *
new_source(struct program *program, struct text path, struct text content)
{
	struct source *source = ARENA_NEW(&program->arena, struct source);

	source->path = path;
	source->directory = directory_of(&program->arena, path);
	source->content = content;
	index_lines(&program->arena, source);
	index_characters(&program->arena, source);
	return source;
}

struct source *
source_of_text(struct program *program, struct text path, struct text content)
{
	return new_source(program, text_copy(&program->arena, path),
		text_copy(&program->arena, content));
}

static struct source *
read_source(struct program *program, struct text path, int fd,
	const struct stat *status)
{
	struct textbuf buf = {.arena = &program->arena};
	struct source *source;

	if (S_ISDIR(status->st_mode)) {
		errno = EISDIR;
		return NULL;
	}
	if (status->st_size > (off_t)largest_file) {
		errno = EFBIG;
		return NULL;
	}
	if (!read_all(fd, &buf))
		return NULL;
	source = new_source(program, path, textbuf_text(&buf));
	source->device = (uint64_t)status->st_dev;
	source->inode = (uint64_t)status->st_ino;
	return source;
}

static void
close_keeping_errno(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

static void
remember(struct program *program, struct source *source)
{
	source->index = program->n_sources++;
	table_put(&program->sources_by_file,
		file_key(program, source->device, source->inode), source);
	if (program->last_source)
		program->last_source->next = source;
	else
		program->sources = source;
	program->last_source = source;
}

static bool
find_overlay(struct program *program, struct text path, struct text *content,
	uint64_t *identity)
{
	const struct overlay *overlay = program->options->overlay;

	return overlay && overlay->find(overlay, path, content, identity);
}

bool
source_exists(struct program *program, struct text path)
{
	struct text content;
	uint64_t identity;

	return find_overlay(program, path, &content, &identity) ||
		access(text_copy(&program->arena, path).ptr, F_OK) == 0;
}

static struct source *
load_overlay(struct program *program, struct text path, struct text content,
	uint64_t identity)
{
	struct source *source = find_loaded(program, OVERLAY_DEVICE, identity);

	if (source)
		return source;
	if (content.len > largest_file) {
		errno = EFBIG;
		return NULL;
	}
	source = source_of_text(program, path, content);
	source->device = OVERLAY_DEVICE;
	source->inode = identity;
	remember(program, source);
	return source;
}

static struct source *
load_file(struct program *program, struct text path)
{
	struct text name = text_copy(&program->arena, path);
	struct source *source = NULL;
	struct stat status;

	int fd = open(name.ptr, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) != 0) {
		/* errno says it */
	} else if ((source = find_loaded(program, (uint64_t)status.st_dev,
			    (uint64_t)status.st_ino))) {
		/* the same file by another way: one module */
	} else if ((source = read_source(program, name, fd, &status))) {
		remember(program, source);
	}
	close_keeping_errno(fd);
	return source;
}

struct source *
source_load(struct program *program, struct text path, struct span at)
{
	struct source *source;
	struct text content;
	uint64_t identity;

	if (find_overlay(program, path, &content, &identity))
		source = load_overlay(program, path, content, identity);
	else
		source = load_file(program, path);
	if (!source)
		report_unreadable(program, path, at);
	return source;
}

/* The last line that starts at or before the offset. */
static size_t
line_index(const struct source *source, size_t offset)
{
	size_t low = 0;
	size_t high = source->n_lines;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct position
source_position(const struct source *source, size_t offset)
{
	size_t line = line_index(source, offset);
	size_t start = source->lines[line];
	const char *content = source->content.ptr;

	if (offset - start <= block)
		return (struct position){line + 1,
			count_characters(content + start, content + offset) +
				1};
	return (struct position){line + 1,
		characters_before(source, offset) -
			characters_before(source, start) + 1};
}

struct text
source_line(const struct source *source, size_t line)
{
	size_t start = source->lines[line - 1];
	size_t end = line < source->n_lines ? source->lines[line] - 1
					    : source->content.len;

	if (end > start && source->content.ptr[end - 1] == '\r')
		end--;
	return (struct text){source->content.ptr + start, end - start};
}

struct text
span_text(struct span span)
{
	if (!span.source)
		return TEXT_LITERAL("");
	return (struct text){
		span.source->content.ptr + span.start, span.end - span.start};
}
