#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What otpc says about what is wrong. NAME.otp is checked, or NAME.sh run in an
# empty folder; what comes on stderr is NAME.err. UPDATE=1 writes the .err.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

# One line a test; the status has to go with what was said.
run() {
	local name=$1 status=0 want=0
	if [ -e "$name.sh" ]; then
		mkdir "$scratch/$name"
		(cd "$scratch/$name" && OTPC="$otpc" HERE="$here" \
			LC_ALL=C bash "$here/$name.sh") 2> "$scratch/err" ||
			status=$?
	else
		"$otpc" check "$name.otp" 2> "$scratch/err" \
			> "$scratch/out" || status=$?
		if [ -s "$scratch/out" ]; then
			echo "FAIL $name: something on stdout"
			return 1
		fi
	fi
	grep -qE '(^|: )error: ' "$scratch/err" && want=1
	if [ "$status" -ne "$want" ]; then
		echo "FAIL $name: exit status $status, not $want"
		return 1
	fi
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$scratch/err" "$name.err"
	fi
	if ! diff -u "$name.err" "$scratch/err"; then
		echo "FAIL $name"
		return 1
	fi
	echo "ok $name"
}

for file in *.otp *.sh; do
	case $file in
	run.sh | coverage.sh | hostile.sh) continue ;;
	esac
	run "${file%.*}" || bad=1
done
exit $bad
