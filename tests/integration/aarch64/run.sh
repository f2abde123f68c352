#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runtime, the unit tests of what is written for the processor, a ping-pong
# and an example, cross-compiled for aarch64 and run by an emulator. What that
# cannot show is the order of memory accesses: the emulator keeps that of this
# machine.
set -u

for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
	if ! command -v $tool > /dev/null; then
		echo "skip aarch64 # $tool is not installed"
		exit 0
	fi
done

check() {
	local name=$1
	shift
	if "$@" > "$WORK/log" 2>&1; then
		echo "ok aarch64 $name"
	else
		echo "FAIL aarch64 $name"
		sed 's/^/  /' "$WORK/log"
		exit 1
	fi
}

cc=aarch64-linux-gnu-gcc
check 'libotp.a builds' make --no-print-directory lib MODE=release "CC=$cc" \
	"OTPC=$OTPC" "BUILD=$WORK/build"
read -ra flags <<< "$OTP_CFLAGS"
run=(timeout 200 qemu-aarch64 -L /usr/aarch64-linux-gnu)
# There is no cmocka for it: cmocka.h here does what they need.
for test in fiber contain contain_leaf contain_refused; do
	check "$test builds" "$cc" -std=gnu11 -O2 -D_GNU_SOURCE= "${flags[@]}" \
		-Itests/integration/aarch64 -Iruntime/src -o "$WORK/$test" \
		"tests/unit/runtime/$test.c" "$WORK/build/libotp.a" -lm -pthread
	check "$test runs" "${run[@]}" "$WORK/$test"
done
check 'ping-pong builds' "$cc" -std=gnu11 -O2 "${flags[@]}" \
	-o "$WORK/pingpong" tests/integration/aarch64/pingpong.c \
	"$WORK/build/libotp.a" -pthread
check 'ping-pong runs' "${run[@]}" "$WORK/pingpong"
check 'otpc compiles the spec' \
	"$OTPC" -o "$WORK" examples/counter/counter.otp
check 'the example builds' \
	"$cc" -std=gnu11 -O2 "${flags[@]}" "-I$WORK" \
	-o "$WORK/counter" "$WORK"/*.otp.c examples/counter/*.c \
	"$WORK/build/libotp.a" -pthread
check 'the example runs' "${run[@]}" "$WORK/counter"
