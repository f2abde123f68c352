#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The first minutes of somebody who has installed otpc: `otpc new` makes a
# project that builds without a warning, passes its test and runs.
set -u

# check NAME COMMAND...: one line of result; the rest is of no use without it.
check() {
	local name=$1
	shift
	if "$@" > "$WORK/log" 2>&1; then
		echo "ok new $name"
	else
		echo "FAIL new $name"
		sed 's/^/  /' "$WORK/log"
		exit 1
	fi
}

root=$WORK/root
check 'is installed' make --no-print-directory "MODE=$MODE" "BUILD=$BUILD" \
	"CC=$CC" "PREFIX=$root" install
export PATH=$root/bin:$PATH
export PKG_CONFIG_PATH=$root/lib/pkgconfig
unset OTPC OTP_CFLAGS OTP_LIBS LIBOTP MAKEFLAGS MFLAGS MAKELEVEL
export CFLAGS='-O1 -g -Wpedantic -Wconversion -Wshadow -Werror'
cd "$WORK" || exit 1

check 'makes a project' otpc new harbour
cd harbour || exit 1
[ "$(ls -A | tr '\n' ' ')" = '.gitignore Makefile README.md harbour.c harbour.otp harbour_test.c ' ]
check 'of these files' [ $? -eq 0 ]
check 'with a spec that lint has nothing to say about' \
	otpc lint -Werror harbour.otp
check 'that builds' make
check 'passes its test' make test
check 'prints its options' build/harbour --help

build/harbour > /dev/null 2> run.log &
program=$!
# Until it takes SIGTERM itself, which it does before it starts anything.
for _ in $(seq 200); do
	blocked=$(awk '/^SigBlk:/ { print $2 }' "/proc/$program/status")
	[ $((0x${blocked:-0} & 0x4000)) -ne 0 ] && break
	sleep 0.05
done
kill -TERM "$program"
wait "$program"
check 'runs, and stops when it is told to' [ $? -eq 0 ]
rm run.log

check 'is up to date then' make -q
echo '// changed' >> harbour.otp
make -q > /dev/null
check 'is not when the spec has changed' [ $? -eq 1 ]
check 'builds again' make all test
check 'is cleaned' make clean
# All that it makes is in .gitignore.
[ "$(ls -A | tr '\n' ' ')" = '.gitignore Makefile README.md harbour.c harbour.otp harbour_test.c ' ]
check 'leaves nothing else behind' [ $? -eq 0 ]

# A folder that is there and empty will do; names that need care.
mkdir "$WORK/empty" && cd "$WORK" || exit 1
check 'takes an empty folder' otpc new --dir empty HTTPGate
check 'and any name of a module' make -C empty all test
