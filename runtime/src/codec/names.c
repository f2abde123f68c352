/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/names.h"

#include "core/core.h"

static bool
index_of(const char *name, uint32_t *index)
{
	struct atom_table *atoms = &otpi_runtime.atoms;
	otp_atom text = otp_atom_of(name);

	*index = otpi_atom_find(atoms, text);
	if (*index != 0)
		return true;
	/* Relaxed: some more or less do not matter. */
	if (atomic_load_explicit(&atoms->count, memory_order_relaxed) >=
		OTPI_ATOM_MAX / 2)
		return false;
	return otpi_atom_intern(atoms, text, index) == OTP_OK;
}

bool
otpi_to_of_wire(const char *name, const char *node, otp_to *to)
{
	otp_to read = {{0, 0, 0, 0}, 0, 0};

	if (!index_of(name, &read.name) ||
		(node && !index_of(node, &read.node)))
		return false;
	*to = read;
	return true;
}
