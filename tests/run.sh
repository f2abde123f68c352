#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs test programs and scripts and counts single tests; see README.md here.
#   run.sh PROGRAM-OR-SCRIPT...   from the top of the tree; `make check` calls it
#   run.sh --sum SUMMARY...       adds up what several runs found
set -u

MODE=${MODE:-debug}
BUILD=${BUILD:-$PWD/build/$MODE}
TEST_TIMEOUT=${TEST_TIMEOUT:-300}
passed=0 failed=0 skipped=0

closing_line() {
	if [ "$skipped" -gt 0 ]; then
		echo "skipped, each with its reason above: $skipped"
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

add_counts() {
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

if [ "${1:-}" = --sum ]; then
	shift
	for summary; do
		if [ -r "$summary" ]; then
			read -r p f s < "$summary"
			add_counts "$p" "$f" "$s"
		else
			echo "FAIL $summary was not written: the build failed"
			add_counts 0 1 0
		fi
	done
	closing_line
	exit
fi

# ThreadSanitizer's memory map does not fit every kernel's randomisation.
tsan_prefix=()
if [[ $MODE = *tsan ]] && setarch -R true 2> /dev/null; then
	tsan_prefix=(setarch -R)
fi

# What hard mode does by chance begins with it.
seed=
if [[ $MODE = hard* ]]; then
	export OTP_HARD_SEED=${OTP_HARD_SEED:-$RANDOM}
	seed=" with OTP_HARD_SEED=$OTP_HARD_SEED"
fi

export OTPC LIBOTP OTP_CFLAGS OTP_LIBS CC CFLAGS MODE BUILD
export CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
top=$PWD
logs=$BUILD/tests/logs
rm -rf "$logs" "$BUILD/tests/work" "$BUILD/tests/summary"
mkdir -p "$logs"

# Counts the lines of TAP (programs) or of ours (scripts); prints the counts,
# then a line for each failure and skip.
count='
function skip(name, reason) {
	if (reason == "") {
		notes = notes "FAIL " name ": skipped without a reason\n"
		failed++
	} else {
		notes = notes "skip " name " # " reason "\n"
		skipped++
	}
}
/^# skip: / { why = substr($0, 9) }
tap && /^1\.\.[0-9]+$/ { planned += substr($0, 4) }
tap && /^ok [0-9]+ - / { passed++ }
tap && /^not ok [0-9]+ # SKIP / {
	sub(/^not ok [0-9]+ # SKIP /, ""); skip($0, why); why = ""; next
}
tap && /^not ok [0-9]+ - / {
	sub(/^not ok [0-9]+ - /, ""); notes = notes "FAIL " $0 "\n"; failed++
}
!tap && /^ok ./ { passed++ }
!tap && /^FAIL ./ { notes = notes $0 "\n"; failed++ }
!tap && /^skip ./ {
	sub(/^skip /, ""); at = index($0, " # ")
	skip(at ? substr($0, 1, at - 1) : $0, at ? substr($0, at + 3) : "")
}
END {
	counted = passed + failed + skipped
	if (tap && counted != planned && !failed) {
		notes = notes "FAIL planned " planned + 0 " tests, saw " \
			counted "\n"
		failed++
	}
	if (status == 124 || status == 137) {
		notes = notes "FAIL still running after " limit " seconds\n"
		failed++
	} else if (status > 128 && status != failed) {
		notes = notes "FAIL died of signal " status - 128 "\n"
		failed++
	} else if (status && !failed) {
		notes = notes "FAIL exit status " status \
			" although no test failed\n"
		failed++
	} else if (!counted) {
		notes = notes "FAIL no test ran\n"
		failed++
	}
	printf "%d %d %d\n%s", passed, failed, skipped, notes
}'

run_one() {
	local path=$1 name tap=0 log status started result p f s
	name=${path#"$top"/}
	name=${name#"${BUILD#"$top"/}"/}
	name=${name#tests/}
	name=${name%/run.sh}
	case "$path" in
	*.sh) ;;
	*) tap=1 ;;
	esac
	case "$path" in
	/*) ;;
	*) path=$PWD/$path ;;
	esac
	log=$logs/${name//\//.}.log
	export WORK=$BUILD/tests/work/$name
	mkdir -p "$WORK"
	started=$(date +%s%N)
	timeout --kill-after=10 "$TEST_TIMEOUT" "${tsan_prefix[@]}" "$path" \
		> "$log" 2>&1 < /dev/null
	status=$?
	result=$(awk -v tap=$tap -v status=$status -v limit="$TEST_TIMEOUT" \
		"$count" "$log")
	read -r p f s <<< "$result"
	add_counts "$p" "$f" "$s"
	printf '%-44s %4d passed' "$name" "$p"
	[ "$f" -gt 0 ] && printf ', %d failed' "$f"
	[ "$s" -gt 0 ] && printf ', %d skipped' "$s"
	awk -v ns=$(($(date +%s%N) - started)) \
		'BEGIN { printf "  (%.1f s)\n", ns / 1e9 }'
	sed -n '2,$s/^/  /p' <<< "$result"
	if [ "$f" -gt 0 ]; then
		echo "  --- output of $name$seed"
		sed 's/^/  | /' "$log"
	else
		rm -rf "$WORK"
	fi
}

for path; do
	run_one "$path"
done
echo "$passed $failed $skipped" > "$BUILD/tests/summary"
closing_line
