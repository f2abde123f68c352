/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OTPC_CNAME_H
#define OTPC_CNAME_H

/*
 * Every name of the generated C is made here. A declaration is
 * MODULE_DECLARATION, what belongs to it has that as its prefix. A type that
 * is put together (a list of lists) belongs to the module that uses it, and is
 * named after its parts; lists and optionals of a declared type belong to that
 * one, those of a scalar to the runtime. Nothing is mangled: names that meet
 * are reported by check_cnames.
 */

#include "otpc.h"

/* bank_receipt */
struct text cname_decl(struct arena *arena, const struct decl *decl);

/* BANK_MAX_OWNERS */
struct text cname_macro(struct arena *arena, struct text name);

/* BANK_REFUSAL_CLOSED */
struct text cname_enum_member(struct arena *arena, const struct decl *decl,
	const struct enum_member *member);

/* Of a member of a union: what makes one, bank_event_opened; its tag,
   BANK_EVENT_OPENED; what it is called within `u`, opened. */
struct text cname_variant(struct arena *arena, const struct decl *decl,
	const struct variant *variant);
struct text cname_variant_tag(struct arena *arena, const struct decl *decl,
	const struct variant *variant);
struct text
cname_variant_member(struct arena *arena, const struct variant *variant);

/* v0, v1 ... of a tuple */
struct text cname_element(struct arena *arena, size_t i);

/* bank_account_deposit, for calls, casts, infos and continues */
struct text cname_member(struct arena *arena, const struct decl *server,
	const struct member *member);

/* What you write for it: bank_account_handle_deposit */
struct text cname_handler(struct arena *arena, const struct decl *server,
	const struct member *member);

/* BANK_OTP_H */
struct text cname_guard(struct arena *arena, const struct module *module);

/* BANK_ACCOUNT_INIT_OPENING, of a parameter; BANK_RECEIPT_DEFAULT_KIND, of a
   field */
struct text cname_default(struct arena *arena, const struct decl *decl,
	const struct field *field);

/* Whether the default is pointed to, and so is an object of its own:
   bank_account_init_opening_default, bank_receipt_kind_default */
bool cname_default_is_object(const struct field *field);
struct text cname_default_object(struct arena *arena, const struct decl *decl,
	const struct field *field);

/* The same of a parameter of any message, by the prefix of the message's names:
   BANK_ACCOUNT_DEPOSIT_AMOUNT, bank_account_deposit_amount_default. */
struct text cname_param_default(
	struct arena *arena, struct text msg, const struct field *field);
struct text cname_param_object(
	struct arena *arena, struct text msg, const struct field *field);

/* What functions of a type begin with: otp_string, bank_receipt_list, and,
   used in module shop, shop_bank_account_ref_list. */
struct text cname_type(struct arena *arena, const struct module *module,
	const struct type *type);

/* The type of a value of it: `otp_string`, `struct bank_receipt_list`,
   `const struct bank_receipt *`. */
struct text cname_value(struct arena *arena, const struct module *module,
	const struct type *type);

/* `TYPE name`, or `TYPE *name`: no space after a star. */
struct text
cname_declare(struct arena *arena, struct text type, struct text name);

/* A pointer to a value of it, with the star: `otp_string *`. */
struct text cname_pointer(struct arena *arena, struct text type);

/* The same to constant values: `const otp_string *`. */
struct text cname_const_pointer(struct arena *arena, struct text type);

/* Whether a type that is put together is one of the module's own. */
bool type_is_helper(const struct module *module, const struct type *type);

/* Whether it is passed as `const *`. */
bool type_by_pointer(const struct type *type);

/* ------------------------------------------------------------ helpers.c */

/* The functions of a list or optional of a declared type are in the C of its
   module when that uses it, otherwise in that of each module that does; see
   README.md. These are their two halves. */
enum helper_part {
	HELPER_VALUE = 1, /* counting, copying, comparing, encoding */
	HELPER_KEPT = 2 /* for a field of a state */
};

/* Which halves the module uses of any type that is put together. */
unsigned helper_uses(struct program *program, const struct module *module,
	const struct type *type);

/* Which of them are in the module's C. */
unsigned helper_owned(struct program *program, const struct module *module,
	const struct type *type);

/* Whether a header of C that programs include has it already. */
bool cname_is_library(struct text name);

/* No parts; the runtime has all of its functions. */
bool type_is_scalar(const struct type *type);

#endif
