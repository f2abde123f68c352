#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lets spin search each model through, then its mutants, which must fail:
#   tests/model/run.sh [PART-OF-NAME...]
# MODEL_BOUNDS=full takes the bounds of `make model`, else those of the suite.
# The head of a model says what it is run with:
#   quick: ARGUMENTS...     for spin; full: the same
#   mutant N: what is wrong in it
#     fails with: words of the assertion that finds it
set -u
cd "$(dirname "$0")" || exit 1

bounds=${MODEL_BOUNDS:-quick}
work=${WORK:-$(mktemp -d)}
[ "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
failed=0

fail() {
	echo "FAIL $1: $2"
	failed=1
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
			gcc -w "${optimise:--O2}" -DSAFETY -DMEMLIM=1000 \
				-DVECTORSZ=4096 -o pan pan.c &&
			timeout "${limit:-300}" ./pan -m200000 -n
	) > "$dir/out" 2>&1
}

states_of() { # FOLDER
	awk '/states, stored/ { s = $1 } /depth reached/ { d = $6 }
		/memory usage/ { m = $1 }
		END { sub(/,/, "", d); printf "%d states, depth %d, %d MB", s, d, m }
		' "$1/out"
}

model() { # FILE
	local file=$1 name=${1%.pml} args asserts out=$work/${1%.pml}
	args=$(head_of "$file" "$bounds")
	asserts=$(grep -c 'assert(' "$file")
	# shellcheck disable=SC2086 # arguments are words
	search "$file" "$out" $args
	if ! grep -q 'errors: 0' "$out/out"; then
		fail "$name" "$(grep -m 1 -E '^pan|rror' "$out/out")"
		tail -n 40 "$out/out"
	elif grep -q -E 'max search depth too small|out of memory' \
		"$out/out"; then
		fail "$name" "the search was not complete"
		tail -n 40 "$out/out"
	else
		echo "ok $name: $(states_of "$out"); $asserts assertions," \
			"no deadlock ($args)"
	fi
}

mutant() { # FILE NUMBER WHAT WORDS
	local file=$1 name="${1%.pml} mutant $2" out=$work/${1%.pml}.$2
	# shellcheck disable=SC2046 # arguments are words
	optimise=-O0 search "$file" "$out" -DMUTANT="$2" \
		$(head_of "$file" quick)
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
	local line number what
	model "$1"
	while read -r line; do
		case "$line" in
		'* mutant '*)
			number=${line#'* mutant '}
			what=${number#*: }
			number=${number%%:*}
			;;
		*'fails with: '*)
			mutant "$1" "$number" "$what" "${line#*with: }"
			;;
		esac
	done < <(sed '1d; /\*\//q' "$1")
}

if ! command -v spin > /dev/null; then
	echo "skip models # spin is not installed"
	exit
fi
for file in *.pml; do
	if [ $# -eq 0 ] || [[ " $* " == *" ${file%.pml} "* ]]; then
		one "$file"
	fi
done
exit "$failed"
