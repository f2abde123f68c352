#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `otpc lsp` says to a client. NAME.lsp is a script, see README.md above;
# what comes back is NAME.out. UPDATE=1 writes the .out. Paths of specs to
# torture it with are filled in.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
top=$PWD
cd "$(dirname "$0")" || exit 1
work=${WORK:-$(mktemp -d)}
[ "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
work=$(realpath "$work")
bad=0
# What was freed is kept back by asan: then memory looks as if it grew.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=2

# shellcheck disable=SC2086
if ! "${CC:-cc}" -std=gnu11 -D_GNU_SOURCE= -Wall -Wextra -Wpedantic \
	-Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror \
	${CFLAGS:-} -o "$work/client" ./*.c -ljansson; then
	echo "FAIL client: it does not compile"
	exit 1
fi

# A script's line `< FILE` stands for a spec of the project.
expand() {
	local line
	while IFS= read -r line; do
		if [[ $line == '< '* ]]; then
			sed 's/^/\t/' "$top/${line#< }"
		else
			printf '%s\n' "$line"
		fi
	done < "$1"
}

run() {
	local name=$1
	mkdir "$work/$name"
	expand "$name.lsp" > "$work/$name.script"
	if ! timeout 280 "$work/client" "$otpc" "$work/$name" \
		< "$work/$name.script" > "$work/$name.out"; then
		tail -n 5 "$work/$name.out"
		cat "$work/$name.stderr"
		echo "FAIL $name: the client ended with an error"
		return 1
	fi
	sed -i -E 's/^(\t+version: )[0-9]+\.[0-9.]+$/\1VERSION/' "$work/$name.out"
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$work/$name.out" "$name.out"
	fi
	if ! diff -u "$name.out" "$work/$name.out"; then
		echo "FAIL $name"
		return 1
	fi
	echo "ok $name"
}

# The C that hovers speak of is in what otpc writes, or in libotp's headers.
exists() {
	local word missing=()
	mkdir "$work/c"
	"$otpc" -o "$work/c" cnames.otp || return 1
	while IFS= read -r word; do
		grep -qrwF "$word" "$work/c" "$top/runtime/include" ||
			missing+=("$word")
	done < <(sed -n '/^cnames /,/^request /s/^\t//p' cnames.out |
		grep -oE '[A-Za-z_][A-Za-z0-9_]+' | sort -u)
	if [ ${#missing[@]} -gt 0 ]; then
		echo "FAIL cnames_exist: ${missing[*]}"
		return 1
	fi
	echo "ok cnames_exist"
}

for file in *.lsp; do
	run "${file%.lsp}" || bad=1
done
exists || bad=1
# Neovim with SCRIPT; otpc is in its PATH.
with_nvim() { # NAME SCRIPT ARGUMENT...
	local name=$1 script=$2
	shift 2
	mkdir "$work/$name" "$work/$name/bin"
	ln -s "$otpc" "$work/$name/bin/otpc"
	OTPC=$otpc WORK=$work/$name HOME=$work/$name \
		PATH=$work/$name/bin:$PATH timeout 120 nvim --headless \
		--clean "$@" -c "luafile $script" 2> "$work/$name.stderr" &&
		return
	cat "$work/$name.stderr"
	echo "FAIL $name: neovim ends with an error"
	return 1
}

if command -v nvim > /dev/null; then
	with_nvim nvim nvim.lua || bad=1
	with_nvim nvim_init nvim_init.lua -u init.lua || bad=1
else
	echo "skip nvim # neovim is not installed"
fi
exit $bad
