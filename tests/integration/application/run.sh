#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A generated application: its environment from every source, its signals.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1

"$OTPC" "$here/probe.otp" -o . || exit 1
# shellcheck disable=SC2086
$CC $CFLAGS -std=gnu11 $OTP_CFLAGS -I. "$here/main.c" probe.otp.c $OTP_LIBS \
	-o probe || exit 1

check() { # NAME STATUS PATTERN OPTION...: runs, expects both
	local name=$1 status=$2 pattern=$3
	shift 3
	./probe "$@" > out 2>&1
	local got=$?
	if [ $got -eq "$status" ] && grep -qE -- "$pattern" out; then
		echo "ok $name"
	else
		echo "FAIL $name"
		echo "exit status $got, wanted $status and a line with $pattern"
		cat out
	fi
}

check 'D10 defaults' 0 '^me 4000 5000 0\.5 false -3 plain$' --leave
check 'D10 options' 0 '^you 80 250 2 true -3 plain$' --leave --owner=you \
	--port=80 --wait=250ms --ratio=2 --loud
export PROBE_PORT=81
check 'D10 variables' 0 '^me 81 ' --leave
check 'D10 options over variables' 0 '^me 82 ' --leave --port=82
printf 'port = 83\nowner = "a b"\n' > probe.conf
check 'D10 variables over the file' 0 '^a b 81 ' --leave --config=probe.conf
unset PROBE_PORT
check 'D10 the file' 0 '^a b 83 ' --leave --config=probe.conf
check 'a range' 2 '^probe: --port: expected an integer from 0 to 65535' \
	--port=65536
check 'a hint' 2 "did you mean '--port'" --prot=1
PROBE_WAIT=5 check 'a wrong variable' 2 '^probe: PROBE_WAIT: expected a dura'
printf '\nport 83\n' > wrong.conf
check 'a wrong file' 2 '^probe: wrong.conf:2: ' --config=wrong.conf
check 'help' 0 'Where it listens' --help
check 'version' 0 '^probe 1\.2\.3$' --version
check 'halt' 5 '^halting' --status=5
check 'the root gives up' 1 '^probe: the root supervisor ended: shutdown$' \
	--crash
check 'D6 hooks run when the root has ended by itself' 1 '^stopped, you on 7$' \
	--crash --owner=you --port=7
hooks=$(grep -E ', you on 7$' out)
[ "$hooks" = $'about to stop, you on 7\nstopped, you on 7' ]
echo "$([ $? -eq 0 ] && echo ok || echo FAIL) D6 and each of them once"

check 'D5 a server of its own may stop it' 9 '^stop: OTP_OK$' --stops
said=$(grep -vE '^(me|stop:) ' out)
[ "$said" = "$(printf '%s\n' 'about to stop, me on 4000' \
	'second ends: shutdown' 'first ends: shutdown' 'stopped, me on 4000')" ]
echo "$([ $? -eq 0 ] && echo ok || echo FAIL) D5 in order, and once"

# SIGTERM: prep_stop, then children end in reverse order, terminate is called,
# then stop, status 0.
ends='about to stop, me on 4000
second ends: shutdown
first ends: shutdown
stopped, me on 4000'
for signal in TERM INT; do
	mkfifo "ready.$signal"
	./probe > "ready.$signal" 2> err &
	pid=$!
	{
		read -r line
		kill -$signal $pid
		rest=$(cat)
	} < "ready.$signal"
	wait $pid
	status=$?
	if [ $status -eq 0 ] && [ "$rest" = "$ends" ]; then
		echo "ok D5 SIG$signal stops it in order"
	else
		echo "FAIL D5 SIG$signal stops it in order"
		printf '%s\n' "$line" "$rest"
		cat err
	fi
done

# --- partitions, significant children, dependencies, every type of entry ------

"$OTPC" "$here/base.otp" "$here/forest.otp" -o . || exit 1
# shellcheck disable=SC2086
$CC $CFLAGS -std=gnu11 $OTP_CFLAGS -I. "$here/forest.c" base.otp.c \
	forest.otp.c $OTP_LIBS -o forest || exit 1

says() { # NAME STATUS TEXT OPTION...: runs forest, expects all that it prints
	local name=$1 status=$2 text=$3
	shift 3
	./forest "$@" > out 2> err
	local got=$?
	if [ $got -eq "$status" ] && [ "$(cat out)" = "$text" ]; then
		echo "ok $name"
	else
		echo "FAIL $name"
		echo "exit status $got, wanted $status"
		cat out err
	fi
}

wrong() { # NAME TEXT OPTION...: status 2, and this on stderr
	local name=$1 text=$2
	shift 2
	./forest "$@" > out 2> err
	local got=$?
	if [ $got -eq 2 ] && [ "$(cat err)" = "$text" ]; then
		echo "ok $name"
	else
		echo "FAIL $name"
		echo "exit status $got, wanted 2 and: $text"
		cat out err
	fi
}

around() { # WHAT LINE...: between the starts and the ends
	printf 'base starts: low -1\nforest starts: %s\n%s\n' "$1" "$2"
	printf 'forest ends\nbase ends\n'
}

says 'what it depends on starts first and ends last' 0 \
	"$(around env 'high in the middle none -1 none 0 -1 3 -1 none 0.5 none; low -1')"
says 'a partition' 0 "$(around partitions $'0123 23 1\n2 again\nworker 9')" \
	--what=partitions
says 'significant children' 0 "$(around significant 'parts end: shutdown')" \
	--what=significant
says 'supervisors with arguments' 0 "$(around nested '118 778 in all')" \
	--what=nested
says 'the end of what it depends on' 1 \
	$'base starts: low -1\nforest starts: crash\nforest ends' --what=crash
grep -q '^forest: the root supervisor of base ended: shutdown$' err
echo "$([ $? -eq 0 ] && echo ok || echo FAIL) it is told"
says 'D1 D2 by hand' 0 $'not_started: {not_started,base}\nbase starts: low -1\nforest starts: none\nstarted: base forest\nstarted:\nforest ends\nbase ends\nbase starts: high 7\nforest starts: none\nforest ends\nbase runs on\nbase ends' by_hand

all='low high low 5 a b 1795192200000000 7 2 4 true 2.5 k; high 9'
ends=$'base starts: high 9\nforest starts: env\n'"$all"$'\nforest ends\nbase ends'
says 'every type of entry as an option' 0 "$ends" \
	--level=low --least=high --most low --size=5 '--title=a b' \
	--since=2026-11-20T16:30:00Z --until=7 --key=hex:00ff --seal=seal \
	--loud --ratio=2.5 --kind=k --base.level=high --base.limit=9
cat > forest.conf << 'END'
level = low
least = high
most = low
size = 5
title = "a b"
since = 2026-11-20 16:30Z
until = 7
key = hex:00ff
seal = "seal"
loud = true
ratio = 2.5
kind = k
base.level = high
base.limit = 9
END
says 'every type in a file' 0 "$ends" --config=forest.conf
(
	export FOREST_LEVEL=low FOREST_LEAST=high FOREST_MOST=low FOREST_SIZE=5
	export FOREST_TITLE='a b' FOREST_SINCE=2026-11-20T17:30+01:00
	export FOREST_UNTIL=7 FOREST_KEY=hex:00ff FOREST_SEAL=seal
	export FOREST_LOUD=true FOREST_RATIO=2.5 FOREST_KIND=k
	export BASE_LEVEL=high BASE_LIMIT=9
	says 'every type as a variable' 0 "$ends"
)
says 'what is absent again' 0 \
	"$(around env 'high none none -1 none 0 -1 3 -1 none -1 none; low -1')" \
	--least=undefined --ratio=undefined
wrong 'no member' "forest: --level: expected one of low, in the middle, high, not 'hi'" \
	--level=hi
wrong 'no time' "forest: --since: expected a time like 2026-01-31, 2026-01-31T12:00:00Z, or microseconds since 1970, not 'today'" \
	--since=today
wrong 'out of range, of what it depends on' \
	"forest: --base.limit: expected an integer from 0 to 65535, or undefined, not '65536'" \
	--base.limit=65536
wrong 'a hint, of what it depends on' \
	"forest: unknown option '--base.limti' (did you mean '--base.limit'?); try --help" \
	--base.limti=1
wrong 'no such application' \
	"forest: unknown option '--bass.limit'; try --help" --bass.limit=1
wrong 'a value is needed' \
	'forest: --base.level needs a value: --base.level=WORD (one of low, in the middle, high)' \
	--base.level
./forest --help > out
if diff - out << 'END'; then
forest 1.0

Usage: forest [--NAME=VALUE ...]

  --path=STRING
      text; default: "x"
  --what=STRING
      text; default: "env"
  --level=WORD
      one of low, in the middle, high; default: high
  --least=WORD
      one of low, in the middle, high, or undefined; default: in the middle
  --most=WORD
      one of low, in the middle, high, or undefined; default: undefined
  --size=UINT
      an integer from 0 to 4294967295, or undefined; default: undefined
  --title=STRING
      text, or undefined; default: undefined
  --since=TIME
      a time like 2026-01-31, 2026-01-31T12:00:00Z, or microseconds since 1970; default: 1970-01-01T00:00:00Z
  --until=TIME
      a time like 2026-01-31, 2026-01-31T12:00:00Z, or microseconds since 1970, or undefined; default: undefined
  --key=BYTES
      text, or bytes like hex:00ff; default: "key"
  --seal=BYTES
      text, or bytes like hex:00ff, or undefined; default: undefined
  --loud=BOOL
      true or false, or undefined; default: undefined
  --wait=DURATION
      a duration like 250ms, 5s, 2m, 1h, 3d or infinity; default: infinity
  --ratio=FLOAT
      a number like 2.5 or 1e6, up to 3.4e38, or undefined; default: 0.5
  --kind=ATOM
      a name of at most 255 characters, or undefined; default: undefined
  --config=FILE
      read lines `name = value` from FILE
  --help
      say this
  --version
      say the version

Of base, which it depends on:

  --base.level=WORD
      How high it is.
      one of low, in the middle, high; default: low
  --base.limit=UINT
      an integer from 0 to 65535, or undefined; default: undefined

A value may also come from a variable of the environment, as in FOREST_PATH,
below the command line, or from the file of --config, below that.
END
	echo 'ok help of everything'
else
	echo 'FAIL help of everything'
fi
