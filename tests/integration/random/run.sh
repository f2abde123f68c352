#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random specs with everything that the grammar has: otpc takes them without a
# word, its commands do with them what they should, the C compiles without a
# warning with gcc, clang and g++, and programs that --skeleton and --main write
# start and stop. SEEDS="$(seq 500)" takes others, CHECKS='writes formats' does
# only these of the functions below, CLOSE are seeds of specs with names that
# may meet.
set -u
here=$(cd "$(dirname "$0")" && pwd)
case $MODE in
*san) : "${SEEDS=1 2 3}" ;; # what is checked is the same, and takes longer
*) : "${SEEDS=1 2 3 4 5 6}" ;;
esac
: "${CLOSE=$(seq 30)}"
: "${CHECKS:=compiles compiles_with_clang is_cplusplus is_formatted formats
	is_json documents draws stays_the_same lints runs}"
cd "$WORK" || exit 1
otpc=$OTPC
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-function-type
	-Werror'

# shellcheck disable=SC2086
build() { # NAME FILE... [LIBRARY]
	local name=$1
	shift
	(cd "$here" && $CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS \
		-o "$WORK/$name" "$@")
}

build generate generate.c text.c names.c types.c values.c declarations.c \
	servers.c trees.c && build close close.c text.c &&
	build json json.c -ljansson
if [ $? -ne 0 ]; then
	echo "FAIL the generators do not build"
	exit 1
fi

# Whatever it says is told.
silent() { # COMMAND...
	"$@" > said 2>&1 && [ ! -s said ] && return
	echo "$*"
	head -n 12 said
	return 1
}

# One of the files has an application in it.
main_of() {
	sed -n 's/^\*\(.*\)\.otp$/\1/p' list | tail -n 1
}

writes() {
	silent "$otpc" -Werror --skeleton -o out "${specs[@]}" &&
		silent "$otpc" -Werror -o again "${specs[@]}" || return
	for file in again/*; do
		cmp "$file" "out/${file#again/}" || return
	done
	app=$(main_of)
	[ -z "$app" ] || silent "$otpc" -Werror --main -o out "spec/$app.otp"
}

compiles() {
	local file
	for file in out/*.c; do
		# shellcheck disable=SC2086
		silent $CC -std=c11 $warnings $CFLAGS $OTP_CFLAGS -Iout -c \
			-o "${file%.c}.o" "$file" || return
	done
}

compiles_with_clang() {
	local file
	for file in out/*.c; do
		# shellcheck disable=SC2086
		silent clang -std=c11 $warnings $OTP_CFLAGS -Iout \
			-fsyntax-only "$file" || return
	done
}

is_cplusplus() {
	(cd out && printf '#include "%s"\n' ./*.otp.h) > headers.cpp
	# shellcheck disable=SC2086
	silent g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror $OTP_CFLAGS \
		-Iout -fsyntax-only headers.cpp
}

is_formatted() {
	cp "$here/../../../.clang-format" out
	silent clang-format --dry-run -Werror out/*.[ch]
}

# Other layout, the same meaning.
formats() {
	rm -rf neat
	cp -r spec neat
	local neat=("${specs[@]/#spec/neat}")
	silent "$otpc" fmt "${neat[@]}" &&
		silent "$otpc" fmt --check "${neat[@]}" &&
		silent "$otpc" -Werror -o neat_out "${neat[@]}" || return
	for file in neat_out/*; do
		cmp "$file" "out/${file#neat_out/}" || return
	done
}

is_json() {
	"$otpc" ast --json "${specs[@]}" > ast 2> said && ./json < ast
}

documents() {
	local file
	silent "$otpc" doc -o html "${specs[@]}" &&
		silent "$otpc" doc --format markdown -o md "${specs[@]}" ||
		return
	for file in "${specs[@]}"; do
		file=$(basename "$file" .otp)
		# index.html is the page of all
		[ "$file" != index ] || file=index-module
		[ -s "html/$file.html" ] && [ -s "md/$file.md" ] || return
		if command -v xmllint > said; then
			sed '/^<!DOCTYPE/d' "html/$file.html" > page.xml
			silent xmllint --noout page.xml || return
		fi
	done
}

draws() {
	"$otpc" graph "${specs[@]}" > graph.dot 2> said || return
	command -v dot > said || return 0
	dot -Tcanon graph.dot > drawn 2> said && [ ! -s said ]
}

stays_the_same() {
	local file
	for file in "${specs[@]}"; do
		"$otpc" breaking --against "$file" "$file" > said 2>&1 &&
			[ "$(cat said)" = 'no change on the wire' ] || return
	done
}

# It may warn of names and messages, and of nothing else.
lints() {
	"$otpc" lint -Wmissing-doc "${specs[@]}" > said 2>&1 || return
	if grep ': warning:' said | grep -vE \
		'\[-W(name-style|unhandled-message|missing-doc)\]$'; then
		return 1
	fi
}

# Ended by SIGTERM once it takes that signal itself.
runs() {
	local blocked status program
	[ -n "$app" ] || return 0
	# shellcheck disable=SC2086
	silent $CC $CFLAGS -o program out/*.o $OTP_LIBS || return
	./program 2> log &
	program=$!
	for _ in $(seq 200); do
		blocked=$(awk '/^SigBlk:/ { print $2 }' \
			"/proc/$program/status" 2> said)
		# Before it is the program it is the shell, which may block it, too.
		[ $((0x${blocked:-0} & 0x4000)) -ne 0 ] &&
			[ "/proc/$program/exe" -ef program ] && break
		sleep 0.05
	done
	kill -TERM "$program" 2> said
	wait "$program"
	status=$?
	[ "$status" -eq 0 ] && return
	echo "status $status"
	head -n 12 log
	return 1
}

one() { # SEED
	local what
	rm -rf spec out again html md neat_out
	mkdir out again html md neat_out
	./generate "$1" spec > list || return
	mapfile -t specs < <(sed 's/^\*\{0,1\}/spec\//' list)
	if ! writes; then
		echo "FAIL seed $1: writes"
		return
	fi
	for what in $CHECKS; do
		$what || echo "FAIL seed $1: $what"
	done
}

# Names that may meet in C: either otpc says so or nothing meets.
comes_close() { # SEED
	local file
	rm -rf near
	mkdir near
	./close "$1" > near/m.otp
	if ! "$otpc" -w --skeleton -o near near/m.otp 2> said; then
		grep -q ': error:' said && ! grep -q 'runtime error' said
		return
	fi
	taken=$((taken + 1))
	for file in near/*.c; do
		# shellcheck disable=SC2086
		silent $CC -std=c11 $warnings $OTP_CFLAGS -Inear \
			-fsyntax-only "$file" || return
	done
}

taken=0
for seed in $CLOSE; do
	comes_close "$seed" || echo "FAIL close $seed"
done
if [ "$taken" -gt 0 ] || [ -z "$CLOSE" ]; then
	echo "ok close: $taken compiled"
else
	echo "FAIL close: otpc took none of them"
fi

for seed in $SEEDS; do
	one "$seed" > verdict 2>&1
	if [ -s verdict ]; then
		cat verdict
	else
		echo "ok seed $seed"
	fi
done
