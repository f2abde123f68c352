#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lets spin search each model through, then its mutants, which must fail:
#   tests/model/run.sh [MODEL...]
# MODEL_BOUNDS=full takes the bounds of `make model`, else those of the suite.
# The head of a model says what it is run with:
#   quick: ARGUMENTS...     for spin, a line a run; full: the same
#   mutant N: what is wrong in it
#     bounds: ARGUMENTS...  unless those of the first quick run will do
#     fails with: words of what finds it
set -u
cd "$(dirname "$0")" || exit 1

bounds=${MODEL_BOUNDS:-quick}
work=${WORK:-$(mktemp -d)}
[ "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

fail() {
	echo "FAIL $1: $2"
}

# A line of a model's head, behind "WORD: ".
head_of() { # MODEL WORD
	sed -n "1d; /\*\//q; s/^ \* *$2: //p" "$1"
}

# States and depth, and how it ended, of one search.
search() { # MODEL FOLDER ARGUMENTS...
	local model=$PWD/$1 dir=$2
	shift 2
	mkdir -p "$dir"
	(
		cd "$dir" &&
			spin -a "$@" "$model" &&
			cc -w "${optimise:--O2}" -DSAFETY -DCOLLAPSE \
				-DMEMLIM=1000 -o pan pan.c &&
			timeout "${limit:-300}" ./pan -m200000 -n
	) > "$dir/out" 2>&1
}

states_of() { # FOLDER
	awk '/states, stored/ { s = $1 } /depth reached/ { d = $6 }
		/memory usage/ { m = $1 }
		END { sub(/,/, "", d); printf "%d states, depth %d, %d MB", s, d, m }
		' "$1/out"
}

model() { # FILE ARGUMENTS
	local file=$1 name=${1%.pml} out=$work/${1%.pml}
	# shellcheck disable=SC2086 # arguments are words
	search "$file" "$out" $2
	if ! grep -q 'errors: 0' "$out/out"; then
		fail "$name ($2)" "$(grep -m 1 -E '^pan|rror' "$out/out")"
		tail -n 40 "$out/out"
	elif grep -q 'Search not completed' "$out/out"; then
		fail "$name ($2)" "the search was not complete"
		tail -n 40 "$out/out"
	else
		echo "ok $name${2:+ ($2)}: $(states_of "$out");" \
			"$(grep -c 'assert(' "$file") assertions, no deadlock"
	fi
}

mutant() { # FILE NUMBER WHAT WORDS ARGUMENTS
	local file=$1 name="${1%.pml} mutant $2" out=$work/${1%.pml}.$2
	# shellcheck disable=SC2086 # arguments are words
	optimise=-O0 search "$file" "$out" -DMUTANT="$2" $5
	if ! grep -q '^pan:1:' "$out/out"; then
		fail "$name ($3)" "it does not fail"
		tail -n 40 "$out/out"
	elif ! grep '^pan:1:' "$out/out" | grep -q -F "$4"; then
		fail "$name ($3)" "not with $4: $(grep '^pan:1:' "$out/out")"
	else
		echo "ok $name fails as it must ($3):" \
			"$(sed -n 's/^pan:1: //p' "$out/out")"
	fi
}

one() { # FILE
	local line number what with args quick mutants=0
	quick=$(head_of "$1" quick | head -n 1)
	while read -r args; do
		model "$1" "$args"
	done < <(head_of "$1" "$bounds")
	while read -r line; do
		case "$line" in
		'* mutant '*)
			number=${line#'* mutant '}
			what=${number#*: }
			number=${number%%:*}
			args=$quick
			;;
		*'bounds: '*) args=${line#*bounds: } ;;
		*'fails with: '*)
			with=${line#*with: }
			mutant "$1" "$number" "$what" "$with" "$args"
			mutants=$((mutants + 1))
			;;
		esac
	done < <(sed '1d; /\*\//q' "$1")
	if [ -z "$quick" ] || [ "$mutants" -eq 0 ]; then
		fail "${1%.pml}" "its head has no bounds or no mutant"
	fi
}

if ! command -v spin > /dev/null; then
	echo "skip models # spin is not installed"
	exit
fi
# As many at a time as there are processors; each says what it has to say when
# it is through.
for file in *.pml; do
	if [ $# -eq 0 ] || [[ " $* " == *" ${file%.pml} "* ]]; then
		while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
			wait -n
		done
		(
			one "$file" > "$work/${file%.pml}.log"
			cat "$work/${file%.pml}.log"
		) &
	fi
done
wait
! grep -q '^FAIL' "$work"/*.log
