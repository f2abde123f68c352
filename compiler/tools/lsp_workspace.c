/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * What the client tells about where files are. Include folders of the command
 * line stay first, whatever the client sets; a relative one is below the first
 * folder of the workspace. Looking for files is bounded: somebody may open an
 * editor in `/`.
 */

enum {
	most_files = 2000,
	most_entries = 50000,
	deepest_folder = 20
};

static char *
duplicate(const char *string)
{
	char *copy = strdup(string);

	if (!copy) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	return copy;
}

static void
add_string(char ***list, size_t *n, char *string)
{
	char **grown = realloc(*list, (*n + 1) * sizeof(*grown));

	if (!grown) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	grown[(*n)++] = string;
	*list = grown;
}

static void
free_strings(char ***list, size_t *n)
{
	while (*n > 0)
		free((*list)[--*n]);
	free(*list);
	*list = NULL;
}

static char *
joined(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (!path) {
		fputs("otpc lsp: out of memory\n", stderr);
		exit(1);
	}
	snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static void
add_include(struct lsp *lsp, const char *path)
{
	char *whole = path[0] != '/' && lsp->n_folders > 0
		? joined(lsp->folders[0], path)
		: duplicate(path);

	add_string(&lsp->include_dirs, &lsp->n_include_dirs, whole);
}

void
workspace_configure(struct lsp *lsp, json_t *settings)
{
	json_t *own = json_at(settings, "otpc");
	json_t *paths = json_at(own ? own : settings, "includePaths");

	free_strings(&lsp->include_dirs, &lsp->n_include_dirs);
	for (size_t i = 0; i < lsp->options->n_include_dirs; i++)
		add_string(&lsp->include_dirs, &lsp->n_include_dirs,
			duplicate(lsp->options->include_dirs[i]));
	for (size_t i = 0; i < json_array_size(paths); i++) {
		json_t *path = json_array_get(paths, i);

		if (json_is_string(path))
			add_include(lsp, json_string_value(path));
	}
}

void
workspace_open(struct lsp *lsp, json_t *params)
{
	json_t *folders = json_at(params, "workspaceFolders");
	const char *root = json_word(params, "rootUri");

	for (size_t i = 0; i < json_array_size(folders); i++) {
		const char *uri = json_word(json_array_get(folders, i), "uri");

		if (uri)
			add_string(&lsp->folders, &lsp->n_folders,
				path_of_uri(uri));
	}
	if (lsp->n_folders == 0 && root)
		add_string(&lsp->folders, &lsp->n_folders, path_of_uri(root));
	workspace_configure(lsp, json_at(params, "initializationOptions"));
}

void
workspace_free(struct lsp *lsp)
{
	free_strings(&lsp->include_dirs, &lsp->n_include_dirs);
	free_strings(&lsp->folders, &lsp->n_folders);
}

/* ------------------------------------------------------------------ files */

struct search {
	struct lsp *lsp;
	void (*each)(struct lsp *lsp, const char *path, void *context);
	void *context;
	size_t n_files;
	size_t n_entries;
};

static void search_folder(struct search *search, const char *folder, int depth);

static void
search_entry(
	struct search *search, const char *path, const char *name, int depth)
{
	struct text content;
	uint64_t identity;
	struct stat status;

	if (lstat(path, &status) != 0)
		return;
	if (S_ISDIR(status.st_mode) && depth < deepest_folder)
		search_folder(search, path, depth + 1);
	if (!S_ISREG(status.st_mode) ||
		!text_ends_with(text_of(name), ".otp") ||
		documents_overlay(&search->lsp->overlay, text_of(path),
			&content, &identity))
		return;
	if (++search->n_files <= most_files)
		search->each(search->lsp, path, search->context);
}

/* Links are not followed, so this ends; hidden folders are not ours. */
static void
search_folder(struct search *search, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) &&
		search->n_entries++ < most_entries) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = joined(folder, entry->d_name);
		search_entry(search, path, entry->d_name, depth);
		free(path);
	}
	if (dir)
		closedir(dir);
}

void
workspace_each(struct lsp *lsp,
	void (*each)(struct lsp *lsp, const char *path, void *context),
	void *context)
{
	struct search search = {lsp, each, context, 0, 0};

	for (size_t i = 0; i < lsp->n_folders; i++)
		search_folder(&search, lsp->folders[i], 0);
}

/* --------------------------------------------------------------- handlers */

void
lsp_did_change_configuration(struct lsp *lsp, json_t *params)
{
	json_t *settings = json_at(params, "settings");

	/* some clients say only that something has changed */
	if (!json_is_object(settings))
		return;
	workspace_configure(lsp, settings);
	analyses_drop(lsp, NULL);
}

void
lsp_did_change_files(struct lsp *lsp, json_t *params)
{
	(void)params;
	documents_find_files(lsp);
	analyses_drop(lsp, NULL);
}
