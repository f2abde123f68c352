#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What otpc breaking says of a change: NAME.old.otp became NAME.new.otp, and
# NAME.out is what comes on stderr and stdout. UPDATE=1 writes it.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		bad=1
	fi
}
compare() { # NAME
	"$otpc" breaking --against "$1.old.otp" "$1.new.otp" \
		> "$scratch/stdout" 2> "$scratch/out"
	echo "status $?" >> "$scratch/stdout"
	cat "$scratch/stdout" >> "$scratch/out"
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$scratch/out" "$1.out"
	fi
	diff -u "$1.out" "$scratch/out"
}

for file in *.old.otp; do
	name=${file%.old.otp}
	compare "$name"
	verdict "$name" $?
done

# Each type says in its name what becomes of its change; what is misread
# breaks. What is gone has a place in the old file, all else in the new one.
said() { # TYPE: same, ok, first or breaks, the worst of what was said of it
	local file number worst=same
	for file in types.new.otp types.old.otp; do
		number=$(grep -nE "^(enum|record|union) $1 " $file)
		number=${number%%:*}
		case $(grep "^$file:$number:" types.out) in
		*' error: breaks: '*) worst=breaks ;;
		*' receivers first: '*)
			[ $worst = breaks ] || worst=first
			;;
		*' note: ok: '*) [ $worst = same ] && worst=ok ;;
		esac
	done
	echo $worst
}
while read -r _ type _; do
	want=$(echo "$type" | sed 's/\(.\)\([a-z]*\).*/\1\2/' | tr A-Z a-z)
	[ "$(said "$type")" = "${want/misread/breaks}" ]
	verdict "types: $type" $?
done < <(grep -E '^(enum|record|union) ' types.old.otp)

# Records that hold the next one twice, and 30,000 of them within each other.
nested() { # NAME
	echo 'module m;'
	for ((i = 0; i < 30000; i++)); do
		echo "record $1$i { a: $1$((i + 1))?; b: list<$1$((i + 1))>; }"
	done
	echo "record $1$i { x: int8; }"
	echo "message m(x: ${1}0);"
}
nested A > "$scratch/old.otp"
nested B > "$scratch/new.otp"
timeout 100 "$otpc" breaking --against "$scratch/old.otp" "$scratch/new.otp" \
	> "$scratch/out" 2>&1 &&
	grep -q '^60003 ok, 0 receivers first, 0 break$' "$scratch/out"
verdict "records that double" $?

# The exit status, and what is needed.
cp types.old.otp "$scratch/one.otp"
"$otpc" breaking --against "$scratch/one.otp" "$scratch/one.otp" \
	> "$scratch/out" 2>&1 && [ "$(cat "$scratch/out")" = \
	'no change on the wire' ]
verdict "no change" $?
echo 'module m; enum E { a, b }' > "$scratch/more.otp"
echo 'module m; enum E { a }' > "$scratch/less.otp"
"$otpc" breaking --against "$scratch/less.otp" "$scratch/more.otp" \
	> /dev/null 2>&1
verdict "receivers first is no error" $?
! "$otpc" breaking -Werror --against "$scratch/less.otp" "$scratch/more.otp" \
	> /dev/null 2>&1
verdict "but with -Werror" $?
! "$otpc" breaking --against "$scratch/more.otp" "$scratch/less.otp" \
	> /dev/null 2>&1
verdict "what breaks is one" $?
echo 'module m; import "less2.otp"; enum E { a }' > "$scratch/old.otp"
echo 'module n; enum E { a }' > "$scratch/less2.otp"
"$otpc" breaking -Werror --against "$scratch/old.otp" "$scratch/less.otp" \
	> /dev/null 2>&1
verdict "-Werror is not for the old version" $?
"$otpc" breaking "$scratch/more.otp" 2> "$scratch/out"
[ $? -eq 2 ] && grep -q -e '--against OLD' "$scratch/out"
verdict "without --against" $?
"$otpc" breaking --against "$scratch/none.otp" "$scratch/more.otp" \
	2> "$scratch/out" > "$scratch/stdout"
[ $? -eq 1 ] && grep -q 'cannot read' "$scratch/out" &&
	[ ! -s "$scratch/stdout" ]
verdict "an old version that is not there" $?
echo 'module m; enum E { a' > "$scratch/wrong.otp"
"$otpc" breaking --against "$scratch/wrong.otp" "$scratch/more.otp" \
	2> "$scratch/out" > "$scratch/stdout"
[ $? -eq 1 ] && grep -q 'wrong.otp:1:' "$scratch/out"
verdict "an old version that is wrong" $?
exit $bad
