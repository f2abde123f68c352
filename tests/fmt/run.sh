#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# otpc fmt. X.otp must become X.otp.fmt (UPDATE=1 writes them) and stay so; of
# every spec of the tree the words and what is compiled from it must not change;
# and files must survive whatever happens.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
top=$(realpath ../..)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
bad=0

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		bad=1
	fi
}
# status WANTED COMMAND...: stdout goes to out, stderr to err.
status() {
	local wanted=$1 status=0
	shift
	"$@" > out 2> err || status=$?
	[ "$status" -eq "$wanted" ] && return
	echo "exit status $status, not $wanted: $*"
	cat err
	return 1
}

# --- how it looks

cd "$work" || exit 1
for spec in "$here"/*.otp; do
	name=$(basename "$spec")
	status 0 "$otpc" fmt - < "$spec"
	if [ "${UPDATE:-}" = 1 ]; then
		cp out "$here/$name.fmt"
	fi
	diff -u "$here/$name.fmt" out && [ ! -s err ]
	verdict "$name" $?
	status 0 "$otpc" fmt - < "$here/$name.fmt" &&
		cmp "$here/$name.fmt" out
	verdict "$name: once is enough" $?
done
status 0 "$otpc" fmt --diff "$here/ugly.otp"
sed -i "s|$here/||" out
if [ "${UPDATE:-}" = 1 ]; then
	cp out "$here/ugly.diff"
fi
diff -u "$here/ugly.diff" out
verdict "--diff" $?

# --- every spec of the tree

mkdir before after c
(cd "$top" && find examples specs tests -name '*.otp' \
	-not -path '*/build/*') > specs
(cd "$top" && cp --parents $(cat "$work/specs") "$work/before" &&
	cp --parents $(cat "$work/specs") "$work/after")

# Words and comments, one a line, without the white space between.
words() {
	sed '1s/^\xef\xbb\xbf//; s/\r$//' "$1" | grep -oaE "$word" |
		sed 's/[[:space:]]*$//'
}
word="//.*|\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)*'|[A-Za-z0-9_]+|[^[:space:]]"
changed=0 whole=0 same=0
while IFS= read -r spec; do
	if ! "$otpc" fmt "after/$spec" 2> /dev/null; then
		if ! cmp "before/$spec" "after/$spec"; then
			verdict "$spec: wrong, and was touched" 1
		fi
		continue
	fi
	whole=$((whole + 1))
	cmp -s "before/$spec" "after/$spec" || changed=$((changed + 1))
	if ! status 0 "$otpc" fmt --check "after/$spec"; then
		verdict "$spec: is not stable" 1
	fi
	if ! LC_ALL=C diff <(words "before/$spec") <(words "after/$spec"); then
		verdict "$spec: other words" 1
	fi
done < specs
[ "$whole" -gt 50 ] && [ "$changed" -gt 5 ]
verdict "specs of the tree: $whole formatted" $?

compile() { # FOLDER SPEC
	(cd "$1" && "$otpc" -w -I specs -I tests/golden -o "$work/c/$1" "$2" \
		2> "$work/c/$1.err") || return
}
while IFS= read -r spec; do
	rm -rf c
	mkdir -p c/before c/after
	compile before "$spec" || continue
	same=$((same + 1))
	if ! compile after "$spec" || ! diff -r c/before c/after; then
		cat c/after.err
		verdict "$spec: compiles to something else" 1
	fi
done < specs
[ "$same" -gt 20 ]
verdict "specs of the tree: the C of $same is the same" $?

# --- the command

cat > ugly.otp << 'END'
module   ugly;
END
echo 'module ugly;' > fine.otp
cp ugly.otp kept.otp
status 1 "$otpc" fmt --check fine.otp ugly.otp && diff - out <<< ugly.otp &&
	cmp ugly.otp kept.otp
verdict "--check" $?
status 0 "$otpc" fmt --check fine.otp && [ ! -s out ]
verdict "--check of what is fine" $?
status 1 "$otpc" fmt --check --diff fine.otp ugly.otp &&
	grep -q '^-module   ugly;$' out && grep -q '^+module ugly;$' out &&
	[ "$(grep -c . out)" -eq 5 ] && cmp ugly.otp kept.otp
verdict "--check --diff" $?
status 0 "$otpc" fmt --diff fine.otp && [ ! -s out ]
verdict "--diff of what is fine" $?
printf 'module ugly;' > no_end.otp
status 0 "$otpc" fmt --diff no_end.otp && diff - out << 'END'
--- no_end.otp
+++ no_end.otp (formatted)
@@ -1 +1 @@
-module ugly;
\ No newline at end of file
+module ugly;
END
verdict "--diff without a last newline" $?
status 1 "$otpc" fmt --check - < ugly.otp && diff - out <<< '<stdin>'
verdict "--check of standard input" $?

echo 'module wrong; record { }' > wrong.otp
cp wrong.otp kept_wrong.otp
cp ugly.otp last.otp
status 1 "$otpc" fmt wrong.otp last.otp && cmp wrong.otp kept_wrong.otp &&
	diff - last.otp <<< 'module ugly;' && diff - err << 'END'
wrong.otp:1:22: error: expected a name, found `{`
module wrong; record { }
                     ^
wrong.otp:1:22: note: it is written `record NAME { FIELD : TYPE; FIELD : TYPE; }`
END
verdict "a wrong file is left alone, others are not" $?
status 1 "$otpc" fmt - < wrong.otp && [ ! -s out ] &&
	grep -q '^<stdin>:1:22: error' err
verdict "wrong standard input" $?
status 1 "$otpc" fmt nowhere.otp &&
	grep -q 'error: cannot read `nowhere.otp`: No such file' err
verdict "no such file" $?
status 2 "$otpc" fmt && status 2 "$otpc" fmt --skeleton fine.otp
verdict "misuse" $?
printf 'module m;\nrecord A { a: int32; }\n/// nothing follows\n' > lost.otp
status 0 "$otpc" fmt -Werror lost.otp && [ ! -s err ]
verdict "warnings are not its business" $?

# --- files

cp ugly.otp mode.otp
chmod 640 mode.otp
status 0 "$otpc" fmt mode.otp && [ "$(stat -c %a mode.otp)" = 640 ]
verdict "permissions stay" $?
touch -d '2001-01-01' mode.otp
before=$(stat -c '%i %Y' mode.otp)
status 0 "$otpc" fmt mode.otp && [ "$(stat -c '%i %Y' mode.otp)" = "$before" ]
verdict "what is fine is not written" $?
mkdir far
cp ugly.otp far/real.otp
ln -s far/real.otp link.otp
status 0 "$otpc" fmt link.otp && [ -L link.otp ] &&
	diff - far/real.otp <<< 'module ugly;'
verdict "a link is followed" $?
status 1 "$otpc" fmt far && grep -q 'error: cannot read `far`' err
verdict "a folder" $?
mkfifo pipe.otp
timeout 10 bash -c 'cat ugly.otp > pipe.otp' &
status 1 timeout 10 "$otpc" fmt pipe.otp && [ -p pipe.otp ] &&
	grep -q 'error: cannot write `pipe.otp`: not a regular file' err
verdict "what is no regular file is not replaced" $?
wait

# Nobody is held up by permissions who may do all.
if [ "$(id -u)" -ne 0 ]; then
	unprivileged=()
elif command -v setpriv > /dev/null; then
	unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chmod 755 . && cp "$otpc" other_otpc
fi
if [ "$(id -u)" -eq 0 ] &&
	! "${unprivileged[@]}" ./other_otpc fmt --check fine.otp 2> /dev/null
then
	echo "skip a read-only file # cannot become somebody else here"
else
	tool=$otpc
	if [ -e other_otpc ]; then
		tool=./other_otpc
	fi
	mkdir -m 777 open
	cp ugly.otp open/protected.otp
	chmod 444 open/protected.otp
	status 1 "${unprivileged[@]}" "$tool" fmt open/protected.otp &&
		cmp ugly.otp open/protected.otp && diff - err << 'END'
otpc: error: cannot write `open/protected.otp`: Permission denied
END
	verdict "a read-only file" $?
	mkdir -m 555 closed
	chmod 755 closed && cp ugly.otp closed/inside.otp
	chmod 666 closed/inside.otp && chmod 555 closed
	status 1 "${unprivileged[@]}" "$tool" fmt closed/inside.otp &&
		cmp ugly.otp closed/inside.otp
	verdict "a read-only folder" $?
fi

# A full disk, as far as a process can have one of its own.
{
	echo 'module   large;'
	for ((i = 0; i < 2000; i++)); do
		echo "record  R$i { a: int32; }"
	done
} > large.otp
cp large.otp kept_large.otp
(
	trap '' XFSZ
	ulimit -f 8
	status 1 "$otpc" fmt large.otp
) && cmp large.otp kept_large.otp && ! ls ./*.tmp 2> /dev/null &&
	grep -q 'error: cannot write `large.otp`: File too large' err
verdict "no room for the new file" $?
if [ -w /dev/full ]; then
	! "$otpc" fmt - < ugly.otp > /dev/full 2> err &&
		grep -q 'No space' err
	verdict "no room for standard output" $?
else
	echo "skip no room for standard output # there is no /dev/full"
fi

# Time goes with size: also in one line, one block, one statement.
quick() { # NAME
	local status=0
	timeout 60 "$otpc" fmt - < "$1" > out || status=1
	timeout 60 "$otpc" fmt --check - < out || status=1
	verdict "a large file: $1" $status
}
{
	printf 'module m; gen_server S { init('
	for ((i = 0; i < 30000; i++)); do printf 'a%d: int32, ' "$i"; done
	printf 'z: int32);'
	for ((i = 0; i < 30000; i++)); do printf ' call c%d();' "$i"; done
	printf '}'
} > line
{
	echo 'module m; record R {'
	for ((i = 0; i < 30000; i++)); do echo "a$i:int32;// $i"; done
	echo '}'
} > block
{
	echo 'module m; enum E {'
	for ((i = 0; i < 30000; i++)); do echo "a$i // $i"$'\n // more\n,'; done
	echo '}'
} > members
quick line
quick block
quick members
(yes '// comment' | head -c $((64 * 1024 * 1024 + 1))) > huge.otp
status 1 "$otpc" fmt huge.otp && grep -q 'larger than 64 MiB' err &&
	status 1 "$otpc" fmt - < huge.otp && grep -q 'larger than 64 MiB' err
verdict "a file that is too large" $?
exit $bad
