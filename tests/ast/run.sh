#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# otpc ast --json: X.otp must give X.otp.json (UPDATE=1 writes them), every
# spec of the tree valid JSON, a wrong one nothing.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
top=$(realpath ../..)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		bad=1
	fi
}

"${CC:-gcc}" -std=c11 -o "$work/valid" valid.c -ljansson
verdict "a reader of JSON" $?
for spec in *.otp; do
	"$otpc" ast --json "$spec" > "$work/json"
	verdict "$spec: exit status" $?
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$work/json" "$spec.json"
	fi
	diff -u "$spec.json" "$work/json"
	verdict "$spec" $?
	"$otpc" ast "$spec" | cmp - "$work/json"
	verdict "$spec: the same without --json" $?
done

cd "$top" || exit 1
right=0
while IFS= read -r spec; do
	if ! "$otpc" ast --json -w -I specs -I tests/golden "$spec" \
		> "$work/json" 2> /dev/null
	then
		if [ -s "$work/json" ]; then
			verdict "$spec: wrong, and something was printed" 1
		fi
		continue
	fi
	right=$((right + 1))
	if ! "$work/valid" < "$work/json"; then
		verdict "$spec: not valid JSON" 1
	fi
done < <(find examples specs tests -name '*.otp' -not -path '*/build/*')
[ "$right" -gt 20 ]
verdict "valid for $right specs of the tree" $?

# Names and texts with all that JSON minds, an atom of every ASCII character.
cd "$work" || exit 1
{
	printf '/// tab\there, "quotes", \\ and \xc2\x85\x7f\nmodule m;\n'
	for ((i = 0; i < 128; i++)); do
		printf 'const c%d = "\\u%04x";\n' "$i" "$i"
	done
} > texts.otp
"$otpc" ast texts.otp > texts.json && ./valid < texts.json
verdict "all characters" $?
[ "$(grep -c '"kind": "string"' texts.json)" -eq 128 ]
verdict "none is lost" $?
if [ -w /dev/full ]; then
	! "$otpc" ast texts.otp > /dev/full 2> err && grep -q 'No space' err
	verdict "no room for it" $?
else
	echo "skip no room for it # there is no /dev/full"
fi
exit $bad
