#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `otpc graph` draws: the specs here give the .dot beside them (UPDATE=1
# writes these), which Graphviz takes; the errors of Graphviz are in
# tests/diag/no_graphviz.sh.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
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

expected() { # NAME OPTION...: of shop.otp
	local name=$1
	shift
	"$otpc" graph "$@" "$here/shop.otp" > "$name.dot" || return
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$name.dot" "$here"
	fi
	diff -u "$here/$name.dot" "$name.dot" && drawn "$name.dot"
}

# Graphviz takes it, and draws what it says.
drawn() { # FILE
	dot -Tcanon "$1" > canon 2> err
	[ $? -eq 0 ] && [ ! -s err ]
}

cd "$work" || exit 1
expected all
verdict 'supervisors and calls' $?
expected tree --tree
verdict '--tree' $?
expected calls --calls
verdict '--calls' $?
"$otpc" graph --tree --calls "$here/shop.otp" | cmp - all.dot
verdict 'both options are as none' $?
"$otpc" graph "$here/base.otp" "$here/shop.otp" > two.dot &&
	"$otpc" graph "$here/shop.otp" "$here/base.otp" | cmp - two.dot
verdict 'the order of files does not matter' $?
"$otpc" graph -o out.dot "$here/shop.otp" > out && [ ! -s out ] &&
	cmp out.dot all.dot
verdict 'into a file' $?

echo 'module none; gen_server Alone { }' > none.otp
"$otpc" graph --calls none.otp > none.dot && drawn none.dot
verdict 'nobody calls anybody' $?

"$otpc" graph --format svg "$here/shop.otp" > shop.svg &&
	"$otpc" graph --format svg -o again.svg "$here/shop.otp" &&
	cmp shop.svg again.svg
verdict 'SVG' $?
for word in Till Audit Log Disk permanent 'registered as the &lt;audit'; do
	grep -q -e "$word" shop.svg
	verdict "SVG shows $word" $?
done
if command -v xmllint > /dev/null; then
	xmllint --noout --nonet shop.svg
	verdict 'SVG is well-formed' $?
else
	echo 'skip SVG is well-formed # there is no xmllint'
fi

# No larger than the spec, whatever the tree: 60 supervisors, each of which
# starts the next one twice, would be 2^60 places.
{
	echo 'module deep;'
	for i in $(seq 60); do
		echo "supervisor S$i { child c = S$((i + 1)); child d = S$((i + 1)); }"
	done
	echo 'supervisor S61 { }'
	echo 'gen_server Server { }'
	echo 'supervisor Wide {'
	for i in $(seq 300); do
		echo "child c$i = Server;"
	done
	echo '}'
} > deep.otp
"$otpc" graph deep.otp > deep.dot && [ "$(grep -c -e '->' deep.dot)" -eq 420 ]
verdict 'a deep tree and a wide one' $?
"$otpc" graph --format svg -o deep.svg deep.otp && [ -s deep.svg ]
verdict 'are drawn' $?

echo 'module bad; supervisor S { child c = Nobody; }' > bad.otp
"$otpc" graph bad.otp > out 2> err
[ $? -eq 1 ] && [ ! -s out ] && grep -q 'Nobody' err
verdict 'a spec that is wrong is not drawn' $?
"$otpc" graph -o missing/x.dot "$here/base.otp" 2> err
[ $? -eq 1 ] && grep -q 'the folder .missing. does not exist' err
verdict 'a folder that is not there' $?
"$otpc" graph --format png "$here/base.otp" 2> err
[ $? -eq 2 ] && grep -q 'takes one of dot|svg' err
verdict 'a format that is not there' $?
"$otpc" graph "$here/base.otp" > /dev/full 2> err
[ $? -eq 1 ] && [ -s err ]
verdict 'a full disk' $?
exit $bad
