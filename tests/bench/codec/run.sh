#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A record of six fields, encoded and decoded by us and by others, in turns,
# and the size of the code that was generated for it.
set -eu
here=$(dirname "$0")
rounds=5
note() { printf 'note\t%s\n' "$*"; }

"$OTPC" -o "$WORK" "$here/receipt.otp"
flags=(-O2 -DNDEBUG -std=gnu11)
read -ra otp_cflags <<< "$OTP_CFLAGS"
"$CC" "${flags[@]}" "${otp_cflags[@]}" -c -o "$WORK/receipt.otp.o" \
	"$WORK/receipt.otp.c"
objects=("$WORK/receipt.otp.o") libs=() defines=()

ei=
for dir in /usr/lib/erlang/usr /usr/local/lib/erlang/usr; do
	[ -e $dir/include/ei.h ] && ei=$dir
done
if [ -n "$ei" ]; then
	defines+=(-DHAVE_EI "-I$ei/include")
	libs+=("-L$ei/lib" -lei)
else
	note "libei is missing: install erlang-dev"
fi
if command -v protoc-c > /dev/null && protoc-c --proto_path="$here" \
	--c_out="$WORK" "$here/receipt.proto" 2> "$WORK/protoc-c.log"; then
	"$CC" "${flags[@]}" -I"$WORK" -c -o "$WORK/receipt.pb-c.o" \
		"$WORK/receipt.pb-c.c"
	objects+=("$WORK/receipt.pb-c.o")
	defines+=(-DHAVE_PROTOBUF)
	libs+=(-lprotobuf-c)
else
	note "protobuf-c is missing: install protobuf-c-compiler and" \
		"libprotobuf-c-dev"
fi
read -ra otp_libs <<< "$OTP_LIBS"
"$CC" "${flags[@]}" "${otp_cflags[@]}" -I"$WORK" "${defines[@]}" \
	-o "$WORK/codec" "$here/codec.c" "${objects[@]}" "${otp_libs[@]}" \
	"${libs[@]}"

erl=
if command -v erlc > /dev/null && erlc -o "$WORK" "$here/bench_receipt.erl" \
	> "$WORK/erlc.log" 2>&1; then
	erl=yes
else
	note "Erlang is missing: install erlang-base"
fi
for _ in $(seq $rounds); do
	"$WORK/codec"
	[ -z "$erl" ] ||
		erl -noshell -pa "$WORK" -s bench_receipt main < /dev/null
done > "$WORK/times"

# median WHO WHAT
median() {
	awk -v who="$1" -v what="$2" '$1 == who && $2 == what { print $3 }' \
		"$WORK/times" | sort -n |
		awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}

for what in encode decode; do
	peers=
	for peer in libei protobuf-c erlang; do
		value=$(median $peer $what)
		[ -z "$value" ] || peers+="$peer=$value "
	done
	printf 'row\tcodec\trecord of 6 fields\t%s ns\t%s\t%s\t%s\n' $what \
		"$(median ours $what)" "${peers% }" \
		"OURS<=10 libei>=4 protobuf-c>=3 erlang>=6"
done

# Code and constants in bytes; ours also copies, keeps, compares and prints.
text_of() { size "$1" | awk 'NR == 2 { print $1 }'; }
codec_of() {
	nm -S "$1" | awk '$3 ~ /[tT]/ &&
		$4 ~ /_(bound|put|get|read|encode|decode)$/ {
		print "0x" $2 }' | { sum=0; while read -r n; do
		sum=$((sum + n)); done; echo $sum; }
}
peers=
if [ -e "$WORK/receipt.pb-c.o" ]; then
	peers=protobuf-c=$(text_of "$WORK/receipt.pb-c.o")
fi
printf 'row\tcodec\tgenerated, all of it\ttext bytes\t%s\t%s\t\n' \
	"$(text_of "$WORK/receipt.otp.o")" "$peers"
printf 'row\tcodec\tgenerated, the codec\tcode bytes\t%s\t%s\t\n' \
	"$(codec_of "$WORK/receipt.otp.o")" "$peers"
