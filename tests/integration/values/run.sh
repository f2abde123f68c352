#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A value of every type through start, call, cast, reply, refusal and state,
# across modules; what is generated with the other compilers, too.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$WORK" || exit 1
specs=(shared values shapes crossing absent)
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

# Each file on its own, as a build system does.
for name in "${specs[@]}"; do
	"$OTPC" -I "$here" "$here/$name.otp" || {
		echo "FAIL compile $name.otp"
		exit 1
	}
done
for other in gcc clang; do
	for name in "${specs[@]}"; do
		# shellcheck disable=SC2086
		$other -std=c11 $warnings $OTP_CFLAGS -I. -fsyntax-only \
			"$name.otp.c" && continue
		echo "FAIL $name.otp.c with $other"
		exit 1
	done
	echo "ok with $other"
done
for name in "${specs[@]}"; do
	echo "#include \"$name.otp.h\""
done > headers.cpp
# shellcheck disable=SC2086
g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror $OTP_CFLAGS -I. \
	-fsyntax-only headers.cpp || {
	echo "FAIL the headers as C++"
	exit 1
}
echo "ok as C++"
# shellcheck disable=SC2086
$CC -std=c11 $warnings $CFLAGS $OTP_CFLAGS -I. -o values ./*.otp.c \
	"$here"/*.c $OTP_LIBS || {
	echo "FAIL build the program"
	exit 1
}
./values
