/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "cname.h"

#include <string.h>

/*
 * Fields and parameters keep their names in C, in plain structs and
 * prototypes. What C, C++ or a header that everybody includes has taken cannot
 * be one.
 */

static const char *const words_of_c[] = {"auto", "break", "case", "char",
	"const", "continue", "default", "do", "double", "else", "enum",
	"extern", "float", "for", "goto", "if", "inline", "int", "long",
	"register", "restrict", "return", "short", "signed", "sizeof", "static",
	"struct", "switch", "typedef", "union", "unsigned", "void", "volatile",
	"while", "alignas", "alignof", "bool", "constexpr", "false", "nullptr",
	"static_assert", "thread_local", "true", "typeof", "typeof_unqual",
	"asm", "fortran", NULL};

static const char *const words_of_cpp[] = {"and", "and_eq", "bitand", "bitor",
	"catch", "char8_t", "char16_t", "char32_t", "class", "co_await",
	"co_return", "co_yield", "compl", "concept", "const_cast", "consteval",
	"constinit", "decltype", "delete", "dynamic_cast", "explicit", "export",
	"friend", "mutable", "namespace", "new", "noexcept", "not", "not_eq",
	"operator", "or", "or_eq", "private", "protected", "public",
	"reinterpret_cast", "requires", "static_cast", "template", "this",
	"throw", "try", "typeid", "typename", "using", "virtual", "wchar_t",
	"xor", "xor_eq", NULL};

static const char *const macros[] = {"errno", "linux", "unix", "i386", "stdin",
	"stdout", "stderr", "assert", "complex", "imaginary", "noreturn",
	"offsetof", "setjmp", "va_arg", "va_copy", "va_end", "va_start",
	"major", "minor", "makedev", "h_errno", "s_addr", "s6_addr", "alloca",
	"st_atime", "st_ctime", "st_mtime", "sa_handler", "sa_sigaction",
	"si_addr", "si_pid", "si_status", "si_uid", "si_value", "NULL", "EOF",
	"INFINITY", "NAN", "I", "BUFSIZ", "NDEBUG", NULL};

static bool
is_listed(struct text name, const char *const *list)
{
	for (; *list; list++) {
		if (text_is(name, *list))
			return true;
	}
	return false;
}

/* What has taken the name; NULL: nothing. */
static const char *
taker(struct text name)
{
	if (is_listed(name, words_of_c))
		return "a reserved word of C";
	if (is_listed(name, words_of_cpp))
		return "a reserved word of C++";
	if (is_listed(name, macros))
		return "a common macro";
	if (text_starts_with(name, "otp_") || text_starts_with(name, "OTP_"))
		return "one of libotp's names";
	if (cname_is_library(name))
		return "a name of the C library";
	return NULL;
}

/* `__x` and `_X` belong to the implementation. */
static bool
has_reserved_form(struct text name)
{
	return text_starts_with(name, "__") ||
		(name.len > 1 && name.ptr[0] == '_' && name.ptr[1] >= 'A' &&
			name.ptr[1] <= 'Z');
}

static struct text
other_name(struct arena *arena, struct text name)
{
	size_t prefix = strlen("otp_");

	if (text_starts_with(name, "otp_") || text_starts_with(name, "OTP_"))
		return text_printf(arena, "my_%.*s", (int)(name.len - prefix),
			name.ptr + prefix);
	return text_printf(arena, "%.*s_", TEXT_ARG(name));
}

void
check_c_name(struct program *program, const struct name *name)
{
	const char *what = taker(name->text);

	if (what) {
		report(program, DIAG_reserved_word, name->span, name->text,
			what);
		fixit(program, name->span,
			other_name(&program->arena, name->text));
	} else if (has_reserved_form(name->text)) {
		report(program, DIAG_reserved_form, name->span, name->text);
	}
}
