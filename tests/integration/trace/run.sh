#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OTP_TRACE=FILE: what a program does is in the file, whole and in order, also
# where handlers crash, are killed, and where the file can't be written. The
# probes are in the program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1

"$OTPC" "$here/trace.otp" -o . || exit 1
# shellcheck disable=SC2086
if ! $CC $CFLAGS -std=gnu11 -fno-sanitize=undefined $OTP_CFLAGS -I. -c \
	"$here/main.c" trace.otp.c ||
	! $CC $CFLAGS main.o trace.otp.o $OTP_LIBS -o story ||
	! cc -O1 -Wall "$here/check.c" -ljansson -o check; then
	echo 'FAIL trace builds'
	exit
fi

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" > said 2>&1; then
		echo "ok $name"
	else
		echo "FAIL $name"
		cat said
		tail -n 200 out err seen 2> /dev/null
	fi
}
count() { # WHAT: how many of it were seen
	sed -n "s/^$1 \([0-9]*\)\$/\1/p" seen | grep . || echo 0
}
exactly() { # NUMBER WHAT
	[ "$(count "$2")" -eq "$1" ] || { echo "$2: $(count "$2")" && false; }
}
at_least() { # NUMBER WHAT
	[ "$(count "$2")" -ge "$1" ] || { echo "$2: $(count "$2")" && false; }
}
run() { # [ENV=...] ./story ARGUMENT...
	env "$@" > out 2> err
}

# ThreadSanitizer holds signals back in a loop: then nothing is killed in one.
spin=spin
[[ $MODE = *tsan ]] && spin=
check 'the story runs' run OTP_TRACE=t.json ./story $spin
./check t.json > seen
check 'the trace is whole and in order' [ $? -eq 0 ]
check 'calls of the main thread' exactly 50 'B call call relay'
check 'what they called' exactly 50 'B handler relay'
check 'calls within handlers' at_least 50 'B call call add'
check 'their handlers' at_least 50 'B handler add'
check 'casts' exactly 50 'i send send note'
check 'their handlers' exactly 50 'B handler note'
check 'init of each server, and of the new one' \
	at_least 3 'B handler init'
check 'a call that is answered by nobody' exactly 1 'i timeout timeout'
check 'the crash' exactly 1 'i fault fault at 0x0'
check 'the restarts' exactly $((1 + (${#spin} > 0))) 'i restart restart worker'
check 'messages of plain processes' exactly 101 'i send send ball'
check 'what they received' exactly 100 'i receive receive ball'
# One is the story's, one ends the application.
check 'plain processes are handlers, too' exactly 2 'B handler run'
check 'kills' at_least 1 'i kill kill'
check 'a message that arrives nowhere' exactly 1 'i drop drop ball'
check 'workers sleep' at_least 1 'B parked parked'
check 'no arrow comes from nowhere' exactly 0 'arrows without a beginning'
check 'why processes ended' grep -qE '^i exit exit killed [1-9]' seen
check 'also by a fault' grep -qE '^i exit exit \{\{fault,#\{signal => sigsegv' seen
check 'lines are named after processes' \
	grep -qE '^line <0\.[0-9]+\.[0-9]+> worker trace_worker$' seen
check 'and threads' grep -qE '^line worker [0-9]+, thread [0-9]+$' seen
if [ -n "$spin" ]; then
	check 'the loop that was killed' exactly 1 'B handler spin'
	check 'its worker goes on' at_least 1 'i stuck stuck'
else
	echo 'skip the loop that was killed # tsan holds signals back in a loop'
fi

check 'one worker' run OTP_WORKERS=1 OTP_TRACE=one.json ./story
./check one.json > seen
check 'its trace is whole and in order' [ $? -eq 0 ]
check 'its calls' exactly 50 'B handler relay'

# What can't be written is said once, and the program goes on.
check 'a folder that is not there' run OTP_TRACE=no/such/t.json ./story
check 'it goes on' grep -qx done out
check 'and says why' grep -qE \
	"^libotp: trace: can't write no/such/t.json: No such file" err
if [ -w /dev/full ]; then
	check 'a full disk' run OTP_TRACE=/dev/full ./story
	check 'it goes on' grep -qx done out
	check 'and says so once' [ "$(grep -cE \
		"^libotp: trace: can't write /dev/full: No space left" err)" = 1 ]
fi
check 'no trace by default' run ./story
check 'no trace for nothing' run OTP_TRACE= ./story

# One that is killed has written what it did until shortly before.
OTP_TRACE=cut.json ./story spin > out 2> err &
story=$!
for _ in $(seq 3000); do
	grep -q '"handler","name":"relay"' cut.json 2> /dev/null && break
	kill -0 $story 2> /dev/null || break
	sleep 0.01
done
kill -KILL $story 2> /dev/null
wait $story 2> /dev/null
./check cut.json open > seen
check 'a program that is killed leaves a trace that can be read' [ $? -eq 0 ]
check 'with what it did' at_least 1 'B handler relay'

if echo '#include <sys/sdt.h>' | $CC -E - > /dev/null 2>&1; then
	readelf -n story > notes 2>&1
	want=$(sed -n 's/^OTP_TRACE_KIND(.*, \(.*\))$/\1/p' \
		"$here/../../../runtime/include/otp/trace.def" | sort)
	have=$(grep -A1 'Provider: libotp$' notes | sed -n 's/^ *Name: //p' |
		sort -u)
	check 'all probes are in the program' [ -n "$want" -a "$want" = "$have" ]
	check 'each has a semaphore' [ "$(grep -A2 'Provider: libotp$' notes |
		grep -c 'Semaphore: 0x0*[1-9a-f]')" = "$(wc -l <<< "$want")" ]
else
	echo 'skip all probes are in the program # no <sys/sdt.h>'
fi
