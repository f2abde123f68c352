/* SPDX-License-Identifier: Apache-2.0 */
/*
 * close SEED: prints a small spec whose names are put together of the words
 * that otpc itself puts names together of. Either two of them meet in C, and
 * otpc says so, or the C compiles.
 */
#include "world.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	most_decls = 10
};

/* Of each sort, what there is so far. */
static const char *types[most_decls], *servers[most_decls],
	*supervisors[most_decls];
static size_t n_types, n_servers, n_supervisors;

static const char *const words[] = {"list", "opt", "ref", "kept", "keep",
	"type", "equal", "print", "put", "get", "bound", "read", "members",
	"order", "fallback", "args", "init", "start", "class", "env", "default",
	"count", "pair", "map", "tuple", "of", "named", "at", "to", "send",
	"after", "within", "async", "await", "request", "from", "reply",
	"refuse", "refusal", "take", "make", "is", "handle", "with", "continue",
	"thunk", "state", "size", "self", "infos", "messages", "pointers",
	"child", "children", "template", "by", "string", "binary", "tag",
	"case", "words", "app", "defaults", "keys", "main", "stop", "root",
	"depends", "flat", "copy", "new", "push", "set", "remove", "encode",
	"decode", "term", "link", "monitor", "how", "info", "name", "result",
	"terminate", "timeout", "down", "other", "int32", "h", "as", "find",
	"v0", "u", "in", "start_a", "format", "status", "sys", "get", "replace",
	"enter", "loop", "prep", "alone", "rest", "add", "set"};

static const char *const stems[] = {"a", "a", "a", "b", "a_a"};

static const char *
close_name(void)
{
	struct text text = {0};

	add(&text, "%s", rarely(4) ? PICK(words) : PICK(stems));
	for (size_t n = chance(3); n > 0; n--)
		add(&text, "_%s", PICK(words));
	return text_of(&text);
}

static const char *
close_type_name(void)
{
	struct text text = {0};
	bool begins = true;

	for (const char *s = close_name(); *s; s++) {
		if (*s != '_')
			add_char(&text,
				begins ? (char)toupper((unsigned char)*s) : *s);
		begins = *s == '_';
	}
	return text_of(&text);
}

static const char *
type(void)
{
	static const char *const scalars[] = {
		"int32", "string", "bool", "binary", "pid"};
	const char *inner = n_types > 0 && !rarely(3) ? types[chance(n_types)]
						      : PICK(scalars);

	switch (chance(9)) {
	case 0:
		return print("list<%s>", inner);
	case 1:
		return print("map<string, %s>", inner);
	case 2:
		return print("tuple<%s>", inner);
	case 3:
		return print("list<list<%s>>", inner);
	case 4:
		return print("%s?", PICK(scalars));
	case 5:
		return n_servers == 0
			? inner
			: print("server<%s>", servers[chance(n_servers)]);
	default:
		return inner;
	}
}

static void
put_params(void)
{
	static const char *const defaults[] = {
		"int32 = 3", "string = \"x\"", "int32? = 4"};
	size_t n = chance(3);

	printf("(");
	for (size_t i = 0; i < n; i++)
		printf("%s%s: %s", i > 0 ? ", " : "", close_name(),
			i + 1 == n && rarely(2) ? PICK(defaults) : type());
	printf(")");
}

static void
put_member(void)
{
	static const char *const kinds[] = {
		"call", "call", "cast", "info", "continue"};
	const char *kind = PICK(kinds);

	printf("    %s %s", kind, close_name());
	put_params();
	if (kind == kinds[0] || kind == kinds[1])
		printf(" -> %s%s", type(), rarely(3) ? " deferred" : "");
	printf(";\n");
}

static void
put_server(void)
{
	static const char *const built_in[] = {"timeout", "down", "other"};
	const char *own = close_type_name();

	printf("gen_server %s {\n", own);
	if (rarely(2)) {
		printf("    init");
		put_params();
		printf(";\n");
	}
	if (rarely(3))
		printf("    state opaque;\n");
	else
		printf("    state { %s: %s; %s: int32 = 4; }\n", close_name(),
			type(), close_name());
	for (size_t n = chance(5); n > 0; n--)
		put_member();
	if (rarely(3))
		printf("    info %s;\n", PICK(built_in));
	if (rarely(2))
		printf("    terminate;\n");
	if (rarely(2))
		printf("    format_status;\n");
	printf("}\n");
	servers[n_servers++] = own;
}

static void
put_supervisor(void)
{
	const char *own = close_type_name();

	printf("supervisor %s(%s: int32) {\n", own, close_name());
	for (size_t n = n_servers > 0 ? chance(4) : 0; n > 0; n--) {
		const char *of = servers[chance(n_servers)];

		if (rarely(3))
			printf("    child %s = dynamic %s;\n", close_name(),
				of);
		else if (rarely(2))
			printf("    child %s[3] = %s;\n", close_name(), of);
		else
			printf("    child %s = %s { register; }\n",
				close_name(), of);
	}
	printf("}\n");
	supervisors[n_supervisors++] = own;
}

static void
put_value(void)
{
	const char *own = close_type_name();

	switch (chance(3)) {
	case 0:
		printf("enum %s { %s, %s }\n", own, close_name(), close_name());
		break;
	case 1:
		printf("record %s { %s: %s; %s: string? = \"x\"; }\n", own,
			close_name(), type(), close_name());
		break;
	default:
		printf("union %s { %s", own, close_name());
		put_params();
		printf("; %s; }\n", close_name());
		break;
	}
	types[n_types++] = own;
}

static void
put_decl(void)
{
	switch (chance(8)) {
	case 0:
	case 1:
	case 2:
		put_value();
		break;
	case 3:
		printf("message %s", close_name());
		put_params();
		printf(";\n");
		break;
	case 4:
		printf("const %s = 3;\n", close_name());
		break;
	case 5:
		put_supervisor();
		break;
	default:
		put_server();
		break;
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: close SEED\n", stderr);
		return 2;
	}
	chance_seed(strtoull(argv[1], NULL, 10));
	printf("module m;\n");
	for (size_t n = 3 + chance(most_decls - 2); n > 0; n--)
		put_decl();
	if (n_supervisors > 0 && rarely(2))
		printf("application m { root %s(3); stop; prep_stop; env { %s: "
		       "int32 = 3; } }\n",
			supervisors[0], close_name());
	return 0;
}
