/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

static size_t count; /* of names and atoms that carry a number */

/* Words of the language that C leaves to us. */
static const char *const keywords[] = {"module", "wire", "import", "record",
	"message", "gen_server", "supervisor", "application", "as", "list",
	"map", "tuple", "server", "infinity", "init", "state", "opaque", "call",
	"cast", "info", "timeout", "deferred", "trap_exit", "terminate",
	"mailbox", "max_heap", "blocking", "priority", "stack", "calls",
	"strategy", "intensity", "in", "auto_shutdown", "child", "dynamic",
	"restart", "shutdown", "max_children", "significant", "root", "depends",
	"format_status", "backoff", "jitter", "prep_stop", "stop", "env",
	"index", "undefined", "nil", "brutal_kill", "permanent", "reject",
	"one_for_one", "never", "high"};

/* What the generated C calls things of its own, and types of the language. */
static const char *const ours[] = {"self", "self_", "reply", "reply_",
	"refusal", "refusal_", "from", "from_", "to", "to_", "request",
	"timeout_ms", "timeout_ms_", "value", "value_", "ms", "ms_", "args",
	"args_", "err", "err_", "opts", "opts_", "name", "n", "i", "p", "a",
	"b", "c", "x", "key", "next", "text", "size", "type", "tag", "u", "ptr",
	"len", "v", "v0", "v1", "kept", "out", "cursor", "buffer", "msg",
	"msg_", "result", "left", "right", "element", "pair", "pairs", "low",
	"at", "end", "entry", "env_", "argc", "argv", "who", "reason",
	"reference", "term", "string", "binary", "pid", "atom", "int32",
	"float64", "duration", "node", "flat", "copy", "data", "kind", "level",
	"depth", "extra", "rest", "server_", "supervisor_", "child_", "opt",
	"status", "block", "bytes", "room", "to_send", "how", "id", "class_"};

/* What other headers have declared: variables, functions, types. */
static const char *const of_c[] = {"time", "timezone", "daylight", "environ",
	"optarg", "signgam", "read", "write", "link", "signal", "exit", "free",
	"main", "uint", "ulong", "clock", "y0", "j1", "gamma", "log", "printf",
	"strlen", "memcpy", "FILE", "DIR", "fd_set", "abs", "stat", "div",
	"program_invocation_name", "sys_errlist", "va_list", "tzname"};

static const char *const syllables[] = {"ac", "count", "ba", "lance", "ori",
	"der", "lin", "re", "ceipt", "vault", "mo", "ney", "tick", "et",
	"shard", "log", "in", "dex", "rate", "page", "ship", "ment"};

static const char *
word(size_t parts, bool underscores)
{
	struct text text = {0};

	for (size_t i = 0; i < parts; i++)
		add(&text, "%s%s", underscores && i > 0 && rarely(2) ? "_" : "",
			PICK(syllables));
	return text_of(&text);
}

/* Seldom as long as names may be. */
static size_t
parts_of_name(void)
{
	if (rarely(60))
		return 40;
	if (rarely(12))
		return 8 + chance(8);
	return 1 + chance(3);
}

const char *
field_name(struct names *used)
{
	const char *name;

	do {
		size_t sort = chance(10);

		if (sort < 3)
			name = PICK(keywords);
		else if (sort < 6)
			name = PICK(ours);
		else if (sort < 7)
			name = PICK(of_c);
		else if (sort < 8)
			name = print("%s%zu", word(1, false), ++count);
		else
			name = word(parts_of_name(), true);
	} while (!names_add(used, name));
	return name;
}

/* Those of which the generator has made something itself. */
static bool
is_taken(const char *name)
{
	static const char *const taken[] = {"init", "terminate", "timeout",
		"exit", "down", "nodeup", "nodedown", "response", "timer",
		"other", "start", "class", "ref", "of", "named", "at", "to",
		"equal", "messages", "infos", "pointers", "children", "keep",
		"print", "type", "members", "bound", "put", "get", "order",
		"fallback", "flat", "copy", "encode", "decode", "read", "tag",
		"list", "opt", "env", "kept", "system", "undefined", "self",
		"link", "how", "format_status"};

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		if (strcmp(name, taken[i]) == 0)
			return true;
	}
	return false;
}

/* Has a `_` that neither ends it nor follows a number. */
static bool
is_compound(const char *name)
{
	const char *at = strchr(name, '_');

	return at && at[1] != '\0' && !(at[-1] >= '0' && at[-1] <= '9');
}

/* Without a `_`, so that with what is put behind it it is no other member. */
const char *
member_name(struct names *used)
{
	static const char *const of_cpp[] = {"new", "delete", "template",
		"this", "and", "typename", "virtual", "try", "operator"};
	const char *name;

	do {
		size_t sort = chance(10);

		if (sort < 3)
			name = PICK(keywords);
		else if (sort < 4)
			name = PICK(ours);
		else if (sort < 5)
			name = PICK(of_c);
		else if (sort < 6)
			name = print("%s_", PICK(of_cpp));
		else if (sort < 7)
			name = print("w%zu_%s", ++count,
				word(parts_of_name(), true));
		else
			name = word(parts_of_name(), false);
	} while (is_taken(name) || is_compound(name) || !names_add(used, name));
	return name;
}

static const char *
camel(const char *from)
{
	struct text text = {0};
	bool begins = true;

	for (; *from; from++) {
		bool is_small = *from >= 'a' && *from <= 'z';

		if (*from == '_') {
			begins = true;
			continue;
		}
		add_char(&text,
			begins && is_small ? (char)(*from - 'a' + 'A') : *from);
		begins = false;
	}
	return text_of(&text);
}

const char *
type_name(bool big)
{
	static const char *const odd[] = {
		"HTTPServer", "X", "aB", "odd__one", "URL", "iPhone"};
	const char *base = rarely(4) ? PICK(keywords)
		: rarely(10)         ? PICK(odd)
				     : word(parts_of_name(), true);

	return print("%s%zu", big && !rarely(20) ? camel(base) : base, ++count);
}

const char *
module_name(struct names *used)
{
	const char *name;

	do
		name = rarely(3) ? PICK(keywords) : word(2, false);
	while (strchr(name, '_') || !names_add(used, name));
	return name;
}

/* ------------------------------------------------------------------ quoted */

static const char *const pieces[] = {" ", "a", "Z", "0", "_", "é", "ж", "漢",
	"😀", "\\n", "\\t", "\\r", "\\\\", "\\\"", "\\'", "\\u00e9", "\\u0000",
	"\\u001f", "\\u007f", "\\u20ac",
	"?"
	"?/",
	"?"
	"?=",
	"%d", "%s", "$", "$$", "$name$", "/*", "*/", "//", "///", "#", "{", "}",
	";", "no such", "f", "7", "<b>", "&amp;", "|", "`", "~", "^", "@",
	"...", "\\u0001f", "\u0301", "\u200b", "-", "+", "=", "\xc2\x85", "\t"};

const char *
quoted(char quote, size_t n)
{
	struct text text = {0};

	for (size_t i = 0; i < n; i++)
		add(&text, "%s", PICK(pieces));
	if (quote == '"' && rarely(3))
		add_char(&text, '\'');
	if (quote == '\'' && rarely(3))
		add_char(&text, '"');
	return text_of(&text);
}

const char *
atom_new(void)
{
	size_t n = rarely(30) ? 60 : chance(6);

	if (rarely(3))
		return print("'%s_%zu'", word(1, true), ++count);
	return print("'%sq%zuq%s'", quoted('\'', n), ++count,
		quoted('\'', chance(3)));
}

/* -------------------------------------------------------------------- docs */

static const char *const doc_words[] = {"Bank", "the", "of", "accounts,", "one",
	"each.", "*/", "/*", "`code`", "- item", "1. first", "```", "\\",
	"?"
	"?/",
	"<tag>", "&", "$name$", "$$", "%s", "é", "漢字", "😀",
	"a_very_long_word_that_does_not_fit_anywhere_and_has_no_place_to_break",
	"\"quoted\"", "'atom'", "https://example.org/a?b=c", "//", "#define",
	"\\n", "@param", "*", "**bold**", "[link](x)", "|", "\t"};

void
add_doc(struct text *text, const char *indent)
{
	size_t lines = rarely(3) ? 1 + chance(rarely(10) ? 12 : 2) : 0;

	for (size_t i = 0; i < lines; i++) {
		size_t n = rarely(6) ? 0 : 1 + chance(12);

		add(text, "%s///", indent);
		for (size_t k = 0; k < n; k++)
			add(text, " %s", PICK(doc_words));
		add(text, "%s\n", rarely(10) ? " " : "");
	}
}
