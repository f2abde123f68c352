#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runtime and an example, cross-compiled for aarch64 and run by an
# emulator. What that cannot show is the order of memory accesses: the emulator
# keeps that of this machine.
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
check 'otpc compiles the spec' \
	"$OTPC" -o "$WORK" examples/counter/counter.otp
read -ra flags <<< "$OTP_CFLAGS"
check 'the example builds' \
	"$cc" -std=gnu11 -O2 -static "${flags[@]}" "-I$WORK" \
	-o "$WORK/counter" "$WORK"/*.otp.c examples/counter/*.c \
	"$WORK/build/libotp.a" -pthread
check 'and runs' timeout 120 qemu-aarch64 "$WORK/counter"
