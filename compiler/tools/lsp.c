/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

#include "command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ----------------------------------------------------------------- states */

static void
read_client(struct lsp *lsp, json_t *params)
{
	json_t *text = json_at(params, "capabilities.textDocument");
	struct lsp_client *client = &lsp->client;

	client->related_information =
		json_flag(text, "publishDiagnostics.relatedInformation");
	client->versions = json_flag(text, "publishDiagnostics.versionSupport");
	client->nested_symbols = json_flag(
		text, "documentSymbol.hierarchicalDocumentSymbolSupport");
	client->markdown =
		json_has(json_at(text, "hover.contentFormat"), "markdown");
	client->markdown_items = json_has(
		json_at(text, "completion.completionItem.documentationFormat"),
		"markdown");
	client->literal_actions =
		json_at(text, "codeAction.codeActionLiteralSupport") != NULL;
	client->watches_files = json_flag(params,
		"capabilities.workspace.didChangeWatchedFiles."
		"dynamicRegistration");
	if (json_has(json_at(params, "capabilities.general.positionEncodings"),
		    "utf-8"))
		lsp->encoding = LSP_UTF8;
}

static json_t *
capabilities(const struct lsp *lsp)
{
	return json_pack(
		"{s:s, s:{s:b, s:i, s:{s:b}}, s:b, s:b, s:b, s:b, s:b, "
		"s:b, s:b, s:{s:b}, s:{s:[s]}, s:{s:[s,s,s,s]}, s:o}",
		"positionEncoding",
		lsp->encoding == LSP_UTF8 ? "utf-8" : "utf-16",
		"textDocumentSync", "openClose", 1, "change", 2, "save",
		"includeText", 0, "hoverProvider", 1, "definitionProvider", 1,
		"referencesProvider", 1, "documentHighlightProvider", 1,
		"documentSymbolProvider", 1, "foldingRangeProvider", 1,
		"documentFormattingProvider", 1, "renameProvider",
		"prepareProvider", 1, "codeActionProvider", "codeActionKinds",
		"quickfix", "completionProvider", "triggerCharacters", ".", ":",
		"<", "\"", "semanticTokensProvider", lsp_token_legend());
}

json_t *
lsp_initialize(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	if (lsp->state != LSP_FRESH) {
		lsp_fail(error, LSP_INVALID_REQUEST, "already initialized");
		return NULL;
	}
	lsp->state = LSP_RUNNING;
	read_client(lsp, params);
	workspace_open(lsp, params);
	return json_pack("{s:o, s:{s:s, s:s}}", "capabilities",
		capabilities(lsp), "serverInfo", "name", "otpc", "version",
		OTPC_VERSION);
}

/* Specs that nobody has open change, too: by version control, say. */
void
lsp_initialized(struct lsp *lsp, json_t *params)
{
	(void)params;
	if (lsp->client.watches_files)
		lsp_request("watch", "client/registerCapability",
			json_pack("{s:[{s:s, s:s, s:{s:[{s:s}]}}]}",
				"registrations", "id", "watch", "method",
				"workspace/didChangeWatchedFiles",
				"registerOptions", "watchers", "globPattern",
				"**/*.otp"));
}

json_t *
lsp_shutdown(struct lsp *lsp, json_t *params, struct lsp_error *error)
{
	(void)params;
	(void)error;
	lsp->state = LSP_SHUT_DOWN;
	return json_null();
}

/* Told apart from `shutdown` by the exit status only. */
void
lsp_exit(struct lsp *lsp, json_t *params)
{
	(void)lsp;
	(void)params;
}

/* --------------------------------------------------------------- dispatch */

typedef json_t *
request_handler(struct lsp *lsp, json_t *params, struct lsp_error *error);
typedef void notification_handler(struct lsp *lsp, json_t *params);

static const struct {
	const char *method;
	request_handler *request; /* one of the two */
	notification_handler *notification;
} methods[] = {
#define REQUEST(method, name) {method, lsp_##name, NULL},
#define NOTIFICATION(method, name) {method, NULL, lsp_##name},
#include "lsp_method.def"
#undef NOTIFICATION
#undef REQUEST
};

enum {
	n_methods = sizeof(methods) / sizeof(*methods)
};

static request_handler *
find_request(const char *method)
{
	for (size_t i = 0; i < n_methods; i++) {
		if (strcmp(methods[i].method, method) == 0)
			return methods[i].request;
	}
	return NULL;
}

static notification_handler *
find_notification(const char *method)
{
	for (size_t i = 0; i < n_methods; i++) {
		if (strcmp(methods[i].method, method) == 0)
			return methods[i].notification;
	}
	return NULL;
}

static json_t *
run_request(struct lsp *lsp, const char *method, json_t *params,
	struct lsp_error *error)
{
	request_handler *handler = find_request(method);

	if (lsp->state == LSP_FRESH && handler != lsp_initialize)
		lsp_fail(error, LSP_NOT_INITIALIZED,
			"`initialize` must come first");
	else if (lsp->state == LSP_SHUT_DOWN)
		lsp_fail(error, LSP_INVALID_REQUEST,
			"`shutdown` was the last request");
	else if (!handler)
		lsp_fail(error, LSP_METHOD_NOT_FOUND, "no method `%s`", method);
	else
		return handler(lsp, params, error);
	return NULL;
}

static void
notify(struct lsp *lsp, const char *method, json_t *params)
{
	notification_handler *handler = find_notification(method);

	if (handler == lsp_exit)
		lsp->state = lsp->state == LSP_SHUT_DOWN ? LSP_EXITED
							 : LSP_ABANDONED;
	else if (handler && lsp->state == LSP_RUNNING)
		handler(lsp, params);
}

static void
refuse(json_t *id, enum lsp_code code, const char *why)
{
	struct lsp_error error;

	lsp_fail(&error, code, "%s", why);
	lsp_refuse(id ? json_incref(id) : json_null(), &error);
}

/* True when it was a request. */
static bool
dispatch(struct lsp *lsp, json_t *message)
{
	json_t *id = json_at(message, "id");
	const char *method = json_word(message, "method");
	json_t *params = json_at(message, "params");
	struct lsp_error error = {LSP_OK, ""};
	json_t *result;

	/* the client's answer to what we asked */
	if (!method && id &&
		(json_at(message, "result") || json_at(message, "error")))
		return false;
	if (!method || (id && !json_is_string(id) && !json_is_integer(id))) {
		refuse(NULL, LSP_INVALID_REQUEST,
			"neither a request nor a notification");
		return false;
	}
	if (!id) {
		notify(lsp, method, params);
		return false;
	}
	result = run_request(lsp, method, params, &error);
	if (error.code == LSP_OK)
		lsp_answer(json_incref(id), result);
	else
		lsp_refuse(json_incref(id), &error);
	return true;
}

static bool
receive(struct lsp *lsp, const char *body, size_t length)
{
	bool was_request = false;
	json_error_t error;
	json_t *message = json_loadb(body, length, JSON_ALLOW_NUL, &error);

	if (message)
		was_request = dispatch(lsp, message);
	else
		refuse(NULL, LSP_PARSE_ERROR, error.text);
	json_decref(message);
	return was_request;
}

/* ------------------------------------------------------------------- loop */

/* Diagnostics wait until nothing more is to be read, or a question was
   answered: who types fast is told about the last state, not about each. */
static int
serve(struct lsp *lsp)
{
	size_t length;
	bool broken;
	char *body;

	while (lsp->state < LSP_EXITED && (body = lsp_read(&length, &broken))) {
		bool was_request = receive(lsp, body, length);

		free(body);
		if (lsp->is_stale && lsp->state == LSP_RUNNING &&
			(was_request || !lsp_has_input()))
			publish(lsp);
		arena_fini(&lsp->scratch);
	}
	if (lsp->state == LSP_SHUT_DOWN && !broken)
		return 0;
	if (lsp->state < LSP_EXITED && !broken)
		fputs("otpc lsp: the input ends without `exit`\n", stderr);
	return lsp->state == LSP_EXITED ? 0 : 1;
}

int
run_lsp(struct program *program, const struct options *options)
{
	struct lsp lsp = {.overlay = {documents_overlay}, .options = options};
	int status;

	(void)program;
	if (isatty(STDIN_FILENO))
		fputs("otpc lsp: waiting for an editor on standard input; see "
		      "EDITORS in otpc(1)\n",
			stderr);
	signal(SIGPIPE, SIG_IGN);
	arena_init(&lsp.scratch);
	lsp.published = json_object();
	status = serve(&lsp);
	documents_free(&lsp);
	workspace_free(&lsp);
	json_decref(lsp.published);
	return status;
}
