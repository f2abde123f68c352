#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests of containment once more, compiled as users may compile their
# handlers, and with the other variants of the C library's functions; how the
# program ends where a fault is not contained; what a static program gets; and
# exceptions in C++.
set -u
tests=tests/unit/runtime
read -ra mode_flags <<< "$CFLAGS"
read -ra otp_flags <<< "$OTP_CFLAGS"
read -ra libs <<< "$OTP_LIBS"
# Each child of a program takes ThreadSanitizer half a second.
programs=(contain contain_refused)
[[ $MODE = *tsan ]] && programs=(contain_refused)
read -ra src_flags <<< "$SRC_CFLAGS"
base=(-std=gnu11 -g -D_GNU_SOURCE= "${src_flags[@]}")

result() { # STATUS NAME: the log is shown if it failed
	if [ "$1" -eq 0 ]; then
		echo "ok faults $2"
	else
		echo "FAIL faults $2: exit status $1"
		sed 's/^/  /' "$WORK/log"
	fi
}

build() { # OUTPUT COMPILER SOURCE FLAGS...
	local output=$1 compiler=$2 source=$3
	shift 3
	"$compiler" "${mode_flags[@]}" "${otp_flags[@]}" "${base[@]}" "$@" \
		-o "$WORK/$output" "$source" "${libs[@]}" -lcmocka \
		> "$WORK/log" 2>&1
}

variant() { # NAME COMPILER FLAGS...
	local name=$1 compiler=$2 program
	shift 2
	for program in "${programs[@]}"; do
		if build "$program" "$compiler" "$tests/$program.c" "$@"; then
			"$WORK/$program" > "$WORK/log" 2>&1
		fi
		result $? "$program $name"
	done
}

# What the program prints is lines of results. The sanitizers, which would end
# it with a report of their own, are to leave these signals alone.
if build refusals "$CC" tests/integration/faults/refusals.c; then
	(cd "$WORK" && ASAN_OPTIONS=handle_segv=0 TSAN_OPTIONS=handle_segv=0 \
		./refusals && rm -f core*)
else
	result 1 'refusals'
fi

variant '-O0' "$CC" -O0
variant '-O3 without frame pointers' "$CC" -O3 -fomit-frame-pointer
if [ "$MODE" != debug ]; then
	exit 0
fi

variant 'no position-independent code' "$CC" -O2 -fno-pie -no-pie
variant 'bound at start' "$CC" -O2 -Wl,-z,now
if command -v clang > /dev/null; then
	variant 'clang -O0' clang -O0
	variant 'clang -O2 without frame pointers' clang -O2 \
		-fomit-frame-pointer
else
	echo 'skip faults clang # clang is not installed'
fi

# The C library chooses by processor; here, by us.
if [ "$(uname -m)" = x86_64 ]; then
	build leaf "$CC" "$tests/contain_leaf.c" -O2
	for without in AVX512VL,-AVX512BW AVX512VL,-AVX512BW,-ERMS,-FSRM \
		AVX512VL,-AVX512BW,-AVX2,-AVX2_Usable ERMS,-FSRM \
		AVX512VL,-AVX512BW,-AVX2,-AVX2_Usable,-SSSE3,-SSE4_1,-SSE4_2
	do
		GLIBC_TUNABLES=glibc.cpu.hwcaps=-$without \
			"$WORK/leaf" > "$WORK/log" 2>&1
		result $? "leaves without ${without//-/}"
	done
fi

if build static "$CC" tests/integration/faults/static.c -O2 -static; then
	! grep warning "$WORK/log" &&
		"$WORK/static" > "$WORK/log" 2>&1 &&
		grep -q 'linked statically' "$WORK/log"
fi
result $? 'a static program'

if command -v g++ > /dev/null; then
	g++ "${otp_flags[@]}" "${src_flags[@]}" -O2 -o "$WORK/exceptions" \
		tests/integration/faults/exceptions.cpp "${libs[@]}" \
		> "$WORK/log" 2>&1 && "$WORK/exceptions" >> "$WORK/log" 2>&1
	result $? 'exceptions of C++'
else
	echo 'skip faults exceptions of C++ # g++ is not installed'
fi
