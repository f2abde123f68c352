#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What otpc writes. X.otp must give X.otp.h and X.otp.c as they are here
# (UPDATE=1 writes them), the same in each run, clean with gcc, clang and g++,
# and as clang-format would have it; its skeleton and its main too.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
include=$(realpath ../../runtime/include)
templates=$(realpath ../../templates)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

ok() { echo "ok $1"; }
fail() {
	echo "FAIL $1"
	bad=1
}
verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then ok "$1"; else fail "$1"; fi
}

warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-function-type
	-Werror'

compile() { # COMPILER STANDARD FILE...
	local compiler=$1 standard=$2 file
	shift 2
	for file; do
		# shellcheck disable=SC2086
		"$compiler" "-std=$standard" $warnings -I"$include" -I. \
			-O2 -c -o object.o "$file" || return 1
	done
}

as_cplusplus() { # NAME
	printf '#include "%s.otp.h"\n' "$1" > "$1.inc.cpp"
	g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$include" -I. \
		-fsyntax-only "$1.inc.cpp"
}

formatted() { # FILE...
	cp "$here/../../.clang-format" .
	clang-format --dry-run -Werror "$@"
}

expected() { # NAME
	local part status=0
	for part in h c; do
		if [ "${UPDATE:-}" = 1 ]; then
			cp "$1.otp.$part" "$here/$1.otp.$part"
		fi
		diff -u "$here/$1.otp.$part" "$1.otp.$part" || status=1
	done
	return $status
}

cd "$work" || exit 1
for spec in "$here"/*.otp; do
	name=$(basename "$spec" .otp)
	main=()
	if grep -q '^application' "$spec"; then
		main=(--main)
	fi
	if ! "$otpc" -I "$here" --skeleton "${main[@]}" "$spec" \
		2> "$name.err" || [ -s "$name.err" ]; then
		cat "$name.err"
		fail "$name: otpc"
	fi
done
for spec in "$here"/*.otp; do
	name=$(basename "$spec" .otp)
	files=("$name.otp.c" "$name.c")
	if [ -e "${name}_main.c" ]; then
		files+=("${name}_main.c")
	fi
	expected "$name"
	verdict "$name: as expected" $?
	compile gcc c11 "${files[@]}" && compile gcc gnu17 "$name.otp.c"
	verdict "$name: gcc" $?
	compile clang c11 "${files[@]}"
	verdict "$name: clang" $?
	as_cplusplus "$name"
	verdict "$name: g++" $?
	formatted "${files[@]}" "$name.otp.h"
	verdict "$name: clang-format" $?
done

# The same from another folder, by another path, with the templates of the
# tree; and nothing of where it was made.
mkdir again
cp "$here"/*.otp again
(cd again && "$otpc" --templates "$templates" -o . ./*.otp) &&
	for spec in "$here"/*.otp; do
		for part in h c; do
			file=$(basename "$spec").$part
			cmp "$file" "again/$file" || exit 1
		done
	done
verdict "the same in each run" $?
! grep -nE '/(tmp|home|root|work)/|[0-9]{4}-[0-9]{2}-[0-9]{2}' ./*.otp.[ch]
verdict "no path and no date" $?

# What build systems ask for.
mkdir build
cp "$here/shop.otp" "$here/tree.otp" .
"$otpc" --list-outputs --main --skeleton -o build tree.otp > list
diff list - << 'END'
build/tree.otp.h
build/tree.otp.c
build/tree.c
build/tree_main.c
END
verdict "--list-outputs" $?
"$otpc" compile --list-outputs --main --skeleton -o build tree.otp | diff list -
verdict "compile is a word, too" $?
[ -z "$(ls build)" ]
verdict "--list-outputs writes nothing" $?
"$otpc" -MD --main -o build tree.otp && diff build/tree.otp.d - << 'END'
build/tree.otp.h build/tree.otp.c build/tree_main.c: \
  tree.otp \
  shop.otp
END
verdict "-MD" $?
cp shop.otp 'a shop$#.otp'
"$otpc" --depfile deps -MT 'x y' -o build 'a shop$#.otp' && diff deps - << 'END'
x y: \
  a\ shop$$\#.otp
END
verdict "--depfile and -MT" $?

# Outputs lie side by side, wherever their specs did.
mkdir d1 flat
echo 'module imp; record Amount { cents: int64; }' > d1/imp.otp
cat > user.otp << 'END'
module user;
import "d1/imp.otp";
record Bill { total: imp.Amount; }
END
"$otpc" -o flat d1/imp.otp user.otp &&
	(cd flat && compile gcc c11 imp.otp.c user.otp.c)
verdict "an import from a folder" $?
mkdir own
echo '/* mine: $module$, $$1 */' > own/main.c.tpl
"$otpc" --templates own --main -MD -o build tree.otp &&
	diff build/tree_main.c - << 'END' &&
/* mine: tree, $1 */
END
	grep -q '  own/main.c.tpl$' build/tree.otp.d
verdict "--templates" $?
exit $bad
