#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The reference of the language, specs/README.md, is true: otpc takes each
# example, its C compiles without a warning, with handlers as --skeleton writes
# them, and what the page shows as generated is what is generated.
#
# A block of otp is a whole file, which is named after its module, or a fragment
# under a comment that says where it stands: <!-- declarations --> of a module
# `example`, <!-- members --> of its gen_server Server. <!-- wrong --> is only
# written. Below, a block of c is
#   <!-- generated -->  in the C of the example above, `...` for what is left
#                       out
#   <!-- yours -->      what a user writes for it: it compiles
# (with a NAME in the comment: for module NAME)
# and a block of text
#   <!-- check -->      what `otpc check` says about it
# and one of json
#   <!-- ast -->        what `otpc ast` prints of it
# A block of cmake or meson is in the project of the story of that name, one of
# lua in what tests/lsp has neovim run.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
page=$top/specs/README.md
cd "$WORK" || exit 1
mkdir -p src gen

# blocks/NNN, with its place, language and mark in `list`.
split() {
	mkdir -p blocks
	awk '
	/^<!-- .* -->$/ && !inside {
		mark = $0
		gsub(/^<!-- | -->$/, "", mark)
		next
	}
	/^```/ && !inside {
		inside = 1
		file = sprintf("blocks/%03d", ++n)
		printf "" > file
		printf "%s %d %s %s\n", file, NR, substr($0, 4), mark
		next
	}
	/^```/ { inside = 0; mark = ""; close(file); next }
	inside { print > file; next }
	/./ { mark = "" }' "$page" > list
}

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1: see above"
	fi
}

compile() { # FILE
	# shellcheck disable=SC2086
	$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
		$CFLAGS $OTP_CFLAGS -Igen -c -o "${1%.c}.o" "$1"
}

module_of() { # FILE
	sed -n 's/^module \([a-z_]*\)[ ;].*/\1/p' "$1"
}

# Where the fragment stands. A refusal may be used without more ado.
around() { # FILE MARK
	echo 'module example;'
	case $2 in
	declarations) cat "$1" ;;
	members)
		echo 'enum Refusal { insufficient_funds }'
		echo 'gen_server Server {'
		cat "$1"
		echo '}'
		;;
	*)
		echo "no place for this: $2" >&2
		return 1
		;;
	esac
}

write_spec() { # FILE MARK: sets module
	module=$(module_of "$1")
	if [ -n "$module" ]; then
		cp "$1" "src/$module.otp"
	else
		module=example
		around "$1" "$2" > src/example.otp
	fi
}

build_spec() {
	rm -f "gen/$module.c"
	"$OTPC" -Werror --skeleton -I src -o gen "src/$module.otp" &&
		compile "gen/$module.otp.c" && compile "gen/$module.c"
}

# The lines of FILE in one of the others, in this order.
is_in() { # FILE IN...
	local wanted=$1 file
	shift
	for file; do
		awk '
		NR == FNR { want[++n] = $0; next }
		{ have[++m] = $0 }
		function fits(at, from, to) {
			for (k = from; k < to; k++)
				if (have[at + k - from] != want[k])
					return 0
			return 1
		}
		END {
			at = 1
			for (i = 1; i <= n; i = j + 1) {
				for (j = i; j <= n && want[j] != "..."; )
					j++
				while (at <= m && !fits(at, i, j))
					at++
				if (at > m) {
					print "not generated: " want[i]
					exit 1
				}
				at += j - i
			}
		}' "$wanted" "$file" && return
	done
	return 1
}

yours() { # FILE MODULE
	local name
	name=gen/yours_$(basename "$1").c
	{
		echo '#include <stdio.h>'
		echo "#include \"$2.otp.h\""
		cat "$1"
	} > "$name"
	compile "$name"
}

says() { # FILE
	(cd src && "$OTPC" check "$module.otp" 2>&1) | diff -u "$1" -
}

one() { # FILE LANGUAGE MARK
	local of=$module
	case $3 in
	*\ *) of=${3#* } ;;
	esac
	case $2:${3% *} in
	otp:wrong) write_spec "$1" "$3" ;;
	otp:*) write_spec "$1" "$3" && build_spec ;;
	c:generated) is_in "$1" "gen/$of.otp.h" "gen/$of.otp.c" ;;
	c:yours) yours "$1" "$of" ;;
	text:check) says "$1" ;;
	json:ast) (cd src && "$OTPC" ast "$module.otp") | diff -u "$1" - ;;
	ebnf:) ;; # its words are looked at below
	cmake:) is_in "$1" "$here/../cmake/project/CMakeLists.txt" ;;
	meson:) is_in "$1" "$here/../meson/project/meson.build" ;;
	lua:) is_in "$1" "$top/tests/lsp/init.lua" ;;
	*)
		echo "a block that nothing tests"
		return 1
		;;
	esac
}

# Every word of FILE is somewhere on the page.
mentions() { # FILE
	local status=0 word
	while read -r word; do
		grep -qF -e "$word" "$page" && continue
		echo "not mentioned: $word"
		status=1
	done < "$1"
	[ -s "$1" ] && return $status
}

# What the page says of libotp is there.
knows_libotp() {
	local status=0 name
	# shellcheck disable=SC2086
	echo '#include <otp.h>' | $CC -std=c11 $OTP_CFLAGS -dD -E - > otp.i
	grep -oE '\b(otp|OTP)_[A-Za-z0-9_]*[A-Za-z0-9]\b' "$page" | sort -u |
		grep -vx otp_generate > names # that one is CMake's
	while read -r name; do
		grep -qw -e "$name" otp.i && continue
		echo "not in libotp: $name"
		status=1
	done < names
	[ -s names ] && return $status
}

split
module=
while read -r file line language mark; do
	one "$file" "$language" "$mark"
	verdict "line $line: $language ${mark:-$module}" $?
done < list
[ "$(grep -c ' otp ' list)" -eq "$(grep -c '^```otp$' "$page")" ]
verdict "no example was left out" $?

sed -n 's/^KEYWORD(.*, \("[a-z_]*"\))$/\1/p' "$top/compiler/token.def" > words
mentions words
verdict "the grammar has every keyword" $?
"$OTPC" --help | grep -oE '(^| )--?[A-Za-z][A-Za-z-]*' | tr -d ' ' > options
mentions options
verdict "every option is there" $?
# shellcheck disable=SC2016
sed -n 's/.*TEXT_INIT("\([a-z0-9]*\)").*/`\1`/p' "$top/compiler/types.c" > types
mentions types
verdict "every type is there" $?
knows_libotp
verdict "what it says of libotp is there" $?
