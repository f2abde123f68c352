/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <inttypes.h>
#include <stdio.h>

/* ----------------------------------------------------------------- numbers */

/* The same number in any of its forms. */
static const char *
spell_integer(uint64_t n)
{
	struct text text = {0};
	const char *digits = print("%" PRIu64, n);

	switch (chance(6)) {
	case 0:
		return print("0x%" PRIx64, n);
	case 1:
		return print("0x%" PRIX64, n);
	case 2:
		add(&text, "0b");
		for (int i = n ? 63 - __builtin_clzll(n) : 0; i >= 0; i--)
			add_char(&text, (n >> i) & 1 ? '1' : '0');
		return text_of(&text);
	case 3:
		for (size_t i = 0; digits[i]; i++)
			add(&text, "%s%c", i > 0 && rarely(3) ? "_" : "",
				digits[i]);
		return text_of(&text);
	default:
		return digits;
	}
}

/* As a size, if it is one. */
static const char *
spell_positive(uint64_t n)
{
	if (n > 0 && n % 1024 == 0 && rarely(3))
		return print("%" PRIu64 "KiB", n / 1024);
	if (n > 0 && n % (1024 * 1024) == 0 && rarely(2))
		return print("%" PRIu64 "MiB", n / 1024 / 1024);
	return spell_integer(n);
}

/* One that fits, often the largest or smallest. */
static const char *
integer_literal(unsigned bits, bool has_sign)
{
	uint64_t high = UINT64_MAX >> (64 - bits + (has_sign ? 1 : 0));
	uint64_t n = 0;

	switch (chance(6)) {
	case 0:
		n = high;
		break;
	case 1:
		if (has_sign)
			return print("-%s", spell_integer(high + 1));
		break;
	case 2:
		n = chance(3);
		break;
	case 3:
		n = high > 65536 ? 64 * 1024 : 1;
		break;
	default:
		n = (uint64_t)chance((size_t)(high >> chance(bits - 1)) | 1);
		break;
	}
	return has_sign && rarely(3) ? print("-%s", spell_integer(n))
				     : spell_positive(n);
}

static const char *
float_literal(bool is_wide)
{
	static const char *const both[] = {"0.0", "-0.0", "0.5", "0.1", "1e3",
		"1.25e-3", "3.4028234663852886e38", "-3.4028234663852886e38",
		"1.17549435e-38", "1e-45", "16_777_216", "-16_777_216", "0",
		"-1", "100.0", "3.141_592_653_589_793", "1E2", "1e+2", "64KiB",
		"0.333333333333333333333333333333", "123456789.125", "1e15",
		"1e16", "1e17", "0xff", "2.0e0"};
	static const char *const wide[] = {"1.7976931348623157e308",
		"-1.7976931348623157e308", "2.2250738585072014e-308", "5e-324",
		"1e-400", "9_007_199_254_740_992", "-9007199254740992", "1e300",
		"1e21", "1e22", "4503599627370497.5"};

	return is_wide && rarely(2) ? PICK(wide) : PICK(both);
}

/* --------------------------------------------------------------- durations */

const char *
duration_literal(struct module *module, uint64_t least, uint64_t *ms)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} durations[] = {{"0ms", 0}, {"1ms", 1}, {"250ms", 250}, {"1s", 1000},
		{"5s", 5000}, {"5_000ms", 5000}, {"90s", 90000}, {"2m", 120000},
		{"1h", 3600000}, {"3d", 259200000},
		{"106751991167d", UINT64_C(9223372036828800000)},
		{"9223372036854775807ms", INT64_MAX}, {"infinity", UINT64_MAX}};
	const size_t n = sizeof(durations) / sizeof(*durations);
	size_t i;

	(void)module;
	do
		i = chance(n);
	while (durations[i].ms < least);
	*ms = durations[i].ms;
	return durations[i].text;
}

/* ------------------------------------------------------------------ values */

/* A const of the type, here or in a module before this one. */
static const char *
const_of(struct module *module, enum kind kind)
{
	for (int i = 0; i < 4; i++) {
		struct decl *decl = find(module, D_CONST);

		if (decl && decl->type->kind == kind)
			return path(module, decl);
	}
	return NULL;
}

static const char *
scalar_literal(struct module *module, enum kind kind)
{
	uint64_t ms;

	switch ((int)kind) {
	case BOOL:
		return rarely(2) ? "true" : "false";
	case INT8:
	case INT16:
	case INT32:
	case INT64:
		return integer_literal(8U << (kind - INT8), true);
	case UINT8:
	case UINT16:
	case UINT32:
	case UINT64:
		return integer_literal(8U << (kind - UINT8), false);
	case FLOAT32:
		return float_literal(false);
	case FLOAT64:
		return float_literal(true);
	case ATOM:
		return rarely(8) ? "''" : atom_new();
	case STRING:
	case BINARY:
		return print(
			"\"%s\"", quoted('"', rarely(40) ? 400 : chance(12)));
	case TIMESTAMP:
		return integer_literal(64, true);
	default:
		return duration_literal(module, 0, &ms);
	}
}

const char *
literal(struct module *module, const struct type *type)
{
	const char *name = NULL;

	if (type->kind == OPTIONAL) {
		if (rarely(3) || !type_has_literal(type->parts[0]))
			return "undefined";
		type = type->parts[0];
	}
	if (type->kind == ENUM)
		return type->decl->members.names[chance(type->decl->members.n)];
	if (rarely(3))
		name = const_of(module, type->kind);
	return name ? name : scalar_literal(module, type->kind);
}

const char *
amount(struct module *module, uint64_t n)
{
	for (int i = 0; i < 4; i++) {
		struct decl *decl = find(module, D_CONST);

		if (rarely(2) && decl && n > 0 && decl->size == n)
			return path(module, decl);
	}
	return spell_integer(n);
}

void
make_const(struct module *module)
{
	enum kind kind = (enum kind)chance(DURATION + 1);
	size_t n = kind == UINT16 ? 1 + chance(6) : 0; /* for amounts */
	const char *value =
		n > 0 ? spell_integer(n) : literal(module, type_scalar(kind));
	struct decl *decl = declare(module, D_CONST);

	decl->name = type_name(false);
	decl->type = type_scalar(kind);
	decl->size = n;
	add_doc(&decl->text, "");
	add(&decl->text, "const %s = %s;\n", decl->name, value);
}

/* ------------------------------------------------------------------ fields */

void
add_params(struct text *text, struct module *module, struct fields *fields,
	size_t most, bool plain)
{
	size_t n = chance(most + 1);
	size_t first_default = chance(n + 2);

	fields->fields = take((n + 64) * sizeof(*fields->fields));
	fields->n = n;
	for (size_t i = 0; i < n; i++) {
		struct field *f = &fields->fields[i];

		f->name = field_name(&fields->names);
		f->type = plain || i >= first_default ? type_plain(module)
						      : type_new(module, true);
		f->has_default = i >= first_default;
		add(text, "%s%s: %s", i > 0 ? ", " : "", f->name,
			spell(module, f->type));
		if (f->has_default)
			add(text, " = %s", literal(module, f->type));
	}
}

size_t
add_fields(struct text *text, struct module *module, size_t most,
	const char *indent, bool wire)
{
	struct names names = {0};
	size_t n = chance(most + 1), size = 0;

	for (size_t i = 0; i < n; i++) {
		bool has_default = rarely(3);
		const struct type *type = has_default ? type_plain(module)
						      : type_new(module, true);

		add_doc(text, indent);
		add(text, "%s%s: %s", indent, field_name(&names),
			spell(module, type));
		if (wire && rarely(5))
			add(text, " as %s", atom_new());
		if (has_default)
			add(text, " = %s", literal(module, type));
		add(text, ";\n");
		size += type_size(type) + 8;
	}
	return size;
}
