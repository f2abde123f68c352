#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whatever it is given, otpc ends by itself, soon, with 0, 1 or 2, and says
# something when it is not 0; nothing is written for a spec that is wrong.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
bad=0

# story NAME STATUS ARGS...: the status, something on stderr, nothing written.
story() {
	local name=$1 want=$2 status=0
	shift 2
	mkdir -p out
	timeout 120 "$otpc" "$@" > stdout 2> stderr < /dev/null || status=$?
	if [ "$status" -ne "$want" ]; then
		head -c 2000 stderr
		echo "FAIL $name: exit status $status, not $want"
		bad=1
	elif [ "$want" -ne 0 ] && [ ! -s stderr ]; then
		echo "FAIL $name: nothing said"
		bad=1
	elif [ "$want" -ne 0 ] && [ -s stdout ]; then
		echo "FAIL $name: something on stdout"
		bad=1
	elif [ "$want" -ne 0 ] && [ -n "$(ls -A out)" ]; then
		echo "FAIL $name: a file was written"
		bad=1
	else
		echo "ok $name"
	fi
	rm -rf out
}
repeat() { # TEXT COUNT
	yes "$1" | head -n "$2" | tr -d '\n'
}

: > empty.otp
story "an empty file" 1 -o out empty.otp
head -c 10000000 /dev/urandom > noise.otp
story "10 MB of noise" 1 -o out noise.otp
tr -dc 'a-z(){};:<>,.\n "' < /dev/urandom | head -c 4000000 > words.otp
story "4 MB of words" 1 -o out words.otp
head -c 1000000 /dev/zero > zeros.otp
story "a million NULs" 1 -o out zeros.otp
{ printf 'module m;'; repeat '{' 10000; } > braces.otp
story "10,000 braces" 1 -o out braces.otp
{ printf 'module m;'; repeat 'gen_server A { state { ' 5000; } > servers.otp
story "10,000 open blocks" 1 -o out servers.otp
{ printf 'module m; record R { a : '; repeat 'list<' 10000; } > lists.otp
story "10,000 nested lists" 1 -o out lists.otp
{ printf 'module m; record R { a : int64'; repeat '?' 10000; echo '; }'; } \
	> optionals.otp
story "10,000 question marks" 1 -o out optionals.otp
{ printf 'module m; const a = '; repeat '9' 100000; echo ';'; } > digits.otp
story "an integer of 100,000 digits" 1 -o out digits.otp
{ printf 'module m; const a = "'; repeat 'x' 1000000; } > string.otp
story "a string that never ends" 1 -o out string.otp
{ printf 'module m; /*'; repeat '*' 1000000; } > comment.otp
story "a comment that never ends" 1 -o out comment.otp
{ printf 'module m; record '; repeat 'x' 1000000; echo ' { }'; } > name.otp
story "a name of a million letters" 1 -o out name.otp
printf 'module m; const a = "\xff\xfe";' > bytes.otp
story "invalid UTF-8" 1 -o out bytes.otp
repeat "'" 100000 > quotes.otp
story "100,000 quotes" 1 -o out quotes.otp
repeat '///x' 100000 > docs.otp
story "a doc comment without end" 1 -o out docs.otp
{ echo 'module m;'; seq 100000 |
	awk '{ print "record R" $1 " { a : X" $1 "; }" }'; } > many.otp
story "100,000 unknown types" 1 -o out many.otp
{ echo 'module m;'; seq 100000 |
	awk '{ print "record R" $1 " { a : R" $1 % 100000 + 1 "; }" }'
} > long_cycle.otp
story "a cycle of 100,000 records" 1 -o out long_cycle.otp
{ echo 'module m; record R1 { s : string; }'; seq 2 100000 |
	awk '{ print "record R" $1 " { a : R" $1 - 1 "; }" }'
	echo 'gen_server S { state { a : R100000; } }'; } > long_chain.otp
story "a chain of 100,000 records" 1 -o out long_chain.otp
{ echo 'module m; union U1 { a(s : string); b; }'; seq 2 90 |
	awk '{ u = "U" $1 - 1
	print "union U" $1 " { a(x : " u "); b(x : " u "); c(x : tuple<" u ">); }" }'
	echo 'gen_server S { state { u : U90; } }'; } > doubling.otp
story "unions that double, 90 times" 0 -o out doubling.otp
{ echo 'module m;'; seq 100000 |
	awk '{ print "const c" $1 " = c" $1 + 1 ";" }'
	echo 'const c100001 = 5; record R { a : string = c1; }'; } > consts.otp
story "a chain of 100,000 consts" 1 -o out consts.otp
{ echo 'module m;'; echo 'record R {'
	yes 'a : int64;' | head -n 100000; echo '}'; } > twins.otp
story "100,000 fields of one name" 1 -o out twins.otp
mkdir folder.otp
story "a folder" 1 -o out folder.otp
story "a missing file" 1 -o out missing.otp
printf 'module self; import "self.otp";' > self.otp
story "a file that imports itself" 1 -o out self.otp
printf 'module a; import "b.otp";' > a.otp
printf 'module b; import "a.otp";' > b.otp
story "two files that import each other" 1 -o out a.otp b.otp
ln -s loop.otp loop.otp
story "a link to itself" 1 -o out loop.otp
for i in $(seq 1500); do
	echo "module m$i; import \"chain$((i + 1)).otp\";" > "chain$i.otp"
done
story "a chain of 1,500 imports" 1 -o out chain1.otp
truncate -s 65M large.otp
story "a file of 65 MiB" 1 -o out large.otp
echo 'module fine;' > fine.otp
story "no file" 2
story "an option that there is not" 2 --no-such-option fine.otp
story "a short option that there is not" 2 -q fine.otp
story "an option without its argument" 2 fine.otp -o
story "a folder without a name" 2 -o '' fine.otp
story "a target without its name" 2 fine.otp -MT
story "a form of -M that there is not" 2 -MX fine.otp
story "a target without a depfile" 2 -MT x fine.otp
story "a warning that there is not" 2 -Wextra fine.otp
story "an error format that there is not" 2 --error-format=xml fine.otp
story "names of outputs, and their verification" 2 --list-outputs --verify fine.otp
{ yes '// otpc: allow name-style, intensity-zero' | head -n 200000
	echo 'module allowed;'
	yes 'const A = 1; // otpc: allow name-style' | head -n 2000; } > allowed.otp
story "202,000 comments that allow something" 1 lint allowed.otp
{ echo 'module ring; gen_server S1 { }'
	seq 100000 | awk '{ print "gen_server R" $1 " { calls R" $1 % 100000 + 1 "; }" }'
} > ring.otp
story "100,000 servers in a circle" 0 check ring.otp
mkdir many
for i in $(seq 3000); do echo "module m$i; record R { n: int8; }" > "many/m$i.otp"; done
{ echo 'module all;'
	seq 3000 | awk '{ print "import \"many/m" $1 ".otp\";" }'
	seq 3000 | awk '{ print "record R" $1 " { r: m" $1 ".R; }" }'; } > all.otp
story "3,000 imports" 0 check all.otp
story "3,000 files in one run" 0 -o out many/*.otp
{ echo 'module line;'
	seq 50000 | awk '{ print "record R" $1 " { next: R" $1 "?; }" }'
} | tr '\n' ' ' > line.otp
story "50,000 records on one line" 0 ast line.otp
# A device is written to; a file in its place would be there for everybody.
mkfifo pipe
cat pipe > heard &
timeout 60 "$otpc" graph -o pipe fine.otp
status=$?
wait
if [ "$status" -eq 0 ] && [ -p pipe ] && grep -q '^digraph' heard; then
	echo "ok output to a pipe"
else
	echo "FAIL output to a pipe: status $status"
	bad=1
fi
if [ -w /dev/full ]; then
	ln -s /dev/full full
	story "output to a full device" 1 --depfile full -o out fine.otp
else
	echo "skip output to a full device # there is no /dev/full"
fi
story "check without a file" 2 check
story "a good file" 0 check fine.otp
story "help" 0 --help
story "version" 0 --version
if "$otpc" --help > /dev/full 2> /dev/null; then
	echo "FAIL help to a full disk: success"
	bad=1
else
	echo "ok help to a full disk"
fi
exit $bad
