#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What we encode others read, and what they write we decode: libei, linked in,
# and a real Erlang, through files.
set -u
here=tests/integration/codec_peers
units=tests/unit/runtime
cp $units/codec_value.otp "$WORK" || exit 1
"$OTPC" -o "$WORK" "$WORK/codec_value.otp" || exit 1

ei=
for dir in /usr/lib/erlang/usr /usr/local/lib/erlang/usr; do
	[ -e $dir/include/ei.h ] && ei=$dir
done
extra=()
[ -z "$ei" ] || extra=(-DHAVE_EI "-I$ei/include" "-L$ei/lib" -lei)
read -ra flags <<< "$CFLAGS"
read -ra otp_cflags <<< "$OTP_CFLAGS"
read -ra otp_libs <<< "$OTP_LIBS"
if ! "$CC" -std=gnu11 -Wall -Wextra -Werror "${flags[@]}" "${otp_cflags[@]}" \
	-I"$WORK" -o "$WORK/peers" $here/peers.c $here/ei.c \
	"$WORK/codec_value.otp.c" "${otp_libs[@]}" "${extra[@]}" -lcmocka; then
	echo "FAIL build"
	exit
fi

# check NAME COMMAND...
check() {
	local name=$1
	shift
	if "$@" > "$WORK/$name.out" 2>&1; then
		echo "ok $name"
	else
		echo "FAIL $name: $(head -c 300 "$WORK/$name.out")"
		return 1
	fi
}

if [ -n "$ei" ]; then
	check libei "$WORK/peers" ei
else
	echo "skip libei # ei.h is not there: install erlang-dev"
fi
if ! command -v erlc > /dev/null; then
	echo "skip erlang # erlc is not there: install erlang-base"
	exit
fi
check erlang_compiles erlc -o "$WORK" $here/peers.erl || exit
check written "$WORK/peers" write "$WORK/values" || exit
export ERL_CRASH_DUMP=$WORK/erl_crash.dump
check erlang_reads erl -noshell -pa "$WORK" \
	-eval "peers:main([\"$WORK/values\", \"$WORK/back\"])" || exit
check texts_agree grep -q 'texts [1-9]' "$WORK/erlang_reads.out"
check erlang_writes "$WORK/peers" check "$WORK/back" 4
