#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# runtime/share/gdb/otp.py: processes and their stacks in a live program, in a
# core that gdb wrote and in one of the kernel's; and the probes, as gdb uses them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
script=$here/../../../runtime/share/gdb/otp.py
cd "$WORK" || exit 1

if ! command -v gdb > /dev/null; then
	echo 'skip gdb # it is not installed'
	exit
fi
echo 'int main(void) { return 0; }' > none.c
$CC -g none.c -o none || exit 1
if ! gdb -nx -batch -ex 'break main' -ex run -ex 'info registers' ./none \
	2>&1 | grep -q rip; then
	echo 'skip gdb # it may not trace programs here, or this is no x86-64'
	exit
fi
"$OTPC" "$here/seen.otp" -o . || exit 1
# shellcheck disable=SC2086
if ! $CC $CFLAGS -std=gnu11 -Wall $OTP_CFLAGS -I. \
	"$here/main.c" seen.otp.c $OTP_LIBS -o seen; then
	echo 'FAIL gdb: it does not build'
	exit
fi

debug() { # ARGUMENT... of gdb
	timeout 200 gdb -nx -batch -x "$script" "$@"
}
commands() { # NAME...: of the processes whose stacks are shown
	printf '%s\n' 'otp processes'
	for name; do
		printf 'echo == %s\\n\notp backtrace %s\n' "$name" "$name"
	done
	printf '%s\n' 'echo == full\n' 'otp backtrace asker full' \
		'echo == filter\n' 'otp processes hoarder' 'echo == end\n'
}
part() { # NAME: what was said of it, in $text
	text=$(sed -n "/^== $1\$/,/^== /p" said)
}
has() { # NAME PATTERN...: each matches a line of $text
	local name=$1 pattern
	shift
	for pattern; do
		if ! grep -qE -- "$pattern" <<< "$text"; then
			echo "FAIL $name: no line matches: $pattern"
			cat said
			return
		fi
	done
	echo "ok $name"
}
names='idler asker holder hoarder spinner main_thread'
pid='<0\.[0-9]+\.[0-9]+>'
check_said() { # WHERE
	text=$(sed '/^== /,$d' said)
	has "$1: processes" '^pid +name +class +status +mailbox' \
		"^$pid +idler +seen_server +idle +0 +0 +[0-9]+\$" \
		"^$pid +asker +seen_server +blocked +0 +1 .*, in otp_msg_call\$" \
		"^$pid +holder +seen_server +blocked +1 +1 .*wait_for_ever \(main\.c:[0-9]+\), in otp_receive\$" \
		"^$pid +hoarder +\(plain\) +blocked +3 +0 .*hear_nothing" \
		"^$pid +spinner +\(plain\) +running +0 +0 .*thread [0-9]+: spin_here" \
		"^$pid +sleeper +\(plain\) +hibernated +0 +0 " \
		"^$pid +main_thread +\(thread\) +running .*in all_is_set" \
		"^$pid +- +seen_top +idle" \
		'^[0-9]+ processes$'
	part idler
	has "$1: one that is idle" "^$pid idler seen_server, idle\$" \
		'^it has no stack: it waits for a message$'
	part asker
	has "$1: one that waits in a call" '^#0 .*otpi_fiber_switch' \
		'^#[0-9]+ .*otp_msg_call \(' '^#[0-9]+ .*ask_deeply .*depth=(depth@entry=)?0' \
		'^#[0-9]+ .*ask_deeply .*depth=(depth@entry=)?3' \
		'^#[0-9]+ .*seen_server_handle_ask_holder' \
		'^#[0-9]+ .*otpi_arch_base'
	if grep -qE 'corrupt|Cannot access' <<< "$text"; then
		echo "FAIL $1: the stack has an end"
	else
		echo "ok $1: the stack has an end"
	fi
	part holder
	has "$1: one that waits in a receive" '^#[0-9]+ .*otp_receive \(' \
		'^#[0-9]+ .*wait_for_ever' '^#[0-9]+ .*seen_server_handle_hold'
	part hoarder
	has "$1: a plain one" '^#[0-9]+ .*hear_nothing' \
		'^#[0-9]+ .*otpi_call_plain'
	part spinner
	has "$1: one that runs" '^#0 .*spin_here' \
		'^#[0-9]+ .*otpi_call_plain'
	part main_thread
	has "$1: a thread" '^#0 .*all_is_set' '^#1 .*main \('
	part full
	has "$1: local variables" 'a_local_variable = 4711'
	part filter
	has "$1: some of the processes" "^$pid +hoarder" '^1 processes$'
}

# --- live, and a core that gdb writes ---------------------------------------

{
	echo 'break all_is_set'
	echo run
	# shellcheck disable=SC2086
	commands $names
	echo 'otp gcore written'
	echo 'echo == thread\n'
	echo 'bt 1'
	echo 'tbreak exit'
	echo continue
} > live.gdb
debug -x live.gdb ./seen > said 2>&1
check_said live
part thread
has 'the thread that was selected still is' '^#0 +all_is_set'
text=$(cat said)
has 'the program goes on' 'all is set; <0' 'Temporary breakpoint .* exit \(status=0\)|hit Temporary breakpoint.*exit '

# shellcheck disable=SC2086
commands $names > core.gdb
debug -x core.gdb ./seen written > said 2>&1
check_said core

# One that the kernel writes, where it writes them into the folder.
if [ "$(cat /proc/sys/kernel/core_pattern)" = core ] &&
	(ulimit -c unlimited) 2> /dev/null; then
	(
		ulimit -c unlimited
		debug -ex 'break all_is_set' -ex run -ex 'signal SIGQUIT' \
			./seen > quit.out 2>&1
	)
	kernel=$(ls core core.[0-9]* 2> /dev/null | head -n 1)
	debug -x core.gdb ./seen "${kernel:-core}" > said 2>&1
	check_said 'core of the kernel'
	rm -f core core.[0-9]*
else
	echo 'skip core of the kernel # the system writes none into the folder'
fi
rm -f written

# --- what can't be ----------------------------------------------------------

wrong() { # NAME PATTERN ARGUMENT... of gdb
	local name=$1 pattern=$2
	shift 2
	debug "$@" > said 2>&1
	text=$(cat said)
	has "$name" "$pattern"
	if grep -q Traceback said; then
		echo "FAIL $name: a traceback"
	fi
}
at_set=(-ex 'break all_is_set' -ex run)
wrong 'a process that is not there' '^there is no process <0\.9999\.1>$' \
	"${at_set[@]}" -ex 'otp backtrace <0.9999.1>' ./seen
wrong 'a name that nobody has' '^there is no process nobody$' \
	"${at_set[@]}" -ex 'otp backtrace nobody' ./seen
wrong 'no pid' '^usage: otp backtrace PID' \
	"${at_set[@]}" -ex 'otp backtrace' ./seen
wrong 'one that has ended' '^there is no process <0' "${at_set[@]}" \
	-ex 'eval "otp backtrace <0.%u.%u>", dead.id, dead.serial' ./seen
wrong 'a program without libotp' '^there is no libotp in this program' \
	-ex 'break main' -ex run -ex 'otp processes' ./none
wrong 'before it runs' '^the runtime has not been started$' \
	-ex 'otp processes' ./seen
wrong 'before it has started' '^the runtime has not been started$' \
	-ex 'break main' -ex run -ex 'otp processes' ./seen
strip -g -o bare seen
wrong 'without debug information' '^libotp has no debug information here' \
	-ex 'break main' -ex run -ex 'otp processes' ./bare
strip -o naked seen
wrong 'stripped' 'there is no libotp in this program, or it is stripped' \
	-ex 'starti' -ex 'otp processes' ./naked

# --- probes -----------------------------------------------------------------

if ! echo '#include <sys/sdt.h>' | $CC -E - > /dev/null 2>&1; then
	echo 'skip probes # no <sys/sdt.h>'
	exit
fi
cat > probes.py << 'END'
import gdb

class Probe(gdb.Breakpoint):
    def stop(self):
        def value(i):
            return gdb.parse_and_eval("$_probe_arg%d" % i)
        def text(i):
            at = gdb.Value(int(value(i)))
            char = gdb.lookup_type("char").pointer()
            return at.cast(char).string() if int(at) else "-"
        print("%s <0.%d.%d> <0.%d.%d> %s %s" % (
            self.location.split(":")[-1], *map(int, map(value, range(4))),
            text(4), text(5)))
        return False

for name in "process__spawn", "handler__begin", "call__begin":
    Probe("-probe-stap libotp:" + name)
END
debug -x probes.py -ex run ./seen > said 2>&1
text=$(cat said)
has 'the probe of a start' "^process__spawn $pid $pid seen_server -\$"
has 'the probe of a handler' "^handler__begin $pid $pid seen_server ask_holder\$" \
	"^handler__begin $pid <0\.0\.0> - run\$"
has 'the probe of a call' "^call__begin $pid $pid seen_server add\$"
