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

check 'defaults' 0 '^me 4000 5000 0\.5 false -3 plain$' --leave
check 'options' 0 '^you 80 250 2 true -3 plain$' --leave --owner=you \
	--port=80 --wait=250ms --ratio=2 --loud
export PROBE_PORT=81
check 'variables' 0 '^me 81 ' --leave
check 'options over variables' 0 '^me 82 ' --leave --port=82
printf 'port = 83\nowner = "a b"\n' > probe.conf
check 'variables over the file' 0 '^a b 81 ' --leave --config=probe.conf
unset PROBE_PORT
check 'the file' 0 '^a b 83 ' --leave --config=probe.conf
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

# SIGTERM: children end in reverse order, terminate is called, status 0.
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
	if [ $status -eq 0 ] && [ "$rest" = $'second ends: shutdown\nfirst ends: shutdown' ]
	then
		echo "ok SIG$signal stops it in order"
	else
		echo "FAIL SIG$signal stops it in order"
		printf '%s\n' "$line" "$rest"
		cat err
	fi
done
