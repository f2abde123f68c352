#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each program of this folder in the deterministic mode, with SEEDS=10 seeds,
# JOBS of them at once. A test that fails is printed with the command that
# replays it. Of the first seed and every 16th one two runs must be the same.
#   seeds.sh [PROGRAM...]   only these, as named in this folder
# shellcheck disable=SC2317 # run_seed is called by xargs
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=$PWD/build/debug}" "${SEEDS:=10}" "${JOBS:=2}"
WORK=${WORK:-$BUILD/tests/work/semantics/seeds}
export BUILD WORK CMOCKA_MESSAGE_OUTPUT=TAP
# Of real time, on a machine that has other things to do.
export OTP_SIM_LIMIT=${OTP_SIM_LIMIT:-120}

# A program whose own threads come when they come says so.
export differ='^# two runs may differ: '

# Leaves NAME.SEED.out, and NAME.SEED.bad when something was wrong.
run_seed() {
	local name=$1 seed=$2 status=0
	local program=$BUILD/tests/semantics/$name out=$WORK/$1.$2
	local twice=$((seed % 16 == 1))

	if [ "$twice" = 1 ]; then
		export OTP_SIM_LOG=$out.log
	fi
	OTP_SIM=$seed timeout -k 5 300 "$program" > "$out.out" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		sed -nE 's/^not ok [0-9]+ - //p' "$out.out" > "$out.bad"
		[ -s "$out.bad" ] || echo "$name: exit status $status" \
			> "$out.bad"
	elif ! grep -q '^ok ' "$out.out"; then
		echo "$name: nothing passed" > "$out.bad"
	elif [ "$twice" = 1 ] && ! grep -q "$differ" "$out.out"; then
		OTP_SIM_LOG=$out.again OTP_SIM=$seed timeout -k 5 300 \
			"$program" > /dev/null 2>&1
		cmp -s "$out.log" "$out.again" ||
			echo "$name: two runs differ: $out.log $out.again" \
				> "$out.bad"
	fi
	if [ ! -e "$out.bad" ]; then
		[ "$seed" = 1 ] || rm -f "$out.out"
		rm -f "$out.log" "$out.again"
	fi
}
export -f run_seed

if [ $# -eq 0 ]; then
	for source in tests/semantics/*.c; do
		source=${source##*/}
		set -- "$@" "${source%.c}"
	done
fi
mkdir -p "$WORK"
rm -f "$WORK"/*.bad
for name; do
	for ((seed = 1; seed <= SEEDS; seed++)); do
		echo "$name $seed"
	done
done | xargs -P "$JOBS" -L 1 bash -c 'run_seed "$@"' run_seed

bad=0
for name; do
	awk '/^# skip: / { why = substr($0, 9) }
		sub(/^not ok [0-9]+ # SKIP /, "") {
			print "skip " $0 " under a seed # " why
			why = ""
		}' "$WORK/$name.1.out"
	sed -n "s/$differ/skip $name: two runs alike # /p" \
		"$WORK/$name.1.out" | sort -u
	ok=1
	for ((seed = 1; seed <= SEEDS; seed++)); do
		[ -e "$WORK/$name.$seed.bad" ] || continue
		ok=0
		while IFS= read -r what; do
			echo "FAIL $what: OTP_SIM=$seed" \
				"${BUILD#"$PWD/"}/tests/semantics/$name"
		done < "$WORK/$name.$seed.bad"
		sed 's/^/  | /' "$WORK/$name.$seed.out"
	done
	if [ $ok = 1 ]; then
		echo "ok $name: $SEEDS seeds"
	else
		bad=1
	fi
done
exit $bad
