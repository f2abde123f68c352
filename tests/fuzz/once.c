/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target once over each file: a main for compilers without
   libFuzzer. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MOST = 1 << 20
};

int
main(int argc, char **argv)
{
	uint8_t *data = malloc(MOST);

	if (!data ||
		(LLVMFuzzerInitialize &&
			LLVMFuzzerInitialize(&argc, &argv) != 0))
		return 1;
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size = fread(data, 1, MOST, file);
		fclose(file);
		printf("%s\n", argv[i]);
		fflush(stdout);
		LLVMFuzzerTestOneInput(data, size);
	}
	free(data);
	return 0;
}
