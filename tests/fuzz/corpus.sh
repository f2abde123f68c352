#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each fuzz target, once over its corpus.
set -u
top=$WORK
read -ra flags <<< "$CFLAGS"
for fuzz in tests/fuzz/*/fuzz.c; do
	dir=$(dirname "$fuzz")
	name=$(basename "$dir")
	export WORK=$top/$name
	mkdir -p "$WORK"
	more=()
	if [ -x "$dir/prepare.sh" ]; then
		read -ra more < <("$dir/prepare.sh")
	fi
	if ! "$CC" -std=gnu11 "${flags[@]}" -o "$WORK/once" tests/fuzz/once.c \
		"$fuzz" "${more[@]}" > "$WORK/log" 2>&1; then
		echo "FAIL $name: $(head -c 400 "$WORK/log")"
	elif ! "$WORK/once" "$dir"/corpus/* > "$WORK/log" 2>&1; then
		echo "FAIL $name: $(tail -c 400 "$WORK/log")"
	else
		echo "ok $name, $(ls "$dir/corpus" | wc -l) inputs"
	fi
done
