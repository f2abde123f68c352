#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each way to die is reported with who, in which message, why and where, then
# with what the supervisor does; the program goes on.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1

# A division by zero is no trap on aarch64. What is meant to be wrong must not
# be found by UBSan first.
ways='null strlen abort assert overflow exit'
case "$($CC -dumpmachine)" in
x86_64*) ways="$ways divide" ;;
esac
"$OTPC" "$here/crash.otp" -o . || exit 1
# shellcheck disable=SC2086
$CC $CFLAGS -std=gnu11 -fno-sanitize=undefined $OTP_CFLAGS -I. -c \
	"$here/main.c" crash.otp.c &&
	$CC $CFLAGS main.o crash.otp.o $OTP_LIBS -o crash || exit 1

report() { # WAY: its crash report, and the one that follows, in $text
	./crash "$1" > "$1.out" 2> "$1.err"
	status=$?
	text=$(cat "$1.err")
}
expect() { # NAME PATTERN...: each is a line of $text
	local name=$1
	shift
	for pattern; do
		if ! grep -qE -- "$pattern" <<< "$text"; then
			echo "FAIL $name"
			echo "no line matches: $pattern"
			echo "$text"
			return
		fi
	done
	echo "ok $name"
}

for way in $ways; do
	report "$way"
	if [ $status -eq 0 ] && [ "$(cat "$way.out")" = "$way: OTP_DIED" ]; then
		echo "ok $way ends one process only"
	else
		echo "FAIL $way ends one process only"
		echo "exit status $status"
		cat "$way.out" "$way.err"
	fi
	expect "$way is reported" '^=CRASH REPORT==== [-0-9T:.]+Z ===$' \
		'^  process     <0\.[0-9]+\.[0-9]+> victim, gen_server crash_victim$' \
		'^  handling    call die' \
		'^  client      <0\.[0-9]+\.[0-9]+>$' \
		'^  ancestors   ((<0\.[0-9]+\.[0-9]+>|[a-z_]+)(, |$)){3,}$' \
		'^  state       #\{.*lives => 7.*\}$' \
		'^=SUPERVISOR REPORT==== ' \
		': child <0\.[0-9]+\.[0-9]+> of victim terminated: restarting'
	order=$(grep -oE '^=(CRASH|SUPERVISOR)' <<< "$text" | tr '\n' ' ')
	if [ "$order" = '=CRASH =SUPERVISOR ' ]; then
		echo "ok $way is reported once, the verdict after it"
	else
		echo "FAIL $way is reported once, the verdict after it: $order"
	fi
	case $way in
	null)
		expect 'null says where' \
			'^  signal      SIGSEGV at 0x0 \(NULL dereference\)$' \
			'#0  write_nowhere\+0x[0-9a-f]+ in crash$' \
			'#1  crash_victim_handle_die\+0x[0-9a-f]+ in crash$'
		;;
	strlen)
		expect 'strlen says where' \
			'^  signal      SIGSEGV at 0x0 \(NULL dereference\)$' \
			'#0  .*libc' \
			'crash_victim_handle_die\+0x[0-9a-f]+ in crash$'
		;;
	divide)
		expect 'divide says where' '^  signal      SIGFPE' \
			'#0  crash_victim_handle_die\+0x[0-9a-f]+ in crash$'
		;;
	abort)
		expect 'abort says where' '^  signal      SIGABRT' \
			'crash_victim_handle_die\+0x[0-9a-f]+ in crash$'
		;;
	assert)
		expect 'assert says where' \
			'^  reason      .*self->lives == 8.*main\.c'
		;;
	overflow)
		expect 'overflow says where' \
			'^  signal      SIG(SEGV|BUS) at 0x[0-9a-f]+ \(stack overflow\)$' \
			' recurse\+0x[0-9a-f]+ in crash$'
		;;
	exit)
		expect 'exit says why' '^  reason      badarg$'
		;;
	esac
done

# A sample for the eye of whoever reads the log of a failure.
cat null.err
