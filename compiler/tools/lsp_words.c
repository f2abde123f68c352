/* SPDX-License-Identifier: Apache-2.0 */
#include "lsp.h"

static const struct {
	struct text word;
	const char *help;
} words[] = {
#define WORD(word, help) {TEXT_INIT(word), help},
#include "lsp_words.def"
#undef WORD
};

const char *
word_help(struct text text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (text_equal(words[i].word, text))
			return words[i].help;
	}
	return NULL;
}
