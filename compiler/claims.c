/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

/* -------------------------------------------------------------- libraries */

/* What otp.h brings along, and what a C program includes next to it. Only
   names with a `_` can meet one of ours. */
static const char *const library[] = {"int8_t", "int16_t", "int32_t", "int64_t",
	"uint8_t", "uint16_t", "uint32_t", "uint64_t", "intptr_t", "uintptr_t",
	"intmax_t", "uintmax_t", "size_t", "ssize_t", "ptrdiff_t", "wchar_t",
	"max_align_t", "int_least8_t", "int_least16_t", "int_least32_t",
	"int_least64_t", "uint_least8_t", "uint_least16_t", "uint_least32_t",
	"uint_least64_t", "int_fast8_t", "int_fast16_t", "int_fast32_t",
	"int_fast64_t", "uint_fast8_t", "uint_fast16_t", "uint_fast32_t",
	"uint_fast64_t", "clock_t", "time_t", "fpos_t", "div_t", "ldiv_t",
	"lldiv_t", "sig_atomic_t", "off_t", "pid_t", "clock_gettime",
	"clock_getres", "clock_settime", "clock_nanosleep",
	"clock_getcpuclockid", "strtok_r", "strerror_r", "strerror_l",
	"strcoll_l", "strxfrm_l", "gmtime_r", "localtime_r", "asctime_r",
	"ctime_r", "rand_r", "timer_create", "timer_delete", "timer_settime",
	"timer_gettime", "timer_getoverrun", "timespec_get", "aligned_alloc",
	"posix_memalign", "quick_exit", "at_quick_exit", "getc_unlocked",
	"putc_unlocked", "EXIT_SUCCESS", "EXIT_FAILURE", "RAND_MAX",
	"MB_CUR_MAX", "MB_LEN_MAX", "FILENAME_MAX", "FOPEN_MAX", "TMP_MAX",
	"L_TMPNAM", "SEEK_SET", "SEEK_CUR", "SEEK_END", "TIME_UTC",
	"CLOCKS_PER_SEC", "CLOCK_REALTIME", "CLOCK_MONOTONIC", "SIG_DFL",
	"SIG_IGN", "SIG_ERR", "PATH_MAX", "NAME_MAX", "OPEN_MAX", "PIPE_BUF",
	"ARG_MAX", "LINE_MAX", "CHAR_BIT", "CHAR_MAX", "CHAR_MIN", "SCHAR_MAX",
	"SCHAR_MIN", "UCHAR_MAX", "SHRT_MAX", "SHRT_MIN", "USHRT_MAX",
	"INT_MAX", "INT_MIN", "UINT_MAX", "LONG_MAX", "LONG_MIN", "ULONG_MAX",
	"LLONG_MAX", "LLONG_MIN", "ULLONG_MAX", "SSIZE_MAX", "FLT_MAX",
	"FLT_MIN", "FLT_EPSILON", "DBL_MAX", "DBL_MIN", "DBL_EPSILON", NULL};

/* Those of <stdint.h> and <stddef.h> that are built of parts. */
static bool
is_limit(struct text name)
{
	static const char *const types[] = {"INT8", "INT16", "INT32", "INT64",
		"INT_LEAST8", "INT_LEAST16", "INT_LEAST32", "INT_LEAST64",
		"INT_FAST8", "INT_FAST16", "INT_FAST32", "INT_FAST64", "INTPTR",
		"INTMAX", "PTRDIFF", "SIZE", "SIG_ATOMIC", "WCHAR", "WINT",
		NULL};
	static const char *const ends[] = {"_MIN", "_MAX", "_C"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct text type = name;

		if (!text_ends_with(name, ends[i]))
			continue;
		type.len -= text_of(ends[i]).len;
		if (text_starts_with(type, "UINT")) {
			type.ptr++;
			type.len--;
		}
		for (const char *const *t = types; *t; t++) {
			if (text_is(type, *t))
				return true;
		}
	}
	return false;
}

bool
cname_is_library(struct text name)
{
	for (const char *const *word = library; *word; word++) {
		if (**word == *name.ptr && text_is(name, *word))
			return true;
	}
	return is_limit(name);
}

/* ----------------------------------------------------------------- claims */

static struct text
renamed(struct claims *claims, struct text name)
{
	return text_printf(&claims->program->arena, "%.*s2", TEXT_ARG(name));
}

static void
report_taken(struct claims *claims, struct text c_name,
	const struct claim *former, const struct claim *claim)
{
	struct program *program = claims->program;
	const struct claim *other = claim->is_type ? former : claim;

	report(program, DIAG_c_name_taken, claim->name.span, c_name,
		text_of(former->kind), former->name.text);
	note(program, DIAG_note_declared, former->name.span, former->name.text);
	if (!other->is_type)
		note(program, DIAG_note_rename, other->name.span,
			renamed(claims, other->name.text));
	else
		note(program, DIAG_note_wrap_type, claim->name.span);
}

void
take(struct claims *claims, struct table *table, struct text c_name,
	const struct claim *claim)
{
	struct program *program = claims->program;
	struct claim *entry = ARENA_NEW(&claims->arena, struct claim);
	const struct claim *former;

	if (table == &claims->names && cname_is_library(c_name)) {
		report(program, DIAG_c_name_of_library, claim->name.span,
			c_name);
		if (!claim->is_type)
			fixit(program, claim->name.span,
				renamed(claims, claim->name.text));
	}
	*entry = *claim;
	former = table_put(table, c_name, entry);
	if (former)
		report_taken(claims, c_name, former, claim);
}

void
take_all(struct claims *claims, struct table *table, struct text prefix,
	const char *const *suffixes, const struct claim *claim)
{
	for (; *suffixes; suffixes++)
		take(claims, table,
			text_printf(&claims->arena, "%.*s%s", TEXT_ARG(prefix),
				*suffixes),
			claim);
}

/* ----------------------------------------------------------------- fields */

static void
check_fields_of(struct claims *claims, const struct field_list *fields)
{
	struct program *program = claims->program;

	for (const struct field *f = fields->first; f; f = f->next) {
		const struct claim *taker =
			table_get(&claims->names, f->name.text);

		if (!taker)
			continue;
		report(program, DIAG_c_name_taken, f->name.span, f->name.text,
			text_of(taker->kind), taker->name.text);
		note(program, DIAG_note_declared, taker->name.span,
			taker->name.text);
		fixit(program, f->name.span,
			text_printf(&program->arena, "%.*s_",
				TEXT_ARG(f->name.text)));
	}
}

void
check_field_names(struct claims *claims, const struct module *module)
{
	for (const struct decl *d = module->decls; d; d = d->next) {
		if (d->kind == DECL_RECORD)
			check_fields_of(claims, &d->u.record.fields);
		else if (d->kind == DECL_MESSAGE)
			check_fields_of(claims, &d->u.message.params);
		else if (d->kind == DECL_SUPERVISOR)
			check_fields_of(claims, &d->u.supervisor.params);
		else if (d->kind == DECL_APPLICATION)
			check_fields_of(claims, &d->u.application.env);
		else if (d->kind == DECL_UNION)
			for (const struct variant *v = d->u.choice.first; v;
				v = v->next)
				check_fields_of(claims, &v->fields);
		else if (d->kind == DECL_GEN_SERVER)
			for (const struct member *m = d->u.server.members; m;
				m = m->next)
				check_fields_of(claims, &m->params);
	}
}
