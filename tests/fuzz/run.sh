#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes each target for FUZZ_SECONDS: `make fuzz` calls it; README.md here.
#   run.sh TARGET/fuzz.c...
set -u
seconds=${FUZZ_SECONDS:-60}
bad=0
read -ra flags <<< "$CFLAGS"
for fuzz; do
	dir=$(dirname "$fuzz")
	name=$(basename "$dir")
	export WORK=$BUILD/fuzz/$name
	mkdir -p "$WORK/corpus"
	more=()
	if [ -x "$dir/prepare.sh" ]; then
		read -ra more < <("$dir/prepare.sh")
	fi
	"$CC" -std=gnu11 "${flags[@]}" -fsanitize=fuzzer -o "$WORK/fuzz" "$fuzz" \
		"${more[@]}" || exit 1
	echo "$name: $seconds seconds"
	if "$WORK/fuzz" -max_total_time="$seconds" -print_final_stats=1 \
		-rss_limit_mb=2048 -artifact_prefix="$WORK/" "$WORK/corpus" \
		"$dir/corpus" > "$WORK/log" 2>&1; then
		grep -E 'number_of_executed_units|new_units_added' "$WORK/log"
	else
		echo "FAIL $name: see $WORK/log; the input is beside it"
		tail -25 "$WORK/log"
		bad=1
	fi
done
exit $bad
