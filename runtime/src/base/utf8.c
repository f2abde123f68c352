/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

size_t
otpi_utf8_next(const uint8_t *ptr, size_t len, uint32_t *character)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (len == 0)
		return 0;

	uint32_t first = ptr[0];
	size_t n = first < 0x80 ? 1
		: first < 0xc0  ? 0
		: first < 0xe0  ? 2
		: first < 0xf0  ? 3
		: first < 0xf8  ? 4
				: 0;

	if (n == 0 || n > len)
		return 0;

	uint32_t c = n == 1 ? first : first & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((ptr[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (ptr[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*character = c;
	return n;
}

bool
otpi_utf8_is_valid(const uint8_t *ptr, size_t len, size_t *count)
{
	size_t characters = 0;
	uint32_t ignored;

	while (len > 0) {
		size_t n = otpi_utf8_next(ptr, len, &ignored);

		if (n == 0)
			return false;
		ptr += n;
		len -= n;
		characters++;
	}
	if (count)
		*count = characters;
	return true;
}
