/* SPDX-License-Identifier: Apache-2.0 */
#include "reason.h"

#include "alloc.h"

#include <string.h>

static struct otpi_reason *
static_reason(otp_atom atom)
{
#define OTP_ATOM(name, text) \
	if (otp_atom_equal(atom, (otp_atom){text, sizeof text - 1})) \
		return &otpi_reason_##name;
#include <otp/atoms.def>
#undef OTP_ATOM
	return NULL;
}

static bool
is_shutdown_tuple(otp_term term)
{
	otp_cursor cursor = otp_cursor_of(term);
	uint32_t arity;

	return otp_cursor_tuple(&cursor, &arity) == OTP_OK && arity == 2 &&
		otp_cursor_atom_is(&cursor, "shutdown") == OTP_OK;
}

struct otpi_reason *
otpi_reason_new(otp_term term)
{
	otp_cursor cursor = otp_cursor_of(term);
	otp_atom atom;

	if (otp_cursor_atom(&cursor, &atom) == OTP_OK) {
		struct otpi_reason *known = static_reason(atom);

		if (known)
			return known;
	}

	struct otpi_reason *reason = otpi_malloc(sizeof *reason + term.len);

	memcpy(reason->bytes, term.ptr, term.len);
	reason->term = (otp_term){reason->bytes, term.len};
	reason->counted = true;
	reason->is_shutdown_tuple = is_shutdown_tuple(term);
	atomic_init(&reason->count, 1);
	return reason;
}

/*
 * Relaxed: who takes a reference holds one, so the count cannot reach 0
 * meanwhile, and the reason was handed to this thread by something that
 * orders its contents (a mailbox).
 */
struct otpi_reason *
otpi_reason_ref(struct otpi_reason *reason)
{
	if (reason->counted)
		atomic_fetch_add_explicit(
			&reason->count, 1, memory_order_relaxed);
	return reason;
}

/*
 * Release: what this thread read of the reason stays before its giving back;
 * acquire: the one who gives back last sees that of all others before it
 * frees. Tested by reason_threads in tests/unit/runtime/base_reason.c.
 */
void
otpi_reason_unref(struct otpi_reason *reason)
{
	if (reason->counted &&
		atomic_fetch_sub_explicit(
			&reason->count, 1, memory_order_acq_rel) == 1)
		otpi_free(reason);
}

bool
otpi_reason_is(const struct otpi_reason *reason, const char *atom)
{
	return otp_term_is_atom(reason->term, atom);
}
