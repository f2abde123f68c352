#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The files for editors know all keywords, are well formed, and vim shows a
# sample as it should (sample.groups; UPDATE=1 writes it).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
share=$top/compiler/share
cd "$WORK" || exit 1
bad=0

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		bad=1
	fi
}

sed -n 's/^KEYWORD([A-Z_]*, "\([a-z_]*\)")$/\1/p' \
	"$top/compiler/token.def" | sort -u > keywords
[ "$(wc -l < keywords)" -gt 40 ]
verdict "there are keywords" $?
grammar=$share/vscode/syntaxes/otp.tmLanguage.json
known() { # NAME FILE
	grep -owE '[a-z_]+' "$2" | sort -u | comm -23 keywords - > missing
	if [ -s missing ]; then
		echo "not in $2:"
		cat missing
	fi
	verdict "$1 knows all keywords" "$([ -s missing ]; echo $((! $?)))"
}
# A name of a group or scope is no keyword of the language.
grep '^syn' "$share/vim/syntax/otp.vim" |
	sed -E 's/^syn [a-z]+ [A-Za-z]+ //; s/\\[a-z]//g' > vim_words
grep -E '"(match|begin|end)":' "$grammar" |
	sed -E 's/^ *"(match|begin|end)"://; s/\\\\[a-z]//g' > vscode_words
known vim vim_words
known 'VS Code' vscode_words

# --- VS Code

cat > valid.c << 'END'
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Prints the patterns of a grammar, one a line. */
static void
print_patterns(json_t *json)
{
	const char *key;
	json_t *value;
	size_t i;

	json_array_foreach(json, i, value)
		print_patterns(value);
	json_object_foreach(json, key, value) {
		if (json_is_string(value) && (strcmp(key, "match") == 0 ||
			strcmp(key, "begin") == 0 || strcmp(key, "end") == 0))
			puts(json_string_value(value));
		print_patterns(value);
	}
}

int
main(int argc, char **argv)
{
	json_error_t error;
	json_t *json = json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fprintf(stderr, "%s:%d: %s\n", argv[1], error.line, error.text);
	else if (argc > 2)
		print_patterns(json);
	return json == NULL;
}
END
"${CC:-gcc}" -o valid valid.c -ljansson
verdict "a reader of JSON" $?
for file in package.json language-configuration.json \
	syntaxes/otp.tmLanguage.json; do
	./valid "$share/vscode/$file"
	verdict "$file" $?
done
./valid "$grammar" patterns > patterns
status=0
while IFS= read -r pattern; do
	grep -qP -e "$pattern" "$here/sample.otp"
	case $? in
	0) ;;
	1)
		echo "not in the sample: $pattern"
		status=1
		;;
	*) status=1 ;;
	esac
done < patterns
[ -s patterns ] && [ $status -eq 0 ]
verdict "each pattern finds something" $?
while IFS= read -r pattern; do
	grep -oP -e "$pattern" "$here/sample.otp"
done < patterns | grep -owE '[a-z_]+' | sort -u | comm -23 keywords - > missing
cat missing
[ ! -s missing ]
verdict "each keyword of the sample is found" $?
while IFS= read -r file; do
	if [ ! -e "$share/vscode/$file" ]; then
		echo "package.json names $file"
		bad=1
	fi
done < <(grep -oE '"\./[^"]*"' "$share/vscode/package.json" | tr -d '"')
if command -v node > /dev/null; then
	node --check "$share/vscode/extension.js"
	verdict "extension.js" $?
else
	echo "skip extension.js # node is not installed"
fi

# --- vim

if ! command -v vim > /dev/null ||
	! vim --version | grep -q '+syntax' ||
	! vim --version | grep -q '+eval'; then
	echo "skip vim # there is no vim, or one without syntax files"
	exit $bad
fi
cat > vimrc << END
set nocompatible runtimepath=\$VIMRUNTIME,$share/vim,$share/vim/after
filetype plugin indent on
syntax on
END
run_vim() { # FILE SCRIPT
	timeout 60 vim -e -s -N -i NONE -n -u vimrc "$1" -S "$2" \
		< /dev/null > vim.log 2>&1
}
cp "$here/sample.otp" .
run_vim sample.otp "$here/groups.vim" || cat vim.log
if [ "${UPDATE:-}" = 1 ]; then
	cp groups.out "$here/sample.groups"
fi
diff -u "$here/sample.groups" groups.out
verdict "vim: highlighting" $?
diff -u sample.otp lines.out
verdict "vim: indentation" $?
grep -v "^\(otp\|[^ ]* otp\)" groups.out | sed 's/ .*//' | sort -u |
	comm -12 - keywords > plain
cat plain
[ ! -s plain ]
verdict "vim: each keyword is highlighted" $?

status=0
for spec in "$top"/tests/fmt/*.fmt "$top"/examples/bank/bank.otp; do
	cp "$spec" again.otp
	run_vim again.otp "$here/groups.vim" || status=1
	diff -u again.otp lines.out || status=1
done
verdict "vim: indentation as otpc fmt" $status

cat > fmt.vim << END
let g:otpc = '$OTPC'
OtpFmt
write
qa!
END
printf 'module   m;\n\n\n\nconst a=1;\n' > m.otp
run_vim m.otp fmt.vim
printf 'module m;\n\nconst a = 1;\n' | diff - m.otp
verdict "vim: :OtpFmt" $?
printf 'module   m;\nconst a;\n' > m.otp
cp m.otp kept.otp
run_vim m.otp fmt.vim
cmp m.otp kept.otp
verdict "vim: :OtpFmt of what is wrong" $?
exit $bad
