/* SPDX-License-Identifier: Apache-2.0 */
#include "reason.h"

/* Each atom of atoms.def: its encoding, the term of it, the reason of it. */
#define OTP_ATOM(name, text) \
	static const struct { \
		uint8_t tag; \
		uint8_t len; \
		char chars[sizeof text]; \
	} encoded_##name = {OTP_ETF_SMALL_ATOM_UTF8, sizeof text - 1, text}; \
	const otp_term otp_term_##name = { \
		(const uint8_t *)(const void *)&encoded_##name, \
		sizeof text + 1}; \
	struct otpi_reason otpi_reason_##name = { \
		.term = {(const uint8_t *)(const void *)&encoded_##name, \
			sizeof text + 1}};
#include <otp/atoms.def>
#undef OTP_ATOM
